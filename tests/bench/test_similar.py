"""Retrievers judged on tables that can be worked out by hand, and the sets of texts that they are judged on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommenders.bench.datasets import DatasetError, MissingDataset, Question
from recommenders.bench.filed import Filed, filed_sets, out_of_scope, sample
from recommenders.bench.similar import judged, makers
from tests.fakes import HashEncoder

CASES = (Question("c1", "", "arrival"), Question("c2", "", "lost"), Question("c3", "", "rate"))
ASKED = (Question("q1", "", "arrival"), Question("q2", "", "lost"), Question("q3", "", "rate"), Question("q4", "", "x"))
FOUND = {
    "q1": [("c1", 0.9), ("c2", 0.8)],  # right at once
    "q2": [("c1", 0.7), ("c3", 0.6), ("c2", 0.5)],  # right at rank 3
    "q3": [("c1", 0.6)],  # never right
    "q4": [],
    "s1": [("c3", 0.65)],  # below two of the best scores 0.9, 0.7, 0.6, 0 above two
    "s2": [],  # 0: below three, equal to one
}


def figures(name: str) -> dict[str, float]:
    zero = np.zeros(2, dtype=np.float32)
    filed = Filed("bank", "", CASES, ASKED, ("s1", "s2"))
    made = judged(
        name, lambda text, _: FOUND[text], filed, [(q.id, zero) for q in ASKED], [("s1", zero), ("s2", zero)], 1
    )
    assert all(figure.estimate.value == pytest.approx(np.mean(figure.values)) for figure in made)
    return {figure.metric: figure.estimate.value for figure in made}


def test_by_hand() -> None:
    assert figures("dense") == {
        "hit@1": 1 / 4,
        "hit@3": 2 / 4,
        "mrr@10": pytest.approx((1 + 1 / 3) / 4),
        "p@10": pytest.approx(2 / 4 / 10),
        "auroc": pytest.approx((2 / 4 + 3.5 / 4) / 2),
        "silence@95": pytest.approx(1 / 2),  # 95 % reach 0.09: 0.65 does, 0 does not
    }


def test_only_the_case_index_has_a_floor() -> None:
    made = figures("case index")
    assert made["answered"] == 3 / 4, "0.9, 0.7 and 0.6 reach 0.5"
    assert made["silence"] == 1 / 2, "0.65 reaches it, nothing does not"


def test_all_recommenders_find_the_case_that_was_asked_word_for_word() -> None:
    texts = ["where is my card", "my card was stolen", "what is the exchange rate today", "close the account please"]
    cases = [Question(f"c{n}", text, str(n)) for n, text in enumerate(texts)]
    encoder = HashEncoder()
    asked = [(texts[2], encoder.encode([texts[2]])[0])]
    made = makers(cases, encoder.encode(texts), asked)
    assert list(made) == ["bm25s", "tf-idf", "dense", "rrf", "txtai", "logistic"]
    for name, make in made.items():
        if name != "txtai":  # it loads torch, which takes longer than all others together
            assert make()(*asked[0])[0][0] == "c2", name


@pytest.mark.slow
def test_txtai_finds_it_too() -> None:
    texts = ["where is my card", "my card was stolen", "what is the exchange rate today", "close the account please"]
    cases = [Question(f"c{n}", text, str(n)) for n, text in enumerate(texts)]
    encoder = HashEncoder()
    asked = [(texts[2], encoder.encode([texts[2]])[0])]
    assert makers(cases, encoder.encode(texts), asked)["txtai"]()(*asked[0])[0][0] == "c2"


def test_a_sample_is_drawn_by_its_seed_without_repeats() -> None:
    questions = [Question(str(n), "", "") for n in range(100)]
    drawn = sample(questions, 10, 5)
    assert drawn == sample(questions, 10, 5) != sample(questions, 10, 6)
    assert len(set(drawn)) == 10
    assert sample(questions, 500, 5) == questions


def test_lines_out_of_scope_are_many_and_the_two_lists_share_none() -> None:
    test, dev = out_of_scope(), out_of_scope("out_of_scope_dev.txt")
    assert len(test) == len(set(test)) >= 200
    assert len(dev) == len(set(dev)) >= 100
    assert not {line.casefold() for line in test} & {line.casefold() for line in dev}


def write(folder: Path, name: str, content: str) -> None:
    (folder / "similar").mkdir(exist_ok=True)
    (folder / "similar" / name).write_text(content)


def test_a_file_is_split_as_it_says(tmp_path: Path) -> None:
    rows = ("train,it leaks,leak", "train,it is late,late", "test,it drips,leak", "test,what a day,oos", "train,hi,")
    write(tmp_path, "mugs.csv", "split,text,tag\n" + "\n".join(rows) + "\n")
    (filed,) = filed_sets(tmp_path, 7)
    assert filed.name == "mugs"
    assert filed.cases == (Question("mugs-000001", "it leaks", "leak"), Question("mugs-000002", "it is late", "late"))
    assert filed.asked == (Question("mugs-000003", "it drips", "leak"),)
    assert filed.strangers == ("what a day", "hi")


def test_a_file_that_does_not_say_is_split_by_digest(tmp_path: Path) -> None:
    rows = "".join(f"question number {n},{'leak' if n % 2 else 'late'}\n" for n in range(200))
    write(tmp_path, "mugs.csv", "text,category\n" + rows)
    (filed,) = filed_sets(tmp_path, 7)
    assert len(filed.cases) + len(filed.asked) == 200
    assert 20 < len(filed.asked) < 60
    assert filed == next(filed_sets(tmp_path, 7))
    assert filed.strangers == tuple(out_of_scope()), "the project's own"


def test_banking_comes_first(data: Path) -> None:
    write(data, "mugs.csv", "split,text,intent\ntrain,it leaks,leak\ntrain,it is late,late\ntest,it drips,leak\n")
    assert [filed.name for filed in filed_sets(data, 7)] == ["banking77", "mugs"]


@pytest.mark.parametrize("content", ["text,colour\na,b\n", "tag\nb\n", "text,tag\nonly one,leak\n"])
def test_a_file_that_cannot_be_measured_is_named(content: str, tmp_path: Path) -> None:
    write(tmp_path, "mugs.csv", content)
    with pytest.raises(DatasetError, match=r"mugs\.csv: wants"):
        list(filed_sets(tmp_path, 7))


def test_without_any_set_the_one_that_is_known_is_missed(tmp_path: Path) -> None:
    with pytest.raises(MissingDataset, match="banking77"):
        list(filed_sets(tmp_path, 7))
