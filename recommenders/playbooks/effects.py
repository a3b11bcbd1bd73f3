"""What rules bring to the answer besides suggestions: tags, warnings, a recovery plan, permissions."""

from __future__ import annotations

from datetime import timedelta

from recommenders.domain import Context, Evidence, Permission, Recovery, SuggestedTag, Warning
from recommenders.playbooks.matcher import Advice, Match

# Where money could be asked for under false pretences, or a promise could be held against the shop.
NO_PERMISSION = frozenset({"fraud_or_security", "chargeback", "legal_threat", "harassment"})


def may_give(context: Context) -> bool:
    """Whether an agent may be told to give something without asking."""
    return context.customer is not None and not NO_PERMISSION & set(context.selling.reasons)


def tags(advice: Advice) -> tuple[SuggestedTag, ...]:
    """The tags that rules suggest, each once with all rules that suggest it."""
    found: dict[str, list[Evidence]] = {}
    for match in advice.matches:
        for tag in match.rule.then.tags:
            found.setdefault(tag, []).append(match.evidence)
    return tuple(SuggestedTag(tag, tuple(dict.fromkeys(rules))) for tag, rules in found.items())


def new_tags(advice: Advice, context: Context) -> tuple[SuggestedTag, ...]:
    """Those that the ticket does not have yet."""
    own = {tag.casefold() for tag in context.ticket.tags}
    return tuple(tag for tag in tags(advice) if tag.id.casefold() not in own)


def warnings(advice: Advice) -> tuple[Warning, ...]:
    """What rules warn of, and why they lift or add restraint."""
    found: list[Warning] = []
    for match in advice.matches:
        then, name = match.rule.then, match.evidence.id.replace("#", "-")
        if then.warn:
            found.append(Warning(name, then.warn))
        reasons = [reason for reason in then.lift if reason in advice.lifted]
        if reasons:
            found.append(Warning(f"{name}-lift", f"Restraint lifted ({', '.join(reasons)}): {then.because}"))
        if then.restrain and then.because:
            found.append(Warning(f"{name}-restrain", f"No selling ({', '.join(then.restrain)}): {then.because}"))
    return tuple(found)


def recovery(advice: Advice) -> Recovery | None:
    """The steps of every plan in the order of the rules, and the soonest day to write again; None without either."""
    days = advice.follow_up_days
    steps = dict.fromkeys(step for match in advice.recoveries for step in _steps(match))
    if not steps and days is None:
        return None
    proofs = [m.evidence for m in advice.matches if m.rule.then.recovery is not None or m.rule.then.follow_up_days]
    due = advice.today + timedelta(days=days) if days is not None and advice.today is not None else None
    return Recovery(tuple(steps), due, tuple(dict.fromkeys(proofs)))


def permissions(advice: Advice, context: Context, currency: str) -> tuple[Permission, ...]:
    """What the agent may do without asking: of each kind the largest amount that a rule allows."""
    if not may_give(context):
        return ()
    found: list[Permission] = []
    if (refund := advice.returnless_refund) is not None and refund[0] > 0:
        found.append(Permission("returnless_refund", refund[0], currency, (refund[1],)))
    if (allowance := advice.allowance) is not None and allowance[0] > 0:
        found.append(Permission("allowance", allowance[0], currency, (allowance[1],)))
    return tuple(found)


def _steps(match: Match) -> list[str]:
    return match.rule.then.recovery.steps if match.rule.then.recovery is not None else []
