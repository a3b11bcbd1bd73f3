"""What is asked for, how an answer is remembered, and when nobody asks any more."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from copilot.models.breaker import Breaker
from copilot.models.chat import ChatModel
from copilot.models.task import NoAnswer, Task
from tests.models.scripted import Json, Scripted, says, stalls

TASK = Task("echo", "Say it again.", {"type": "object"}, 50)


def parse(answer: Any) -> str:
    if not isinstance(answer, dict) or "said" not in answer:
        raise ValueError
    return str(answer["said"])


def model(there: Scripted, **options: Any) -> ChatModel[str]:
    return ChatModel(there.endpoint(), "small", TASK, parse, **options)


def test_the_question_asks_for_the_same_answer_every_time() -> None:
    there = Scripted(lambda asked: says({"said": asked["messages"][1]["content"]}))
    assert model(there).ask("hello", 5) == "hello"
    asked = there.asked[0]
    assert asked["path"] == "/v1/chat/completions"
    assert (asked["model"], asked["temperature"], asked["max_tokens"]) == ("small", 0, 50)
    assert isinstance(asked["seed"], int)
    assert asked["response_format"]["json_schema"] == {"name": "echo", "strict": True, "schema": {"type": "object"}}
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]


def test_an_answer_is_remembered_and_the_oldest_forgotten() -> None:
    count = iter(range(100))
    there = Scripted(lambda asked: says({"said": next(count)}))
    chat = model(there, remembered=2)
    assert [chat.ask(q, 5) for q in "aba"] == ["0", "1", "0"]
    assert chat.ask("c", 5) == "2"  # b was used longer ago than a
    assert [chat.ask(q, 5) for q in "ab"] == ["0", "3"]


@pytest.mark.parametrize(
    "answer",
    [
        says("no json"), says({"other": 1}), says("[" * 100_000), (200, {}), (200, {"choices": []}), (500, "x"),
        (200, {"choices": [{"message": {"content": None, "refusal": "no"}}]}), (200, {"choices": "x"}),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_not_remembered(answer: tuple[int, Any]) -> None:
    answers = [answer, says({"said": "now"})]
    there = Scripted(lambda asked: answers.pop(0))
    chat = model(there)
    with pytest.raises(NoAnswer, match="echo"):
        chat.ask("private", 5)
    assert chat.ask("private", 5) == "now"


def test_two_who_ask_the_same_share_one_call() -> None:
    def slowly(asked: Json) -> tuple[int, Any]:
        time.sleep(0.1)
        return says({"said": "x"})

    there = Scripted(slowly)
    chat = model(there)
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(chat.ask("q", 5))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["x"] * 5
    assert len(there.asked) == 1


def test_after_failures_nobody_asks_and_nobody_waits() -> None:
    there = Scripted(stalls(0.5))
    chat = model(there, breaker=Breaker(2, 30))
    for question in "ab":
        with pytest.raises(NoAnswer, match="time limit"):
            chat.ask(question, 0.05)
    started = time.monotonic()
    with pytest.raises(NoAnswer, match="after failures"):
        chat.ask("c", 5)
    assert time.monotonic() - started < 0.1
    assert "c" not in [asked["messages"][1]["content"] for asked in there.asked]


def test_an_answer_that_does_not_fit_is_no_failure_of_the_endpoint() -> None:
    there = Scripted(lambda asked: says("nonsense"))
    chat = model(there, breaker=Breaker(1, 30))
    for question in "abc":
        with pytest.raises(NoAnswer, match="schema"):
            chat.ask(question, 5)
    assert len(there.asked) == 3
