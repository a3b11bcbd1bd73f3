"""Where sentences end, in mails and in chat."""

import time

import pytest

from recommenders.text.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        ("   \n ", []),
        ("It leaks. Can you help?", ["It leaks.", "Can you help?"]),
        ("it leaks. can you help", ["it leaks.", "can you help"]),
        ("hey where is it", ["hey where is it"]),
        ("Order No. 5 came. It cost 12.50 euros!", ["Order No. 5 came.", "It cost 12.50 euros!"]),
        ("No. It never came.", ["No.", "It never came."]),
        (
            "Dr. Person asked e.g. for a mug, etc. Then he left.",
            ["Dr. Person asked e.g. for a mug, etc.", "Then he left."],
        ),
        ("Well... it broke. Really?! Yes.", ["Well... it broke.", "Really?!", "Yes."]),
        ("¿Dónde está? ¡No llega!", ["¿Dónde está?", "¡No llega!"]),
        ("Am 3. Mai bestellt. Nichts da.", ["Am 3. Mai bestellt.", "Nichts da."]),
        ("Ich brauche z.B. Größe 40. Danke.", ["Ich brauche z.B. Größe 40.", "Danke."]),
        ("Love it! 😍 But it leaks 😩", ["Love it! 😍", "But it leaks 😩"]),
        ("Love it\n😍", ["Love it\n😍"]),
        ("😍😍", ["😍😍"]),
        ("Hi,\n\nit leaks\nsend a new one", ["Hi,", "it leaks", "send a new one"]),
        ("壊れました。交換できますか？", ["壊れました。", "交換できますか？"]),
        ('He said "no." Then left.', ['He said "no."', "Then left."]),
        ("Arrived at 5 p.m. Nobody home.", ["Arrived at 5 p.m.", "Nobody home."]),
        ("I love the fig. It is modern art. I am.", ["I love the fig.", "It is modern art.", "I am."]),
        ("Visit shop.example.com for v2.1 today", ["Visit shop.example.com for v2.1 today"]),
    ],
)
def test_pieces(text: str, pieces: list[str]) -> None:
    assert [sentence.text for sentence in split_sentences(text)] == pieces


def test_wrapped_lines_are_one_sentence() -> None:
    text = "I have used the kettle for three weeks now and I find that it\nleaks at the bottom. Please help."
    assert [s.text for s in split_sentences(text)] == [
        "I have used the kettle for three weeks now and I find that it\nleaks at the bottom.",
        "Please help.",
    ]


def test_places_point_into_the_text() -> None:
    text = "  Hi there,\n it leaks!!  😩 \n\nBye."
    assert [s.text for s in split_sentences(text)] == ["Hi there,", "it leaks!!  😩", "Bye."]
    assert all(text[s.start : s.end] == s.text for s in split_sentences(text))


def test_endless_text_takes_bounded_time() -> None:
    started = time.perf_counter()
    for text in (
        "a. " * 40_000,
        "." * 120_000,
        "\n" * 120_000,
        "a" * 120_000,
        "1. " * 40_000,
        "!😍" * 40_000,
        "\na" * 60_000,
    ):
        split_sentences(text)
    assert time.perf_counter() - started < 3
