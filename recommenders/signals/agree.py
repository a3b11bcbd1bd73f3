"""What cannot hold at the same time, or not alone: readings are made to agree with each other.

Each label is read by itself. Where the meaning of two labels excludes that both hold of the same words, or where one
implies another, the weaker reading gives way. These are definitions, so rules are the truth here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Family = Literal["intent", "need", "caution", "occasion"]

# Nobody asks for both of the same thing.
OPPOSITES = (
    ("more_moisture", "less_greasy"), ("darker_shade", "lighter_shade"), ("bigger_size", "smaller_size"),
    ("longer", "shorter"), ("wider", "narrower"), ("softer", "firmer"), ("warmer", "cooler"), ("quieter", "louder"),
    ("brighter", "dimmer"), ("milder_taste", "stronger_taste"), ("sweeter", "less_sweet"),
    ("darker_roast", "lighter_roast"), ("softer_chew", "tougher_chew"), ("younger_age", "older_age"),
    ("bigger_pack", "smaller_pack"), ("milder_scent", "stronger_scent"), ("unscented", "stronger_scent"),
    ("bigger_capacity", "smaller_footprint"),
)  # fmt: skip
# One sentence tells of one of these; the languages of customers share words for them.
ONE_EVENT = (frozenset({"birthday", "anniversary"}), frozenset({"wedding", "engagement", "anniversary"}))
# By definition these report a failure of ours that is still open.
FAILURES = frozenset({"wrong_item", "missing_item", "damaged_item"})
# What somebody writes about to whom we failed. About anything else a failure must be read very surely.
MATTERS = FAILURES | {
    "order_status", "replacement_request", "refund_request", "payment_question", "complaint_service", "code_question",
    "account", "subscription",
}  # fmt: skip
WANTS = frozenset({"product_dissatisfaction", "advice_request", "exchange_request"})
SURE = 0.9  # probability from which such an intent says that there must be a need
UNSURE = 0.7  # below it the next intent may be the right one
NEAR = 0.2  # and is taken too when it is this close
IMPLIED = 0.2  # probability from which a wish that a need implies is believed
LIKELY = 0.3  # of the best need, which is then believed


@dataclass(frozen=True, slots=True)
class Reading:
    """A label that may hold: its probability, the threshold passed or not, and the sentence it was read from."""

    id: str
    score: float
    sentence: int
    holds: bool


Readings = dict[Family, list[Reading]]


def agree(readings: Readings, mood: float = 0.0) -> Readings:
    """The readings that hold and can hold together, each family strongest first, ties by id.

    Args:
        readings: everything that was read, also what does not hold.
        mood: of the text, -1 to 1.
    """
    held: Readings = {
        family: sorted((r for r in rows if r.holds), key=lambda r: (-r.score, r.id))
        for family, rows in readings.items()
    }
    held["intent"] = _intents(readings, held, mood)
    held["need"] = _needs(readings, held)
    held["occasion"] = _occasions(held["occasion"])
    intents = {r.id: r.score for r in held["intent"]}
    if "service_failure_open" not in {r.id for r in held["caution"]}:
        others = max((score for name, score in intents.items() if name not in FAILURES), default=0.0)
        held["intent"] = [r for r in held["intent"] if r.id not in FAILURES or r.score > others]
    elif not intents.keys() & MATTERS:
        held["caution"] = [r for r in held["caution"] if r.id != "service_failure_open" or r.score >= SURE]
    return held


def _intents(readings: Readings, held: Readings, mood: float) -> list[Reading]:
    """Intents without praise from somebody who is not pleased; with the runner-up where the first is not sure.

    Who has a need wants something done about it, so a need brings the likeliest such wish.
    """
    ranked = sorted(readings["intent"], key=lambda r: (-r.score, r.id))
    if mood < 0:
        ranked = [r for r in ranked if r.id != "praise"]
    intents = [r for r in ranked if r.holds]
    if len(intents) == 1 and intents[0].score < UNSURE and ranked[1:2] and ranked[1].score > intents[0].score - NEAR:
        intents = ranked[:2]
    if held["need"] and not any(r.id in WANTS for r in intents):
        intents += [r for r in ranked if r.id in WANTS and r.score >= IMPLIED][:1]
    return sorted(intents, key=lambda r: (-r.score, r.id))


def _needs(readings: Readings, held: Readings) -> list[Reading]:
    """Needs without the weaker of opposites; a customer who surely misses something misses the likeliest thing."""
    needs = held["need"]
    if not needs and any(r.id in WANTS and r.score >= SURE for r in held["intent"]):
        best = max(readings["need"], key=lambda r: (r.score, r.id), default=None)
        needs = [best] if best is not None and best.score >= LIKELY else []
    scores = {r.id: (r.score, r.sentence) for r in needs}
    weaker = set()
    for pair in OPPOSITES:
        if pair[0] in scores and pair[1] in scores:
            (first, place), (second, other) = scores[pair[0]], scores[pair[1]]
            if place == other or min(first, second) < SURE:  # told apart only by two sentences that are both clear
                weaker.add(pair[0] if first < second else pair[1])
    return [r for r in needs if r.id not in weaker]


def _occasions(occasions: list[Reading]) -> list[Reading]:
    kept: list[Reading] = []
    for reading in occasions:  # strongest first
        rivals = (group for group in ONE_EVENT if reading.id in group)
        if not any(k.id in group and k.sentence == reading.sentence for group in rivals for k in kept):
            kept.append(reading)
    return kept
