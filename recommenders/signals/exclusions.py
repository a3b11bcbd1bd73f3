"""What the customer must not or will not have: "allergic to lanolin", "no wool", "sans parfum"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from recommenders.domain import Concern, Exclusion

MOST = 8
_PLACES = 60  # at which a concern is read: nobody rules out more, and hostile text must not cost more
_REACH = 120  # characters behind a stem that are read
_WORDS = 3  # of a term

# Negation is grammar, a closed class of words, so here a rule is the truth. After each stem stands what is excluded.
_STEMS = {
    "en": (
        r"allergic to", r"allerg(?:y|ies) to", r"(?:react|reacts|reacting|reacted)(?: badly| strongly)? to",
        r"intolerant (?:to|of)", r"sensitive to", r"can(?:'|’)?t (?:have|tolerate|stand|bear|eat|wear)",
        r"cannot (?:have|tolerate|stand|bear|eat|wear)", r"no", r"without", r"nothing with", r"free (?:of|from)",
        r"hates?", r"not contain(?:ing)?", r"avoid(?:ing)?",
        r"(?:don(?:'|’)?t|doesn(?:'|’)?t|won(?:'|’)?t|never) (?:wear|eat|drink|touch)",
        r"(?:don(?:'|’)?t|do not|never|not) (?:suggest|recommend|offer|send|show|give)(?: me| us)?"
        r" (?:anything|something|things|stuff|ones?|products?) (?:with|containing|made (?:of|from|with))",
        r"anything (?:but|except|other than)", r"steer(?:ing)? clear of", r"stay(?:ing)? away from",
    ),
    "fr": (
        r"allergiques?", r"allergies?", r"sans", r"pas(?=\s+d(?:e\s|['’]))", r"rien avec", r"ne supporte pas",
        r"intolérante?s?",
    ),
    "de": (
        r"allergisch (?:gegen|auf)", r"allergie gegen", r"ohne", r"keine?[mnrs]?", r"nichts mit", r"frei von",
        r"reagiere(?:n)? auf", r"unverträglichkeit gegen",
    ),
    "es": (r"alérgic[oa]s?", r"alergia", r"sin", r"nada (?:con|de)", r"no tolero", r"intolerante"),
    "it": (r"allergic[oa]", r"allergia", r"senza", r"niente", r"non tollero"),
    "nl": (r"allergisch voor", r"zonder", r"geen", r"niets met"),
    "pt": (r"alérgic[oa]s?", r"alergia", r"sem", r"nada com"),
}  # fmt: skip
_ARTICLES = {
    "en": r"(?:any |the |a |an |all |added |anything with )",
    "fr": r"(?:à la |à l['’]|à |l['’]|la |le |les |de |des |du |d['’]|au |aux )",
    "de": r"(?:die |den |das |der |jegliche[nrs]? )",
    "es": r"(?:a las |a los |a la |al |a |el |la |los |las )",
    "it": r"(?:all['’]|alla |alle |ai |al |a |il |la |i |gli |le )",
    "nl": r"(?:de |het |een )",
    "pt": r"(?:aos |às |ao |à |o |a |os |as )",
}
_JOINTS = {
    "en": "and|or|nor", "fr": "et|ou|ni", "de": "und|oder|noch", "es": "y|e|o|u|ni", "it": "e|ed|o|né",
    "nl": "en|of|noch", "pt": "e|ou|nem",
}  # fmt: skip
_STEM = {language: re.compile(rf"\b(?:{'|'.join(stems)})\s+", re.IGNORECASE) for language, stems in _STEMS.items()}
_ARTICLE = {language: re.compile(rf"{article}{{0,3}}", re.IGNORECASE) for language, article in _ARTICLES.items()}
_JOINT = {
    language: re.compile(rf"(\s?,\s?(?:(?:{words})\b\s?)?|\s(?:{words})\s|\s?[/&]\s?)", re.IGNORECASE)
    for language, words in _JOINTS.items()
}
# Where the thing stands before the words: "a nickel allergy", "wool gives me a rash", "Nickel vertrage ich nicht".
_BEFORE = {
    "en": (
        r"[ -](?:allerg(?:y|ies|ic)|intoleran(?:t|ce)|sensitivity)\b",
        r" (?:is|are) out(?: for me| of the question)?\b",
        r" (?:gives?|brings?|breaks?|makes?|sets?) (?:me|my|him|her|us|them)"
        r" (?:out|a rash|hives|itch\w*|blisters|spots|off|up|sneeze|ill)",
        r" (?:irritates?|disagrees? with) (?:me|my|him|her|us|them)\b",
    ),
    "fr": (r" (?:me|lui) (?:donne|provoque|irrite|gratte)", r" ne me r[eé]ussit pas"),
    "de": (
        r"[ -]?(?:allergie|unvertr[aä]glichkeit|intoleranz)\b", r" vertrage? ich nicht",
        r" vertr[aä]gt (?:er|sie|es) nicht",
    ),
    "es": (r" me (?:da|dan|provoca|irrita|sienta) (?:alergia|mal|urticaria|sarpullido|picor)",),
    "it": (r" mi (?:d[aà]|provoca|irrita|fa) (?:allergia|male|prurito|irritazione)",),
    "nl": (r"[ -]?(?:allergie|intolerantie)\b", r" verdraag ik niet"),
    "pt": (r" (?:me|d[aá]-me|faz-me|provoca-me) (?:alergia|mal|comich[aã]o)",),
}  # fmt: skip
_THING = r"(?P<thing>[^\W\d_]{3,20}(?: [^\W\d_]{3,20})?)"
_THING_FIRST = {
    language: re.compile(rf"\b{_THING}(?:{'|'.join(ends)})", re.IGNORECASE) for language, ends in _BEFORE.items()
}
# Not what somebody is allergic to: "a skin allergy", "it gives me a rash", "this cream breaks me out".
_NO_THING = frozenset(
    """
    the this that these those and but have has had got with her his their our your my mine some any bad severe strong
    slight mild terrible known skin food contact seasonal pollen dust everything anything nothing something cream
    product products stuff one ones which what they she who
    because also only really wearing using cause causes since isso it
    und oder aber eine einer mein meine die der das diese dieser haut produkt creme ich habe kontakt wegen starke
    schwere het een mijn deze huid wegens produit crème cette
    cela ça qui que este esta crema producto esto questa prodotto
    questo esse essa produto
    """.split()
)
_FREE = re.compile(r"\b([^\W\d_]{3,20})[- ]free\b", re.IGNORECASE)
_STOP = re.compile(r"[.;:!?()\[\]\n\"“”„«»]")
_WORD = re.compile(r"[^\W\d_][\w'’]{0,39}(?:-[\w'’]{1,40}){0,3}")
# Where a noun phrase ends: words that begin something new. "no wool please", "without perfume with a pump".
_END = frozenset(
    """
    but in on at so please thanks for with without no which that because if to of from at i i'm it it's we you they he
    she my mais dans pour avec svp sans pas je j'ai il elle nous vous qui car aber für mit ohne kein keine bitte ich wir
    sie weil da pero en para con por sin porque yo me ma per grazie perché maar met voor graag want mas com para
    """.split()
)
# A noun before one of these is the subject of a clause of its own: "allergic to wool and the coat is too warm".
_VERBS = frozenset(
    """
    is are was were has have had does did isn't aren't can could will would should est sont était ont ist sind war waren
    hat haben wird kann es son está era tiene è sono ha hanno zijn heeft são tem
    """.split()
)
# Not a thing that a product could hold: "no problem", "without delay", "sin embargo".
_HOLLOW = frozenset(
    """
    thanks thank problem problems idea doubt luck longer more one way need reply replies answer answers response
    responses news sign rush worries worry issue issues question questions hurry matter success result results avail
    joke reason reasons delay delays trouble hassle hesitation charge charges cost costs fee fees fuss further change
    point explanation notice warning apology sense use interest intention access chance choice option rights refund
    refunds money update updates tracking information info communication contact confirmation email waiting it them this
    that these those there such body feel toll risk tax duty being having getting other any
    probleme problème problèmes souci soucis délai délais doute réponse réponses nouvelle nouvelles frais raison retard
    faute succès effet cesse arrêt plus
    probleme problemen antwort antworten nachricht frage fragen mehr lust ahnung verzögerung verzug zweifel erfolg grund
    sorge sorgen stress zeit rolle eile weiteres rückmeldung chance angst umstände kosten möglichkeit wunder
    problema problemas respuesta noticias duda dudas demora retraso embargo éxito coste costo motivo razón cambio prisa
    más falta eso esto
    problemi dubbio risposta ritardo notizie motivo fretta antwoord probleem vraag zorgen twijfel dúvida resposta atraso
    """.split()
)
# "It has no scent", "it came without the lid": a lack that is told of, not a wish ("one that has no wool").
_LACKS = re.compile(
    r"(?<!\bthat )(?<!\bwhich )(?<!\bmust )(?<!\bshould )(?<!\bto )(?<!\bwill )(?<!\bcan )"
    r"\b(?:has|have|had|got|comes?|came|arrived?|delivered|received|sent|shipped|is|was"
    r"|there(?:['’]s| is| are| was| were)|n['’](?:a|ai|ont|avez|avons|avait|y a)|arrivée?s?|livrée?s?|reçue?s?"
    r"|hat|hatte|habe|haben|gibt es|gab es|gibt|ist|war|kam|kamen|bekommen|geliefert|llegó|vino|llegaron|arrivat[oa])"
    r" (?:with |absolutely |almost |literally |really |quite |just |aber |leider )?$",
    re.IGNORECASE,
)
_TOLD = re.compile(r"(?:no|without|sans|pas|ohne|keine?[mnrs]?|sin|senza)\s+$", re.IGNORECASE)


def find_exclusions(concern: Concern, language: str) -> tuple[Exclusion, ...]:
    """What is ruled out, in the order of the text, each with its sentence; at most eight.

    A term is a noun phrase of one to three words in the customer's own words, case-folded. Whether it means something
    for a product is for `saves` to decide: a term that no product knows excludes nothing.
    """
    language = language if language in _STEMS else "en"
    found: dict[str, Exclusion] = {}
    places = 0
    for sentence in concern.sentences:
        for terms in _found(sentence.text, language):
            for term in terms:
                found.setdefault(term, Exclusion(term, sentence.text.strip()))
            places += 1
            if len(found) >= MOST or places >= _PLACES:
                return tuple(found.values())[:MOST]
    return tuple(found.values())


def _found(text: str, language: str) -> Iterator[list[str]]:
    """For each place of a sentence where something is ruled out, what."""
    for match in _STEM[language].finditer(text):
        lacks = _TOLD.fullmatch(match[0]) and _LACKS.search(text[max(0, match.start() - 40) : match.start()])
        yield [] if lacks else _terms(text[match.end() : match.end() + _REACH], language)
    for match in _FREE.finditer(text):
        yield _terms(match[1], language)
    for match in _THING_FIRST[language].finditer(text):
        words = match["thing"].casefold().split(" ")
        if words[-1] in _NO_THING or words[-1] in _END:
            continue
        kept = [w for w in words if w not in _NO_THING and w not in _END and w not in _VERBS]
        yield [" ".join(kept)] if kept else []


def _terms(text: str, language: str) -> list[str]:
    """The noun phrase at the beginning, and what "X, Y or Z" adds to it."""
    pieces = _JOINT[language].split(_STOP.split(text, maxsplit=1)[0])
    terms: list[str] = []
    listed = 0  # a comma alone may begin anything; what stands before a later "or" is of the list
    for number, piece in enumerate(pieces[::2]):
        words, ended_by = _phrase(piece, language)
        if not words or (number and ended_by in _VERBS):
            break
        terms.append(" ".join(words))
        if number == 0 or pieces[2 * number - 1].strip() not in ("", ","):
            listed = len(terms)
        if ended_by:
            break
    return [term for term in terms[:listed] if len(term) > 2 and term.split(" ")[0] not in _HOLLOW]


def _phrase(piece: str, language: str) -> tuple[list[str], str]:
    """The words of a noun phrase, case-folded, and the word that ended it before the piece did."""
    article = _ARTICLE[language].match(piece)
    words: list[str] = []
    for match in _WORD.finditer(piece, article.end() if article else 0):
        word = match[0].casefold().replace("’", "'").strip("'")
        if word in _END or word in _VERBS or len(words) == _WORDS:
            return words, word
        words.append(word)
    return words, ""
