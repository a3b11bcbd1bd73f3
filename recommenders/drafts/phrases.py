"""The packaged sentences of a reply, by language and key, and the choice among them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from recommenders.drafts.elision import joined

FOLDER = Path(__file__).with_name("phrases")
LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pt")
_SLOT = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class PhraseBook:
    """The phrases of one language: key -> sentences, each with slots such as {order}."""

    language: str
    phrases: Mapping[str, Sequence[str]]

    def pick(self, key: str, seed: str, slots: Mapping[str, str] | None = None) -> str:
        """One sentence of `key` with its slots filled, or "" when there is none whose slots are all known.

        Among the usable sentences those with the most slots win, for they say the most about this ticket; among equals
        the seed (the ticket's id) decides, so that not every reply sounds alike and the same ticket always does.
        """
        known = slots or {}
        usable: list[tuple[int, str]] = []
        for sentence in self.phrases.get(key, ()):
            wanted = set(_SLOT.findall(sentence))
            if all(known.get(slot) for slot in wanted):
                usable.append((len(wanted), sentence))
        if not usable:
            return ""
        most = max(count for count, _ in usable)
        best = [sentence for count, sentence in usable if count == most]
        return fill(best[zlib.crc32(f"{seed}/{key}".encode()) % len(best)], known, self.language)

    def label(self, key: str, **slots: str) -> str:
        """A part of a sentence, such as an order's name: the first phrase of `key`, filled, not capitalized."""
        phrases = self.phrases.get(key, ())
        return _filled(phrases[0], slots, self.language) if phrases else ""

    def has(self, key: str) -> bool:
        """Whether there is any sentence for the key."""
        return bool(self.phrases.get(key))


def fill(sentence: str, slots: Mapping[str, str], language: str = "") -> str:
    """The sentence with {slot} replaced in one pass; what a slot holds is never read again. Begins with a capital.

    The word before a slot agrees with what follows as the language wants it ("fino all'8 agosto", see elision.py).
    """
    text = _filled(sentence, slots, language)
    return text[:1].upper() + text[1:]


def _filled(sentence: str, slots: Mapping[str, str], language: str) -> str:
    text, end = "", 0
    for match in _SLOT.finditer(sentence):
        text = joined(language, text + sentence[end : match.start()], slots.get(match[1], match[0]))
        end = match.end()
    return text + sentence[end:]


@cache
def packaged(language: str) -> Mapping[str, Sequence[str]]:
    """The phrases that come with the product for one of LANGUAGES."""
    rows = YAML(typ="safe").load((FOLDER / f"{language}.yaml").read_text("utf-8"))
    return {str(key): tuple(map(str, sentences)) for key, sentences in rows.items()}


def books(overrides: Mapping[str, Mapping[str, Sequence[str]]] | None = None) -> dict[str, PhraseBook]:
    """Every language's book, with a shop's own phrases in place of the packaged ones, key by key.

    A shop may bring a language of its own; it needs every key that the English book has to be used without gaps, and
    falls back on nothing: a key that it lacks says nothing.
    """
    own = overrides or {}
    return {
        language: PhraseBook(
            language, {**(packaged(language) if language in LANGUAGES else {}), **own.get(language, {})}
        )
        for language in dict.fromkeys([*LANGUAGES, *own])
    }
