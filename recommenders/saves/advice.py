"""Answers to a question: which of the kind that is asked for is as it should be; what was asked for by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recommenders.domain import Context, Mention, OrderLine, Variant
from recommenders.protocols import FloatArray
from recommenders.saves.amounts import coldest
from recommenders.saves.asked import Asked
from recommenders.saves.candidate import Candidate
from recommenders.saves.contents import RULED_OUT
from recommenders.saves.evidence import from_cases, nearness, need_gaps
from recommenders.saves.glossary import meanings
from recommenders.saves.index import CatalogIndex
from recommenders.saves.outcomes import Outcomes
from recommenders.saves.suitability import Suitability
from recommenders.saves.telling import Told, alternative
from recommenders.text.words import stems

NEAR = 0.42  # cosine with a statement from which a product answers a question that names no kind of thing
SPOKEN = 0.2  # and how much its page must agree with the words
ALONE = 0.58  # or the cosine that is enough by itself
PROVEN = 0.68  # or how surely cases must show that it helps
_WORDS, _NEAREST, _CASES = 0.5, 0.8, 0.25
_FOREIGN = 0.25  # the packaged encoder reads English: a share of what nearness counts for elsewhere
_BEHIND = 0.1  # of the best sum: what lies further back is no answer
_SHARE = 0.75  # of the best agreement with the words
_WHOLE = 0.99  # a mention that covers the whole title
_MOST = 64  # products whose statements are compared one by one
_LOOKED_AT = 16  # and those of which a variant is looked for
# These are settled by another size or shade of the same thing; without the thing there is nothing to say.
_WORN = frozenset(
    {"bigger_size", "smaller_size", "longer", "shorter", "wider", "narrower", "darker_shade", "lighter_shade"}
)
_COMPLAINT = ("return_request", "exchange_request", "product_dissatisfaction", "refund_request")
# What somebody writes about who has chosen already.
_BUYS = frozenset({
    "code_question", "price_question", "stock_question", "product_question", "advice_request", "gift_request",
})  # fmt: skip


@dataclass(frozen=True)
class _Answer:
    row: int
    total: float
    words: float
    variant: Variant


def answers(
    context: Context,
    suitable: Suitability,
    wished: frozenset[str],
    asked: Asked,
    outcomes: Outcomes,
    *,
    answered: frozenset[str] = frozenset(),
    complaint: bool = False,
) -> list[Candidate]:
    """What the customer asks for by name, else what answers a question best; nothing where nothing clearly does.

    Args:
        context: of the ticket.
        suitable: who may have what.
        wished: handles that the customer would like instead.
        asked: what is asked for.
        outcomes: which products each case named.
        answered: skus of lines that have an exchange.
        complaint: whether something that was bought here is complained of.
    """
    found = _by_name(context, suitable, wished, answered)
    if found:
        return found
    named = _named(context, suitable, asked)
    if named is not None and named.asked:
        return named.offers
    best: list[_Answer] = []
    if asked.not_sold:
        return named.offers if named is not None else []
    needs = tuple(n for n in context.signals.needs if n.id in suitable.index.needs.ids)
    if needs and all(n.id in _WORN for n in needs):  # which size is asked, not which thing
        return named.offers if named is not None else []
    if asked.asks and (asked.sure or (_open(context) and not (complaint and not _rather_advice(context)))):
        best = _best(context, suitable, asked, outcomes)
    if not best:
        return named.offers if named is not None else []
    told = Told(needs=needs, need=needs[0] if needs else None)
    top = best[0].total
    return [
        alternative(suitable, told, context.catalog.products[a.row], a.variant, 0.85 - min(0.3, top - a.total))
        for a in best[:3]
    ]


def _open(context: Context) -> bool:
    """Whether advice is asked for; needs alone are a question only where nothing is complained of."""
    if context.signals.intent("advice_request") is not None:
        return True
    needs = any(n.id not in _WORN for n in context.signals.needs)
    return needs and not context.about and context.signals.intent(*_COMPLAINT) is None


def _rather_advice(context: Context) -> bool:
    """Whether a wish for advice was read more surely than any complaint."""
    first = context.signals.intent("advice_request", *_COMPLAINT)
    return first is not None and first.id == "advice_request"


def _by_name(
    context: Context, suitable: Suitability, wished: frozenset[str], answered: frozenset[str]
) -> list[Candidate]:
    line = next((x for s, x in context.about.items() if x is not None and s not in answered), None)
    complaint = context.signals.intent(*_COMPLAINT)
    line = line if complaint is not None else None
    if not complaint and context.signals.intent("advice_request") is None:
        return []
    found = []
    for handle in sorted(wished, key=lambda h: next(m.start for m in context.mentions if m.id == h)):
        product = context.catalog.by_handle[handle]
        variant = suitable.variant(product, _like(context, line))
        if variant is not None and suitable.suits(product):
            found.append(alternative(suitable, Told(line), product, variant, 0.75))
    return found


def _like(context: Context, line: OrderLine | None) -> Variant | None:
    known = context.catalog.by_sku.get(line.sku) if line else None
    return known[1] if known else None


@dataclass(frozen=True)
class _Chosen:
    """The one product that a buyer names, and whether it is named in a sentence that asks."""

    offers: list[Candidate]
    asked: bool


def _named(context: Context, suitable: Suitability, asked: Asked) -> _Chosen | None:
    """What a buyer has chosen, so that the agent has it at hand; nothing that is owned already or complained of."""
    mentions = [m for m in context.mentions if m.kind == "product"]
    handles = {m.id for m in mentions}
    if len(handles) != 1 or context.signals.intent(*_COMPLAINT) is not None:
        return None
    intents = context.signals.intents
    if intents and intents[0].id not in _BUYS:
        return None
    product = context.catalog.by_handle[next(iter(handles))]
    owned = any(context.about.get(v.sku) is not None for v in product.variants)
    if owned or not any(_is_name(m, context, suitable.index) for m in mentions):
        return None
    meant = next((v for v in product.variants if v.sku in context.about), None)
    asking = [context.concern.sentences[n] for n in asked.sentences]
    inside = any(s.start <= m.start < s.end for s in asking for m in mentions)
    if not intents and not inside:
        return None
    own = [v for v in product.variants if any(m.kind == "variant" and m.id == v.sku for m in context.mentions)]
    variant = suitable.variant(product, own[0] if own else meant)
    if variant is None or not suitable.suits(product):
        return None
    return _Chosen([alternative(suitable, Told(), product, variant, 0.7)], inside)


def _is_name(mention: Mention, context: Context, index: CatalogIndex) -> bool:
    """Whether more is named than a kind of thing and its features: "waterproof boot" is no name, "Gable boot" is."""
    words = set(stems(context.concern.text[mention.start : mention.end]))
    return mention.score >= _WHOLE or not words <= index.plain


def _best(context: Context, suitable: Suitability, asked: Asked, outcomes: Outcomes) -> list[_Answer]:
    """Best first."""
    index = suitable.index
    owned = _spoken_of(context, asked)
    rows = list(asked.rows) or [i for i, p in enumerate(context.catalog.products) if p.handle not in owned]
    told = {w: s for w, s in asked.words.items() if w not in asked.noun or len(meanings(w)) > 1}
    words = index.pages.agreement(told)
    near = _nearness(context, index, asked, rows, words)
    total = _WORDS * words
    share = _NEAREST if context.signals.language == "en" else _NEAREST * _FOREIGN
    middle = float(near[near > 0].mean()) if (near > 0).any() else 0.0
    total = total + share * (near - middle)
    needs = [n for n in context.signals.needs if n.id in index.needs.ids and n.id not in RULED_OUT]
    if needs:
        base = {n.id: float(index.positions[rows, index.needs.ids.index(n.id)].mean()) for n in needs}
        total = total + need_gaps(index, needs, None, base, None).mean(axis=1)
    cases = from_cases(context, index, outcomes, None, frozenset(rows))
    for handle, sure in cases.items():
        total[index.row[handle]] += (_CASES if asked.rows else _CASES * 0.4) * sure
    denied = index.pages.against({w: s for w, s in asked.words.items() if abs(s) == 1 and w not in asked.noun})
    floor = coldest(context.concern.text)
    found: list[_Answer] = []
    order = np.asarray(rows)[np.argsort(-total[rows], kind="stable")].tolist()
    for row in order:
        if len(found) >= _LOOKED_AT:
            break
        if denied[row]:
            continue
        product = context.catalog.products[row]
        degrees = index.amounts[product.handle].get("degree")
        if floor is not None and degrees is not None and degrees > floor:
            continue
        if not asked.rows and not _clear(near[row], words[row], cases.get(product.handle, 0.0), context):
            continue
        variant = suitable.variant(product, None)
        if variant is not None and suitable.suits(product):
            found.append(_Answer(row, float(total[row]), float(words[row]), variant))
    return _narrowed(found, suitable)


def _spoken_of(context: Context, asked: Asked) -> frozenset[str]:
    """Products that are only told of: "I live in your Fell socks. Do you have something for the evening?"."""
    asking = [context.concern.sentences[n] for n in asked.sentences]
    return frozenset(
        m.id for m in context.mentions if m.kind == "product" and not any(s.start <= m.start < s.end for s in asking)
    )


def _narrowed(found: list[_Answer], suitable: Suitability) -> list[_Answer]:
    """Without what lies far behind the best, and without what lacks a size or colour that another one has."""
    products = suitable.context.catalog.products
    whole = [a for a in found if not suitable.lacks_named(products[a.row], a.variant)] or found
    if not whole:
        return []
    top, spoken = whole[0].total, max(0.0, whole[0].words)
    return [a for a in whole if a.total >= top - _BEHIND and a.words >= _SHARE * spoken]


def _clear(near: float, words: float, proven: float, context: Context) -> bool:
    """Whether a product answers a question that names no kind of thing."""
    if context.signals.intent("advice_request") is None and not context.signals.needs:
        return False
    english = context.signals.language == "en"
    return (english and near >= NEAR and words >= SPOKEN) or (english and near >= ALONE) or proven >= PROVEN


def _nearness(
    context: Context, index: CatalogIndex, asked: Asked, rows: Sequence[int], words: FloatArray
) -> FloatArray:
    """Of the asking sentences and the whole text to each product, (products,); 0 for those not looked at."""
    near = np.zeros(len(index.catalog.products), dtype=np.float32)
    vectors = [context.vector] if context.vector is not None and (asked.rows or not asked.cued) else []
    if context.sentence_vectors is not None and len(context.sentence_vectors):
        vectors += [
            context.sentence_vectors[n]
            for n in (asked.cued or asked.sentences)[:4]
            if n < len(context.sentence_vectors)
        ]
    if not vectors:
        return near
    if len(rows) > _MOST:
        rough = index.profile @ np.asarray(vectors).mean(0) + words
        rows = np.asarray(rows)[np.argsort(-rough[rows], kind="stable")[:_MOST]].tolist()
    near[list(rows)] = nearness(index, np.stack(vectors), rows)
    return near
