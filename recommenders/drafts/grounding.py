"""Which sentences of another case's reply may be said again: those that state nothing of the other case."""

from __future__ import annotations

import re
from collections.abc import Iterable

from recommenders.domain import Context
from recommenders.text.words import stems

SHARE_KNOWN = 0.55  # of a sentence's content words must be this ticket's or this shop's public words
SHARE_KNOWN_ADVICE = 0.3  # where an answer about the same thing solved it, advice may bring words of its own
FEWEST_KNOWN = 3
LONGEST = 220
# Digits, signs of money, addresses, gaps: facts of somebody's order.
_FACT = re.compile(r"[\d%€$£@#\[\]{}<>]|https?:|www\.")
# The first person tells what was done or will be done for the other customer; clock and calendar words date it.
_PERSONAL = {
    "en": r"\b(?:i|i'm|i've|i'll|i'd|we|we've|we'll|my|our|us|me|already|attached|today|tonight|tomorrow|yesterday"
    r"|morning|afternoon|noon|weekend|(?:mon|tues|wednes|thurs|fri|satur|sun)day|week|month|done|sent|refunded|congratulations"
    r"|sorry|thanks?|husband|wife|daughter|son|sister|brother|mother|father|mum|dad|hi|hello|dear)\b",
    "de": r"\b(?:ich|wir|uns|unser\w*|mein\w*|mir|mich|schon|bereits|anbei|anhang|heute|morgen|gestern|\w+tag|woche"
    r"|monat|erstattet|verschickt|danke|leid|herzlichen|hallo|guten)\b",
    "fr": r"\b(?:je|j'|nous|notre|nos|mon|ma|mes|déjà|joint|aujourd'hui|demain|hier|matin|soir|lundi|mardi|mercredi"
    r"|jeudi|vendredi|samedi|dimanche|semaine|mois|remboursé\w*|envoyé\w*|merci|désolée?|félicitations|bonjour)\b|\bj'",
    "es": r"\b(?:yo|nosotros|nuestr\w+|nos|mi|me|he|hemos|ya|adjunto|hoy|mañana|ayer|tarde|lunes|martes|miércoles"
    r"|jueves|viernes|sábado|domingo|semana|mes|enviad\w+|devuelt\w+|gracias|siento|enhorabuena|hola|buenos)\b",
    "nl": r"\b(?:ik|wij|we|ons|onze|mijn|mij|al|bijlage|vandaag|morgen|gisteren|\w+dag|week|maand|dank|sorry|hallo)\b",
    "it": r"\b(?:io|noi|nostr\w+|mio|mia|mi|ci|ho|abbiamo|già|allegat\w+|oggi|domani|ieri|settimana|mese|grazie)\b",
    "pt": r"\b(?:eu|nós|noss\w+|meu|minha|me|já|anexo|hoje|amanhã|ontem|semana|mês|obrigad\w+|desculpe|olá)\b",
}
_PATTERNS = {language: re.compile(pattern, re.IGNORECASE) for language, pattern in _PERSONAL.items()}


def public_words(context: Context, texts: Iterable[str]) -> frozenset[str]:
    """Stems of what this customer said and of what the shop publishes about the products at hand."""
    words = set(stems(context.concern.text))
    for text in texts:
        words.update(stems(text))
    return frozenset(words)


def may_be_said(
    sentence: str, language: str, known: frozenset[str], names: frozenset[str], share: float = SHARE_KNOWN
) -> bool:
    """Whether a sentence of another case holds here, too.

    It must state no number, amount, address or date, tell of no action, mention none of `names` (case-folded words of
    products that are not at hand), be no question, and be made of known words to at least `share`.
    """
    pattern = _PATTERNS.get(language)
    if pattern is None or len(sentence) > LONGEST or sentence.rstrip().endswith("?"):
        return False
    if _FACT.search(sentence) or pattern.search(sentence):
        return False
    words = re.findall(r"[^\W\d_]+", sentence)
    if any(word.casefold() in names for word in words):
        return False
    # A capital inside a sentence is a name that nobody vouches for; German writes every noun so.
    if language != "de" and any(w[0].isupper() and not known & set(stems(w)) for w in words[1:] if len(w) > 1):
        return False
    content = {stem for word in words if len(word) > 3 for stem in stems(word)}
    shared = content & known
    return len(shared) >= FEWEST_KNOWN and len(shared) >= share * len(content)
