"""Small gestures for life events and loyal customers, paid from a budget that needs nobody's approval."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from recommenders.domain import Budget, Context, Delight, Evidence, Tier
from recommenders.playbooks.matcher import Match
from recommenders.playbooks.playbook import Playbook, Sourced
from recommenders.playbooks.schema import Gesture

# A gesture here would look like a bribe, a mockery, or a breach.
NO_GESTURE = frozenset(
    {
        "fraud_or_security", "privacy_request", "harassment", "legal_threat", "chargeback", "adverse_reaction",
        "safety", "asked_not_to_sell",
    }
)  # fmt: skip
FAILURE = frozenset({"service_failure_open", "repeat_contact"})
FAILURE_INTENTS = ("damaged_item", "wrong_item", "missing_item", "complaint_service", "product_dissatisfaction")
QUIET_INTENTS = frozenset({"small_talk", "off_topic", "privacy_request"})
MILESTONES = (10, 25, 50, 100, 150, 200, 250, 500, 1000)
LOYAL_YEARS = 2
RECENT = timedelta(days=45)
NO_EVENT = ("loyalty", "apology")  # occasions that say nothing of a customer's life
_GREETING = {
    "en": "Dear {name},", "fr": "{name},", "de": "Hallo {name},", "es": "Hola, {name}:", "nl": "Beste {name},",
    "it": "Ciao {name},", "pt": "Olá, {name}!",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Cue:
    """Why a gesture is due: the occasion, the words or the record that say so, and where they stand."""

    occasion: str
    quote: str
    evidence: tuple[Evidence, ...]


class DelightRecommender:
    """Occasions to gestures, by the playbook."""

    def __init__(self, playbook: Playbook) -> None:
        self.playbook = playbook

    def recommend(
        self,
        context: Context,
        budgets: tuple[Budget, ...] = (),
        *,
        tier: Tier = "unknown",
        asked: Sequence[tuple[str, Evidence]] = (),
        ruled: Sequence[Match] = (),
    ) -> tuple[Delight, ...]:
        """Gestures for what the ticket or the record tells, best first; one for each occasion.

        Nothing is proposed that any of `budgets` cannot pay; without budgets nothing is checked and `budget` is None.
        `asked` are gesture ids that playbook rules ask for, with the rule: they come first and need a cue all the same.
        `ruled` are rules that hold; the words or the record by which one holds are the cue for the delight it proposes.
        """
        delights: list[Delight] = []
        for match in ruled:
            made = self._ruled(match, context, budgets, tier)
            if made is not None and all(made.occasion != delight.occasion for delight in delights):
                delights.append(made)
        wanted = dict(reversed(tuple(asked)))
        for cue in self._cues(context):
            if any(cue.occasion == delight.occasion for delight in delights):
                continue
            options = [g for g in self.playbook.gestures if cue.occasion in g.item.occasions]
            options = [g for g in options if not g.item.tier or tier in g.item.tier]
            options = [g for g in options if all(g.item.gesture != delight.gesture for delight in delights)]
            options.sort(key=lambda g: g.item.id not in wanted)  # stable: else the order of the files
            for option in options:
                if all(budget.remaining + 0.004 >= option.item.cost for budget in budgets):
                    delights.append(_delight(cue, option, context, budgets, wanted.get(option.item.id)))
                    break
        return tuple(delights)

    def due(self, context: Context, ruled: Sequence[Match] = ()) -> bool:
        """Whether there is any cue: without one nobody need look at the budgets."""
        asked = any(match.rule.then.delight is not None or match.rule.then.gesture is not None for match in ruled)
        return asked or bool(self._cues(context))

    def _ruled(self, match: Match, context: Context, budgets: tuple[Budget, ...], tier: Tier) -> Delight | None:
        """The delight that a rule proposes, where nothing forbids it on this ticket and every budget can pay for it."""
        option = self._option(match)
        quote = next(iter([*match.quotes, *match.records]), "")
        if option is None or not quote or (option.item.tier and tier not in option.item.tier):
            return None
        cues = {cue.occasion: cue for cue in self._cues(context)}
        names = [name for name in _occasions(match, option.item, cues) if _may_mark(name, context)]
        if not names or any(budget.remaining + 0.004 < option.item.cost for budget in budgets):
            return None
        occasion = names[0]
        proofs: tuple[Evidence, ...] = (Evidence("ticket", context.ticket.id),) if context.ticket.id else ()
        if not match.quotes and context.orders:
            proofs = (Evidence("order", context.orders[0].id),)
        cue = cues.get(occasion) or _Cue(occasion, quote, proofs)
        rule = match.evidence if option.evidence(option.item.id) != match.evidence else None
        return _delight(cue, option, context, budgets, rule)

    def _option(self, match: Match) -> Sourced[Gesture] | None:
        """The gesture of a rule: one that the playbook names, or one that stands in the rule itself."""
        wanted, named = match.rule.then.delight, match.rule.then.gesture_id
        if named is not None:
            return next((g for g in self.playbook.gestures if g.item.id == named), None)
        if wanted is None or isinstance(wanted, str):
            return None
        occasion = wanted.occasion or match.occasion or "loyalty"
        gesture = Gesture(
            id=match.rule.id, occasions=[occasion], gesture=wanted.gesture, note=wanted.note, cost=wanted.cost,
            up_to=wanted.up_to, greet=wanted.greet,
        )  # fmt: skip
        return Sourced(gesture, match.evidence.id.partition("#")[0], match.evidence.line or 1)

    def _cues(self, context: Context) -> list[_Cue]:
        reasons = frozenset(context.selling.reasons)
        signals = context.signals
        if reasons & NO_GESTURE:
            return []
        ticket = (Evidence("ticket", context.ticket.id),) if context.ticket.id else ()
        spoken = [_Cue(o.id, o.quote, ticket) for o in signals.occasions if o.quote]
        losses = [cue for cue in spoken if cue.occasion == "condolence"]
        if "bereavement" in reasons or losses:
            quote = context.selling.quotes.get("bereavement", "")
            return losses[:1] or ([_Cue("condolence", quote, ticket)] if quote else [])
        if reasons & FAILURE:
            reason = next(r for r in ("service_failure_open", "repeat_contact") if r in reasons)
            quote = context.selling.quotes.get(reason, "")
            return [_Cue("apology", quote, ticket)] if quote and context.customer is not None else []
        if "vulnerable_customer" in reasons:
            return [cue for cue in spoken if cue.occasion == "get_well"][:1]
        if "high_anger" in reasons or signals.intent(*FAILURE_INTENTS):
            return []
        if signals.intents and all(intent.id in QUIET_INTENTS for intent in signals.intents):
            spoken = []
        seen: dict[str, _Cue] = {}
        for cue in [*spoken, *self._record(context)]:
            seen.setdefault(cue.occasion, cue)
        return list(seen.values())

    def _record(self, context: Context) -> list[_Cue]:
        """Occasions that the customer's record tells of, when the ticket is a good moment to notice them."""
        customer, intents = context.customer, context.signals.intents
        glad = context.signals.intent("praise") is not None or context.signals.sentiment.score >= 0.4
        if customer is None or not glad or (intents and intents[0].id in QUIET_INTENTS):
            return []
        cues: list[_Cue] = []
        count = max(customer.orders_count, len(context.orders))
        newest = context.orders[0] if context.orders else None
        if newest is not None and context.now - newest.created_at <= RECENT:
            proof = (Evidence("order", newest.id),)
            if count in MILESTONES:
                cues.append(_Cue("milestone_order", f"{count} orders, the last one {newest.name}", proof))
            elif count == 1:
                cues.append(_Cue("first_order", f"{newest.name} is the first order", proof))
        if customer.created_at is not None:
            years = (context.now - customer.created_at).days // 365
            if years >= LOYAL_YEARS and count >= 2:
                since = f"customer since {customer.created_at:%B %Y}, {count} orders"
                order = (Evidence("order", newest.id),) if newest is not None else ()
                cues.append(_Cue("loyalty", since, order))
        return cues


