"""Alternatives: products that answer the need better than the one complained of, or a question for advice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from recommenders.domain import Case, Context, Evidence, Need, OrderLine, Product, Variant
from recommenders.protocols import FloatArray
from recommenders.saves import wording
from recommenders.saves.candidate import Candidate
from recommenders.saves.contents import RULED_OUT, excluded, unwanted
from recommenders.saves.index import CatalogIndex
from recommenders.saves.outcomes import proofs, worked_products
from recommenders.saves.past import barred
from recommenders.saves.scales import quantity
from recommenders.saves.suits import speaks_against
from recommenders.text.words import stems

CLEARLY = 0.07  # a product must lie this much further along the need than the one complained of
SHARE = 0.5  # and at least this share of the way that the best candidate does
_LOOKED_AT = 24  # candidates that are weighed against each other
_STRICTER = 0.7  # the same for another type of product
_CLOSE = 0.5  # kinship from which another type of product may play the part
_HEARD = 0.30  # cosine with the customer's words from which a product answers a question without a need
# Needs whose answer is a fact of the product, not a matter of degree.
_FACTS = frozenset({"vegan", "decaf", "grain_free", "waterproof"})
# Answers to these are richer or bigger things: what costs more is then an upsell.
_RICHER = frozenset({
    "more_moisture", "bigger_capacity", "bigger_pack", "more_powerful", "better_quality", "longer_battery",
    "longer_lasting",
    "warmer", "sturdier", "more_coverage", "faster", "brighter", "more_variety", "gift_ready",
})  # fmt: skip
_UNHAPPY = ("return_request", "refund_request", "exchange_request", "product_dissatisfaction")
_COMPLAINTS = (
    "return_request",
    "refund_request",
    "exchange_request",
    "product_dissatisfaction",
    "advice_request",
    "stock_question",
)


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is complained of: its line if it was bought here, and the needs that were said about it."""

    sku: str | None
    line: OrderLine | None
    needs: tuple[Need, ...]
    among: tuple[str, ...] = ()  # skus that the customer hesitates between


@dataclass(frozen=True)
class Suitability:
    """Who may have what: worked out once for a ticket."""

    context: Context
    index: CatalogIndex
    said: frozenset[str]
    barred: frozenset[str]
    complained: frozenset[str]

    @classmethod
    def of(cls, context: Context, index: CatalogIndex) -> Suitability:
        """From the ticket's words and the customer's past."""
        said = frozenset(stems(context.concern.text))
        complained = frozenset(s for s, line in context.about.items() if line is not None or not _asks_only(context))
        return cls(context, index, said, barred(context.orders, context.catalog), complained)

    def variant(self, product: Product, like: Variant | None) -> Variant | None:
        """The variant to offer: buyable, free of what is excluded, most like the one that the customer has."""
        if not product.active:
            return None
        terms = unwanted(self.context)
        fine = [
            v for v in product.variants
            if v.in_stock and v.sku not in self.barred and v.sku not in self.complained
            and excluded(self.index.contents(v.sku), terms) is None
        ]  # fmt: skip
        if not fine:
            return None
        place = {v.sku: i for i, v in enumerate(product.variants)}
        return min(fine, key=lambda v: (*_unlike(v, like, self.said), place[v.sku]))

    def suits(self, product: Product) -> bool:
        """Whether no warning on its page speaks against this customer."""
        return not speaks_against(self.index.warnings(product.handle), self.said)


def _asks_only(context: Context) -> bool:
    """A question, not a complaint: what it names may be the very thing to offer."""
    return context.signals.intent(*_UNHAPPY) is None


def _unlike(variant: Variant, like: Variant | None, said: frozenset[str]) -> tuple[int, float]:
    """(options that differ, how far the sizes are apart), less the values that the customer named."""
    named = sum(1 for x in variant.options.values() if stems(x) and set(stems(x)) <= said)
    if like is None:
        return -named, 0.0
    same = sum(1 for n, x in variant.options.items() if like.options.get(n) == x)
    sizes = [quantity(x) for x in variant.options.values()], [quantity(x) for x in like.options.values()]
    apart = min(
        (abs(float(np.log(max(a.amount, 1e-6) / max(b.amount, 1e-6)))) for a in sizes[0] if a for b in sizes[1]
         if b and a.kind == b.kind),
        default=0.0,
    )  # fmt: skip
    return -(same + named), apart


