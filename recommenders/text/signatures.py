"""Signatures and disclaimers off the end of a plain text."""

from __future__ import annotations

import re

_LAST_LINES = 40  # a signature stands in the last lines; a longer tail is content
_STRONG = (
    r"(?:with )?(?:my )?(?:best|kind(?:est)?|warm(?:est)?|many|sincere) (?:regards|wishes)|regards|best|all the best"
    r"|yours(?: (?:sincerely|faithfully|truly))?|sincerely(?: yours)?|respectfully|cordially|cheers"
    r"|(?:mit )?(?:freundlich(?:en|e)|best(?:en|e)|lieb(?:en|e)|viel(?:en|e)|herzlich(?:en|e)|schön(?:en|e))"
    r"(?: lieb(?:en|e))? gr(?:ü|ue)(?:ß|ss)e?n?|mfg|lg|vg|hochachtungsvoll|gru(?:ß|ss)"
    r"|(?:bien |très )?cordialement|(?:bien|meilleures) (?:à vous|salutations)|sincères salutations|bien à (?:vous|toi)"
    r"|amicalement|(?:bonne|belle) journée"
    r"|(?:un )?(?:cordial(?:es)? )?saludos?(?: cordial(?:es)?)?|atentamente|atte|cordialmente|un abrazo"
    r"|(?:cordiali|distinti|cari) saluti|saluti|cordialità"
    r"|(?:met )?(?:vriendelijke|hartelijke|beste) groet(?:en)?|groet(?:en|jes)?|mvg"
    r"|(?:com os )?(?:melhores )?cumprimentos|atenciosamente|abraços?"
    r"|(?:med )?(?:venlig|vennlig|vänlig)a? ?(?:hilsen|hälsning(?:ar)?)|mvh|z poważaniem|pozdrawiam|s pozdravem"
)
_WEAK = (
    r"(?:many )?thanks(?: (?:so much|a lot|again|in advance|and (?:best|kind)? ?regards))?"
    r"|thank you(?: (?:very much|so much))?"
    r"|(?:vielen |herzlichen )?dank(?:e)?(?: (?:im voraus|und (?:viele|beste) grüße))?|merci(?: (?:beaucoup|d'avance))?"
    r"|(?:muchas )?gracias(?: de antemano)?|grazie(?: mille)?|(?:alvast )?bedankt|dank (?:u|je)|obrigad[oa]"
)
_STRONG_LINE = re.compile(rf"^(?:{_STRONG})[\s,.!;:–—-]*$", re.IGNORECASE)
_WEAK_LINE = re.compile(rf"^(?:{_WEAK})[\s,.!;:–—-]*$", re.IGNORECASE)
# "Best regards, Katrin Dressler, Head of Claims" in one line, or at the end of the last one.
_INLINE = re.compile(
    r"(?:^|(?<=[.!?…)\n]) ?)(?:with (?:best|kind) regards|(?:best|kind|warm) (?:regards|wishes)|yours sincerely"
    r"|mit freundlichen grüßen|(?:viele|liebe|beste) grüße|(?:bien )?cordialement|(?:un )?saludos?(?: cordiales)?"
    r"|atentamente|(?:cordiali|distinti) saluti|(?:met )?vriendelijke groet(?:en)?|com os melhores cumprimentos)"
    r"(?:[,;:–—-] ?| )(?P<who>[^.?!\n]{1,120})[.!]?$",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"^\W{0,3}(?:sent (?:from|via|with) (?:my |the )?[\w .]{2,40}|get outlook for \w+.{0,60}"
    r"|gesendet (?:von|mit)[\w .]{2,60}|von meinem? .{2,40} gesendet|diese nachricht wurde von .{2,60} gesendet"
    r"|envoyé (?:de|depuis|à partir d)[\w '’.]{2,60}|enviado (?:desde|do|de) [\w .]{2,60}"
    r"|inviato da[l ][\w '’.]{2,60}|(?:verstuurd|verzonden) (?:vanaf|met|van) [\w .]{2,60}"
    r"|skickat från [\w .]{2,40}|sendt fra [\w .]{2,40})\W{0,5}$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"@|www\.|https?://|\b(?:tel|phone|mobile?|fax|telefon|tél|móvil|cell)\b\.? ?:?|(?:\+|\b00?)\d[\d ()/.-]{6,}\d",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"^p\.? ?s\b", re.IGNORECASE)
_SECRET = re.compile(
    r"confidential|privileged|vertraulich|confidentiel|confidencial|riservat|vertrouwelijk|fortrolig|konfidentiell"
    r"|disclaimer|haftungsausschluss|think before (?:you )?print|consider the environment",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"intended|recipient|addressee|e-?mail|nachricht|empfänger|destinatai?r|destinatari|ontvanger|geadresseerde",
    re.IGNORECASE,
)


def drop_signature(text: str) -> str:
    """The text without what mail programs and people append: sign-off, name, job title, phone, disclaimer.

    A postscript and everything that reads like content below a sign-off stay. Empty when nothing else was said.
    """
    lines = _without_disclaimers(text.split("\n"))
    start = max(0, len(lines) - _LAST_LINES)
    for index in range(start, len(lines)):
        line = lines[index]
        if line in ("--", "__", "—") and any(lines[:index]):
            return _join(lines[:index])
        if len(line) > 60 or not any(lines[:index]):
            continue
        strong = _STRONG_LINE.match(line) is not None
        if strong or _WEAK_LINE.match(line):
            tail = _tail_length(lines, index + 1, strong)
            rest = lines[index + 1 + tail :]
            if tail or not any(rest):
                return _join(lines[:index] + rest)
    return _join(_without_contact_block(_without_inline(lines)))


def _join(lines: list[str]) -> str:
    return "\n".join(lines).strip()


def _without_disclaimers(lines: list[str]) -> list[str]:
    """Drops lines like "Sent from my phone", and paragraphs after the first that speak of confidential mail."""
    kept: list[str] = []
    for index, line in enumerate(lines):
        if index and kept and 5 < len(line) < 90 and _DEVICE.match(line):
            continue
        if index and any(kept) and len(line) > 40 and _SECRET.search(line[:2000]) and _ADDRESSED.search(line[:2000]):
            continue
        kept.append(line)
    return kept


def _tail_length(lines: list[str], start: int, strong: bool) -> int:
    """How many of the lines below a sign-off are names, titles and addresses."""
    end = start
    for number in range(start, len(lines)):
        line = lines[number]
        if not line:
            continue
        if _is_content(line) or not (strong or _like_signature(line)):
            break
        end = number + 1
    return end - start


def _is_content(line: str) -> bool:
    if _POSTSCRIPT.match(line) or line.endswith("?"):
        return True
    if _CONTACT.search(line[:300]):
        return False
    words = len(line.split())
    return len(line) > 120 or (words > 5 and line[-1] in ".!") or (words > 6 and not line[0].isupper())


def _like_signature(line: str) -> bool:
    """Whether a line is made of names rather than of a sentence."""
    if _CONTACT.search(line[:300]):
        return True
    words = [word for word in line.split() if word[0].isalpha()]
    if not words or len(words) > 8 or line[-1] in "!:":
        return False
    return words[0][0].isupper() and sum(word[0].isupper() for word in words) * 2 >= len(words) and "'" not in line


def _without_inline(lines: list[str]) -> list[str]:
    if not lines:
        return lines
    found = _INLINE.search(lines[-1][-240:])
    if not found or len(found["who"].split()) > 14:
        return lines
    kept = lines[-1][: len(lines[-1]) - (len(lines[-1][-240:]) - found.start())].rstrip()
    return [*lines[:-1], kept] if kept or any(lines[:-1]) else lines


def _without_contact_block(lines: list[str]) -> list[str]:
    """Without a last paragraph of two to ten short lines, one of which is a phone number or an address."""
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    start = end
    while start and lines[start - 1]:
        start -= 1
    block = lines[start:end]
    if not 2 <= len(block) <= 10 or not any(lines[:start]):
        return lines
    contacts = sum(1 for line in block if _CONTACT.search(line[:300]))
    if contacts and all(_like_signature(line) for line in block):
        return lines[:start]
    return lines
