"""The index as snapshots: what is found, what changes, what is on disk."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from recommenders.protocols import FloatArray
from recommenders.retrieval.dense import EXACT_UP_TO, DenseSegment
from recommenders.retrieval.fusion import margin_of
from recommenders.retrieval.index import CaseIndex, Hit, StaleIndex
from tests.fakes import HashEncoder

ENCODER = HashEncoder()
TEXTS = {
    "t-1": "the kettle drips on the worktop",
    "t-2": "my parcel is late, where is it",
    "t-3": "the sleeves of the jacket are too tight",
    "t-4": "please cancel the order of this morning",
    "t-5": "the kettle has a broken lid",
}


@dataclass(frozen=True)
class Case:
    id: str
    revision: int
    index_text: str
    vector: FloatArray
    labels: tuple[str, ...] = ()


def entry(id: str, text: str, revision: int = 1, *labels: str) -> Case:
    return Case(id, revision, text, ENCODER.encode([text])[0], labels)


def entries() -> list[Case]:
    return [entry(id, text) for id, text in TEXTS.items()]


def build(cases: list[Case] | None = None) -> CaseIndex:
    return CaseIndex.build(entries() if cases is None else cases, ENCODER.name, ENCODER.dimension)


def found(index: CaseIndex, text: str, k: int = 3) -> list[str]:
    return [hit.id for hit in index.search(text, ENCODER.encode([text])[0], k)]


def test_the_nearest_comes_first_with_both_parts_of_its_score() -> None:
    text = "kettle drips"
    hits = build().search(text, ENCODER.encode([text])[0], 2)
    assert [hit.id for hit in hits] == ["t-1", "t-5"]
    assert hits[0].dense == pytest.approx(
        float(ENCODER.encode([text])[0] @ ENCODER.encode([TEXTS["t-1"]])[0]), abs=1e-3
    )
    assert 0 < hits[1].lexical < hits[0].lexical < 1
    assert 0.5 < hits[0].score < 1


def test_ties_break_by_id() -> None:
    same = [entry(id, "the kettle drips") for id in ("t-9", "t-7", "t-8")]
    assert found(build(same), "kettle") == ["t-7", "t-8", "t-9"]


def test_nothing_is_found_in_nothing() -> None:
    empty = build([])
    assert len(empty) == 0
    assert found(empty, "kettle") == []
    assert found(build(), "kettle", 0) == []
    assert found(empty.with_added([entry("t-1", "kettle")]), "kettle") == ["t-1"]


def test_an_empty_question_is_no_error() -> None:
    assert len(build().search("", ENCODER.encode([""])[0], 2)) == 2


def test_added_cases_are_found_and_the_old_snapshot_stays() -> None:
    old = build()
    new = old.with_added([entry("t-6", "the zip of the parka jams", 2)])
    assert found(new, "zip jams")[0] == "t-6"
    assert "t-6" not in old
    assert (len(old), len(new)) == (5, 6)
    assert (old.revision, new.revision) == (1, 2)
    assert old.with_added([]) is old


def test_changed_cases_replace() -> None:
    new = build().with_added([entry("t-1", "the zip of the parka jams", 2)])
    assert len(new) == 5
    assert found(new, "kettle drips", 5)[0] == "t-5"
    assert found(new, "zip jams")[0] == "t-1"


def test_removed_cases_are_gone() -> None:
    new = build().without(["t-1", "t-404"])
    assert found(new, "the kettle drips on the worktop", 5)[0] == "t-5"
    assert "t-1" not in found(new, "the kettle drips on the worktop", 5)
    assert new.ids() == ["t-2", "t-3", "t-4", "t-5"]


def test_a_large_base_keeps_a_delta_that_is_found_just_so() -> None:
    cases = [entry(f"c-{i:05}", f"word{i} common thing{i % 50}") for i in range(2500)]
    whole = build(cases)
    grown = build(cases[:2450]).with_added(cases[2450:2480]).with_added(cases[2480:])
    assert len(grown) == 2500
    for text in ("word2460 thing10", "word3 thing3", "word2499"):
        assert found(grown, text) == found(whole, text)
    changed = grown.with_added([entry("c-00003", "nothing alike", 2)])
    assert "c-00003" not in found(changed, "word3 thing3")


def test_the_order_of_arrival_changes_nothing() -> None:
    text = "the kettle is late"
    vector = ENCODER.encode([text])[0]
    forth, back = build(), build(entries()[::-1])
    grown = build(entries()[3:]).with_added(entries()[:3])
    assert forth.search(text, vector, 5) == back.search(text, vector, 5) == grown.search(text, vector, 5)


def test_pairs_in_one_foreign_language_count_less() -> None:
    index = CaseIndex.build(entries(), ENCODER.name, ENCODER.dimension, lambda text: "de" if "kettle" in text else "en")
    vector = ENCODER.encode(["kettle"])[0]
    plain = {hit.id: hit.score for hit in index.search("kettle", vector, 5, "en")}
    german = {hit.id: hit.score for hit in index.search("kettle", vector, 5, "de")}
    assert german["t-1"] < plain["t-1"]
    assert german["t-2"] == plain["t-2"]


def test_above_the_exact_size_a_vector_still_finds_itself() -> None:
    rows = np.random.default_rng(3).normal(size=(EXACT_UP_TO + 500, 32)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    segment = DenseSegment.build(rows)
    assert len(segment) == len(rows)
    assert all(segment.search(rows[i], 5)[0] == i for i in range(0, len(rows), 1000))
    assert np.allclose(segment.rows([7, 10_400]), rows[[7, 10_400]], atol=1e-3)


# ---------------------------------------------------------------- labels

THINGS = ("kettle", "toaster", "blender", "mixer", "grinder", "juicer", "steamer", "grill", "fryer", "scale", "oven")
MATTERS = {"Leak": "drips and leaks water", "late": "parcel has not come yet", "fit": "lid is too tight"}


def filed() -> list[Case]:
    return [
        entry(f"{label.lower()}-{at:02}", f"the {thing} {words}", 1, label, "vip" if at % 2 else "")
        for label, words in MATTERS.items()
        for at, thing in enumerate(THINGS)
    ]


def search(index: CaseIndex, text: str, k: int = 3) -> list[Hit]:
    return index.search(text, ENCODER.encode([text])[0], k)


def test_the_shop_s_labels_lift_cases_of_the_same_kind() -> None:
    index = build(filed())
    assert index.calibration.weight > 0
    hits = search(index, "the juicer of my aunt drips and leaks")
    assert hits[0].id.startswith("leak-")
    assert hits[0].label == "leak", "folded, and more likely than not"
    bare = build([entry(case.id, case.index_text) for case in filed()])
    assert bare.calibration.weight == 0
    assert {hit.label for hit in search(bare, "the juicer of my aunt drips and leaks")} == {""}


def test_hits_are_in_the_order_of_score_and_discount() -> None:
    hits = search(build(filed()), "the kettle drips and the parcel has not come", 12)
    worth = [margin_of(hit.score) + hit.discount for hit in hits[:3]]
    assert worth == sorted(worth, reverse=True)
    assert hits[0].discount == 0
    assert all(hit.discount <= 0 for hit in hits)
    assert all(hit.discount == 0 for hit in hits[3:])


def test_a_new_case_teaches_at_once() -> None:
    index = build(filed())
    label = "crumbs"
    news = [entry(f"n-{at}", f"the {thing} is full of crumbs", 2, label) for at, thing in enumerate(THINGS)]
    grown = index.with_added(news)
    assert search(grown, "the waffle iron is full of crumbs")[0].label == label


# ---------------------------------------------------------------- on disk


def load(folder: Path, model: str = ENCODER.name) -> CaseIndex:
    return CaseIndex.load(folder, model, ENCODER.dimension)


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    index = build(filed() + entries()).with_added([entry("t-6", "the zip jams", 4, "zip")]).without(["t-2"])
    index.save(tmp_path / "index")
    again = load(tmp_path / "index")
    assert again.ids() == index.ids()
    assert again.revision == 4
    assert again.calibration == index.calibration
    for text in TEXTS.values():
        assert [(h.id, h.label) for h in search(again, text, 5)] == [(h.id, h.label) for h in search(index, text, 5)]
    again.save(tmp_path / "index")  # over an older one
    assert load(tmp_path / "index").ids() == index.ids()
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_an_empty_index_can_be_saved(tmp_path: Path) -> None:
    build([]).save(tmp_path / "index")
    assert len(load(tmp_path / "index")) == 0


def test_the_manifest_says_what_it_is(tmp_path: Path) -> None:
    build().save(tmp_path / "index")
    manifest = json.loads((tmp_path / "index" / "manifest.json").read_text())
    assert manifest["model"] == ENCODER.name
    assert (manifest["dimension"], manifest["count"], manifest["revision"]) == (64, 5, 1)
    assert len(manifest["corpus_hash"]) == 64


def test_a_missing_folder_is_stale(tmp_path: Path) -> None:
    with pytest.raises(StaleIndex):
        load(tmp_path / "none")


def test_another_model_is_stale(tmp_path: Path) -> None:
    build().save(tmp_path / "index")
    with pytest.raises(StaleIndex, match="model"):
        load(tmp_path / "index", "other/fp32")


@pytest.mark.parametrize("name", ["dense.faiss", "terms.npz", "names.json"])
@pytest.mark.parametrize("damage", ["truncate", "flip", "remove"])
def test_a_damaged_file_is_stale(tmp_path: Path, name: str, damage: str) -> None:
    build().save(tmp_path / "index")
    path = tmp_path / "index" / name
    content = path.read_bytes()
    if damage == "remove":
        path.unlink()
    else:
        flipped = content[:40] + bytes([content[40] ^ 1]) + content[41:]
        path.write_bytes(content[: len(content) // 2] if damage == "truncate" else flipped)
    with pytest.raises(StaleIndex):
        load(tmp_path / "index")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 1}', '{"format": 999}'])
def test_a_damaged_manifest_is_stale(tmp_path: Path, content: str) -> None:
    build().save(tmp_path / "index")
    (tmp_path / "index" / "manifest.json").write_text(content)
    with pytest.raises(StaleIndex):
        load(tmp_path / "index")


def test_a_manifest_of_other_cases_is_stale(tmp_path: Path) -> None:
    build().save(tmp_path / "index")
    path = tmp_path / "index" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "corpus_hash": "0" * 64}))
    with pytest.raises(StaleIndex, match="other cases"):
        load(tmp_path / "index")


def test_where_vectors_reach_over_languages_a_case_need_not_share_words() -> None:
    cases = [entry(f"t-{n:02}", f"the kettle drips and leaks since {n} days") for n in range(40)]
    question = "el hervidor gotea", ENCODER.encode(["the kettle drips and leaks"])[0]
    reaching = CaseIndex.build(cases, ENCODER.name, ENCODER.dimension, lambda _: "en", multilingual=True)
    assert reaching.calibration.words > 0
    foreign = reaching.search(*question, 1, "es")[0].score
    assert foreign > reaching.search(*question, 1, "en")[0].score == reaching.search(*question, 1, "")[0].score
    plain = CaseIndex.build(cases, ENCODER.name, ENCODER.dimension, lambda _: "en")
    assert plain.calibration.words == 0
    assert plain.search(*question, 1, "es")[0].score == plain.search(*question, 1, "en")[0].score
    untold = CaseIndex.build(cases, ENCODER.name, ENCODER.dimension, lambda _: "", multilingual=True)
    assert untold.search(*question, 1, "es")[0].score == untold.search(*question, 1, "en")[0].score


def test_a_multilingual_model_finds_nothing_closer_for_being_in_one_language(tmp_path: Path) -> None:
    cases = [entry("t-1", "gotea el hervidor")]
    question = "gotea", ENCODER.encode(["gotea el hervidor"])[0]
    made = CaseIndex.build(cases, ENCODER.name, ENCODER.dimension, lambda _: "es", multilingual=True)
    plain = CaseIndex.build(cases, ENCODER.name, ENCODER.dimension, lambda _: "es")
    assert made.search(*question, 1, "es")[0].score > plain.search(*question, 1, "es")[0].score
    made.save(tmp_path / "index")
    again = CaseIndex.load(tmp_path / "index", ENCODER.name, ENCODER.dimension, lambda _: "es", multilingual=True)
    assert again.search(*question, 1, "es") == made.search(*question, 1, "es")
