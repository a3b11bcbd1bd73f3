"""SuggestionEngine: the one road from an open ticket to an answer.

    context -> signals -> restraint -> retrieve -> recommend -> compose -> guard

Each stage is timed. A stage that fails is named in `degraded`, and the rest of the answer still comes.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from copilot.context import Records, clean_ticket, find_records, place_needs
from copilot.models.reader import names_in, strictest
from copilot.models.task import NoAnswer
from copilot.ruling import codes_of, enriched, ruled, saves_of
from recommenders.customers import TierPolicy, churn_risk, view
from recommenders.domain import (
    Budget,
    Catalog,
    CodeOffer,
    Concern,
    Context,
    CustomerView,
    Delight,
    Draft,
    Save,
    Selling,
    Signals,
    Suggestion,
    SummaryLine,
    Ticket,
    Warning,
)
from recommenders.playbooks.matcher import Advice
from recommenders.protocols import FloatArray, ReadingEncoder
from recommenders.restraint import judge
from recommenders.retrieval.similar import is_quiet
from recommenders.signals.exclusions import find_exclusions
from recommenders.signals.heads import Correction
from recommenders.summary import summarize
from recommenders.text.concern import newest_concern
from recommenders.text.language import LanguageDetector
from recommenders.text.redact import redact

if TYPE_CHECKING:
    from copilot.live import LiveShop, Snapshot
    from copilot.models.polish import Polisher
    from copilot.models.reader import ModelReader
    from copilot.models.remote_encoder import RemoteEncoder
    from copilot.ports import Health, Reader
    from copilot.replay import Replayer
    from copilot.store.shop import ShopStore
    from copilot.toolbox import Toolbox
    from recommenders.playbooks.loader import Playbook
    from recommenders.signals.matter import MatterEncoder

log = logging.getLogger(__name__)
SECTIONS = ("similar", "saves", "codes", "drafts", "delights")
# Without one of these a ticket has not been read, and what was not read cannot be shown to be harmless.
READING = frozenset({"context", "encode", "signals", "restraint"})
UNCHECKED: dict[str, Any] = {"recovery": None, "tags": (), "permissions": ()}  # of what rules bring


@dataclass(frozen=True)
class Ask:
    """A parsed request. The ticket's messages are as they came: they may hold HTML, quotes and signatures."""

    ticket: Ticket
    now: datetime
    customer_id: str | None = None
    customer_email: str | None = None
    agent_id: str = ""
    sections: frozenset[str] = field(default_factory=lambda: frozenset(SECTIONS))
    limit: int = 3


