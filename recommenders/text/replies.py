"""Another customer's reply made fit to show: the agent's words stay, the other customer's facts become gaps."""

from __future__ import annotations

import re
from collections.abc import Iterable

from recommenders.domain import Case, Customer
from recommenders.text.redact import GAPS, Facts, facts_of, names_of, redact

# What a salutation is without the name. "Dear Ana," would be left as "Dear,": the neutral form of the language stands
# in for it.
_NEUTRAL = {
    "hi": "Hi", "hello": "Hello", "hey": "Hey", "dear": "Hello", "good morning": "Good morning",
    "good afternoon": "Good afternoon", "good evening": "Good evening", "hallo": "Hallo", "liebe": "Hallo",
    "lieber": "Hallo", "guten tag": "Guten Tag", "guten morgen": "Guten Morgen", "guten abend": "Guten Abend",
    "sehr geehrte": "Guten Tag", "sehr geehrter": "Guten Tag", "moin": "Moin", "servus": "Servus", "bonjour": "Bonjour",
    "bonsoir": "Bonsoir", "salut": "Salut", "cher": "Bonjour", "chère": "Bonjour", "hola": "Hola",
    "buenos días": "Buenos días", "buenas tardes": "Buenas tardes", "buenas noches": "Buenas noches",
    "estimado": "Hola", "estimada": "Hola", "querido": "Hola", "querida": "Hola", "ciao": "Ciao", "salve": "Salve",
    "buongiorno": "Buongiorno", "buonasera": "Buonasera", "gentile": "Buongiorno", "caro": "Ciao", "cara": "Ciao",
    "beste": "Hallo", "goedemorgen": "Goedemorgen", "goedemiddag": "Goedemiddag", "goedendag": "Goedendag",
    "olá": "Olá", "oi": "Oi", "bom dia": "Bom dia", "boa tarde": "Boa tarde", "caríssimo": "Olá", "prezado": "Olá",
    "prezada": "Olá", "hej": "Hej", "cześć": "Cześć", "dzień dobry": "Dzień dobry",
}  # fmt: skip
_TITLE = (
    r"(?:(?:mrs|ms|mr|miss|mx|dr|frau|herrn?|familie|mme|madame|mlle|monsieur|m|sra|srta|sr|señora|señor|signora"
    r"|signor|sig|mevrouw|meneer|dhr|senhora?)\.? ?){1,2}"
)
_SALUTATION = re.compile(
    rf"^(?P<word>{'|'.join(sorted(_NEUTRAL, key=len, reverse=True))})[ ,]{{1,2}}"
    rf"(?P<who>(?i:{_TITLE})?(?:[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){{0,2}})?)(?P<end>\s?[,.!:–—-]|[ ]*\n|$)",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    ("there", "all", "again", "everyone", "zusammen", "ihr", "à tous", "team", "todos", "tutti", "allemaal", "you two")
)


def clean_reply(case: Case, reply: str, customer: Customer | None = None, agent_names: Iterable[str] = ()) -> str:
    """An agent's reply without what belongs to the case's customer.

    `customer` is the case's, not the one who asks now; `agent_names` are those of the shop's agents besides the
    authors of the case. The name goes from the salutation and where the customer is addressed; elsewhere it becomes
    [[name]], and numbers and addresses become gaps of their kind. The agent's own name goes from the end.
    """
    agents = {m.name.casefold() for m in case.messages if m.author == "agent" and m.name}
    agents |= {name.casefold() for name in agent_names}
    names = names_of(case, customer)
    text = _without_sign_off(reply.strip(), agents)
    text = _neutral_salutation(text, {name.casefold() for name in names})
    for name in sorted(names, key=len, reverse=True):
        if len(name) > 1:
            text = _unaddressed(text, name)
    facts = Facts(tuple(name for name in facts_of(case, customer).names if name.casefold() not in agents))
    return redact(text, facts, GAPS).strip()


def _without_sign_off(text: str, agents: set[str]) -> str:
    lines = text.split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].strip(" ,.-–—x").casefold() in agents):
        lines.pop()
    return "\n".join(lines)


def _neutral_salutation(text: str, names: set[str]) -> str:
    found = _SALUTATION.match(text)
    if not found or not found["who"]:
        return text
    who, word = found["who"].strip(), found["word"]
    parts = who.split()
    known = any(part.casefold().strip(".") in names for part in parts)
    # Without a record of the name: one to three capitalized words, or a title, right before the comma.
    looks = all(part[0].isupper() for part in parts) and found["end"].strip() in (",", "!", "", ":", "-", "–", "—")
    if who.casefold() in _NOBODY or not (known or looks):
        return text
    neutral = _NEUTRAL[word.casefold()]
    greeting = neutral if word[0].isupper() else neutral.lower()
    return greeting + found["end"].lstrip(" ") + text[found.end() :]


def _unaddressed(text: str, name: str) -> str:
    """Without the name where it only addresses: "…, Ana." and "Ana, we …"."""
    plain = re.escape(name)
    text = re.sub(rf",\s*(?i:{plain})(?=\s*[.!?;:)\n]|\s*,|\s*$)", "", text)

    def capital(match: re.Match[str]) -> str:
        return match[1] + match[2].upper()

    return re.sub(rf"((?:^|(?<=[.!?\n]))\s*){plain}, (\w)", capital, text)
