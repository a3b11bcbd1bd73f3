"""The last look: the contract's invariants over the whole answer. What fails is dropped and named, never repaired."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from recommenders.domain import (
    CodeOffer,
    Context,
    Delight,
    Draft,
    Evidence,
    Permission,
    Recovery,
    Save,
    SimilarCase,
    Suggestion,
)
from recommenders.text.redact import facts_of, find_personal

FREE_KINDS = frozenset({"fix", "exchange", "replacement"})
NO_GESTURE = frozenset({"fraud_or_security", "privacy_request", "harassment", "legal_threat", "chargeback"})
_GAP = re.compile(r"\[\[(.{1,80}?)\]\]")
_LEFTOVER = re.compile(r"\{\{|\{%|\}\}|%\}")
_LONG_NUMBER = re.compile(r"\d(?:[ ()./-]{0,3}\d){6,22}")
MAX_DRAFT = 2500
T = TypeVar("T")
# A test is the name of an invariant and the question whether an item keeps it.
Test = tuple[str, Callable[[T], bool]]


@dataclass(frozen=True, slots=True)
class Drop:
    """Something that was held back: its section, its id and the invariant that it broke."""

    section: str
    id: str
    invariant: str


@dataclass(frozen=True)
class Shelf:
    """What the guard may compare with: every id that evidence can point at, and a test for codes.

    `code_works` is asked again for every offered code with the sku it is offered for; `known` says whether evidence
    exists; `foreign` finds another person's data in a text; `against` finds what a text in a language promises against
    the shop's own terms.
    """

    code_works: Callable[[str, Context, tuple[Save, ...]], bool]
    known: Callable[[Evidence, Context], bool]
    foreign: Callable[[str, Context], str | None]
    against: Callable[[str, str, Context], str | None] = lambda text, language, context: None  # noqa: ARG005


class Guard:
    """Checks the answer as a whole, whatever produced its parts."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def check(self, answer: Suggestion, context: Context) -> tuple[Suggestion, tuple[Drop, ...]]:
        """The answer without what breaks an invariant, and what that was."""
        drops: list[Drop] = []

        def keep(section: str, items: tuple[T, ...], name: Callable[[T], str], *tests: Test[T]) -> tuple[T, ...]:
            kept = []
            for item in items:
                broken = next((rule for rule, holds in tests if not holds(item)), None)
                if broken is None:
                    kept.append(item)
                else:
                    drops.append(Drop(section, name(item), broken))
            return tuple(kept)

        similar = keep(
            "similar", answer.similar, _case_id, ("not this ticket", lambda s: s.case.id != context.ticket.id)
        )
        saves = keep("saves", answer.saves, lambda s: s.id, *self._save_tests(context))
        codes = keep("codes", answer.codes, lambda c: c.code.code, *self._code_tests(context, saves))
        saves = tuple(
            replace(s, code=None) if s.code and not self._save_code_works(s, context, drops) else s for s in saves
        )
        delights = keep("delights", answer.delights, lambda d: d.id, *self._delight_tests(context))
        held = {s.sku for s in answer.saves if s.sku} - {s.sku for s in saves}
        drafts = keep("drafts", answer.drafts, lambda d: d.id, *self._draft_tests(context, saves, codes, held))
        tags = keep(
            "tags", answer.tags, lambda t: t.id, ("evidence exists", lambda t: self._proven(t.evidence, context))
        )
        permissions = keep("permissions", answer.permissions, lambda p: p.id, *self._permission_tests(context))
        plans = (answer.recovery,) if answer.recovery is not None else ()
        recovery = next(iter(keep("recovery", plans, lambda _: "recovery", *self._recovery_tests(context))), None)
        checked = replace(
            answer, similar=similar, saves=saves, codes=codes, delights=delights, drafts=drafts, tags=tags,
            permissions=permissions, recovery=recovery,
        )  # fmt: skip
        return checked, tuple(drops)

    def _permission_tests(self, context: Context) -> Iterator[Test[Permission]]:
        yield "for a customer whom we know", lambda p: context.customer is not None  # noqa: ARG005
        yield "an amount", lambda p: 0 < p.up_to < math.inf
        yield "evidence exists", lambda p: bool(p.evidence) and self._proven(p.evidence, context)
        if set(context.selling.reasons) & NO_GESTURE:
            yield "nothing is given away here", lambda p: False  # noqa: ARG005

    def _recovery_tests(self, context: Context) -> Iterator[Test[Recovery]]:
        today = (context.now - timedelta(days=1)).date()  # in whatever time zone the playbook counts
        yield "says what to do", lambda r: bool(r.steps) or r.follow_up_on is not None
        yield "follows up in the future", lambda r: r.follow_up_on is None or r.follow_up_on > today
        yield "evidence exists", lambda r: bool(r.evidence) and self._proven(r.evidence, context)

    def _proven(self, evidence: tuple[Evidence, ...], context: Context) -> bool:
        return all(self.shelf.known(entry, context) for entry in evidence)

    def _save_code_works(self, save: Save, context: Context, drops: list[Drop]) -> bool:
        code = context.catalog.by_code.get((save.code or "").casefold())
        works = (
            code is not None
            and (context.selling.allowed or "recovery" in code.purposes)
            and self.shelf.code_works(code.code, context, (save,))
        )
        if not works:
            drops.append(Drop("saves", save.id, "its code works"))
        return works

    def _save_tests(self, context: Context) -> Iterator[Test[Save]]:
        catalog = context.catalog
        lines = {line.sku for order in context.orders for line in order.lines}

        def buyable(save: Save) -> bool:
            if save.sku is None:
                return save.kind == "fix"
            found = catalog.by_sku.get(save.sku)
            return found is not None and found[0].active and (found[1].in_stock or save.kind == "fix")

        def another(save: Save) -> bool:
            return save.kind in ("fix", "replacement") or save.sku is None or save.sku != save.replaces

        def priced(save: Save) -> bool:
            found = catalog.by_sku.get(save.sku or "")
            return found is None or save.price is None or abs(found[1].price - save.price) < 0.005

        yield "can be bought", buyable
        yield "is not what it replaces", another
        yield "the catalogue's price", priced
        yield "replaces a line of this customer", lambda s: s.replaces is None or s.replaces in lines
        yield "evidence exists", lambda s: bool(s.evidence) and self._proven(s.evidence, context)
        if not context.selling.allowed:
            yield "selling waits for service", lambda s: s.kind in FREE_KINDS and (s.price_difference or 0) <= 0

    def _code_tests(self, context: Context, saves: tuple[Save, ...]) -> Iterator[Test[CodeOffer]]:
        yield "would work at checkout", lambda c: self.shelf.code_works(c.code.code, context, saves)
        yield "evidence exists", lambda c: self._proven(c.evidence, context)
        if not context.selling.allowed:
            yield "only recovery codes", lambda c: "recovery" in c.code.purposes

    def _delight_tests(self, context: Context) -> Iterator[Test[Delight]]:
        cautions = set(context.selling.reasons)
        yield "has a cue", lambda d: bool(d.quote)
        yield "within the budget", lambda d: d.budget is None or d.cost is None or d.cost <= d.budget.remaining + 0.004
        yield "evidence exists", lambda d: self._proven(d.evidence, context)
        if "bereavement" in cautions or any(o.id == "condolence" for o in context.signals.occasions):
            yield "on a loss only condolence", lambda d: d.occasion == "condolence"
        if cautions & NO_GESTURE:
            yield "no gesture here", lambda d: False  # noqa: ARG005

    def _draft_tests(
        self, context: Context, saves: tuple[Save, ...], codes: tuple[CodeOffer, ...], held: set[str]
    ) -> Iterator[Test[Draft]]:
        said = " ".join([context.ticket.subject, *(m.text for m in context.ticket.messages)]).casefold()
        used = {code.casefold() for order in context.orders for code in order.discount_codes}
        offered = {c.code.code.casefold() for c in codes} | {s.code.casefold() for s in saves if s.code}

        def only_offered_codes(draft: Draft) -> bool:
            words = {word.casefold() for word in re.findall(r"[A-Za-z0-9_-]{4,}", draft.text)}
            shouted = set(re.findall(r"[A-Z0-9_-]{4,}", draft.text))
            for key, code in context.catalog.by_code.items():
                named = key in words if re.search(r"\d", key) else code.code in shouted
                if named and key not in offered | used and key not in said:
                    return False
            return True

        def gaps_agree(draft: Draft) -> bool:
            return {m.strip() for m in _GAP.findall(draft.text)} == {gap.placeholder for gap in draft.gaps}

        yield "1 to 2500 characters", lambda d: 0 < len(d.text.strip()) <= MAX_DRAFT
        yield "no leftover of a template", lambda d: not _LEFTOVER.search(d.text)
        yield "gaps are listed", gaps_agree
        yield "only codes that are offered", only_offered_codes
        yield "nobody else's data", lambda d: self.shelf.foreign(d.text, context) is None
        yield "keeps the shop's terms", lambda d: self.shelf.against(d.text, d.language, context) is None
        yield "evidence exists", lambda d: self._proven(d.evidence, context)
        yield (
            "offers nothing that was held back",
            lambda d: not any(e.type == "product" and e.id in held for e in d.evidence),
        )


