"""`python -m benchmarks`: starts the service, measures it, prints the figures and writes them as JSON.

Exit code 1 when a bound is broken.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from benchmarks import exchanges, latency, tickets
from benchmarks.service import asking, command, serving
from copilot.settings import read_settings
from recommenders.bench.report import machine
from recommenders.retrieval.encoder import load_encoder

ROUNDS, WARM = 3, 12
# What must hold on any machine: the answer beside the encoder's own time, seconds to start, MB of memory.
BOUNDS = {"ratio": 3.0, "start_s": 4.0, "first_start_s": 4.0, "rss_mb": 500.0}
Figures = dict[str, Any]


@click.command()
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), default=Path("var/benchmarks.json"),
    show_default=True, help="Where the figures are written.",
)  # fmt: skip
@click.option("--rounds", type=click.IntRange(1, 100), default=ROUNDS, show_default=True, help="Over the 60 tickets.")
@click.option("--datasets", help="Folder of the public data sets; as the setting of `copilot bench`.")
def main(json_file: Path, rounds: int, datasets: str | None) -> None:
    """Measure the running service over the demo shop; exits with 1 when a bound is broken."""
    logging.basicConfig(level=logging.WARNING)
    settings = read_settings({"datasets": datasets})
    with tempfile.TemporaryDirectory(prefix="copilot-bench-") as folder:
        figures = _demo(Path(folder) / "demo", settings.model, rounds)
        tau = settings.datasets / "tau_retail"
        if (tau / "shop/tickets.jsonl").is_file() and (tau / "exchange_cases.jsonl").is_file():
            figures["exchange"] = _exchange(Path(folder) / "tau", tau, settings.model)
        else:
            click.echo(f"exchange: skipped: tau_retail is not in {settings.datasets}; see docs/benchmarks.md")
    figures["bounds"] = {
        name: {"value": figures[name], "limit": limit, "ok": figures[name] <= limit} for name, limit in BOUNDS.items()
    }
    json_file.parent.mkdir(parents=True, exist_ok=True)
    json_file.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    for line in lines(figures):
        click.echo(line)
    click.echo(f"written to {json_file}")
    sys.exit(0 if all(bound["ok"] for bound in figures["bounds"].values()) else 1)


def _demo(data: Path, model: Path, rounds: int) -> Figures:
    """Starts twice, because the first start embeds what the shop's pages say; then asks."""
    options = ("--playbooks", str(tickets.ROOT / "playbooks"), "--model", str(model))
    token = _loaded(tickets.ROOT / "demo/shop", data, model)
    with serving(data, *options) as service:
        first = service.start_seconds
    bodies = tickets.requests()
    with serving(data, *options) as service, asking(service, token) as client:
        encoder = load_encoder(model, reads=False)
        stream = list(tickets.varied(bodies, rounds + 1))
        latency.measure(client, encoder, stream[-WARM:])
        measured = latency.measure(client, encoder, stream[: rounds * len(bodies)])
        memory = service.memory_mb()
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "load_average": round(os.getloadavg()[0], 2),
        "model": encoder.name,
        "first_start_s": round(first, 2),
        "start_s": round(service.start_seconds, 2),
        **measured.as_data(),
        "rss_mb": memory["rss"],
        "memory_mb": memory,
    }


def _exchange(data: Path, tau: Path, model: Path) -> Figures:
    token = _loaded(tau / "shop", data, model)
    with serving(data, "--model", str(model)) as service, asking(service, token) as client:
        return exchanges.measure(client, tau / "exchange_cases.jsonl")


def _loaded(shop: Path, data: Path, model: Path) -> str:
    """Loads a shop directory; a token for it."""
    command("load", str(shop), "--data", str(data), "--model", str(model))
    return command("token", "create", "--role", "agent", "--name", "bench", "--data", str(data))


def lines(figures: Figures) -> list[str]:
    """The figures for people."""
    row = "{:<22} {:>9} {:>9}".format
    made = [row(f"{figures['requests']} requests", "p50 ms", "p95 ms")]
    spans = {"answer over HTTP": figures["answer_ms"], "encoder alone": figures["floor_ms"]}
    spans |= {f"  {name}": values for name, values in figures["stages_ms"].items()}
    made += [row(name, f"{values['p50']:.2f}", f"{values['p95']:.2f}") for name, values in spans.items()]
    for split, found in figures.get("exchange", {}).items():
        made.append(f"exchange {split}: hit@1 {found['hit@1']:.3f}, hit@3 {found['hit@3']:.3f}, {found['pairs']} pairs")
    for name, bound in figures["bounds"].items():
        state = "ok" if bound["ok"] else "BROKEN"
        made.append(f"{name:<14} {bound['value']:>8.2f}  at most {bound['limit']:.0f}  {state}")
    return made


if __name__ == "__main__":
    main()
