"""A simulation in words, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Data = dict[str, Any]
_WIDE = 100  # characters of a quote


def told(data: Data, *, firings: bool = True) -> Iterator[str]:
    """The lines of a report's data (`Report.as_data`); with `firings`, every ticket on which a rule fires first."""
    if firings:
        for row in data["firings"]:
            changes = "; ".join(row["changes"]) or (
                "in the control group" if row["arm"] == "control" else "nothing would have changed"
            )
            yield f"{row['case_id']}  {row['rule']}:{row['line']}  {', '.join(row['because'])}  ->  {changes}"
        if left := data["firings_total"] - len(data["firings"]):
            yield f"… and {left} more"
        yield ""
    yield from _rules(data)
    yield from _never(data)
    yield from _collisions(data)
    yield from _changes(data)
    yield from _spend(data)
    yield from _ended(data)
    yield from (f"note: {note}" for note in data["notes"])
    yield (
        f"{data['from']} to {data['until']}: a rule fires on {data['coverage']['tickets']} tickets "
        f"({_percent(data['coverage']['share'])}; published: {_percent(data['coverage']['before_share'])})"
    )
    yield f"{data['tickets']} tickets, {data['firings_total']} firings"
    for row in data["rules"]:
        yield f"{row['fires']:6}  {row['rule']}"


def _rules(data: Data) -> Iterator[str]:
    rows = [("RULE", "FIRES", "BEFORE", "SHARE", "SHOWS", "SPEND", "SAME CODE", "CSAT", "ELSE")]
    for row in data["rules"]:
        done, ended = row["agents"], row["outcomes"]
        shows = ", ".join(f"{count} {section}" for section, count in row["shows"].items())
        rows.append(
            (
                f"{row['rule']}:{row['line']}",
                str(row["fires"]),
                str(row["before"]),
                _percent(row["share"]),
                shows or "-",
                f"{row['spend']:.2f}" if row["spend"] else "-",
                f"{done['same_code']} of {done['gave_code']}" if done["gave_code"] else "-",
                _number(ended["fires"]["csat"]),
                _number(ended["else"]["csat"]),
            )
        )
    yield from _table(rows)
    for row in data["rules"]:
        if row["examples"]:
            yield ""
            yield f"{row['rule']}"
            for example in row["examples"]:
                yield f'  {example["ticket_id"]}  "{_cut(example["quote"])}"'
                yield from (f"      {change}" for change in example["changes"])
    yield ""


def _never(data: Data) -> Iterator[str]:
    if data["never"]:
        yield "Rules that never fire"
    for row in data["never"]:
        yield f"  {row['rule']}:{row['line']}: {row['why']}"
        for near in row["nearest"][:1]:
            yield f'      nearest: {near["ticket_id"]}  "{_cut(near["quote"])}" (without {", ".join(near["fails"])})'
    if data["never"]:
        yield ""


def _collisions(data: Data) -> Iterator[str]:
    if data["collisions"]:
        yield "Collisions"
    for row in data["collisions"]:
        some = ", ".join(row["examples"][:3])
        yield f"  {row['kind']}: {' and '.join(row['rules'])} on {row['tickets']} tickets ({some}): {row['why']}"
    if data["collisions"]:
        yield ""


def _changes(data: Data) -> Iterator[str]:
    total = data["changed"]["tickets"]
    if total or data["gone"]:
        yield f"Against what is published, {total} tickets change"
    for rule in data["gone"]:
        yield f"  no longer there: {rule}"
    for row in data["changes"]:
        yield f'  {row["ticket_id"]}  "{_cut(row["quote"])}"'
        yield from (f"    - {line}" for line in row["before"])
        yield from (f"    + {line}" for line in row["after"])
        gone = [rule for rule in row["rules_before"] if rule not in row["rules_after"]]
        come = [rule for rule in row["rules_after"] if rule not in row["rules_before"]]
        if not row["before"] and not row["after"]:
            yield from (f"    - rule {rule}" for rule in gone)
            yield from (f"    + rule {rule}" for rule in come)
    if left := total - len(data["changes"]):
        yield f"  … and {left} more"
    if total or data["gone"]:
        yield ""


def _spend(data: Data) -> Iterator[str]:
    spend = data["spend"]
    budget = "no budget" if spend["budget"] is None else f"budget {spend['budget']:.2f}"
    yield (
        f"Gestures, if every first one is done: {spend['after']:.2f} {spend['currency']} a month "
        f"(published: {spend['before']:.2f}; {budget})"
    )
    for name in spend["over"]:
        month = next(row for row in spend["months"] if row["month"] == name)
        yield f"  {name}: {month['after']:.2f} is more than the budget; later gestures of the month would not be shown"
    yield ""


def _ended(data: Data) -> Iterator[str]:
    done = data["agents"]
    yield "What agents did where a rule fires"
    kinds = ", ".join(f"{count} {kind}" for kind, count in done["kinds"].items())
    yield f"  {kinds or 'nothing is known'}"
    yield f"  a product on {done['gave_product']} tickets, on {done['same_product']} of them one that would be shown"
    yield f"  a code on {done['gave_code']} tickets, on {done['same_code']} of them one that would be shown"
    yield from _table(
        [
            ("  HOW IT ENDED", "TICKETS", "CSAT", "KEPT", "REOPENED"),
            *(
                (
                    f"  {name}",
                    str(group["tickets"]),
                    _number(group["csat"]),
                    f"{group['kept_revenue']:.2f}",
                    "-" if group["reopened"] is None else _percent(group["reopened"]),
                )
                for name, group in (
                    ("a rule fires", data["outcomes"]["fires"]),
                    ("no rule fires", data["outcomes"]["else"]),
                )
            ),
        ]
    )
    yield ""


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Columns as wide as their widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _WIDE else text[: _WIDE - 1].rsplit(" ", 1)[0] + " …"
