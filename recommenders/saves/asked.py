"""What a ticket asks for in so many words: the sentences that ask, the kind of thing, and how it should be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from recommenders.domain import Context
from recommenders.saves.glossary import THINGS, meanings
from recommenders.saves.pages import STOP, Pages, signed
from recommenders.text.words import read_words, stems

# Asking is grammar, a closed class of words: "which", "do you have", "looking for", "something".
_CUE = re.compile(
    r"\b(?:which|recommend\w*|suggest\w*|do you (?:have|sell|stock|do|carry|make)|have you (?:got|any)|(?:i"
    r"|we) ?(?:'d| would)? ?"
    r"(?:like|want|love) (?:a|an|some|one|something)|need(?:ing|s)? (?:a|an|some|one|something|new)|need"
    r"|look(?:ing)? for|in search of"
    r"|i'?m after|anything|something|is there (?:a|an|any|one|something)|are there any|got any(?:thing)?|instead"
    r"|empfehl\w*|such(?:e|en)|brauch(?:e|en|t) (?:etwas|was|ein\w*|noch|neue\w*)|welche[nrms]?|haben sie"
    r"|habt ihr|h[aä]tten sie|gibt es|gibt's|etwas|was (?:nehme ich|eignet|passt)"
    r"|cherch\w+|recommand\w+|conseill\w*|quel(?:le)?s?|avez[- ]vous|auriez[- ]vous|il me fau(?:t|drait)"
    r"|besoin d\w*|quelque chose|plut[oô]t"
    r"|busc(?:o|amos|ando)|recomiend\w+|recomend\w+|aconsej\w+|necesit\w+|cu[aá]l(?:es)?|tienen|ten[eé]is"
    r"|hay alg[uú]n\w*|algo|me gustar[ií]a"
    r"|cerc(?:o|hiamo|ando)|consigli\w*|quale|quali|avete|mi serve|ho bisogno|qualcosa|vorrei"
    r"|zoek\w*|aanrad\w*|raden|welke?|hebben jullie|heeft u|iets|nodig"
    r"|procur(?:o|amos)|qual|quais|t[eê]m alg\w+|preciso de)\b",
    re.IGNORECASE,
)
_ONE = re.compile(
    r"\b(?:an?(?: \w+)? one|some ones?|other ones?|new ones?|eine[nrs]? ander\w+|un(?:e)? autre|otr[oa]s?"
    r"|un altr[oa]|een ander\w*|outr[oa]s?)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"(?:n['’]t|\bnot|\blonger|\bnever|\bno|\bplus|\bpas|\bnicht|\bnon|\bniet|\bn[aã]o)\s+(?:\w{1,6}\s+)?$",
    re.IGNORECASE,
)
# Who wants the money and nothing else says so.
_REFUSES = re.compile(
    r"\b(?:(?:just|only|simply) (?:want |need |like )?(?:a|the|my)? ?(?:full )?(?:refund|money back|money)"
    r"|(?:don'?t|do not) (?:want|need) (?:an?other|any other|anything else|something else|a (?:replacement"
    r"|substitute|different))"
    r"|(?:money|refund)(?: back)? (?:than|instead of|rather than) (?:an?other|any other|anything|something|a different)"
    r"|lieber (?:mein |das )?geld (?:zur[uü]ck )?als"
    r"|pr[eé]f[eè]re (?:[eê]tre rembours\w+|un remboursement) (?:plut[oô]t|[aà])"
    r"|prefiero (?:el|mi|un) (?:dinero|reembolso) (?:a|antes)|preferisco (?:il|un) rimborso"
    r"|liever (?:mijn )?geld terug dan|prefiro (?:o|um) (?:dinheiro|reembolso)"
    r"|no (?:replacement|substitute|alternative)s?\b|nur (?:mein|das) geld|(?:nur"
    r"|lediglich) (?:eine )?(?:r[uü]ck)?erstattung"
    r"|keinen (?:ersatz|umtausch)|(?:uniquement|seulement|juste) (?:un|le|mon) remboursement|rien d'autre"
    r"|s[oó]lo (?:el|un|mi) (?:reembolso|dinero)"
    r"|nada m[aá]s que (?:el|un) reembolso|solo (?:il|un) rimborso|alleen (?:mijn )?(?:geld|terugbetaling)"
    r"|s[oó] (?:o )?(?:reembolso|dinheiro))\b",
    re.IGNORECASE,
)
# Who sends something back for a reason that no other thing can answer.
_NO_REASON = re.compile(
    r"\b(?:changed my mind|no longer (?:need|want)|(?:don'?t|do not) need|not needed|by (?:mistake|accident)"
    r"|accidentally"
    r"|already (?:have|has|had|got|bought)|ordered (?:it |them )?twice|duplicate|(?:called|is|are) off"
    r"|cancelled|wrong thing"
    r"|chang[eé] d['’]avis|(?:plus|pas) besoin|par erreur|en double|d[eé]j[aà]|anders [uü]berlegt"
    r"|nicht mehr (?:gebraucht|n[oö]tig)"
    r"|brauche (?:ich|es|sie|ihn|die|den|das) (?:\w+ )?(?:doch )?nicht|versehentlich|aus versehen|doppelt"
    r"|schon (?:einen|eine|eins)"
    r"|cambiad?o de (?:opini[oó]n|idea)|ya no l[oa]s? necesito|por error|cambiato idea|non mi serve pi[uù]|per errore"
    r"|van gedachten|niet meer nodig|per ongeluk|mudei de ideias?|j[aá] n[aã]o preciso|por engano)\b",
    re.IGNORECASE,
)
# "Do you have a tent?" names a thing; what the shop does not sell is not answered with something else.
_HAVE = re.compile(
    r"\b(?:do you (?:have|sell|stock|do|carry|make)|have you got|haben sie|habt ihr|f[uü]hren sie|verkaufen sie"
    r"|avez[- ]vous"
    r"|vendez[- ]vous|tienen|ten[eé]is|venden|avete|vendete|hebben jullie|heeft u|verkoopt u|verkopen jullie"
    r"|t[eê]m|vendem)\s+"
    r"(?P<rest>[^.!?;,\n]{2,80})",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\b(?:for|with|without|in|that|which|to|under|f[uü]r|mit|ohne|pour|avec|sans|de|para|con|sin|per|senza"
    r"|voor|met|zonder|com"
    r"|sem)\b",
    re.IGNORECASE,
)
_OPEN = frozenset(
    stems("something anything one ones etwas was quelque algo alguna alguno qualcosa iets more other another")
)
# Between the cue and a noun these say that it is the customer's own thing, or the shop's papers.
_OWN = re.compile(
    r"\b(?:my|mine|mein\w*|mon|ma|mes|mi|mis|mio|mia|mijn|meu|minha|news|update|tracking|refund|policy"
    r"|return|receipt|invoice)\b"
    r"|[.!?;]\s",
    re.IGNORECASE,
)
_OR = frozenset(stems("or and oder und ou et o y e of en"))
_NEAR = 9  # words between the cue and the noun
_ASIDE = 0.4  # what the rest of the text counts for beside the sentences that ask


@dataclass(frozen=True)
class Asked:
    """`rows` of the catalogue are of the kind that is asked for, none where no kind is named.

    `sure` is set where a cue stands before the kind's name ("which gloves"). `words` are signed and weighted, see
    `pages.signed`; `sentences` the numbers of the sentences that ask.
    """

    rows: tuple[int, ...]
    sure: bool
    words: Mapping[str, float]
    sentences: tuple[int, ...]
    cued: tuple[int, ...] = ()  # those that ask for a thing, and do not only end in a question mark
    noun: frozenset[str] = frozenset()
    not_sold: bool = False  # a kind of thing that the shop does not have

    @property
    def asks(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.sentences)


def without_reason(text: str) -> bool:
    """Whether it goes back for a reason that no other thing can answer: "changed my mind", "ordered by mistake"."""
    return _NO_REASON.search(text) is not None


def _not_sold(text: str, pages: Pages) -> bool:
    """Whether it asks for a kind of thing that the shop does not have."""
    for match in _HAVE.finditer(text):
        words = read_words(_ENDS.split(match["rest"], maxsplit=1)[0]).stems
        said = [w for w in words if w not in STOP and w.isalpha() and len(w) > 2]
        if not said or _OPEN & set(words) or pages.kinds(words):
            continue
        if said[-1] not in pages.vocabulary or meanings(said[-1]) & THINGS:
            return True
    return False


def _cue(text: str) -> re.Match[str] | None:
    """The first cue that is not denied: "I don't need the trousers" asks for nothing."""
    return next((m for m in _CUE.finditer(text) if not _DENIED.search(text, max(0, m.start() - 24), m.start())), None)


def refuses(text: str) -> bool:
    """Whether the customer wants the money back and nothing instead."""
    return _REFUSES.search(text) is not None


def read_asked(context: Context, pages: Pages) -> Asked:
    """From the concern's sentences."""
    asking: list[int] = []
    cued: list[int] = []
    best: tuple[int, tuple[int, ...], frozenset[str]] | None = None  # (how sure, rows, words of the noun)
    for number, sentence in enumerate(context.concern.sentences):
        cue = _cue(sentence.text)
        if cue is None and "?" not in sentence.text:
            continue
        asking.append(number)
        cued += [number] if cue else []
        found = _kind(sentence.text, cue, pages)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    if best is None and asking:
        best = _pronoun(context, asking, pages)
    texts = [(s.text, 1.0 if n in asking else _ASIDE) for n, s in enumerate(context.concern.sentences)]
    words = signed(texts)
    if best is None:
        lacking = any(_not_sold(context.concern.sentences[n].text, pages) for n in cued)
        return Asked((), False, words, tuple(asking), tuple(cued), not_sold=lacking)
    return Asked(best[1], best[0] > 0, words, tuple(asking), tuple(cued), best[2])


