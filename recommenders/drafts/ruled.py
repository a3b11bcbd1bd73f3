"""What rules of a playbook say in drafts: sentences and whole replies with typed slots, filled from facts or not.

A slot whose fact is not known is never guessed: its sentence is left out, and where an agent can look the fact up (the
order, the item) it stays as a gap that everybody sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta

from recommenders.codes import NO_CODE
from recommenders.domain import Draft, Evidence, Gap, Save, Stance
from recommenders.drafts.formats import money
from recommenders.drafts.lines import MUST, SHOULD, Page
from recommenders.drafts.offers import OFFERS
from recommenders.drafts.phrases import fill
from recommenders.drafts.request import Request
from recommenders.drafts.situation import first_name
from recommenders.drafts.terms import Terms
from recommenders.playbooks.effects import may_give
from recommenders.playbooks.matcher import Match
from recommenders.playbooks.words import slots_in
from recommenders.text.sentences import split_sentences

LOOKED_UP = ("order", "product")  # slots that an agent can fill by looking
_GAP = re.compile(r"\[\[(.{1,80}?)\]\]")
_GREETING = re.compile(r"^[^.,:!?{}]{0,30}\{first_name\}\s{0,2}[,:!]?\s*")


def say(request: Request, page: Page) -> None:
    """Adds the sentences that rules ask for, those of a recovery plan before everything but the acknowledgement."""
    language = request.book.language
    for match in request.advice.matches:
        plan = match.rule.then.recovery is not None
        paragraph, weight = (1, MUST) if plan else (5, SHOULD)
        slots = slots_of(match, request)
        sentence = match.rule.then.say.get(language, "")
        if sentence and all(slots.get(name) for name in slots_in(sentence)):
            _put(page, fill(sentence, slots, language), paragraph, weight, (match.evidence,), first=plan)
        if plan and slots.get("date"):
            told = request.book.pick("recovery.follow_up", request.seed, {"date": slots["date"]})
            page.add(told, 4, MUST, (match.evidence,))


def replies(request: Request, terms: Terms) -> Iterator[Draft]:
    """The whole replies that rules have in the customer's language, in the order of the rules."""
    for match in request.advice.matches:
        text = match.rule.then.draft.get(request.book.language)
        stance = _stance(match)
        if not text or not _fits(match, request) or (stance == "save" and not _shown(match, request)):
            continue
        written, gaps = _written(text, slots_of(match, request), request)
        lines = (
            terms.without_conflicts(line, request.book.language, request.context.now) for line in written.split("\n")
        )
        written = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
        if not any(s.text.endswith((".", "?", "!")) for s in split_sentences(written)):
            continue  # what is left is a greeting
        ticket = (Evidence("ticket", request.context.ticket.id),) if request.context.ticket.id else ()
        proofs = dict.fromkeys((match.evidence, *_proofs(match, request), *ticket))
        kept = tuple(gap for gap in gaps if f"[[{gap.placeholder}]]" in written)
        yield Draft(f"draft-{match.rule.id}", stance, request.book.language, written, kept, tuple(proofs))


def slots_of(match: Match, request: Request) -> Mapping[str, str]:
    """The facts that a rule's texts may name; what is not known is ""."""
    context, then, language = request.context, match.rule.then, request.book.language
    situation, currency = request.situation, request.facts.currency
    products = situation.products
    save = next((s for s in request.saves if match.evidence in s.evidence and s.sku is not None), None)
    code = next((offer.code for offer in request.codes if match.evidence in offer.evidence), None)
    if code is None and save is not None and then.code and (save.code or "").casefold() == then.code.casefold():
        code = context.catalog.by_code.get(then.code.casefold())
    glove = then.white_glove
    amounts = [glove.returnless_refund_up_to, glove.allowance] if glove is not None else []
    amount = next((value for value in (*amounts, then.allowance) if value is not None), None)
    own = then.follow_up_days or (then.recovery.follow_up_days if then.recovery is not None else None)
    days = request.advice.follow_up_days if own else None  # one day for the whole answer: the soonest
    return {
        "first_name": first_name(context),
        "order": situation.order.name if situation.order else "",
        "product": products[0].title if len(products) == 1 else "",
        "offer": save.title or "" if save is not None else "",
        "price": money(save.price, currency, language) if save is not None and save.price is not None else "",
        "code": code.code if code is not None and not NO_CODE & set(context.selling.reasons) else "",
        "code_end": request.facts.day_of(code.ends_at) if code is not None else "",
        "amount": money(amount, currency, language) if amount is not None and may_give(context) else "",
        "date": request.facts.day_of(_today(request) + timedelta(days=days)) if days else "",
    }


def _today(request: Request) -> datetime:
    return datetime.combine(request.advice.today or request.context.now.date(), time.min)


def _put(page: Page, text: str, paragraph: int, weight: int, evidence: tuple[Evidence, ...], *, first: bool) -> None:
    """Adds a line; a plan's before the other lines of its paragraph."""
    if page.add(text, paragraph, weight, evidence) and first:
        page.lines.insert(0, page.lines.pop())


def _stance(match: Match) -> Stance:
    then = match.rule.then
    sells = then.offer is not None or then.code is not None or then.code_for == "save"
    return then.stance or ("save" if sells and then.recovery is None else "resolve")


def _fits(match: Match, request: Request) -> bool:
    """Whether a reply that was written for many tickets may answer this one.

    Grave matters are answered by a reply only if its rule asks for the very matter.
    """
    situation = request.situation
    if situation.stranger:
        return False
    return not situation.solemn or f"cautions: {situation.topic}" in match.because


def _shown(match: Match, request: Request) -> bool:
    """Whether what the rule offers is in the answer: an offer that is not there is not spoken of."""
    then = match.rule.then
    if then.offer is not None:
        return any(save.kind in OFFERS for save in _saves(match, request))
    if then.code or then.code_for:
        return bool(slots_of(match, request)["code"])
    return request.context.selling.allowed


def _saves(match: Match, request: Request) -> list[Save]:
    return [save for save in request.saves if match.evidence in save.evidence]


def _proofs(match: Match, request: Request) -> Iterator[Evidence]:
    for save in _saves(match, request)[:1]:
        yield from save.evidence
    yield from request.order_proof()


def _written(text: str, slots: Mapping[str, str], request: Request) -> tuple[str, list[Gap]]:
    """The text line by line, each sentence with its slots filled, with gaps, or left out."""
    gaps = [Gap(name, name) for name in dict.fromkeys(m.strip() for m in _GAP.findall(text))]
    known = dict(slots)
    for name in LOOKED_UP:
        label = request.book.label(f"gap_name.{name}")
        if not known.get(name) and label:
            known[name] = f"[[{label}]]"
            gaps.append(Gap(label, label))
    lines = []
    for number, line in enumerate(text.split("\n")):
        if number == 0 and not known["first_name"]:  # whoever is not known by name is greeted without one
            line = _GREETING.sub(lambda _: request.book.pick("greeting.letter", request.seed) + " ", line).rstrip()
        kept = [s.text for s in split_sentences(line) if all(known.get(name) for name in slots_in(s.text))]
        if line.strip() and not kept:
            continue
        lines.append(" ".join(fill(sentence, known, request.book.language) for sentence in kept))
    return "\n".join(lines), gaps
