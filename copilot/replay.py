"""Plays resolved tickets through playbooks, as they stood before the first reply.

What the model read of a ticket is kept (store.readings), and records are read many at a time (store.openings), so that
ten thousand tickets are a matter of seconds. Nothing is sent to a model elsewhere: the past goes to nobody.
"""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import Engine as Database

import recommenders
from copilot.context import clean_ticket
from copilot.engine import Ask, Run, SuggestionEngine
from copilot.shop.batches import batched
from copilot.shop.fingerprint import source_digest
from copilot.store.found import KeptIndex
from copilot.store.openings import Openings
from copilot.store.readings import HALF, Reading, ReadingStore, text_key
from recommenders.domain import Budget, Case, Concern, Context, Signals, Ticket
from recommenders.playbooks.loader import Playbook, Sourced
from recommenders.playbooks.matcher import Advice
from recommenders.playbooks.nearest import Missed, Probes
from recommenders.playbooks.played import Played, Seen, firings_of, seen_of
from recommenders.playbooks.rules import Rules
from recommenders.playbooks.schema import Rule
from recommenders.playbooks.simulate import Report, Sets, report
from recommenders.protocols import FloatArray, ReadingEncoder
from recommenders.signals.heads import Correction, Heads
from recommenders.text.concern import newest_concern
from recommenders.text.redact import facts_of

if TYPE_CHECKING:
    from copilot.ports import Reader
    from copilot.toolbox import Toolbox

CHUNK = 500  # tickets whose records and readings are fetched at once
WORTH = 1000  # tickets from which on it is worth to begin other processes, which also leave this one to its requests
MOST_PROCESSES = 4
_NOTHING = Seen()
_LIBRARY = Path(str(recommenders.__file__)).parent
# What decides how a text is read: change any of it and readings are made anew.
_READING_CODE = (
    "signals/reader.py", "signals/heads.py", "signals/agree.py", "signals/grams.py", "signals/exclusions.py",
    "signals/needs.py", "signals/needs.yaml", "retrieval/encoder.py", "text/sentences.py",
)  # fmt: skip


