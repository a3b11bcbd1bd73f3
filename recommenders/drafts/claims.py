"""Claims: the quantities that a text promises, each with its unit and what it is about.

"You have 30 days to send it back", "dans les trente jours", "free delivery from 50 €" and "15 % off" are claims;
"posted two days ago" tells what happened and is none. Read by grammar, in seven languages, without a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from recommenders.text.sentences import split_sentences
from recommenders.text.words import fold

Kind = Literal["duration", "share", "threshold"]
DAYS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}

_NUMBERS: Mapping[str, str] = {
    "en": "one:1 two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 ten:10 twelve:12 fourteen:14 fifteen:15"
    " twenty:20 twenty-one:21 twenty-four:24 twenty-eight:28 thirty:30 forty:40 forty-five:45 forty-eight:48 sixty:60"
    " ninety:90 a:1 an:1",
    "de": "ein:1 eine:1 einem:1 einer:1 eines:1 einen:1 zwei:2 drei:3 vier:4 funf:5 sechs:6 sieben:7 acht:8 neun:9"
    " zehn:10 zwolf:12 vierzehn:14 funfzehn:15 zwanzig:20 vierundzwanzig:24 achtundzwanzig:28 dreißig:30 dreissig:30"
    " vierzig:40 funfundvierzig:45 sechzig:60 neunzig:90",
    "fr": "un:1 une:1 deux:2 trois:3 quatre:4 cinq:5 six:6 sept:7 huit:8 neuf:9 dix:10 douze:12 quatorze:14 quinze:15"
    " vingt:20 vingt-quatre:24 trente:30 quarante:40 quarante-cinq:45 soixante:60 quatre-vingt-dix:90",
    "es": "un:1 una:1 dos:2 tres:3 cuatro:4 cinco:5 seis:6 siete:7 ocho:8 nueve:9 diez:10 doce:12 catorce:14 quince:15"
    " veinte:20 veinticuatro:24 treinta:30 cuarenta:40 sesenta:60 noventa:90",
    "nl": "een:1 twee:2 drie:3 vier:4 vijf:5 zes:6 zeven:7 acht:8 negen:9 tien:10 twaalf:12 veertien:14 vijftien:15"
    " twintig:20 vierentwintig:24 dertig:30 veertig:40 vijfenveertig:45 zestig:60 negentig:90",
    "it": "un:1 uno:1 una:1 due:2 tre:3 quattro:4 cinque:5 sei:6 sette:7 otto:8 nove:9 dieci:10 dodici:12"
    " quattordici:14 quindici:15 venti:20 ventiquattro:24 trenta:30 quaranta:40 sessanta:60 novanta:90",
    "pt": "um:1 uma:1 dois:2 duas:2 tres:3 quatro:4 cinco:5 seis:6 sete:7 oito:8 nove:9 dez:10 doze:12 catorze:14"
    " quinze:15 vinte:20 trinta:30 quarenta:40 sessenta:60 noventa:90",
}
WORDS = {
    language: {word: int(value) for word, value in (pair.split(":") for pair in row.split())}
    for language, row in _NUMBERS.items()
}
# All patterns are held against folded text: small letters without accents.
_UNITS = {
    "hour": r"hours?|hrs?|stunden?|heures?|horas?|uur|uren|ore|ora",
    "day": r"days?|nights?|nachten?|nuits?|noches?|nott[ei]|noites?|tage?n?|werktage?n?|arbeitstage?n?|jours?|dias?"
    r"|dag(?:en)?|werkdag(?:en)?|giorn[oi]",
    "week": r"weeks?|wochen?|semaines?|semanas?|weken|settiman[ae]",
    "month": r"months?|monate?n?|mois|mes(?:es|i|e)?|maand(?:en)?",
    "year": r"years?|jahre?n?|ans?|annees?|anos?|jaar|jaren|ann[oi]",
}
_WORKING = r"working|business|week|ouvres?|ouvrables?|laborables?|habiles|lavorativ[oi]|uteis|util"
_UNIT = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _UNITS.items())
_DIGITS = r"\d{1,3}(?:[.,]\d{3})+|\d+(?:[.,]\d{1,2})?"
_TO = r"(?:\s*[-–]\s*|\s+(?:to|or|and|bis|a|tot|au|e|et|y|en|und|oder)\s+)"
_MONEY = (
    rf"[€$£]\s?(?P<before>{_DIGITS})|(?P<after>{_DIGITS})\s?(?:[€$£]|eur(?:os?)?\b|usd\b|gbp\b|dollars?\b|pounds?\b)"
)
# What happened or is counted back from now is a fact of one case.
_PAST = re.compile(
    r"^\s*(?:ago|earlier|later|old)\b|^\s*(?:geleden|fa|atras)\b"
    r"|\b(?:vor|il y a|hace|ha|depuis|seit|since|al|last|letzten?|derniers?|ultim[oi]s?|sinds)\s*(?:about|etwa)?\s*$"
)
# "30 days after delivery" says nothing on how long a delivery takes.
_ANCHOR = re.compile(
    r"\b(?:(?:after|of|from|since|following|upon)\s+(?:the\s+|your\s+)?(?:date of\s+)?"
    r"(?:delivery|arrival|receipt|dispatch|(?:day\s+|date\s+)?(?:\w+\s+){0,3}(?:arriv|reach|receiv|deliver)\w*)"
    r"|(?:nach|ab|seit)\s+(?:der\s+|dem\s+)?(?:lieferung|zustellung|erhalt|empfang|versand)"
    r"|(?:apres|suivant|de|des)\s+(?:la\s+|votre\s+)?(?:livraison|reception|expedition)"
    r"|(?:tras|desde|despues de|a partir de)\s+(?:la\s+|su\s+|tu\s+)?(?:entrega|recepcion)"
    r"|(?:na|vanaf|sinds)\s+(?:de\s+)?(?:levering|bezorging|ontvangst|verzending)"
    r"|(?:dalla|dopo la|dal)\s+(?:consegna|ricezione|ricevimento)"
    r"|(?:apos|depois d|desde)\s?(?:a\s+|o\s+)?(?:entrega|rececao|recebimento))\b"
)
TOPICS: Mapping[str, re.Pattern[str]] = {
    "return": re.compile(
        r"\b(?:return\w*|sen[dt]\w*\s+(?:\w+\s+){0,3}back|sending\s+(?:\w+\s+){0,3}back|bring\w*\s+(?:\w+\s+){0,2}back"
        r"|zuruck(?:g|s|n|z)\w+|ruck(?:gabe|send)\w*|widerruf\w*|retour\w*|renvo\w+|retract\w+|devol\w+|devuel\w+"
        r"|terug(?:st|ze|br)\w+|herroep\w*|res[oi]\b|restitu\w+|recess\w+|retourn\w+)"
    ),
    "refund": re.compile(
        r"\b(?:refund\w*|money|reimburs\w*|erstatt\w*|ruckzahl\w*|ruckerstatt\w*|geld\w*|rembours\w*|argent"
        r"|reembols\w*|dinero|terugbeta\w*|terugstort\w*|rimbors\w*|soldi|dinheiro)"
    ),
    "delivery": re.compile(
        r"\b(?:deliver\w*|arriv\w*|shipping|shipped|ships?|liefer\w*|versand\w*|zustell\w*|livr(?:aison|er|e)\w*"
        r"|expedi\w+|entreg\w+|envios?|bezorg\w*|lever(?:ing|tijd)\w*|verzend\w*|consegn\w*|spedi\w+|postage)"
    ),
    "exchange": re.compile(
        r"\b(?:exchang\w*|swap\w*|umtausch\w*|tausch\w*|echang\w*|cambi\w*|omruil\w*|ruil\w*|troc(?:a|ar|as)\b)"
    ),
    "warranty": re.compile(r"\b(?:warrant\w*|guarantee\w*|garant\w*|gewahrleist\w*|garanz\w*)"),
    "cancel": re.compile(r"\b(?:cancel\w*|stornier\w*|annul\w*|anul\w*)"),
    "damage": re.compile(
        r"\b(?:broken|damag\w*|fault\w*|defect\w*|leak\w*|kaputt\w*|beschadig\w*|defek\w*|cass(?:e|es|ee|ees)\b"
        r"|endommag\w*|rot[oa]s?\b|danad\w*|danific\w*|kapot\w*|rott[oi]\b|dannegg\w*|difett\w*|partid[oa]s?\b)"
    ),
}
# Where a claim is the longest that something takes, a shorter time keeps it.
PROMISED = frozenset({"refund", "delivery"})
_OFF = re.compile(
    r"\b(?:off|discount\w*|reduc\w*|rabatt\w*|nachlass|remise\w*|descuento\w*|korting\w*|sconto|sconti|desconto\w*)\b"
)
_FREE = re.compile(r"\b(?:free|nothing|no charge|gratis|kostenlos\w*|frei|gratuit\w*|offert\w*|kosteloos|on us)\b")
_FROM = re.compile(
    r"\b(?:from|over|above|at least|ab|uber|a partir (?:de|do|da)|des|desde|mas de|superior\w* a|vanaf|boven|da|oltre"
    r"|sopra|acima de|orders? of)\s*$"
)
_CLAUSES = re.compile(r"(?<=[,;:])\s+|\s+[-–—]\s+|[()]")
_WITHIN = re.compile(r"\s*(?:within|innerhalb|binnen|dans|sous|en un plazo|dentro|entro|no prazo)\b")


@dataclass(frozen=True, slots=True)
class Claim:
    """What is promised: `low` and `high` in days, per cent or money; `text` is the sentence that says so.

    `topics` are all that the sentence is about: "the refund comes 5 days after your return".
    """

    kind: Kind
    topics: tuple[str, ...]
    low: float
    high: float
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A length of time as it stands: `unit` is a key of DAYS, `working` whether only working days count."""

    low: float
    high: float
    unit: str
    working: bool


