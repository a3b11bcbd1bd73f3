"""Summary: three lines on a long thread and on a customer's history, each with where it stands.

Extractive: a line is a fixed label and words that were written, or a fact of the records. Nothing is rephrased, so
nothing can be wrong that was right. Internal notes are never quoted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from recommenders.customers import is_late
from recommenders.domain import Case, Context, Message, Source, SummaryLine
from recommenders.text.sentences import split_sentences
from recommenders.text.words import stems

MOST = 3  # lines
FEWEST_MESSAGES = 3  # of a thread that is worth a summary
AGAIN = timedelta(days=14)  # an earlier contact so close is most likely about the same
QUOTE = 160  # characters of a quoted sentence
WEIGHTY = 5  # words of a reply that says more than "You are welcome!"
SHORT = 4  # words; an answer such as "yes, the blue one" needs the question before it
FEWEST_SHARED = 3  # words
SAME_MATTER = 0.3  # share of an earlier contact's words that come back
_GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|dear|thanks|thank you|good (?:morning|afternoon|evening)|hallo|guten (?:tag|morgen|abend)"
    r"|liebe\w*|sehr geehrte\w*|danke|vielen dank|bonjour|bonsoir|merci|hola|buen[oa]s|gracias"
    r"|ciao|buongiorno|buonasera|grazie"
    r"|beste|dag|bedankt|olá|bo[am] (?:dia|tarde|noite)|obrigad[oa])\b[^.!?]{0,40}$",
    re.IGNORECASE,
)


def summarize(context: Context) -> tuple[SummaryLine, ...]:
    """At most three lines; none for a short thread of a customer without history.

    Beside a thread only that past is told which still weighs: a contact of the last days, an order that is late. The
    messages of a thread are named by their index in the ticket, from 0.
    """
    thread = _of_thread(context)
    past = _of_history(context, whole=not thread)
    if past and len(thread) == MOST:
        thread = thread[1:]  # how it began is what the agent sees first anyway
    return tuple([*thread, *past][:MOST])


# ---------------------------------------------------------------- the thread


def _of_thread(context: Context) -> list[SummaryLine]:
    spoken = [
        (place, message)
        for place, message in enumerate(context.ticket.messages)
        if message.author in ("customer", "agent") and message.text.strip()
    ]
    if len(spoken) < FEWEST_MESSAGES:
        return []
    asked = [(place, message) for place, message in spoken if message.author == "customer"]
    if not asked:
        return []
    first, last = asked[0], asked[-1]
    replies = [(place, message) for place, message in spoken if message.author == "agent"]
    now = _open(context, spoken, replies, last)
    told = {source.id for source in now.evidence}
    lines = []
    if str(first[0]) not in told:
        lines.append(_line("Began with", _telling(first[1], spoken), first[0]))
    before = [(place, message) for place, message in replies if place < last[0]]
    if before:
        place, message = next((pair for pair in reversed(before) if len(pair[1].text.split()) >= WEIGHTY), before[-1])
        if str(place) not in told:
            lines.append(_line("We answered", _telling(message, spoken), place))
    return [*lines, now]


def _open(
    context: Context,
    spoken: Sequence[tuple[int, Message]],
    replies: Sequence[tuple[int, Message]],
    last: tuple[int, Message],
) -> SummaryLine:
    """What is open now: our question that waits for an answer, else what the customer wrote last."""
    if replies and replies[-1][0] > last[0]:
        place, message = replies[-1]
        question = _question(message)
        question = question if len(question.split()) >= SHORT else ""  # "Anything else?" waits for nothing
        label = "Waiting for the customer, we asked" if question else "We had the last word"
        return _line(label, question or _telling(message, spoken), place)
    since = [(place, message) for place, message in spoken if message.author == "customer"]
    since = [(place, message) for place, message in since if not replies or place > replies[-1][0]]
    quoted = _read_quote(context, since)
    if quoted is None:
        newest = max(since, key=lambda pair: (len(pair[1].text.split()) > SHORT, pair[0]))
        quoted = newest[0], _telling(newest[1], spoken)
    place, words = quoted
    question = _question(replies[-1][1]) if replies and len(words.split()) <= SHORT else ""
    if question:
        text = f"Open now: we asked “{_cut(question)}”, the customer answered “{_cut(words)}”"
        return SummaryLine(text, (_message(replies[-1][0]), _message(place)))
    label = "Open now" if len(since) < 2 else f"Open now, {len(since)} messages since our last reply"
    if not replies and len(since) > 1:
        label = f"Open now, {len(since)} messages without a reply"
    return _line(label, words, place)


def _read_quote(context: Context, since: Sequence[tuple[int, Message]]) -> tuple[int, str] | None:
    """The sentence from which the strongest wish was read, in the message that has it, the newest first."""
    for intent in context.signals.intents:
        quote = intent.quote.removesuffix(" …")
        for place, message in reversed(since):
            if len(quote.split()) >= SHORT and quote in " ".join(message.text.split()):
                return place, quote
    return None


def _telling(message: Message, spoken: Sequence[tuple[int, Message]]) -> str:
    """The sentence of a message that shares most with the whole thread, has figures or asks; ties by place.

    Greetings come last.
    """
    sentences = [sentence.text for sentence in split_sentences(message.text)]
    thread: dict[str, int] = {}
    for _, other in spoken:
        for stem in set(stems(other.text)):
            thread[stem] = thread.get(stem, 0) + 1

    def weight(sentence: str) -> float:
        if _GREETING.match(sentence):
            return -1.0
        words = set(stems(sentence))
        shared = sum(thread[stem] - 1 for stem in words if len(stem) > 3)
        stated = 3.0 if any(character.isdigit() for character in sentence) else 0.0
        return (
            shared
            + stated
            + min(len(words), 20) / 4
            + (2.0 if sentence.rstrip().endswith("?") and len(words) >= SHORT else 0.0)
        )

    return max(sentences, key=weight, default=message.text.strip())


def _question(message: Message) -> str:
    asked = [s.text for s in split_sentences(message.text) if s.text.rstrip().endswith(("?", "？"))]
    return asked[-1] if asked else ""


# ---------------------------------------------------------------- the history


def _of_history(context: Context, *, whole: bool) -> list[SummaryLine]:
    if context.customer is None:
        return []
    lines = [*_again(context), *_late(context)]
    if not whole:
        return lines[:1]
    told = {source.id for line in lines for source in line.evidence}
    lines += [_contact(case) for case in context.history[:MOST] if case.id not in told]
    return lines


def _again(context: Context) -> list[SummaryLine]:
    """Earlier contacts of the last fourteen days, and whether they were about the same."""
    recent = [case for case in context.history if timedelta(0) <= context.now - case.created_at <= AGAIN]
    if not recent:
        return []
    same = [case for case in recent if _same_matter(case, context)]
    cases = same or recent
    number = f"{len(cases)} earlier contact{'s' if len(cases) > 1 else ''} in the last 14 days"
    named = context.order is not None and all(_same_order(case, context) for case in same)
    about = "" if not same else f" about {context.order.name}" if named and context.order else " about the same"
    newest = cases[0]
    ending = f", {_ended(newest)}" if _ended(newest) else ""
    text = f"{number}{about}; the last on {_day(newest)}: “{_cut(newest.subject or _opening(newest))}”{ending}"
    return [SummaryLine(text, tuple(Source("ticket", case.id) for case in cases[:MOST]))]


def _same_matter(case: Case, context: Context) -> bool:
    """The same order, or words that come back."""
    if _same_order(case, context):
        return True
    words = {stem for stem in stems(f"{case.subject} {_opening(case)}") if len(stem) > 3}
    now = {stem for stem in stems(context.concern.text) if len(stem) > 3}
    return len(words & now) >= max(FEWEST_SHARED, SAME_MATTER * min(len(words), len(now)))


def _same_order(case: Case, context: Context) -> bool:
    order = context.order
    return order is not None and bool({order.id, order.name} & set(case.order_ids))


def _late(context: Context) -> list[SummaryLine]:
    return [
        SummaryLine(
            f"Order {order.name} of {order.created_at.day} {order.created_at:%b %Y} has not arrived",
            (Source("order", order.id),),
        )
        for order in context.orders
        if is_late(order, context.now)
    ][:1]


def _contact(case: Case) -> SummaryLine:
    ending = f", {_ended(case)}" if _ended(case) else ""
    text = f"Earlier, on {_day(case)}: “{_cut(case.subject or _opening(case))}”{ending}"
    return SummaryLine(text, (Source("ticket", case.id),))


def _ended(case: Case) -> str:
    parts = [f"ended with {case.resolution.kind}" if case.resolution else "no resolution on record"]
    outcome = case.outcome
    if outcome and outcome.reopened:
        parts.append("reopened")
    if outcome and outcome.csat is not None:
        parts.append(f"rated {outcome.csat} of 5")
    return ", ".join(parts)


def _opening(case: Case) -> str:
    return next((message.text for message in case.messages if message.author == "customer"), "")


# ---------------------------------------------------------------- their parts


def _line(label: str, words: str, place: int) -> SummaryLine:
    return SummaryLine(f"{label}: “{_cut(words)}”", (_message(place),))


def _message(place: int) -> Source:
    return Source("message", str(place))


def _cut(words: str) -> str:
    text = " ".join(words.split())
    return text if len(text) <= QUOTE else text[: QUOTE - 2].rsplit(" ", 1)[0] + " …"


def _day(case: Case) -> str:
    return f"{case.created_at.day} {case.created_at:%b %Y}"
