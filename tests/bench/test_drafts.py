"""Task `drafts`: turns of a dialogue, the figures of a reply, and the whole task over an engine of one sentence."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from recommenders.bench.datasets import tau_retail
from recommenders.bench.drafts import Turn, drafts, gaps_right, rouge_l, turns_of
from recommenders.bench.outcome import Setup
from recommenders.bench.packages import MissingPackage
from recommenders.domain import Catalog

MODEL = Path(__file__).parents[2] / "var/models/all-MiniLM-L6-v2"
TALK = (
    ("customer", "Hi, where is my mug?"),
    ("agent", "What is your e-mail address?"),
    ("customer", "It's ann@example.com, thanks."),
    ("agent", "Your mug is on its way."),
    ("customer", "Great."),
)


@pytest.fixture
def dialogues(data: Path) -> Path:
    rows = {"id": "t-1", "messages": [{"author": author, "text": text} for author, text in TALK]}
    (data / "tau_retail/shop/tickets.jsonl").write_text(json.dumps(rows) + "\n")
    return data


@pytest.mark.parametrize(
    ("text", "reference", "value"),
    [
        ("the cat sat", "the cat sat", 1.0),
        ("the cat sat", "The cat is sat on!", 2 * 3 / (3 + 5)),
        ("a b c d", "d c b a", 2 * 1 / 8),  # any one word in order
        ("", "the cat", 0.0),
        ("dog", "cat", 0.0),
    ],
)
def test_rouge_l(text: str, reference: str, value: float) -> None:
    assert rouge_l(text, reference) == pytest.approx(value)


def test_turns_are_where_an_agent_answered_with_what_was_known_then(dialogues: Path) -> None:
    rows = (dialogues / "tau_retail/shop/tickets.jsonl").read_text().splitlines()
    first, second = turns_of(rows, tau_retail(dialogues))
    assert (len(first.messages), first.customer, first.sent) == (1, None, "What is your e-mail address?")
    assert "customer" not in first.request
    assert (len(second.messages), second.sent) == (3, "Your mug is on its way.")
    assert second.request["customer"] == {"id": "ann"}
    assert second.request["ticket"]["id"] == "t-1"


def turn(*said: str, orders: frozenset[str] = frozenset()) -> Turn:
    return Turn("t", tuple({"author": "customer", "text": text} for text in said), None, orders, "")


def test_gaps() -> None:
    named = turn("It is #W1234567.", orders=frozenset({"W1234567"}))
    assert gaps_right("I'll look at #W1234567.", named)
    assert not gaps_right("Which of your orders is it?", named)
    assert not gaps_right("The order is [[order number]].", named)
    assert gaps_right("The order is [[order number]].", turn("Where is it?"))
    assert not gaps_right("Your order #W7654321 is late.", turn("Where is it?"))
    assert not gaps_right("", named)


class OneSentence:
    """Always drafts the same; finds a similar case once there is something to find."""

    catalog = Catalog()

    def suggest(self, request: Mapping[str, Any]) -> dict[str, Any]:
        similar = [{"reply": "You get 50 back."}] if len(request["ticket"]["messages"]) > 1 else []
        return {"drafts": [{"text": "Your mug is on its way."}], "similar": similar}

    def encoded(self, request: Mapping[str, Any]) -> str:
        return str(request)


@contextmanager
def engine_of(shop: Path) -> Iterator[OneSentence]:
    yield OneSentence()


def test_the_task_measures_every_turn_of_every_recommender(dialogues: Path) -> None:
    made = drafts(Setup(dialogues, MODEL, engine_of=engine_of))
    of = {(figure.recommender, figure.metric): figure for figure in made.figures}
    assert {figure.estimate.n for figure in made.figures} == {2}
    assert of["drafts", "ROUGE-L"].values[1] == 1.0
    assert of["drafts", "similarity"].values[1] == pytest.approx(1.0, abs=1e-3)
    assert of["drafts", "unsupported facts"].values == (0.0, 0.0)
    assert of["similar reply", "unsupported facts"].values == (0.0, 1.0)  # nothing said, then 50
    assert of["similar reply", "replies"].values == (0.0, 1.0)
    assert of["template", "language right"].values == (1.0, 1.0)
    assert of["drafts", "unsupported facts"].better == "lower"


def test_without_an_engine_it_says_so(dialogues: Path) -> None:
    with pytest.raises(MissingPackage, match="engine"):
        drafts(Setup(dialogues, MODEL))