@lru_cache(maxsize=4096)  # the same old replies and phrases are read again and again
def read_claims(text: str, language: str, topics: tuple[str, ...] = ()) -> tuple[Claim, ...]:
    """The claims of a text, in its order.

    Args:
        text: plain text in any case.
        language: of its number words; figures are read in any language.
        topics: what a duration is about whose sentence does not say it, as a heading does.
    """
    if not _MEASURED.search(_folded(text)):
        return ()
    words = WORDS.get(language[:2], WORDS["en"])
    claims: list[Claim] = []
    for sentence in split_sentences(text):
        claims += _of_sentence(sentence.text, words, topics)
    return tuple(claims)


def topics_in(text: str) -> tuple[str, ...]:
    """What a sentence or heading is about, of TOPICS."""
    return _topics(_folded(text))


def figures(text: str, language: str) -> tuple[Figure, ...]:
    """The lengths of time that a text names, in figures or in words of its language."""
    folded = _folded(text)
    words = WORDS.get(language[:2], WORDS["en"])
    return tuple(
        Figure(*values, unit, _WORKED.search(match.group()) is not None)
        for match, values, unit in _matches(folded, words)
    )


def sums(text: str) -> tuple[str, ...]:
    """The sums of money that a text names, as they stand."""
    return tuple(match.group().strip() for match in _WRITTEN.finditer(text))


