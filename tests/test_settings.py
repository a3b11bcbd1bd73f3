"""The table of settings, what may stand in it, and the page that describes it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from copilot.errors import SettingError
from copilot.settings import Settings, default_text, read_settings, table, variable

ROOT = Path(__file__).parents[1]


def test_defaults_without_an_environment() -> None:
    assert read_settings(environ={}) == Settings()
    assert Settings().model.is_absolute(), "the model is found from any directory"


def test_the_command_line_wins_over_the_environment_and_that_over_the_default() -> None:
    environ = {"COPILOT_PORT": "1", "COPILOT_HOST": "::1", "COPILOT_DATA": ""}
    read = read_settings({"port": "2", "host": None}, environ)
    assert (read.port, read.host, read.data) == (2, "::1", Path("var/copilot"))


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("data", "/x/y", Path("/x/y")),
        ("database_url", "postgresql+psycopg://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("port", "0", 0),
        ("playbooks", "here", Path("here")),
        ("agent_monthly_budget", "12.5", Decimal("12.50")),
        ("team_monthly_budget", "0", Decimal("0.00")),
        ("currency", "eur", "EUR"),
        ("demo", "Yes", True),
        ("demo", "0", False),
        ("refresh_seconds", "2", 2.0),
        ("log_level", "DEBUG", "debug"),
        ("reader_url", "https://models.example.com/v1/", "https://models.example.com/v1"),
        ("polish_url", "http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1"),
        ("embeddings_question_prefix", "query: ", "query: "),
    ],
)
def test_what_is_understood(name: str, text: str, value: object) -> None:
    assert getattr(read_settings(environ={variable(name): text}), name) == value
    assert getattr(read_settings({name: text}, {}), name) == value


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("data", "a\0b", "path"),
        ("database_url", "copilot", "database URL"),
        ("host", "http://x", "address"),
        ("port", "65536", "0 to 65535"),
        ("port", "-1", "0 to 65535"),
        ("port", "８７６５", "0 to 65535"),
        ("threads", "0", "1 to 256"),
        ("rate_limit", "9" * 5000, "1 to 1000000"),
        ("max_request_bytes", "1k", "1024 to"),
        ("refresh_seconds", "nan", "0.05 to 3600"),
        ("refresh_seconds", "soon", "0.05 to 3600"),
        ("agent_monthly_budget", "NaN", "amount"),
        ("agent_monthly_budget", "1.005", "two decimals"),
        ("agent_monthly_budget", "-1", "amount"),
        ("team_monthly_budget", "12,50", "amount"),
        ("currency", "euro", "ISO 4217"),
        ("demo", "maybe", "true"),
        ("log_level", "loud", "debug, info"),
        ("reader_url", "models.example.com", "base URL"),
        ("reader_url", "file:///etc/passwd", "base URL"),
        ("polish_url", "https://user:pass@models.example.com/v1", "base URL"),
        ("embeddings_url", "https://models.example.com/v1?key=1", "base URL"),
        ("embeddings_url", "https://models.example.com:port/v1", "base URL"),
        ("reader_model", "a\nb", "printable"),
        ("polish_key", "two words", "without spaces"),
    ],
)
def test_what_is_not_is_named_with_what_is_allowed(name: str, text: str, allowed: str) -> None:
    with pytest.raises(SettingError) as told:
        read_settings(environ={variable(name): text})
    assert str(told.value).startswith(variable(name) + "=")
    assert allowed in str(told.value)
    with pytest.raises(SettingError, match="--" + name.replace("_", "-")):
        read_settings({name: text}, {})


def test_a_password_is_not_repeated() -> None:
    with pytest.raises(SettingError) as told:
        read_settings(environ={"COPILOT_DATABASE_URL": "user:hunter2@host"})
    assert "hunter2" not in str(told.value)
    for name in ("reader_key", "polish_key", "embeddings_key"):
        with pytest.raises(SettingError) as told:
            read_settings(environ={variable(name): "hunter2 "})
        assert "hunter2" not in str(told.value)
        assert "hunter2" not in repr(read_settings(environ={variable(name): "hunter2"}))


def test_every_setting_is_documented_as_it_is() -> None:
    page = (ROOT / "docs/operating.md").read_text("utf-8")
    written = [line for line in page.split("\n") if line.startswith("| `COPILOT_")]
    made = []
    for row in table():
        default = default_text(row)
        shown = f"`{default}`" if default else ""
        made.append(f"| `{variable(row.name)}` | {row.metadata['kind']} | {shown} | {row.metadata['help']} |")
    assert written == made
