"""articles/*.md: the help centre as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt

from copilot.shop.html import html_text
from copilot.shop.rejection import LoadError, Notes
from recommenders.domain import Article

FOLDER = "articles"
MAX_BYTES = 2 * 1024 * 1024
# A page of a static site may begin with settings between two lines of three dashes; nobody reads them there.
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
# Raw HTML is shown as it is written: the text of a page is data, and never a page itself.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def read_articles(folder: Path, notes: Notes) -> Iterator[Article]:
    """The pages of a folder in the order of their names; the first heading is the title, the file's name the id.

    Raises:
        LoadError: the folder cannot be read.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".md" and path.is_file())
    except OSError as error:
        raise LoadError(f"{folder}: cannot be read: {error.strerror}") from error
    for path in paths:
        if not path.name.isprintable():  # also a name whose bytes are not UTF-8
            notes.reject(f"{folder.name}/{ascii(path.name)[1:-1]}", 1, "id", "the file's name is not plain text")
            continue
        article = _read(path, f"{folder.name}/{path.name}", notes)
        if article is not None:
            yield article


def _read(path: Path, name: str, notes: Notes) -> Article | None:
    raw = path.read_bytes()
    if len(raw) > MAX_BYTES:
        notes.reject(name, 1, "line", f"the page is longer than {MAX_BYTES} bytes")
        return None
    try:
        source = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\x00", "")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        notes.reject(name, line, "line", f"is not UTF-8: byte 0x{raw[error.start]:02x}; save the file as UTF-8")
        return None
    title, body = _title_and_body(_FRONT_MATTER.sub("", source))
    text = html_text(_MARKDOWN.render(body))
    if not text and not title:
        notes.reject(name, 1, "line", "the page is empty")
        return None
    return Article(path.stem, title or path.stem.replace("-", " ").replace("_", " ").capitalize(), text)


def _title_and_body(source: str) -> tuple[str, str]:
    """The first heading, and the page without it."""
    tokens = _MARKDOWN.parse(source)
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.map:
            lines = source.split("\n")
            title = html_text(_MARKDOWN.renderInline(inline.content))
            return title, "\n".join(lines[: token.map[0]] + lines[token.map[1] :])
    return "", source
