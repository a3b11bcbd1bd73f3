"""The arrows of docs/architecture.md, read from the imports of the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# A room may import the rooms below it and its own; a module that is not listed counts as the top layer.
LAYERS = [
    {"domain", "protocols"},
    {"text", "signals", "retrieval", "playbooks"},
    {"saves", "codes", "affinity", "offpolicy", "drafts", "delights", "restraint", "customers"},
    {"guard", "bench"},
]
FOREIGN = {"copilot", "flask", "sqlalchemy", "alembic", "requests", "werkzeug", "waitress", "click"}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def layer(room: str) -> int:
    return next((i for i, rooms in enumerate(LAYERS) if room in rooms), len(LAYERS))


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "recommenders").parts[0].removesuffix(".py")


def test_recommenders_import_nothing_of_the_service() -> None:
    wrong = [
        (str(path.relative_to(ROOT)), name)
        for path in modules("recommenders")
        for name in imports(path)
        if name.split(".")[0] in FOREIGN
    ]
    assert wrong == []


def test_arrows_point_one_way() -> None:
    wrong = []
    for path in modules("recommenders"):
        here = room_of(path)
        for name in imports(path):
            parts = name.split(".")
            if parts[0] == "recommenders" and len(parts) > 1 and layer(parts[1]) > layer(here):
                wrong.append((str(path.relative_to(ROOT)), name))
    assert wrong == []


@pytest.mark.parametrize("package", ["copilot", "recommenders"])
def test_every_room_of_the_package_says_what_it_is(package: str) -> None:
    silent = [
        str(p)
        for p in modules(package)
        if "migrations" not in p.parts and not ast.get_docstring(ast.parse(p.read_text("utf-8")))
    ]
    assert silent == []


def test_serving_path_never_imports_torch() -> None:
    training = (
        "retrieval/export",
        "retrieval/halves",
        "signals/branch",
        "signals/calibrate",
        "signals/gram_fit",
        "signals/train",
    )
    allowed = {ROOT / f"recommenders/{name}.py" for name in training}
    heavy = {"torch", "transformers", "sentence_transformers", "sklearn", "onnx", "scipy", "pandas", "matplotlib"}
    heavy |= {"ir_measures", "implicit", "obp", "numba"}
    wrong = [
        (str(p), n)
        for package in ("copilot", "recommenders")
        for p in modules(package)
        if p not in allowed and p.parent.name != "bench"
        for n in imports(p)
        if n.split(".")[0] in heavy
    ]
    assert wrong == []
