"""Alternatives: products that answer the need better than the one complained of, or a question for advice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from recommenders.domain import Context, Need, OrderLine, Product, Variant
from recommenders.protocols import FloatArray
from recommenders.saves.advice import answers
from recommenders.saves.asked import Asked, read_asked, refuses, without_reason
from recommenders.saves.candidate import Candidate
from recommenders.saves.contents import RULED_OUT
from recommenders.saves.evidence import CLOSE, from_cases, need_gaps, same_head
from recommenders.saves.index import CatalogIndex
from recommenders.saves.outcomes import Outcomes
from recommenders.saves.pages import signed
from recommenders.saves.suitability import Suitability, asks_only
from recommenders.saves.telling import Told, alternative
from recommenders.text.words import stems

CLEARLY = 0.07  # a product must lie this much further along the need than the one complained of
PROVEN = 0.4  # or cases must show this surely that it helps
SURELY = 0.55  # and this surely, where the needs that were read say otherwise
ASKED = 0.3  # or its page must agree so much better with the words of the question
SHARE = 0.5  # and it must have at least this share of what speaks for the best candidate
_CASES, _WORDS = 0.3, 0.25  # what cases and words count for beside a gap
_KIN = 0.4  # kinship of types that share a word, "body lotion" and "body butter"
_LOOKED_AT = 14  # candidates that are weighed against each other
_STRICTER = 0.7  # the share for another type of product
# Needs whose answer is a fact of the product, not a matter of degree.
_FACTS = frozenset({"vegan", "decaf", "grain_free", "waterproof"})
_COMPLAINTS = (
    "return_request", "refund_request", "exchange_request", "product_dissatisfaction", "advice_request",
    "stock_question",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is complained of: its line if it was bought here, and the needs that were said about it."""

    sku: str | None
    line: OrderLine | None
    needs: tuple[Need, ...]
    among: tuple[str, ...] = ()  # skus that the customer hesitates between


def alternatives(
    context: Context, index: CatalogIndex, answered: frozenset[str], outcomes: Outcomes | None = None
) -> list[Candidate]:
    """Alternatives for every subject without an exchange (`answered` holds the skus that have one)."""
    if refuses(context.concern.text):
        return []
    asked = read_asked(context, index.pages)
    if not asked.cued and not context.signals.needs and without_reason(context.concern.text):
        return []
    known = outcomes or Outcomes({}, {})
    suitable = Suitability.of(context, index, known)
    wished = index.finder.wished(context.concern.text, context.mentions)
    found: list[Candidate] = []
    subjects: list[_Subject] = []
    missed = context.signals.intent(*_COMPLAINTS) is not None or bool(context.signals.needs)
    # Who names what is to stand in for a thing that was bought asks for it, whatever else the ticket is about.
    instead = bool(wished) and any(context.about.values())
    if missed or instead:
        subjects = [s for s in _subjects(context, wished) if not _elsewhere(s, asked, index)]
        for subject in subjects:
            if subject.sku not in answered:
                found += _for_subject(subject, suitable, wished, asked, known)
        if not missed:  # and for nothing else
            found = [one for one in found if one.product is not None and one.product.handle in wished]
    if not found:
        complaint = any(s.sku is not None for s in subjects)
        found += answers(context, suitable, wished, asked, known, answered=answered, complaint=complaint)
    return found


def _elsewhere(subject: _Subject, asked: Asked, index: CatalogIndex) -> bool:
    """Whether the customer asks for another kind of thing than the one that was bought, and misses nothing about it."""
    known = index.catalog.by_sku.get(subject.sku or "")
    return asked.sure and known is not None and index.row[known[0].handle] not in asked.rows


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
        if own or (line is not None and (wished or not asks_only(context))):
            subjects.append(_Subject(sku, line, own))
    loose = tuple(n for n in needs if n.about not in about)
    if not subjects and loose and not about:
        subjects.append(_Subject(None, None, loose))
    elif not any(s.needs for s in subjects) and loose:
        # Needs that nobody assigned, and several items: each may be meant.
        subjects = [_Subject(sku, line, loose) for sku, line in about.items()]
    return subjects


