"""From the settings to models: off by default, and what is missing is said."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from copilot.errors import InputError
from copilot.models.wiring import case_encoder, model_reader, polisher, remote_encoder
from copilot.settings import Settings

URL = "http://127.0.0.1:9/v1"  # the discard port: nobody answers


def test_all_of_it_is_off_by_default() -> None:
    settings = Settings()
    assert model_reader(settings) is polisher(settings, lambda text, hint: hint) is remote_encoder(settings) is None
    assert case_encoder(settings).name.startswith("all-MiniLM")


def test_what_is_off_costs_no_import() -> None:
    code = "import sys, copilot.engine, copilot.models.wiring; sys.exit('httpx2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_model_that_was_not_exported_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[]")
    with pytest.raises(InputError, match=r"models_setup .* TARGET`, and set COPILOT_MODEL to TARGET"):
        case_encoder(replace(Settings(), model=tmp_path))


@pytest.mark.parametrize("part", ["reader", "polish", "embeddings"])
def test_a_model_without_a_name_is_refused(part: str) -> None:
    settings = replace(Settings(), **{f"{part}_url": URL})
    with pytest.raises(InputError, match=f"COPILOT_{part.upper()}_MODEL is not"):
        model_reader(settings) or polisher(settings, lambda text, hint: hint) or remote_encoder(settings)


def test_named_models_are_built_without_asking_them() -> None:
    settings = replace(
        Settings(), reader_url=URL, reader_model="m", reader_seconds=0.7, polish_url=URL, polish_model="m"
    )
    reader, writer = model_reader(settings), polisher(settings, lambda text, hint: hint)
    assert reader is not None
    assert writer is not None
    assert (reader.seconds, writer.seconds) == (0.7, 2.0)
    reader.close()
    writer.close()


@pytest.fixture
def refusing() -> Iterator[str]:
    """The URL of an endpoint that takes no key."""

    def app(environ: object, start: Any) -> list[bytes]:
        start("401 Unauthorized", [])
        return [b"no"]

    with make_server("127.0.0.1", 0, app, handler_class=_Silent) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


class _Silent(WSGIRequestHandler):
    def log_message(self, *given: object) -> None:
        """Nothing on stderr."""


def test_an_encoder_that_never_answered_is_refused_with_what_to_do(tmp_path: Path, refusing: str) -> None:
    settings = replace(Settings(), data=tmp_path, embeddings_url=refusing, embeddings_model="m")
    with pytest.raises(InputError, match=r"COPILOT_EMBEDDINGS_URL: .* 401; start the endpoint, or unset"):
        remote_encoder(settings)