def has_number(text: str, language: str) -> bool:
    """Whether a text has a number, in figures or in a word of its language from two on."""
    words = WORDS.get(language[:2], WORDS["en"])
    return any(c.isdigit() for c in text) or any(
        words.get(word, 0) > 1 for word in re.findall(r"[^\W\d_]+", _folded(text))
    )


def is_threshold(text: str) -> bool:
    """Whether a text says from which sum on something is free."""
    folded = _folded(text)
    sums_from = (m for m in _AMOUNT.finditer(folded) if _FROM.search(folded[: m.start()]))
    return _FREE.search(folded) is not None and next(sums_from, None) is not None


def is_free(text: str) -> bool:
    """Whether a text says that something costs nothing."""
    return _FREE.search(_folded(text)) is not None


def is_priced(text: str) -> bool:
    """Whether a text names a sum of money, or says that something is free."""
    folded = _folded(text)
    return _AMOUNT.search(folded) is not None or _FREE.search(folded) is not None


def without_anchor(text: str) -> str:
    """A folded text without what a time is counted from: "45 days from delivery" says nothing on delivery."""
    folded = _folded(text)
    return _ANCHOR.sub(" ", folded) if _TIMED.search(folded) else folded


def _folded(text: str) -> str:
    return text.casefold() if text.isascii() else fold(text)


