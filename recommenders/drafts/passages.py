"""Passages of the help centre and of product pages that answer a ticket, found by meaning.

Everything is embedded once, when the catalogue is loaded. A request compares the vectors that the engine has already
made of the ticket and its sentences: one small matrix product.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from recommenders.domain import Article, Context, Evidence, Product
from recommenders.drafts.probes import PROBES, TOPICS
from recommenders.protocols import Encoder, FloatArray
from recommenders.text.sentences import split_sentences

FEWEST_WORDS = 3  # "Hello," asks for nothing
LONGEST = 420  # characters of a quoted passage
SECOND = 0.88  # of the best score: what is further off is about something else
TOPIC_SHARE = 0.4  # of a score: how much the topic counts beside the words
TABLE_BONUS = 0.06  # a table of times and prices answers "how long" and "how much"; paragraphs tell exceptions
TABULAR = frozenset({"shipping_question", "price_question"})
PAGE_SENTENCES = 8  # of one product page
MOST_PAGE_SENTENCES = 6000  # of a whole catalogue: embedding them takes a few seconds at load time
_BULLET = re.compile(r"^\s*(?:[*•–-]|\d+[.)])\s+")
_LABEL_WORDS = 6  # "Broken, leaking or wrong items." is a label, not a statement


@dataclass(frozen=True, slots=True)
class Passage:
    """What may be quoted, where it stands, and its language. `lines` are sentences, or the rows of a table.

    `title` is its article's, `label` the words in front of the statement that say what it is about.
    """

    evidence: Evidence
    language: str
    lines: tuple[str, ...]
    table: bool = False
    title: str = ""
    label: str = ""

    @property
    def text(self) -> str:
        """As it is quoted."""
        return "\n".join(f"- {line}" for line in self.lines) if self.table else " ".join(self.lines)


@dataclass(frozen=True)
class Hit:
    """A passage and how close it is to the part of the ticket that it answers, from -1 to 1."""

    passage: Passage
    score: float


class PassageIndex:
    """Passages with their vectors; read-only."""

    def __init__(self, passages: Sequence[Passage], vectors: FloatArray, affinity: FloatArray) -> None:
        """`vectors` is (passages, dimension); `affinity` (passages, topics), each passage's cosine to each topic."""
        self.passages = tuple(passages)
        self.vectors = vectors
        self.affinity = affinity
        self._rows: dict[tuple[str, str], list[int]] = {}
        for row, passage in enumerate(self.passages):
            self._rows.setdefault((passage.language, passage.evidence.id), []).append(row)
        self._by_language: dict[str, list[int]] = {}
        for row, passage in enumerate(self.passages):
            self._by_language.setdefault(passage.language, []).append(row)

    def of(self, source: str) -> tuple[Passage, ...]:
        """The passages of one article or product, in their order."""
        rows = [row for (_, name), found in self._rows.items() if name == source for row in found]
        return tuple(self.passages[row] for row in sorted(rows))

    def search(
        self,
        context: Context,
        language: str,
        *,
        topics: Sequence[str] = (),
        floor: float,
        most: int,
        sources: Sequence[str] | None = None,
        above_rest: float = 0.0,
    ) -> list[Hit]:
        """The best passages in this language, at most one for a sentence of the ticket, best first, ties by place.

        A score is the cosine to the ticket's words, mixed with that to the nearest of `topics` (see probes.py).
        A second passage must come close to the first. `sources` limits the search to these articles or products, and
        `above_rest` asks that a passage be closer than their mean by so much. Nothing is found without vectors.
        """
        if sources is None:
            rows = self._by_language.get(language, [])
        else:
            rows = [row for source in sources for row in self._rows.get((language, source), [])]
        queries = _queries(context)
        if not rows or queries is None:
            return []
        scores = queries @ self.vectors[rows].T
        known = [TOPICS.index(topic) for topic in topics if topic in TOPICS]
        if known:
            scores = (1 - TOPIC_SHARE) * scores + TOPIC_SHARE * self.affinity[np.ix_(rows, known)].max(axis=1)
        if TABULAR & set(topics):
            scores = scores + TABLE_BONUS * np.array([self.passages[row].table for row in rows], np.float32)
        if above_rest:  # every sentence of a page is close to a question that names the product; which is the closest?
            floor = max(floor, float(scores.max(axis=0).mean()) + above_rest)
        hits: list[Hit] = []
        taken: set[int] = set()
        used: set[int] = set()
        for flat in np.argsort(-scores, axis=None, kind="stable")[: 4 * most + 8]:
            query, column = divmod(int(flat), scores.shape[1])
            if scores[query, column] < max(floor, SECOND * hits[0].score if hits else 0.0) or len(hits) == most:
                break
            if hits and hits[0].passage.table:
                break
            if column in taken or query in used:
                continue
            taken.add(column)
            used.add(query)
            hits.append(Hit(self.passages[rows[column]], float(scores[query, column])))
        return hits


