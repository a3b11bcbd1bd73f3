"""Conditions of rules as functions, made once when a playbook is loaded: a rule costs a few microseconds a ticket.

A test takes the facts of a ticket and gives what it found, or None. What is cheap is asked first; the words of a text,
the meaning of phrases and the budget come last. Reasons are put into words only for rules that hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from recommenders.playbooks.facts import Facts, Goods, Reason
from recommenders.playbooks.schema import NUMBERS, Conditions, Scope, When
from recommenders.playbooks.words import WEEKDAYS


class Condition(NamedTuple):
    """`test` gives what was found in the facts, or None; `tell` puts that into words."""

    test: Callable[[Facts], Any]
    tell: Callable[[Facts, Any], Reason]


Held = tuple[tuple[Condition, Any], ...]
Holds = Callable[[Facts], Held | None]
_LISTS = (
    "tier", "channel", "language", "intents", "needs", "occasions", "cautions", "sentiment", "products",
    "product_types", "product_tags", "tags", "customer_tags",
)  # fmt: skip
_READ = frozenset({"intents", "needs", "occasions", "cautions"})  # with a quote
_RECORDED = frozenset({"tier", "customer_tags"})  # the customer's record
# How a number of the records is told as the cue of a gesture; what is not here is none.
_TOLD = {
    "orders": "{0:g} orders", "spent": "{0:.2f} spent so far", "lifetime_value": "lifetime value {0:.2f}",
    "order_value": "an order of {0:.2f}", "order_items": "{0:g} pieces in the order",
}  # fmt: skip
_CONTENT = re.compile(r"\w+")


def reasons(held: Held, facts: Facts) -> tuple[Reason, ...]:
    """Why conditions hold, in their order."""
    return tuple(condition.tell(facts, found) for condition, found in held)


def compiled(when: When) -> Holds:
    """The conditions with their groups: each of `all`, one of `any`, none of `none`."""
    own = _group(when)
    every = [_group(group) for group in when.all]
    some = [_group(group) for group in when.any]
    never = [_group(group) for group in when.none]
    if not (every or some or never):
        return own

    def holds(facts: Facts) -> Held | None:
        because = own(facts)
        if because is None:
            return None
        for group in every:
            more = group(facts)
            if more is None:
                return None
            because += more
        if some:
            found = next((held for held in (group(facts) for group in some) if held is not None), None)
            if found is None:
                return None
            because += found
        return None if any(group(facts) is not None for group in never) else because

    return holds


def phrases_of(when: When) -> tuple[str, ...]:
    """Every phrase that is compared by its meaning."""
    groups: list[Conditions] = [when, *when.all, *when.any, *when.none]
    return tuple(phrase for group in groups for phrase in group.means)


def _group(conditions: Conditions) -> Holds:
    asked = tuple(_conditions(conditions))
    if not asked:
        return lambda facts: ()  # noqa: ARG005

    def holds(facts: Facts) -> Held | None:
        because = []
        for condition in asked:
            found = condition.test(facts)
            if found is None:
                return None
            because.append((condition, found))
        return tuple(because)

    return holds


def _conditions(conditions: Conditions) -> Sequence[Condition]:
    found = [_listed(key, getattr(conditions, key)) for key in _LISTS if getattr(conditions, key)]
    if conditions.selling is not None:
        found.append(_flag("selling", conditions.selling))
    if conditions.consent is not None:
        found.append(_flag("consent", conditions.consent))
    found += [test for name in NUMBERS if name != "budget_left" for test in _bounds(conditions, name)]
    if conditions.order_status:
        found.append(_order_status(conditions.order_status))
    if conditions.order_has is not None:
        found.append(_order_has(conditions.order_has))
    found += _times(conditions)
    if conditions.says:
        found.append(_says(conditions.says))
    if conditions.means:
        found.append(_means(tuple(conditions.means)))
    return [*found, *_bounds(conditions, "budget_left")]


def _listed(key: str, words: Sequence[str]) -> Condition:
    """One of the words is among the ticket's."""
    own = {word.casefold(): word for word in reversed(words)}
    wanted, order = frozenset(own), tuple(dict.fromkeys(word.casefold() for word in words))

    def test(facts: Facts) -> str | None:
        values = facts.values[key]
        return None if wanted.isdisjoint(values) else next(word for word in order if word in values)

    def tell(facts: Facts, hit: str) -> Reason:
        text = f"{key}: {own[hit]}"
        quote = facts.quote(key, hit) if key in _READ else ""
        return Reason(text, quote, text.replace("_", " ") if key in _RECORDED else "")

    return Condition(test, tell)


