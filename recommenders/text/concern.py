"""The newest open concern of a thread: what the customer wants now, not what was settled last week."""

from __future__ import annotations

import re

from recommenders.domain import Concern, Message, Sentence, Ticket
from recommenders.text.sentences import split_sentences

# A subject that came with an answer is the words of whoever wrote first.
_ANSWERED = re.compile(r"^\s*(re|fw|fwd|aw|wg|antw|antwort|tr|rv|rif|sv|doorst)\s*(\[\d+\])?\s*:", re.IGNORECASE)
SHORT = 12  # words; a shorter message ("the night cream please!") leans on what was said before it
LONGEST = 6000  # characters of a message; what is longer is read at its beginning and its end
MOST = 3 * LONGEST  # characters of a concern; of more messages the first and the latest are read


def newest_concern(ticket: Ticket) -> tuple[Concern, int]:
    """The concern and the number of leading sentences that are only background (earlier messages of the customer).

    It is what the customer wrote since the last reply. A short answer leans on the message before it, which then
    comes along as background. The subject belongs to the first message and counts while nobody has replied.
    """
    spoken = [m for m in ticket.messages if m.author in ("customer", "agent") and m.text.strip()]
    last_reply = max((i for i, m in enumerate(spoken) if m.author == "agent"), default=-1)
    newest = [m.text.strip() for m in spoken[last_reply + 1 :]]
    earlier = [m.text.strip() for m in spoken[: last_reply + 1] if m.author == "customer"]
    background: list[str] = []
    if not newest:  # the agent had the last word: the concern is still the last thing that the customer said
        newest, earlier = earlier[-1:], earlier[:-1]
    if earlier and sum(len(text.split()) for text in newest) < SHORT:
        background = earlier[-1:]
    if last_reply < 0 and ticket.subject.strip() and not _ANSWERED.match(ticket.subject):
        newest.insert(0, ticket.subject.strip())
    return _assemble(background, _within(newest))


def customer_messages(ticket: Ticket) -> list[Message]:
    """All that the customer wrote, oldest first."""
    return [m for m in ticket.messages if m.author == "customer"]


def _assemble(background: list[str], newest: list[str]) -> tuple[Concern, int]:
    text, sentences, behind = "", [], 0
    for number, part in enumerate([*background, *newest]):
        part = _shorten(part)
        offset = len(text)
        found = [Sentence(s.text, s.start + offset, s.end + offset) for s in split_sentences(part)]
        sentences += found
        if number < len(background):
            behind += len(found)
        text += part + "\n"
    return Concern(text.rstrip("\n"), tuple(sentences)), behind


def _within(parts: list[str]) -> list[str]:
    """The first part, and as many of the latest as there is room for."""
    room = MOST - sum(len(part[:LONGEST]) for part in parts[:1])
    kept: list[str] = []
    for part in reversed(parts[1:]):
        room -= min(len(part), LONGEST)
        if room < 0:
            break
        kept.append(part)
    return [*parts[:1], *reversed(kept)]


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST * 2 // 3] + "\n" + text[-LONGEST // 3 :]