@dataclass
class Run:
    """What one request collects on its way."""

    timings: dict[str, float] = field(default_factory=dict)
    degraded: list[str] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times a stage. A fault in it is logged and named; the caller goes on with what it had before."""
        started = time.perf_counter()
        try:
            yield
        except NoAnswer as error:  # a model elsewhere is slow or gone: nothing is wrong with this program
            log.warning("stage %s: %s", name, error)
            self.degraded.append(name)
        except Exception:  # the one place where any fault of a part must not take the whole answer with it
            log.exception("stage %s failed", name)
            self.degraded.append(name)
        finally:
            self.timings[name] = self.timings.get(name, 0.0) + (time.perf_counter() - started) * 1000


class SuggestionEngine:
    """Built once in `create_app`; read-only while serving, so threads share it."""

    def __init__(
        self,
        *,
        store: ShopStore,
        live: LiveShop[Toolbox],
        encoder: ReadingEncoder,
        reader: Reader,
        languages: LanguageDetector,
        budgets: Callable[[str, datetime, str | None], tuple[Budget, ...]],
        tiers: TierPolicy | None = None,
        model_reader: ModelReader | None = None,
        polisher: Polisher | None = None,
        remote: RemoteEncoder | None = None,
        matter: MatterEncoder | None = None,
        variants: Callable[[Toolbox, Playbook], Toolbox] | None = None,
        elsewhere: Callable[[], SuggestionEngine] | None = None,
    ) -> None:
        self._store = store
        self._live = live
        self._encoder = encoder
        self._reader = reader
        self._languages = languages
        self._budgets = budgets
        self._tiers = tiers or TierPolicy()
        self._model_reader = model_reader
        self._polisher = polisher
        self._remote = remote  # finds cases in the place of `encoder`, which still reads
        self._matter = matter  # or what joins its vector with what was read
        self._variants = variants  # the same toolbox for another playbook
        self._finds = True
        self.elsewhere = elsewhere  # makes this engine again, in another process

    def suggest(self, ask: Ask) -> Suggestion:
        """The whole answer for one ticket."""
        run = Run()
        shop = self._live.current  # one state of the shop from here to the end
        tools = shop.tools
        run.degraded += self._live.degraded
        context, advice = self.advised(self.read(ask, tools, run), tools, run)
        context = self.retrieved(ask, context, shop, run)
        answer = self.recommended(ask, context, advice, tools, run)
        answer = self._polished(answer, context, tools, run)
        answer = replace(_asked_for(answer, ask.sections), selling=_with_reason(answer.selling))
        return replace(answer, degraded=tuple(dict.fromkeys(run.degraded)), timings_ms=run.timings)

    def health(self) -> Health:
        """How many cases are searched, the model's name, and what does not work."""
        from copilot.ports import Health

        return Health(len(self._live.current.index), self._encoder.name, (*self._live.degraded, *self._live.notices))

    def catalog(self) -> Catalog:
        """What the shop has, as it is served now."""
        return self._live.current.catalog

    @property
    def shop(self) -> Snapshot[Toolbox]:
        """The state of the shop that is served now."""
        return self._live.current

    @property
    def finds(self) -> bool:
        """Whether it finds cases by itself, without asking an encoder elsewhere."""
        return self._finds and self._remote is None

    def replayer(self) -> Replayer:
        """What plays resolved tickets through playbooks."""
        from copilot.replay import Replayer

        return Replayer(self, self._store.database, self._encoder, self._reader, self._variants)

    def apart(
        self,
        *,
        store: ShopStore,
        encoder: ReadingEncoder,
        reader: Reader,
        budgets: Callable[[str, datetime, str | None], tuple[Budget, ...]],
    ) -> SuggestionEngine:
        """The same engine over other sources, for playing the past through it: no model elsewhere is asked."""
        made = copy(self)
        made._store, made._encoder, made._reader, made._budgets = store, encoder, reader, budgets
        made._finds = self.finds
        made._model_reader = made._polisher = made._remote = None
        return made

    def close(self) -> None:
        """Stops looking for new data, and ends the connections to models."""
        self._live.close()
        for model in (self._model_reader, self._polisher, self._remote):
            if model is not None:
                model.close()

    # ------------------------------------------------------------ context, signals, restraint

    def read(self, ask: Ask, tools: Toolbox, run: Run) -> Context:
        """The ticket with its records, what was read of it and restraint's verdict; nothing of the playbook's rules."""
        reading: list[FloatArray] = []
        ticket, concern, background, records = ask.ticket, Concern("", ()), 0, Records()
        with run.stage("context"):
            ticket = clean_ticket(ask.ticket)
            concern, background = newest_concern(ticket)
            records = find_records(
                self._store, tools.mentions, ticket, concern, ask.now, ask.customer_id, ask.customer_email
            )
        hint = records.customer.locale[:2] if records.customer else ""
        context = Context(
            ticket=ticket,
            concern=concern,
            signals=Signals(hint or "en"),
            catalog=tools.catalog,
            now=ask.now,
            customer=records.customer,
            orders=records.orders,
            order=records.order,
            history=records.history,
            agent_id=ask.agent_id,
            limit=ask.limit,
        )
        with run.stage("mentions"):
            mentions = tools.mentions.find(concern.text, records.orders)
            about = tools.mentions.about(concern.text, mentions, records.orders, records.order)
            context = replace(context, mentions=mentions, about=about)
        with run.stage("encode"):
            spans = [(s.start, s.end) for s in concern.sentences]
            whole, sentences, *reading = self._encoder.encode_reading(concern.text, spans)
            context = replace(context, vector=whole, sentence_vectors=sentences)
        with run.stage("signals"):
            signals = self._signals(context, reading, background, hint, tools.own_examples)
            context = replace(context, signals=signals, probability=signals.probability)
        by_heads = context
        if self._model_reader is not None and concern.text.strip():
            with run.stage("reader"):
                context = replace(context, signals=self._reread(self._model_reader, context, background))
        selling = context.selling
        with run.stage("restraint"):
            selling = judge(context) if by_heads is context else strictest(judge(context), judge(by_heads))
        return replace(context, selling=selling)

    def advised(self, context: Context, tools: Toolbox, run: Run) -> tuple[Context, Advice]:
        """What the playbook's rules say of a ticket that was read, and the restraint that they add."""
        advice = Advice()
        with run.stage("restraint"):
            tier, asked = self._tiers.tier(context.customer), context
            context, advice = ruled(context, tools, tier, lambda: self._budgets(asked.agent_id, asked.now, None))
        if READING & set(run.degraded):  # no selling; the reasons that were found still hold
            context = replace(context, selling=replace(context.selling, allowed=False))
        return context, advice

    def _signals(
        self, context: Context, reading: list[FloatArray], background: int, hint: str, own: Correction | None
    ) -> Signals:
        concern = context.concern
        language = self._languages.detect(_without_names(concern.text, context), hint)
        if reading and concern.text:
            signals = self._reader.read(concern, reading[0], reading[1], language, background=background, own=own)
        else:  # grammar and records can be read without the model
            signals = Signals(language, exclusions=find_exclusions(concern, language))
        return self._placed(signals, context)

    def _reread(self, reader: ModelReader, context: Context, background: int) -> Signals:
        names = names_in(context.ticket, context.customer)
        return self._placed(reader.read(context.concern, context.signals, names, background=background), context)

    def _placed(self, signals: Signals, context: Context) -> Signals:
        """With the items that the needs are about, and the risk that the customer leaves."""
        concern = context.concern
        handles = {sku: context.catalog.by_sku[sku][0].handle for sku in context.about if sku in context.catalog.by_sku}
        needs = place_needs(signals.needs, concern, context.about, context.mentions, handles)
        churn = churn_risk(context.customer, context.history, context.orders, signals.sentiment.score, context.now)
        return replace(signals, needs=needs, churn_risk=churn)

    # ------------------------------------------------------------ retrieve, recommend, compose

    def retrieved(self, ask: Ask, context: Context, shop: Snapshot[Toolbox], run: Run) -> Context:
        """The context with its similar cases; saves learn from more of them than the panel shows."""
        quiet = is_quiet({intent.id for intent in context.signals.intents})
        if self._finds and not quiet and ask.sections & {"similar", "saves", "drafts"}:
            with run.stage("retrieve"):
                similar = shop.similar(self._asking(context), max(ask.limit, 8))
                context = replace(context, similar=similar)
        return context

    def _asking(self, context: Context) -> Context:
        """The context with the vector that cases were stored with."""
        if self._remote is not None:  # like cases, the ticket is sent without its facts
            text = redact(context.concern.text, names_in(context.ticket, context.customer))
            return replace(context, vector=self._remote.question(text, context.signals.language))
        if self._matter is not None and context.vector is not None and context.probability is not None:
            vector = self._matter.question(context.vector, context.probability, context.signals.language)
            return replace(context, vector=vector)
        return context

    def recommended(self, ask: Ask, context: Context, advice: Advice, tools: Toolbox, run: Run) -> Suggestion:
        """All that is suggested, as far as the guard lets it through."""
        answer = self._recommend(ask, context, advice, tools, run)
        with run.stage("guard"):
            answer, drops = tools.guard.check(answer, context)
            for drop in drops:
                log.warning("held back %s %s: not %r", drop.section, drop.id, drop.invariant)
        if "guard" in run.degraded:  # what could not be checked is not shown
            answer = replace(answer, similar=(), saves=(), codes=(), drafts=(), delights=(), **UNCHECKED)
        return answer

    def _recommend(self, ask: Ask, context: Context, advice: Advice, tools: Toolbox, run: Run) -> Suggestion:
        """Everything that the asked sections need, whether or not it is shown; `_asked_for` takes the rest away."""
        limit, asked = ask.limit, ask.sections
        saves: tuple[Save, ...] = ()
        codes: tuple[CodeOffer, ...] = ()
        drafts: tuple[Draft, ...] = ()
        delights: tuple[Delight, ...] = ()
        customer = CustomerView(None, "unknown", None, 0, "")
        summary: tuple[SummaryLine, ...] = ()
        tier = self._tiers.tier(context.customer)
        with run.stage("customer"):
            customer = view(context, self._tiers)
            summary = summarize(context)
        if asked & {"saves", "codes", "drafts"}:
            with run.stage("saves"):
                saves = saves_of(context, advice, tools, limit)
        if asked & {"codes", "drafts"}:
            with run.stage("codes"):
                codes = codes_of(context, saves, advice, tools)[:limit]
        if "delights" in asked and not READING & set(run.degraded):
            with run.stage("delights"):
                if tools.delights.due(context, advice.matches):
                    budgets = self._budgets(context.agent_id, context.now, customer.id)
                    delights = tools.delights.recommend(
                        context, budgets, tier=tier, asked=advice.gestures, ruled=advice.matches
                    )[:limit]
        warnings = _of_records(context)
        if "similar" in asked:
            with run.stage("drafts"):  # they know the terms of the shop
                old = [tools.drafts.terms.superseded(similar, context.now) for similar in context.similar[:limit]]
                warnings += tuple(warning for warning in old if warning is not None)
        if "drafts" in asked:
            with run.stage("drafts"):
                told, shown = _told(saves, codes, asked)
                drafts = tools.drafts.compose(context, told, shown, delights, advice=advice)[:limit]
        answer = Suggestion(
            ticket_id=context.ticket.id or None,
            signals=context.signals,
            customer=customer,
            selling=context.selling,
            similar=context.similar[:limit],
            saves=saves,
            codes=codes,
            drafts=drafts,
            delights=delights,
            summary=summary,
            warnings=warnings,
            currency=(context.customer.currency if context.customer else "") or tools.catalog.currency,
        )
        return enriched(answer, context, advice, read=not READING & set(run.degraded))

    def _polished(self, answer: Suggestion, context: Context, tools: Toolbox, run: Run) -> Suggestion:
        """With drafts that read better where a model improves them and the guard has nothing against it."""
        if self._polisher is None or not answer.drafts:
            return answer
        with run.stage("polish"):
            drafts, failed = self._polisher.polish(
                answer.drafts,
                context,
                lambda written: tools.guard.check(replace(answer, drafts=written), context)[0].drafts,
            )
            answer = replace(answer, drafts=drafts)
            if failed:
                run.degraded.append("polish")
        return answer


