"""What the rules of a playbook that hold for a ticket advise together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from recommenders.domain import Arm, Catalog, Context, Evidence, FiredRule, Product, Save, Selling, Tier
from recommenders.playbooks.playbook import Playbook
from recommenders.playbooks.rules import Budgets, Match, Rules
from recommenders.playbooks.schema import Offer, Scope
from recommenders.playbooks.touches import sections_of
from recommenders.playbooks.words import NEVER_LIFTED, REASONS

__all__ = ["Advice", "Match", "Rules", "advise", "in_scope", "matching"]


@dataclass(frozen=True, slots=True)
class Advice:
    """What the matching rules ask for together, each with the rule that asks; earlier rules come first.

    `controls` are rules that hold too, on a ticket that is in their control group: nothing of them acts.
    """

    matches: tuple[Match, ...] = ()
    controls: tuple[Match, ...] = ()
    today: date | None = None  # in the playbook's time zone
    lifted: frozenset[str] = frozenset()  # reasons that were found and are lifted

    @property
    def fired(self) -> tuple[FiredRule, ...]:
        """Every rule that holds, with the probability of what was done with it."""
        return (
            *(_fired(m, "treated", m.share) for m in self.matches),
            *(_fired(m, "control", 1 - m.share) for m in self.controls),
        )

    @property
    def restrain(self) -> tuple[tuple[str, Evidence], ...]:
        """Reasons of the contract for which the playbook stops selling."""
        return tuple((reason, m.evidence) for m in self.matches for reason in m.rule.then.restrain)

    @property
    def lift(self) -> tuple[tuple[str, Evidence], ...]:
        """Reasons that shall not keep us from selling; those by which somebody would be harmed are never among them."""
        asked = ((reason, m.evidence) for m in self.matches for reason in m.rule.then.lift)
        return tuple((reason, evidence) for reason, evidence in asked if reason not in NEVER_LIFTED)

    @property
    def codes(self) -> tuple[tuple[str, Evidence], ...]:
        """Codes to prefer where they would work."""
        return tuple((m.rule.then.code, m.evidence) for m in self.matches if m.rule.then.code)

    @property
    def offers(self) -> tuple[tuple[Offer, Evidence], ...]:
        """What to offer before anything else, where it can be bought and fits."""
        return tuple((m.rule.then.offer, m.evidence) for m in self.matches if m.rule.then.offer is not None)

    @property
    def code_purposes(self) -> tuple[tuple[str, Evidence], ...]:
        """Purposes of which the best working code shall be given."""
        return tuple((m.rule.then.code_for, m.evidence) for m in self.matches if m.rule.then.code_for)

    @property
    def gestures(self) -> tuple[tuple[str, Evidence], ...]:
        """Ids of gestures to propose."""
        return tuple((m.rule.then.gesture_id, m.evidence) for m in self.matches if m.rule.then.gesture_id)

    @property
    def warnings(self) -> tuple[tuple[str, Evidence], ...]:
        """What the agent should know before replying."""
        return tuple((m.rule.then.warn, m.evidence) for m in self.matches if m.rule.then.warn)

    @property
    def tags(self) -> tuple[str, ...]:
        """Tags to suggest, each once."""
        return tuple(dict.fromkeys(tag for m in self.matches for tag in m.rule.then.tags))

    @property
    def allowance(self) -> tuple[float, Evidence] | None:
        """The largest amount that the agent may give without asking."""
        given = [(m.rule.then.allowance, m.evidence) for m in self.matches if m.rule.then.allowance is not None]
        given += [
            (m.rule.then.white_glove.allowance, m.evidence)
            for m in self.matches
            if m.rule.then.white_glove is not None and m.rule.then.white_glove.allowance is not None
        ]
        return max(given, key=lambda pair: pair[0]) if given else None

    @property
    def returnless_refund(self) -> tuple[float, Evidence] | None:
        """The largest amount that may be refunded without having the item sent back."""
        given = [
            (m.rule.then.white_glove.returnless_refund_up_to, m.evidence)
            for m in self.matches
            if m.rule.then.white_glove is not None and m.rule.then.white_glove.returnless_refund_up_to is not None
        ]
        return max(given, key=lambda pair: pair[0]) if given else None

    @property
    def recoveries(self) -> tuple[Match, ...]:
        """Rules with a plan that puts a failure right."""
        return tuple(m for m in self.matches if m.rule.then.recovery is not None)

    @property
    def follow_up_days(self) -> int | None:
        """The soonest follow-up that is asked for."""
        asked = [m.rule.then.follow_up_days for m in self.matches]
        asked += [m.rule.then.recovery.follow_up_days for m in self.matches if m.rule.then.recovery is not None]
        return min((days for days in asked if days), default=None)

    def say(self, language: str) -> tuple[tuple[str, Evidence], ...]:
        """Sentences for a draft in this language; a rule without the language says nothing."""
        return tuple((m.rule.then.say[language], m.evidence) for m in self.matches if language in m.rule.then.say)

    def verdict(self, selling: Selling) -> Selling:
        """Restraint with what the rules lift and add; what one rule adds no other lifts."""
        added = {reason: evidence.id for reason, evidence in self.restrain if reason in REASONS}
        lifted = {reason for reason, _ in self.lift} - added.keys()
        if not added and not lifted.intersection(selling.reasons):
            return selling
        quotes = {**added, **selling.quotes}
        held = {*selling.reasons, *added} - lifted
        reasons = tuple(reason for reason in REASONS if reason in held)
        return Selling(not reasons, reasons, {reason: quotes.get(reason, "") for reason in reasons})

    def order_saves(self, saves: tuple[Save, ...], catalog: Catalog) -> tuple[Save, ...]:
        """The saves without what a rule avoids, what rules offer or prefer first, otherwise in their order.

        Only alternatives and upsells are moved or dropped: a repair or an exchange is what the customer asked for.
        A preferred save gets the rule as evidence.
        """
        avoid = [m.rule.then.avoid for m in self.matches if m.rule.then.avoid]
        prefer = [(m.rule.then.prefer, m.evidence) for m in self.matches if m.rule.then.prefer]
        if not avoid and not prefer:
            return saves
        kept: list[tuple[bool, Save]] = []
        for save in saves:
            found = catalog.by_sku.get(save.sku or "")
            if save.kind not in ("alternative", "upsell") or found is None:
                kept.append((False, save))
            elif not any(in_scope(found[0], scope) for scope in avoid):
                proof = next((evidence for scope, evidence in prefer if in_scope(found[0], scope)), None)
                ruled = proof is not None or any(evidence.type == "rule" for evidence in save.evidence)
                kept.append((ruled, save.proven(proof)))
        # Only places among the movable change hands, so that what was asked for stays where it is.
        movable = [i for i, (_, save) in enumerate(kept) if save.kind in ("alternative", "upsell")]
        ordered = sorted((kept[i] for i in movable), key=lambda pair: not pair[0])
        result = [save for _, save in kept]
        for place, (_, save) in zip(movable, ordered, strict=True):
            result[place] = save
        return tuple(result)


def advise(
    playbook: Playbook | Rules, context: Context, tier: Tier = "unknown", *, budgets: Budgets | None = None
) -> Advice:
    """The advice of every rule that holds.

    Where rules lift what keeps us from selling, those that wait for that (`selling: true`) are asked once more.

    Args:
        playbook: the shop's, ready to be matched; one that is not is compiled now, and its phrases mean nothing.
        context: the ticket with restraint's verdict, before any rule.
        tier: the customer's.
        budgets: asked for what is left when a rule wants to know, and then once.
    """
    rules = playbook if isinstance(playbook, Rules) else Rules.build(playbook)
    today = rules.today(context.now)
    advice = Advice(*rules.match(context, tier, budgets), today)
    if context.selling.allowed or not advice.lift:
        return advice
    selling = advice.verdict(context.selling)
    if selling.allowed:
        held = (*advice.matches, *advice.controls)
        advice = Advice(*rules.match(replace(context, selling=selling), tier, budgets, held=held), today)
    return replace(advice, lifted=frozenset(context.selling.reasons) - frozenset(selling.reasons))


def _fired(match: Match, arm: Arm, probability: float) -> FiredRule:
    touched = sections_of(match.rule.then)
    return FiredRule(match.evidence.id, match.evidence.line or 1, arm, round(probability, 6), touched)


def matching(playbook: Playbook | Rules, context: Context, tier: Tier = "unknown") -> tuple[Match, ...]:
    """The rules that hold for this context and act, in the order in which they are tried."""
    return advise(playbook, context, tier).matches


def in_scope(product: Product, scope: Scope | None) -> bool:
    """Whether a scope names the product by its handle, its type or one of its tags, in any case."""
    if scope is None:
        return False
    tags = {tag.casefold() for tag in product.tags}
    return (
        product.handle.casefold() in map(str.casefold, scope.handles)
        or product.type.casefold() in map(str.casefold, scope.types)
        or any(tag.casefold() in tags for tag in scope.tags)
    )