def alternatives(context: Context, index: CatalogIndex, answered: frozenset[str]) -> list[Candidate]:
    """Alternatives for every subject without an exchange (`answered` holds the skus that have one)."""
    if context.signals.intent(*_COMPLAINTS) is None and not context.signals.needs:
        return []
    suitable = Suitability.of(context, index)
    wished = index.finder.wished(context.concern.text, context.mentions)
    subjects = _subjects(context, wished)
    found: list[Candidate] = []
    for subject in subjects:
        if subject.sku in answered:
            continue
        found += _for_subject(subject, suitable, wished)
    if not found:
        found += _asked_for(context, suitable, wished, subjects, answered)
    return found


def _subjects(context: Context, wished: frozenset[str]) -> list[_Subject]:
    """What each need is about; a need about nothing known is about the ticket's only item, or about none."""
    needs = context.signals.needs
    about = {
        sku: line for sku, line in context.about.items()
        if not (line is None and sku in context.catalog.by_sku and context.catalog.by_sku[sku][0].handle in wished)
    }  # fmt: skip
    choosing = len(about) > 1 and not any(about.values()) and context.signals.intent("advice_request") is not None
    if choosing:  # "the gel or the cream?": what is asked about is not complained of
        return [_Subject(None, None, needs, tuple(about))] if needs else []
    subjects = []
    for sku, line in about.items():
        own = tuple(n for n in needs if n.about == sku or (n.about not in about and len(about) == 1))
        if own:
            subjects.append(_Subject(sku, line, own))
    loose = tuple(n for n in needs if n.about not in about)
    if not subjects and loose and not about:
        subjects.append(_Subject(None, None, loose))
    elif not subjects and loose:
        # Needs that nobody assigned, and several items: each may be meant.
        subjects += [_Subject(sku, line, loose) for sku, line in about.items()]
    return subjects


def _for_subject(subject: _Subject, suitable: Suitability, wished: frozenset[str]) -> list[Candidate]:
    context, index = suitable.context, suitable.index
    known = context.catalog.by_sku.get(subject.sku or "")
    complained = known[0] if known else None
    has = known[1] if known else _of_theirs(context)
    heard = _heard(context, index, subject)
    needs = [n for n in subject.needs if n.id in index.needs.ids]
    # What is settled by leaving something out says nothing about degree, if there is anything else to go by.
    needs = [n for n in needs if n.id not in RULED_OUT] or needs
    if not needs:
        return []
    among = {context.catalog.by_sku[s][0].handle for s in subject.among if s in context.catalog.by_sku}
    if known is not None and subject.line is None and _asks_only(context):
        own = _other_variant(suitable, known[0], known[1], needs)
        if own is not None:
            return [_candidate(suitable, subject, None, known[0], own[0], own[1], 0.85)]
    rows: list[tuple[int, float, Product, Variant, Need]] = []
    base = {
        n.id: index.position(complained.handle, n.id) if complained else _typical(index, heard, n.id, among)
        for n in needs
    }
    asked = set(subject.among)
    complained_handles = {
        context.catalog.by_sku[s][0].handle for s in suitable.complained - asked if s in context.catalog.by_sku
    }
    columns = [index.needs.ids.index(n.id) for n in needs]
    weights = np.array([n.score for n in needs], dtype=np.float32)
    below = np.array([base[n.id] for n in needs], dtype=np.float32)
    each = (index.positions[:, columns] - below) * weights
    gaps = each.mean(axis=1)
    same = [s for s in context.similar if _same_kind(s.case, complained)]
    known_to_work = {p.handle for p in worked_products(same, context.catalog)}
    # Best first, so that only products that may be offered are looked at closely.
    for row in np.argsort(-gaps, kind="stable"):
        product, gap = context.catalog.products[int(row)], float(gaps[row])
        named = product.handle in wished or product.handle in known_to_work
        if product.handle in complained_handles or (among and product.handle not in among):
            continue
        if not named and (gap < CLEARLY or len(rows) >= _LOOKED_AT):
            continue
        tier = 0 if among else _tier(index, complained, product, heard)
        if tier is None and not named:
            continue
        variant = suitable.variant(product, has)
        if variant is None or not all(_holds(index, product, variant, n) for n in needs if n.id in _FACTS):
            continue
        if suitable.suits(product):
            rows.append((3 if tier is None else tier, gap, product, variant, needs[int(np.argmax(each[row]))]))
    proven = known_to_work & {p.handle for *_, p, _, _ in rows}
    passing = [r for r in rows if r[1] >= CLEARLY or r[2].handle in wished or (r[2].handle in proven and r[1] > 0)]
    if not passing:
        return []
    tier = min(r[0] for r in passing)
    passing = [r for r in passing if r[0] == tier or r[2].handle in wished or r[2].handle in proven]
    most = max(r[1] for r in passing)
    found = []
    for _, gap, product, variant, need in passing:
        if (
            gap < (SHARE if tier == 0 else _STRICTER) * most
            and product.handle not in wished
            and product.handle not in proven
        ):
            continue
        fit = 0.45 + 0.3 * min(1.0, max(0.0, gap) / max(most, 0.15)) + 0.12 * float(heard[index.row[product.handle]])
        fit += 0.12 * (product.handle in wished) + 0.03 * len(_asked_tags(index, product, complained, suitable.said))
        found.append(_candidate(suitable, subject, complained, product, variant, need, min(fit, 0.98)))
    return found


