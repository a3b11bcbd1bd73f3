"""The pages against the code: what they name exists, and what exists they name.

The tables of settings, error codes and commands are held against the code word for word beside their subjects
(test_settings, api/test_openapi, test_cli); here is what concerns all pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import click
import pytest

from copilot.cli import cli
from copilot.schemas import Event
from copilot.settings import table, variable
from copilot.store.tokens import ROLES
from recommenders.playbooks.schema import Budgets, Example, Gesture, PlaybookFile, Rule, Then, When

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
MADE = {".venv", "var", "node_modules"}  # by running it
ROOMS = ("copilot", "recommenders", "benchmarks", "static", "demo", "docs", "playbooks", "tests", "bin")
READERS = ("copilot/", "recommenders/", "tests/browser/")  # of environment variables
SUFFIXES = ("py", "md", "yaml", "yml", "js", "ts", "json", "jsonl", "css", "html", "svg", "csv")
VARIABLE = re.compile(r"\bCOPILOT_[A-Z][A-Z_]*[A-Z]\b")
READ_BY_TESTS = ("tests/browser/conftest.py", "tests/browser/test_spending.py")
by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@cache
def files() -> frozenset[str]:
    """Every file of the project, as a path below its root; nothing that was made by running it."""
    tops = [path for path in ROOT.iterdir() if path.name not in MADE and not path.name.startswith(".")]
    found = [path for top in tops for path in (top, *top.rglob("*")) if path.is_file()]
    return frozenset(path.relative_to(ROOT).as_posix() for path in found)


def commands(group: click.Group = cli, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name, command


def prose(text: str) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def rows(page: str, heading: str) -> list[str]:
    """What stands in backticks in the first cells of the table below a heading, top to bottom."""
    _, _, section = text_of(page).partition(f"\n{heading}\n")
    assert section, f"{page} has no heading {heading!r}"
    section = re.split(r"^#", section, maxsplit=1, flags=re.MULTILINE)[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    return [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings get."""
    headings = re.findall(r"^#+ (.+)$", prose(page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


# ---------------------------------------------------------------- what exists is named


def test_every_variable_that_the_project_reads_is_documented() -> None:
    sources = [f for f in files() if f.endswith(".py") and f.startswith(READERS)]
    read = {name for f in [*sources, "bin/demo", "bin/setup", "Makefile"] for name in VARIABLE.findall(text_of(f))}
    assert {variable(row.name) for row in table()} >= {name for name in read if "_TEST_" not in name}
    written = {name for page in PAGES for name in VARIABLE.findall(page.read_text("utf-8"))}
    assert read - written == set()


def test_every_option_that_is_not_a_setting_is_documented() -> None:
    settings, page = {row.name for row in table()}, text_of("docs/operating.md")
    for name, command in commands():
        line = next(line for line in page.split("\n") if line.startswith(f"| `copilot {name}"))
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.name not in settings:
                assert parameter.opts[0] in line, f"copilot {name}"


def test_every_role_and_every_event_is_documented() -> None:
    assert rows("docs/operating.md", "## Tokens and roles") == list(ROLES)
    assert [event for event in get_args(Event) if f"`{event}`" not in text_of("docs/api.md")] == []


@pytest.mark.parametrize(
    ("heading", "keys"),
    [
        ("## Sections", PlaybookFile.model_fields),
        ("## Rules", Rule.model_fields),
        ("### when", When.model_fields),
        ("### then", Then.model_fields),
        ("## Budgets", Budgets.model_fields),
        ("## Gestures", Gesture.model_fields),
        ("## Examples", Example.model_fields),
    ],
)
def test_every_playbook_key_stands_in_the_table_of_its_section_and_no_other(heading: str, keys: list[str]) -> None:
    assert sorted(rows("docs/playbooks.md", heading)) == sorted(keys)


def test_every_page_can_be_reached_from_the_readme() -> None:
    readme = text_of("README.md")
    assert [page.name for page in PAGES if page.parent.name == "docs" and f"(docs/{page.name}" not in readme] == []


# ---------------------------------------------------------------- what is named exists


@by_page
def test_relative_links_resolve(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


@by_page
def test_files_and_folders_that_are_named_exist(page: Path) -> None:
    """A path may begin at the root or further in (`hosts/registry.js`); one in a room must begin at the root."""
    wrong = []
    for token in re.findall(r"`([^`\n]+)`", prose(page.read_text("utf-8"))):
        if not re.fullmatch(r"[\w.-]+(/[\w.-]+)*/?", token) or token.split("/")[0] in MADE:
            continue
        suffix = token.rpartition(".")[2] if "." in token else ""
        if "/" in token and token.split("/")[0] in ROOMS:
            there = (ROOT / token).exists()
        elif suffix in SUFFIXES:
            there = any(f == token or f.endswith("/" + token) for f in files())
        else:
            continue
        if not there:
            wrong.append(token)
    assert wrong == []


def test_the_layout_in_the_readme_is_the_tree() -> None:
    _, _, layout = text_of("README.md").partition("\n## Layout\n")
    named = [line.split()[0] for line in layout.split("```")[1].strip().split("\n")]
    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists() or (ROOT / path).is_dir() != path.endswith("/")] == []
    assert {path.split("/")[0] for path in named} == set(ROOMS)


@by_page
def test_commands_options_and_targets_that_are_named_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    known = dict(commands())
    # In running text and in blocks of code, where the command may be called by its path.
    called = re.findall(
        r"(?:^|`| )(?:\.venv/bin/)?copilot ([a-z]+(?:[ -][a-z]+)*)([^`\n|]*)", "\n".join(code_of(text)), re.MULTILINE
    )
    for words, rest in called:
        name = next((n for n in sorted(known, key=len, reverse=True) if f"{words} ".startswith(f"{n} ")), None)
        assert name, f"copilot {words}"
        options = {option for parameter in known[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z][a-z-]*", rest.partition("#")[0])) <= options | {"--help"}, f"copilot {words}"
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    assert {name for code in code_of(text) for name in re.findall(r"\bmake ([a-z-]+)", code)} <= targets


def code_of(text: str) -> list[str]:
    """What stands in blocks of code and in backticks."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    indented = re.findall(r"^    (\S.*)$", text, re.MULTILINE)
    return [*blocks, *indented, *re.findall(r"`([^`\n]+)`", prose(text))]


@by_page
def test_variables_that_are_named_are_read(page: Path) -> None:
    known = {variable(row.name) for row in table()} | set(VARIABLE.findall("".join(map(text_of, READ_BY_TESTS))))
    assert set(VARIABLE.findall(page.read_text("utf-8"))) <= known
