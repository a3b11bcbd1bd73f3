"""Exchanges: another variant of the item, as the customer asked for it; options that were not named stay."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from recommenders.domain import Context, Evidence, OrderLine, SaveKind, Variant
from recommenders.saves import wording
from recommenders.saves.candidate import Candidate
from recommenders.saves.contents import excluded, unwanted
from recommenders.saves.explicit import explicit_exchanges
from recommenders.saves.focus import Focus, Item
from recommenders.saves.index import CatalogIndex
from recommenders.saves.options import OptionSpace
from recommenders.saves.past import barred
from recommenders.saves.reader import read_wish
from recommenders.saves.reading import Reading
from recommenders.saves.wish import Step, Wish
from recommenders.text.words import fold, stems

# Needs that a step along an option answers: direction and the kinds of option, likeliest first.
NEED_STEPS: dict[str, tuple[int, tuple[str, ...]]] = {
    "bigger_size": (1, ("size", "length", "width")), "smaller_size": (-1, ("size", "length", "width")),
    "longer": (1, ("length", "size")), "shorter": (-1, ("length", "size")),
    "wider": (1, ("width", "size")), "narrower": (-1, ("width", "size")),
    "darker_shade": (1, ("dark",)), "lighter_shade": (-1, ("dark",)),
    "darker_roast": (1, ("dark", "strong")), "lighter_roast": (-1, ("dark", "strong")),
    "brighter": (1, ("bright",)), "dimmer": (-1, ("bright",)), "firmer": (1, ("strong", "hard")),
    "stronger_taste": (1, ("strong",)), "milder_taste": (-1, ("strong",)), "stronger_scent": (1, ("strong",)),
    "milder_scent": (-1, ("strong",)), "bigger_capacity": (1, ("capacity", "size")),
    "smaller_footprint": (-1, ("size", "length")), "bigger_pack": (1, ("count", "capacity", "size")),
    "smaller_pack": (-1, ("count", "capacity", "size")), "older_age": (1, ("age",)), "younger_age": (-1, ("age",)),
    "longer_battery": (1, ("time", "capacity")), "more_powerful": (1, ("strong",)), "faster": (1, ("fast",)),
    "warmer": (1, ("warm",)), "cooler": (-1, ("warm",)), "lighter_weight": (-1, ("weight",)),
}  # fmt: skip
# Needs that another value of a kind of option answers.
NEED_OTHER: dict[str, tuple[str, ...]] = {
    "other_colour": ("colour",), "other_scent": ("scent",), "other_flavour": ("flavour", "scent"),
    "other_material": ("material",),
}  # fmt: skip
_ASKING = (
    "exchange_request", "return_request", "refund_request", "product_dissatisfaction", "change_order",
    "replacement_request", "advice_request", "wrong_item",
)  # fmt: skip
_FAULTS = ("damaged_item", "missing_item", "wrong_item")
_SECOND = 20.0  # added to the liking of a second choice: no preference among first choices reaches it
_SIZES = ("size", "length", "width", "capacity", "count")  # what "bigger" is said of, likeliest first
_WORN = frozenset({"size", "number", "series", "width"})  # scales of fit: two steps are not "the next size"


@dataclass(frozen=True, slots=True)
class _Graded:
    variant: Variant
    missed: int  # wishes that it does not meet
    broken: int  # options changed that should have stayed
    liking: float  # lower is nearer to what was liked best
    changes: tuple[str, ...]
    leap: bool = False  # further along a scale of fit than the next size


def exchanges(context: Context, index: CatalogIndex) -> list[Candidate]:
    """Exchanges for every order line about which the ticket wishes something that its product has."""
    items = _items(context, index)
    if not items:
        return []
    text = context.concern.text
    wishes, rest = _explicit(text, items)
    asking = context.signals.intent(*_ASKING) is not None
    reading = Reading.of(rest)
    focus = Focus(reading, items)
    for k, item in enumerate(items):
        if k in wishes:
            continue
        variant = item.space.variant(item.line.sku)
        if variant is None or len(item.space.product.variants) < 2:
            continue
        wish = read_wish(reading, item.space, variant.options, focus.mine(k), focus.identifying)
        if not (asking or wish.outright) or (focus.content(k) and not wish.outright):
            continue
        if not wish and asking and context.signals.intent(*_FAULTS) is None:
            wish = _from_needs(context, index, item, variant)
        if wish:
            wishes[k] = wish
    found: list[Candidate] = []
    for k in sorted(wishes):
        found += _answer(context, index, items[k], wishes[k])
    return found


def _items(context: Context, index: CatalogIndex) -> list[Item]:
    """Lines that may be exchanged: of the ticket's order and of orders that it names, and what it is about."""
    lines: dict[str, OrderLine] = {}
    named = {m.id for m in context.mentions if m.kind == "order"}
    orders = ([context.order] if context.order else []) + [o for o in context.orders if o.id in named]
    for order in orders:
        for line in order.lines:
            lines.setdefault(line.sku, line)
    for sku, about in context.about.items():
        if about is not None:
            lines.setdefault(sku, about)
    items = []
    for line in lines.values():
        space = index.space_of(line.sku)
        if space is not None:
            items.append(Item(line, space, index.nouns(space.product)))
    return items


