"""Everything that is precomputed for one state of the shop's catalogue and playbook."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from copilot.cached_encoder import CachedEncoder
from copilot.playbooks.folder import PlaybookFolder
from copilot.store.budgets import NEAR, Limits
from copilot.store.versions import VersionStore
from recommenders.codes import CodeMatcher
from recommenders.delights import DelightRecommender
from recommenders.domain import Catalog, Context, Evidence
from recommenders.drafts.compose import DraftComposer
from recommenders.drafts.passages import ArticleIndex, PageIndex
from recommenders.drafts.terms import Terms
from recommenders.guard import Guard, Published, Shelf, foreign_data
from recommenders.playbooks.loader import Playbook, PlaybookError, load_files
from recommenders.playbooks.rules import Rules
from recommenders.playbooks.schema import InlineGesture
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

T = TypeVar("T")
log = logging.getLogger(__name__)
LOOKED_BACK = 20  # versions, at the start, for one without errors
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
    limits: Limits | None = None  # what may be spent by this playbook
    rules: Rules | None = None  # the playbook's, ready to be matched


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
        self._folder = PlaybookFolder(settings.playbooks, settings.data)
        self._last: tuple[Toolbox, CatalogIndex] | None = None
        self._files: Mapping[str, str] | None = None  # those that were looked at last
        self._outcomes: tuple[int, Catalog, Outcomes] | None = None
        self._notice = ""

    def build(self, catalog: Catalog) -> Toolbox:
        """Everything for this catalogue and the shop's own playbooks, else the packaged one.

        Where only tickets were added, what depends on the catalogue alone is kept: a new ticket must be found soon. So
        it is where only a playbook was changed. Playbooks with an error leave those in force that were it before; at
        the start, the newest ones of the history that have none.

        Raises:
            PlaybookError: names file, line and column of what is wrong, where nothing was in force before.
        """
        playbook = self._playbook(catalog)
        if self._last is None or self._last[0].catalog != catalog:
            self._last = self._of_catalog(catalog, playbook)
        elif self._last[0].playbook != playbook:
            self._last = self.with_playbook(self._last[0], playbook), self._last[1]
        tools, index = self._last
        self._set_budgets(playbook, catalog)
        return replace(tools, saves=SaveRecommender(index, self._learned(catalog)))

    def watched(self) -> Hashable:
        """Differs when a playbook's file did."""
        return self._folder.fingerprint()

    def notices(self) -> tuple[str, ...]:
        """Why the playbooks that lie in the folder are not in force: empty, or "playbooks: …"."""
        return (self._notice,) if self._notice else ()

    def _playbook(self, catalog: Catalog) -> Playbook:
        """What is in force from now on."""
        contents, before = self._folder.read(), self._last[0].playbook if self._last else None
        if before is not None and contents.files == self._files and not contents.problems:
            return before
        try:
            if contents.problems:
                raise PlaybookError(contents.problems)
            playbook, self._notice = load_files(contents.files, catalog), ""
        except PlaybookError as error:
            held = before or self._of_history(catalog)
            if held is None:
                raise
            playbook = held
            errors = [problem for problem in error.problems if problem.severity == "error"]
            more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
            self._notice = f"playbooks: {errors[0]}{more}; the set before stays in force"
            log.error("the playbooks have errors, so the set before stays in force: %s%s", errors[0], more)
        self._files = contents.files
        return playbook

    def _of_history(self, catalog: Catalog) -> Playbook | None:
        """The newest set of the history that can be used; None without any."""
        for version in VersionStore(self._store.database).newest(LOOKED_BACK):
            try:
                return load_files(version.files, catalog)
            except PlaybookError:
                continue
        return None

    def _learned(self, catalog: Catalog) -> Outcomes:
        """What kept customers before, read again when there are new tickets."""
        revision = self._store.revision()
        if self._outcomes is None or self._outcomes[:2] != (revision, catalog):
            made = Outcomes.build(self._store.solved_cases(LEARNED_FROM), catalog)
            self._outcomes = revision, catalog, made
        return self._outcomes[2]

    def with_playbook(self, tools: Toolbox, playbook: Playbook) -> Toolbox:
        """The same toolbox for another playbook; nothing else changes, least of all the budgets that are in force."""
        shelf = self._shelf(tools.catalog, playbook, tools.codes, tools.drafts.terms)
        same = playbook.examples == tools.playbook.examples
        return replace(
            tools,
            playbook=playbook,
            rules=Rules.build(playbook, self._encoder, tools.rules),
            delights=DelightRecommender(playbook),
            drafts=tools.drafts.over(playbook),
            guard=Guard(shelf),
            own_examples=tools.own_examples if same else self._own_examples(playbook),
            limits=self._limits(playbook, tools.catalog),
        )

    def _of_catalog(self, catalog: Catalog, playbook: Playbook) -> tuple[Toolbox, CatalogIndex]:
        encoder = CachedEncoder(self._encoder, self._settings.data / "cache" / "texts.npz")
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
            limits=self._limits(playbook, catalog),
            rules=Rules.build(playbook, encoder),
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
        self._budgets.limits = self._limits(playbook, catalog)

    def _limits(self, playbook: Playbook, catalog: Catalog) -> Limits:
        """A playbook's budgets stand before those of the settings."""
        own, settings = playbook.budgets, self._settings
        return Limits(
            settings.agent_monthly_budget if own.agent is None else Decimal(str(own.agent)),
            settings.team_monthly_budget if own.team is None else Decimal(str(own.team)),
            own.currency or settings.currency or catalog.currency,
            _given(own.customer_days, settings.customer_cooldown_days),
            _given(_money(own.customer_amount), settings.customer_budget),
            _dearer(playbook),
            {name: Decimal(str(amount)) for name, amount in own.agents.items()},
            _given(own.alert_at, NEAR),
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
        then = rule.item.then
        yield from (*then.say.values(), *then.draft.values())
        if isinstance(then.delight, InlineGesture):
            yield then.delight.gesture
            yield from (text for notes in then.delight.note.values() for text in notes)
    for gesture in playbook.gestures:
        yield gesture.item.gesture
        yield from (text for notes in gesture.item.note.values() for text in notes)
    for phrases in playbook.phrases.values():
        yield from (text for texts in phrases.values() for text in texts)


def _dearer(playbook: Playbook) -> dict[str, Decimal]:
    """What gestures may cost at most, by the id that a delight of theirs has; one of a rule goes by the rule's."""
    inline = {rule.item.id: rule.item.then.delight for rule in playbook.rules}
    found = {id: own.up_to for id, own in inline.items() if isinstance(own, InlineGesture)}
    found |= {gesture.item.id: gesture.item.up_to for gesture in playbook.gestures}
    return {id: Decimal(str(most)) for id, most in found.items() if most is not None}


def _money(amount: float | None) -> Decimal | None:
    return None if amount is None else Decimal(str(amount))


def _given(own: T | None, otherwise: T) -> T:
    """A playbook's word, also when it is 0, else that of the settings."""
    return otherwise if own is None else own
