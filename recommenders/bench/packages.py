"""Packages that only the benchmarks use: asked for when they are needed, named when they are missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class MissingPackage(Exception):
    """A package is not installed; the message says how to get it."""


def needed(module: str) -> Any:
    """The module, or MissingPackage. Nothing that serves tickets imports it, so it is not imported before."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        remedy = "run `make setup`, or install the extra named bench"
        raise MissingPackage(f"the package {error.name} is not installed: {remedy}") from error