def next_along(context: Context, index: CatalogIndex, line: OrderLine, sign: int) -> list[Candidate]:
    """The next size up (`sign` 1) or down (-1) of a line's product, other options kept; none where it has no sizes."""
    space = index.space_of(line.sku)
    current = space.variant(line.sku) if space is not None else None
    if space is None or current is None:
        return []
    ordered = [o for o in space.options if len(o.rank) > 1 and current.options.get(o.name) in o.rank]
    option = next((o for notion in _SIZES for o in ordered if notion in o.notions), None)
    if option is None:
        return []
    wish = Wish(steps={option.name: Step(option.name, sign)})
    found = _answer(context, index, Item(line, space, index.nouns(space.product)), wish)
    return [candidate for candidate in found if candidate.kind == "exchange"]


def _explicit(text: str, items: Sequence[Item]) -> tuple[dict[int, Wish], str]:
    """Wishes spelt out with braces, and the text without them, its places kept."""
    wishes: dict[int, Wish] = {}
    rest = text
    for found in explicit_exchanges(text):
        before = stems(found.before)
        best: tuple[int, int] | None = None
        for k, item in enumerate(items):
            variant = item.space.variant(item.line.sku)
            if variant is None or k in wishes:
                continue
            own = {name.casefold(): fold(v) for name, v in variant.options.items()}
            title = stems(item.space.product.title)
            same = all(own.get(n) == fold(v) for n, v in found.old.items())
            if same and (before[-len(title) :] == title or (not before and found.old)):
                best = best or (len(title), k)
        rest = rest[: found.start] + re.sub(r"[^\n]", " ", rest[found.start : found.end]) + rest[found.end :]
        if best is None:
            continue
        wish = _spelt(items[best[1]].space, found.new)
        if wish is not None:
            wishes[best[1]] = wish
    return wishes, rest


def _spelt(space: OptionSpace, new: Mapping[str, str]) -> Wish | None:
    wish = Wish(explicit=True)
    for name, value in new.items():
        option = next((o for o in space.options if o.name.casefold() == name), None)
        if option is None:
            return None
        meant = next((v for v in option.values if fold(v) == fold(value)), None)
        wish.targets[option.name] = [meant if meant is not None else value]
    return wish


def _from_needs(context: Context, index: CatalogIndex, item: Item, variant: Variant) -> Wish:
    """A wish read from the needs that are about this item, where one of its options answers them."""
    wish = Wish()
    alone = len(context.about) == 1 and item.line.sku in context.about
    for need in context.signals.needs:
        if not (need.about == item.line.sku or (need.about is None and alone)):
            continue
        if need.id in NEED_STEPS:
            sign, notions = NEED_STEPS[need.id]
            ordered = [o for o in item.space.options if len(o.rank) > 1 and variant.options.get(o.name) in o.rank]
            option = next((o for n in notions for o in ordered if n in o.notions), None)
            if option is not None:
                wish.steps.setdefault(option.name, Step(option.name, sign))
                continue
        if need.id in NEED_OTHER:
            option = next((o for n in NEED_OTHER[need.id] for o in item.space.options if n in o.notions), None)
            if option is not None:
                current = variant.options.get(option.name)
                wish.targets.setdefault(option.name, [v for v in option.values if v != current])
            continue
        for name, values in index.values_for(need.id, item.space, variant).items():
            wish.targets.setdefault(name, list(values))
    _from_exclusions(wish, context, index, item, variant)
    for name in [n for n, v in wish.targets.items() if not v]:
        del wish.targets[name]
    return wish