def _topics(folded: str) -> tuple[str, ...]:
    free = _ANCHOR.sub(" ", folded)
    return tuple(name for name, pattern in TOPICS.items() if pattern.search(free))


def _of_sentence(sentence: str, words: Mapping[str, int], topics: tuple[str, ...]) -> Iterator[Claim]:
    folded = _folded(sentence)
    if not _MEASURED.search(folded):
        return
    clauses = _CLAUSES.split(folded) if _TIMED.search(folded) else []
    for place, clause in enumerate(clauses):
        for low, high in _durations(clause, words) if _TIMED.search(clause) else ():
            told = _topics(clause) or (_topics(clauses[place - 1]) if place and _WITHIN.match(clause) else ())
            if high >= 1:  # a heading is about days; an hour under it may be about anything
                told = told or topics
            if told:
                yield Claim("duration", told, low, high, sentence)
    if _OFF.search(folded):
        for match in _PERCENT.finditer(folded):
            value = _value(match["number"], words)
            yield Claim("share", ("discount",), value, value, sentence)
    if _FREE.search(folded) and "delivery" in (_topics(folded) or topics):
        for match in _AMOUNT.finditer(folded):
            if _FROM.search(folded[: match.start()]):
                value = _value(match["before"] or match["after"], words)
                yield Claim("threshold", ("delivery",), value, value, sentence)


def _durations(folded: str, words: Mapping[str, int]) -> Iterator[tuple[float, float]]:
    for _, (low, high), unit in _matches(folded, words):
        yield low * DAYS[unit], high * DAYS[unit]


def _matches(folded: str, words: Mapping[str, int]) -> Iterator[tuple[re.Match[str], tuple[float, float], str]]:
    for match in _DURATION.finditer(folded):
        numbers = [number for number in (match["low"], match["high"]) if number]
        if any(not number[0].isdigit() and number not in words for number in numbers):
            continue  # a number word of another language
        if _PAST.search(folded[match.end() : match.end() + 12]) or _PAST.search(folded[: match.start()][-24:]):
            continue
        unit = next(name for name in DAYS if match[name])
        values = [_value(number, words) for number in numbers]
        yield match, (min(values), max(values)), unit


def _value(piece: str, words: Mapping[str, int]) -> float:
    if piece in words:
        return float(words[piece])
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", piece):
        return float(re.sub(r"[.,]", "", piece))
    return float(piece.replace(",", "."))


_ANY_WORD = "|".join(sorted({word for row in WORDS.values() for word in row}, key=lambda w: (-len(w), w)))
_NUMBER = rf"{_DIGITS}|{_ANY_WORD}"
_DURATION = re.compile(
    rf"(?<![\w.,#])(?P<low>{_NUMBER})(?:{_TO}(?P<high>{_NUMBER}))?[\s-]+(?:(?:{_WORKING})\s+|full\s+|calendar\s+)?(?:{_UNIT})\b"
)
_PERCENT = re.compile(
    rf"(?<![\w.,#])(?P<number>{_NUMBER})\s?(?:%|per ?cent\b|prozent\b|pour ?cent\b|por ?cien(?:to)?\b|procent\b"
    r"|per ?cento\b|por ?cento\b)"
)
_AMOUNT = re.compile(_MONEY)
_WRITTEN = re.compile(_MONEY, re.IGNORECASE)
_WORKED = re.compile(rf"\b(?:{_WORKING}|werktage?n?|arbeitstage?n?|werkdag(?:en)?)\b")
_TIMED = re.compile(rf"\b(?:{'|'.join(_UNITS.values())})\b")
_MEASURED = re.compile(rf"\b(?:{'|'.join(_UNITS.values())})\b|[%€$£]|cent\b|prozent|procent|cento\b|\beur|dollar|pound")
