"""What follows from a rule: something at all, one thing of a kind, tags of the taxonomy, lifts that may be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from recommenders.playbooks.checks.subject import RuleAt, Subject
from recommenders.playbooks.problems import Problem
from recommenders.playbooks.schema import RELATIONS
from recommenders.playbooks.words import NEVER_LIFTED, did_you_mean


def check(subject: Subject) -> Iterator[Problem]:
    """Of each rule what its effects lack or may not do; of the taxonomy tags that stand in it twice."""
    for at in subject.rules:
        then = at.rule.then
        given = then.model_fields_set - {"because", "stance"}
        if not given and not at.rule.stop:
            yield at.problem(("then",), "warning", "no-effect", "nothing follows from this rule; say what is to happen")
        for key in sorted(key for key in given if getattr(then, key) is None):
            yield at.problem(("then", key), "warning", "empty-value", f'"{key}" is empty; fill it, or leave it out')
        yield from _one_of(at)
        yield from _restraint(at)
        yield from _delight(at)
    yield from _tags(subject)


def _one_of(at: RuleAt) -> Iterator[Problem]:
    then = at.rule.then
    if then.code is not None and then.code_for is not None:
        message = 'both "code" and "code_for"; keep one: a certain code, or the best one for a purpose'
        yield at.problem(("then", "code_for"), "error", "use-one", message)
    if then.gesture is not None and then.delight is not None:
        yield at.problem(("then", "gesture"), "error", "use-one", 'both "delight" and "gesture"; keep "delight"')
    if then.stance is not None and not then.draft:
        message = '"stance" says what a draft does, and there is no "draft"; write one, or leave it out'
        yield at.problem(("then", "stance"), "error", "missing-key", message)
    if then.offer is not None:
        ways = ["product", "need", *RELATIONS, "exchange"]
        chosen = [key for key in ways if getattr(then.offer, key) is not None]
        if not chosen:
            message = 'nothing is offered: give "product", "need", "exchange" or a relation such as "richer_than: this"'
            yield at.problem(("then", "offer"), "error", "missing-key", message)
        for key in chosen[1:]:
            message = f'both "{chosen[0]}" and "{key}"; an offer is one thing: keep one, or write two rules'
            yield at.problem(("then", "offer", key), "error", "use-one", message)
        if chosen in (["product"], ["exchange"]) and then.offer.within is not None:
            message = f'"within" narrows a search, and "{chosen[0]}" is none; leave it out'
            yield at.problem(("then", "offer", "within"), "error", "use-one", message)
    glove = then.white_glove
    if glove is not None and not glove.model_fields_set:
        message = 'nothing is permitted: give "returnless_refund_up_to" or "allowance"'
        yield at.problem(("then", "white_glove"), "error", "missing-key", message)


def _restraint(at: RuleAt) -> Iterator[Problem]:
    then = at.rule.then
    for index, reason in enumerate(then.lift):
        if reason in NEVER_LIFTED:
            message = f"{reason} may never be lifted: nothing is sold to somebody in that situation; take it out"
            yield at.problem(("then", "lift", index), "error", "never-lifted", message)
    if then.lift and then.because is None:
        message = '"because" is missing: say why it is right to sell here all the same'
        yield at.problem(("then", "lift"), "error", "missing-because", message)
    if then.because is not None and not then.lift and not then.restrain:
        message = '"because" says why restraint is added or lifted, and neither is; use "note" for people'
        yield at.problem(("then", "because"), "warning", "no-effect", message)
    sells = next((key for key in ("offer", "code", "code_for", "prefer") if getattr(then, key) is not None), None)
    if sells == "offer" and then.offer is not None and then.offer.exchange is not None:
        return
    groups = [group for group in (at.rule.when, *at.rule.when.all) if group.cautions]
    hard = next((g for g in groups if set(g.cautions) <= set(NEVER_LIFTED)), None)
    why = f"with {' or '.join(hard.cautions)}" if hard is not None else ""
    if not why and then.restrain:
        why = f"as the rule restrains for {then.restrain[0]}"
    if sells == "code_for" and then.code_for == "recovery":
        return
    if sells is not None and why:
        message = f'"{sells}" never shows here: {why} nothing is sold; leave it out'
        yield at.problem(("then", sells), "warning", "never-shown", message)


def _delight(at: RuleAt) -> Iterator[Problem]:
    delight, when = at.rule.then.delight, at.rule.when
    if delight is None or isinstance(delight, str) or delight.occasion is not None:
        return
    if not any(group.occasions for group in (when, *when.all, *when.any)):
        message = 'no "occasion", and the conditions name none: say what the gesture is for, as in "occasion: loyalty"'
        yield at.problem(("then", "delight"), "error", "missing-key", message)


def _tags(subject: Subject) -> Iterator[Problem]:
    known: dict[str, str] = {}
    for file in subject.files:
        for index, tag in enumerate(file.content.taxonomy or ()):
            if tag.casefold() in known:
                message = f'"{tag}" stands in the taxonomy twice (first at {known[tag.casefold()]}); keep one'
                yield file.problem(("taxonomy", index), "warning", "duplicate-tag", message)
                continue
            line = file.source.place(("taxonomy", index))[0]
            known[tag.casefold()] = f"{Path(file.name).name}:{line}"
    if not subject.has("taxonomy") or subject.broken("taxonomy"):
        return
    words: dict[str, str] = {}
    for file in subject.files:
        for tag in file.content.taxonomy or ():
            words.setdefault(tag.casefold(), tag)
    for at in subject.rules:
        for index, tag in enumerate(at.rule.then.tags):
            if tag.casefold() not in words:
                hint = did_you_mean(tag, list(words.values())) or "; add it to the taxonomy, or take another"
                yield at.problem(
                    ("then", "tags", index), "error", "unknown-tag", f'no tag "{tag}" in the taxonomy{hint}'
                )
