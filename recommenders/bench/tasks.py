"""The table of tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from recommenders.bench.codes import codes
from recommenders.bench.drafts import drafts
from recommenders.bench.exchange import exchange
from recommenders.bench.language import language
from recommenders.bench.ope import ope
from recommenders.bench.outcome import Outcome, Setup
from recommenders.bench.own_wishes import own_wishes
from recommenders.bench.reading import intents, needs, occasions, restraint
from recommenders.bench.saves import saves
from recommenders.bench.similar import similar
from recommenders.bench.speed import speed
from recommenders.bench.substitutes import substitutes

TASKS: Mapping[str, Callable[[Setup], Outcome]] = {
    "similar": similar,
    "exchange": exchange,
    "wishes": own_wishes,
    "saves": saves,
    "drafts": drafts,
    "restraint": restraint,
    "occasions": occasions,
    "needs": needs,
    "intents": intents,
    "language": language,
    "codes": codes,
    "substitutes": substitutes,
    "ope": ope,
    "speed": speed,
}