def _same_kind(case: Case, complained: Product | None) -> bool:
    """Whether a case is about such a thing: what helped a face says nothing of legs."""
    if complained is None:
        return False
    said = set(stems("\n".join([case.subject, *(m.text for m in case.messages if m.author == "customer")])))
    kind, title = set(stems(complained.type)), set(stems(complained.title))
    return (bool(kind) and kind <= said) or len(title & said) * 2 > len(title)


def _of_theirs(context: Context) -> Variant | None:
    """A variant from the ticket's order, for the customer's size where nothing is complained of in particular."""
    lines = context.order.lines if context.order else ()
    return next((context.catalog.by_sku[x.sku][1] for x in lines if x.sku in context.catalog.by_sku), None)


def _other_variant(
    suitable: Suitability, product: Product, variant: Variant, needs: Sequence[Need]
) -> tuple[Variant, Need] | None:
    """A variant of the product asked about that meets a need by one of its options."""
    space = suitable.index.space_of(variant.sku)
    for need in needs:
        wanted = suitable.index.values_for(need.id, space, variant) if space else {}
        like = replace(variant, options={**variant.options, **{n: v[0] for n, v in wanted.items()}})
        found = suitable.variant(product, like) if wanted else None
        if found is not None and all(found.options.get(n) in v for n, v in wanted.items()):
            return found, need
    return None


def _typical(index: CatalogIndex, heard: FloatArray, need: str, among: set[str]) -> float:
    """Where things of the kinds asked about lie on a need, on average: what a question's answers must surpass."""
    if not len(heard):
        return 0.0
    column = index.positions[:, index.needs.ids.index(need)]
    if among:
        return float(min(column[index.row[h]] for h in sorted(among))) - CLEARLY / 2
    nearest = np.argsort(-heard, kind="stable")[:3]
    kinds = {index.catalog.products[int(r)].type.casefold() for r in nearest}
    rows = [i for i, p in enumerate(index.catalog.products) if p.type.casefold() in kinds]
    return float(column[rows].mean())


def _heard(context: Context, index: CatalogIndex, subject: _Subject) -> FloatArray:
    """Cosine of every product's profile and role with the customer's words about the subject, (products,)."""
    vector = context.vector
    if context.sentence_vectors is not None and subject.sku and len(context.about) > 1:
        quotes = [n.quote for n in subject.needs if n.quote]
        rows = [i for i, s in enumerate(context.concern.sentences) if any(q in s.text or s.text in q for q in quotes)]
        if rows:
            vector = context.sentence_vectors[rows].mean(0)
    if vector is None:
        return np.zeros(len(index.profile), dtype=np.float32)
    return np.asarray(0.5 * (index.profile @ vector) + 0.5 * (index.role @ vector))