def _for_subject(
    subject: _Subject, suitable: Suitability, wished: frozenset[str], asked: Asked, outcomes: Outcomes
) -> list[Candidate]:
    context, index = suitable.context, suitable.index
    known = context.catalog.by_sku.get(subject.sku or "")
    if known is None and not subject.among:  # nothing was bought: a question, which `answers` reads
        return []
    complained = known[0] if known else None
    has = known[1] if known else _of_theirs(context)
    heard = _heard(context, index, subject)
    needs = [n for n in subject.needs if n.id in index.needs.ids]
    # What is settled by leaving something out says nothing about degree, if there is anything else to go by.
    needs = [n for n in needs if n.id not in RULED_OUT] or needs
    among = {context.catalog.by_sku[s][0].handle for s in subject.among if s in context.catalog.by_sku}
    if known is not None and subject.line is None and asks_only(context) and needs:
        own = _other_variant(suitable, known[0], known[1], needs)
        if own is not None:
            told = Told(subject.line, complained=None, needs=tuple(subject.needs), need=own[1])
            return [alternative(suitable, told, known[0], own[0], 0.85)]
    asking = set(subject.among)
    complained_handles = {
        context.catalog.by_sku[s][0].handle for s in suitable.complained - asking if s in context.catalog.by_sku
    }
    paid = subject.line.price if subject.line else None
    price = paid if paid is not None else (has.price if has else None)
    size = len(context.catalog.products)
    each = np.zeros((size, 0), dtype=np.float32)
    if needs:
        base = {
            n.id: index.position(complained.handle, n.id) if complained else _lowest(index, n.id, among) for n in needs
        }
        each = need_gaps(index, needs, complained, base, price)
    gaps = each.mean(axis=1) if needs else np.zeros(size, dtype=np.float32)
    cases = from_cases(context, index, outcomes, complained, ()) if complained else {}
    words = _asked_words(context, index, asked, complained)
    sum_of = gaps + _WORDS * np.maximum(words, 0.0)
    for handle, sure in cases.items():
        sum_of[index.row[handle]] += _CASES * sure
    rows: list[tuple[int, float, Product, Variant, Need | None]] = []
    likely = words >= ASKED
    likely |= gaps >= CLEARLY if needs else False
    likely[[index.row[h] for h in (*wished, *cases)]] = True
    rows_of = np.flatnonzero(likely)
    # Best first, so that only products that may be offered are looked at closely.
    for row in rows_of[np.argsort(-sum_of[rows_of], kind="stable")]:
        product, gap = context.catalog.products[int(row)], float(gaps[row])
        proven = cases.get(product.handle, 0.0) >= (PROVEN if gap > -CLEARLY else SURELY)
        named = product.handle in wished or proven
        if product.handle in complained_handles or (among and product.handle not in among):
            continue
        if len(rows) >= _LOOKED_AT and not named:
            break
        tier = 0 if among else near_kind(index, complained, product, needs)
        spoken = words[row] >= ASKED and tier == 0 and gap > -CLEARLY
        if not named and not (needs and gap >= CLEARLY) and not spoken:
            continue
        if tier is None and not named:
            continue
        variant = suitable.variant(product, has, paid)
        if variant is None or not all(_holds(index, product, variant, n) for n in needs if n.id in _FACTS):
            continue
        cheaper = any(n.id == "cheaper" for n in needs) and price is not None and variant.price >= price
        if suitable.suits(product) and suitable.of_brand(product, complained) and not cheaper:
            best = needs[int(np.argmax(each[row]))] if needs else None
            strength = float(sum_of[row]) * (1.0 if _same_people(index, complained, product) else 0.6)
            rows.append((3 if tier is None else tier, strength, product, variant, best))
    return _chosen(rows, subject, suitable, complained, wished, cases, heard)


