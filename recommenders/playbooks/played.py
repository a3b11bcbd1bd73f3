"""What a playbook would have made of one resolved ticket: the rules that fired, and what the agent would have seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import BaseModel

from recommenders.domain import Context, Evidence, Outcome, Resolution, Suggestion
from recommenders.playbooks.matcher import Advice, Match
from recommenders.signals.reader import cut
from recommenders.text.redact import Facts
from recommenders.text.sentences import split_sentences

# Keys of `then` whose effect is seen in a section of the answer; of the others the playbook's own words are shown.
SEEN = frozenset(
    {
        "prefer", "avoid", "code", "code_for", "offer", "gesture", "delight", "say", "draft", "stance", "warn",
        "restrain", "lift", "because", "recovery", "white_glove", "allowance", "tags",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule whose conditions held on a ticket: why, in whose words, and what it would have changed.

    `quote` is as the customer wrote it: redact it before anybody sees it. `arm` is "control" where the rule is tried
    on a share of tickets and this one is not in it.
    """

    rule: str
    line: int
    because: tuple[str, ...]
    changes: tuple[str, ...] = ()
    quote: str = ""
    arm: str = "treated"


@dataclass(frozen=True)
class Seen:
    """What the panel would have held, as lines of text by section; `caused` are (section, rule) with rule evidence."""

    firings: tuple[Firing, ...] = ()
    sections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    caused: frozenset[tuple[str, str]] = frozenset()
    spend: float = 0.0  # of the first gesture, if the agent does it
    spend_by: str = ""  # the rule that asks for it
    skus: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()

    @property
    def acted(self) -> bool:
        """Whether any rule did something."""
        return any(firing.arm == "treated" for firing in self.firings)


@dataclass(frozen=True)
class Played:
    """A resolved ticket with what two playbooks make of it. `before` is what is published, `after` the draft."""

    case_id: str
    subject: str
    opening: str
    created_at: datetime
    facts: Facts
    resolution: Resolution | None
    outcome: Outcome | None
    before: Seen
    after: Seen
    failed: tuple[str, ...] = ()  # stages


def firings_of(context: Context, advice: Advice, resolution: Resolution | None) -> tuple[Firing, ...]:
    """Every rule that holds for a ticket, with what it would have changed about how the ticket really went."""
    arms = [*((match, "treated") for match in advice.matches), *((match, "control") for match in advice.controls)]
    return tuple(
        Firing(
            match.evidence.id,
            match.evidence.line or 1,
            match.because,
            changes_of(match, context, resolution) if arm == "treated" else (),
            quote_of(match, context),
            arm,
        )
        for match, arm in arms
    )


