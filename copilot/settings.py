# ruff: noqa: RUF009 - the defaults are made by `_setting`, which returns a dataclass field
"""The settings: one table, from which the environment variables, the command-line options and the docs are made.

A value comes from the command line, else from the environment variable `COPILOT_<NAME>`, else from the default.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from copilot.errors import SettingError

T = TypeVar("T")
PREFIX = "COPILOT_"
ROOT = Path(__file__).resolve().parents[1]
LOG_LEVELS = ("debug", "info", "warning", "error")
TRUE, FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else -1
        if not low <= value <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return value

    return parse


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.05 <= value <= 3600:  # also refuses NaN
        raise ValueError("must be a number of seconds from 0.05 to 3600")
    return value


def _money(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or not 0 <= value <= 1_000_000 or value != value.quantize(Decimal("0.01")):
        raise ValueError("must be an amount from 0 to 1000000 with at most two decimals, like 50 or 12.50")
    return value.quantize(Decimal("0.01"))


def _currency(text: str) -> str:
    if text and not (len(text) == 3 and text.isascii() and text.isalpha()):
        raise ValueError("must be an ISO 4217 code like EUR, or empty for the shop's own")
    return text.upper()


def _flag(text: str) -> bool:
    if text.lower() not in TRUE + FALSE:
        raise ValueError("must be one of " + ", ".join(TRUE + FALSE))
    return text.lower() in TRUE


def _level(text: str) -> str:
    if text.lower() not in LOG_LEVELS:
        raise ValueError("must be one of " + ", ".join(LOG_LEVELS))
    return text.lower()


def _host(text: str) -> str:
    if not text or any(c.isspace() or c in "/@" for c in text):
        raise ValueError("must be a host name or an address, like 127.0.0.1")
    return text


def _path(text: str) -> Path:
    if not text.strip() or "\0" in text:
        raise ValueError("must be a path")
    return Path(text).expanduser()


def _url(text: str) -> str:
    if "://" not in text:
        raise ValueError("must be a database URL, like postgresql+psycopg://copilot@db/copilot")
    return text


def _endpoint(text: str) -> str:
    allowed = "must be the base URL of an OpenAI-compatible endpoint, like https://models.example.com/v1"
    try:
        parts = urlsplit(text)
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        known = False
    if not known or parts.username is not None or parts.query or parts.fragment or any(c.isspace() for c in text):
        raise ValueError(allowed)
    return text.rstrip("/")


def _address(text: str) -> str:
    allowed = "must be an address without a path, like https://copilot.example.com"
    try:
        parts = urlsplit(text)
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        known = False
    if not known or parts.path.strip("/") or parts.username is not None or parts.query or parts.fragment:
        raise ValueError(allowed)
    return f"{parts.scheme}://{parts.netloc}"


def _key(text: str) -> str:
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("must be the key as it was issued, without spaces")
    return text


def _text(text: str) -> str:
    if not text.isprintable() or len(text) > 200:
        raise ValueError("must be at most 200 printable characters")
    return text


def _setting(
    default: T, parse: Callable[[str], T], kind: str, help: str, secret: bool = False, env_only: bool = False
) -> T:
    """One row of the table. `kind` names the type for readers; a `secret` value is not repeated in messages.

    What is `env_only` has no option: every user of the machine can read the command lines of others.
    """
    about = {"parse": parse, "kind": kind, "help": help, "secret": secret, "env_only": env_only}
    made: T = field(default=default, repr=not secret, metadata=about)
    return made


def _optional(parse: Callable[[str], T]) -> Callable[[str], T | None]:
    return parse


@dataclass(frozen=True)
class Settings:
    """What an operator can choose."""

    data: Path = _setting(Path("var/copilot"), _path, "folder", "Data directory: database, index, logs.")
    database_url: str | None = _setting(
        None, _optional(_url), "URL", "Database; without it SQLite in the data directory.", secret=True
    )
    host: str = _setting("127.0.0.1", _host, "address", "Address to listen on.")
    port: int = _setting(8765, _whole(0, 65535), "number", "Port to listen on; 0 takes a free one.")
    playbooks: Path | None = _setting(
        None, _optional(_path), "folder", "The shop's playbooks; without it the packaged default."
    )
    model: Path = _setting(
        ROOT / "var/models/all-MiniLM-L6-v2", _path, "folder", "The embedding model, as `make setup` exported it."
    )
    datasets: Path = _setting(
        Path("../shared/data"), _path, "folder", "Public data sets for the benchmarks, each in a folder of its name."
    )
    public_url: str = _setting(
        "", _address, "URL", "Where people open the service, if it is another address; sign-in links begin with it."
    )
    threads: int = _setting(8, _whole(1, 256), "number", "Requests answered at the same time.")
    rate_limit: int = _setting(
        12_000, _whole(1, 1_000_000), "number", "Requests a minute for each token; a whole team may share one."
    )
    max_request_bytes: int = _setting(
        1024 * 1024, _whole(1024, 64 * 1024 * 1024), "bytes", "Largest body of a request."
    )
    refresh_seconds: float = _setting(0.5, _seconds, "seconds", "How often newly loaded data is looked for.")
    agent_monthly_budget: Decimal = _setting(
        Decimal("50.00"), _money, "amount", "What one agent may spend on delights a month; a playbook may set another."
    )
    team_monthly_budget: Decimal = _setting(
        Decimal("250.00"), _money, "amount", "What all agents together may spend; a playbook may set another."
    )
    customer_cooldown_days: int = _setting(
        0, _whole(0, 3650), "days", "Days without a further gesture that costs, for one customer; 0: no pause."
    )
    customer_budget: Decimal = _setting(
        Decimal("0.00"), _money, "amount", "What one customer may get in those days, else in a month; 0: no limit."
    )
    currency: str = _setting("", _currency, "currency", "Currency of the budgets; empty for the shop's own.")
    demo: bool = _setting(False, _flag, "flag", "Serve the demo helpdesk at /demo/ (to this machine only).")
    reader_url: str | None = _setting(
        None, _optional(_endpoint), "URL", "A language model that reads tickets beside the heads; without it none does."
    )
    reader_model: str = _setting("", _text, "name", "The model's name at that endpoint.")
    reader_key: str = _setting(
        "", _key, "key", "Bearer token for that endpoint; from the environment only.", secret=True, env_only=True
    )
    reader_seconds: float = _setting(1.5, _seconds, "seconds", "How long an answer waits for that model.")
    polish_url: str | None = _setting(
        None, _optional(_endpoint), "URL", "A language model that polishes drafts; without it none does."
    )
    polish_model: str = _setting("", _text, "name", "The model's name at that endpoint.")
    polish_key: str = _setting(
        "", _key, "key", "Bearer token for that endpoint; from the environment only.", secret=True, env_only=True
    )
    polish_seconds: float = _setting(
        2.0, _seconds, "seconds", "How long an answer waits for all its drafts to be polished."
    )
    embeddings_url: str | None = _setting(
        None, _optional(_endpoint), "URL", "An encoder that finds cases; without it the embedding model does."
    )
    embeddings_model: str = _setting("", _text, "name", "The encoder's name at that endpoint.")
    embeddings_key: str = _setting(
        "", _key, "key", "Bearer token for that endpoint; from the environment only.", secret=True, env_only=True
    )
    embeddings_seconds: float = _setting(
        0.5, _seconds, "seconds", "How long an answer waits for the vector of its ticket."
    )
    embeddings_question_prefix: str = _setting(
        "", _text, "text", "Put before a ticket, where the encoder wants that: `query: ` for E5."
    )
    embeddings_case_prefix: str = _setting(
        "", _text, "text", "Put before a resolved ticket, where the encoder wants that: `passage: ` for E5."
    )
    log_level: str = _setting(
        "info", _level, "level", "Least severe log line that is written: " + ", ".join(LOG_LEVELS)
    )


def table() -> tuple[Field[Any], ...]:
    """The rows: `name`, `default` and `metadata` (kind, help, parse, secret)."""
    return fields(Settings)


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def default_text(row: Field[Any]) -> str:
    """A default as an operator would write it."""
    if row.default is None or row.default == "":
        return ""
    if isinstance(row.default, bool):
        return "1" if row.default else "0"
    if isinstance(row.default, Path) and row.default.is_relative_to(ROOT):
        return str(row.default.relative_to(ROOT))
    return str(row.default)


def read_settings(given: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from what was `given` on the command line (None: not given) and from the environment.

    An empty environment variable counts as not set.

    Raises:
        SettingError: names the option or variable, its value and what is allowed.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for row in table():
        source, raw = "--" + row.name.replace("_", "-"), (given or {}).get(row.name)
        if raw is None:
            source = variable(row.name)
            raw = environ.get(source) or None
        if raw is None:
            continue
        try:
            values[row.name] = row.metadata["parse"](str(raw))
        except ValueError as error:
            raise SettingError(source, "…" if row.metadata["secret"] else raw, str(error)) from None
    return Settings(**values)
