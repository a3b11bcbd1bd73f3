"""Questions find the statements that answer them, and what one says is told in the reply's language."""

from dataclasses import replace

import pytest

from recommenders.domain import Article, Context
from recommenders.drafts import ArticleIndex
from recommenders.drafts.claims import figures, has_number, is_free, sums, without_anchor
from recommenders.drafts.concepts import concepts, lexicon
from recommenders.drafts.phrases import LANGUAGES, books
from recommenders.drafts.questions import asks_afterwards, common_stems, is_hurt, only_asks, read_questions
from recommenders.drafts.situation import read_situation
from recommenders.drafts.statements import Question, StatementIndex, read_units
from recommenders.drafts.telling import told
from tests.fakes import HashEncoder
from tests.playbooks.fixtures import context

ARTICLES = (
    Article(
        "back",
        "Returns and refunds",
        "You have 45 days from delivery. Try it at home.\n\n"
        "- **How.** Within the UK the label is free. From the EU the label costs £7.50.\n"
        "- **Refund.** To your card within 6 working days.",
    ),
    Article("presents", "Presents", "Gift wrapping is £4, with a handwritten card. Gift cards last five years."),
    Article(
        "post",
        "Delivery",
        "- United Kingdom: 2 to 3 working days, £4.50, free from £60.\n- Norway: 6 to 9 working days, £16.",
    ),
    Article("lamps", "Lamps", "Hold the button for three seconds until the lamp blinks. Dim light means a flat cell."),
)
PASSAGES = ArticleIndex.build(
    [replace(a, text=a.text.replace("**", "")) for a in ARTICLES], HashEncoder(), lambda _: "en"
).passages
INDEX = StatementIndex(PASSAGES, common_stems())


def ask(text: str, language: str) -> list[Question]:
    ctx = context(text)
    ctx = replace(ctx, signals=replace(ctx.signals, language=language, intents=()))
    return read_questions(ctx, read_situation(ctx))


def answers(text: str, language: str) -> list[str]:
    """What is told to each question of a text, in its language."""
    said = []
    for question in ask(text, language):
        for found in INDEX.search(question, floor=0.4):
            said.append(told(found.statement, question, books()[language]) or found.statement.text)
    return said


def test_every_concept_has_a_name_in_every_language() -> None:
    assert all(concept.names[language] for concept in concepts().values() for language in LANGUAGES)
    assert all(not concept.wider or concept.wider in concepts() for concept in concepts().values())


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "How long before returning it?", {"return", "ask_time"}),  # no length
        ("de", "Was kostet die Rücksendung aus Deutschland?", {"return", "ask_cost", "germany"}),
        ("nl", "Kunnen jullie het inpakken?", {"giftwrap", "ask_any"}),
        ("es", "¿Cuánto tarda el envío?", {"delivery", "ask_time"}),
        ("fr", "Est-ce étanche ?", {"leak"}),
    ],
)
def test_words_stand_for_concepts(language: str, text: str, wanted: set[str]) -> None:
    ids, _ = lexicon(language).read(text)
    assert ids == wanted


def test_units_hold_places_and_what_is_asked() -> None:
    units = read_units("Was kostet die Rücksendung aus Deutschland?", "de", frozenset({"aus"}))
    assert "c:return" in units.things
    assert units.places == {"germany"}
    (question,) = ask("Was kostet die Rücksendung aus Deutschland?", "de")
    assert question.holds_in(frozenset({"eu", "uk"})) == {"eu"}  # which it lies in
    assert units.asked == ("cost",)


def test_a_question_in_another_language_gets_the_figures_in_it() -> None:
    assert answers("Was kostet die Rücksendung aus Deutschland und wie lange habe ich Zeit?", "de") == [
        "Rücksendung: 45 Tage",
        "Rücksendeetikett (EU): £7.50",
    ]
    assert answers("Kunnen jullie het inpakken? Wat kost dat?", "nl")[-1] == "cadeauverpakking: £4"
    assert answers("Combien coûte la livraison en Norvège ?", "fr") == ["Norvège: 6–9 jours ouvrés, £16"]


def test_a_place_decides_between_two_rows() -> None:
    (question,) = ask("How much is delivery to Norway?", "en")
    (found,) = INDEX.search(question, floor=0.4)
    assert found.statement.text.startswith("Norway")


def test_what_cannot_be_told_safely_is_left_to_a_quotation() -> None:
    (passage,) = {s.passage for s in INDEX.statements if s.text.startswith("Gift wrapping")}
    mixed = StatementIndex([replace(passage, lines=("Wrapping is £4 and the card is free.",))])
    (question,) = ask("Was kostet das Einpacken?", "de")
    assert told(mixed.statements[0], question, books()["de"]) == ""  # not "free from £4"


def test_a_figure_that_no_statement_has_is_not_answered() -> None:
    assert answers("How much is a lamp with a red light?", "en") == []
    assert answers("May I use it again?", "en") == []


def test_what_is_counted_from_and_what_is_free() -> None:
    assert "delivery" not in without_anchor("You have 45 days from delivery.")
    assert [(f.low, f.high, f.unit, f.working) for f in figures("2 to 3 working days", "en")] == [(2, 3, "day", True)]
    assert sums("It is £7.50 or 8 €.") == ("£7.50", "8 €")
    assert is_free("Der Versand ist kostenlos.")
    assert has_number("about thirty kilometres", "en")
    assert not has_number("about a mile", "en")


def german(text: str) -> Context:
    ctx = context(text)
    return replace(ctx, signals=replace(ctx.signals, language="de"))


def test_what_a_ticket_is_like() -> None:
    assert only_asks(context("How long do I have to return things?"))
    assert not only_asks(context("It broke yesterday. Can I return it?"))
    assert is_hurt(german("Ich habe mich daran verbrannt."))
    assert not is_hurt(german("Es riecht nach Gas."))
    assert asks_afterwards(context("I forgot my code, can you add it to #1001?"))
    assert not asks_afterwards(context("Does my code work on the boots?"))
