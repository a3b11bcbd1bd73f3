"""The `copilot` command.

Exit codes: 0 done, 1 the input was wrong, 2 wrong usage, 3 a fault of the program. Everything heavy is imported by the
command that needs it, so that `copilot --help` is instant.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from copilot.errors import CopilotError, InputError
from copilot.settings import Settings, default_text, read_settings, table, variable

if TYPE_CHECKING:
    from sqlalchemy import Engine as Database

    from recommenders.domain import Catalog
    from recommenders.protocols import Encoder

F = TypeVar("F", bound=Callable[..., Any])
COUNTED = ("tickets", "products", "variants", "codes", "customers", "orders", "articles")
FAULTS = "faults.log"


@dataclass
class _Run:
    """One invocation: what the last resort needs to know of it."""

    settings: Settings | None = None

    def read(self, given: dict[str, Any]) -> Settings:
        """The settings of this invocation; logging follows them."""
        self.settings = read_settings(given)
        logging.basicConfig(
            level=self.settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
        )
        if self.settings.log_level != "debug":
            for library in ("alembic", "faiss", "httpcore2", "httpx2"):
                logging.getLogger(library).setLevel(logging.WARNING)
        return self.settings


def _options(*names: str) -> Callable[[F], F]:
    """Command-line options for settings, from their table; all of them without names."""

    def add(command: F) -> F:
        for row in reversed([r for r in table() if not r.metadata["env_only"] and (not names or r.name in names)]):
            default = default_text(row)
            note = f"[env: {variable(row.name)}" + (f"; default: {default}]" if default else "]")
            flag = "--" + row.name.replace("_", "-")
            made: dict[str, Any] = {"help": f"{row.metadata['help']} {note}", "type": str}
            if row.metadata["kind"] == "flag":
                made |= {"is_flag": True, "flag_value": "1", "default": None}
            else:
                made |= {"metavar": row.metadata["kind"].upper()}
            command = click.option(flag, row.name, **made)(command)
        return command

    return add


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="support-copilot", prog_name="copilot", message="%(prog)s %(version)s")
def cli() -> None:
    """Advice for the support team of an online shop.

    Exit codes: 0 done, 1 the input was wrong, 2 wrong usage, 3 a fault of the program.
    """


# ---------------------------------------------------------------- load


@cli.command()
@click.argument("shop_dir", type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Change nothing, and exit with 1, if any row is rejected.")
@_options("data", "database_url", "model", "log_level")
@click.pass_obj
def load(run: _Run, /, shop_dir: Path, strict: bool, **given: Any) -> None:
    """Import or update the shop directory SHOP_DIR.

    Rejected rows are named on stderr; the last line of stdout is JSON with the counts.
    """
    settings = run.read(given)
    if not shop_dir.is_dir():
        raise InputError(f"{shop_dir}: no such directory")
    encoder = _encoder(settings)
    from copilot.shop.load import load_shop
    from copilot.shop.playbooks import check_playbooks, keep_playbooks
    from copilot.store.locks import exclusive

    wrong = check_playbooks(shop_dir)
    with _database(settings) as database:
        report = load_shop(
            shop_dir,
            database,
            encoder,
            strict=strict,
            forbid=strict and bool(wrong),
            progress=sys.stderr.isatty(),
            warn=lambda line: click.echo(f"warning: {line}", err=True),
        )
    rejections = [*report.rejections, *wrong]
    if not wrong and not (strict and rejections):
        with _database(settings) as database, exclusive(database, "playbooks"):  # nobody publishes meanwhile
            keep_playbooks(shop_dir, settings.data)
    if report.changed:
        _get_ready(settings)
    for row in rejections:
        click.echo(f"{row.file}:{row.line}: {row.field}: {row.reason}", err=True)
    counts = {name: report.counts.get(name, 0) for name in COUNTED}
    click.echo(json.dumps({**counts, "rejected": len(rejections)}))
    if strict and rejections:
        raise InputError("rows were rejected, so nothing was changed")


def _get_ready(settings: Settings) -> None:
    """Makes now what the first start of the service would make: the index, and what the shop's pages say.

    Whatever hinders it, the shop is loaded: the service makes it then, and says what is wrong.
    """
    from copilot.building import build_engine
    from copilot.store.budgets import BudgetStore, Limits

    limits = Limits(settings.agent_monthly_budget, settings.team_monthly_budget, settings.currency)
    try:
        with _usable(), _database(settings) as database:
            build_engine(settings, database, BudgetStore(database, limits)).close()
    except CopilotError as error:
        click.echo(f"warning: loaded, but the service could not start as it is: {error}", err=True)


# ---------------------------------------------------------------- serve


@cli.command()
@_options()
@click.pass_obj
def serve(run: _Run, /, **given: Any) -> None:
    """Serve until SIGTERM; prints one line with the address when it is ready."""
    settings = run.read(given)
    import gc

    from copilot import create_app
    from copilot import server as http

    bound = http.bind(settings.host, settings.port)
    with _usable():
        app = create_app(settings)
    # What was loaded stays for good: the collector need not look through it in the middle of a request.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # a request leaves no cycles worth looking for after every few hundred objects
    try:
        http.serve(
            app,
            bound,
            threads=settings.threads,
            max_request_bytes=settings.max_request_bytes,
            ready=lambda: click.echo(f"Copilot is ready on {http.address_of(bound)}"),
        )
    finally:
        app.extensions["copilot"]["close"]()


# ---------------------------------------------------------------- token


@cli.group()
def token() -> None:
    """Make, list and revoke bearer tokens."""


@token.command("create")
@click.option("--role", type=click.Choice(["agent", "lead", "admin"]), required=True, help="What it may do.")
@click.option("--name", required=True, metavar="NAME", help="Whose it is; shown by `token list`.")
@_options("data", "database_url", "log_level")
@click.pass_obj
def token_create(run: _Run, /, role: Any, name: str, **given: Any) -> None:
    """Print a new token, once."""
    from copilot.store.tokens import TokenStore

    with _database(run.read(given)) as database:
        click.echo(TokenStore(database).create(role, name))


@token.command("list")
@_options("data", "database_url", "log_level")
@click.pass_obj
def token_list(run: _Run, /, **given: Any) -> None:
    """List all tokens ever made, without the tokens themselves."""
    from copilot.store.tokens import TokenStore

    with _database(run.read(given)) as database:
        rows = [
            (str(t.id), t.role, _day(t.created_at), _day(t.revoked_at) if t.revoked_at else "valid", t.name)
            for t in TokenStore(database).all()
        ]
    for row in [("ID", "ROLE", "CREATED", "REVOKED", "NAME"), *rows]:
        click.echo("{:<5} {:<6} {:<17} {:<17} {}".format(*row))


@token.command("revoke")
@click.argument("reference", metavar="ID_OR_NAME")
@_options("data", "database_url", "log_level")
@click.pass_obj
def token_revoke(run: _Run, /, reference: str, **given: Any) -> None:
    """End a token; running services notice within seconds."""
    from copilot.store.tokens import TokenStore

    with _database(run.read(given)) as database:
        ended = TokenStore(database).revoke(reference)
    click.echo(f"revoked {ended.id} ({ended.role}, {ended.name})")


# ---------------------------------------------------------------- sign-in


@cli.command("sign-in-link")
@click.option("--role", type=click.Choice(["lead", "admin"]), required=True, help="What it may do.")
@click.option("--name", required=True, metavar="NAME", help="Whom it signs in; stands in the history.")
@_options("data", "database_url", "host", "port", "public_url", "log_level")
@click.pass_obj
def sign_in_link(run: _Run, /, role: Any, name: str, **given: Any) -> None:
    """Print a link that opens the pages for NAME, once, within 15 minutes."""
    settings = run.read(given)
    from copilot.store.sessions import SignInLinks

    with _database(settings) as database:
        key = SignInLinks(database).create(role, name)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    here = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104 - what is listened on is no address
    click.echo(f"{settings.public_url or f'http://{here}:{settings.port}'}/sign-in/{key}")


# ---------------------------------------------------------------- playbooks


@cli.group()
def playbooks() -> None:
    """Check and try playbooks."""


@playbooks.command("check")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), required=False)
@_options("data", "database_url", "playbooks", "log_level")
@click.pass_obj
def playbooks_check(run: _Run, /, folder: Path | None, **given: Any) -> None:
    """Validate the playbooks in DIR; exits with 1 when there are errors.

    Where a shop was loaded, codes and products that it does not have are warnings.
    """
    settings = run.read(given)
    from recommenders.playbooks.loader import check

    problems = check(_playbooks_of(settings, folder), _catalog_of(settings))
    for problem in problems:
        click.echo(str(problem))
    errors = sum(problem.severity == "error" for problem in problems)
    if errors:
        raise InputError(f"{errors} error" + "s" * (errors > 1))


@playbooks.command("simulate")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), required=False)
@click.option("--against", metavar="DIR", type=click.Path(path_type=Path), help="Compare with these playbooks.")
@click.option("--newest", metavar="N", type=click.IntRange(1), help="Only the N tickets that were resolved last.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@_options("data", "database_url", "playbooks", "model", "log_level")
@click.pass_obj
def playbooks_simulate(
    run: _Run, /, folder: Path | None, against: Path | None, newest: int | None, as_json: bool, **given: Any
) -> None:
    """Replay the resolved tickets through the playbooks in DIR, and say what would have fired and changed.

    What changes is said against the published playbooks, or against those of another folder. The first time every
    ticket is read, which takes some minutes for 10,000; later it takes seconds.
    """
    settings = run.read(given)
    from tqdm import tqdm

    from copilot.building import build_engine
    from copilot.replay import simulate_draft
    from copilot.store.budgets import BudgetStore, Limits
    from recommenders.playbooks.loader import load as load_playbook
    from recommenders.playbooks.told import told

    with _usable(), _database(settings) as database:
        draft = load_playbook([_playbooks_of(settings, folder)])
        published = load_playbook([_playbooks_of(settings, against)])
        limits = Limits(settings.agent_monthly_budget, settings.team_monthly_budget, settings.currency)
        engine = build_engine(settings, database, BudgetStore(database, limits))
        bars: list[tqdm[Any]] = []

        def begin(total: int) -> Callable[[int], object]:
            bars.append(tqdm(total=total, desc="replay", unit=" tickets", disable=not sys.stderr.isatty()))
            return bars[0].update

        try:
            report = simulate_draft(engine, draft, published, newest=newest, progress=begin)
        finally:
            for bar in bars:
                bar.close()
            engine.close()
    if as_json:
        click.echo(json.dumps(report.as_data(None), ensure_ascii=False))
        return
    for line in told(report.as_data()):
        click.echo(line)


# ---------------------------------------------------------------- bench


@cli.command()
@click.argument("tasks", metavar="[TASK]...", nargs=-1)
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the rows here.")
@click.option("--html", "html_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the report here.")
@click.option("--data", "folder", metavar="FOLDER", help="The same as --datasets.")
@_options("model", "datasets", "log_level")
@click.pass_obj
def bench(
    run: _Run,
    /,
    tasks: tuple[str, ...],
    json_file: Path | None,
    html_file: Path | None,
    folder: str | None,
    **given: Any,
) -> None:
    """Run the offline benchmarks: all of them, or each TASK."""
    settings = run.read({**given, "datasets": given["datasets"] or folder})
    if settings.log_level == "info":  # of an engine that comes and goes, only what is wrong with it
        logging.getLogger("copilot").setLevel(logging.WARNING)
    from copilot.answering import answering
    from recommenders.bench import DatasetError, MissingPackage, UnknownTask
    from recommenders.bench import run as measure

    with _usable():
        try:
            measure(
                tasks,
                model=settings.model,
                data=settings.datasets,
                json_file=json_file,
                html_file=html_file,
                echo=click.echo,
                engine_of=answering(settings),
            )
        except (DatasetError, MissingPackage, UnknownTask) as error:
            raise InputError(str(error)) from error


# ---------------------------------------------------------------- what the commands share


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    from copilot.store.database import open_database

    database = open_database(settings.data, settings.database_url)
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def _usable() -> Iterator[None]:
    """A playbook or a model's folder that the library refuses was somebody's input."""
    try:
        yield
    except _refusals() as error:  # looked at only when something was raised
        raise InputError(str(error)) from error


def _refusals() -> tuple[type[Exception], ...]:
    from recommenders.playbooks.loader import PlaybookError
    from recommenders.retrieval.encoder import ModelError
    from recommenders.signals.heads import HeadsError

    return PlaybookError, ModelError, HeadsError


def _encoder(settings: Settings) -> Encoder:
    from copilot.models.wiring import case_encoder

    with _usable():
        return case_encoder(settings)


def _catalog_of(settings: Settings) -> Catalog | None:
    """What the shop sells, where one was loaded; checking a playbook makes no database."""
    from copilot.store.database import FILE_NAME

    if settings.database_url is None and not (settings.data / FILE_NAME).is_file():
        return None
    from copilot.store.shop import ShopStore

    with _database(settings) as database:
        catalog = ShopStore(database).catalog()
    return catalog if catalog.products or catalog.codes else None


def _playbooks_of(settings: Settings, folder: Path | None) -> Path:
    from recommenders.playbooks.loader import DEFAULT_FOLDER

    own = settings.data / "playbooks"
    return folder or settings.playbooks or (own if own.is_dir() else DEFAULT_FOLDER)


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}Z"


def _fault(error: BaseException, settings: Settings | None) -> str:
    """Writes the traceback where an operator finds it; the file's path."""
    text = f"{datetime.now(UTC).isoformat()}\n{''.join(traceback.format_exception(error))}\n"
    for folder in (*([settings.data] if settings else []), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / FAULTS).open("a", encoding="utf-8") as file:
                file.write(text)
        except OSError:
            continue
        return str(folder / FAULTS)
    sys.stderr.write(text)
    return "the lines above"


def execute(arguments: Sequence[str], command: click.Command = cli) -> int:
    """Runs the command line and returns its exit code; nothing but that code and the streams tells how it went."""
    run = _Run()
    try:
        command.main(list(arguments), prog_name="copilot", standalone_mode=False, obj=run)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except CopilotError as error:
        click.echo(f"error: {error}", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("error: interrupted", err=True)
        return 1
    except BrokenPipeError:  # whoever read our output has seen enough
        sys.stdout = None
        return 0
    except Exception as error:  # the last resort of the process: anything that was not foreseen is a fault of ours
        said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        click.echo(f"fault: {said} (traceback: {_fault(error, run.settings)})", err=True)
        return 3
    return 0


def main() -> None:
    """The console script."""
    sys.exit(execute(sys.argv[1:]))
