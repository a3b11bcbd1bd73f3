"""What every room's tests may share: one Playwright a process, for its driver cannot be started a second time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Playwright


@pytest.fixture(scope="session")
def playwright_session() -> Iterator[Playwright]:
    # Must be set before Playwright's driver starts: without it the real side panel is invisible.
    os.environ["PW_CHROMIUM_ATTACH_TO_OTHER"] = "1"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright
