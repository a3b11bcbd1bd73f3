"""The extension's house rules, read from its source."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.conftest import EXTENSION, ROOT

SCRIPTS = sorted(EXTENSION.rglob("*.js")) + sorted((ROOT / "demo/helpdesk").glob("*.js"))
MARKUP = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function|srcdoc")
# What the contract lets the service answer in `selling.reasons`.
REASONS = (
    "adverse_reaction safety bereavement legal_threat chargeback fraud_or_security privacy_request harassment "
    "repeat_contact high_anger no_marketing_consent_for_upsell service_failure_open vulnerable_customer "
    "asked_not_to_sell"
).split()


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_nothing_is_ever_made_into_markup(path: Path) -> None:
    assert MARKUP.search(path.read_text("utf-8")) is None


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_one_door_to_the_browsers_api(path: Path) -> None:
    if name(path).endswith(("lib/chrome.js", "content/loader.js")):
        return
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text("utf-8"), flags=re.DOTALL)
    assert re.search(r"\b(chrome|browser)\.(runtime|tabs|storage|scripting|permissions|windows)\b", code) is None


def test_every_host_module_is_registered() -> None:
    registry = (EXTENSION / "hosts/registry.js").read_text("utf-8")
    for module in (EXTENSION / "hosts").glob("*.js"):
        if module.name != "registry.js":
            assert f'from "./{module.name}"' in registry


def test_every_helpdesk_has_its_docs() -> None:
    docs = (ROOT / "docs/helpdesks.md").read_text("utf-8")
    for module in (EXTENSION / "hosts").glob("*.js"):
        if module.name != "registry.js":
            label = re.search(r'label: "([^"]+)"', module.read_text("utf-8"))
            assert label
            assert f"## {label[1]}" in docs


def test_every_reason_has_words() -> None:
    words = (EXTENSION / "panel/words.js").read_text("utf-8")
    assert [reason for reason in REASONS if f"{reason}: {{" not in words] == []


def test_the_manifest_names_files_that_exist_and_asks_for_little() -> None:
    manifest = json.loads((EXTENSION / "manifest.json").read_text("utf-8"))
    files = [
        manifest["background"]["service_worker"],
        manifest["side_panel"]["default_path"],
        manifest["options_ui"]["page"],
        *manifest["icons"].values(),
        *(file for script in manifest["content_scripts"] for file in script["js"]),
    ]
    assert [file for file in files if not (EXTENSION / file).is_file()] == []
    assert manifest["host_permissions"] == ["http://127.0.0.1/*", "http://localhost/*"]
    assert set(manifest["permissions"]) == {"alarms", "scripting", "sidePanel", "storage"}


def test_the_types_hold() -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    compiler = ROOT / "node_modules/.bin/tsc"
    if not compiler.exists() or not shutil.which("node", path=path):
        pytest.skip("TypeScript is not installed: npm ci")
    command = [compiler, "--project", ROOT / "tsconfig.json"]
    done = subprocess.run(command, env=os.environ | {"PATH": path}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
