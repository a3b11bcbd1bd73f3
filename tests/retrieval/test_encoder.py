"""The exported model: agreement with the original, spans, long texts, damage. Uses a tiny BERT made here."""

import json
import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnxruntime import InferenceSession

from recommenders.retrieval.agreement import agreement, sample_texts
from recommenders.retrieval.encoder import ModelError, OnnxEncoder, load_encoder
from recommenders.retrieval.export import ExportReport, export_model

ROOT = Path(__file__).parents[2]
REAL = ROOT / "var" / "models" / "all-MiniLM-L6-v2"


def make_source(folder: Path, pooling: str = "mean") -> Path:
    """A sentence-transformers folder: two layers of 32 numbers over a small vocabulary, 48 tokens at most."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(5)
    words = sorted({word for text in sample_texts() for word in text.lower().split()})
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz.,?!'", *words]
    folder.mkdir(parents=True)
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(pieces)), "utf-8")
    config = BertConfig(
        vocab_size=len(dict.fromkeys(pieces)),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=48,
    )
    BertModel(config).save_pretrained(folder)
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    body = Transformer(str(folder), max_seq_length=48)
    whole = folder.with_name(folder.name + "-st")
    SentenceTransformer(modules=[body, Pooling(32, pooling_mode=pooling), Normalize()], device="cpu").save(str(whole))
    return whole


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_source(tmp_path_factory.mktemp("source") / "tiny")


@pytest.fixture(scope="module")
def target(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    export_model(source, folder, say=lambda line: None)
    return folder


@pytest.fixture(scope="module")
def encoder(target: Path) -> OnnxEncoder:
    return load_encoder(target, threads=1)


def test_the_export_agrees_with_the_original(source: Path, target: Path, encoder: OnnxEncoder) -> None:
    from sentence_transformers import SentenceTransformer

    texts = ["my kettle is broken", "where is my parcel?", "ok", "a very long story " * 40]
    original = SentenceTransformer(str(source), device="cpu").encode(texts, normalize_embeddings=True)
    assert np.einsum("ij,ij->i", original, encoder.encode(texts)).min() > 0.97
    manifest = json.loads((target / "manifest.json").read_text())
    assert manifest["agreement"]["cosine_mean"] > 0.985
    assert encoder.name == f"tiny/{manifest['precision']}"
    assert sorted(path.name for path in target.iterdir()) == [
        "lower.onnx", "manifest.json", "tokenizer.json", "upper.onnx"
    ]  # fmt: skip


def test_a_fitting_export_is_kept(source: Path, target: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in target.iterdir()}
    report = export_model(source, target, say=lambda line: None)
    assert isinstance(report, ExportReport)
    assert report.kept
    assert {path: path.stat().st_mtime_ns for path in target.iterdir()} == before


def test_a_damaged_export_is_made_again(source: Path, target: Path, tmp_path: Path) -> None:
    copy = tmp_path / "tiny"
    shutil.copytree(target, copy)
    model = copy / "upper.onnx"
    model.write_bytes(model.read_bytes()[:1000])
    assert not export_model(source, copy, say=lambda line: None).kept
    assert load_encoder(copy, 1).encode(["ok"]).shape == (1, 32)
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]


def test_rows_have_length_one_and_keep_their_order(encoder: OnnxEncoder) -> None:
    texts = [f"my kettle number {i} " + "is broken " * (i % 7) for i in range(40)]
    rows = encoder.encode(texts)
    assert rows.shape == (40, 32)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    # a text's vector does not depend on what is encoded beside it
    assert all(np.array_equal(rows[i], encoder.encode([texts[i]])[0]) for i in (0, 17, 39))


def test_nothing_and_empty_texts_are_safe(encoder: OnnxEncoder) -> None:
    assert encoder.encode([]).shape == (0, 32)
    assert np.isfinite(encoder.encode(["", " \n"])).all()
    whole, spans = encoder.encode_spans("", [(0, 0)])
    assert np.allclose(spans[0], whole)
    assert encoder.encode_spans("ok", [])[1].shape == (0, 32)


def test_spans_are_pooled_in_their_context(encoder: OnnxEncoder) -> None:
    text = "my kettle is broken, where is my parcel?"
    whole, spans = encoder.encode_spans(text, [(0, len(text)), (0, 19), (21, len(text)), (19, 19)])
    assert np.allclose(whole, encoder.encode([text])[0], atol=1e-5)
    assert np.allclose(np.linalg.norm(spans, axis=1), 1, atol=1e-5)
    assert not np.allclose(spans[1], spans[2], atol=1e-3)
    assert np.allclose(spans[3], whole, atol=1e-5)


def test_long_texts_are_read_in_windows(encoder: OnnxEncoder) -> None:
    text = "my kettle is broken. " * 9 + "where is my parcel?"
    assert len(text.split()) > 38
    start = text.index("where")
    whole, spans = encoder.encode_spans(text, [(0, 20), (start, len(text)), (10**6, 10**6 + 5)])
    assert np.isfinite(spans).all()
    assert not np.allclose(spans[1], whole, atol=1e-3)  # the end was read, in a later window
    assert not np.allclose(encoder.encode([text])[0], whole, atol=1e-3)  # which `encode` does not read
    assert np.allclose(spans[2], whole, atol=1e-5)


def test_threads_share_it(encoder: OnnxEncoder) -> None:
    expected = encoder.encode(["my kettle is broken"])
    results: list[bool] = []

    def work() -> None:
        results.extend(np.array_equal(encoder.encode(["my kettle is broken"]), expected) for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 80


def test_first_token_pooling(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    source = make_source(tmp_path / "cls", pooling="cls")
    export_model(source, tmp_path / "models" / "cls", say=lambda line: None)
    encoder = load_encoder(tmp_path / "models" / "cls", 1)
    assert encoder.pooling == "cls"
    text = "my kettle is broken"
    original = SentenceTransformer(str(source), device="cpu").encode([text], normalize_embeddings=True)
    assert float(original[0] @ encoder.encode([text])[0]) > 0.97


def test_what_cannot_be_exported_is_named(source: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"modules\.json"):
        export_model(tmp_path, tmp_path / "out")
    copy = tmp_path / "dense"
    shutil.copytree(source, copy)
    modules = json.loads((copy / "modules.json").read_text())
    modules.append({"idx": 3, "name": "3", "path": "3_Dense", "type": "sentence_transformers.models.Dense"})
    (copy / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(ModelError, match="Dense"):
        export_model(copy, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_loading_says_what_to_do(target: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="make setup"):
        load_encoder(tmp_path)
    for name, content in (("manifest.json", "{"), ("tokenizer.json", "{}")):
        copy = tmp_path / name
        shutil.copytree(target, copy)
        (copy / name).write_text(content)
        with pytest.raises(ModelError, match="make setup"):
            load_encoder(copy)


class UpperHalf:
    """Stands in for what was tuned: the encoder's own upper half, without its mask, so that both give the same."""

    def __init__(self, session: Any) -> None:
        self.session = session

    def run(self, _: Any, feed: dict[str, Any]) -> Any:
        tokens = feed["middle_hidden_state"].shape[1]
        names = [entry.name for entry in self.session.get_inputs()]
        masks = {name: np.zeros((1, 1, tokens, tokens), np.float32) for name in names if name not in feed}
        return self.session.run(None, {**masks, **feed})


