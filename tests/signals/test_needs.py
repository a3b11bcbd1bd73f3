"""The closed list of needs."""

import pytest

from recommenders.signals.needs import NeedKind, need_kinds

LANGUAGES = ("en", "de", "fr", "es")


@pytest.mark.parametrize("need", need_kinds().values(), ids=lambda need: need.id)
def test_every_need_has_words(need: NeedKind) -> None:
    assert all(need.text.get(language, "").strip() for language in LANGUAGES)
    assert need.more
    assert all(phrase.strip() for phrase in (*need.more, *need.less))
    assert set(need.more).isdisjoint(need.less)


def test_a_language_without_words_falls_back_to_english() -> None:
    need = NeedKind("x", {"en": "more warmth", "de": "mehr Wärme"}, ("warm",), (), False)
    assert (need.in_language("de"), need.in_language("fi")) == ("mehr Wärme", "more warmth")