class Replayer:
    """Plays the past of one shop.

    `variants` gives the toolbox for another playbook; without it only the one that is served can be played.
    """

    def __init__(
        self,
        engine: SuggestionEngine,
        database: Database,
        encoder: ReadingEncoder,
        reader: Reader,
        variants: Callable[[Toolbox, Playbook], Toolbox] | None = None,
    ) -> None:
        self._openings = Openings(database)
        self._kept = _Kept(ReadingStore(database, encoder.dimension, read_by(encoder, reader)), encoder, reader)
        self._variants = variants
        self._tools_of: dict[int, tuple[Playbook, Toolbox]] = {}
        self.finds = engine.finds
        shop = engine.shop
        name = hashlib.sha256(
            f"{shop.index.model} {shop.index.revision} {len(shop.index)} {shop.index.calibration}".encode()
            + source_digest(_LIBRARY, ("retrieval",))
        )
        self._found = KeptIndex(shop.index, database, name.hexdigest())
        self._shop = replace(shop, recommender=shop.recommender.over(self._found))
        self._limits: tuple[Budget, ...] = ()
        self._engine = engine.apart(
            store=self._openings, encoder=self._kept, reader=self._kept, budgets=lambda *_: self._limits
        )

    @property
    def tools(self) -> Toolbox:
        """Those that are served now, with the published playbook."""
        return self._shop.tools

    def case_ids(self, newest: int | None = None) -> list[str]:
        """Every resolved ticket, or those resolved last; those of one customer stand together."""
        return self._openings.case_ids(newest)

    def period(self) -> tuple[date, date]:
        """The days on which the first and the last ticket came in."""
        return self._openings.period()

    def contexts(
        self, ids: Sequence[str], tools: Toolbox, advance: Callable[[int], object] = lambda _: None
    ) -> Iterator[tuple[Case, Ask, Context]]:
        """Each ticket as it stood before the first reply, read as it would be read today."""
        for some in batched(ids, CHUNK):
            cases = self._openings.cases(some)
            self._openings.fetch(case.customer_id for case in cases.values() if case.customer_id)
            asks = [(case, Ask(opening(case), case.created_at, case.customer_id)) for case in cases.values()]
            self._kept.fetch(newest_concern(clean_ticket(ask.ticket))[0].text for _, ask in asks)
            for case, ask in asks:
                yield case, ask, self._engine.read(ask, tools, Run())
                advance(1)
            self._kept.flush()
            self._found.flush()

    def play(
        self, ids: Sequence[str], before: Playbook, after: Playbook, advance: Callable[[int], object] = lambda _: None
    ) -> tuple[list[Played], dict[str, Missed]]:
        """The tickets under two playbooks, and why rules of `after` did not fire."""
        old, new = self._tools(before), self._tools(after)
        sets = Sets(before, after)
        probes = Probes(after)
        probing = self._probing(new, probes.playbook)
        played = []
        reread = before.examples != after.examples
        for case, ask, context in self.contexts(ids, new, advance):
            run = Run()
            now, advice = then, past = self._advised(context, new, run)
            if before is not after:
                earlier = self._engine.read(ask, old, run) if reread else context
                then, past = self._advised(earlier, old, run)
            if probing.playbook is not probes.playbook:  # some rule fired, and needs no explanation any more
                probing = self._probing(new, probes.playbook)
            _, held = self._advised(context, probing, run)
            fired = [rule.id for rule in advice.fired]
            probes.note(fired, (match.evidence.id for match in held.matches), case.id, context.concern.text)
            seen = was = _NOTHING
            if advice.fired or past.fired:
                similar = self._engine.retrieved(ask, context, self._shop, run).similar
                now, then = replace(now, similar=similar), replace(then, similar=similar)
            elif new.delights.due(now) or old.delights.due(then):
                ask = replace(ask, sections=frozenset({"delights"}))  # gestures need no rule
            else:
                ask = replace(ask, sections=frozenset())
            if ask.sections:
                seen = self._seen(ask, now, advice, new, case, run)
                same = not reread and sets.same(past, advice)
                was = seen if same else self._seen(ask, then, past, old, case, run)
            played.append(
                Played(
                    case.id,
                    case.subject,
                    context.concern.text,
                    case.created_at,
                    facts_of(case, context.customer),
                    case.resolution,
                    case.outcome,
                    was,
                    seen,
                    tuple(dict.fromkeys(run.degraded)),
                )
            )
        return played, probes.missed

    def _tools(self, playbook: Playbook) -> Toolbox:
        if playbook == self.tools.playbook:
            return self.tools
        if self._variants is None:
            raise ValueError("this engine can only play the playbook that it serves")
        known = self._tools_of.get(id(playbook))
        if known is None or known[0] != playbook:
            known = self._tools_of[id(playbook)] = playbook, self._variants(self.tools, playbook)
        return known[1]

    def _probing(self, tools: Toolbox, playbook: Playbook) -> Toolbox:
        return replace(tools, playbook=playbook, rules=Rules.build(playbook, self._kept, tools.rules))

    def _advised(self, context: Context, tools: Toolbox, run: Run) -> tuple[Context, Advice]:
        self._spend_within(tools)
        return self._engine.advised(context, tools, run)

    def _seen(self, ask: Ask, context: Context, advice: Advice, tools: Toolbox, case: Case, run: Run) -> Seen:
        self._spend_within(tools)
        found = self._engine.recommended(ask, context, advice, tools, run)
        return seen_of(firings_of(context, advice, case.resolution), advice, found)

    def _spend_within(self, tools: Toolbox) -> None:
        """Nothing is spent yet: what the tickets would cost together is the report's to say."""
        if tools.limits is None:
            self._limits = ()
        else:
            self._limits = (Budget("agent:", float(tools.limits.agent)), Budget("team", float(tools.limits.team)))

    def forget_others(self, texts: Iterable[str]) -> None:
        """Removes the readings of tickets that are gone; `texts` are the keys of all openings that there are."""
        self._kept.store.keep_only(set(texts))


