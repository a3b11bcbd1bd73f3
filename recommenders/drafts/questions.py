"""Questions: what a ticket wants to know, sentence by sentence, ready to be held against statements."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache

from recommenders.domain import Context, Product
from recommenders.drafts.concepts import concepts, lexicon
from recommenders.drafts.phrases import LANGUAGES, packaged
from recommenders.drafts.situation import Situation
from recommenders.drafts.statements import ASIDE, Question, Units, read_units
from recommenders.text.words import stems

MOST = 4  # questions of one ticket
WIDELY = 3  # kinds of phrases that have a word: a word of so many is a word of any letter
FEWEST_WORDS = 3
# What an intent is about, in any language.
ABOUT: Mapping[str, str] = {
    "return_request": "c:return", "refund_request": "c:refund", "exchange_request": "c:exchange",
    "cancel_order": "c:cancel", "shipping_question": "c:delivery", "code_question": "c:code",
    "payment_question": "c:pay", "subscription": "c:subscription", "stock_question": "c:stock",
    "damaged_item": "c:broken", "account": "c:account", "privacy_request": "c:privacy", "gift_request": "c:gift",
}  # fmt: skip
# What a price or a time is asked of that has a name of its own.
MEANT = {("cost", "c:return"): "c:label"}


@cache
def common_stems() -> Mapping[str, frozenset[str]]:
    """Each language's stems that any reply may use: they stand in several kinds of the packaged phrases."""
    found = {}
    for language in LANGUAGES:
        seen = Counter(
            word for phrases in packaged(language).values() for word in {w for text in phrases for w in stems(text)}
        )
        found[language] = frozenset(word for word, count in seen.items() if count >= WIDELY)
    return found


def read_questions(context: Context, situation: Situation, names: frozenset[str] = frozenset()) -> list[Question]:
    """What the ticket asks, in its order: one question for each figure that a sentence asks for.

    A sentence that only says "what does that cost?" asks about what the one before it speaks of. What the rest of the
    ticket, its intents and the product at hand say counts as well, but less; so do `names`, the units of the
    catalogue's titles: what a thing is called is not what is asked of it.
    """
    language = context.signals.language
    common = common_stems().get(language, frozenset())
    read = [(s.text, read_units(s.text, language, common)) for s in context.concern.sentences]
    aside = {unit for _, units in read for unit in units.things}
    aside |= {ABOUT[name] for name in situation.intents if name in ABOUT}
    places = frozenset(place for _, units in read for place in units.places)
    titles = frozenset(f"w:{word}" for product in situation.products for word in stems(product.title))
    called = titles | names
    aside |= titles | {unit for product in situation.products for unit in kind_units(product)}
    found: list[Question] = []
    for number, (text, units) in enumerate(read):
        if "?" not in text and not units.asked:
            continue
        own = (_own(number, read) if any(units.asked) else units.things) - called
        if any(units.asked) and not any(unit.startswith("c:") for unit in own):
            own |= {ABOUT[name] for name in situation.strong[:1] if name in ABOUT}  # "and when will it be here?"
        if not own:
            continue
        for asked in units.asked or ("",):
            meant = {MEANT[asked, unit] for unit in own if (asked, unit) in MEANT}
            weights = dict.fromkeys(sorted(aside), ASIDE) | dict.fromkeys(sorted(own | meant), 1.0)
            named = units.things & called
            found.append(
                Question(
                    weights,
                    asked,
                    units.places or places,
                    frozenset(own | meant),
                    named,
                    wider=_wider(units.places or places),
                )
            )
    return found[:MOST]


def whole_ticket(context: Context, situation: Situation) -> Question:
    """The ticket as one question: what is told of a trouble is what its remedy speaks of."""
    language = context.signals.language
    units = read_units(context.concern.text, language, common_stems().get(language, frozenset()))
    titles = frozenset(f"w:{word}" for product in situation.products for word in stems(product.title))
    kinds = {unit for product in situation.products for unit in kind_units(product)}
    own = units.things - titles
    weights = dict.fromkeys(sorted(kinds | titles), ASIDE) | dict.fromkeys(sorted(own), 1.0)
    return Question(weights, own=own, troubled=True)


def only_asks(context: Context) -> bool:
    """Whether every sentence that says something is a question: nothing has happened yet that needs an order."""
    language = context.signals.language
    said = [s.text for s in context.concern.sentences if len(s.text.split()) >= FEWEST_WORDS]
    return bool(said) and all("?" in text or read_units(text, language).asked for text in said)


def asks_afterwards(context: Context) -> bool:
    """Whether a code is meant for an order that has been placed."""
    order = context.order
    if order is None:
        return False
    ids, _ = lexicon(context.signals.language).read(context.concern.text)
    return "afterwards" in ids


def is_hurt(context: Context) -> bool:
    """Whether a body was harmed: only then a doctor is spoken of."""
    ids, _ = lexicon(context.signals.language).read(context.concern.text)
    return "adverse_reaction" in context.selling.reasons or "hurt" in ids


def kind_units(product: Product) -> frozenset[str]:
    """What kind of thing a product is."""
    return frozenset(f"w:{word}" for word in stems(product.type) if len(word) > 2)


def _wider(places: frozenset[str]) -> frozenset[str]:
    return frozenset(wider for name in places if (wider := concepts()[name].wider))


def _own(number: int, read: list[tuple[str, Units]]) -> frozenset[str]:
    things = read[number][1].things
    if any(unit.startswith("c:") for unit in things):
        return things
    before = [units.things for text, units in read[:number] if len(re.findall(r"\w+", text)) >= FEWEST_WORDS]
    return things | (before[-1] if before else frozenset())
