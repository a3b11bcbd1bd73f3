"""Sentences with their places, in any language with spaces or full-width stops; chat without capitals, too."""

from __future__ import annotations

import re

from recommenders.domain import Sentence

# A run of final punctuation with what closes behind it, and an emoji that belongs to it.
_END = re.compile(
    r"(?:[!?…]|\.)[.!?…]*[\"'”’»)\]]*(?:[ ]?[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f\u200d]+)*(?=\s|$)"
    r"|[。！？]+[」』）]*"
    r"|\n"
)
_WORD_BEFORE = re.compile(r"[\w.&]+$")
# Never end a sentence / do not before a digit ("No. 5") / do not before a small letter ("etc. and so on").
_TITLES = (
    "mr mrs ms dr prof vs dept e.g i.e bzw z.b u.a d.h evtl ggf inkl exkl sog vgl mme mlle p.ex sra srta ud uds p.ej "
    "dott bijv o.a d.w.z m.b.t dhr mevr"
)
_NUMBERED = (
    "no nr nos art approx ca max min est ext tel fig st av bd núm pág aprox env jan feb mar apr jun jul aug sep sept "
    "oct okt nov dec dez"
)
_CONTINUED = "etc usw ecc am pm a.m p.m inc ltd co incl"
_NEVER, _BEFORE_DIGIT, _BEFORE_SMALL = (frozenset(words.split()) for words in (_TITLES, _NUMBERED, _CONTINUED))
_MONTHS = re.compile(
    r"jan|feb|f[ée]v|m[äa]r|mrt|a[pvb]r|ma[iy]|ju[nl]|jui|gi?u|lug|ago|aug|ao[ûu]|sep|set|o[ck]t|ott|nov|de[zc]|d[ée]c|dic",
    re.IGNORECASE,
)
_WRAPPED_FROM = 55  # characters: a line at least this long that stops in mid-sentence was wrapped by a mail program


def split_sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of `text` in order; `text[s.start:s.end] == s.text`, without surrounding space, never empty.

    Line breaks end a sentence, unless a mail program wrapped the line. Abbreviations, decimals, ordinals ("3. Mai"),
    "No. 5" and a trailing ellipsis do not.
    """
    sentences: list[Sentence] = []
    start = 0
    for found in _END.finditer(text):
        if not _ends(text, start, found):
            continue
        _append(sentences, text, start, found.end())
        start = found.end()
    _append(sentences, text, start, len(text))
    return tuple(sentences)


def _append(sentences: list[Sentence], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if any(character.isalnum() for character in stripped):
        at = start + len(piece) - len(piece.lstrip())
        sentences.append(Sentence(stripped, at, at + len(stripped)))
    elif stripped and sentences:  # a lone emoji or bracket belongs to what it follows
        last = sentences[-1]
        stop = start + len(piece.rstrip())
        sentences[-1] = Sentence(text[last.start : stop], last.start, stop)
    elif stripped:
        at = start + len(piece) - len(piece.lstrip())
        sentences.append(Sentence(stripped, at, at + len(stripped)))


def _ends(text: str, start: int, found: re.Match[str]) -> bool:
    mark = found[0]
    following = text[found.end() : found.end() + 12].lstrip(" \n")
    if mark == "\n":
        return not _wrapped(text, start, found.start(), following)
    if mark[0] != "." or len(mark) > 1:
        # "well..." goes on when a small letter follows; "?" and "!" always end
        return not (mark.rstrip("\"'”’»)]") in ("...", "…", "..") and following[:1].islower())
    before = _WORD_BEFORE.search(text, max(start, found.start() - 24), found.start())
    if before is None:
        return True
    word = before[0].casefold()
    if word in _NEVER or (len(word) == 1 and word.isalpha() and before[0].isupper() and word != "i"):
        return False
    if word in _BEFORE_DIGIT and following[:1].isdigit():
        return False
    if word in _BEFORE_SMALL and following[:1].islower():
        return False
    if word.isdigit() and len(word) <= 2:
        return not (following[:1].islower() or _MONTHS.match(following))
    return True


def _wrapped(text: str, start: int, at: int, following: str) -> bool:
    line_start = max(text.rfind("\n", start, at) + 1, start)
    return at - line_start >= _WRAPPED_FROM and text[at - 1] not in ".!?…:;" and following[:1].islower()
