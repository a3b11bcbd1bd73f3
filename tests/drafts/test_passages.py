"""Passages of articles and pages, and which sentences of another reply may be said again."""

from dataclasses import replace

import numpy as np

from recommenders.domain import Article, Context
from recommenders.drafts import ArticleIndex, PageIndex
from recommenders.drafts.grounding import SHARE_KNOWN_ADVICE, may_be_said, public_words
from tests.fakes import HashEncoder
from tests.playbooks.fixtures import ARTICLES, BOOT, SECRET, SOCK, context

ENCODER = HashEncoder()


def vectorized(ctx: Context) -> Context:
    whole, sentences = ENCODER.encode_spans(ctx.concern.text, [(s.start, s.end) for s in ctx.concern.sentences])
    return replace(ctx, vector=whole, sentence_vectors=sentences)


def english(text: str) -> str:
    return "en"


def test_articles_become_paragraphs_items_and_tables() -> None:
    index = ArticleIndex.build(ARTICLES, ENCODER, english)
    assert [(p.evidence.id, p.text) for p in index.passages] == [
        ("returns", "You have 60 days to return an item."),
        ("returns", "We pay you back within 5 days."),  # its label is for finding, not for quoting
        ("delivery", "- Sweden 1 to 2 days €3.00\n- EU 3 to 5 days €6.00"),
    ]


def test_a_list_is_cut_into_items_and_its_announcement_dropped() -> None:
    article = Article("x", "X", "These we hear most:\n\n* Wool. It itches.\n* Silk. It does not itch at all.")
    index = ArticleIndex.build([article], ENCODER, english)
    assert [p.text for p in index.passages] == ["It itches.", "It does not itch at all."]


def test_the_passage_that_shares_the_words_is_found_in_its_language_only() -> None:
    index = ArticleIndex.build(ARTICLES, ENCODER, english)
    ctx = vectorized(context("How many days do I have to return an item?"))
    (hit,) = index.search(ctx, "en", floor=0.4, most=1)
    assert hit.passage.evidence.id == "returns"
    assert index.search(ctx, "de", floor=0.0, most=3) == []
    assert index.search(ctx, "en", floor=0.99, most=3) == []
    assert index.search(context(), "en", floor=0.0, most=3) == []  # without vectors


def test_the_topic_tells_passages_apart() -> None:
    index = ArticleIndex.build(ARTICLES, ENCODER, english)
    index.affinity[:] = 0.0
    index.affinity[2, :] = 1.0  # as if the table were all about delivery
    ctx = vectorized(context("Days to return, days to deliver?"))
    (hit,) = index.search(ctx, "en", topics=("shipping_question",), floor=0.0, most=1)
    assert hit.passage.table


def test_pages_of_active_products_only_and_a_hit_must_stand_out() -> None:
    index = PageIndex.build([BOOT, SOCK, SECRET], ENCODER, english)
    assert {p.evidence.id for p in index.passages} == {"fell-boot", "wool-sock"}
    ctx = vectorized(context("How often do I wax the leather?"))
    (hit,) = index.search(ctx, "en", floor=0.2, most=1, sources=["fell-boot"], above_rest=0.05)
    assert hit.passage.text == "Brush off mud and wax the leather twice a year."
    assert index.search(ctx, "en", floor=0.0, most=1, sources=["ghost-tent"]) == []


def test_an_empty_shop_has_empty_indexes() -> None:
    class Never(HashEncoder):
        pass

    index = ArticleIndex.build([], Never(), english)
    assert index.search(vectorized(context()), "en", floor=0.0, most=1) == []
    assert index.vectors.dtype == np.float32


def test_what_may_be_said_again() -> None:
    known = public_words(context("How do I wax my leather boot?"), [BOOT.title, BOOT.body])
    names = frozenset({"shell"})

    def may(sentence: str, share: float = 0.55) -> bool:
        return may_be_said(sentence, "en", known, names, share)

    assert may("Brush the mud off the leather and wax the boot.")
    assert not may("I've waxed the leather boot for you.")  # done for somebody else
    assert not may("We brush the mud off the leather.")
    assert not may("Wax the leather boot within 30 days.")  # a number of another case
    assert not may("Wax the leather boot on Friday.")
    assert not may("The Rain Shell beats the leather boot in mud.")  # a product not at hand
    assert not may("Wax the leather like Grandpa Miller does, boot and mud.")  # a name
    assert not may("Does the mud hurt the leather boot?")
    assert not may("The leather was far too hot for the beach holiday of the neighbours.")
    assert not may("Warm the leather with a hairdryer, then wax the boot gently in small circles.")
    assert may("Warm the leather with a hairdryer, then wax the boot gently in small circles.", SHARE_KNOWN_ADVICE)
    assert not may_be_said("Wosk leather boot mud.", "pl", known, names)  # a language that we cannot judge
