"""`python -m benchmarks.replay`: how long a simulation of playbooks over 10,000 resolved tickets takes.

The tickets are the demo shop's, their openings varied, each copy of the shop with customers and orders of its own.
The first replay reads every opening once; of the second, third and fourth no opening is read again. Exit code 1 when a
later one takes longer than a minute or embeds anything.
"""

from __future__ import annotations

import json
import logging
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from benchmarks.service import command
from benchmarks.tickets import ROOT
from copilot.building import build_engine
from copilot.engine import SuggestionEngine
from copilot.replay import simulate_draft
from copilot.settings import Settings, read_settings
from copilot.store.budgets import BudgetStore, Limits
from copilot.store.database import open_database
from recommenders.playbooks.loader import Playbook

SHOP, PLAYBOOKS = ROOT / "demo/shop", ROOT / "playbooks"
LIMIT = 60.0  # seconds
SEED = 7
# What customers write before they come to the point; none of it says what they want.
OPENINGS = (
    "Hello again.", "Good evening from a rainy town.", "Hi there, I hope you are well.", "Quick note between meetings.",
    "Sorry, this got longer than I meant.", "I looked for your phone number and found this form.",
    "My sister told me to write to you.", "I am writing from the train.", "Hallo zusammen.",
    "Bonjour à toute l'équipe.", "Hola, buenas tardes.", "It took me a few days to find the time for this.",
)  # fmt: skip
CLOSINGS = (
    "Thanks in advance.", "No rush.", "Have a good week.", "Looking forward to your answer.", "Sent from my phone.",
    "Merci d'avance.", "Viele Grüße", "Un saludo", "I will be at home after six.", "Thank you for reading all this.",
)  # fmt: skip
Row = dict[str, Any]


@click.command()
@click.option("--tickets", "wanted", type=click.IntRange(1, 1_000_000), default=10_000, show_default=True)
@click.option("--data", type=click.Path(path_type=Path), help="Where to load them; kept, and used when it is there.")
@click.option("--processes", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Where figures are written.")
def main(wanted: int, data: Path | None, processes: int, json_file: Path | None) -> None:
    """Measure replays; exits with 1 when one of the later ones takes longer than a minute."""
    logging.basicConfig(level=logging.WARNING)
    settings = read_settings({})
    with tempfile.TemporaryDirectory(prefix="copilot-replay-") as folder:
        place = data or Path(folder) / "data"
        if not place.is_dir():
            write_shop(Path(folder) / "shop", wanted)
            command("load", str(Path(folder) / "shop"), "--data", str(place), "--model", str(settings.model))
        figures = measure(replace(settings, data=place, playbooks=PLAYBOOKS), processes)
    for name, value in figures.items():
        click.echo(f"{name:<28} {value}")
    if json_file is not None:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    sys.exit(0 if figures["ok"] else 1)


def measure(settings: Settings, processes: int) -> Row:
    """Seconds of a first replay, of a second, of one with a changed rule and of one without any rule."""
    figures: Row = {}
    with _engine(settings) as engine:
        published = engine.shop.tools.playbook
        drafts = {
            "first": published,
            "again": published,
            "one rule changed": _changed(published),
            "nothing published": published,
        }
        for name, draft in drafts.items():
            before = replace(published, rules=()) if name == "nothing published" else published
            report, seconds = _timed(
                lambda draft=draft, before=before: simulate_draft(engine, draft, before, processes=processes)  # type: ignore[misc]
            )
            data, told = _timed(report.as_data)
            figures[f"{name}, s"] = round(seconds + told, 1)
            figures |= {"tickets": data["tickets"], "coverage": data["coverage"]["share"]}
    figures["processes"] = processes
    figures["ok"] = all(figures[f"{name}, s"] <= LIMIT for name in drafts if name != "first")
    return figures


def write_shop(folder: Path, tickets: int) -> None:
    """A shop directory with so many tickets: copies of the demo shop's people, orders and tickets."""
    folder.mkdir(parents=True)
    for name in ("products.csv", "discounts.jsonl"):
        shutil.copy(SHOP / name, folder / name)
    shutil.copytree(SHOP / "articles", folder / "articles")
    rows = {name: list(_rows(SHOP / f"{name}.jsonl")) for name in ("customers", "orders", "tickets")}
    draw = random.Random(SEED)
    copies = -(-tickets // len(rows["tickets"]))
    made: dict[str, list[Row]] = {"customers": [], "orders": [], "tickets": []}
    for copy in range(copies):
        made["customers"] += [_owned(row, copy, "id", "email") for row in rows["customers"]]
        made["orders"] += [_owned(row, copy, "id", "customer_id") for row in rows["orders"]]
        made["tickets"] += [_varied(row, copy, draw) for row in rows["tickets"]]
    made["tickets"] = made["tickets"][:tickets]
    for name, some in made.items():
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in some)


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _owned(row: Row, copy: int, *keys: str) -> Row:
    return row | {key: f"{copy}.{row[key]}" if row.get(key) else row.get(key) for key in keys}


def _varied(row: Row, copy: int, draw: random.Random) -> Row:
    """The ticket of another customer who opens and closes in other words."""
    row = _owned(row, copy, "id", "customer_id")
    row["order_ids"] = [f"{copy}.{id}" for id in row["order_ids"]]
    if copy:
        first = next(m for m in row["messages"] if m["author"] == "customer")
        key = "text" if first.get("text") else "html"
        said = f"{draw.choice(OPENINGS)} {first[key]}\n{draw.choice(CLOSINGS)}\nRef {copy}-{draw.randrange(10**6)}"
        row["messages"] = [m | {key: said} if m is first else m for m in row["messages"]]
    return row


def _changed(playbook: Playbook) -> Playbook:
    """The playbook with its first rule that warns warning in other words."""
    rules = list(playbook.rules)
    place = next(i for i, rule in enumerate(rules) if rule.item.then.warn)
    then = rules[place].item.then.model_copy(update={"warn": "Look twice."})
    rules[place] = replace(rules[place], item=rules[place].item.model_copy(update={"then": then}))
    return replace(playbook, rules=tuple(rules))


@contextmanager
def _engine(settings: Settings) -> Iterator[SuggestionEngine]:
    database = open_database(settings.data, settings.database_url)
    limits = Limits(settings.agent_monthly_budget, settings.team_monthly_budget, settings.currency)
    engine = build_engine(settings, database, BudgetStore(database, limits))
    try:
        yield engine
    finally:
        engine.close()
        database.dispose()


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    result = call()
    return result, time.perf_counter() - started


if __name__ == "__main__":
    main()