def test_what_was_tuned_runs_beside_the_encoder_and_waits_for_no_free_thread(target: Path) -> None:
    lower, upper = (InferenceSession(str(target / name)) for name in ("lower.onnx", "upper.onnx"))
    plain, manifest = load_encoder(target, 1), json.loads((target / "manifest.json").read_text())
    encoder = OnnxEncoder(lower, upper, plain._tokenizer, manifest, UpperHalf(upper))
    text, spans = "my kettle is broken. where is my parcel?", [(0, 20), (21, 40)]
    whole, each = plain.encode_spans(text, spans)
    free = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        for stuck in (False, True):
            encoder._beside = pool
            waiting = pool.submit(free.wait, 30) if stuck else None
            found = encoder.encode_reading(text, spans)
            assert waiting is None or not waiting.done()  # the only thread was taken to the end
            for vector, wanted in zip(found, (whole, each, whole, each), strict=True):
                assert np.allclose(vector, wanted, atol=1e-5)
        free.set()


def test_agreement_by_hand() -> None:
    rows = np.eye(12, dtype=np.float32)
    same = agreement(rows, rows)
    assert (same.cosine_mean, same.cosine_min, same.overlap) == (1.0, 1.0, 1.0)
    turned = rows.copy()
    turned[0] = -rows[0]
    assert agreement(rows, turned).cosine_min == -1.0
    assert len(set(sample_texts())) == len(sample_texts()) == 200


@pytest.mark.skipif(not REAL.exists(), reason="no model yet: run `make setup`")
def test_the_real_model_knows_its_neighbours_and_loads_no_torch() -> None:
    code = (
        "import sys; from pathlib import Path; from recommenders.retrieval.encoder import load_encoder\n"
        f"e = load_encoder(Path({str(REAL)!r}), 1)\n"
        "a, b, c = e.encode(['the cream is not moisturising enough', 'my skin still feels dry and tight',"
        " 'my parcel has not arrived'])\n"
        "assert a @ b > a @ c + 0.2, (a @ b, a @ c)\n"
        "assert not {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"})
