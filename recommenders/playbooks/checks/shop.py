"""Codes, products, types and tags that a playbook names and the shop does not have, or no longer gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from recommenders.domain import Catalog, Code, Product
from recommenders.playbooks.checks.subject import RuleAt, Subject
from recommenders.playbooks.parse import Path
from recommenders.playbooks.problems import Problem
from recommenders.playbooks.schema import RELATIONS, Conditions, Rule, Scope
from recommenders.playbooks.words import PURPOSES, did_you_mean

Wrong = tuple[Path, str, str]


def check(subject: Subject) -> Iterator[Problem]:
    """What the shop lacks; nothing without a catalogue. Warnings all, since a shop changes from day to day."""
    if subject.catalog is None:
        return
    shop = _Shop(subject.catalog)
    for at in subject.rules:
        for path, code, message in (*_codes(at, shop, subject), *_products(at.rule, shop)):
            yield at.problem(path, "warning", code, message)


class _Shop:
    """The words of a catalogue, case-folded."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.products = {product.handle.casefold(): product for product in catalog.products}

    @cached_property
    def words(self) -> Mapping[str, Mapping[str, str]]:
        """For handles, types and tags: each word as the shop writes it."""
        products = self.catalog.products
        return {
            "handles": {p.handle.casefold(): p.handle for p in products},
            "types": {p.type.casefold(): p.type for p in products},
            "tags": {t.casefold(): t for p in products for t in p.tags},
        }


def _codes(at: RuleAt, shop: _Shop, subject: Subject) -> Iterator[Wrong]:
    then, codes = at.rule.then, shop.catalog.codes
    if then.code_for is not None and not any(then.code_for in c.purposes and _lives(c, subject) for c in codes):
        yield ("then", "code_for"), "no-such-code", f"the shop has no working code for {then.code_for}; make one there"
    if then.code is None:
        return
    code = shop.catalog.by_code.get(then.code.casefold())
    if code is None:
        hint = did_you_mean(then.code, [c.code for c in codes]) or "; make it in the shop, or take another"
        yield ("then", "code"), "unknown-code", f'the shop has no code "{then.code}"{hint}'
        return
    if not _lives(code, subject):
        yield ("then", "code"), "code-over", f"{code.code} does not work any more: it has ended or is switched off"
    if not code.purposes & set(PURPOSES):
        message = f"{code.code} is for marketing, and agents are never shown such a code; give it a purpose in the shop"
        yield ("then", "code"), "marketing-code", message
    product = shop.products.get((then.offer.product or "").casefold()) if then.offer else None
    if product is not None and not _applies(code, product):
        yield ("then", "code"), "code-does-not-apply", f"{code.code} does not work for {product.handle}; take another"


def _lives(code: Code, subject: Subject) -> bool:
    over = code.status in ("expired", "disabled") or (code.ends_at is not None and code.ends_at.date() < subject.today)
    used_up = code.usage_limit is not None and code.used >= code.usage_limit
    return not over and not used_up


def _applies(code: Code, product: Product) -> bool:
    if not code.handles and not code.product_types and not code.tags:
        return True
    return (
        product.handle.casefold() in map(str.casefold, code.handles)
        or product.type.casefold() in map(str.casefold, code.product_types)
        or bool({t.casefold() for t in product.tags} & {t.casefold() for t in code.tags})
    )


def _products(rule: Rule, shop: _Shop) -> Iterator[Wrong]:
    kinds = {"handles": ("unknown-product", "product"), "types": ("unknown-type", "product type"),
             "tags": ("unknown-product-tag", "product tag")}  # fmt: skip
    for path, part, words in _named(rule):
        for index, word in enumerate(words):
            if word.casefold() not in shop.words[part]:
                code, what = kinds[part]
                hint = did_you_mean(word, sorted(shop.words[part].values()))
                yield (*path, index), code, f'the shop has no {what} "{word}"{hint}'
    offer = rule.then.offer
    product = shop.products.get((offer.product or "").casefold()) if offer is not None else None
    if product is not None and not product.active:
        yield ("then", "offer", "product"), "not-sold", f"{product.handle} is {product.status}, and nobody can buy it"


def _named(rule: Rule) -> Iterator[tuple[Path, str, Sequence[str]]]:
    """Every list of handles, types or tags that a rule names, with its place."""
    then, offer = rule.then, rule.then.offer
    scopes: list[tuple[Path, Scope | None]] = [
        (("then", "prefer"), then.prefer),
        (("then", "avoid"), then.avoid),
        (("then", "offer", "within"), offer.within if offer else None),
    ]
    groups: list[tuple[Path, Conditions]] = [(("when",), rule.when)]
    for group in ("all", "any", "none"):
        groups += [(("when", group, i), conditions) for i, conditions in enumerate(getattr(rule.when, group))]
    for at, conditions in groups:
        yield (*at, "products"), "handles", conditions.products
        yield (*at, "product_types"), "types", conditions.product_types
        yield (*at, "product_tags"), "tags", conditions.product_tags
        scopes.append(((*at, "order_has"), conditions.order_has))
    for at, scope in scopes:
        for part in ("handles", "types", "tags"):
            yield (*at, part), part, getattr(scope, part) if scope is not None else ()
    if offer is not None:
        for key in ("product", *RELATIONS):
            word = getattr(offer, key)
            if word is not None and (word != "this" or key == "product"):
                yield ("then", "offer", key), "handles", (word,)