def _tier(index: CatalogIndex, complained: Product | None, product: Product, heard: FloatArray) -> int | None:
    """0: the same type; 1: a type that shares a word ("body lotion", "body butter"); 2: a close role; None: neither."""
    if complained is None:
        best = float(heard.max()) if len(heard) else 0.0
        return 0 if float(heard[index.row[product.handle]]) >= best - 0.16 else None
    if complained.type and complained.type.casefold() == product.type.casefold():
        return 0
    if set(stems(complained.type)) & set(stems(product.type)):
        return 1
    return 2 if index.kinship(complained, product) >= _CLOSE else None


def _holds(index: CatalogIndex, product: Product, variant: Variant, need: Need) -> bool:
    """Whether the product says so itself, where any product of the catalogue does."""
    words = set(stems(need.id.replace("_", " ")))
    if not any(words <= facts for facts in index.facts.values()):
        return True
    own = index.facts[product.handle] | {w for x in variant.options.values() for w in stems(x)}
    return words <= own


def _asked_tags(
    index: CatalogIndex, product: Product, complained: Product | None, said: frozenset[str]
) -> list[tuple[str, ...]]:
    """Tags of the product that the customer names and that the thing complained of lacks."""
    lacking = index.tags[product.handle] - (index.tags[complained.handle] if complained else frozenset())
    return sorted(t for t in lacking if t and set(t) <= said)[:3]


def _asked_for(
    context: Context,
    suitable: Suitability,
    wished: frozenset[str],
    subjects: Sequence[_Subject],
    answered: frozenset[str],
) -> list[Candidate]:
    """What the customer asks for by name, and answers to a question that names no need."""
    index = suitable.index
    line = next((x for s, x in context.about.items() if x is not None and s not in answered), None)
    complaint = context.signals.intent(
        "return_request", "exchange_request", "product_dissatisfaction", "refund_request"
    )
    line = line if complaint is not None else None
    found = []
    for handle in sorted(wished, key=lambda h: next(m.start for m in context.mentions if m.id == h)):
        product = context.catalog.by_handle[handle]
        variant = suitable.variant(product, None)
        if variant is not None and suitable.suits(product) and (complaint or context.signals.intent("advice_request")):
            found.append(
                _candidate(suitable, _Subject(line.sku if line else None, line, ()), None, product, variant, None, 0.75)
            )
    if found or context.signals.intent("advice_request") is None or subjects or complaint or context.vector is None:
        return found
    heard = _heard(context, index, _Subject(None, None, ()))
    mentioned = {m.id for m in context.mentions if m.kind == "product"}
    if len(mentioned) == 1:  # the customer has chosen; to recommend that very thing is no advice
        return found
    for row in np.argsort(-heard, kind="stable")[:4]:
        product = context.catalog.products[int(row)]
        if heard[row] < _HEARD and product.handle not in mentioned:
            break
        variant = suitable.variant(product, None)
        if variant is not None and suitable.suits(product) and heard[row] >= heard.max() - 0.08:
            fit = 0.4 + 0.5 * float(heard[row])
            found.append(_candidate(suitable, _Subject(None, None, ()), None, product, variant, None, min(0.9, fit)))
    return found


def _candidate(
    suitable: Suitability,
    subject: _Subject,
    complained: Product | None,
    product: Product,
    variant: Variant,
    need: Need | None,
    fit: float,
) -> Candidate:
    context, index = suitable.context, suitable.index
    worked = proofs(context.similar, context.catalog, product.handle)
    evidence = [Evidence("product", variant.sku)]
    if subject.line is not None:
        order = next((o for o in context.orders if subject.line in o.lines), None)
        evidence += [Evidence("order", order.id)] if order else []
    evidence += [Evidence("ticket", s.case.id) for s in worked[:2]]
    difference = variant.price - subject.line.price if subject.line else None
    if need is not None:  # the panel is in English, whatever the customer writes
        need = replace(need, text=index.needs.kinds[need.id].text["en"] if need.id in index.needs.kinds else need.text)
    richer = need is not None and need.id in _RICHER and difference is not None and difference > 0
    return Candidate(
        "upsell" if richer else "alternative", subject.line, product, variant, fit,
        wording.alternative_headline(product, variant, need),
        wording.alternative_reason(product, variant, need, difference, context.catalog.currency, len(worked)),
        tuple(evidence), need.id if need else "", complained.handle if complained else None,
    )  # fmt: skip
