"""Whether a rewritten draft says the same: the same marks in the same order, and no fact that was not there."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from copilot.models.masking import MARK, Masked
from recommenders.text.words import fold, stems

SOURCE = Path(__file__).with_name("fact_words.yaml")
SHORTEST, LONGEST = 0.6, 1.35  # of the draft's length
NEW_WORDS = 0.4  # share of the content words that may be new: a change of tone is no new letter
SLACK = 40  # characters that a short draft may grow by in any case
_PLAIN = frozenset("LMNZC")  # Unicode categories that are not punctuation or symbols
_COMMON = frozenset(".,;:!?'’\"“”„«»¿¡()-–—…")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_DOMAIN = re.compile(r"\w\.\w{2,}")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_BEGINS = re.compile(r"(?:^|[.!?:;…\n\"“„«¿¡(]\s*|\n[-–•]\s*)$")

Detect = Callable[[str, str], str]


def languages() -> frozenset[str]:
    """Those whose facts can be told; drafts in others are not rewritten."""
    return frozenset(_rows())


def difference(draft: Masked, written: str, language: str, detect: Detect) -> str | None:
    """The first thing that a rewritten draft, still masked, does not keep; None when it may take the draft's place.

    Args:
        draft: the masked draft.
        written: what came back for its `text`.
        language: of the draft.
        detect: (text, hint) to the language of a text.
    """
    if tuple(MARK.findall(written)) != draft.marks:
        return "the facts, each once and in their order"
    before, after = MARK.sub(" ", draft.text), MARK.sub(" ", written)
    if any(character.isnumeric() for character in after):
        return "no number of its own"
    if _signs(after) - _signs(before) - _COMMON or _DOMAIN.search(after):
        return "no sign or address of its own"
    if not SHORTEST * len(draft.text) <= len(written) <= max(LONGEST * len(draft.text), len(draft.text) + SLACK):
        return "about the same length"
    if len(_PARAGRAPH.findall(draft.text)) != len(_PARAGRAPH.findall(written)):
        return "the same paragraphs"
    if before.count("?") != after.count("?"):
        return "the same questions"
    if _facts(before, language) != _facts(after, language):
        return "the same amounts, times, promises and denials"
    if not _names_kept(before, after, language):
        return "no name of its own"
    if _share_of_new(before, after) > NEW_WORDS:
        return "mostly the same words"
    if detect(before, language) == language and detect(after, "") != language:
        return "the same language"
    return None


def _signs(text: str) -> set[str]:
    return {c for c in text if unicodedata.category(c)[0] not in _PLAIN} | {
        c for c in text if unicodedata.category(c) in ("Cf", "Co", "Cs", "Cn")
    }


def _facts(text: str, language: str) -> Counter[int]:
    """How often each row of the language's fact words is said."""
    plain = " ".join(fold(text).split())
    return Counter(
        {
            number: count
            for number, pattern in enumerate(_rows().get(language, ()))
            if (count := len(pattern.findall(plain)))
        }
    )


@cache
def _rows() -> Mapping[str, tuple[re.Pattern[str], ...]]:
    data = YAML(typ="safe").load(SOURCE.read_text("utf-8"))
    return {language: tuple(_pattern(row) for row in rows) for language, rows in data.items()}


def _pattern(row: list[str]) -> re.Pattern[str]:
    forms = (re.escape(fold(str(form))).replace(r"\*", r"[\w']*") for form in row)
    return re.compile(r"(?<![\w'])(?:" + "|".join(forms) + r")(?!\w)")


def _names_kept(before: str, after: str, language: str) -> bool:
    """Capitals inside a sentence are names: none may come, none may go. German writes every noun so: none in capitals
    throughout may come there."""
    old, new = _capitals(before), _capitals(after)
    words = {word.casefold() for word in _WORD.findall(before)}
    if any(word.isupper() and len(word) > 1 and word.casefold() not in words for word in _WORD.findall(after)):
        return False
    if language == "de":
        return True
    return all(word.casefold() in words for word in new) and old <= set(_WORD.findall(after))


def _capitals(text: str) -> set[str]:
    """Words with a capital that do not begin a sentence; "I" and what hangs on it is none."""
    return {
        found[0]
        for found in _WORD.finditer(text)
        if found[0][0].isupper()
        and not re.fullmatch(r"I(?:['’]\w+)?", found[0])
        and not _BEGINS.search(text[max(0, found.start() - 8) : found.start()])
    }


def _share_of_new(before: str, after: str) -> float:
    known = {stem for stem in stems(before) if len(stem) > 3}
    said = [stem for stem in stems(after) if len(stem) > 3]
    return sum(stem not in known for stem in said) / len(said) if said else 0.0