def simulate_draft(
    engine: SuggestionEngine,
    draft: Playbook,
    published: Playbook | None = None,
    *,
    newest: int | None = None,
    processes: int | None = None,
    progress: Callable[[int], Callable[[int], object]] | None = None,
) -> Report:
    """What a draft would have done on resolved tickets, beside what `published` (else the one in force) would have.

    Args:
        newest: only so many of the tickets resolved last.
        processes: among which the tickets are shared; by default as many as there are cores, where that is worth it.
        progress: called with the number of tickets; what it returns is called with the number done since.
    """
    replayer = engine.replayer()
    before = replayer.tools.playbook if published is None else published
    ids = replayer.case_ids(newest)
    after, undated = undated_for(draft, *replayer.period())
    after = before if after == before else after
    advance = progress(len(ids)) if progress else _nothing
    wanted = (min(os.cpu_count() or 1, MOST_PROCESSES) if len(ids) >= WORTH else 1) if processes is None else processes
    if wanted > 1 and engine.elsewhere is not None:
        played, missed = _shared(engine.elsewhere, wanted, ids, before, after, advance)
    else:
        played, missed = replayer.play(ids, before, after, advance)
    if newest is None:
        replayer.forget_others(text_key(ticket.opening) for ticket in played)
    return report(
        played,
        missed,
        Sets(before, after),
        catalog=replayer.tools.catalog,
        undated=undated,
        notes=tuple(_notes(replayer, before, after)),
    )


def _notes(replayer: Replayer, before: Playbook, after: Playbook) -> Iterator[str]:
    if not replayer.finds:
        yield "similar tickets were not looked up, because an encoder elsewhere finds them"
    if before.phrases != after.phrases:
        yield "the phrases differ, too: drafts of tickets on which no rule fires are not compared"


def _nothing(_: int) -> None:
    return None


# ---------------------------------------------------------------- several processes

_here: list[tuple[Replayer, Playbook, Playbook]] = []  # in a process that plays for another: what it plays


def _shared(
    elsewhere: Callable[[], SuggestionEngine],
    processes: int,
    ids: Sequence[str],
    before: Playbook,
    after: Playbook,
    advance: Callable[[int], object],
) -> tuple[list[Played], dict[str, Missed]]:
    """As `Replayer.play`, by several processes; each begins anew, because a copy of this one may hold locks."""
    played: list[Played] = []
    parts: list[dict[str, Missed]] = []
    pieces = list(batched(ids, CHUNK))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, _begin, (elsewhere, before, after)) as pool:
        for some, why in pool.map(_play_piece, pieces):
            played += some
            parts.append(why)
            advance(len(some))
    missed: dict[str, Missed] = {}
    for rule in set.intersection(*(set(part) for part in parts)) if parts else set():
        missed[rule] = Missed()
        for part in parts:
            missed[rule].merge(part[rule])
    return played, missed


def _begin(elsewhere: Callable[[], SuggestionEngine], before: Playbook, after: Playbook) -> None:
    logging.getLogger("copilot").setLevel(logging.ERROR)
    _here.append((elsewhere().replayer(), before, after))


def _play_piece(ids: Sequence[str]) -> tuple[list[Played], dict[str, Missed]]:
    replayer, before, after = _here[0]
    return replayer.play(ids, before, after)


# ---------------------------------------------------------------- what was read, kept