def seen_of(firings: tuple[Firing, ...], advice: Advice, suggestion: Suggestion) -> Seen:
    """The answer as lines that can be compared."""
    selling = suggestion.selling
    sections: dict[str, tuple[str, ...]] = {
        "recovery": suggestion.recovery.steps if suggestion.recovery else (),
        "selling": () if selling.allowed else ("no selling: " + ", ".join(selling.reasons or ("restraint",)),),
        "saves": tuple(
            " ".join(
                filter(None, (save.kind, save.title or "", save.variant or "", f"with {save.code}" * bool(save.code)))
            )
            for save in suggestion.saves
        ),
        "codes": tuple(offer.code.code for offer in suggestion.codes),
        "drafts": tuple(
            f"{draft.stance}: {sentence.text}"
            for draft in suggestion.drafts
            for sentence in split_sentences(draft.text)
        ),
        "delights": tuple(d.gesture + (f" ({d.cost:.2f})" if d.cost is not None else "") for d in suggestion.delights),
        "warnings": tuple(warning.text for warning in suggestion.warnings),
        "permissions": tuple(
            f"{p.id.replace('_', ' ')} up to {p.up_to:.2f} {p.currency}".strip() for p in suggestion.permissions
        ),
        "tags": tuple(tag.id for tag in suggestion.tags),
        "more": tuple(dict.fromkeys(line for match in advice.matches for line in _more(match))),
    }
    proofs: list[tuple[str, Sequence[Evidence]]] = [
        *(("saves", save.evidence) for save in suggestion.saves),
        *(("codes", offer.evidence) for offer in suggestion.codes),
        *(("drafts", draft.evidence) for draft in suggestion.drafts),
        *(("delights", delight.evidence) for delight in suggestion.delights),
        *(("tags", tag.evidence) for tag in suggestion.tags),
        *(("permissions", permission.evidence) for permission in suggestion.permissions),
        *([("recovery", suggestion.recovery.evidence)] if suggestion.recovery else []),
    ]
    caused = {(section, proof.id) for section, found in proofs for proof in found if proof.type == "rule"}
    told = {warning.id for warning in suggestion.warnings}
    caused |= {("warnings", f.rule) for f in firings if f.rule.replace("#", "-") in told}
    rules = {firing.rule for firing in firings}
    first = suggestion.delights[0] if suggestion.delights else None
    by = next((p.id for p in first.evidence if p.type == "rule" and p.id in rules), "") if first else ""
    return Seen(
        firings,
        {name: lines for name, lines in sections.items() if lines},
        frozenset(pair for pair in caused if pair[1] in rules),
        (first.cost or 0.0) if first else 0.0,
        by,
        frozenset(save.sku for save in suggestion.saves if save.sku),
        frozenset(offer.code.code.casefold() for offer in suggestion.codes),
    )


def changes_of(match: Match, context: Context, resolution: Resolution | None) -> tuple[str, ...]:
    """In plain words, against what was done then."""
    then, changes = match.rule.then, []
    used = (resolution.code if resolution else None) or ""
    if then.restrain and context.selling.allowed:
        changes.append(f"would not have sold ({', '.join(then.restrain)})")
    if then.code and used.casefold() != then.code.casefold():
        changes.append(f"would have preferred {then.code}" + (f" to {used}" if used else ""))
    for verb, scope in (("put first", then.prefer), ("kept away", then.avoid)):
        if scope is not None:
            what = ", ".join([*scope.handles, *scope.types, *scope.tags])
            changes.append(f"would have {verb}: {what}")
    if then.gesture:
        changes.append(f"would have proposed {then.gesture}")
    if context.signals.language in then.say:
        changes.append("would have added a sentence to the draft")
    if then.warn:
        changes.append("would have warned the agent")
    missing = [t for t in then.tags if t.casefold() not in {own.casefold() for own in context.ticket.tags}]
    if missing:
        changes.append(f"would have tagged: {', '.join(missing)}")
    if then.allowance is not None:
        changes.append(f"would have let the agent give {then.allowance:g}")
    if then.follow_up_days:
        changes.append(f"would have asked for a follow-up after {then.follow_up_days} days")
    for key in _TOLD & then.model_fields_set:
        if (value := getattr(then, key, None)) and (key != "draft" or context.signals.language in value):
            changes.append(f"would have had its {_label(key)}: {_plain(value)}")
    return tuple(changes)


_TOLD = frozenset({"offer", "code_for", "draft", "delight", "lift", "recovery", "white_glove"})


def quote_of(match: Match, context: Context) -> str:
    """The customer's words by which a rule holds; how the ticket begins where it holds by records alone."""
    return cut(next(iter(match.quotes), "") or " ".join(s.text for s in context.concern.sentences[:2]))


def _more(match: Match) -> Iterator[str]:
    then = match.rule.then
    for key in sorted(then.model_fields_set - SEEN):
        value = getattr(then, key)
        if value is not None:
            yield f"{_label(key)}: {_plain(value)}"


def _label(key: str) -> str:
    return key.replace("_", " ")


def _plain(value: object) -> str:
    """A value of a rule in one line."""
    if isinstance(value, BaseModel):
        value = value.model_dump(exclude_none=True, exclude_defaults=True)
    if isinstance(value, Mapping):
        return ", ".join(f"{_label(str(key))} {_plain(part)}" for key, part in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_plain, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
