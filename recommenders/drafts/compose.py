"""DraftComposer: from everything that is known about a ticket to one or two replies, best first."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from functools import partial

from recommenders.codes import CodeMatcher, Why
from recommenders.domain import Catalog, CodeOffer, Context, Delight, Draft, Evidence, Save, Stance
from recommenders.drafts.answers import AnswerTeller
from recommenders.drafts.facts import FactTeller
from recommenders.drafts.lines import MAY, MUST, NICE, SHOULD, Page, render
from recommenders.drafts.offers import OFFERS, OfferTeller, one_for_each
from recommenders.drafts.passages import ArticleIndex, PageIndex
from recommenders.drafts.phrases import books
from recommenders.drafts.plans import QUESTIONS, RETURNS, chosen, is_remedy, plan_topics
from recommenders.drafts.questions import asks_afterwards, is_hurt, only_asks
from recommenders.drafts.request import Request
from recommenders.drafts.ruled import replies, say
from recommenders.drafts.situation import LETTERS, Situation, first_name, read_situation
from recommenders.drafts.terms import Terms
from recommenders.playbooks.loader import Playbook
from recommenders.playbooks.matcher import Advice
from recommenders.signals.needs import need_kinds

# Where the shop's own rules belong beside the plan.
RULED = frozenset(
    {
        "return_request", "refund_request", "exchange_request", "cancel_order", "change_order", "order_status",
        "damaged_item", "code_question", "privacy_request",
    }
)  # fmt: skip
# Where the first sentence is not politeness but the point.
FELT = frozenset({"praise", "small_talk", "repeat_contact", "high_anger", "service_failure_open"})
OF_ORDER = frozenset({"order_status", "late", "payment_question", "refund_request"})  # their facts name the order
HALF_ANSWERED = frozenset({"product_question", "payment_question"})  # the record alone answers little
CAN_DECLINE = frozenset({"price_question", "code_question", "cancel_order", "change_order", "shipping_question"})


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
        self.terms = Terms(articles.passages if articles else (), catalog.codes)
        self.books = books(playbook.phrases)
        need_kinds()  # read once, here and not in the first request

    def over(self, playbook: Playbook) -> DraftComposer:
        """The same for another playbook's phrases; what is known of the catalogue is shared."""
        made = copy(self)
        made.books = books(playbook.phrases)
        return made

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
        over = self.terms.window_over(situation.order, context.now)
        situation = replace(situation, window=over[0], window_source=(over[1],)) if over else situation
        book = self.books.get(context.signals.language)
        if book is None or not book.has("ack.general") or not book.has("greeting.letter"):
            book = self.books["en"]
        seed = context.ticket.id or context.concern.text[:200]
        facts = FactTeller(context, situation, book, seed)
        fitting = () if situation.solemn and situation.topic != "safety" else tuple(saves)
        request = Request(
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
        if not situation.solemn and (situation.lacks_item or situation.lacks_order):
            request = replace(request, informs=self._only_informs(request))
        pages: list[tuple[Stance, Page]] = []
        if situation.stranger and not situation.solemn:
            pages.append(("ask", self._stranger(request)))
        elif situation.solemn:
            pages.append(("resolve", self._solemn(request)))
        else:
            saving = any(is_offer(save, situation) for save in one_for_each(fitting))
            if saving:
                pages.append(("save", self._save(request)))
            elif (situation.lacks_item or situation.lacks_order) and not request.informs:
                pages.append(("ask", self._ask(request)))
            # Beside a save only the way back is worth a draft of its own: the save has answered the rest.
            goes_on = situation.goes_on(context) and not RETURNS & set(situation.strong)
            if not saving or (leaving(situation) and not goes_on) or request.advice.recoveries:
                pages.append(self._resolve(request, saving))
            if request.advice.recoveries and saving:  # a failure is put right before anything is offered
                pages.sort(key=lambda entry: entry[0] != "resolve")
        made = [self._draft(number, stance, page, request) for number, (stance, page) in enumerate(pages, 1)]
        written = list(replies(request, self.terms))
        return tuple(made[:1] + written + made[1:] if situation.solemn else written + made)

    # ------------------------------------------------------------ the kinds of draft

    def _stranger(self, request: Request) -> Page:
        """An order of somebody else, or of nobody that we know: nothing is told."""
        page = Page()
        page.add(request.book.pick("ack.general", request.seed), 0, MAY)
        page.add(request.book.pick("plan.stranger", request.seed), 1, MUST)
        return page

    def _solemn(self, request: Request) -> Page:
        """Grave matters: sympathy and the plan, and nothing that could sound like business."""
        page, topic = Page(closing=False), request.situation.topic
        remedy = next((name for name in request.situation.strong if is_remedy(name)), "")
        if topic == "harassment" and remedy and "service_failure_open" in request.context.selling.reasons:
            page.add(request.say("ack.high_anger"), 0, SHOULD, request.order_proof())
            page.add(request.say(f"plan.{remedy}", page), 1, MUST)
            page.add(request.say("plan.boundary"), 2, SHOULD)
            return page
        page.add(request.say(f"ack.{topic}"), 0, SHOULD, request.order_proof())
        page.add(request.say(f"plan.{topic}"), 1, MUST)
        if topic == "safety" and is_hurt(request.context):
            page.add(request.say("plan.safety.hurt"), 1, MUST)
        page.add(request.say(f"plan.{topic}.more"), 2, SHOULD)
        if topic == "privacy_request":
            self.answers.rule(page, request.facts, ("privacy_request",))
        self._playbook(request, page)
        return page

    def _ask(self, request: Request) -> Page:
        page, situation = Page(closing=False), request.situation
        self._acknowledge(request, page)
        question = ""
        proof: tuple[Evidence, ...] = ()
        if situation.lacks_item and situation.lacks_order:
            key = "ask.product_and_order"
        elif situation.lacks_item:
            key = "ask.product"
            question, proof = request.which_item()
        else:
            key = "ask.which_order" if len(request.context.orders) > 1 else "ask.order"
        answered = self.answers.direct(page, request.facts, 1) or self.answers.remedy(page, request.facts, 1)
        page.add(question or request.book.pick(key, request.seed), 2, SHOULD if answered else MUST, proof)
        self._codes(request, page)
        return page

    def _save(self, request: Request) -> Page:
        """What suits better, beside the way back that always stays open."""
        page, situation = Page(closing=False), request.situation
        self._acknowledge(request, page)
        self._codes(request, page)
        needs = request.needs()
        letter = request.context.ticket.channel in LETTERS
        if needs and letter and not page.names(needs):
            page.add(request.book.pick("need", request.seed, {"need": needs}), 2, MAY)
        compared = self.answers.compare(page, request.facts, 1)
        itself = not any(save.replaces for save in request.saves)  # else the question is about another product
        informed = not compared and self.answers.direct(page, request.facts, 1, of_products=itself, sure=True)
        if not compared and not informed and len(situation.products) == 1:
            self.answers.remedy(page, request.facts, 1, alike=3)
        request.offers.tell(page, request.saves, request.codes, "" if letter else needs)
        bought = any(save.replaces for save in request.saves) or situation.order is not None or situation.products
        gone = self._gone(request, page)
        returning = gone or RETURNS & set(situation.intents) or "product_dissatisfaction" in situation.intents
        returning = returning and not situation.window  # what is over is not promised
        if returning and bought:
            key = (
                "save.keep_refund"
                if "return_request" not in situation.intents and "refund_request" in situation.intents
                else "save.keep_return"
            )
            short = request.book.pick(f"{key}.short", request.seed) if not letter else ""
            page.add(short or request.say(key), 3, MUST)
        elif any(save.kind == "exchange" or save.replaces for save in request.saves):
            page.add(request.book.pick("save.confirm", request.seed), 3, SHOULD)
        else:
            page.add(request.book.pick("save.confirm_buy", request.seed), 3, NICE)
        questions = [name for name in situation.intents if name in QUESTIONS and name != "advice_request"]
        if not informed and questions and not self.answers.tell(page, request.facts, 4, of_products=False, sure=True):
            page.add(request.say(f"plan.{questions[0]}", page), 4, SHOULD)  # an offer is no answer to it
        self._playbook(request, page)
        self._occasion(request, page)
        return page

    def _resolve(self, request: Request, beside_save: bool) -> tuple[Stance, Page]:
        situation = request.situation
        page = Page(closing=situation.topic not in ("praise", "small_talk"))
        stance: Stance = "resolve"
        topics = plan_topics(
            situation, beside_save=beside_save, named_code=bool(self._whys(request)) or request.code_like()
        )
        dated = bool(situation.order and any(request.topic_facts(name) for name in topics if name in OF_ORDER))
        self._acknowledge(request, page, bare=dated)
        explained = self._codes(request, page)
        placed = asks_afterwards(request.context)
        if explained and (placed or not any(why.works for why in self._whys(request))):
            stance = "decline"
        if not request.informs:
            self._gap_of_item(request, page)
        replacements = [save for save in request.saves if save.kind == "replacement"]
        if replacements and "refund_request" not in situation.intents:
            request.offers.tell(page, replacements, ())
            page.add(request.book.pick("save.keep_refund", request.seed), 3, SHOULD)
            self._playbook(request, page)
            return stance, page
        told: set[str] = set()
        for topic in topics:
            if topic == "product_question" and "stock_question" in told:
                continue  # what is in stock says already in what variants it comes
            for text, evidence in request.topic_facts(topic):
                if page.add(text, 1, SHOULD, evidence) and topic not in HALF_ANSWERED:
                    told.add(topic)
        asked = [topic for topic in situation.intents if topic in QUESTIONS]
        answered = (
            bool(asked or topics == ["general"])
            and not beside_save
            and self.answers.tell(
                page, request.facts, 1, of_products=not request.saves, sure="stock_question" in told or not asked
            )
        )
        told |= set(asked) if answered else set()
        if not answered and not beside_save:
            answered = self.answers.direct(page, request.facts, 1) or self.answers.remedy(page, request.facts, 1)
            told |= set(asked) if answered else set()
        for topic in topics:
            if (topic in QUESTIONS and topic in told) or (topic == "code_question" and stance == "decline"):
                continue
            if topic == "product_question" and "stock_question" in told:
                continue
            if topic == "general" and (answered or explained):
                continue
            key = f"plan.{chosen(topic, situation)}"
            if key == "plan.window_over.late":
                stance = "decline"
            if topic == "exchange_request" and self._gone(request, page):
                page.add(request.book.pick("plan.exchange_gone", request.seed), 2, MUST)
                continue
            proof = request.order_proof() + (situation.window_source if key == "plan.window_over.late" else ())
            page.add(request.with_gaps(key, page) or request.say(key, page), 2, MUST, proof)
        if not request.informs:
            self._gap_of_order(request, page)
        ruled = [name for name in situation.intents if name in RULED and "code_wish" not in topics]
        if situation.window:  # how a return works is no answer where there is none
            ruled = [name for name in ruled if name not in RETURNS]
        if ruled and not answered and "not_received" not in map(partial(chosen, situation=situation), topics):
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

    def _only_informs(self, request: Request) -> bool:
        """Whether a ticket only asks what the help centre answers: no order is needed to say so."""
        return only_asks(request.context) and self.answers.direct(Page(), request.facts, 1)

    def _acknowledge(self, request: Request, page: Page, *, bare: bool = False) -> None:
        """What we have understood, in terms of this ticket. `bare`: the next sentence names the order."""
        situation = request.situation
        topic = situation.topic
        if topic == "service_failure_open" and situation.strong:
            first = situation.strong[0]
            topic = first if first not in ("praise", "small_talk", "order_status") else topic
        if topic == "code_question" and not self._whys(request):
            topic = topic if request.code_like() else "code_wish"
        if topic not in FELT and situation.writes_again(request.context):
            topic = "repeat_contact"
        weight = SHOULD if topic in FELT else MAY
        if weight == MAY and situation.goes_on(request.context):
            return
        told = page if not bare else Page(named=situation.order.name if situation.order else "")
        need = request.need_of_item()
        text = request.say(f"ack.{topic}", told, need=need) or request.book.pick("ack.general", request.seed)
        page.add(text, 0, weight, request.order_proof() + request.about_proof())

    def _whys(self, request: Request) -> list[Why]:
        matcher, context = self.codes, request.context
        return [matcher.explain(code, context, request.saves) for code in matcher.named(context)[:3]]

    def _codes(self, request: Request, page: Page) -> bool:
        """Explains codes that the customer named. Where we don't sell, a code that works is not praised."""
        whys = self._whys(request)
        offered = {offer.code.code for offer in request.codes}
        whys = [why for why in whys if not why.works or why.code in offered]
        if not whys and "code_question" in request.situation.intents and request.code_like():
            whys = [Why("", False, "unknown")]
        placed = asks_afterwards(request.context)
        if placed and any(why.works for why in whys) and self.answers.afterwards(page, request.facts):
            return True
        request.offers.explain(page, whys, placed=placed)
        return bool(whys)

    def _gone(self, request: Request, page: Page) -> bool:
        """Says that the variant which is asked for in exchange is sold out."""
        if "exchange_request" not in request.situation.intents or any(s.kind == "exchange" for s in request.saves):
            return False
        return any(page.add(text, 1, MUST, proof) for text, proof in request.facts.of_gone())

    def _gap_of_item(self, request: Request, page: Page) -> None:
        if request.situation.lacks_item:
            request.gap(page, "product")

    def _gap_of_order(self, request: Request, page: Page) -> None:
        """A visible gap for what the agent may look up in place of asking, where no plan has it already."""
        if request.situation.lacks_order and not page.gaps_named(request.book.label("gap_name.order")):
            request.gap(page, "order")

    def _playbook(self, request: Request, page: Page) -> None:
        """The sentences that the shop's rules ask for; one with a slot that is not known is left out."""
        say(request, page)

    def _occasion(self, request: Request, page: Page) -> None:
        """A word on what the customer tells of their life, where nothing is wrong."""
        context = request.context
        if not context.selling.allowed and set(context.selling.reasons) != {"no_marketing_consent_for_upsell"}:
            return
        if context.signals.sentiment.score < -0.2:
            return
        for occasion in context.signals.occasions[:1]:
            page.add(request.book.pick(f"occasion.{occasion.id}", request.seed), 6, NICE)

    def _draft(self, number: int, stance: Stance, page: Page, request: Request) -> Draft:
        context = request.context
        name = first_name(context)
        self._hold_to_terms(page, request)
        text, evidence = render(page, request.book, context.ticket.channel, name, request.seed)
        gaps = tuple(gap for gap in page.gaps if f"[[{gap.placeholder}]]" in text)
        if context.ticket.id:
            evidence = tuple(dict.fromkeys((*evidence, Evidence("ticket", context.ticket.id))))
        return Draft(f"draft-{number}-{stance}", stance, request.book.language, text, gaps, evidence)

    def _hold_to_terms(self, page: Page, request: Request) -> None:
        """Takes away what an article or a running code contradicts, whoever wrote it; an article is right itself."""
        language, now = request.book.language, request.context.now
        for place, line in enumerate(page.lines):
            if any(evidence.type == "article" for evidence in line.evidence):
                continue
            page.lines[place] = replace(line, text=self.terms.without_conflicts(line.text, language, now))
        page.lines[:] = [line for line in page.lines if line.text]


def leaving(situation: Situation) -> bool:
    """Whether the customer may want to give it back: not who asks for another size of what they like."""
    if RETURNS & set(situation.intents):
        return True
    return "product_dissatisfaction" in situation.intents and "exchange_request" not in situation.strong


def is_offer(save: Save, situation: Situation) -> bool:
    """Whether a save is something else than what the customer asks about: that alone is an offer."""
    asked = {product.handle for product in situation.products}
    return save.kind in OFFERS and (save.replaces is not None or asked != {save.handle})