def _occasions(match: Match, gesture: Gesture, cues: Mapping[str, _Cue]) -> list[str]:
    """What a rule's gesture may be for, best first: no life event that neither the ticket nor the rule tells of."""
    told = [name for name in (match.occasion, *cues) if name in gesture.occasions]
    said = gesture.occasions if len(gesture.occasions) == 1 and match.quotes else []
    return list(dict.fromkeys([*told, *said, *(name for name in gesture.occasions if name in NO_EVENT)]))


def _may_mark(occasion: str, context: Context) -> bool:
    """Whether a rule may mark this occasion here: what a ticket's gravity forbids, no rule allows."""
    reasons = frozenset(context.selling.reasons)
    if reasons & NO_GESTURE:
        return False
    if "bereavement" in reasons or any(o.id == "condolence" for o in context.signals.occasions):
        return occasion == "condolence"
    if reasons & (FAILURE | {"high_anger"}):
        return occasion == "apology"
    return occasion == "get_well" if "vulnerable_customer" in reasons else True


def _delight(
    cue: _Cue, option: Sourced[Gesture], context: Context, budgets: tuple[Budget, ...], rule: Evidence | None
) -> Delight:
    gesture = option.item
    tightest = min(budgets, key=lambda b: (b.remaining, b.scope), default=None)
    proofs = (option.evidence(gesture.id), *([rule] if rule else ()), *cue.evidence)
    return Delight(
        f"delight-{cue.occasion}-{gesture.id}",
        cue.occasion,
        gesture.gesture,
        _note(gesture, context),
        gesture.cost,
        context.catalog.currency,
        tightest,
        cue.quote,
        proofs,
    )


def _note(gesture: Gesture, context: Context) -> str | None:
    """The words of the card in the customer's language, else in English; the only name is this customer's own."""
    language = context.signals.language if context.signals.language in gesture.note else "en"
    notes = gesture.note.get(language)
    if not notes:
        return None
    note = notes[zlib.crc32(f"{context.ticket.id}/{gesture.id}".encode()) % len(notes)]
    name = context.customer.first_name.strip() if context.customer else ""
    if "{" in note:  # a shop's own note may name the customer; without the name it would read like a form letter
        if not name or re.search(r"\{(?!first_name\})", note):
            return None
        return note.replace("{first_name}", name)
    if gesture.greet and name:
        return f"{_GREETING.get(language, '{name},').replace('{name}', name)}\n\n{note}"
    return note
