"""The playbook language: what a shop's team leads decide, as YAML that is checked before it is used."""

from recommenders.playbooks.loader import Playbook, PlaybookError, Problem, Sourced, check, load, load_default
from recommenders.playbooks.matcher import Advice, Match, advise, matching

__all__ = [
    "Advice",
    "Match",
    "Playbook",
    "PlaybookError",
    "Problem",
    "Sourced",
    "advise",
    "check",
    "load",
    "load_default",
    "matching",
]
