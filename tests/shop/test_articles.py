"""The help centre's pages as plain text."""

from pathlib import Path

import pytest

from copilot.shop.articles import read_articles
from copilot.shop.html import html_text
from copilot.shop.rejection import LoadError, Notes
from recommenders.domain import Article


def read(tmp_path: Path, **pages: str | bytes) -> tuple[list[Article], list[str]]:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, page in pages.items():
        (folder / f"{name}.md").write_bytes(page if isinstance(page, bytes) else page.encode())
    notes = Notes(lambda warning: None)
    return list(read_articles(folder, notes)), [str(rejection) for rejection in notes.rejections]


def test_first_heading_is_the_title_and_the_rest_is_text(tmp_path: Path) -> None:
    lines = ["\ufeff# Returns & *refunds*", "", "You have **30 days**.", "", "- Free [label](https://x.example)"]
    page = "\r\n".join([*lines, "", "## When", "", "Soon."])
    (article,), rejected = read(tmp_path, returns=page)
    assert article == Article("returns", "Returns & refunds", "You have 30 days.\n\n* Free label\n\nWhen\n\nSoon.")
    assert rejected == []


def test_what_stands_before_the_first_heading_stays(tmp_path: Path) -> None:
    (article,), _ = read(tmp_path, a="Valid since May.\n\nTitle\n=====\n\nText.")
    assert (article.title, article.text) == ("Title", "Valid since May.\n\nText.")


def test_settings_of_a_static_site_are_no_text(tmp_path: Path) -> None:
    (article,), _ = read(tmp_path, a="---\nlayout: page\n---\n# Title\nText.")
    assert (article.title, article.text) == ("Title", "Text.")


def test_page_without_a_heading_is_called_like_its_file(tmp_path: Path) -> None:
    (article,), _ = read(tmp_path, **{"gift-cards": "They never expire."})
    assert article == Article("gift-cards", "Gift cards", "They never expire.")


def test_html_in_a_page_is_shown_and_not_run(tmp_path: Path) -> None:
    (article,), _ = read(tmp_path, a="# T\n\n<script>alert(1)</script> & more")
    assert article.text == "<script>alert(1)</script> & more"


def test_only_pages_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    (folder / "c.md").mkdir(parents=True)
    for name in ("b.md", "a.md", "notes.txt"):
        (folder / name).write_text("Text.")
    assert [a.id for a in read_articles(folder, Notes(lambda warning: None))] == ["a", "b"]


def test_pages_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    articles, rejected = read(tmp_path, a=b"# A\n\ncaf\xe9", b="  \n", c="# C", d="# D\n" + "x" * 2_100_000)
    assert [a.title for a in articles] == ["C"]
    assert rejected == [
        "articles/a.md:3: line: is not UTF-8: byte 0xe9; save the file as UTF-8",
        "articles/b.md:1: line: the page is empty",
        "articles/d.md:1: line: the page is longer than 2097152 bytes",
    ]


def test_file_in_the_folders_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "articles").write_text("")
    with pytest.raises(LoadError, match="cannot be read"):
        list(read_articles(tmp_path / "articles", Notes(lambda warning: None)))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("plain  text\r\nand more", "plain text\nand more"),
        ("1 &lt; 2 &amp; 3", "1 < 2 & 3"),
        ("<!-- nothing -->", ""),
        ("<p>a</p>\n\n\n<p>b</p>", "a\n\nb"),
        ("a<br>b", "a\nb"),
        ("<style>p{}</style><script>x</script>ok", "ok"),
        ("a\x00b", "ab"),
        ("", ""),
    ],
)
def test_html_as_text(source: str, text: str) -> None:
    assert html_text(source) == text


def test_markup_nested_beyond_all_measure_still_gives_its_text() -> None:
    assert "core" in html_text("<div>" * 20_000 + "core" + "</div>" * 1_000)
