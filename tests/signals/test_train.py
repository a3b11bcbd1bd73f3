"""What training measures, by hand; and one short training, for who has the time."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from recommenders.retrieval.encoder import BRANCH, load_encoder
from recommenders.signals.branch import slices_of
from recommenders.signals.calibrate import LEAN, _best_edge, average_precision, thresholds
from recommenders.signals.heads import HEADS, Heads
from recommenders.signals.labels import all_labels
from recommenders.signals.train import EXAMPLES


def floats(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_average_precision() -> None:
    # ranked: 1, 0, 1, 0 -> (1/1 + 2/3) / 2
    assert average_precision(floats(0, 1, 1, 0), floats(0.8, 0.9, 0.5, 0.1)) == pytest.approx(5 / 6)
    assert average_precision(floats(1, 0), floats(0.5, 0.5)) == 1.0  # ties stay in their order
    assert average_precision(floats(0, 1), floats(0.5, 0.5)) == 0.5
    assert math.isnan(average_precision(floats(0, 0), floats(0.1, 0.2)))


def test_best_edge() -> None:
    # from 1.0 up both positives are chosen and no negative is; of equally good edges the highest, at 2.0
    truth, logits = floats(0, 0, 1, 1), floats(-1, 0.9, 2.1, 3.0)
    assert _best_edge(truth, logits, 1.0) == pytest.approx(2.0, abs=1e-6)
    # positives below a negative: recall weighs more with a larger beta
    truth, logits = floats(1, 0, 0, 0, 1), floats(-2.1, -1, -1, -1, 1.1)
    assert _best_edge(truth, logits, 0.5) == pytest.approx(1.0, abs=1e-6)
    assert _best_edge(truth, logits, 2.0) == pytest.approx(-2.2, abs=1e-6)


def test_thresholds_lean_on_the_family() -> None:
    names = all_labels()
    own, other = names.index("intent:return_request"), names.index("intent:praise")
    truth = np.zeros((10, len(names)), dtype=np.float32)
    logits = np.full((10, len(names)), -6.0, dtype=np.float32)
    truth[:6, own] = 1
    logits[:6, own] = 2.1
    logits[6:, own] = 1.9
    found = thresholds(truth, logits)
    # alone: 2.0; the family sees the same positives: 2.0, so whoever leans on it ends there, too
    assert found[own] == pytest.approx(2.0, abs=1e-5)
    assert found[other] == pytest.approx(2.0, abs=1e-5)
    truth[0, other] = 1  # too few to stand alone
    logits[0, other] = -0.9
    found = thresholds(truth, logits)
    shared = found[other]
    assert shared == pytest.approx(2.0, abs=1e-5)  # 6 of 7 without error is better than 7 with 4 errors
    # a label with many positives of its own moves away from the family by their share
    truth[:8, other] = 1
    logits[:8, other] = -0.9
    logits[8:, other] = -1.1
    found = thresholds(truth, logits)
    family = _best_edge(truth[:, : len([n for n in names if n.startswith("intent:")])].ravel(),
                        logits[:, : len([n for n in names if n.startswith("intent:")])].ravel(), 1.0)  # fmt: skip
    assert family == pytest.approx(-1.0, abs=1e-5)
    assert found[own] == pytest.approx((6 * 2.0 + LEAN * family) / (6 + LEAN), abs=1e-5)
    assert found[other] == pytest.approx(-1.0, abs=1e-5)


def test_slices_are_the_tokens_of_each_sentence() -> None:
    #          [CLS]   It      drips   .       Help    !       [SEP]
    offsets = [(0, 0), (0, 2), (3, 8), (8, 9), (10, 14), (14, 15), (0, 0)]
    assert list(slices_of("It drips. Help!", offsets)) == [(1, 4), (4, 6)]


def test_slices_of_a_text_that_was_cut_are_those_that_remain() -> None:
    assert list(slices_of("It drips. Help!", [(0, 0), (0, 2), (3, 8), (8, 9), (0, 0)])) == [(1, 4)]


def test_without_a_sentence_the_whole_is_the_slice() -> None:
    assert list(slices_of("", [(0, 0), (0, 0)])) == [(0, 2)]


def test_labels_are_each_there_once() -> None:
    assert len(set(all_labels())) == len(all_labels())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the exporter of ONNX
def test_a_short_training_writes_what_serving_reads(tmp_path: Path) -> None:
    from copilot.models_setup import packaged_model
    from recommenders.retrieval.export import export_model
    from recommenders.signals.train import train

    (tmp_path / "examples").mkdir()
    lines = sorted(EXAMPLES.glob("*.jsonl"))[0].read_text("utf-8").split("\n")[:40]
    (tmp_path / "examples" / "some.jsonl").write_text("\n".join(lines), "utf-8")
    source, target, told = packaged_model(), tmp_path / "models" / "some", []
    export_model(source, target, say=told.append)
    before = load_encoder(target, 1).encode(["It drips."])
    train(source, target, examples_in=tmp_path / "examples", epochs=1, say=told.append)
    assert {BRANCH, HEADS} <= {path.name for path in target.iterdir()}
    encoder = load_encoder(target, 1)
    heads = Heads.load(target / HEADS, encoder.source)
    assert heads.labels == all_labels()
    whole, _, read, read_spans = encoder.encode_reading("It drips. Help!", [(0, 9), (10, 15)])
    assert np.allclose(encoder.encode(["It drips."]), before, atol=1e-6)  # retrieval keeps its space
    assert not np.allclose(whole, read, atol=1e-2)  # and reading has its own
    verdict = heads.read(read, read_spans, ["It drips. Help!", "It drips.", "Help!"])
    assert verdict.logits.shape == (2, len(heads.labels))
    assert np.isfinite(verdict.probability).all()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the exporter of ONNX
@pytest.mark.parametrize("kind", ["distilbert", "mpnet", "xlm-roberta"])
def test_another_architecture_can_be_named(kind: str, tmp_path: Path) -> None:
    """Tiny models with random weights: what counts is that each comes out as a folder that serves."""
    import transformers

    from copilot.models_setup import packaged_model
    from recommenders.retrieval.export import export_model
    from recommenders.signals.train import train

    sizes = {"vocab_size": 30522, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    source, target = tmp_path / "source", tmp_path / "target"
    config = transformers.AutoConfig.for_model(kind, **sizes)
    transformers.AutoModel.from_config(config).save_pretrained(source)
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt", "modules.json"):
        (source / name).write_bytes((packaged_model() / name).read_bytes())
    (source / "1_Pooling").mkdir()
    pooling = json.loads((packaged_model() / "1_Pooling/config.json").read_text("utf-8"))
    (source / "1_Pooling/config.json").write_text(json.dumps({**pooling, "word_embedding_dimension": 32}), "utf-8")
    (tmp_path / "examples").mkdir()
    lines = sorted(EXAMPLES.glob("*.jsonl"))[0].read_text("utf-8").split("\n")[:12]
    (tmp_path / "examples" / "some.jsonl").write_text("\n".join(lines), "utf-8")
    export_model(source, target, say=lambda line: None)
    train(source, target, examples_in=tmp_path / "examples", epochs=1, measure=False, say=lambda line: None)
    encoder = load_encoder(target, 1)
    heads = Heads.load(target / HEADS, encoder.source)
    _, _, read, read_spans = encoder.encode_reading("It drips. Help!", [(0, 9), (10, 15)])
    assert np.isfinite(heads.read(read, read_spans, ["It drips. Help!", "It drips.", "Help!"]).probability).all()
    assert (target / BRANCH).exists() is (kind == "xlm-roberta")
