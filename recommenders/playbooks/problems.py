"""What is wrong in a playbook, as a compiler says it: file, line, column, severity, message, the check's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """Something wrong in a playbook file; line and column count from 1, columns in characters.

    `code` names the check ("unknown-key"). `rule_id` is the rule or gesture that it stands in, "" outside of one.
    """

    file: str
    line: int
    col: int
    severity: Severity
    message: str
    code: str
    rule_id: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.col}: {self.severity}: {self.message} ({self.code})"

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


class PlaybookError(ValueError):
    """A playbook that cannot be used; `problems` says where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)
