"""What product pages say in plain words, and what they deny: "hip belt", "no hip belt", "not for heavy rain"."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from recommenders.domain import Catalog, Product
from recommenders.protocols import FloatArray
from recommenders.saves.glossary import meanings
from recommenders.text.function_words import FUNCTION_WORDS
from recommenders.text.words import read_words, stems

# Words of customers about buying, and not about things.
_TALK = (
    "hello hi hey dear thank thanks please regards cheers order ordered buy bought need want like looking look search "
    "recommend suggestion advice idea anything something thing one ones two time week month year way bit lot really "
    "just also still again well sorry shop site customer price cost sell offer send sent back return returned refund "
    "exchange swap replace get got use used using go going come came try tried know think say said tell good better "
    "best great nice fine new old first second last next day today yesterday kind sort bonjour merci salut cherche "
    "besoin conseil commande acheter hallo danke bitte suche brauche empfehlen bestellung kaufen hola gracias busco "
    "necesito pedido comprar ciao grazie cerco ordine comprare bedankt zoek nodig bestelling kopen ola obrigado "
    "obrigada procuro preciso encomenda recomendam recommandez recommande conseillez conseille empfehlt "
    "aanraden consigliate ihr euch haben habt have "
    "avez tienen avete hebben tem people person everything work works happy keep keeps put puts make makes"
)
STOP = FUNCTION_WORDS | frozenset(stems(_TALK))
_NO = frozenset(stems(
    "no not without never none nothing neither nor cannot can't don't doesn't didn't isn't aren't won't wasn't weren't "
    "ne sans pas aucun aucune non kein keine keinen keiner keines keinem ohne nicht nie sin nada senza niente zonder "
    "geen niet nooit sem nao nada"
))  # fmt: skip
_AFTER = frozenset(stems("not pas nicht niet"))  # these may follow what they deny: "kratzt nicht"
_TOO = frozenset(stems("too zu trop demasiado demasiada troppo te muito demais overly excessively"))
# A purpose ends what is denied, "no lanolin for dry skin", unless it is what is denied: "not for heavy rain".
_PURPOSE = frozenset(stems("for with fur mit pour avec para con per voor met com"))
_ENOUGH = frozenset(stems("enough assez suffisamment genug bastante suficiente suficientemente abbastanza genoeg"))
_TURN = frozenset(stems("but mais aber sondern pero sino ma maar mas and et und y e en though so because"))
# "Odour resistant", "non-slip", "stain-proof": what is bad is denied; "water-resistant" speaks of water all the same.
_HARMS = frozenset(stems(
    "odour odor smell stain scratch slip leak tear shock rust dust fade crease wrinkle itch static noise glare spill"
))  # fmt: skip
_AGAINST = frozenset(
    stems("resistant proof repellent resistance control protection free reducing cancelling absorbing")
)
_BREAK = re.compile(r"[.!?;:,()\n]")
_FREE = frozenset(("free", "frei", "vrij"))
_SCOPE = 4  # words with a meaning that a denial reaches
_UNMISTAKABLE = 5  # letters of a word that means the same in any language
_TITLE, _TAG, _BODY = 1.0, 1.0, 0.6
_PAIR = 0.6  # what two asked words side by side are worth beside the two


@dataclass(frozen=True, slots=True)
class Said:
    """A word with its sign: 1 as it stands, -1 where it is denied; `clause` numbers the clauses of the text."""

    word: str
    sign: int
    clause: int


def read_said(text: str) -> Iterator[Said]:
    """The words of a text that carry meaning, with their signs; numbers are left out."""
    words = read_words(text)
    size = len(words)
    clause, reach, found = 0, 0, list[Said]()
    listed = False  # "free from A, B and C" denies all of them
    for i, word in enumerate(words.stems):
        if i and _BREAK.search(words.gap(i)):
            listed = listed and words.gap(i).strip() == ","
            clause, reach = clause + 1, _SCOPE if listed else 0
        if (word in _TURN and not listed) or (word in _PURPOSE and reach <= _SCOPE):
            reach, listed = 0, False
        after = words.stems[i + 1] if i + 1 < size else ""
        if word in _FREE:
            if after in ("from", "of", "von", "van"):
                reach, listed = _SCOPE + 1, True
            elif found and not _BREAK.search(words.gap(i)):
                found[-1] = Said(found[-1].word, -1, found[-1].clause)
            continue
        if word in _TOO:  # "too dim" wishes for what is not dim
            reach = 2
            continue
        if word in _NO:
            reach = _SCOPE + 1
            if word in _AFTER and found and found[-1].clause == clause and after in ("", *_TURN):
                found[-1] = Said(found[-1].word, -1, clause)
            continue
        if word in _ENOUGH:
            found = [Said(s.word, 1, s.clause) if s.clause == clause else s for s in found]
            continue
        if word in STOP or word[:1].isdigit() or len(word) < 3:
            continue
        reach = max(0, reach - 1)
        if word in _HARMS and after in _AGAINST:
            found.append(Said(word, -1, clause))
            continue
        found.append(Said(word, -1 if reach else 1, clause))
    return iter(found)


def forms(word: str) -> tuple[str, ...]:
    """The word itself, and what it may mean."""
    return (word, *sorted(meanings(word)))


@dataclass(frozen=True)
class Pages:
    """Read once for a catalogue. `_postings`: form -> (rows of products, how strongly each says or denies it)."""

    vocabulary: frozenset[str]
    _postings: Mapping[str, tuple[np.ndarray[tuple[int], np.dtype[np.int64]], FloatArray]]
    _pairs: Mapping[tuple[str, str], frozenset[int]]
    _size: int
    _by_phrase: Mapping[tuple[str, ...], tuple[int, ...]]  # a type, or the last word of a type or a title -> rows
    _by_meaning: Mapping[str, tuple[int, ...]]

    @classmethod
    def read(cls, catalog: Catalog) -> Pages:
        """Titles, types, tags, vendors and bodies."""
        postings: dict[str, dict[int, float]] = defaultdict(dict)
        pairs: dict[tuple[str, str], set[int]] = defaultdict(set)
        vocabulary: set[str] = set()
        for row, product in enumerate(catalog.products):
            own = _strengths(product)
            for word, strength in own.items():
                vocabulary.add(word)
                for form in forms(word):
                    held = postings[form].get(row, 0.0)
                    if abs(strength) > abs(held):
                        postings[form][row] = strength
            for text in (product.title, *product.tags, *re.split(r"[.;!?\n]", product.body)):
                said = [s for s in read_said(text) if s.sign > 0]
                for a, b in pairwise(said):
                    pairs[a.word, b.word].add(row)
        by_phrase, by_meaning = _kinds(catalog)
        return cls(
            frozenset(vocabulary),
            {f: (np.fromiter(r, np.int64), np.fromiter(r.values(), np.float32)) for f, r in postings.items()},
            {pair: frozenset(rows) for pair, rows in pairs.items()},
            len(catalog.products),
            by_phrase,
            by_meaning,
        )

    def weight(self, word: str) -> float:
        """How much a word tells products apart: log(1 + products / products that have it); 0 where none has it."""
        rows = max((len(self._postings[f][0]) for f in forms(word) if f in self._postings), default=0)
        return math.log(1 + self._size / rows) if rows else 0.0

    def says(self, phrase: str) -> FloatArray:
        """Which pages say a phrase, in its words: 1, or -1 where a phrase of one word is denied, (products,)."""
        found = np.zeros(self._size, dtype=np.float32)
        words = [s.word for s in read_said(phrase) if s.sign > 0]
        if len(words) == 1 and words[0] in self._postings and len(stems(phrase)) == 1:
            rows, strengths = self._postings[words[0]]
            found[rows] = np.sign(strengths)
        elif len(words) > 1:
            common = frozenset.intersection(*(self._pairs.get(pair, frozenset()) for pair in pairwise(words)))
            found[sorted(common)] = 1.0
        return found

    def agreement(self, said: Mapping[str, float]) -> FloatArray:
        """How well each page agrees with what was said, (products,): -1 to 1, and a little more for phrases.

        Args:
            said: word -> its sign times how much it counts.
        """
        scores = np.zeros(self._size, dtype=np.float32)
        total = 0.0
        said = self._parts(said)
        words = [w for w in said if self.weight(w) > 0]
        for word in words:
            weight = self.weight(word) * abs(said[word])
            total += weight
            best = np.zeros(self._size, dtype=np.float32)
            for place, form in enumerate(forms(word)):
                if form in self._postings:
                    rows, strengths = self._postings[form]
                    strengths = strengths * (1.0 if place == 0 else 0.85)
                    stronger = np.abs(strengths) > np.abs(best[rows])
                    best[rows[stronger]] = strengths[stronger]
            scores += weight * math.copysign(1.0, said[word]) * best
        for a, b in pairwise(said):
            if (a, b) in self._pairs and said[a] > 0 and said[b] > 0:
                rows = np.fromiter(self._pairs[a, b], np.int64)
                scores[rows] += _PAIR * min(self.weight(a) * said[a], self.weight(b) * said[b])
        return scores / total if total else scores

    def _parts(self, said: Mapping[str, float]) -> dict[str, float]:
        """A compound that no page has as its parts: a "Regenjacke" is a jacket, and for rain."""
        found: dict[str, float] = {}
        for word, sign in said.items():
            meant = () if word in self.vocabulary else sorted(meanings(word))
            found.update(dict.fromkeys(meant, sign) if len(meant) > 1 else {word: sign})
        return found

    def against(self, said: Mapping[str, float]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Pages that deny what was asked for, or are named or tagged by what was refused, (products,)."""
        found = np.zeros(self._size, dtype=bool)
        for word, sign in said.items():
            for form in forms(word) if len(meanings(word)) == 1 else (word,):
                if form in self._postings:
                    rows, strengths = self._postings[form]
                    found[rows[strengths < 0 if sign > 0 else strengths >= _TAG]] = True
        return found

    def kinds(self, words: Sequence[str]) -> list[tuple[int, int, tuple[int, ...]]]:
        """Where the words name a kind of thing that is sold: (place, how many words, rows), longest first in a place.

        A short word that the shop's own pages use is not read in another language: a "hut" is no hat.
        """
        found = []
        for i, word in enumerate(words):
            for size in (3, 2, 1):
                rows = self._by_phrase.get(tuple(words[i : i + size]))
                if rows and i + size <= len(words):
                    found.append((i, size, rows))
                    break
            else:
                if word not in self.vocabulary or (len(word) >= _UNMISTAKABLE and len(meanings(word)) == 1):
                    rows = tuple(sorted({r for m in meanings(word) for r in self._by_meaning.get(m, ())}))
                    if rows:
                        found.append((i, 1, rows))
        return found


