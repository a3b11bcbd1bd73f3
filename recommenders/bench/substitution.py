"""Product to product from order histories: who bought this and then another thing of the same kind, bought which?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log, log1p

HALF_LIFE = 30.0  # days after which a purchase of the customer counts half as recent
# Pseudo-observations of the popularity within the kind, in a product's transitions and in its co-purchases.
NEXT_PRIOR, TOGETHER_PRIOR = 5.0, 10.0
MOST = 60  # products of one customer and kind that are paired; who has more buys for others
# One customer's purchases of one kind, in the order of time: day, and what was bought then.
History = Sequence[tuple[float, frozenset[int]]]


@dataclass(frozen=True)
class Weights:
    """A conditional logit over the products of a kind; `traits` has a weight for each place of a product's traits."""

    popular: float
    following: float
    together: float
    recent: float
    often: float
    traits: tuple[float, ...]


def successors(history: History) -> Iterator[tuple[int, int, int]]:
    """(place, product, place of the next purchase in which there is another product) for all that have one."""
    for at, (_, items) in enumerate(history):
        for item in sorted(items):
            after = next((n for n in range(at + 1, len(history)) if history[n][1] - {item}), None)
            if after is not None:
                yield at, item, after


class Substitution:
    """Ranks the other products of a kind by what customers did. Read-only after it is built."""

    def __init__(self, kinds: Sequence[int], traits: Sequence[Sequence[str]], weights: Weights) -> None:
        """Args:
        kinds: the kind of each product, by position.
        traits: what a product shares with others (its type, maker, size); "" where it is not known.
        weights: of the parts of the score.
        """
        self.weights = weights
        self._kinds, self._traits = kinds, traits
        self._bought: Counter[int] = Counter()  # purchases of a product
        self._owners: Counter[int] = Counter()  # customers who bought a product
        self._next: defaultdict[int, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
        self._together: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self._products: defaultdict[int, set[int]] = defaultdict(set)

    def learn(self, histories: Iterable[History]) -> Substitution:
        """Counts what these customers bought, one history a customer and kind; gives itself."""
        for history in histories:
            for _, items in history:
                self._bought.update(items)
            for _, item, after in successors(history):
                others = history[after][1] - {item}
                for other in others:
                    self._next[item][other] += 1 / len(others)
            all_ = sorted(frozenset[int]().union(*(items for _, items in history)))
            self._owners.update(all_)
            if len(all_) <= MOST:
                for item in all_:
                    self._together[item].update(other for other in all_ if other != item)
        for item in self._bought:
            self._products[self._kinds[item]].add(item)
        return self

    def candidates(self, item: int) -> list[int]:
        """The other products of its kind that anybody bought, by position."""
        return sorted(self._products[self._kinds[item]] - {item})

    def bought(self, item: int) -> int:
        """How often it was bought."""
        return self._bought[item]

    def ranked(self, item: int, history: History) -> list[int]:
        """The candidates, the likeliest next purchase first; equal ones by position.

        Args:
            item: what was bought last.
            history: this customer's purchases of the kind up to and with that one; that one alone is enough.
        """
        scores = self.scores(item, history)
        return sorted(scores, key=lambda other: (-round(scores[other], 9), other))

    def scores(self, item: int, history: History) -> dict[int, float]:
        """The score of every candidate."""
        w = self.weights
        weighted = (w.popular, w.following, w.together, w.recent, w.often, *w.traits)
        parts = self.parts(item, history)
        return {other: sum(a * b for a, b in zip(weighted, part, strict=True)) for other, part in parts.items()}

    def parts(self, item: int, history: History) -> dict[int, tuple[float, ...]]:
        """What a score is a weighted sum of, for every candidate.

        The logarithms of: its share of the purchases of the kind; its share of what followed the product, and of what
        the product's buyers bought as well, both drawn to the former by Dirichlet priors; then of one plus: this
        customer's purchases of it counted by age, their number, and those that share each trait.
        """
        others = self.candidates(item)
        total = sum(self._bought[other] for other in others)
        following: Mapping[int, float] = self._next.get(item, {})
        together: Mapping[int, int] = self._together.get(item, {})
        followed, owners = sum(following.values()), self._owners[item]
        recent, often, shared = self._own(history)
        made = {}
        for other in others:
            share = self._bought[other] / total
            own = (log1p(counts.get(self._traits[other][n], 0)) for n, counts in enumerate(shared))
            made[other] = (
                log(share),
                log((following.get(other, 0.0) + NEXT_PRIOR * share) / (followed + NEXT_PRIOR)),
                log((together.get(other, 0) + TOGETHER_PRIOR * share) / (owners + TOGETHER_PRIOR)),
                log1p(recent.get(other, 0.0)),
                log1p(often.get(other, 0)),
                *own,
            )
        return made

    def _own(self, history: History) -> tuple[Mapping[int, float], Mapping[int, int], list[Mapping[str, int]]]:
        """This customer's purchases: by age, by number, and the number of those with each value of each trait."""
        now = history[-1][0] if history else 0.0
        recent: defaultdict[int, float] = defaultdict(float)
        often: Counter[int] = Counter()
        shared: list[Counter[str]] = [Counter() for _ in self.weights.traits]
        for day, items in history:
            for item in sorted(items):
                recent[item] += 0.5 ** ((now - day) / HALF_LIFE)
                often[item] += 1
                for counts, trait in zip(shared, self._traits[item], strict=True):
                    if trait:
                        counts[trait] += 1
        return recent, often, list[Mapping[str, int]](shared)
