"""The pieces of a draft before it gets its form: what is said, how much it matters, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from recommenders.domain import Evidence, Gap
from recommenders.drafts.phrases import PhraseBook
from recommenders.drafts.situation import LETTERS

# How many lines a short channel takes; in a letter everything has room.
MOST_LINES = {"chat": 3, "voice": 3, "social": 3, "sms": 2}
LONG = {"chat": 600, "voice": 600, "social": 600, "sms": 320}  # characters; two short messages make an SMS
MAX_LENGTH = 2500
# What a short channel keeps first.
MUST, SHOULD, MAY, NICE = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Line:
    """One or two sentences. Lines of one paragraph stay together in a letter; `weight` decides who stays in a chat."""

    text: str
    paragraph: int
    weight: int
    evidence: tuple[Evidence, ...] = ()


@dataclass
class Page:
    """Collects the lines of one draft; empty texts are not taken, nor is the same text twice."""

    lines: list[Line] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    closing: bool = True  # whether a letter ends with an offer to write again; in grief or praise it would jar
    named: str = ""  # what was said elsewhere

    def add(self, text: str, paragraph: int, weight: int, evidence: Iterable[Evidence] = ()) -> bool:
        """Appends a line; says whether there was anything to append."""
        if not text or any(line.text == text for line in self.lines):
            return False
        self.lines.append(Line(text, paragraph, weight, tuple(evidence)))
        return True

    def names(self, piece: str) -> bool:
        """Whether a line says this piece of text already."""
        return bool(piece) and (piece == self.named or any(piece in line.text for line in self.lines))

    def gaps_named(self, placeholder: str) -> bool:
        """Whether a line has this gap."""
        return any(f"[[{placeholder}]]" in line.text for line in self.lines)


def render(page: Page, book: PhraseBook, channel: str, name: str, seed: str) -> tuple[str, tuple[Evidence, ...]]:
    """The text in its channel's form, and the evidence of the lines that it kept.

    A letter has a greeting, paragraphs and a sign-off without a name, for the agent's own stands below. A chat is a
    greeting and a few sentences; an SMS is only those.
    """
    if channel in LETTERS:
        kept = page.lines
        greeting = book.pick("greeting.letter.named", seed, {"name": name}) or book.pick("greeting.letter", seed)
        asks = any(line.text.rstrip().endswith("?") for line in kept if line.weight == MUST)
        closing = book.pick("closing", seed) if page.closing and not asks else ""
        text = _letter(greeting, kept, closing, book.pick("sign_off", seed))
        while len(text) > MAX_LENGTH and len(kept) > 1:  # the least important goes first, from the end
            last = max(range(len(kept)), key=lambda i: (kept[i].weight, i))
            kept = [line for i, line in enumerate(kept) if i != last]
            text = _letter(greeting, kept, "", book.pick("sign_off", seed))
    else:
        most = MOST_LINES.get(channel, 4)
        ranked = sorted(range(len(page.lines)), key=lambda i: (page.lines[i].weight, i))[:most]
        kept = [page.lines[i] for i in sorted(ranked)]
        text = _short(book, kept, channel, name, seed)
        while len(text) > LONG.get(channel, MAX_LENGTH) and len(kept) > 1:
            last = max(range(len(kept)), key=lambda i: (kept[i].weight, i))
            kept = [line for i, line in enumerate(kept) if i != last]
            text = _short(book, kept, channel, name, seed)
    evidence = tuple(dict.fromkeys(proof for line in kept for proof in line.evidence))
    return text[:MAX_LENGTH], evidence


def _letter(greeting: str, lines: Sequence[Line], closing: str, sign_off: str) -> str:
    paragraphs: dict[int, list[str]] = {}
    for line in lines:
        paragraphs.setdefault(line.paragraph, []).append(line.text)
    body = [_join(texts) for _, texts in sorted(paragraphs.items())]
    return "\n\n".join(part for part in (greeting, *body, closing, sign_off) if part)


def _short(book: PhraseBook, lines: Sequence[Line], channel: str, name: str, seed: str) -> str:
    greeting = ""
    if channel != "sms":
        greeting = book.pick("greeting.chat.named", seed, {"name": name}) or book.pick("greeting.chat", seed)
    return _join([part for part in (greeting, *(line.text for line in lines)) if part])


def _join(texts: Sequence[str]) -> str:
    """One after the other; a table stands on lines of its own."""
    joined = ""
    for text in texts:
        block = text.startswith("- ") or "\n" in text
        joined += ("\n" if block or joined.endswith("\u2028") else " ") + text if joined else text
        if block:
            joined += "\u2028"
    return joined.replace("\u2028 ", "\n").replace("\u2028\n", "\n").replace("\u2028", "")
