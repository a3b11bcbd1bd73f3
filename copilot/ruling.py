"""What a shop's playbook brings into an answer: its rules over a ticket that was read, and what follows from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from recommenders.domain import CodeOffer, Context, Save, Suggestion, Tier
from recommenders.playbooks import effects
from recommenders.playbooks.matcher import Advice, advise
from recommenders.playbooks.rules import Budgets

if TYPE_CHECKING:
    from copilot.toolbox import Toolbox


def ruled(context: Context, tools: Toolbox, tier: Tier, budgets: Budgets) -> tuple[Context, Advice]:
    """The advice of the playbook, and the context with the restraint that rules add or lift.

    `budgets` is asked only when a rule wants to know what is left.
    """
    advice = advise(tools.rules or tools.playbook, context, tier, budgets=budgets)
    return replace(context, selling=advice.verdict(context.selling)), advice


def saves_of(context: Context, advice: Advice, tools: Toolbox, limit: int) -> tuple[Save, ...]:
    """The saves with what rules offer, prefer and avoid, each with its code."""
    found = advice.order_saves(tools.saves.recommend(context, advice.offers), context.catalog)
    kept = _spread(found, limit)
    return tools.codes.attach(kept, context, tools.codes.preferred(context, kept, advice))


def codes_of(context: Context, saves: tuple[Save, ...], advice: Advice, tools: Toolbox) -> tuple[CodeOffer, ...]:
    """The codes that would work, those that rules give among them."""
    return tools.codes.recommend(context, saves, tools.codes.preferred(context, saves, advice))


def enriched(answer: Suggestion, context: Context, advice: Advice, *, read: bool) -> Suggestion:
    """The answer with what rules bring besides suggestions.

    `read` is False where the ticket could not be read: then nobody is told that they may give something away.
    """
    return replace(
        answer,
        recovery=effects.recovery(advice),
        tags=effects.new_tags(advice, context),
        permissions=effects.permissions(advice, context, answer.currency) if read else (),
        warnings=(*effects.warnings(advice), *answer.warnings),
        rules=advice.fired,
    )


def _spread(saves: tuple[Save, ...], limit: int) -> tuple[Save, ...]:
    """At most `limit` saves, so that every item complained of keeps its best one."""
    seen: set[str | None] = set()
    firsts: list[int] = []
    rest: list[int] = []
    for place, save in enumerate(saves):
        (rest if save.replaces in seen else firsts).append(place)
        seen.add(save.replaces)
    return tuple(saves[place] for place in sorted([*firsts, *rest][:limit]))