def _from_exclusions(wish: Wish, context: Context, index: CatalogIndex, item: Item, variant: Variant) -> None:
    """ "The same without perfume": an option decides whether what is excluded is in it."""
    if not (item.line.sku in context.about and len(context.about) == 1):
        return
    terms = [e.term for e in context.signals.exclusions if index.contents(variant.sku).has(e.term)]
    if not terms:
        return
    for option in item.space.options:
        values: dict[str, bool] = {}
        for sibling in item.space.product.variants:
            contained = excluded(index.contents(sibling.sku), terms) is not None
            value = sibling.options.get(option.name, "")
            values[value] = values.get(value, True) and not contained
        free = [v for v, fine in values.items() if fine]
        if free and not values.get(variant.options.get(option.name, ""), True):
            wish.targets.setdefault(option.name, free)


def _answer(context: Context, index: CatalogIndex, item: Item, wish: Wish) -> list[Candidate]:
    """The variants that meet the wish, best first; else what the customer named as second choice, else the nearest."""
    current = item.space.variant(item.line.sku)
    if not wish or current is None or not item.space.product.active:
        return []
    shelf = _shelf(context, index, item, wish)
    first = replace(wish, fallbacks={}, second_steps={}) if wish.second_steps else wish
    graded = _graded(item, current, first)
    exact = [g for g in graded if g.broken == 0]
    in_stock = [g for g in exact if g.variant.sku in shelf]
    gone = next((g.variant for g in exact if not g.variant.in_stock), None)
    if in_stock:
        chosen = [g for g in in_stock if g.liking - in_stock[0].liking < 0.5][:3]
        missed = gone if in_stock[0].liking >= _SECOND and gone is not None else None
        return [_candidate(context, item, current, g, wish, i, missed) for i, g in enumerate(chosen)]
    if wish.second_steps:
        second = _second(wish)
        instead = [g for g in _graded(item, current, second) if g.broken == 0 and g.variant.sku in shelf][:2]
        if instead:
            return [_candidate(context, item, current, g, second, i, gone) for i, g in enumerate(instead)]
    if wish.explicit and not graded:
        return []
    buyable = [g for g in graded if g.variant.sku in shelf]
    near = [g for g in buyable if g.broken == buyable[0].broken][:2]
    return [_candidate(context, item, current, g, wish, i, gone) for i, g in enumerate(near)]


def _shelf(context: Context, index: CatalogIndex, item: Item, wish: Wish) -> frozenset[str]:
    """Skus that can be sent: in stock, not returned before, and without what the customer must not have."""
    sent_back = barred(context.orders, context.catalog)
    # Where the item is asked for again, what a need rules out and the item itself has is a misreading, and what was
    # said of the options has been read as a wish.
    own = index.contents(item.line.sku)
    stated = {e.term for e in context.signals.exclusions}
    values = {w for option in item.space.options for v in option.values for w in stems(v)}
    terms = [
        t for t in unwanted(context)
        if not (wish.outright and ((t not in stated and own.has(t)) or values.intersection(stems(t))))
    ]  # fmt: skip
    return frozenset(
        v.sku for v in item.space.product.variants
        if v.in_stock and v.sku not in sent_back
        and (wish.explicit or excluded(index.contents(v.sku), terms) is None)
    )  # fmt: skip


def _second(wish: Wish) -> Wish:
    """The wish with its second choices in the place of the first."""
    targets = {n: v for n, v in wish.targets.items() if n not in wish.second_steps} | wish.fallbacks
    steps = {n: s for n, s in wish.steps.items() if n not in wish.fallbacks} | wish.second_steps
    return replace(
        wish,
        targets=targets,
        fallbacks={},
        steps=steps,
        second_steps={},
        kept=wish.kept - targets.keys() - steps.keys(),
    )


def _graded(item: Item, current: Variant, wish: Wish) -> list[_Graded]:
    """The other variants that miss nothing of the wish, fewest broken options first, then the best liked."""
    variants = item.space.product.variants
    graded = [(_grade(item.space, current, v, wish), i) for i, v in enumerate(variants) if v.sku != current.sku]
    graded.sort(key=lambda g: (g[0].broken, g[0].liking, g[1]))
    fine = [g for g, _ in graded if g.missed == 0]
    # Where the next size is only sold out, the one after it does not fit; where it was never made, that one is next.
    steady = [g for g in fine if not g.leap]
    least = min((g.broken for g in steady), default=None)
    return [g for g in fine if not g.leap or least is None or g.broken < least]