def _flag(key: str, wanted: bool) -> Condition:
    reason = Reason(f"{key}: {'true' if wanted else 'false'}")

    def selling(facts: Facts) -> bool | None:
        return True if facts.selling is wanted else None

    def consent(facts: Facts) -> bool | None:
        return True if facts.consent is wanted else None

    return Condition(selling if key == "selling" else consent, lambda facts, hit: reason)  # noqa: ARG005


def _bounds(conditions: Conditions, name: str) -> list[Condition]:
    """One test for both bounds of a number; what nobody knows is within no bounds."""
    least, most = getattr(conditions, f"{name}_at_least"), getattr(conditions, f"{name}_at_most")
    if least is None and most is None:
        return []
    shown, told = name.replace("_", " "), _TOLD.get(name, "")

    def test(facts: Facts) -> float | None:
        value = facts.number(name)
        if value is None or (least is not None and value < least) or (most is not None and value > most):
            return None
        return value

    return [Condition(test, lambda facts, value: Reason(f"{shown}: {value:g}", record=told.format(value)))]  # noqa: ARG005


def _order_status(words: Sequence[str]) -> Condition:
    def test(facts: Facts) -> str | None:
        return next((word for word in words if word in facts.order_status), None)

    def tell(facts: Facts, hit: str) -> Reason:
        name = facts.context.order.name if facts.context.order else ""
        return Reason(f"order status: {hit}", record=f"{name} is {hit.replace('_', ' ')}")

    return Condition(test, tell)


def _order_has(scope: Scope) -> Condition:
    wanted = Goods(
        frozenset(map(str.casefold, scope.handles)),
        frozenset(map(str.casefold, scope.types)),
        frozenset(map(str.casefold, scope.tags)),
    )

    def test(facts: Facts) -> str | None:
        goods = facts.order_goods
        hits = (
            (wanted.products & goods.products)
            | (wanted.product_types & goods.product_types)
            | (wanted.product_tags & goods.product_tags)
        )
        return min(hits, default=None)

    return Condition(test, lambda facts, hit: Reason(f"order has: {hit}"))  # noqa: ARG005


def _times(conditions: Conditions) -> list[Condition]:
    found: list[Condition] = []
    start, end = conditions.date_from, conditions.date_until
    if start is not None or end is not None:

        def on_the_day(facts: Facts) -> date | None:
            today = facts.today
            return today if (start is None or today >= start) and (end is None or today <= end) else None

        found.append(Condition(on_the_day, lambda facts, day: Reason(f"date: {day}")))  # noqa: ARG005
    if conditions.weekdays:
        days = frozenset(WEEKDAYS.index(day) for day in conditions.weekdays)

        def on_the_weekday(facts: Facts) -> int | None:
            return facts.weekday if facts.weekday in days else None

        found.append(Condition(on_the_weekday, lambda facts, day: Reason(f"weekday: {WEEKDAYS[day]}")))  # noqa: ARG005
    if conditions.hours is not None:
        found.append(_within(conditions.hours))
    return found


def _within(hours: str) -> Condition:
    """From inclusive, to exclusive; what ends before it begins goes over midnight."""
    first, last = (int(clock[:2]) * 60 + int(clock[3:]) for clock in hours.split("-"))

    def test(facts: Facts) -> int | None:
        minute = facts.minute
        inside = first <= minute < last if first < last else minute >= first or minute < last
        return minute if inside else None

    return Condition(test, lambda facts, minute: Reason(f"hours: {minute // 60:02}:{minute % 60:02}"))  # noqa: ARG005


def _says(words: Sequence[str]) -> Condition:
    """One of the words or phrases stands in the text, whole; they are escaped, so a lead cannot write a pattern."""
    entries = [
        (word, frozenset(_CONTENT.findall(word.casefold())), re.compile(rf"(?<!\w){re.escape(word.casefold())}(?!\w)"))
        for word in words
    ]
    # A set of the text's words answers for nearly all of them, without looking through the text.
    single = frozenset(word.casefold() for word in words if _CONTENT.fullmatch(word.casefold()))
    others = [entry for entry in entries if entry[0].casefold() not in single]

    def test(facts: Facts) -> tuple[str, re.Pattern[str]] | None:
        said = facts.words
        if not single.isdisjoint(said):
            return next((word, pattern) for word, _, pattern in entries if word.casefold() in single & said)
        for word, needed, pattern in others:
            if needed <= said and pattern.search(facts.text):
                return word, pattern
        return None

    def tell(facts: Facts, hit: tuple[str, re.Pattern[str]]) -> Reason:
        return Reason(f"says: {hit[0]}", facts.sentence_with(hit[1]) or hit[0])

    return Condition(test, tell)


def _means(phrases: tuple[str, ...]) -> Condition:
    return Condition(
        lambda facts: facts.nearest(phrases),
        lambda facts, heard: Reason(f"means: {heard.phrase}", heard.quote),  # noqa: ARG005
    )
