"""A sentence-transformers folder to ONNX, once, at set-up. The only module here that imports torch."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recommenders.protocols import FloatArray
from recommenders.retrieval.agreement import agreement, sample_texts
from recommenders.retrieval.encoder import FORMAT, LAST, LOWER, MANIFEST, MIDDLE, UPPER, ModelError, load_encoder
from recommenders.retrieval.halves import cut

# int8 is taken when its vectors point where the original's do and find the same neighbours.
LEAST_COSINE = 0.985
LEAST_OVERLAP = 0.85
_READ = ("config.json", "modules.json", "tokenizer.json", "model.safetensors", "pytorch_model.bin")


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written. Cosines and overlap compare with the original model over the sample texts."""

    model: str
    precision: str
    dimension: int
    pooling: str
    max_length: int
    cosine_mean: float
    cosine_min: float
    overlap: float
    kept: bool  # True: a fitting export was already there


def export_model(
    source: Path, target: Path, name: str | None = None, say: Callable[[str], None] = print
) -> ExportReport:
    """Writes `target` (its lower and upper layers, tokenizer.json, manifest.json) from a sentence-transformers folder.

    Token states are the output, so that spans can be pooled, and those of the middle layer, where reading branches off.
    int8 per channel when it agrees with the original
    (see LEAST_COSINE, LEAST_OVERLAP), else fp32. The folder appears complete or not at all; one with a fitting manifest
    is kept. Raises ModelError for a folder that is none, and for pooling or layers that are not supported.
    """
    if not (source / "modules.json").is_file():
        raise ModelError(f"{source} is no sentence-transformers folder: modules.json is missing")
    pooling, max_length = _architecture(source)
    digest = source_digest(source)
    old = _fitting(target, digest)
    if old is not None:
        return old
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        manifest = _export(source, work, name or target.name, digest, pooling, max_length, say)
        (work / MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")
        if target.exists():
            aside = work.with_name(work.name + ".old")
            target.rename(aside)
            work.rename(target)
            shutil.rmtree(aside)
        else:
            work.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return _report(manifest, kept=False)


def _architecture(source: Path) -> tuple[str, int]:
    pooling = "mean"
    for module in json.loads((source / "modules.json").read_text("utf-8")):
        kind = module["type"].rsplit(".", 1)[-1]
        if kind == "Pooling":
            config = json.loads((source / module["path"] / "config.json").read_text("utf-8"))
            modes = {
                key.removeprefix("pooling_mode_")
                for key, on in config.items()
                if key.startswith("pooling_mode_") and on
            }
            modes = {str(config["pooling_mode"])} if "pooling_mode" in config else modes
            names = {"mean_tokens": "mean", "cls_token": "cls", "mean": "mean", "cls": "cls"}
            if len(modes) != 1 or not modes <= set(names):
                raise ModelError(f"{source}: pooling {sorted(modes)} is not supported; mean or cls is")
            pooling = names[modes.pop()]
        elif kind not in ("Transformer", "Normalize"):
            raise ModelError(f"{source}: a {kind} layer is not supported")
    return pooling, _max_length(source)


def _max_length(source: Path) -> int:
    """The least of what the folder's files allow: newer ones name it for the tokenizer, older ones for the model."""
    found = [512]
    for name, key in (
        ("sentence_bert_config.json", "max_seq_length"),
        ("tokenizer_config.json", "model_max_length"),
        ("config.json", "max_position_embeddings"),
    ):
        path = source / name
        value = json.loads(path.read_text("utf-8")).get(key) if path.is_file() else None
        found.append(int(value or found[0]))
    return min(found)


def source_digest(source: Path) -> str:
    """SHA-256 over the files that make a model what it is; names the model that an export or heads were made for."""
    digest = hashlib.sha256()
    for file in sorted(path for path in source.rglob("*") if path.is_file() and path.name in _READ):
        digest.update(str(file.relative_to(source)).encode())
        with file.open("rb") as stream:
            for block in iter(lambda: stream.read(1 << 20), b""):
                digest.update(block)
    return digest.hexdigest()


def _fitting(target: Path, digest: str) -> ExportReport | None:
    try:
        manifest = json.loads((target / MANIFEST).read_text("utf-8"))
        if manifest["format"] != FORMAT or manifest["source_sha256"] != digest:
            return None
        load_encoder(target, threads=1).encode([""])
        return _report(manifest, kept=True)
    except (OSError, ValueError, KeyError, ModelError):
        return None


def _report(manifest: dict[str, Any], kept: bool) -> ExportReport:
    return ExportReport(
        **{key: manifest[key] for key in ("model", "precision", "dimension", "pooling", "max_length")},
        **manifest["agreement"],
        kept=kept,
    )


def _export(
    source: Path, work: Path, name: str, digest: str, pooling: str, max_length: int, say: Callable[[str], None]
) -> dict[str, Any]:
    from sentence_transformers import SentenceTransformer

    say(f"exporting {name} to ONNX")
    # Plain attention exports to fewer nodes than torch's fused one: a pass takes a fifth less time.
    original = SentenceTransformer(str(source), device="cpu", model_kwargs={"attn_implementation": "eager"})
    texts = sample_texts()
    expected: FloatArray = original.encode(texts, normalize_embeddings=True, convert_to_numpy=True).astype(np.float32)
    transformer = original[0].auto_model.eval()
    _write_onnx(transformer, work / "fp32.onnx")
    shutil.copy(source / "tokenizer.json", work / "tokenizer.json")
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "model": name,
        "source_sha256": digest,
        "dimension": int(expected.shape[1]),
        "pooling": pooling,
        "max_length": max_length,
    }
    _quantize(work / "fp32.onnx", work / "int8.onnx")
    for precision in ("int8", "fp32"):
        cut(work / f"{precision}.onnx", MIDDLE, LAST, work / LOWER, work / UPPER)
        manifest["precision"] = precision
        (work / MANIFEST).write_text(json.dumps(manifest), "utf-8")
        numbers = agreement(expected, load_encoder(work, threads=1).encode(texts))
        manifest["agreement"] = asdict(numbers)
        say(f"{precision}: mean cosine {numbers.cosine_mean:.4f}, overlap {numbers.overlap:.3f}")
        if numbers.cosine_mean >= LEAST_COSINE and numbers.overlap >= LEAST_OVERLAP:
            break
    else:
        raise ModelError(f"{source}: the exported model does not agree with the original")
    for whole in ("int8.onnx", "fp32.onnx"):
        (work / whole).unlink()
    work.chmod(0o755)  # mkdtemp's folder is for its owner only; the service may run as another user
    return manifest


