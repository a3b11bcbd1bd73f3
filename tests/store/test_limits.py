"""Where limits come from, and when a budget is near its own."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from copilot.settings import Settings
from copilot.store.budgets import BudgetStore, Level, Limits
from copilot.store.database import open_database
from copilot.store.shop import ShopStore
from copilot.toolbox import ToolboxBuilder
from recommenders.domain import Catalog
from tests.test_engine import encoder

NOTHING = Limits(Decimal(0), Decimal(0))


def limits(folder: Path, playbook: str, **settings: Any) -> Limits:
    """What holds once a service has read a playbook over these settings."""
    (folder / "playbooks").mkdir()
    (folder / "playbooks/shop.yaml").write_text(f"version: 1\n{playbook}\n", "utf-8")
    database = open_database(folder / "data")
    budgets = BudgetStore(database, NOTHING)
    chosen = Settings(data=folder / "data", playbooks=folder / "playbooks", **settings)
    ToolboxBuilder(ShopStore(database), encoder(), chosen, budgets).build(Catalog((), (), (), "EUR"))
    return budgets.limits


def test_a_playbook_goes_before_the_settings(tmp_path: Path) -> None:
    found = limits(
        tmp_path,
        "budgets: {agent: 45, team: 180.5, agents: {Maria: 80}, customer_days: 60, customer_amount: 15, alert_at: 90}\n"
        "gestures:\n"
        "  - {id: card, occasions: [wedding], gesture: A card, cost: 4, up_to: 9.5}\n"
        "  - {id: call, occasions: [birthday], gesture: A call, cost: 1}\n"
        "rules:\n"
        "  - id: flowers\n"
        "    when: {occasions: [wedding]}\n"
        "    then: {delight: {gesture: Flowers, cost: 12, up_to: 20, occasion: wedding}}\n",
        customer_cooldown_days=7,
        customer_budget=Decimal(99),
    )
    assert found == Limits(
        Decimal("45.0"), Decimal("180.5"), "EUR", 60, Decimal("15.0"),
        {"card": Decimal("9.5"), "flowers": Decimal("20.0")}, {"Maria": Decimal("80.0")}, 90,
    )  # fmt: skip
    assert [found.of(name) for name in ("maria", " MARIA ", "tom")] == [80, 80, 45]


def test_settings_hold_where_the_playbook_is_silent(tmp_path: Path) -> None:
    found = limits(tmp_path, "budgets: {customer_days: 0}", customer_cooldown_days=7, customer_budget=Decimal(99))
    assert (found.agent, found.team) == (Decimal("50.00"), Decimal("250.00"))
    assert (found.customer_days, found.customer_amount) == (0, Decimal(99)), "0 is a word too: no pause"
    assert found.alert_at == 80


@pytest.mark.parametrize(
    ("limit", "spent", "alert_at", "remaining", "warning"),
    [
        (10, "7.99", 80, "2.01", None),
        (10, "8.00", 80, "2.00", "near"),
        (10, "9.99", 80, "0.01", "near"),
        (10, "10.00", 80, "0.00", "spent"),
        (10, "12.00", 80, "0.00", "spent"),  # the limit was lowered
        (10, "8.00", 90, "2.00", None),
        (10, "9.99", 100, "0.01", None),
        (0, "0.00", 80, "0.00", "spent"),
    ],
)
def test_a_budget_says_when_it_is_near_its_limit(
    limit: int, spent: str, alert_at: int, remaining: str, warning: str | None
) -> None:
    level = Level("team", Decimal(limit), Decimal(spent), alert_at)
    assert (level.remaining, level.warning) == (Decimal(remaining), warning)
