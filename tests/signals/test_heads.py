"""Heads worked out by hand, their file, and the labelled texts that they learn from."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recommenders.signals.grams import BUCKETS, WordGrams
from recommenders.signals.heads import FAMILIES, Heads, HeadsError, read_examples
from recommenders.signals.labels import all_labels
from recommenders.signals.train import EXAMPLES


def array(*rows: object) -> np.ndarray:
    return np.array(rows, dtype=np.float32)


HEADS = Heads(
    labels=("intent:return_request", "need:warmer", "intent:praise"),
    weight=array([1, 0], [0, 2], [-1, 0]),
    bias=array(0, 0.5, 0),
    threshold=array(0.5, 0.6, 0.5),
    mood_weight=array(0, 1),
    mood_bias=0.25,
    share=0.4,
    meta={"source": "abc"},
)


def test_the_whole_and_the_best_sentence_share_a_logit() -> None:
    verdict = HEADS.read(array(1, 0), array([1, 0], [0, 1], [-1, 0]))
    # return: 0.4 * 1 + 0.6 * max(1, 0, -1); warmer: 0.4 * 0.5 + 0.6 * 2.5; praise: 0.4 * -1 + 0.6 * 1
    logits = [1.0, 1.7, 0.2]
    assert verdict.probability == pytest.approx([1 / (1 + math.exp(-x)) for x in logits], abs=1e-6)
    assert [verdict.sentence(label) for label in range(3)] == [0, 1, 2]
    assert verdict.mood == pytest.approx(math.tanh(0.25))


def test_without_sentences_the_whole_stands_for_its_only_one() -> None:
    verdict = HEADS.read(array(0, 1), np.zeros((0, 2), dtype=np.float32))
    assert verdict.probability[1] == pytest.approx(1 / (1 + math.exp(-2.5)))
    assert verdict.sentence(1) == 0


def test_huge_logits_stay_finite() -> None:
    assert HEADS.read(array(1e9, 1e9), array([1e9, 1e9])).probability.tolist() == pytest.approx([1, 1, 0])


def test_family() -> None:
    assert list(HEADS.family("intent")) == [("return_request", 0), ("praise", 2)]
    assert list(HEADS.family("occasion")) == []


def with_grams() -> Heads:
    weight = np.random.default_rng(0).normal(size=(BUCKETS, 3)).astype(np.float32)
    idf = np.ones(BUCKETS, dtype=np.float32)
    return replace(HEADS, grams=WordGrams(weight, array(-1, 0, 1), idf))


def test_grams_are_added_to_the_whole_and_to_every_sentence() -> None:
    heads, whole, parts = with_grams(), array(1, 0), array([1, 0], [0, 1])
    plain, grams = HEADS.read(whole, parts), heads.grams
    assert grams is not None
    verdict = heads.read(whole, parts, ["It is cold. Help!", "It is cold.", "Help!"])
    odds = np.log(plain.probability / (1 - plain.probability)) + grams.logits("It is cold. Help!")
    assert verdict.probability == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-4)
    assert verdict.logits[1] == pytest.approx(plain.logits[1] + grams.logits("Help!"), abs=1e-5)
    assert heads.read(whole, parts).probability == pytest.approx(plain.probability)  # nothing to read


@pytest.mark.parametrize("heads", [HEADS, with_grams()], ids=["plain", "grams"])
def test_round_trip(heads: Heads, tmp_path: Path) -> None:
    file = tmp_path / "heads.npz"
    heads.save(file)
    loaded = Heads.load(file, "abc")
    assert (loaded.labels, loaded.share, loaded.mood_bias, loaded.meta) == (heads.labels, 0.4, 0.25, {"source": "abc"})
    for name in ("weight", "bias", "threshold", "mood_weight"):
        assert np.array_equal(getattr(loaded, name), getattr(heads, name))
    if heads.grams is not None:
        assert loaded.grams is not None
        exact, kept = heads.grams.logits("so cold"), loaded.grams.logits("so cold")
        assert kept == pytest.approx(exact, abs=0.1)  # a byte a weight
    assert [path.name for path in tmp_path.iterdir()] == ["heads.npz"]


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(HeadsError, match=r"heads\.npz: there are no heads; run `make setup`"):
        Heads.load(tmp_path / "heads.npz", "abc")


def test_heads_of_another_model(tmp_path: Path) -> None:
    HEADS.save(tmp_path / "heads.npz")
    with pytest.raises(HeadsError, match="trained for another model; run `make setup`"):
        Heads.load(tmp_path / "heads.npz", "xyz")


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.9, 0.999])
def test_a_truncated_file(share: float, tmp_path: Path) -> None:
    file = tmp_path / "heads.npz"
    with_grams().save(file)
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(HeadsError, match="not a file of heads"):
        Heads.load(file, "abc")


def test_a_damaged_file(tmp_path: Path) -> None:
    file = tmp_path / "heads.npz"
    with_grams().save(file)
    data = bytearray(file.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 400] = b"\0" * 400
    file.write_bytes(data)
    with pytest.raises(HeadsError, match="not a file of heads"):
        Heads.load(file, "abc")


def test_something_else_than_heads(tmp_path: Path) -> None:
    file = tmp_path / "heads.npz"
    for content in ("{}", "PK", ""):
        file.write_text(content)
        with pytest.raises(HeadsError, match="not a file of heads"):
            Heads.load(file, "abc")
    np.savez(file, weight=np.zeros(3))
    with pytest.raises(HeadsError, match="not a file of heads"):
        Heads.load(file, "abc")


def test_weights_of_other_labels(tmp_path: Path) -> None:
    replace(HEADS, labels=("intent:praise",)).save(tmp_path / "heads.npz")
    with pytest.raises(HeadsError, match="its weights are not those of its labels"):
        Heads.load(tmp_path / "heads.npz", "abc")


# ---------------------------------------------------------------- labelled texts

KNOWN = frozenset({"intent:praise", "need:warmer"})
FINE = {"text": "Lovely.", "lang": "en", "intents": ["praise"], "needs": [], "sentiment": 0.5}


def test_read_examples(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text(json.dumps(FINE | {"text": "So cold", "needs": ["warmer"]}) + "\n\n")
    (tmp_path / "a.jsonl").write_text(json.dumps(FINE | {"text": "One\u2028two"}, ensure_ascii=False), "utf-8")
    found = read_examples([tmp_path / "b.jsonl", tmp_path / "a.jsonl"], KNOWN)
    assert [(e.text, sorted(e.labels), e.source) for e in found] == [
        ("One\u2028two", ["intent:praise"], "a.jsonl:1"),
        ("So cold", ["intent:praise", "need:warmer"], "b.jsonl:1"),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (json.dumps(FINE | {"intents": ["prase"]}), r"x\.jsonl:2: unknown labels \['intent:prase'\]"),
        (json.dumps({"text": "Hi", "lang": "en"}), r"x\.jsonl:2: has no 'sentiment'"),
        (json.dumps(FINE | {"sentiment": 1.5}), r"x\.jsonl:2: sentiment 1.5 is not between"),
        (json.dumps(FINE | {"sentiment": None}), r"x\.jsonl:2: "),
        ("{", r"x\.jsonl:2: "),
        ("[]", r"x\.jsonl:2: "),
    ],
)
def test_a_wrong_line_is_named(line: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(json.dumps(FINE) + "\n" + line + "\n")
    with pytest.raises(ValueError, match=message):
        read_examples([tmp_path / "x.jsonl"], KNOWN)


SHIPPED = sorted(EXAMPLES.glob("*.jsonl"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_shipped_line_is_valid(path: Path) -> None:
    examples = read_examples([path], frozenset(all_labels()))
    assert examples
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
    wrong = [
        (path.name, number, row)
        for number, row in enumerate(rows, 1)
        if not row["text"].strip()
        or not (len(row["lang"]) == 2 and row["lang"].islower())
        or row["kind"] not in ("plain", "near_miss", "indirect")
        or any(len(row[key]) != len(set(row[key])) for key, _ in FAMILIES)
    ]
    assert wrong == []


def test_no_text_is_shipped_twice() -> None:
    seen: dict[str, str] = {}
    twice = []
    for example in read_examples(SHIPPED, frozenset(all_labels())):
        if example.text in seen:
            twice.append((seen[example.text], example.source))
        seen[example.text] = example.source
    assert twice == []


def test_every_label_has_examples() -> None:
    held = {label for example in read_examples(SHIPPED, frozenset(all_labels())) for label in example.labels}
    assert set(all_labels()) - held == set()