def _write_onnx(transformer: Any, path: Path) -> None:
    import torch

    names = ["input_ids", "attention_mask"]
    if getattr(transformer.config, "type_vocab_size", 0):
        names.append("token_type_ids")
    ids = torch.ones((2, 8), dtype=torch.int64)
    inputs = {"input_ids": ids, "attention_mask": ids, "token_type_ids": torch.zeros_like(ids)}
    axes = {0: "batch", 1: "tokens"}

    class States(torch.nn.Module):  # type: ignore[misc]
        """The transformer with positional inputs; its outputs are the token states of the last and the middle layer."""

        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, *values: Any) -> Any:
            out = self.transformer(**dict(zip(names, values, strict=True)), output_hidden_states=True)
            return out.last_hidden_state, out.hidden_states[layers_below(self.transformer.config)]

    with warnings.catch_warnings():
        # The tracing exporter is the one whose graphs the quantizer understands; it warns of its age and of each
        # branch that it has traced, and `agreement` is what tells whether it traced right.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            States(),
            tuple(inputs[name] for name in names),
            str(path),
            input_names=names,
            output_names=[LAST, MIDDLE],
            dynamic_axes=dict.fromkeys([*names, LAST, MIDDLE], axes),
            opset_version=17,
            dynamo=False,
        )


def _quantize(source: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    # DefaultTensorType 1 is float: shape inference leaves some tensors of exported BERTs without a type.
    quantize_dynamic(
        source, target, weight_type=QuantType.QInt8, per_channel=True, extra_options={"DefaultTensorType": 1}
    )


def layers_below(config: Any) -> int:
    """How many of a transformer's layers reading shares with the encoder: the lower half."""
    return int(config.num_hidden_layers) // 2


def export_branch(layers: Any, dimension: int, target: Path) -> None:
    """Writes tuned upper layers (a torch ModuleList) as int8 ONNX, from middle states to states: (1, tokens, d)."""
    import torch

    class Branch(torch.nn.Module):  # type: ignore[misc]
        """The layers one after the other, over one unpadded text."""

        def __init__(self) -> None:
            super().__init__()
            self.layers = layers

        def forward(self, states: Any) -> Any:
            for layer in self.layers:
                out = layer(states)
                states = out[0] if isinstance(out, tuple) else out
            return states

    with tempfile.TemporaryDirectory() as work:
        plain, small = Path(work) / "fp32.onnx", Path(work) / "int8.onnx"
        torch.onnx.export(
            Branch().eval(),
            (torch.zeros((1, 8, dimension)),),
            str(plain),
            input_names=[MIDDLE],
            output_names=["states"],
            dynamic_axes={MIDDLE: {1: "tokens"}, "states": {1: "tokens"}},
            opset_version=17,
            dynamo=False,
        )
        _quantize(plain, small)
        shutil.copy(small, target)
