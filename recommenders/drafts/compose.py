"""DraftComposer: from everything that is known about a ticket to one or two replies, best first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from recommenders.codes import CodeMatcher, Why
from recommenders.domain import Catalog, CodeOffer, Context, Delight, Draft, Evidence, Gap, Save, Stance
from recommenders.drafts.answers import AnswerTeller
from recommenders.drafts.facts import Fact, FactTeller
from recommenders.drafts.lines import MAY, MUST, NICE, SHOULD, Page, render
from recommenders.drafts.offers import OFFERS, OfferTeller, one_for_each
from recommenders.drafts.passages import ArticleIndex, PageIndex
from recommenders.drafts.phrases import PhraseBook, books, fill
from recommenders.drafts.situation import Situation, read_situation
from recommenders.playbooks.loader import Playbook
from recommenders.playbooks.matcher import Advice
from recommenders.signals.needs import need_kinds

# Questions that a source can answer; without one we say that we will find out.
QUESTIONS = frozenset(
    {
        "product_question", "how_to", "shipping_question", "price_question", "subscription", "gift_request",
        "stock_question", "payment_question", "account", "advice_request",
    }
)  # fmt: skip
# Where the shop's own rules belong beside the plan.
RULED = frozenset(
    {
        "return_request", "refund_request", "exchange_request", "cancel_order", "change_order", "order_status",
        "damaged_item", "code_question", "privacy_request",
    }
)  # fmt: skip
RETURNS = frozenset({"return_request", "refund_request"})
# Where the first sentence is not politeness but the point.
FELT = frozenset({"praise", "small_talk", "repeat_contact", "high_anger", "service_failure_open"})
# What a return or a refund makes superfluous: one remedy at a time, the one that was asked for.
SETTLED_BY_RETURN = frozenset({"product_dissatisfaction", "damaged_item", "high_anger", "exchange_request"})
CAN_DECLINE = frozenset({"price_question", "code_question", "cancel_order", "change_order", "shipping_question"})


@dataclass(frozen=True)
class _Request:
    """One call of compose: what its parts share."""

    context: Context
    situation: Situation
    book: PhraseBook
    facts: FactTeller
    offers: OfferTeller
    saves: tuple[Save, ...]
    codes: tuple[CodeOffer, ...]
    advice: Advice
    seed: str

    def say(self, key: str) -> str:
        """A phrase about this ticket."""
        return self.book.pick(key, self.seed, {"item": self.facts.items_label(), "order": self.facts.order_label()})


class DraftComposer:
    """Built once for a catalogue revision; read-only, so threads share it."""

    def __init__(
        self,
        playbook: Playbook,
        catalog: Catalog,
        *,
        articles: ArticleIndex | None = None,
        pages: PageIndex | None = None,
        codes: CodeMatcher | None = None,
    ) -> None:
        self.catalog = catalog
        self.pages = pages
        self.answers = AnswerTeller(catalog, articles, pages)
        self.codes = codes or CodeMatcher(catalog)
        self.books = books(playbook.phrases)
        need_kinds()  # read once, here and not in the first request

    def compose(
        self,
        context: Context,
        saves: Sequence[Save] = (),
        codes: Sequence[CodeOffer] = (),
        delights: Sequence[Delight] = (),
        *,
        advice: Advice | None = None,
    ) -> tuple[Draft, ...]:
        """Drafts, best first; at least one for every ticket. `saves` are those that will be shown, with their codes.

        `delights` stay a surprise: a draft never mentions them.
        """
        del delights
        situation = read_situation(context)
        book = self.books.get(context.signals.language)
        if book is None or not book.has("ack.general") or not book.has("greeting.letter"):
            book = self.books["en"]
        seed = context.ticket.id or context.concern.text[:200]
        facts = FactTeller(context, situation, book, seed)
        fitting = () if situation.solemn and situation.topic != "safety" else tuple(saves)
        request = _Request(
            context,
            situation,
            book,
            facts,
            OfferTeller(facts, self.pages),
            fitting,
            tuple(codes),
            advice or Advice(),
            seed,
        )
        pages: list[tuple[Stance, Page]] = []
        if situation.stranger and not situation.solemn:
            pages.append(("ask", self._stranger(request)))
        elif situation.solemn:
            pages.append(("resolve", self._solemn(request)))
        else:
            saving = any(save.kind in OFFERS for save in one_for_each(fitting))
            if saving:
                pages.append(("save", self._save(request)))
            elif situation.lacks_item or situation.lacks_order:
                pages.append(("ask", self._ask(request)))
            # Beside a save only the way back is worth a draft of its own: the save has answered the rest.
            if not saving or (RETURNS | {"product_dissatisfaction"}) & set(situation.intents):
                pages.append(self._resolve(request, saving))
        return tuple(self._draft(number, stance, page, request) for number, (stance, page) in enumerate(pages, 1))

    # ------------------------------------------------------------ the kinds of draft

    def _stranger(self, request: _Request) -> Page:
        """An order of somebody else, or of nobody that we know: nothing is told."""
        page = Page()
        page.add(request.book.pick("ack.general", request.seed), 0, MAY)
        page.add(request.book.pick("plan.stranger", request.seed), 1, MUST)
        return page

    def _solemn(self, request: _Request) -> Page:
        """Grave matters: sympathy and the plan, and nothing that could sound like business."""
        page, topic = Page(closing=False), request.situation.topic
        page.add(request.say(f"ack.{topic}"), 0, SHOULD, self._order_proof(request))
        page.add(request.say(f"plan.{topic}"), 1, MUST)
        page.add(request.say(f"plan.{topic}.more"), 2, SHOULD)
        if topic == "privacy_request":
            self.answers.rule(page, request.facts, ("privacy_request",))
        self._playbook(request, page)
        return page

    def _ask(self, request: _Request) -> Page:
        page, situation = Page(), request.situation
        self._acknowledge(request, page)
        if situation.lacks_item and situation.lacks_order:
            key = "ask.product_and_order"
        elif situation.lacks_item:
            key = "ask.product"
        else:
            key = "ask.which_order" if len(request.context.orders) > 1 else "ask.order"
        page.add(request.book.pick(key, request.seed), 1, MUST)
        self._codes(request, page)
        return page

    def _save(self, request: _Request) -> Page:
        """What suits better, beside the way back that always stays open."""
        page, situation = Page(), request.situation
        self._acknowledge(request, page)
        self._codes(request, page)
        needs = self._needs(request)
        if needs:
            page.add(request.book.pick("need", request.seed, {"need": needs}), 2, MAY)
        request.offers.tell(page, request.saves, request.codes)
        bought = any(save.replaces for save in request.saves) or situation.order is not None or situation.products
        returning = RETURNS & set(situation.intents) or "product_dissatisfaction" in situation.intents
        if returning and bought:
            key = (
                "save.keep_refund"
                if "return_request" not in situation.intents and "refund_request" in situation.intents
                else "save.keep_return"
            )
            page.add(request.book.pick(key, request.seed), 3, MUST)
        elif any(save.kind == "exchange" or save.replaces for save in request.saves):
            page.add(request.book.pick("save.confirm", request.seed), 3, SHOULD)
        else:
            page.add(request.book.pick("save.confirm_buy", request.seed), 3, NICE)
        questions = [name for name in situation.intents if name in QUESTIONS and name != "advice_request"]
        if questions:
            self.answers.tell(page, request.facts, 4, of_products=False)
        self._playbook(request, page)
        self._occasion(request, page)
        return page

    def _resolve(self, request: _Request, beside_save: bool) -> tuple[Stance, Page]:
        situation = request.situation
        page = Page(closing=situation.topic not in ("praise", "small_talk"))
        stance: Stance = "resolve"
        self._acknowledge(request, page)
        if self._codes(request, page) and not any(why.works for why in self._whys(request)):
            stance = "decline"
        self._gaps(request, page)
        replacements = [save for save in request.saves if save.kind == "replacement"]
        if replacements and "refund_request" not in situation.intents:
            request.offers.tell(page, replacements, ())
            page.add(request.book.pick("save.keep_refund", request.seed), 3, SHOULD)
            self._playbook(request, page)
            return stance, page
        topics = self._plan_topics(request, beside_save)
        told: set[str] = set()
        for topic in topics:
            for text, evidence in self._topic_facts(request, topic):
                if page.add(text, 1, SHOULD, evidence) and topic != "product_question":  # options alone answer little
                    told.add(topic)
        asked = [topic for topic in situation.intents if topic in QUESTIONS]
        answered = (
            bool(asked) and not beside_save and self.answers.tell(page, request.facts, 1, of_products=not request.saves)
        )
        told |= set(asked) if answered else set()
        for topic in topics:
            if (topic in QUESTIONS and topic in told) or (topic == "code_question" and stance == "decline"):
                continue
            page.add(request.say(f"plan.{topic}"), 2, MUST, self._order_proof(request))
        ruled = [name for name in situation.intents if name in RULED and "code_wish" not in topics]
        if ruled and not answered:
            refused = self.answers.rule(page, request.facts, ruled)
            if refused and situation.topic in CAN_DECLINE:
                stance = "decline"
        if situation.topic == "off_topic" or topics == ["code_wish"]:
            stance = "decline"
        if request.context.ticket.channel == "social" and situation.lacks_order:
            page.add(request.book.pick("social.private", request.seed), 3, SHOULD)
        self._playbook(request, page)
        self._occasion(request, page)
        return stance, page

    # ------------------------------------------------------------ their parts

    def _acknowledge(self, request: _Request, page: Page) -> None:
        situation = request.situation
        topic = situation.topic
        if (
            topic == "service_failure_open"
            and situation.intents
            and situation.intents[0] not in ("praise", "small_talk")
        ):
            topic = situation.intents[0] if situation.intents[0] != "order_status" else topic
        if topic == "code_question" and not self._whys(request):
            topic = topic if _code_like(request) else "code_wish"
        weight = (
            SHOULD if topic in ("praise", "small_talk", "repeat_contact", "high_anger", "service_failure_open") else MAY
        )
        text = request.say(f"ack.{topic}") or request.book.pick("ack.general", request.seed)
        page.add(text, 0, weight, self._order_proof(request) + self._about_proof(request))

    def _plan_topics(self, request: _Request, beside_save: bool) -> list[str]:
        """Whose plans are told: the gravest matter, then at most two things that were asked for."""
        situation = request.situation
        topic, asked = situation.topic, list(situation.intents[:2])
        if "code_question" in asked and not self._whys(request) and not _code_like(request):
            asked = ["code_wish" if name == "code_question" else name for name in asked]
        if topic in ("service_failure_open", "repeat_contact"):
            asked = ["late" if name == "order_status" else name for name in asked]
        if beside_save and not RETURNS & set(asked):
            return ["return_request"]
        if RETURNS & set(asked):
            asked = [name for name in asked if name not in SETTLED_BY_RETURN]
            if set(asked) >= RETURNS:  # one of the two: what is the more urgent to the customer
                asked.remove("return_request")
        elif topic == "high_anger":
            asked = [name for name in asked if name not in SETTLED_BY_RETURN]
        if len(asked) > 1 and "complaint_service" in asked:
            asked.remove("complaint_service")
        own_plan = topic not in situation.intents and not (topic == "service_failure_open" and asked)
        if topic == "high_anger" and RETURNS & set(asked):
            own_plan = False
        return list(dict.fromkeys(([topic] if own_plan else []) + asked)) or [topic]

    def _topic_facts(self, request: _Request, topic: str) -> list[Fact]:
        facts, found = request.facts, []
        if topic in ("order_status", "late"):
            found = list(facts.of_delivery())
        elif topic == "payment_question":
            found = list(facts.of_payment())
        elif topic == "stock_question":
            found = list(facts.of_stock())
        elif topic == "price_question":
            found = list(facts.of_price())
        elif topic == "product_question":
            found = list(facts.of_options())
        return found

    def _whys(self, request: _Request) -> list[Why]:
        matcher, context = self.codes, request.context
        return [matcher.explain(code, context, request.saves) for code in matcher.named(context)[:3]]

    def _codes(self, request: _Request, page: Page) -> bool:
        """Explains codes that the customer named. Where we don't sell, a code that works is not praised."""
        whys = self._whys(request)
        offered = {offer.code.code for offer in request.codes}
        whys = [why for why in whys if not why.works or why.code in offered]
        if not whys and "code_question" in request.situation.intents and _code_like(request):
            whys = [Why("", False, "unknown")]
        request.offers.explain(page, whys)
        return bool(whys)

    def _gaps(self, request: _Request, page: Page) -> None:
        """Visible gaps for what the agent may look up in place of asking."""
        for lacks, name in ((request.situation.lacks_order, "order"), (request.situation.lacks_item, "product")):
            if lacks:
                label = request.book.label(f"gap_name.{name}")
                text = request.book.pick(f"gap.{name}", request.seed, {f"{name}_gap": f"[[{label}]]"})
                if page.add(text, 1, MUST):
                    page.gaps.append(Gap(label, label))

    def _playbook(self, request: _Request, page: Page) -> None:
        """The sentences that the shop's rules ask for; one whose placeholder is unknown is left out."""
        customer, order = request.context.customer, request.situation.order
        products = request.situation.products
        slots = {
            "first_name": customer.first_name if customer else "",
            "order": order.name if order else "",
            "product": products[0].title if len(products) == 1 else "",
        }
        for sentence, evidence in request.advice.say(request.book.language):
            if all(slots.get(name) for name in re.findall(r"\{([a-z_]+)\}", sentence)):
                page.add(fill(sentence, slots), 5, SHOULD, (evidence,))

    def _occasion(self, request: _Request, page: Page) -> None:
        """A word on what the customer tells of their life, where nothing is wrong."""
        context = request.context
        if not context.selling.allowed and set(context.selling.reasons) != {"no_marketing_consent_for_upsell"}:
            return
        if context.signals.sentiment.score < -0.2:
            return
        for occasion in context.signals.occasions[:1]:
            page.add(request.book.pick(f"occasion.{occasion.id}", request.seed), 6, NICE)

    def _needs(self, request: _Request) -> str:
        kinds, texts = need_kinds(), []
        for need in request.context.signals.needs[:2]:
            kind = kinds.get(need.id)
            text = kind.text.get(request.book.language, "") if kind else ""
            if text and text not in texts:
                texts.append(text)
        if len(texts) == 2:
            return request.book.label("label.and", a=texts[0], b=texts[1])
        return texts[0] if texts else ""

    def _order_proof(self, request: _Request) -> tuple[Evidence, ...]:
        order = request.situation.order
        return (Evidence("order", order.id),) if order else ()

    def _about_proof(self, request: _Request) -> tuple[Evidence, ...]:
        return tuple(Evidence("product", product.handle) for product in request.situation.products[:2])

    def _draft(self, number: int, stance: Stance, page: Page, request: _Request) -> Draft:
        context = request.context
        name = context.customer.first_name if context.customer else _signed_name(context)
        text, evidence = render(page, request.book, context.ticket.channel, name, request.seed)
        gaps = tuple(gap for gap in page.gaps if f"[[{gap.placeholder}]]" in text)
        if context.ticket.id:
            evidence = tuple(dict.fromkeys((*evidence, Evidence("ticket", context.ticket.id))))
        return Draft(f"draft-{number}-{stance}", stance, request.book.language, text, gaps, evidence)


def _signed_name(context: Context) -> str:
    """The first name under which an unknown customer writes, if it looks like one."""
    for message in reversed(context.ticket.messages):
        if message.author == "customer" and message.name:
            first = message.name.split()[0].strip(",.")
            return first if re.fullmatch(r"[^\W\d_][^\W\d_'’-]{1,29}", first) else ""
    return ""


def _code_like(request: _Request) -> bool:
    """Whether the ticket names something that looks like a code: capitals with a digit, and no order or sku of ours."""
    catalog = request.context.catalog
    words = re.findall(r"(?<![#\w-])(?=\w*[A-Z])(?=\w*\d)[A-Z0-9]{4,24}(?![\w-])", request.context.concern.text)
    return any(word.casefold() not in catalog.by_code and word not in catalog.by_sku for word in words)
