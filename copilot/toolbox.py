"""Everything that is precomputed for one state of the shop's catalogue and playbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.cached_encoder import CachedEncoder
from copilot.shop.playbooks import FOLDER
from copilot.store.budgets import Limits
from recommenders.codes import CodeMatcher
from recommenders.delights import DelightRecommender
from recommenders.domain import Catalog, Context, Evidence
from recommenders.drafts.compose import DraftComposer
from recommenders.drafts.passages import ArticleIndex, PageIndex
from recommenders.drafts.terms import Terms
from recommenders.guard import Guard, Published, Shelf, foreign_data
from recommenders.playbooks.loader import Playbook, files_of
from recommenders.playbooks.loader import load as load_playbook
from recommenders.protocols import ReadingEncoder
from recommenders.saves.index import CatalogIndex
from recommenders.saves.needs import NeedSpace
from recommenders.saves.outcomes import Outcomes
from recommenders.saves.recommender import SaveRecommender
from recommenders.signals.heads import Heads
from recommenders.signals.needs import need_kinds
from recommenders.signals.own_examples import OwnExample, OwnExamples
from recommenders.text.mentions import MentionFinder

if TYPE_CHECKING:
    from copilot.settings import Settings
    from copilot.store.budgets import BudgetStore
    from copilot.store.shop import ShopStore

LEARNED_FROM = 2000  # newest cases with a product: enough to know what keeps customers, read in a second


@dataclass(frozen=True)
class Toolbox:
    """What a request uses; built before it is swapped in, read-only afterwards."""

    catalog: Catalog
    playbook: Playbook
    mentions: MentionFinder
    saves: SaveRecommender
    codes: CodeMatcher
    delights: DelightRecommender
    drafts: DraftComposer
    guard: Guard
    own_examples: OwnExamples | None = None


class ToolboxBuilder:
    """Makes the toolbox of a state of the shop; what texts it embeds is remembered on disk."""

    def __init__(
        self,
        store: ShopStore,
        encoder: ReadingEncoder,
        settings: Settings,
        budgets: BudgetStore,
        heads: Heads | None = None,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._heads = heads
        self._settings = settings
        self._budgets = budgets
        self._last_files: list[tuple[str, int, int]] = []
        self._last: tuple[Toolbox, CatalogIndex] | None = None

    def build(self, catalog: Catalog) -> Toolbox:
        """Everything for this catalogue and the shop's own playbooks, else the packaged one.

        Where only tickets were added, what depends on the catalogue alone is kept: a new ticket must be found soon.

        Raises:
            PlaybookError: names file, line and column of what is wrong in a playbook.
        """
        files = self._playbook_files()
        if self._last is None or self._last[0].catalog != catalog or self._last_files != files:
            self._last = self._of_catalog(catalog)
            self._last_files = files
        tools, index = self._last
        outcomes = Outcomes.build(self._store.solved_cases(LEARNED_FROM), catalog)
        return replace(tools, saves=SaveRecommender(index, outcomes))

    def _playbooks(self) -> Path | None:
        """The folder that the settings name, else the one that was loaded with the shop."""
        loaded = self._settings.data / FOLDER
        return self._settings.playbooks or (loaded if loaded.is_dir() else None)

    def _playbook_files(self) -> list[tuple[str, int, int]]:
        folder = self._playbooks()
        stats = [(path, path.stat()) for path in files_of(folder)] if folder else []
        return [(str(path), stat.st_mtime_ns, stat.st_size) for path, stat in stats]

    def _of_catalog(self, catalog: Catalog) -> tuple[Toolbox, CatalogIndex]:
        encoder = CachedEncoder(self._encoder, self._settings.data / "cache" / "texts.npz")
        playbook = load_playbook([folder for folder in (self._playbooks(),) if folder], catalog)
        self._set_budgets(playbook, catalog)
        index = CatalogIndex.build(catalog, encoder, NeedSpace.build(need_kinds(), encoder))
        codes = CodeMatcher(catalog)
        drafts = DraftComposer(
            playbook,
            catalog,
            articles=ArticleIndex.build(catalog.articles, encoder),
            pages=PageIndex.build(catalog.products, encoder),
            codes=codes,
        )
        toolbox = Toolbox(
            catalog=catalog,
            playbook=playbook,
            mentions=MentionFinder(catalog),
            saves=SaveRecommender(index, Outcomes({}, {})),
            codes=codes,
            delights=DelightRecommender(playbook),
            drafts=drafts,
            guard=Guard(self._shelf(catalog, playbook, codes, drafts.terms)),
            own_examples=self._own_examples(playbook),
        )
        encoder.save()
        return toolbox, index

    def _own_examples(self, playbook: Playbook) -> OwnExamples | None:
        """What the playbook's examples teach; None when there is nothing to teach."""
        if self._heads is None or not playbook.examples:
            return None
        families = (("intent", "intents"), ("need", "needs"), ("caution", "cautions"), ("occasion", "occasions"))
        taught = [
            OwnExample(
                example.text,
                frozenset(f"{family}:{name}" for family, key in families for name in getattr(example, key)),
                example.language,
            )
            for example in playbook.examples
        ]
        return OwnExamples.build(taught, self._heads, self._encoder)

    def _set_budgets(self, playbook: Playbook, catalog: Catalog) -> None:
        """A playbook's budgets stand before those of the settings."""
        own, settings = playbook.budgets, self._settings
        self._budgets.limits = Limits(
            settings.agent_monthly_budget if own.agent is None else Decimal(str(own.agent)),
            settings.team_monthly_budget if own.team is None else Decimal(str(own.team)),
            own.currency or settings.currency or catalog.currency,
        )

    def _shelf(self, catalog: Catalog, playbook: Playbook, codes: CodeMatcher, terms: Terms) -> Shelf:
        rules = {r.evidence(r.item.id).id for r in playbook.rules} | {
            g.evidence(g.item.id).id for g in playbook.gestures
        }
        articles = {article.id for article in catalog.articles}

        def known(evidence: Evidence, context: Context) -> bool:
            if evidence.type == "ticket":
                cases = {context.ticket.id, *(s.case.id for s in context.similar), *(c.id for c in context.history)}
                return evidence.id in cases or bool(self._store.cases([evidence.id]))
            if evidence.type == "order":
                return any(evidence.id in (order.id, order.name) for order in context.orders)
            if evidence.type == "product":
                return evidence.id in catalog.by_sku or evidence.id in catalog.by_handle
            return evidence.id in (articles if evidence.type == "article" else rules)

        published = Published.of(_published(catalog, playbook))

        def foreign(text: str, context: Context) -> str | None:
            return foreign_data(text, context, published)

        return Shelf(code_works=codes.code_works, known=known, foreign=foreign, against=terms.against)


def _published(catalog: Catalog, playbook: Playbook) -> Iterator[str]:
    """Every text that the shop wrote itself: what stands in one may stand in a draft to anybody."""
    for product in catalog.products:
        yield from (product.title, product.body, product.vendor, *product.tags)
        for variant in product.variants:
            yield from (variant.sku, *variant.options.values())
    for article in catalog.articles:
        yield from (article.title, article.text)
    for code in catalog.codes:
        yield from (code.code, code.title)
    for rule in playbook.rules:
        yield from rule.item.then.say.values()
    for gesture in playbook.gestures:
        yield gesture.item.gesture
        yield from (text for notes in gesture.item.note.values() for text in notes)
    for phrases in playbook.phrases.values():
        yield from (text for texts in phrases.values() for text in texts)
