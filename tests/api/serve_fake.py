"""The real server over the fake engine, as a process of its own: python serve_fake.py DATA PORT [SETTING=VALUE ...]."""

from __future__ import annotations

import sys
import time

import click

from copilot import create_app, server
from copilot.engine import Ask
from copilot.settings import read_settings
from recommenders.domain import Suggestion
from tests.api.fake_engine import FakeEngine


class SlowEngine(FakeEngine):
    """A subject "sleep 0.5" takes half a second."""

    def suggest(self, ask: Ask) -> Suggestion:
        verb, _, seconds = ask.ticket.subject.partition(" ")
        if verb == "sleep":
            time.sleep(float(seconds))
        return super().suggest(ask)


def main(data: str, port: str, *given: str) -> None:
    settings = read_settings({"data": data, "port": port, **dict(x.split("=", 1) for x in given)})
    bound = server.bind(settings.host, settings.port)
    app = create_app(settings, engine=SlowEngine())
    server.serve(
        app,
        bound,
        threads=settings.threads,
        max_request_bytes=settings.max_request_bytes,
        ready=lambda: click.echo(server.address_of(bound)),
    )
    app.extensions["copilot"]["close"]()
    click.echo("closed")


if __name__ == "__main__":
    main(*sys.argv[1:])