def _strengths(product: Product) -> dict[str, float]:
    found: dict[str, float] = {}
    fields = [(product.title, _TITLE), (product.type, _TITLE), (product.vendor, _TITLE)]
    fields += [(tag, _TAG) for tag in product.tags]
    for text, strength in fields:
        for said in read_said(text):
            found[said.word] = said.sign * strength
    body: dict[str, set[int]] = defaultdict(set)
    for said in read_said(product.body):
        body[said.word].add(said.sign)
    for value in dict.fromkeys(v for x in product.variants for v in x.options.values()):
        for said in read_said(value):
            body[said.word].add(said.sign)
    for word, signs in body.items():
        if len(signs) == 1:
            found.setdefault(word, next(iter(signs)) * _BODY)
    return found


def _kinds(catalog: Catalog) -> tuple[dict[tuple[str, ...], tuple[int, ...]], dict[str, tuple[int, ...]]]:
    phrases: dict[tuple[str, ...], set[int]] = defaultdict(set)
    by_type: dict[str, set[int]] = defaultdict(set)
    for row, product in enumerate(catalog.products):
        by_type[product.type.casefold()].add(row)
    for row, product in enumerate(catalog.products):
        kin = by_type[product.type.casefold()] if product.type else {row}
        kind = tuple(w for w in stems(product.type) if w.isalpha())
        if kind:
            phrases[kind] |= kin
            phrases[kind[-1:]] |= kin
        title = [w for w in stems(product.title) if w.isalpha() and len(w) > 2]
        if title and title[-1] not in STOP:
            phrases[tuple(title[-1:])].add(row)
    meant: dict[str, set[int]] = defaultdict(set)
    for phrase, rows in phrases.items():
        for meaning in meanings(phrase[-1]):
            meant[meaning] |= rows
    return {p: tuple(sorted(r)) for p, r in phrases.items()}, {m: tuple(sorted(r)) for m, r in meant.items()}


def signed(texts: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Words of several texts with their signs, each as its weightiest text has it."""
    found: dict[str, float] = {}
    for text, weight in texts:
        for said in read_said(text):
            if abs(found.get(said.word, 0.0)) < weight:
                found[said.word] = said.sign * weight
    return found
