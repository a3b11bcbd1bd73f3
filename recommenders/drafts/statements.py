"""Statements: the sentences of articles and pages by what they speak of, so that a question finds the one that answers.

What the embedding model cannot do is done here: a question meets a statement in another language through concepts, and
who asks for a time or a price is answered by a statement that names one. How much must be shared is learned from the
shop's own pages: more than what sentences of different articles share by chance.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from recommenders.drafts.claims import TOPICS, figures, is_priced, without_anchor
from recommenders.drafts.concepts import concepts, lexicon
from recommenders.drafts.passages import Passage
from recommenders.text.words import stem

Asked = Literal["time", "cost", ""]
AROUND = 0.5  # of what a title, a label's neighbour or another sentence of the passage shares with a question
ASIDE = 0.4  # of what the rest of the ticket, the intents and the product at hand add to a question
OTHER = 0.12  # by which each further concept of a statement makes it less likely to be the one that is meant
UNANSWERED = 0.35  # of the score, where a time or a price is asked and none is told
FOLLOWS = 0.97  # of the score of a statement that does not begin its article: the rule stands before its details
CHANCE = 0.8  # of the statements share less than this with their nearest in another article
SAMPLE = 60  # statements from which chance is learned
# What a question and its answer share: a thing, a place and the kind of figure that is asked for count so much, and
# what products are called only this.
THING, NAME, ENOUGH = 1.5, 1.0, 3.0
HERE, AROUND_HERE, ELSEWHERE = 1.6, 1.3, 0.2  # of the score, where a statement holds for places and one is named
_ASKED: Mapping[str, Asked] = {"ask_time": "time", "ask_cost": "cost"}  # "ask_any" asks for no figure


@dataclass(frozen=True, slots=True)
class Units:
    """What a text speaks of: concepts ("c:return"), places, other words ("w:heel"), and what it wants to know."""

    things: frozenset[str]
    places: frozenset[str] = frozenset()
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a passage, or a row of its table. `line` is its place in the passage."""

    passage: Passage
    line: int
    own: frozenset[str]
    around: frozenset[str]
    title: frozenset[str]
    places: frozenset[str]
    told: tuple[Asked, ...]
    first: bool

    @property
    def text(self) -> str:
        """As it stands in its article or page."""
        return self.passage.lines[self.line]


@dataclass(frozen=True)
class Question:
    """What is asked: `units` with their weights, the figure that is wanted, and the places that are named.

    `own` are the units that the question itself says, `names` those among its words that only call a product by its
    name; `troubled`: nothing is asked, but a trouble is told.
    """

    units: Mapping[str, float]
    asked: Asked = ""
    places: frozenset[str] = frozenset()
    own: frozenset[str] = field(default_factory=frozenset)
    names: frozenset[str] = field(default_factory=frozenset)
    troubled: bool = False
    wider: frozenset[str] = field(default_factory=frozenset)

    def holds_in(self, places: frozenset[str]) -> frozenset[str]:
        """Those of a statement's places that are meant: the one that is named, else the wider one that it lies in."""
        return self.places & places or self.wider & places


@dataclass(frozen=True, slots=True)
class Found:
    """A statement that answers, and how much more it shares with the question than chance would: from 1 on."""

    statement: Statement
    score: float


def read_units(text: str, language: str, common: frozenset[str] = frozenset()) -> Units:
    """The units of a text. `common` are stems that say nothing by themselves."""
    ids, rest = lexicon(language).read(without_anchor(text))
    known = concepts()
    things = {f"c:{name}" for name in ids if known[name].kind == "thing"}
    places = {name for name in ids if known[name].kind == "place"}
    if TOPICS["return"].search(text.casefold()):
        things.add("c:return")  # "send the whole thing back"
    stems = {stem(word) for word in rest if len(word) > 2 and not word.isdigit()}
    things |= {f"w:{word}" for word in stems - common}
    asked: tuple[Asked, ...] = tuple(_ASKED[name] for name in _ASKED if name in ids)
    if not asked and "ask_any" in ids:
        asked = ("",)
    return Units(frozenset(things), frozenset(places), asked)