def _pronoun(context: Context, asking: list[int], pages: Pages) -> tuple[int, tuple[int, ...], frozenset[str]] | None:
    """What "a warm one" stands for: the kind that the rest of the text names, where it names only one."""
    if not any(_ONE.search(context.concern.sentences[n].text) for n in asking):
        return None
    words = read_words(context.concern.text)
    kinds = {rows: frozenset(words.stems[at : at + size]) for at, size, rows in pages.kinds(words.stems)}
    if len(kinds) != 1:
        return None
    rows, noun = next(iter(kinds.items()))
    return 1, rows, noun


def _kind(text: str, cue: re.Match[str] | None, pages: Pages) -> tuple[int, tuple[int, ...], frozenset[str]] | None:
    """(how sure, rows, words): the kind named first behind the cue, the last of a compound ("boot socks")."""
    words = read_words(text)
    kinds = pages.kinds(words.stems)
    start = cue.end() if cue else 0
    behind = [k for k in kinds if words.starts[k[0]] >= start] or (kinds if cue is None else [])
    before = [k for k in kinds if words.ends[k[0] + k[1] - 1] <= (cue.start() if cue else 0)]
    chosen = behind[:1] or before[-1:]
    if not chosen:
        return None
    place, size, rows = chosen[0]
    for other in behind[1:]:
        if other[0] == place + size and not words.gap(other[0]).strip(" -"):
            place, size, rows = other
    first, noun = place, frozenset(words.stems[place : place + size])
    for at, length, more in behind:
        between = words.stems[place + size : at]
        if 0 < len(between) <= 2 and between[0] in _OR:  # "an oil or a serum"
            place, size, rows, noun = at, length, (*rows, *more), noun | set(words.stems[at : at + length])
    rows = tuple(dict.fromkeys(rows))
    sure = 0
    if cue is not None and behind:
        way = text[cue.start() : words.starts[first]]
        sure = int(len(way.split()) <= _NEAR and _OWN.search(way) is None)
    return sure, rows, noun
