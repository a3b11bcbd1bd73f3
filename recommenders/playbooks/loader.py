"""Checks and loads playbooks: from texts, purely, and from the folders where they lie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from pathlib import Path

from recommenders.domain import Catalog
from recommenders.playbooks.checks import Subject, check_all
from recommenders.playbooks.parse import Parsed, parse
from recommenders.playbooks.playbook import FileInfo, Playbook, Sourced, merge
from recommenders.playbooks.problems import PlaybookError, Problem, Severity
from recommenders.playbooks.schema import Budgets
from recommenders.playbooks.source import MAX_CHARS, read_source

__all__ = [
    "DEFAULT_FOLDER", "FileInfo", "Playbook", "PlaybookError", "Problem", "Severity", "Sourced", "check", "check_files",
    "check_text", "files_of", "load", "load_default", "load_files",
]  # fmt: skip

DEFAULT_FOLDER = Path(__file__).parent / "default"
_MAX_BYTES = 4 * MAX_CHARS


def check_files(
    files: Mapping[str, str], catalog: Catalog | None = None, *, today: date | None = None
) -> list[Problem]:
    """Every problem of these files (name -> text) as one playbook, sorted by file and line; empty means: usable.

    With a catalogue, codes and products that the shop does not have are warnings. What depends on the day (`today`,
    default: the clock's) is a warning too, so that a playbook never becomes wrong by itself. Never raises.
    """
    parsed, problems = _parse_all(files)
    return sorted({*problems, *_cross_check(parsed, problems, catalog, today)})


def load_files(files: Mapping[str, str], catalog: Catalog | None = None, *, today: date | None = None) -> Playbook:
    """The playbook that these files (name -> text) make together.

    A section (gestures, budgets, rules) that no file has comes from the packaged default; without any file the packaged
    default applies. Raises PlaybookError if there is any error; warnings pass.
    """
    parsed, problems = _parse_all(files)
    return _made(parsed, [*problems, *_cross_check(parsed, problems, catalog, today)])


def check(directory: Path, catalog: Catalog | None = None) -> list[Problem]:
    """Every problem of the playbook files below `directory`, as `check_files`; a missing directory is an error."""
    if not directory.is_dir():
        return [
            Problem(str(directory), 1, 1, "error", "no such directory; name the folder of the playbooks", "no-folder")
        ]
    files, unread = _texts(directory)
    parsed, problems = _parse_all(files)
    problems += unread
    return sorted({*problems, *_cross_check(parsed, problems, catalog, None)})


def load(directories: Iterable[Path], catalog: Catalog | None = None) -> Playbook:
    """The playbook of these directories together, as `load_files`."""
    files: dict[str, str] = {}
    unread: list[Problem] = []
    for directory in directories:
        found, wrong = _texts(directory)
        files |= found
        unread += wrong
    parsed, problems = _parse_all(files)
    problems += unread
    return _made(parsed, [*problems, *_cross_check(parsed, problems, catalog, None)])


@cache
def load_default() -> Playbook:
    """The packaged playbook, which fits any trade."""
    parsed, problems = _parse_all(_texts(DEFAULT_FOLDER)[0])
    if problems:
        raise PlaybookError(problems)
    return merge(parsed)


def files_of(directory: Path) -> list[Path]:
    """The YAML files below a directory in the order in which they are read."""
    found = (p for pattern in ("*.yaml", "*.yml") for p in directory.rglob(pattern))
    return sorted(p for p in found if p.is_file())


def check_text(name: str, text: str) -> list[Problem]:
    """The problems of one file alone: gestures and tags that other files may define are not looked for."""
    parsed, problems = _parse_all({name: text})
    return sorted({*problems, *_cross_check(parsed, problems, None, None, whole=False)})


def _texts(directory: Path) -> tuple[dict[str, str], list[Problem]]:
    files: dict[str, str] = {}
    problems: list[Problem] = []

    def wrong(path: Path, line: int, message: str, code: str) -> None:
        problems.append(Problem(str(path), line, 1, "error", message, code))

    for path in files_of(directory):
        try:
            if path.stat().st_size > _MAX_BYTES:
                wrong(path, 1, f"larger than {_MAX_BYTES} bytes; split it into several files", "too-large")
            else:
                files[str(path)] = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            wrong(path, line, "not UTF-8: save the file as UTF-8", "not-utf8")
        except OSError as error:
            wrong(path, 1, f"cannot be read: {error.strerror or type(error).__name__}", "unreadable")
    return files, problems


@lru_cache(maxsize=256)
def _parse_one(name: str, text: str) -> tuple[Parsed | None, tuple[Problem, ...]]:
    """One file; remembered, since somebody who types in one file has the others checked with every stroke."""
    source, problems = read_source(name, text)
    if source is None:
        return None, tuple(problems)
    parsed, more = parse(source)
    return parsed, (*problems, *more)


def _parse_all(files: Mapping[str, str]) -> tuple[list[Parsed], list[Problem]]:
    parsed: list[Parsed] = []
    problems: list[Problem] = []
    for name, text in files.items():
        found, wrong = _parse_one(name, text)
        problems += wrong
        if found is not None:
            parsed.append(found)
    return parsed, problems


def _cross_check(
    parsed: Sequence[Parsed],
    problems: Sequence[Problem],
    catalog: Catalog | None,
    today: date | None,
    *,
    whole: bool = True,
) -> list[Problem]:
    if not parsed:
        return []
    read = {file.name for file in parsed}
    unread = any(problem.severity == "error" and problem.file not in read for problem in problems)
    return check_all(
        Subject(
            files=parsed,
            catalog=catalog,
            today=today or datetime.now(UTC).date(),
            complete=whole and not unread,
            default_gestures=frozenset(gesture.item.id for gesture in load_default().gestures),
            default_budgets=load_default().budgets if whole else Budgets(),
        )
    )


def _made(parsed: Sequence[Parsed], problems: Sequence[Problem]) -> Playbook:
    if errors := sorted({problem for problem in problems if problem.severity == "error"}):
        raise PlaybookError(errors)
    default = load_default()
    if not parsed:
        return default
    own = merge(parsed)
    given = {name for file in parsed for name in file.content.model_fields_set}
    return replace(
        own,
        rules=own.rules if "rules" in given else default.rules,
        gestures=own.gestures if "gestures" in given else default.gestures,
        budgets=own.budgets if "budgets" in given else default.budgets,
    )
