"""A text without personal facts, and the way back: where in the original the words of a quote stand."""

from __future__ import annotations

from dataclasses import dataclass

from recommenders.text.redact import GAPS, Facts, find_personal

_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})


@dataclass(frozen=True)
class Redacted:
    """`text` may leave the machine. `find` gives the place of a quote from it in the original."""

    text: str
    _folded: str
    _origin: tuple[tuple[int, int], ...]  # of each folded character, in the original

    @classmethod
    def of(cls, original: str, facts: Facts) -> Redacted:
        """In the place of each fact stands what it is, like `[[email]]`."""
        pieces: list[tuple[str, int, int]] = []  # text, and what it stands for
        at = 0
        for found in find_personal(original, facts):
            pieces += [(c, at + i, at + i + 1) for i, c in enumerate(original[at : found.start])]
            pieces.append((GAPS[found.kind], found.start, found.end))
            at = found.end
        pieces += [(c, at + i, at + i + 1) for i, c in enumerate(original[at:])]
        folded: list[str] = []
        origin: list[tuple[int, int]] = []
        for text, start, end in pieces:
            for character in _fold(text):
                if character == " " and (not folded or folded[-1] == " "):
                    continue
                folded.append(character)
                origin.append((start, end))
        return cls("".join(text for text, *_ in pieces), "".join(folded), tuple(origin))

    def find(self, quote: str) -> tuple[int, int] | None:
        """[start, end) of a verbatim quote in the original; None when its words do not stand there.

        White space, case and the shape of quotation marks do not count. A quote needs two letters or digits.
        """
        wanted = " ".join(_fold(quote).split())
        if sum(character.isalnum() for character in wanted) < 2:
            return None
        start = self._folded.find(wanted)
        if start < 0:
            return None
        return self._origin[start][0], self._origin[start + len(wanted) - 1][1]


def _fold(text: str) -> str:
    folded = text.translate(_STRAIGHT).casefold()
    return "".join(" " if character.isspace() else character for character in folded)
