"""The playbook language: what a shop's team leads decide, as YAML that is checked before it is used."""

from recommenders.playbooks.loader import (
    FileInfo,
    Playbook,
    PlaybookError,
    Problem,
    Sourced,
    check,
    check_files,
    load,
    load_default,
    load_files,
)
from recommenders.playbooks.matcher import Advice, Match, advise, matching

__all__ = [
    "Advice",
    "FileInfo",
    "Match",
    "Playbook",
    "PlaybookError",
    "Problem",
    "Sourced",
    "advise",
    "check",
    "check_files",
    "load",
    "load_default",
    "load_files",
    "matching",
]