def _with_reason(selling: Selling) -> Selling:
    """Where the ticket could not be read there is no other reason than that something of ours does not work."""
    return selling if selling.allowed or selling.reasons else replace(selling, reasons=("service_failure_open",))


def _asked_for(answer: Suggestion, sections: frozenset[str]) -> Suggestion:
    return replace(
        answer,
        similar=answer.similar if "similar" in sections else (),
        saves=answer.saves if "saves" in sections else (),
        codes=answer.codes if "codes" in sections else (),
    )


def _told(
    saves: tuple[Save, ...], codes: tuple[CodeOffer, ...], sections: frozenset[str]
) -> tuple[tuple[Save, ...], tuple[CodeOffer, ...]]:
    """Saves and codes as a draft may tell of them: no code that the answer itself does not show."""
    shown = codes if "codes" in sections else ()
    offered = {offer.code.code for offer in shown} | {save.code for save in saves if "saves" in sections}
    return tuple(save if save.code in offered else replace(save, code=None) for save in saves), shown


def _without_names(text: str, context: Context) -> str:
    """The text without product names: an English name in a French message says nothing of the language."""
    spans = sorted({(m.start, m.end) for m in context.mentions}, reverse=True)
    for start, end in spans:
        text = text[:start] + " " + text[end:]
    return text


def _of_records(context: Context) -> tuple[Warning, ...]:
    if context.customer is not None or not context.orders:
        return ()
    names = ", ".join(order.name for order in context.orders)
    return (Warning("identity", f"Nobody is identified: {names} is only named in the message. Verify first."),)
