"""The text by which a case is found."""

from __future__ import annotations

import re

from recommenders.domain import Case
from recommenders.text.redact import facts_of, redact

LONGEST = 1200  # characters: more than the model reads
_FOLLOW_UP = 300  # characters of what the customer added later
_SHORT = 120  # characters: an opening so short that what came later is needed to understand it
_FEWEST_WORDS = 5  # of a later message: "yes please!!" says nothing of the problem
# Subjects that helpdesks write by themselves, and the prefixes of replies; they would make all such cases alike.
_MACHINE_SUBJECT = re.compile(
    r"^(?:(?:live )?chat|conversation|message|call|voicemail|sms|text|comment|ticket|contact form)"
    r"(?: (?:with|from|on|via|message|form|request)\b.{0,40})?$"
    r"|^\(?(?:(?:no|without) subject|kein betreff|sans objet|sin asunto)\)?$",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"^(?:(?:re|aw|fw|fwd|wg|tr|rv|sv|vs|antw|ref)\s*:\s*|\[[^\]]{1,30}\]\s*)+", re.IGNORECASE)
_GREETING = re.compile(
    r"^(?:(?:hi|hello|hey|dear|hallo|hei|good (?:morning|afternoon|evening|day)|guten (?:tag|morgen|abend)|moin|bonjour"
    r"|bonsoir|salut|hola|buenos días|buenas(?: tardes| noches)?|buongiorno|buonasera|ciao|salve|goe(?:de|ie)?n?dag"
    r"|goede(?:morgen|middag)|olá|bom dia|boa tarde)(?: (?:there|all|team|everyone|again|zusammen|à tous))?)"
    r"(?:\s*[,.!]|\s*\n)\s*",
    re.IGNORECASE,
)


def case_text(case: Case) -> str:
    """What is embedded and indexed for a case: the subject and what the customer said before the first reply.

    What they added later follows a short opening, cut at 300 characters; a case in which the customer said nothing is
    its subject. Names,
    addresses and numbers are taken out, since two customers of one name have nothing else in common. At most 1,200
    characters; empty when nothing was said.
    """
    opening: list[str] = []
    later: list[str] = []
    answered = False
    for message in case.messages:
        if message.author == "agent":
            answered = answered or bool(opening)
        elif message.author == "customer":
            (later if answered else opening).append(message.text)
    facts = facts_of(case)
    first = query_text(case.subject, "\n".join(opening))[: 2 * LONGEST]
    text = redact(first, facts)
    if len(text) >= _SHORT:
        return text[:LONGEST].rstrip()
    telling = [said for said in later if len(said.split()) >= _FEWEST_WORDS]
    follow_up = redact("\n".join(telling)[:LONGEST], facts)[:_FOLLOW_UP]
    return "\n".join(part for part in (text, follow_up) if part)[:LONGEST].rstrip()


def query_text(subject: str, message: str) -> str:
    """Subject and message as one text, without "Re:", greetings, machine-written subjects, or the subject twice."""
    subject = _GREETING.sub("", _PREFIX.sub("", subject.strip()))
    message = _GREETING.sub("", message.strip())
    if not message:
        return subject
    if not subject or _MACHINE_SUBJECT.match(subject) or message.casefold().startswith(subject.casefold()[:60]):
        return message
    return f"{subject}\n{message}"
