"""Telling: what a statement says, in the language of a reply that is not its own.

Only what can be told without translating is told: the figures, what they are about, and where they hold. Names of
things and places come from the concepts, units from the phrases, sums of money stand as the shop wrote them.
"""

from __future__ import annotations

import re

from recommenders.drafts.claims import Figure, figures, is_free, is_threshold, sums, without_anchor
from recommenders.drafts.concepts import concepts, lexicon
from recommenders.drafts.phrases import PhraseBook
from recommenders.drafts.statements import Question, Statement

MOST_NAMES = 2
MOST_PLACES = 3
_CLAUSES = re.compile(r"(?<=[,;.])\s+|\s+[-–—|]\s+")


def told(statement: Statement, question: Question, book: PhraseBook) -> str:
    """ "Return label (EU): £7.50", or "" where the statement cannot be told so.

    A figure is told with what its own clause speaks of; a clause that speaks of nothing that has a name is about what
    was asked. Two figures of the wanted kind about the same thing are not told: somebody has to choose.
    """
    language = statement.passage.language
    if statement.passage.table and (len(sums(statement.text)) > 1 or len(figures(statement.text, language)) > 1):
        return ""  # which column is which is not known
    if is_free(statement.text) and sums(statement.text) and not is_threshold(statement.text):
        return ""
    pieces = []
    clauses = [clause for clause in _CLAUSES.split(statement.text) if clause.strip()]
    placed = _places(statement.text, language)
    for clause in clauses:
        values = _values(clause, language, book, question)
        if not values:
            continue
        names = _names(clause, language, question) or ([] if placed else _asked_names(question, statement))
        if not names and not placed:
            continue
        pieces.append((tuple(names), tuple(values)))
    if not pieces:
        return ""
    if placed:
        return _of_place(placed, pieces, question, book)
    wanted = [piece for piece in pieces if set(piece[0]) & _wanted(question)] or pieces
    about, given = wanted[0]
    if len(wanted) > 1 or len(given) > 1:
        return ""
    return f"{', '.join(concepts()[name].names[book.language] for name in about)}: {given[0]}"


def figure_text(figure: Figure, book: PhraseBook) -> str:
    """A length of time in words of the book: "2–3 working days"."""
    forms = book.phrases.get("unit.working" if figure.working and figure.unit == "day" else f"unit.{figure.unit}", ())
    if len(forms) != 2:
        return ""
    low, high = f"{figure.low:g}", f"{figure.high:g}"
    number = high if low == high else f"{low}–{high}"
    return f"{number} {forms[0] if high == '1' else forms[1]}"


def _of_place(
    placed: list[str],
    pieces: list[tuple[tuple[str, ...], tuple[str, ...]]],
    question: Question,
    book: PhraseBook,
) -> str:
    shown = sorted(question.holds_in(frozenset(placed))) or placed
    if len(shown) > MOST_PLACES:
        return ""
    where = ", ".join(concepts()[name].names[book.language] for name in shown)
    names = list(dict.fromkeys(name for found, _ in pieces for name in found))[:MOST_NAMES]
    values = ", ".join(value for _, found in pieces for value in found)
    if not names:
        return f"{where}: {values}"
    return f"{', '.join(concepts()[name].names[book.language] for name in names)} ({where}): {values}"


def _values(clause: str, language: str, book: PhraseBook, question: Question) -> list[str]:
    """The figures of a clause, those of the wanted kind only."""
    free, money = is_free(clause), list(sums(clause))
    spans = [text for figure in figures(clause, language) if (text := figure_text(figure, book))]
    if free and money:
        if not is_threshold(clause):
            return []  # what is free is not what costs so much
        money = [book.label("tell.free_from", amount=amount) for amount in money]
    elif free:
        money = [book.label("tell.free")]
    if question.asked == "time" and not question.places:
        return spans
    if question.asked == "cost" and not question.places:
        return money
    return [*spans, *money] if not (free and not sums(clause) and spans) else spans


def _names(clause: str, language: str, question: Question) -> list[str]:
    ids, _ = lexicon(language).read(without_anchor(clause))
    things = sorted(name for name in ids if concepts()[name].kind == "thing")
    wanted = [name for name in things if name in _wanted(question)]
    return (wanted or things)[:MOST_NAMES]


def _wanted(question: Question) -> set[str]:
    return {unit[2:] for unit in question.own if unit.startswith("c:")}


def _asked_names(question: Question, statement: Statement) -> list[str]:
    about = statement.own | statement.around
    return sorted(unit[2:] for unit in question.own & about if unit.startswith("c:"))[:MOST_NAMES]


def _places(text: str, language: str) -> list[str]:
    ids, _ = lexicon(language).read(text)
    return sorted(name for name in ids if concepts()[name].kind == "place")
