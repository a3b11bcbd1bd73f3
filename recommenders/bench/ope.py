"""Task `ope`: what would the bandit have earned, estimated from the log of the random policy?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from recommenders.bench.metrics import ROUNDS, Draws, Estimate, interval
from recommenders.bench.openbandit import CAMPAIGNS, Floats, Ints, Log, open_bandit
from recommenders.bench.outcome import About, Figure, Outcome, Setup
from recommenders.bench.packages import MissingPackage, needed
from recommenders.offpolicy import Worth, doubly_robust, ips, snips, weights

FOLDS = 5
PRIOR = 200.0  # impressions; an item that was seldom shown at a place is taken to be clicked as often as any other
PEERS = {
    "obp IPW": "InverseProbabilityWeighting",
    "obp SNIPW": "SelfNormalizedInverseProbabilityWeighting",
    "obp DR": "DoublyRobust",
}


@dataclass(frozen=True)
class Problem:
    """A log, the policy to evaluate, and a reward model.

    `policy` (items, places) is the probability of an item at a place; a column adds up to 1. `model` (folds, items,
    places) is the click rate as learned without the impressions of a fold; `fold` (rounds,) says which they are.
    """

    log: Log
    policy: Floats
    model: Floats
    fold: Ints

    @property
    def weight(self) -> Floats:
        """(rounds,) importance weights."""
        return weights(self.policy[self.log.item, self.log.place], self.log.propensity)

    @property
    def predicted(self) -> Floats:
        """(rounds,) the model's click rate of what was shown."""
        return self.model[self.fold, self.log.item, self.log.place]

    @property
    def expected(self) -> Floats:
        """(rounds,) the model's click rate at this place under the policy."""
        rates: Floats = (self.model * self.policy).sum(axis=1)
        return rates[self.fold, self.log.place]


def ope(setup: Setup) -> Outcome:
    """Open Bandit: the clicks of Thompson sampling (`bts`), estimated from the log of the uniformly random policy.

    The evaluated policy is `bts` as it ran in that week: how often it put an item at a place, whatever was clicked. The
    truth is the mean of its own log (`on-policy`). `logged mean` takes the new policy to be as good as the old one.
    IPS, SNIPS and DR are those of the product, with intervals by normal approximation; `obp` are the estimators of the
    Open Bandit Pipeline over the same numbers, with its own bootstrap intervals. `relative error` is |estimate -
    truth| / truth; its interval resamples both logs, for the truth is an estimate too.
    """
    data = open_bandit(setup.data)
    found: dict[str, Judged] = {}
    skipped: tuple[str, ...] = ()
    for campaign in CAMPAIGNS:
        truth, log = data.logs[campaign]["bts"], data.logs[campaign]["random"]
        problem = problem_of(log, truth, setup.seed)
        try:
            peers = peers_of(problem, setup.seed)
        except MissingPackage as error:
            peers, skipped = {}, (f"obp's estimators: {error}",)
        found[campaign] = judged(problem, truth, peers, setup.seed)
    figures = [*figures_of("pooled", pooled(list(found.values())))]
    for campaign, each in found.items():
        figures += [replace(figure, detail=True) for figure in figures_of(campaign, each)]
    config = {"policy": "frequencies of bts", "folds": FOLDS, "prior": PRIOR, "bootstrap": ROUNDS}
    return Outcome("obp", data.revision, config, tuple(figures), baseline="logged mean", about=ABOUT, skipped=skipped)


ABOUT = About(
    "How many clicks would the bandit have got, if only the random policy's log were known?",
    "The mean of the bandit's own log of the same week. It is a mean of 10,000 impressions with 42 to 69 clicks: the "
    "truth itself is known to about 30 %.",
    "Open Bandit Dataset (Saito et al. 2020), the sample in the package obp 0.4.1.",
)


def problem_of(log: Log, target: Log, seed: int) -> Problem:
    """Evaluate the policy of `target` on `log`. No click of `target` is looked at."""
    items, places = (
        int(max(log_.max() for log_ in pair)) + 1 for pair in ((log.item, target.item), (log.place, target.place))
    )
    shown = _table(target.item, target.place, np.ones(len(target.item)), (items, places))
    policy = shown / np.maximum(shown.sum(axis=0), 1.0)
    fold = np.random.default_rng(seed).permutation(len(log.item)) % FOLDS
    return Problem(log, policy, np.stack([rates(log, fold != each, (items, places)) for each in range(FOLDS)]), fold)


def rates(log: Log, rows: Any, shape: tuple[int, int]) -> Floats:
    """(items, places) click rates over these rows, each drawn to the mean of all by `PRIOR` impressions of it."""
    clicks = _table(log.item[rows], log.place[rows], log.click[rows], shape)
    shown = _table(log.item[rows], log.place[rows], np.ones(int(np.sum(rows))), shape)
    mean = float(clicks.sum()) / max(float(shown.sum()), 1.0)
    smooth: Floats = (clicks + PRIOR * mean) / (shown + PRIOR)
    return smooth


def estimates(problem: Problem) -> dict[str, Worth]:
    """What the product's estimators say, by name."""
    click, weight = problem.log.click, problem.weight
    return {
        "IPS": ips(click, weight),
        "SNIPS": snips(click, weight),
        "DR": doubly_robust(click, weight, problem.predicted, problem.expected),
    }


