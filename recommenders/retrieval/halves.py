"""An ONNX model cut in two at one of its tensors, so that something else can go on from there beside its own rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def cut(model: Path, at: str, end: str, lower: Path, upper: Path) -> None:
    """Writes the part of `model` up to the tensor `at`, and the part from there to the output `end`.

    What else the upper part needs of the lower one (a mask, a bias of positions) is an output of the lower part of the
    same name as the input of the upper one; `at` comes first. Run one after the other they compute what the whole did.
    """
    import onnx
    from onnx.utils import Extractor

    whole = onnx.load(model)
    made = {name: node for node in whole.graph.node for name in node.output}
    below = _ancestors(made, [at])
    above = _ancestors(made, [end]) - below
    given = {value.name for value in whole.graph.input}
    crossing = {name for name in _inputs(made, above) if name in given or name in below}
    needed = [at, *sorted(crossing - {at})]
    known = {value.name for value in [*whole.graph.value_info, *whole.graph.output, *whole.graph.input]}
    for name in needed:
        if name not in known:  # the extractor asks for every cut tensor's entry; quantizing drops some
            whole.graph.value_info.append(onnx.helper.make_empty_tensor_value_info(name))
    extractor = Extractor(whole)
    onnx.save(extractor.extract_model([value.name for value in whole.graph.input], needed), lower)
    onnx.save(extractor.extract_model(needed, [end]), upper)


def _ancestors(made: dict[str, Any], ends: list[str]) -> set[str]:
    """The names of all tensors that `ends` are computed from, with themselves; no inputs and no weights."""
    found: set[str] = set()
    todo = list(ends)
    while todo:
        name = todo.pop()
        if name in made and name not in found:
            found.add(name)
            todo += made[name].input
    return found


def _inputs(made: dict[str, Any], names: set[str]) -> set[str]:
    return {name for output in names for name in made[output].input}