def _chosen(
    rows: list[tuple[int, float, Product, Variant, Need | None]],
    subject: _Subject,
    suitable: Suitability,
    complained: Product | None,
    wished: frozenset[str],
    cases: dict[str, float],
    heard: FloatArray,
) -> list[Candidate]:
    """The best of the nearest kind, with what was asked for by name and what cases proved."""
    if not rows:
        return []
    index = suitable.index
    sure = wished | {h for h, p in cases.items() if p >= PROVEN}
    tier = min(r[0] for r in rows)
    passing = [r for r in rows if r[0] == tier or r[2].handle in sure]
    most = max(r[1] for r in passing)
    found = []
    for _, strength, product, variant, need in passing:
        if strength < (SHARE if tier == 0 else _STRICTER) * most and product.handle not in wished:
            continue
        fit = (
            0.45 + 0.3 * min(1.0, max(0.0, strength) / max(most, 0.15)) + 0.12 * float(heard[index.row[product.handle]])
        )
        fit += 0.12 * (product.handle in wished) + 0.03 * len(_asked_tags(index, product, complained, suitable.said))
        told = Told(subject.line, complained, subject.needs, need)
        found.append(alternative(suitable, told, product, variant, min(fit, 0.98)))
    return found


def _asked_words(context: Context, index: CatalogIndex, asked: Asked, complained: Product | None) -> FloatArray:
    """How much better every page agrees with the sentences that ask than the page of the thing complained of."""
    nothing = np.zeros(len(index.catalog.products), dtype=np.float32)
    if complained is None or not asked.cued:
        return nothing
    texts = _sentences_about(context, complained)
    said = signed((texts[n], 1.0) for n in asked.cued if n in texts)
    said = {w: s for w, s in said.items() if w not in asked.noun}
    if not said:
        return nothing
    agreement = index.pages.agreement(said)
    apart: FloatArray = agreement - agreement[index.row[complained.handle]]
    return apart


def _sentences_about(context: Context, product: Product) -> dict[int, str]:
    """The sentences that are about a product: those that name it best of all that the ticket is about, "
    "and what follows."""
    items = {context.catalog.by_sku[s][0].handle for s in context.about if s in context.catalog.by_sku}
    if len(items) < 2:
        return {n: s.text for n, s in enumerate(context.concern.sentences)}
    names = {
        h: set(stems(f"{context.catalog.by_handle[h].title} {context.catalog.by_handle[h].type}"))
        for h in sorted(items)
    }
    owner, found = "", {}
    for n, sentence in enumerate(context.concern.sentences):
        said = set(stems(sentence.text))
        counts = {h: len(words & said) for h, words in names.items()}
        best = max(counts.values())
        if best and list(counts.values()).count(best) == 1:
            owner = next(h for h, c in counts.items() if c == best)
        if owner in ("", product.handle):
            found[n] = sentence.text
    return found


def _same_people(index: CatalogIndex, complained: Product | None, product: Product) -> bool:
    """Whether both are for the same people, where both say for whom they are."""
    own = index.people[complained.handle] if complained else frozenset[str]()
    other = index.people[product.handle]
    return not own or not other or bool(own & other)


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


def _lowest(index: CatalogIndex, need: str, among: set[str]) -> float:
    """What one of several that are asked about must surpass: the lowest of them."""
    column = index.positions[:, index.needs.ids.index(need)]
    return float(min(column[index.row[h]] for h in sorted(among))) - CLEARLY / 2 if among else 0.0


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


def near_kind(index: CatalogIndex, complained: Product | None, product: Product, needs: Sequence[Need]) -> int | None:
    """0: the same type; 1: a type of the same noun, or one that shares a word and a role; 2: a close
    role, or one that is near and says outright that it has what is missed; None: neither."""
    if complained is None:
        return 0
    if complained.type and complained.type.casefold() == product.type.casefold():
        return 0
    kinship = index.kinship(complained, product)
    own, other = index.type_words[complained.handle], index.type_words[product.handle]
    if same_head(index, complained, product) or (kinship >= _KIN and set(own) & set(other)):
        return 1
    row, columns = index.row[product.handle], [index.needs.ids.index(n.id) for n in needs]
    said = bool(columns) and bool((index.stated[row, columns] > 0).all())
    return 2 if kinship >= CLOSE or (said and kinship >= _KIN) else None


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