class ArticleIndex(PassageIndex):
    """The help centre."""

    @classmethod
    def build(
        cls, articles: Sequence[Article], encoder: Encoder, language_of: Callable[[str], str] | None = None
    ) -> ArticleIndex:
        """Cuts articles into paragraphs, list items and tables and embeds each under its title.

        `language_of` names the language of a text; by default the offline detector does.
        """
        detect = language_of or _detector()
        passages: list[Passage] = []
        texts: list[str] = []
        for article in articles:
            language = detect(f"{article.title}. {article.text[:2000]}")
            for label, lines, table in _blocks(article.text):
                passages.append(Passage(Evidence("article", article.id), language, lines, table, article.title, label))
                texts.append(f"{article.title}. {label + ': ' if label else ''}{' '.join(lines)}"[:600])
        vectors = encoder.encode(texts)
        return cls(passages, vectors, _affinity(vectors, encoder))


class PageIndex(PassageIndex):
    """Sentences of product pages."""

    @classmethod
    def build(
        cls, products: Sequence[Product], encoder: Encoder, language_of: Callable[[str], str] | None = None
    ) -> PageIndex:
        """Embeds the first sentences of every active product's text; the evidence is the product's handle."""
        detect = language_of or _detector()
        active = [product for product in products if product.active and product.body.strip()]
        share = max(1, min(PAGE_SENTENCES, MOST_PAGE_SENTENCES // max(len(active), 1)))
        passages: list[Passage] = []
        for product in active:
            language = detect(product.body[:2000])
            sentences = [s.text for s in split_sentences(product.body) if 12 <= len(s.text) <= 240]
            passages += [
                Passage(Evidence("product", product.handle), language, (sentence,)) for sentence in sentences[:share]
            ]
        vectors = encoder.encode([passage.text for passage in passages])
        return cls(passages, vectors, _affinity(vectors, encoder))


def _detector() -> Callable[[str], str]:
    from recommenders.text.language import LanguageDetector  # loads a model: only where nothing else was given

    detector = LanguageDetector()
    return lambda text: str(detector.detect(text))


def _affinity(vectors: FloatArray, encoder: Encoder) -> FloatArray:
    """(passages, topics): the cosine to the nearest probe of each topic."""
    if not len(vectors):
        return np.zeros((0, len(TOPICS)), dtype=np.float32)
    columns = [(vectors @ encoder.encode(PROBES[topic]).T).max(axis=1) for topic in TOPICS]
    return np.stack(columns, axis=1)


def _queries(context: Context) -> FloatArray | None:
    """The vectors of the sentences that say something and, last, the whole ticket's."""
    if context.vector is None:
        return None
    rows = [context.vector[None, :]]
    if context.sentence_vectors is not None:
        telling = [i for i, s in enumerate(context.concern.sentences) if len(s.text.split()) >= FEWEST_WORDS]
        rows.insert(0, context.sentence_vectors[telling])
    return np.concatenate(rows)


# A sentence that begins so leans on the one before it and says nothing alone.
LEANS = re.compile(
    r"(?:after that|then|otherwise|if so|in that case|this|these|those|it|they|also"
    r"|danach|dann|andernfalls|sonst|außerdem|dies\w*|ensuite|puis|sinon|dans ce cas|cela|ceci"
    r"|después|luego|entonces|en ese caso|esto|eso|daarna|dan|anders|dit|dat|poi|dopo|altrimenti|in tal caso|questo"
    r"|depois|então|nesse caso|caso contrário|isto|isso)\b",
    re.IGNORECASE,
)


def _blocks(text: str) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """(label, lines, whether it is a table) of each paragraph, list item and table of an article's plain text."""
    paragraphs: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        leans = bool(paragraphs) and LEANS.match(paragraph.strip()) and not _BULLET.match(paragraphs[-1].strip())
        if leans and len(paragraphs[-1]) + len(paragraph) <= LONGEST:
            paragraphs[-1] += " " + paragraph
        else:
            paragraphs.append(paragraph)
    for paragraph in paragraphs:
        rows = [row.strip(" |") for row in paragraph.split("\n") if row.strip(" |-")]
        if not rows:
            continue
        if all(_BULLET.match(row) for row in rows) and len(rows) > 1:
            for row in rows:
                yield from _prose(_BULLET.sub("", row))
        elif len(rows) >= 3 and not re.search(r"[.!?:]$", rows[0]) and sum(map(_has_digit, rows[1:])) >= 2:
            yield rows[0], tuple(rows[1:9]), True  # the head of a table says what its columns are
        else:
            pieces: list[str] = []
            for row in rows:
                if _BULLET.match(row) or not pieces:
                    pieces.append(_BULLET.sub("", row))
                else:
                    pieces[-1] += " " + row
            for piece in pieces:
                yield from _prose(piece)


def _prose(text: str) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    sentences = [s.text for s in split_sentences(text)]
    label = ""
    if len(sentences) > 1 and len(sentences[0].split()) <= _LABEL_WORDS and not _has_digit(sentences[0]):
        label = sentences.pop(0).rstrip(".:")
    sentences = [sentence for sentence in sentences if not sentence.endswith(":")]  # announces a list; says nothing
    kept: list[str] = []
    for sentence in sentences:
        if kept and len(" ".join(kept)) + len(sentence) > LONGEST:
            yield label, tuple(kept), False
            kept = []
        if kept or label or not LEANS.match(sentence):
            kept.append(sentence)
    if kept:
        yield label, tuple(kept), False


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