def peers_of(problem: Problem, seed: int) -> dict[str, Worth]:
    """What the Open Bandit Pipeline says of the same problem, with the same reward model.

    Raises:
        MissingPackage: obp is not installed, or something that it imports.
    """
    library: Any = needed("obp.ope.estimators")
    log, rounds = problem.log, len(problem.log.item)
    given = {
        "reward": log.click, "action": log.item, "position": log.place, "pscore": log.propensity,
        "action_dist": np.broadcast_to(problem.policy, (rounds, *problem.policy.shape)),
        "estimated_rewards_by_reg_model": problem.model[problem.fold],
    }  # fmt: skip
    found = {}
    for name, kind in PEERS.items():
        estimator = getattr(library, kind)()
        value = float(estimator.estimate_policy_value(**given))
        bounds = estimator.estimate_interval(**given, alpha=0.05, n_bootstrap_samples=ROUNDS, random_state=seed)
        low, high = (float(bounds[f"95.0% CI ({end})"]) for end in ("lower", "upper"))
        found[name] = Worth(value, low, high, rounds, float("nan"))
    return found


@dataclass(frozen=True)
class Judged:
    """Everybody's estimate of clicks an impression and the truth, each with its values over bootstrap resamples."""

    truth: Estimate
    estimates: Mapping[str, Estimate]
    real: Draws
    draws: Mapping[str, Draws]
    effective: float


def judged(problem: Problem, truth: Log, peers: Mapping[str, Worth], seed: int) -> Judged:
    """The estimates of a problem, beside the mean of the evaluated policy's own log."""
    drawn = _draws(problem, seed)
    real = _resampled(truth.click[:, None], seed + 1)[:, 0]
    logged = interval(float(problem.log.click.mean()), drawn["logged mean"], len(problem.log.click))
    ours = estimates(problem)
    found = {"logged mean": logged} | {
        n: Estimate(w.value, w.low, w.high, w.n) for n, w in (ours | dict(peers)).items()
    }
    same = dict(zip(PEERS, ours, strict=True))  # the same formula has the same resamples
    return Judged(
        interval(float(truth.click.mean()), real, len(truth.click)), found, real,
        {name: drawn[same.get(name, name)] for name in found}, ours["IPS"].effective,
    )  # fmt: skip


def pooled(parts: Sequence[Judged]) -> Judged:
    """The mean over campaigns; all intervals by the resamples, which are independent of each other."""
    real = np.mean([part.real for part in parts], axis=0)
    draws = {name: np.mean([part.draws[name] for part in parts], axis=0) for name in parts[0].draws}

    def mean(each: Sequence[Estimate], drawn: Draws) -> Estimate:
        return interval(float(np.mean([one.value for one in each])), drawn, sum(one.n for one in each))

    return Judged(
        mean([part.truth for part in parts], real),
        {name: mean([part.estimates[name] for part in parts], drawn) for name, drawn in draws.items()},
        real, draws, sum(part.effective for part in parts),
    )  # fmt: skip


def figures_of(name: str, of: Judged) -> Iterator[Figure]:
    """Clicks of a thousand impressions by everyone, and how far that is from the truth."""
    for who, clicks in {"on-policy": of.truth, **of.estimates}.items():
        yield Figure(who, f"clicks/1000 {name}", _thousand(clicks), better=None)
    rate = of.truth.value or np.nan
    for who, clicks in of.estimates.items():
        draws = np.abs(of.draws[who] - of.real) / np.where(of.real > 0, of.real, np.nan)
        error = interval(abs(clicks.value - rate) / rate, draws, clicks.n)
        yield Figure(who, f"relative error {name}", error, draws=draws, better="lower")
    effective = Estimate(of.effective, np.nan, np.nan, of.truth.n)
    yield Figure("IPS", f"effective n {name}", effective, better=None, detail=True)


def _draws(problem: Problem, seed: int) -> dict[str, Draws]:
    """The estimates over bootstrap resamples of the log, by name."""
    click, weight = problem.log.click, problem.weight
    robust = problem.expected + weight * (click - problem.predicted)
    mean = _resampled(np.stack([click, weight * click, weight, robust], axis=1), seed)
    return {
        "logged mean": mean[:, 0],
        "IPS": mean[:, 1],
        "SNIPS": mean[:, 1] / np.where(mean[:, 2] > 0, mean[:, 2], np.nan),
        "DR": mean[:, 3],
    }


def _resampled(columns: Floats, seed: int) -> Draws:
    """(ROUNDS, columns) means over resamples of the rows."""
    random, rows = np.random.default_rng(seed), len(columns)
    counts = (np.bincount(random.integers(0, rows, rows), minlength=rows) for _ in range(ROUNDS))
    return np.stack([count @ columns / rows for count in counts])


def _table(item: Ints, place: Ints, values: Floats, shape: tuple[int, int]) -> Floats:
    """The sum of the values of each item at each place."""
    added: Any = np.bincount(item * shape[1] + place, weights=values, minlength=shape[0] * shape[1])
    table: Floats = added.astype(np.float64).reshape(shape)
    return table


def _thousand(value: Estimate) -> Estimate:
    return Estimate(1000 * value.value, 1000 * value.low, 1000 * value.high, value.n)
