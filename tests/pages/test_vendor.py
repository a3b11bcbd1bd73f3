"""The editor's vendored module is what the pinned packages make, small enough, and comes with their licences."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from tests.browser.conftest import ROOT

VENDOR = ROOT / "copilot/pages/static/editor/vendor"


def test_it_is_what_the_packages_make() -> None:
    if not (ROOT / "node_modules/esbuild").exists():
        pytest.skip("esbuild is not installed: npm ci")
    done = subprocess.run([ROOT / "bin/vendor-editor", "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_package_has_its_licence() -> None:
    pinned = json.loads((ROOT / "package.json").read_text("utf-8"))["devDependencies"]
    notices = (VENDOR / "LICENSES.txt").read_text("utf-8")
    named = dict(re.findall(r"^---- (\S+) (\S+) \((?:MIT|ISC)\)$", notices, re.MULTILINE))
    used = set(re.findall(r'from "([^"]+)"', (VENDOR / "codemirror.d.ts").read_text("utf-8")))
    assert {name: pinned[name] for name in used} == {name: named.get(name) for name in used}


def test_it_is_small_and_evaluates_nothing() -> None:
    built = (VENDOR / "codemirror.js").read_text("utf-8")
    assert len(built.encode()) < 600 * 1024
    assert not re.search(r"\beval\(|new Function\(", built)
