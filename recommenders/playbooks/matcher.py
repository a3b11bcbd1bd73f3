"""Which rules of a playbook hold for a ticket, and what they advise together."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from recommenders.domain import Catalog, Context, Evidence, Product, Save, Tier
from recommenders.playbooks.loader import Playbook
from recommenders.playbooks.schema import Conditions, Rule, Scope, When


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that holds, where it stands, and the conditions by which it holds ("needs: more_moisture")."""

    rule: Rule
    evidence: Evidence
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """What the matching rules ask for together, each with the rule that asks; earlier rules come first."""

    matches: tuple[Match, ...] = ()

    @property
    def restrain(self) -> tuple[tuple[str, Evidence], ...]:
        """Reasons of the contract for which the playbook stops selling."""
        return tuple((reason, m.evidence) for m in self.matches for reason in m.rule.then.restrain)

    @property
    def codes(self) -> tuple[tuple[str, Evidence], ...]:
        """Codes to prefer where they would work."""
        return tuple((m.rule.then.code, m.evidence) for m in self.matches if m.rule.then.code)

    @property
    def gestures(self) -> tuple[tuple[str, Evidence], ...]:
        """Ids of gestures to propose."""
        return tuple((m.rule.then.gesture, m.evidence) for m in self.matches if m.rule.then.gesture)

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
        return max(given, key=lambda pair: pair[0]) if given else None

    @property
    def follow_up_days(self) -> int | None:
        """The soonest follow-up that is asked for."""
        return min((m.rule.then.follow_up_days for m in self.matches if m.rule.then.follow_up_days), default=None)

    def say(self, language: str) -> tuple[tuple[str, Evidence], ...]:
        """Sentences for a draft in this language; a rule without the language says nothing."""
        return tuple((m.rule.then.say[language], m.evidence) for m in self.matches if language in m.rule.then.say)

    def order_saves(self, saves: tuple[Save, ...], catalog: Catalog) -> tuple[Save, ...]:
        """The saves without what a rule avoids, what rules prefer first, otherwise in their order.

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
            elif not any(_in_scope(found[0], scope) for scope in avoid):
                proof = next((evidence for scope, evidence in prefer if _in_scope(found[0], scope)), None)
                kept.append((proof is not None, _proven(save, proof)))
        # Only places among the movable change hands, so that what was asked for stays where it is.
        movable = [i for i, (_, save) in enumerate(kept) if save.kind in ("alternative", "upsell")]
        ordered = sorted((kept[i] for i in movable), key=lambda pair: not pair[0])
        result = [save for _, save in kept]
        for place, (_, save) in zip(movable, ordered, strict=True):
            result[place] = save
        return tuple(result)


def advise(playbook: Playbook, context: Context, tier: Tier = "unknown") -> Advice:
    """The advice of every rule that holds."""
    return Advice(matching(playbook, context, tier))


def matching(playbook: Playbook, context: Context, tier: Tier = "unknown") -> tuple[Match, ...]:
    """The enabled rules that hold for this context, in the order of the files."""
    facts = _Facts(context, tier)
    found = []
    for sourced in playbook.rules:
        rule = sourced.item
        because = facts.holds_when(rule.when) if rule.enabled else None
        if because is not None:
            found.append(Match(rule, sourced.evidence(rule.id), tuple(because)))
    return tuple(found)


def _in_scope(product: Product, scope: Scope | None) -> bool:
    if scope is None:
        return False
    tags = {tag.casefold() for tag in product.tags}
    return (
        product.handle.casefold() in map(str.casefold, scope.handles)
        or product.type.casefold() in map(str.casefold, scope.types)
        or any(tag.casefold() in tags for tag in scope.tags)
    )


def _proven(save: Save, proof: Evidence | None) -> Save:
    return save if proof is None else replace(save, evidence=(*save.evidence, proof))


class _Facts:
    """What conditions are compared with, case-folded once."""

    def __init__(self, context: Context, tier: Tier) -> None:
        signals, customer = context.signals, context.customer
        handles = [m.id for m in context.mentions if m.kind == "product"]
        products = [context.catalog.by_sku[sku][0] for sku in context.about if sku in context.catalog.by_sku]
        products += [context.catalog.by_handle[h] for h in handles if h in context.catalog.by_handle]
        self.text = context.concern.text.casefold()
        self.values: dict[str, frozenset[str]] = {
            "intents": frozenset(i.id for i in signals.intents),
            "needs": frozenset(n.id for n in signals.needs),
            "occasions": frozenset(o.id for o in signals.occasions),
            "cautions": frozenset([*(c.id for c in signals.cautions), *context.selling.reasons]),
            "sentiment": frozenset([signals.sentiment.label]),
            "channel": frozenset([context.ticket.channel]),
            "language": frozenset([signals.language]),
            "tier": frozenset([tier]),
            "tags": frozenset(t.casefold() for t in context.ticket.tags),
            "customer_tags": frozenset(t.casefold() for t in customer.tags) if customer else frozenset(),
            "products": frozenset(p.handle.casefold() for p in products),
            "product_types": frozenset(p.type.casefold() for p in products),
            "product_tags": frozenset(t.casefold() for p in products for t in p.tags),
        }
        self.orders = max(customer.orders_count, len(context.orders)) if customer else 0
        self.lifetime_value = customer.lifetime_value if customer else 0.0
        self.selling = context.selling.allowed

    def holds_when(self, when: When) -> list[str] | None:
        """Why the conditions hold, or None when they don't."""
        because = self.holds(when)
        if because is None or any(self.holds(group) is not None for group in when.none):
            return None
        for group in when.all:
            more = self.holds(group)
            if more is None:
                return None
            because += more
        if when.any:
            first = next((more for more in map(self.holds, when.any) if more is not None), None)
            if first is None:
                return None
            because += first
        return because

    def holds(self, conditions: Conditions) -> list[str] | None:
        """Why one group holds, or None; an empty group holds."""
        because: list[str] = []
        for key, own in self.values.items():
            wanted: list[str] = getattr(conditions, key)
            if wanted:
                hit = next((word for word in wanted if word.casefold() in own), None)
                if hit is None:
                    return None
                because.append(f"{key}: {hit}")
        if conditions.says:
            hit = next((word for word in conditions.says if _whole(word).search(self.text)), None)
            if hit is None:
                return None
            because.append(f"says: {hit}")
        for name, limit, value in (
            ("orders", conditions.orders_at_least, self.orders),
            ("lifetime value", conditions.lifetime_value_at_least, self.lifetime_value),
        ):
            if limit is not None:
                if value < limit:
                    return None
                because.append(f"{name}: {value:g}")
        if conditions.selling is not None and conditions.selling != self.selling:
            return None
        return because


@lru_cache(maxsize=2048)
def _whole(words: str) -> re.Pattern[str]:
    """Matches the words as whole words; they are escaped, so a lead cannot write a pattern."""
    return re.compile(rf"(?<!\w){re.escape(words.casefold())}(?!\w)")