def _grade(space: OptionSpace, current: Variant, variant: Variant, wish: Wish) -> _Graded:
    missed = broken = 0
    liking = 0.0
    leap = False
    changes = []
    roam = wish.price in ("cheapest", "dearest", "cheaper") and not wish.free
    for option in space.options:
        name = option.name
        old, new = current.options.get(name, ""), variant.options.get(name, "")
        if old != new:
            changes.append(name)
        if new in wish.rejected.get(name, ()):
            missed += 1
        elif name in wish.targets:
            if new in wish.targets[name]:
                liking += 0 if name in wish.even else wish.targets[name].index(new)
            elif new in wish.fallbacks.get(name, ()):
                liking += _SECOND + wish.fallbacks[name].index(new)
            else:
                missed += 1
        elif name in wish.steps:
            distance = _steps(option.rank, old, new, wish.steps[name])
            extreme = wish.steps[name].extreme
            if distance is None:
                missed += 1
            else:
                far = distance > 0 and not extreme and wish.steps[name].to is None
                leap = leap or (far and option.scale in _WORN and "size" in option.notions)
                liking += distance * 1.0
        elif old != new and name in wish.kept and name not in wish.fallbacks:
            missed += 1
        elif old != new and name in wish.fallbacks:
            if new in wish.fallbacks[name]:
                liking += _SECOND + wish.fallbacks[name].index(new)
            else:
                missed += 1
        elif old != new and name in wish.free:
            liking += 0.0 if wish.price else 0.6
        elif old != new and roam and wish.price != "cheaper":
            liking += 0.01
        elif old != new:
            broken += 1
    if wish.price:
        if wish.price == "cheaper" and not wish.free and variant.price >= current.price:
            missed += 1
        prices = sorted({v.price for v in space.product.variants})
        position = prices.index(variant.price)
        liking += 0.55 * (position if wish.price != "dearest" else len(prices) - 1 - position)
    return _Graded(variant, missed, broken, liking, tuple(changes), leap)


def _steps(rank: Mapping[str, float], old: str, new: str, step: Step) -> float | None:
    """How far a value is from the one wished for: 0 is right; None is the wrong way."""
    if old not in rank or new not in rank:
        return None
    way = step.sign * (rank[new] - rank[old])
    if step.extreme and way >= 0:  # "the highest resolution that is waterproof" may be the one that it has
        above = {r for r in rank.values() if step.sign * (r - rank[new]) > 0}
        behind = len(above) - (step.count - 1)
        return float(behind) if behind >= 0 else None
    if way <= 0:
        return None
    places = sorted({r for r in rank.values() if step.sign * (r - rank[old]) > 0}, reverse=step.sign < 0)
    if step.to is not None:
        return float(sum(abs(r - step.to) < abs(rank[new] - step.to) - 1e-9 for r in places))
    at = places.index(rank[new])
    return float(abs(at - (step.count - 1))) if at >= step.count - 1 else None


def _candidate(
    context: Context, item: Item, current: Variant, graded: _Graded, wish: Wish, place: int, sold_out: Variant | None
) -> Candidate:
    product, variant = item.space.product, graded.variant
    asked = [n for n in graded.changes if n in wish.targets or n in wish.steps or n in wish.fallbacks]
    also = [n for n in graded.changes if n not in asked]
    evidence = [Evidence("product", variant.sku)]
    order = next((o for o in context.orders if item.line in o.lines), context.order)
    if order is not None:
        evidence.append(Evidence("order", order.id))
    fit = (0.95 if wish.explicit or wish.targets else 0.85) - 0.05 * place - 0.05 * graded.broken
    headline = wording.exchange_headline(product, current, variant, asked or list(graded.changes))
    reason = wording.exchange_reason(
        item.line, variant, asked, also, sold_out, context.catalog.currency, [o.name for o in item.space.options]
    )
    kind: SaveKind = "exchange" if graded.broken == 0 else "alternative"
    need = next((n.id for n in context.signals.needs if n.about in (None, item.line.sku)), "")
    return Candidate(
        kind, item.line, product, variant, max(0.3, fit), headline, reason, tuple(evidence), need, product.handle,
        wish.explicit or wish.outright,
    )  # fmt: skip
