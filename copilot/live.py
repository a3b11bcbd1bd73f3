"""LiveShop: the shop's data in memory, one consistent snapshot at a time, kept up to date while requests run."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from recommenders.domain import Case, Catalog, Context, Customer, SimilarCase
from recommenders.protocols import Encoder
from recommenders.retrieval.index import CaseIndex, Entry, StaleIndex
from recommenders.retrieval.similar import SimilarRecommender
from recommenders.text.language import LanguageDetector

log = logging.getLogger(__name__)

Tools = TypeVar("Tools")
_CASES_KEPT = 4000  # decoded cases in memory, per snapshot


class Shop(Protocol):
    """What is read of the shop's data; `copilot.store.shop.ShopStore`."""

    def revision(self) -> int:
        """Grows with every load that changed something."""
        ...

    def catalog(self) -> Catalog:
        """Products, codes and articles."""
        ...

    def customer(self, id: str | None = None) -> Customer | None:
        """By id."""
        ...

    def cases(self, ids: Sequence[str]) -> Mapping[str, Case]:
        """Whole cases by id; unknown ids are missing."""
        ...

    def case_count(self) -> int:
        """How many cases there are."""
        ...

    def iter_cases_since(self, revision: int, model: str) -> Iterator[Sequence[Entry]]:
        """What is indexed of the cases that later loads wrote, in batches."""
        ...


@dataclass(frozen=True)
class Snapshot(Generic[Tools]):
    """One state of the shop. Never changes; a request uses one from beginning to end."""

    revision: int
    catalog: Catalog
    index: CaseIndex
    tools: Tools
    recommender: SimilarRecommender

    def similar(self, context: Context, limit: int) -> tuple[SimilarCase, ...]:
        """Resolved tickets like this one, at most `limit`."""
        return self.recommender.recommend(context, limit)


class LiveShop(Generic[Tools]):
    """Holds the current snapshot and replaces it, as a whole, when the store's revision has grown.

    `build` makes everything else that depends on the catalogue, before the swap, so that no request ever sees half; it
    is called again too when what `watched` returns has changed. `notices` are what it could not use and did without. A
    failed refresh keeps the old snapshot, is named in `degraded` and tried again. The first snapshot is made in the
    constructor, from the folder if the index saved there fits; its errors are the caller's.
    """

    def __init__(
        self,
        store: Shop,
        encoder: Encoder,
        index_folder: Path,
        refresh_seconds: float,
        build: Callable[[Catalog], Tools],
        language_of: Callable[[str], str] | None = None,
        *,
        multilingual: bool = False,
        watched: Callable[[], Hashable] = lambda: None,
        notices: Callable[[], tuple[str, ...]] = lambda: (),
    ) -> None:
        self._store = store
        self._model, self._dimension = encoder.name, encoder.dimension
        self._folder = index_folder
        self._build = build
        self._language_of = language_of or LanguageDetector().detect
        self._multilingual = multilingual  # what the encoder is
        self._listeners: list[Callable[[Snapshot[Tools]], None]] = []
        self._missing = 0
        self._fault = ""
        self._refreshing = threading.Lock()
        self._closed = threading.Event()
        self._watched, self._notices = watched, notices
        self._seen = watched()  # before it is read, so that a change meanwhile is seen by the next look
        self._current = self._snapshot(self._opened())
        self._save()
        self._thread = threading.Thread(target=self._watch, args=(refresh_seconds,), name="live-shop", daemon=True)
        self._thread.start()

    @property
    def current(self) -> Snapshot[Tools]:
        """The newest complete snapshot. Take it once a request."""
        return self._current

    @property
    def degraded(self) -> tuple[str, ...]:
        """What does not work just now: empty, or "index: …" with the reason."""
        faults = [self._fault] if self._fault else []
        if self._missing:
            faults.append(f"index: {self._missing} cases have no vector of {self._model}: load the shop again")
        return tuple(faults)

    @property
    def notices(self) -> tuple[str, ...]:
        """What was asked for and is not in force, with the reason; answers are whole without it."""
        return self._notices()

    def on_change(self, listener: Callable[[Snapshot[Tools]], None]) -> None:
        """Calls `listener` with each later snapshot before it becomes the current one; an error stops the swap."""
        self._listeners.append(listener)

    def refresh(self) -> bool:
        """Looks for new data now; whether the snapshot was replaced. Raises what the store or a builder raises."""
        with self._refreshing:
            seen, same = self._watched(), self._store.revision() == self._current.revision
            if same and seen == self._seen:
                self._fault = ""
                return False
            if same:
                fresh = replace(self._current, tools=self._build(self._current.catalog))
            else:
                fresh = self._snapshot(self._current.index)
            for listener in self._listeners:
                listener(fresh)
            changed = fresh.index is not self._current.index
            self._current, self._seen = fresh, seen
            self._fault = ""
        if changed:
            self._save()
        return True

    def close(self) -> None:
        """Stops looking for new data; waits for a refresh that runs."""
        self._closed.set()
        self._thread.join(timeout=30)

    def _watch(self, seconds: float) -> None:
        while not self._closed.wait(seconds):
            try:
                self.refresh()
            # Whatever went wrong (the database is locked or gone, a builder failed), serving goes on with the old data.
            except Exception as error:
                if not self._fault:
                    log.exception("the shop's data could not be refreshed")
                self._fault = f"index: not up to date ({type(error).__name__})"

    def _opened(self) -> CaseIndex:
        """The saved index if it fits this shop and model, else an empty one."""
        try:
            index = CaseIndex.load(
                self._folder, self._model, self._dimension, self._language_of, multilingual=self._multilingual
            )
            if index.revision <= self._store.revision():
                return index
            log.info("the saved index is newer than the database; it is built again")
        except StaleIndex as error:
            log.info("the index is built anew: %s", error)
        return self._empty()

    def _empty(self) -> CaseIndex:
        return self._built(())

    def _snapshot(self, index: CaseIndex) -> Snapshot[Tools]:
        # The revision is read first: a load that ends meanwhile is then seen by the next look.
        revision = self._store.revision()
        catalog = self._store.catalog()
        index = self._caught_up(index)
        missing = self._store.case_count() - len(index)
        if missing and len(index):  # cases were erased, or the index belonged to another database
            index = self._caught_up(self._empty())
            missing = self._store.case_count() - len(index)
        self._missing = max(0, missing)
        return Snapshot(revision, catalog, index, self._build(catalog), self._recommender(index))

    def _caught_up(self, index: CaseIndex) -> CaseIndex:
        batches = self._store.iter_cases_since(index.revision, self._model)
        if len(index):
            return index.with_added(chain.from_iterable(batches))
        return self._built(chain.from_iterable(batches))

    def _built(self, entries: Iterable[Entry]) -> CaseIndex:
        return CaseIndex.build(
            entries, self._model, self._dimension, self._language_of, multilingual=self._multilingual
        )

    def _recommender(self, index: CaseIndex) -> SimilarRecommender:
        kept: dict[str, Case] = {}

        def cases(ids: Sequence[str]) -> Mapping[str, Case]:
            found = {case: kept[case] for case in ids if case in kept}
            if len(found) < len(ids):
                found |= self._store.cases([case for case in ids if case not in found])
                if len(kept) < _CASES_KEPT:
                    kept.update(found)
            return found

        return SimilarRecommender(index, cases, lambda customer: self._store.customer(id=customer))

    def _save(self) -> None:
        try:
            self._current.index.save(self._folder)
        except OSError as error:  # the next start takes longer, nothing else
            log.warning("the index could not be saved: %s", error)