class _Kept:
    """Encoder and reader in one: answers from what was kept, and keeps what it had to read.

    Vectors are rounded as they are stored also when they are new: the first replay says what the second one does.
    """

    def __init__(self, store: ReadingStore, encoder: ReadingEncoder, reader: Reader) -> None:
        self.store = store
        self._encoder = encoder
        self._reader = reader
        self._known: dict[str, Reading] = {}
        self._exact: dict[str, tuple[FloatArray, FloatArray]] = {}
        self._new: dict[str, Reading] = {}

    # ------------------------------------------------------------ a chunk of tickets

    def fetch(self, texts: Iterable[str]) -> None:
        """Reads what is kept of these texts, and forgets what was fetched before."""
        self._known = self.store.find(text_key(text) for text in texts)
        self._exact = {}

    def flush(self) -> None:
        """Keeps what was read since."""
        self.store.keep({key: reading for key, reading in self._new.items() if reading.signals is not None})
        self._new = {}

    # ------------------------------------------------------------ ReadingEncoder

    @property
    def name(self) -> str:
        """That of the encoder within."""
        return self._encoder.name

    @property
    def dimension(self) -> int:
        """That of the encoder within."""
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Not kept."""
        return self._encoder.encode(texts)

    def encode_spans(self, text: str, spans: Sequence[tuple[int, int]]) -> tuple[FloatArray, FloatArray]:
        """The whole and the spans, of `encode_reading`."""
        return self.encode_reading(text, spans)[:2]

    def encode_reading(
        self, text: str, spans: Sequence[tuple[int, int]]
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """As the encoder within, but for the rounding."""
        key = text_key(text)
        known = self._known.get(key)
        if known is None or len(known.sentences) != len(spans):
            found = self._encoder.encode_reading(text, spans)
            self._exact[key] = found[2:]
            whole, sentences, read_whole, read_sentences = (a.astype(HALF).astype(np.float32) for a in found)
            known = self._known[key] = Reading(whole, sentences, read_whole, read_sentences)
        return known.whole, known.sentences, known.read_whole, known.read_sentences

    # ------------------------------------------------------------ TicketReader

    def read(
        self,
        concern: Concern,
        whole: FloatArray,
        sentences: FloatArray,
        language: str,
        *,
        background: int = 0,
        own: Correction | None = None,
    ) -> Signals:
        """The signals as they were read, or with what the shop's own examples add for a text like them."""
        key = text_key(concern.text)
        known = self._known[key]
        if own is not None and (background or own.logits(np.vstack([whole[None], sentences])).any()):
            taught = self._reader.read(concern, whole, sentences, language, background=background, own=own)
        else:
            taught = None
        signals = known.signals
        if signals is None or signals.language != language or known.background != background:
            exact = self._exact.get(key, (whole, sentences))
            signals = self._reader.read(concern, *exact, language, background=background)
            self._known[key] = self._new[key] = replace(known, signals=signals, background=background)
        return taught or signals


def opening(case: Case) -> Ticket:
    """A resolved ticket as it stood before the first reply."""
    said = [message for message in case.messages if message.author != "note"]
    first = next((i for i, message in enumerate(said) if message.author == "agent"), len(said))
    return Ticket(case.id, tuple(said[:first]), case.subject, case.channel, "", case.tags, case.order_ids)


def read_by(encoder: ReadingEncoder, reader: Reader) -> str:
    """What tells readings of one model and its heads from those of another; a hex digest."""
    digest = hashlib.sha256(f"{encoder.name}/{encoder.dimension}\n".encode())
    digest.update(source_digest(_LIBRARY, _READING_CODE))
    heads = getattr(reader, "heads", None)
    if isinstance(heads, Heads):
        digest.update(f"{heads.digest} {sorted(heads.meta.items())}".encode())
    return digest.hexdigest()


def undated_for(playbook: Playbook, first: date, last: date) -> tuple[Playbook, tuple[str, ...]]:
    """The playbook with rules made valid whose time lies wholly outside of the tickets', and which ones those are.

    A rule for next month could otherwise not be tried on last month's tickets.
    """
    undated: list[str] = []
    rules: list[Sourced[Rule]] = []
    for rule in playbook.rules:
        starts, ends = rule.valid_from, rule.valid_until
        if (starts is not None and starts > last) or (ends is not None and ends < first):
            undated.append(rule.evidence(rule.item.id).id)
            rule = replace(rule, valid_from=None, valid_until=None)
        rules.append(rule)
    return replace(playbook, rules=tuple(rules)) if undated else playbook, tuple(undated)
