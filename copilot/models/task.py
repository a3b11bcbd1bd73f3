"""What a language model is asked to do, and the one way in which that fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class NoAnswer(Exception):
    """The model was asked and gave nothing usable; the message holds nothing of the question or the answer."""


@dataclass(frozen=True)
class Task:
    """What a model is asked to do: its instructions, the schema of its answer by name, and how long that may be."""

    name: str
    instructions: str
    schema: Mapping[str, Any]
    most_tokens: int
