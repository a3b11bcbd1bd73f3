"""The command: exit codes, what goes to which stream, and how fast it is."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from copilot.cli import FAULTS, cli, execute
from copilot.errors import InputError, UsageError
from copilot.settings import table, variable
from copilot.store.database import open_database
from copilot.store.sessions import SignInLinks
from copilot.store.tokens import TokenStore

ROOT = Path(__file__).parents[1]
Streams = pytest.CaptureFixture[str]


def commands() -> list[tuple[str, click.Command]]:
    found = []
    for name, command in cli.commands.items():
        inner = command.commands if isinstance(command, click.Group) else {}
        found += [(f"{name} {sub}", c) for sub, c in inner.items()] or [(name, command)]
    return found


def test_help_is_instant_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; from copilot.cli import execute; execute(['--help']); "
        "print([m for m in ('flask', 'sqlalchemy', 'numpy', 'pydantic') if m in sys.modules])"
    )
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert time.perf_counter() - started < 2, "0.2 s on an idle machine"


def test_serve_has_an_option_for_every_setting_that_others_may_see(capsys: Streams) -> None:
    assert execute(["serve", "--help"]) == 0
    shown = capsys.readouterr().out
    for row in table():
        assert ("--" + row.name.replace("_", "-") in shown) is not row.metadata["env_only"]
        assert (variable(row.name) in shown) is not row.metadata["env_only"]


def test_every_command_explains_itself_and_is_documented(capsys: Streams) -> None:
    page = (ROOT / "docs/operating.md").read_text("utf-8")
    assert len(commands()) == 9
    for name, command in commands():
        assert command.help, name
        assert execute([*name.split(), "--help"]) == 0
        assert f"`copilot {name}" in page


def test_the_whole_life_of_a_token(tmp_path: Path, capsys: Streams) -> None:
    data = ["--data", str(tmp_path)]
    assert execute(["token", "create", "--role", "lead", "--name", "Lea", *data]) == 0
    token = capsys.readouterr().out
    assert token.startswith("cp_")
    assert token.count("\n") == 1, "alone on stdout"
    found = TokenStore(open_database(tmp_path)).find(token.strip())
    assert found
    assert (found.role, found.name) == ("lead", "Lea")

    assert execute(["token", "list", *data]) == 0
    shown = capsys.readouterr().out
    assert "Lea" in shown
    assert token.strip() not in shown
    assert execute(["token", "revoke", "Lea", *data]) == 0
    assert execute(["token", "revoke", "Lea", *data]) == 1
    assert "copilot token list" in capsys.readouterr().err


def test_a_sign_in_link_is_alone_on_stdout_and_opens_a_session(tmp_path: Path, capsys: Streams) -> None:
    data = ["--data", str(tmp_path)]
    for more, begin in (
        ([], "http://127.0.0.1:8765/sign-in/"),
        (["--host", "0.0.0.0", "--port", "80"], "http://127.0.0.1:80/sign-in/"),
        (["--host", "::1"], "http://[::1]:8765/sign-in/"),
        (["--public-url", "https://copilot.example.com/"], "https://copilot.example.com/sign-in/"),
    ):
        assert execute(["sign-in-link", "--role", "lead", "--name", "Lea", *data, *more]) == 0
        link = capsys.readouterr().out
        assert link.startswith(begin)
        assert link.count("\n") == 1
        person = SignInLinks(open_database(tmp_path)).use(link.strip().removeprefix(begin))
        assert person
        assert (person.role, person.name, person.id) == ("lead", "Lea", 1)
    assert execute(["sign-in-link", "--role", "agent", "--name", "Kim", *data]) == 2
    assert execute(["sign-in-link", "--role", "lead", "--name", " ", *data]) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nothing"], 2, "No such command"),
        (["token", "create", "--role", "boss", "--name", "x"], 2, "boss"),
        (["token", "create", "--role", "agent"], 2, "--name"),
        (["serve", "--port", "http"], 2, "--port=http: must be a whole number from 0 to 65535"),
        (["load"], 2, "SHOP_DIR"),
        (["load", "/no/such/folder"], 1, "/no/such/folder: no such directory"),
        (["playbooks", "check", "/no/such/folder"], 1, "error: 1 error\n"),
    ],
)
def test_wrong_input_and_wrong_usage(arguments: list[str], code: int, words: str, capsys: Streams) -> None:
    assert execute(arguments) == code
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told


def test_a_model_that_is_missing_says_what_to_do(tmp_path: Path, capsys: Streams) -> None:
    (tmp_path / "tickets.jsonl").touch()
    assert execute(["load", str(tmp_path), "--data", str(tmp_path / "d"), "--model", str(tmp_path / "none")]) == 1
    told = capsys.readouterr().err
    assert str(tmp_path / "none") in told
    assert "make setup" in told


def test_a_bad_variable_is_wrong_usage(monkeypatch: pytest.MonkeyPatch, capsys: Streams) -> None:
    monkeypatch.setenv("COPILOT_THREADS", "many")
    assert execute(["serve"]) == 2
    assert "COPILOT_THREADS=many: must be a whole number from 1 to 256" in capsys.readouterr().err


def raising(error: BaseException, data: Path) -> click.Command:
    @click.command()
    @click.pass_obj
    def command(run: object) -> None:
        run.read({"data": str(data)})  # type: ignore[attr-defined]
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (InputError("row 3 is wrong"), 1, "error: row 3 is wrong\n"),
        (UsageError("not so"), 2, "error: not so\n"),
        (click.UsageError("not so"), 2, "not so"),
        (KeyboardInterrupt(), 1, "error: interrupted\n"),
    ],
)
def test_exit_codes(error: BaseException, code: int, words: str, tmp_path: Path, capsys: Streams) -> None:
    assert execute([], raising(error, tmp_path)) == code
    assert words in capsys.readouterr().err


def test_a_fault_is_one_line_and_a_traceback_in_a_file(tmp_path: Path, capsys: Streams) -> None:
    assert execute([], raising(ZeroDivisionError("by\nnothing"), tmp_path / "data")) == 3
    [line] = capsys.readouterr().err.splitlines()
    assert line == f"fault: ZeroDivisionError: by nothing (traceback: {tmp_path / 'data' / FAULTS})"
    assert "Traceback" in (tmp_path / "data" / FAULTS).read_text("utf-8")


def test_the_packaged_playbook_passes_its_check(capsys: Streams) -> None:
    assert execute(["playbooks", "check"]) == 0


def test_a_playbook_s_mistake_is_shown_where_it_stands(tmp_path: Path, capsys: Streams) -> None:
    (tmp_path / "a.yaml").write_text("rules:\n  - id: x\n    wehn: {}\n", "utf-8")
    assert execute(["playbooks", "check", str(tmp_path)]) == 1
    streams = capsys.readouterr()
    assert "a.yaml:3:" in streams.out
    assert "error" in streams.out
