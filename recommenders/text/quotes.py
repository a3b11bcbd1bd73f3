"""Quoted replies out of a plain text: lines with >, "On … wrote:", Outlook's From/Sent blocks."""

from __future__ import annotations

import re

from mailparser_reply.constants import MAIL_LANGUAGES

_LONGEST_HEADER = 300
_MOST_HEADERS = 40  # candidates looked at in a message
_OPENS = re.compile(r"^(?:on|am|le|el|em|il|op|den|dne|dnia|w dniu|kl|\d)", re.IGNORECASE)
_VERB = (
    r"\b(?:wrote|writes|schrieb|schreibt|a écrit|escribi[óo]|escreveu|ha scritto|schreef|skrev|napsala?|napisała?)\b"
)
_WROTE = re.compile(rf"^.{{3,280}}{_VERB}.{{0,160}}[:：]$", re.IGNORECASE)
# The languages that mail-parser-reply knows besides; its patterns are only given single, short lines.
_LIBRARY = re.compile(
    "|".join(
        f"(?:{MAIL_LANGUAGES[language]['wrote_header']})" for language in ("cs", "da", "ja", "ko", "pl", "sv", "zh")
    ),
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"^[-_*=]{2,}\s*(?:original message|forwarded message|begin forwarded message|reply message"
    r"|ursprüngliche nachricht|originalnachricht|weitergeleitete nachricht|message d'origine|message original"
    r"|message transféré|mensaje original|mensaje reenviado|messaggio originale|messaggio inoltrato"
    r"|oorspronkelijk bericht|doorgestuurd bericht|mensagem original|mensagem encaminhada|oprindelig meddelelse"
    r"|originalmeddelande|wiadomość oryginalna)\s*[-_*=]{2,}$"
    r"|^(?:begin forwarded message|anfang der weitergeleiteten nachricht|début du message réexpédié"
    r"|inizio messaggio inoltrato|inicio del mensaje reenviado)\s*:$",
    re.IGNORECASE,
)
_ABOVE = re.compile(r"^[#\-=* ]*(?:please )?(?:reply|type your reply|write) above this line", re.IGNORECASE)
_FIELD = re.compile(
    r"^\*?(from|von|de|da|van|från|fra|od"
    r"|sent|gesendet|envoyé|enviado(?: el)?|inviato|verzonden|skickat|sendt|date|datum|fecha|data"
    r"|to|an|à|para|a|aan|till|til|cc|kopie"
    r"|subject|betreff|objet|asunto|oggetto|onderwerp|assunto|ämne|emne)\s*:\*?(?:\s|$)",
    re.IGNORECASE,
)
_SENDER = frozenset(["from", "von", "de", "da", "van", "från", "fra", "od"])


def drop_quotes(text: str) -> str:
    """The text without earlier messages. Answers written between or below quoted lines stay.

    Empty when everything is quoted. One pass over the lines.
    """
    lines = text.split("\n")
    kept: list[str] = []
    budget = _MOST_HEADERS
    index = 0
    while index < len(lines):
        line = lines[index]
        if line.startswith(">"):
            index += 1
            continue
        length = 0
        if line and _may_head(lines, index):
            budget -= 1
            length = _header_length(lines, index) if budget >= 0 else 0
        if not length:
            kept.append(line)
            index += 1
            continue
        index += length
        if any(kept) and not _quoted_next(lines, index):
            break  # what follows is the earlier message
    return "\n".join(kept).strip()


def _may_head(lines: list[str], index: int) -> bool:
    line = lines[index]
    if len(line) > _LONGEST_HEADER:
        return False
    if ":" in line or "：" in line or line[0] in "-_*=#":
        return True
    # "On Sat, 28 Feb 2026 at 08:00, Shop <news@…>" with "wrote:" on the next line or the one after it
    return _OPENS.match(line) is not None and any(later.endswith((":", "：")) for later in lines[index + 1 : index + 3])


def _header_length(lines: list[str], index: int) -> int:
    """How many lines from `index` on announce an earlier message; 0: none does."""
    line = lines[index]
    if _SEPARATOR.match(line) or _ABOVE.match(line):
        return 1 + _fields(lines, index + 1)
    if len(line) >= 32 and not line.strip("_-"):  # Outlook's rule, only when its block follows
        block = _fields(lines, index + 1)
        return 1 + block if block else 0
    if block := _fields(lines, index):
        return block
    for count in (1, 2, 3):  # mail programs wrap the announcement, but never over an empty line
        joined = " ".join(lines[index : index + count])
        if len(joined) > _LONGEST_HEADER or index + count > len(lines) or not lines[index + count - 1]:
            break
        if count == 2 and not _OPENS.match(line):
            break
        if joined.endswith((":", "：")) and _says_wrote(joined):
            return count
    return 0


def _says_wrote(line: str) -> bool:
    # An address or a date: "My mother wrote:" announces no quotation of a mail.
    if "@" not in line and not any(character.isdigit() for character in line):
        return False
    return bool(_WROTE.match(line) or _LIBRARY.match(line))


def _fields(lines: list[str], index: int) -> int:
    """The length of a block of From:, Sent:, To:, Subject: lines that begins here; blank lines before it count."""
    at = index
    while at < len(lines) and not lines[at] and at < index + 2:
        at += 1
    names: set[str] = set()
    end = at
    for number in range(at, min(at + 12, len(lines))):
        line = lines[number]
        found = _FIELD.match(line) if len(line) <= 1000 else None
        if found:
            names.add(found[1].casefold())
            end = number + 1
        elif not line or not names or number > end:  # one line of addresses may be wrapped
            break
    return end - index if len(names) >= 3 and names & _SENDER else 0


def _quoted_next(lines: list[str], index: int) -> bool:
    following = next((line for line in lines[index : index + 4] if line), "")
    return following.startswith(">")