class StatementIndex:
    """Built once for a catalogue revision; read-only."""

    def __init__(self, passages: Sequence[Passage], common: Mapping[str, frozenset[str]] | None = None) -> None:
        """`common` are each language's stems that say nothing by themselves."""
        self.common = common or {}
        self.statements = tuple(_statements(passages, self.common))
        count = Counter(unit for s in self.statements for unit in s.own | s.around)
        total = len(self.statements)
        self._idf = {unit: math.log(1 + total / seen) for unit, seen in count.items()}
        self._rows: dict[str, list[tuple[int, float]]] = {}
        self._by_source: dict[str, list[int]] = {}
        for place, statement in enumerate(self.statements):
            for unit in statement.own | statement.around:
                weight = self._idf[unit] * (1.0 if unit in statement.own else AROUND)
                self._rows.setdefault(unit, []).append((place, weight))
            self._by_source.setdefault(statement.passage.evidence.id, []).append(place)
        self.floor = self._chance()

    def search(
        self, question: Question, *, sources: Iterable[str] | None = None, most: int = 1, floor: float = 1.0
    ) -> list[Found]:
        """The statements that answer a question, best first, ties by place.

        `sources` limits the search to these articles or products.
        """
        allowed = None if sources is None else {p for source in sources for p in self._by_source.get(source, ())}
        ranked = sorted(self._scores(question, allowed).items(), key=lambda entry: (-entry[1], entry[0]))
        bound = floor * self.floor
        found: list[Found] = []
        for place, score in ranked[: 4 * most + 4]:
            statement = self.statements[place]
            if score < bound or len(found) == most:
                break
            if self._answers(question, statement):
                found.append(Found(statement, score / self.floor))
        return found

    def _answers(self, question: Question, statement: Statement) -> bool:
        shared = question.own & (statement.own | statement.around)
        if question.asked and question.asked not in statement.told:
            return False
        if not (question.asked or question.troubled or _about(question, statement)):
            return False
        places = question.holds_in(statement.places)
        if not shared and not places:
            return False
        named = question.names & (statement.own | statement.around)
        figure = 1 if question.asked else 0
        return THING * (len(shared) + len(places) + figure) + NAME * len(named) >= ENOUGH

    def _scores(self, question: Question, allowed: set[int] | None) -> dict[int, float]:
        scores: dict[int, float] = {}
        mass = 0.0
        for unit, weight in question.units.items():
            if unit not in self._idf:
                continue
            mass += self._idf[unit] if unit in question.own else 0.0
            for place, value in self._rows[unit]:
                if allowed is None or place in allowed:
                    scores[place] = scores.get(place, 0.0) + weight * value
        norm = math.sqrt(mass) or 1.0
        for place, score in scores.items():
            statement = self.statements[place]
            others = sum(unit.startswith("c:") and unit not in question.units for unit in statement.own)
            score /= norm * (1 + OTHER * others)
            if question.asked and question.asked not in statement.told:
                score *= UNANSWERED
            if question.places and statement.places:
                near = question.holds_in(statement.places)
                score *= (HERE if near & question.places else AROUND_HERE) if near else ELSEWHERE
            scores[place] = score * (1.0 if statement.first else FOLLOWS)
        return scores

    def _chance(self) -> float:
        """What a sentence shares with the nearest one of another article, more than which is no chance."""
        step = max(1, len(self.statements) // SAMPLE)
        best = []
        for statement in self.statements[::step]:
            source = statement.passage.evidence.id
            question = Question(dict.fromkeys(statement.own, 1.0), own=statement.own)
            scores = self._scores(question, None)
            others = [s for place, s in scores.items() if self.statements[place].passage.evidence.id != source]
            best.append(max(others, default=0.0))
        best.sort()
        return max(best[int(CHANCE * (len(best) - 1))], 0.5) if best else 1.0


def _about(question: Question, statement: Statement) -> bool:
    """Whether a plain question is what an article is on, or what a statement says more than one thing of.

    It is known by more than its words: "May I use it again?" is answered nowhere.
    """
    own = question.own & statement.own
    several = len(own) + len(question.holds_in(statement.places)) > 1
    return _named(question.own & statement.title) or (several and _named(own))


def _named(units: frozenset[str]) -> bool:
    return any(unit.startswith("c:") for unit in units)


def _statements(passages: Sequence[Passage], common: Mapping[str, frozenset[str]]) -> Iterable[Statement]:
    seen: set[str] = set()
    for passage in passages:
        stop = common.get(passage.language, frozenset())
        lines = [read_units(line, passage.language, stop) for line in passage.lines]
        title = read_units(passage.title, passage.language, stop)
        label = read_units(passage.label, passage.language, stop)
        for place, units in enumerate(lines):
            own = units.things | (frozenset() if passage.table else label.things)
            beside = label.things
            if not passage.table:
                beside |= {unit for other in lines if other is not units for unit in other.things}
            around = (title.things | beside) - own
            line = passage.lines[place]
            told: list[Asked] = ["time"] if figures(line, passage.language) else []
            told += ["cost"] if is_priced(line) else []
            first = place == 0 and passage.evidence.id not in seen
            yield Statement(passage, place, own, around, title.things, units.places | label.places, tuple(told), first)
        seen.add(passage.evidence.id)
