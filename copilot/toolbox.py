"""Everything that is precomputed for one state of the shop's catalogue and playbook."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from copilot.cached_encoder import CachedEncoder
from copilot.store.budgets import Limits
from recommenders.codes import CodeMatcher
from recommenders.delights import DelightRecommender
from recommenders.domain import Catalog, Context, Evidence
from recommenders.drafts.compose import DraftComposer
from recommenders.drafts.passages import ArticleIndex, PageIndex
from recommenders.guard import Guard, Shelf, foreign_data
from recommenders.playbooks.loader import Playbook
from recommenders.playbooks.loader import load as load_playbook
from recommenders.protocols import Encoder
from recommenders.saves.index import CatalogIndex
from recommenders.saves.needs import NeedSpace
from recommenders.saves.outcomes import Outcomes
from recommenders.saves.recommender import SaveRecommender
from recommenders.signals.needs import need_kinds
from recommenders.text.mentions import MentionFinder

if TYPE_CHECKING:
    from copilot.settings import Settings
    from copilot.store.budgets import BudgetStore
    from copilot.store.shop import ShopStore


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


class ToolboxBuilder:
    """Makes the toolbox of a state of the shop; what texts it embeds is remembered on disk."""

    def __init__(self, store: ShopStore, encoder: Encoder, settings: Settings, budgets: BudgetStore) -> None:
        self._store = store
        self._encoder = encoder
        self._settings = settings
        self._budgets = budgets

    def build(self, catalog: Catalog) -> Toolbox:
        """Everything for this catalogue and the shop's own playbooks, else the packaged one.

        Raises:
            PlaybookError: names file, line and column of what is wrong in a playbook.
        """
        encoder = CachedEncoder(self._encoder, self._settings.data / "cache" / "texts.npz")
        folders = [self._settings.playbooks] if self._settings.playbooks else []
        playbook = load_playbook(folders, catalog)
        self._set_budgets(playbook, catalog)
        index = CatalogIndex.build(catalog, encoder, NeedSpace.build(need_kinds(), encoder))
        cases = (case for batch in self._store.iter_cases() for case in batch)
        codes = CodeMatcher(catalog)
        toolbox = Toolbox(
            catalog=catalog,
            playbook=playbook,
            mentions=MentionFinder(catalog),
            saves=SaveRecommender(index, Outcomes.build(cases, catalog)),
            codes=codes,
            delights=DelightRecommender(playbook),
            drafts=DraftComposer(
                playbook,
                catalog,
                articles=ArticleIndex.build(catalog.articles, encoder),
                pages=PageIndex.build(catalog.products, encoder),
                codes=codes,
            ),
            guard=Guard(self._shelf(catalog, playbook, codes)),
        )
        encoder.save()
        return toolbox

    def _set_budgets(self, playbook: Playbook, catalog: Catalog) -> None:
        """A playbook's budgets stand before those of the settings."""
        own, settings = playbook.budgets, self._settings
        self._budgets.limits = Limits(
            settings.agent_monthly_budget if own.agent is None else Decimal(str(own.agent)),
            settings.team_monthly_budget if own.team is None else Decimal(str(own.team)),
            own.currency or settings.currency or catalog.currency,
        )

    def _shelf(self, catalog: Catalog, playbook: Playbook, codes: CodeMatcher) -> Shelf:
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

        pages = [text for p in catalog.products for text in (p.title, p.body, *p.tags)]
        pages += [text for a in catalog.articles for text in (a.title, a.text)]
        prose = " ".join(pages).casefold()

        def foreign(text: str, context: Context) -> str | None:
            return foreign_data(text, context, prose)

        return Shelf(code_works=codes.code_works, known=known, foreign=foreign)
