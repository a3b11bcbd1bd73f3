"""What the customer must not or will not have: "allergic to lanolin", "no wool", "sans parfum"."""

from __future__ import annotations

import re

from recommenders.domain import Concern, Exclusion, Sentence

# Negation is grammar, a closed class of words, so here a rule is the truth. Each pattern's group is what is excluded.
_TERM = r"([^\W\d_][\w'’-]*(?:[ -][^\W\d_][\w'’-]*){0,2})"
_ARTICLE = {
    "en": r"(?:any |the |a |an |all |added |anything with )?",
    "fr": r"(?:l['’]|la |le |les |de |des |du |d['’]|au |aux |à la |à l['’]|à )*",
    "de": r"(?:die |den |das |der |jegliche[nrs]? )?",
    "es": r"(?:el |la |los |las |al |a la |a los |a las |a )*",
    "it": r"(?:il |la |i |gli |le |al |alla |ai |alle |all['’]|a )*",
    "nl": r"(?:de |het |een )?",
    "pt": r"(?:o |a |os |as |ao |à |aos |às )*",
}
_STEMS = {
    "en": (
        r"\ballergic to", r"\ballerg(?:y|ies) to", r"\b(?:react|reacts|reacting|reacted)(?: badly| strongly)? to",
        r"\bintolerant (?:to|of)", r"\bsensitive to", r"\bcan(?:'|’)?t (?:have|tolerate|stand|bear|eat|wear)",
        r"\bcannot (?:have|tolerate|stand|bear|eat|wear)", r"\b(?:no|without)", r"\bnothing with",
        r"\bfree (?:of|from)",
        r"\bhates?", r"\bnot contain(?:ing)?", r"\bavoid(?:ing)?",
    ),
    "fr": (
        r"\ballergiques?", r"\ballergie", r"\bsans", r"\bpas d(?:e |['’])", r"\brien avec", r"\bne supporte pas",
        r"\bintolérante?s?",
    ),
    "de": (
        r"\ballergisch (?:gegen|auf)", r"\ballergie gegen", r"\bohne", r"\bkeine?[nrs]?", r"\bnichts mit",
        r"\bvertrage? kein(?:e|en)?", r"\bfrei von", r"\breagiere(?:n)? auf", r"\bunverträglichkeit gegen",
    ),
    "es": (r"\balérgic[oa]s?", r"\balergia", r"\bsin", r"\bnada (?:con|de)", r"\bno tolero", r"\bintolerante"),
    "it": (r"\ballergic[oa]", r"\ballergia", r"\bsenza", r"\bniente", r"\bnon tollero"),
    "nl": (r"\ballergisch voor", r"\bzonder", r"\bgeen", r"\bniets met"),
    "pt": (r"\balérgic[oa]s?", r"\balergia", r"\bsem", r"\bnada com"),
}  # fmt: skip
_PATTERNS = {
    language: re.compile(rf"(?:{'|'.join(stems)})\s+{_ARTICLE[language]}{_TERM}", re.IGNORECASE)
    for language, stems in _STEMS.items()
}
_FREE = re.compile(r"\b([^\W\d_]{3,20})[- ]free\b", re.IGNORECASE)
# Where a noun phrase ends: words that begin something new. "no wool please", "without perfume and with a pump".
_END = re.compile(
    r"\b(?:and|or|but|in|on|at|so|please|thanks|for|with|which|that|because|if|to|is|are|was|at all|"
    r"et|ou|mais|dans|pour|avec|svp|und|oder|aber|in|für|mit|bitte|y|o|pero|en|para|con|por|"
    r"e|ma|per|grazie|of|maar|met|voor|graag|mas|com)\b.*",
    re.IGNORECASE,
)
_HOLLOW = frozenset(
    [
        "thanks",
        "problem",
        "problems",
        "idea",
        "doubt",
        "luck",
        "longer",
        "more",
        "one",
        "way",
        "need",
        "reply",
        "answer",
        "response",
        "news",
        "sign",
        "rush",
        "worries",
        "issue",
        "issues",
        "question",
        "questions",
        "hurry",
        "matter",
        "success",
        "result",
        "avail",
        "joke",
        "reason",
        "probleme",
        "problème",
        "problem",
        "problema",
        "antwort",
        "nachricht",
        "frage",
        "réponse",
        "nouvelle",
        "souci",
        "doute",
        "respuesta",
        "noticias",
        "idea",
        "duda",
        "mehr",
        "lust",
        "ahnung",
        "it",
        "them",
        "this",
        "that",
        "these",
        "those",
    ]
)
MOST = 8


def find_exclusions(concern: Concern, language: str) -> tuple[Exclusion, ...]:
    """What is ruled out, in the order of the text, each with its sentence; at most eight.

    A term is a noun phrase of one to three words in the customer's own words, case-folded. Whether it means something
    for a product is for `saves` to decide: a term that no product knows excludes nothing.
    """
    pattern = _PATTERNS.get(language, _PATTERNS["en"])
    found: dict[str, Exclusion] = {}
    for sentence in concern.sentences:
        terms = [m.group(1) for m in pattern.finditer(sentence.text)]
        terms += [m.group(1) for m in _FREE.finditer(sentence.text)]
        for term in terms:
            for part in _parts(term, sentence):
                found.setdefault(part, Exclusion(part, sentence.text.strip()))
    return tuple(found.values())[:MOST]


def _parts(term: str, sentence: Sentence) -> list[str]:
    """The noun phrase, and what "X or Y" adds to it."""
    rest = sentence.text[sentence.text.find(term) :]
    also = re.match(
        rf"{re.escape(term.split(' ')[0])}(?:\s*,\s*{_TERM})?\s*(?:,|or|ou|oder|o|and|und|et|y|nor)\s+{_TERM}",
        rest,
        re.IGNORECASE,
    )
    words = [term, *(g for g in (also.groups() if also else ()) if g)]
    clean = (_END.sub("", word).strip(" '’-").casefold() for word in words)
    return [word for word in clean if len(word) > 2 and word.split(" ")[0] not in _HOLLOW]
