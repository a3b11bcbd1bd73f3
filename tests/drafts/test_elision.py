"""The word before a fact."""

from datetime import UTC, datetime

import pytest

from recommenders.drafts.elision import joined
from recommenders.drafts.formats import day
from recommenders.drafts.phrases import books


@pytest.mark.parametrize(
    ("language", "before", "value", "text"),
    [
        ("fr", "Je regrette que ", "Oat Balm", "Je regrette qu'Oat Balm"),
        ("fr", "au sujet de ", "Écume", "au sujet d'Écume"),
        ("fr", "au sujet de ", "Deep Water", "au sujet de Deep Water"),
        ("it", "fino al ", "8 agosto", "fino all'8 agosto"),
        ("it", "fino al ", "18 agosto", "fino al 18 agosto"),
        ("it", "dell'ordine del ", "11 marzo", "dell'ordine dell'11 marzo"),
        ("it", "consegnato il ", "8 maggio", "consegnato l'8 maggio"),
        ("es", "Sol y ", "Iris", "Sol e Iris"),
        ("es", "Sol y ", "Hielo", "Sol y Hielo"),
        ("es", "Sol o ", "Oro", "Sol u Oro"),
        ("en", "that ", "Oat Balm", "that Oat Balm"),
    ],
)
def test_joined(language: str, before: str, value: str, text: str) -> None:
    assert joined(language, before, value) == text


def test_phrases_and_dates_use_it() -> None:
    book = books()["it"]
    august = day(datetime(2026, 8, 8, tzinfo=UTC), book.phrases["months"], "it")
    assert "fino all'8 agosto 2026" in book.pick("code.works", "s", {"code": "TEN", "date": august})
    assert day(datetime(2026, 8, 1, tzinfo=UTC), books()["fr"].phrases["months"], "fr") == "1er août 2026"
    assert day(datetime(2026, 8, 1, tzinfo=UTC), books()["en"].phrases["months"], "en") == "1 August 2026"
