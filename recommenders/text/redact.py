"""Personal facts of a text: found, taken out before it is indexed, and kept from another customer's ticket."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher

from recommenders.domain import Case, Customer

Kind = Literal["email", "link", "phone", "order", "payment", "number", "address", "name"]

# What stands in a reply where another customer's fact stood: a gap that the agent fills.
GAPS: Mapping[Kind, str] = {
    "email": "[[email]]",
    "link": "[[link]]",
    "phone": "[[phone number]]",
    "order": "[[order number]]",
    "payment": "[[payment details]]",
    "number": "[[number]]",
    "address": "[[address]]",
    "name": "[[name]]",
}
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>\"']{3,}", re.IGNORECASE)
_ORDER = re.compile(r"#\s?[A-Z]{0,5}[-_]?\d{2,12}(?:-[A-Z0-9]{1,6})?\b", re.IGNORECASE)
# "order 1001", "Bestellung Nr. W1234567": letters only together with digits, and at least three digits
_NAMED_ORDER = re.compile(
    r"\b(?:order|bestellung|bestelling|commande|pedido|ordine|encomenda|rma|return|case|ticket)"
    r"(?: (?:number|nummer|numéro|número|numero|id)(?: is)?)?[ :]{1,2}(?:n[or°º]{1,2}\.? ?)?"
    r"(?P<id>[A-Z]{0,4}-?\d{3,12})\b",
    re.IGNORECASE,
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_DIGITS = re.compile(r"(?<![\w.,])\+?\(?\d(?:[ ()./-]{0,2}\d){6,22}(?!\d)")
_LETTERED = re.compile(r"\b(?=[A-Z]{0,6}\d)(?=(?:[A-Z]*\d){6})[A-Z0-9]{10,34}\b")  # tracking numbers
_DATE = re.compile(r"^\d{4}-\d\d?-\d\d?|^\d\d?[./]\d\d?[./]\d{2,4}|^\d{1,3}(?:[.,]\d{3})+(?:[.,]\d\d)?$")
_ADDRESS = re.compile(
    r"\b\d{1,5}[a-z]?,? (?:[A-ZÀ-Þ][\w'’-]+ ){1,3}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|Close|Square|Sq|Terrace|Boulevard|Blvd|Way|Crescent)\b\.?"
    r"|\b[A-ZÀ-Þ][\w-]*(?:straße|strasse|str\.|weg|gasse|platz|allee|straat|laan|plein|gracht) \d{1,4}[a-z]?\b"
    r"|\b\d{1,4}(?: bis| ter)?,? (?:rue|avenue|boulevard|place|impasse|chemin|allée) (?:[\w'’-]+ ?){1,5}(?=[,.\n]|$)"
    r"|\b(?:calle|avenida|avda\.|plaza|paseo|via|viale|piazza|corso|rua|praça|travessa) (?:[\w'’]+ ){1,4}\d{1,4}\b",
)
# Who gives a name: "my name is …", "I'm Ana Person".
_INTRODUCED = re.compile(
    r"(?i:my name(?:['’]s| is)|mein name ist|ich hei(?:ß|ss)e|je m['’]appelle|mon nom est|me llamo|mi nombre es"
    r"|mi chiamo|mijn naam is|ik heet|meu nome é|me chamo) (?P<name>\w[\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+){0,2})"
    r"|\b(?i:i['’]m|it['’]s|this is|ich bin|je suis|soy|sono) (?P<full>[A-ZÀ-Þ][\w'’-]+ [A-ZÀ-Þ][\w'’-]+)"
)
_POSTCODE = re.compile(
    r"\b(?:zip(?: ?code)?|post(?:al)? ?code|plz|postleitzahl|code postal|código postal|cap|postcode)(?: is|:)? ?"
    r"(?P<code>[A-Z0-9]{2,4} ?[A-Z0-9]{2,4})\b",
    re.IGNORECASE,
)
# First names that begin sentences as words, too.
_AMBIGUOUS = (
    "will may mark grace rose hope faith joy bill rob pat art dawn june april august summer chase frank max sue "
    "drew jack grant wade miles rich gene ray skip chance destiny harmony honey ivy lily daisy olive violet ruby "
    "pearl amber autumn angel christian brook glen heath reed cliff stone young long short white black brown "
    "green gray king best good love day weeks price wise rosa clara linda alba sol luz mar paz marina celeste "
    "pascal blanche claire aurore ernst klein lang stern wolf sonne"
)
_ALSO_WORDS = frozenset(_AMBIGUOUS.split())
_REGIONS = ("GB", "US", "DE", "FR", "ES", "IT", "NL", "IE", "PT")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the persons in a text: their names, as they write them."""

    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Personal:
    """A personal fact at `text[start:end]`."""

    kind: Kind
    start: int
    end: int


