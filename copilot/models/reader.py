"""ModelReader: a language model reads the ticket beside the heads, and can only make the service more careful.

What it reads of intents, needs, occasions and mood replaces what the heads read. Cautions are joined: a model may find
one that the heads missed, but none that the heads hold goes away because a model, perhaps at the ticket's own bidding,
does not see it. With a reader, selling is allowed in no case in which the heads alone would forbid it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from copilot.models.reading import Claims, proven
from copilot.models.redaction import Redacted
from recommenders.domain import Caution, Concern, Customer, Intent, Need, Occasion, Selling, Signals, Ticket
from recommenders.restraint import REASONS
from recommenders.signals.agree import FAILURES, Family, Reading, Readings, agree
from recommenders.signals.needs import need_kinds
from recommenders.signals.reader import CLOSING, cut, sentiment_of
from recommenders.text.redact import Facts

if TYPE_CHECKING:
    from copilot.models.chat import ChatModel

# What the heads found of these stays: the first forbids every gesture but one, and it never sells.
KEPT_OCCASIONS = frozenset({"condolence"})
CONSENT = "no_marketing_consent_for_upsell"
FAILURE = "service_failure_open"


@dataclass(frozen=True)
class ModelReader:
    """Built once; threads share it."""

    model: ChatModel[Claims]
    seconds: float

    def read(self, concern: Concern, by_heads: Signals, names: Facts, *, background: int = 0) -> Signals:
        """The signals as the model reads them, joined with the heads' cautions.

        Args:
            concern: the text; only its redacted form is sent.
            by_heads: what the heads read, with language, exclusions and all that is not the model's to say.
            names: of the customer, to be taken out.
            background: how many leading sentences are earlier messages.

        Raises:
            NoAnswer: the model gave none in time; `by_heads` is what there is.
        """
        redacted = Redacted.of(concern.text, names)
        claims = self.model.ask(redacted.text, self.seconds)
        held = _of_the_newest(proven(claims, concern, redacted), background)
        held = agree(_with_failure(held), claims.mood)

        def found(family: Family) -> list[tuple[str, float, str]]:
            return [(r.id, r.score, cut(concern.sentences[r.sentence].text)) for r in held[family] if concern.sentences]

        kinds = need_kinds()
        return replace(
            by_heads,
            intents=tuple(Intent(*row) for row in found("intent")),
            needs=tuple(Need(i, kinds[i].text["en"], None, quote, score) for i, score, quote in found("need")),
            sentiment=sentiment_of(claims.mood),
            occasions=_joined_occasions([Occasion(*row) for row in found("occasion")], by_heads.occasions),
            cautions=_joined_cautions([Caution(*row) for row in found("caution")], by_heads.cautions),
        )

    def close(self) -> None:
        """Ends the connections."""
        self.model.close()


def names_in(ticket: Ticket, customer: Customer | None) -> Facts:
    """The names of whoever wrote, whole and in parts. Here a word too many is taken out rather than a name too few."""
    names = [message.name for message in ticket.messages if message.author == "customer" and message.name]
    if customer is not None:
        names += [customer.first_name, customer.last_name]
    parts = {part for name in names for part in (name.strip(), *name.replace(",", " ").split()) if len(part) > 1}
    return Facts(tuple(sorted(parts)))


def strictest(by_model: Selling, by_heads: Selling) -> Selling:
    """Every reason of both, so that a model cannot talk a late order away by not seeing that it was asked about.

    Consent is an exception: it stands in the way only of what nobody asked for, and what is asked for a model may read.
    """
    quotes = {reason: quote for reason, quote in by_heads.quotes.items() if reason != CONSENT} | dict(by_model.quotes)
    reasons = tuple(reason for reason in REASONS if reason in quotes)
    return Selling(not reasons, reasons, {reason: quotes[reason] for reason in reasons})


def _of_the_newest(readings: Readings, background: int) -> Readings:
    """Without what earlier messages say, where the newest only closes the matter; the heads do the same."""
    newest = [r for r in readings["intent"] if r.sentence >= background]
    if not background or not newest or not {r.id for r in newest} <= CLOSING:
        return readings
    return {family: [r for r in rows if r.sentence >= background] for family, rows in readings.items()}


def _with_failure(readings: Readings) -> Readings:
    """By definition a wrong, missing or damaged item is an open failure, whether or not the model says so."""
    cautions = readings["caution"]
    failures = [r for r in readings["intent"] if r.id in FAILURES]
    if failures and all(r.id != FAILURE for r in cautions):
        first = max(failures, key=lambda r: (r.score, r.id))
        cautions = [*cautions, Reading(FAILURE, first.score, first.sentence, True)]
    return {**readings, "caution": cautions}


def _joined_cautions(by_model: list[Caution], by_heads: tuple[Caution, ...]) -> tuple[Caution, ...]:
    best: dict[str, Caution] = {}
    for caution in (*by_model, *by_heads):
        if caution.id not in best or caution.score > best[caution.id].score:
            best[caution.id] = caution
    return tuple(sorted(best.values(), key=lambda caution: (-caution.score, caution.id)))


def _joined_occasions(by_model: list[Occasion], by_heads: tuple[Occasion, ...]) -> tuple[Occasion, ...]:
    read = {occasion.id for occasion in by_model}
    kept = [occasion for occasion in by_heads if occasion.id in KEPT_OCCASIONS - read]
    return tuple(sorted([*by_model, *kept], key=lambda occasion: (-occasion.score, occasion.id)))
