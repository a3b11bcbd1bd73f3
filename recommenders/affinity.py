"""How much a customer's own orders speak for a set of products: which of several codes would this customer use?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import log, log1p

HALF_LIFE = 365.0  # days after which a purchase counts half
# Weights of the score: a conditional logit over the coupons of a campaign, fitted on the redemptions of the benchmark
# `codes` in campaigns that began before its test campaigns (`recommenders/bench/codes.py` says which).
WEIGHTS = (1.0, 0.5, 0.4)
PRIOR = 0.5  # purchases; a customer with few counts as an average one


@dataclass(frozen=True, slots=True)
class Scope:
    """A set of products, as far as a score needs it."""

    items: frozenset[str]
    share: float  # of all purchases of the shop
    kinds: Mapping[str, float]  # share of the items that are of a kind


class Affinity:
    """Scores sets of products by a history of purchases. Read-only after it is built."""

    def __init__(self, kinds: Mapping[str, str], bought: Mapping[str, float] | None = None) -> None:
        """Args:
        kinds: the kind of every product ("Face cream").
        bought: how often each product is bought in the shop; without it all count as equally popular.
        """
        self._kinds = kinds
        self._bought = dict.fromkeys(kinds, 1.0) if bought is None else bought
        self._total = sum(self._bought.values()) or 1.0

    def scope(self, items: Collection[str]) -> Scope:
        """The set of these products; those that are in no catalogue count for nothing."""
        known = frozenset(item for item in items if item in self._kinds)
        kinds: defaultdict[str, float] = defaultdict(float)
        for item in sorted(known):
            kinds[self._kinds[item]] += 1 / len(known)
        return Scope(known, sum(self._bought.get(item, 0.0) for item in sorted(known)) / self._total, dict(kinds))

    def profile(self, purchases: Iterable[tuple[str, float]], half_life: float = HALF_LIFE) -> Profile:
        """What a customer bought.

        Args:
            purchases: product and age in days, one a line of an order.
            half_life: days after which a purchase counts half.
        """
        items: defaultdict[str, float] = defaultdict(float)
        kinds: defaultdict[str, float] = defaultdict(float)
        for item, age in purchases:
            weight = 0.5 ** (max(age, 0.0) / half_life)
            items[item] += weight
            if item in self._kinds:
                kinds[self._kinds[item]] += weight
        return Profile(dict(items), dict(kinds), sum(items.values()))

    def score(self, profile: Profile, scope: Scope) -> float:
        """Higher is likelier to be used; to be compared between scopes for one and the same customer."""
        return sum(weight * part for weight, part in zip(WEIGHTS, self.parts(profile, scope), strict=True))

    def parts(self, profile: Profile, scope: Scope) -> tuple[float, float, float]:
        """What the score is a weighted sum of.

        How much more of the scope the customer bought than the shop's average customer with as many purchases (the
        logarithm of a Poisson rate with a gamma prior worth `PRIOR` purchases), how popular the scope is, and how much
        the customer bought of the kinds of things that are in it.
        """
        few, many = sorted((profile.items, scope.items), key=len)
        own = sum(profile.items[item] for item in sorted(few) if item in many)
        expected = profile.total * scope.share
        kind = sum(profile.kinds.get(kind, 0.0) * share for kind, share in scope.kinds.items())
        return log((own + PRIOR) / (expected + PRIOR)), log(scope.share + 1e-9), log1p(kind)


@dataclass(frozen=True, slots=True)
class Profile:
    """Purchases of one customer, each counted by its age: by product, by kind, and all together."""

    items: Mapping[str, float]
    kinds: Mapping[str, float]
    total: float