def names_of(case: Case, customer: Customer | None = None) -> frozenset[str]:
    """Every name of a case's customer, whole and in parts: from the shop's record and the authors of messages."""
    names = [message.name for message in case.messages if message.author == "customer" and message.name]
    if customer is not None:
        names += [customer.first_name, customer.last_name]
    return frozenset(part for name in names for part in (name.strip(), *re.split(r"[\s,]+", name)) if len(part) > 1)


def facts_of(case: Case, customer: Customer | None = None) -> Facts:
    """The names that can be told from words wherever they stand: not "May" or "Will"."""
    return Facts(tuple(sorted(name for name in names_of(case, customer) if name.casefold() not in _ALSO_WORDS)))


def find_personal(text: str, facts: Facts | None = None) -> tuple[Personal, ...]:
    """Addresses, numbers and known names, in the order of the text, without overlap; an earlier kind wins."""
    taken: list[Personal] = []
    for kind, start, end in _candidates(text, facts or Facts()):
        if all(end <= other.start or start >= other.end for other in taken):
            taken.append(Personal(kind, start, end))
    return tuple(sorted(taken, key=lambda found: found.start))


def redact(text: str, facts: Facts | None = None, replace: Mapping[Kind, str] | None = None) -> str:
    """The text without personal facts. By default nothing stands in their place; spaces are closed up."""
    found = find_personal(text, facts)
    if not found:
        return text
    pieces, at = [], 0
    for personal in found:
        pieces += [text[at : personal.start], (replace or {}).get(personal.kind, "")]
        at = personal.end
    joined = "".join([*pieces, text[at:]])
    return joined if replace else _close_up(joined)


def _close_up(text: str) -> str:
    text = re.sub(r"[ \t]{2,}", " ", re.sub(r"\(\s*\)", "", text))
    return re.sub(r" +(?=[,.;:!?\n])", "", text).strip()


def _candidates(text: str, facts: Facts) -> Iterator[tuple[Kind, int, int]]:
    if "@" in text:
        yield from (("email", *found.span()) for found in _EMAIL.finditer(text))
    yield from (("link", *found.span()) for found in _LINK.finditer(text))
    if any(character.isdigit() for character in text):
        yield from _numbers(text)
    for found in _INTRODUCED.finditer(text):
        yield "name", *found.span("name" if found["name"] else "full")
    for name in facts.names:
        yield from (("name", *found.span()) for found in _name_pattern(name).finditer(text))


def _numbers(text: str) -> Iterator[tuple[Kind, int, int]]:
    yield from (("payment", *found.span()) for found in _IBAN.finditer(text) if _is_iban(found[0]))
    long_numbers = [found for found in _DIGITS.finditer(text) if not _DATE.match(found[0])]
    for found in long_numbers:
        digits = [int(character) for character in found[0] if character.isdigit()]
        if 13 <= len(digits) <= 19 and _luhn(digits):
            yield "payment", *found.span()
    yield from (("order", *found.span()) for found in _ORDER.finditer(text))
    yield from (("order", *found.span("id")) for found in _NAMED_ORDER.finditer(text))
    if long_numbers:
        yield from (("phone", start, end) for start, end in _phones(text[:20_000]))
        yield from (("number", *found.span()) for found in long_numbers if _is_number(found[0]))
    yield from (("number", *found.span()) for found in _LETTERED.finditer(text))
    yield from (
        ("address", *found.span("code")) for found in _POSTCODE.finditer(text) if any(map(str.isdigit, found["code"]))
    )
    yield from (("address", *found.span()) for found in _ADDRESS.finditer(text))


def _is_number(text: str) -> bool:
    return text.isdigit() or sum(character.isdigit() for character in text) >= 9


def _is_iban(text: str) -> bool:
    """ISO 13616: the number that its letters and digits make is 1 modulo 97."""
    compact = text.replace(" ", "")
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1


def _luhn(digits: list[int]) -> bool:
    doubled = (d * 2 - 9 * (d > 4) if i % 2 else d for i, d in enumerate(reversed(digits)))
    return sum(doubled) % 10 == 0


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for region in _REGIONS:
        for match in PhoneNumberMatcher(text, region, leniency=Leniency.VALID, max_tries=50):
            if phonenumbers.is_valid_number(match.number):
                yield match.start, match.end


@lru_cache(maxsize=4096)
def _name_pattern(name: str) -> re.Pattern[str]:
    """A name as a whole word, written as it is known or in capitals; "Rose" is not found in "rose"."""
    forms = {name, name.upper(), name[:1].upper() + name[1:]} if name.islower() else {name, name.upper()}
    return re.compile(r"(?<![\w@-])(?:" + "|".join(sorted(re.escape(form) for form in forms)) + r")(?:['’]s)?(?!\w)")