@dataclass(frozen=True, slots=True)
class Published:
    """What the shop itself says to everybody, prepared once: the text, case-folded, and the long numbers in it."""

    text: str = ""
    numbers: frozenset[str] = frozenset()

    @classmethod
    def of(cls, texts: Iterable[str]) -> Published:
        """From articles, product pages, and what playbooks say."""
        text = "\n".join(texts).casefold()
        return cls(text, _numbers(text))


def foreign_data(text: str, context: Context, published: Published | None = None) -> str | None:
    """The first personal fact in a draft that is neither this customer's, the ticket's, nor the shop's own; else None.

    Facts are compared as a whole: "Tom" does not stand in "customer", nor order 100 in order 1001.

    Args:
        text: the draft.
        context: what the draft may draw on.
        published: everything that the shop says to everybody.
    """
    published = published or Published()
    own = _own(context)
    for found in find_personal(text):
        piece = text[found.start : found.end]
        if not (_stands(piece, own) or _stands(piece, published.text) or _is_known(piece, own, published)):
            return piece
    for similar in context.similar:
        for name in sorted(facts_of(similar.case).names, key=len, reverse=True):
            named = len(name) > 2 and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
            if named and not (_stands(name, own) or _stands(name, published.text)):
                return name
    return None


def _own(context: Context) -> str:
    """What may be said to this customer: their record, their orders, and the ticket; case-folded."""
    parts = [context.ticket.subject]
    parts += [part for m in context.ticket.messages for part in (m.text, m.name or "")]
    if context.customer is not None:
        parts += [context.customer.first_name, context.customer.last_name, context.customer.email]
    for order in context.orders:
        parts += [order.name, order.id, *order.discount_codes]
        parts += [part for line in order.lines for part in (line.sku, line.title)]
    return "\n".join(parts).casefold()


def _stands(piece: str, text: str) -> bool:
    return re.search(rf"(?<![\w.+-]){re.escape(piece.casefold().lstrip('#').strip())}(?![\w-])", text) is not None


def _is_known(piece: str, own: str, published: Published) -> bool:
    """Whether a long number is known in another spelling: "+44 20 7946 0958" for "020 79460958"."""
    number = re.sub(r"\D", "", piece)
    if len(number) < 7:
        return False
    known = _numbers(own) | published.numbers
    return number in known or any(min(len(number), len(k)) >= 9 and _same_line(number, k) for k in known)


def _same_line(one: str, other: str) -> bool:
    one, other = one.lstrip("0"), other.lstrip("0")
    return one.endswith(other) or other.endswith(one)


def _numbers(text: str) -> frozenset[str]:
    return frozenset(re.sub(r"\D", "", found) for found in _LONG_NUMBER.findall(text))


def _case_id(similar: SimilarCase) -> str:
    return similar.case.id
