"""A ticket's text made ready for reading wishes: words, cues, sentences, clauses and conditions.

Everything that is asked per word is worked out once per text, so that a long ticket costs time in its length only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from recommenders.saves import cues
from recommenders.text.words import Words, read_words

MOST_WORDS = 1000  # what comes later in a ticket is not read for wishes
_BUT = frozenset(("but", "aber", "mais", "pero", "ma", "maar"))
_ALSO_NOT_IF = frozenset(("si", "se", "als"))
_IS = frozenset(("hay", "tiene", "ist", "esta"))
_HOPING = frozenset(("chance", "way", "possibility", "idea", "problem", "help", "update"))  # "any chance of"
_GONE = frozenset((
    "sold", "unavailable", "out", "none", "gone", "agotado", "agotada", "ausverkauft", "vergriffen", "epuise",
    "epuisee",
    "esaurito", "esaurita", "uitverkocht", "esgotado", "esgotada",
))  # fmt: skip

Span = tuple[int, int]


@dataclass(frozen=True)
class Reading:
    """Words with their cues; `sentences` and `clauses` are the words [low, high) around each word.

    A clause ends at commas, stops and "but"s. `stops` counts the punctuation before each word, for `same_clause`.
    """

    words: Words
    cues: cues.Cues
    sentences: Sequence[Span]
    clauses: Sequence[Span]
    stops: Sequence[int]
    open_clauses: frozenset[Span]  # those that say that it does not matter

    @classmethod
    def of(cls, text: str) -> Reading:
        """Reads the text once."""
        words = read_words(text)
        if len(words) > MOST_WORDS:
            words = read_words(text[: words.starts[MOST_WORDS]])
        found = cues.Cues(words)
        gaps = [words.gap(i) for i in range(len(words))]
        new_sentence = [i > 0 and _ends_sentence(gap) for i, gap in enumerate(gaps)]
        new_clause = [
            new or (i > 0 and any(c in gap for c in ",;:")) or words.stems[i] in _BUT
            for i, (gap, new) in enumerate(zip(gaps, new_sentence, strict=True))
        ]
        clauses = _spans(new_clause)
        opened = {
            clauses[start] for start, end in found.places(cues.WHATEVER)
            if end <= clauses[start][1]
            and not _superlative(words, end)
            and not _HOPING.intersection(words.stems[start : end + 1])
        }  # fmt: skip
        stops = list(accumulate(any(c in gap for c in ".!?;,\n") for gap in gaps))
        return cls(words, found, _spans(new_sentence), clauses, stops, frozenset(opened))

    def condition(self, i: int) -> tuple[bool, str]:
        """(inside an if-clause, role): a value after an if-clause, or after "otherwise", is a second choice."""
        low, high = self.sentences[i]
        if self.cues.first(cues.OTHERWISE, low, i) is not None:
            return False, "fallback"
        opens = self.cues.first(cues.CONDITION, low, high)
        if opens is None or (self.words.stems[opens] in _ALSO_NOT_IF and not self._opens_condition(opens)):
            return False, ""
        lacking = any(w in cues.NEGATION or w in _GONE for w in self.words.stems[opens : opens + 14])
        if i < opens:
            # "no backlight if there is none": what stands right before the condition hangs on it.
            start = self.clauses[opens - 1][0]
            return False, "fallback" if lacking and low < start <= i else ""
        turn = self.cues.first(cues.VERDICT, opens + 1, high)
        comma = self.clauses[opens][1] if self.clauses[opens][1] < high else None
        border = min((b for b in (turn, comma) if b is not None), default=None)
        if border is None or i < border:
            return True, "primary" if lacking else ""
        return False, "fallback" if lacking else ""

    def _opens_condition(self, i: int) -> bool:
        """Whether "si", "se" or "als" at word `i` means "if": these are also "yes", "himself" and "as"."""
        return any(w in cues.NEGATION or w in _IS for w in self.words.stems[i : i + 4])

    def whatever(self, i: int) -> bool:
        """Whether the clause around word `i` says that it does not matter."""
        return self.clauses[i] in self.open_clauses

    def same_clause(self, a: int, b: int) -> bool:
        """Whether no comma or stop stands between two words."""
        return 0 <= a <= b < len(self.words) and self.stops[a] == self.stops[b]


def _superlative(words: Words, start: int) -> bool:
    """Whether a superlative follows soon: "whichever has the longest range" is a wish."""
    return any(a.degree == "most" for w in words.stems[start : start + 4] for a in cues.ADJECTIVES.get(w, ()))


def _ends_sentence(gap: str) -> bool:
    return any(c in gap for c in "!?;\n") or ". " in gap or (gap.endswith((".\n", ".")) and len(gap) > 1)


def _spans(begins: Sequence[bool]) -> list[Span]:
    """For each word, the words of its stretch: a stretch begins where `begins` is true."""
    numbers = list(accumulate(begins))
    spans: list[Span] = []
    for _, group in groupby(range(len(numbers)), key=numbers.__getitem__):
        stretch = list(group)
        spans += [(stretch[0], stretch[-1] + 1)] * len(stretch)
    return spans
