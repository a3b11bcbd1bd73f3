"""What the help centre, a product's page and the reply that worked before say to a ticket's questions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from recommenders.domain import Catalog, Context, Evidence
from recommenders.drafts.facts import FactTeller
from recommenders.drafts.grounding import SHARE_KNOWN, SHARE_KNOWN_ADVICE, may_be_said, public_words
from recommenders.drafts.lines import MAY, MUST, SHOULD, Page
from recommenders.drafts.offers import quoted
from recommenders.drafts.passages import ArticleIndex, Hit, PageIndex
from recommenders.drafts.situation import Situation
from recommenders.text.sentences import split_sentences

ARTICLE_FLOOR = 0.42  # score from which a passage of the help centre answers
SURE_FLOOR = 0.5  # from which it answers where something else was told already, or a product was asked about
RULE_FLOOR = 0.45  # from which a rule of the shop is worth showing beside a plan
ANSWER_FLOOR = 0.36  # of a sentence of the page of the very product that is asked about
ANSWER_MARGIN = 0.08  # by which it must be closer than the page's sentences are on average
CASE_FLOOR = 0.6  # of a similar case whose words may be used again
ABOUT_PRODUCT = frozenset({"product_question", "how_to", "advice_request"})
_REFUSES = {
    "en": re.compile(r"\b(?:can't|cannot|can not|don't|do not|not possible|isn't possible|never)\b", re.IGNORECASE),
    "de": re.compile(r"\b(?:nicht|kein\w*|leider)\b", re.IGNORECASE),
    "fr": re.compile(r"\b(?:ne|n')\b.*\b(?:pas|plus|aucun\w*|jamais)\b", re.IGNORECASE),
    "es": re.compile(r"\b(?:no|nunca|ning[uú]n\w*)\b", re.IGNORECASE),
}


class AnswerTeller:
    """Writes answers into a page, each with its evidence. Quotes only what is in the language of the reply."""

    def __init__(self, catalog: Catalog, articles: ArticleIndex | None, pages: PageIndex | None) -> None:
        self.articles = articles
        self.pages = pages
        self._titles = [(product.handle, product.title.casefold()) for product in catalog.products]
        self._title_words = _title_words(catalog)

    def tell(self, page: Page, facts: FactTeller, paragraph: int, *, of_products: bool) -> bool:
        """Adds what answers the ticket's questions; says whether anything does.

        With `of_products` the pages of the products at hand may answer, too.
        """
        context, situation, language = facts.context, facts.situation, facts.book.language
        told = False
        about = bool(ABOUT_PRODUCT & set(situation.intents))
        handles = [product.handle for product in situation.products if product.active]
        if about and of_products and self.pages is not None and handles:
            hits = self.pages.search(
                context,
                language,
                topics=situation.intents,
                floor=ANSWER_FLOOR,
                most=2,
                sources=handles,
                above_rest=ANSWER_MARGIN,
            )
            if hits:
                text = quoted(" ".join(hit.passage.text for hit in hits))
                intro = facts.book.pick("page.intro", facts.seed)
                told = page.add(f"{intro} {text}", paragraph, MUST, [hit.passage.evidence for hit in hits])
        if about:
            for sentence, evidence in self._from_case(context, situation, language):
                told = page.add(sentence, paragraph, SHOULD, (evidence,)) or told
        if self.articles is not None:
            # What is asked of a product is seldom answered by a page on shipping: only a sure hit helps there.
            floor = SURE_FLOOR if told or situation.intents[:1] == ("product_question",) else ARTICLE_FLOOR
            found = self.articles.search(context, language, topics=situation.intents, floor=floor, most=2)
            told = self._quote(page, facts, found, paragraph, MUST) or told
        return told

    def rule(self, page: Page, facts: FactTeller, topics: Sequence[str]) -> bool:
        """Adds the shop's own rule on what is asked for; says whether that rule refuses it."""
        if self.articles is None or not topics:
            return False
        hits = self.articles.search(facts.context, facts.book.language, topics=topics, floor=RULE_FLOOR, most=1)
        if not self._quote(page, facts, hits, 3, MAY):
            return False
        pattern = _REFUSES.get(facts.book.language)
        return bool(pattern and any(pattern.search(hit.passage.lines[0]) for hit in hits))

    def _quote(self, page: Page, facts: FactTeller, hits: Sequence[Hit], paragraph: int, weight: int) -> bool:
        told = False
        for hit in hits:
            text = hit.passage.text
            if not facts.context.selling.allowed and ("%" in text or self._names_product(facts.situation, text)):
                continue
            if facts.situation.topic != "privacy_request":  # elsewhere they need no address: they have written already
                lines = [line for line in hit.passage.lines if "@" not in line]
                text = text if len(lines) == len(hit.passage.lines) else " ".join(lines)
            if not text:
                continue
            if not told:
                intro = facts.book.pick("article.intro", facts.seed)
                text = f"{intro}\n{text}" if hit.passage.table else f"{intro} {text}"
            told = page.add(text, paragraph, weight, (hit.passage.evidence,)) or told
        return told

    def _from_case(self, context: Context, situation: Situation, language: str) -> list[tuple[str, Evidence]]:
        """At most two sentences of the best similar case's reply that hold here, too."""
        best = next(
            (
                similar
                for similar in context.similar
                if similar.case.language[:2] == language
                and similar.score >= CASE_FLOOR
                and not (similar.case.outcome and similar.case.outcome.reopened)
            ),
            None,
        )
        if best is None:
            return []
        products = situation.products
        known = public_words(context, [text for p in products for text in (p.title, p.body, " ".join(p.tags))])
        names = self._title_words - {word for p in products for word in p.title.casefold().split()}
        solved = best.case.resolution is not None and best.case.resolution.kind == "answer"
        share = SHARE_KNOWN_ADVICE if solved and "how_to" in situation.intents else SHARE_KNOWN
        sentences = [sentence.text for sentence in split_sentences(best.reply)]
        kept = [sentence for sentence in sentences if may_be_said(sentence, language, known, names, share)]
        return [(sentence, Evidence("ticket", best.case.id)) for sentence in kept[:2]]

    def _names_product(self, situation: Situation, text: str) -> bool:
        """Whether a text names a product that the ticket is not about."""
        own = {product.handle for product in situation.products}
        folded = text.casefold()
        return any(title in folded and handle not in own for handle, title in self._titles)


def _title_words(catalog: Catalog) -> frozenset[str]:
    """Words of product titles that only titles have; a word that the pages use in small letters is no name."""
    bodies = {word for p in catalog.products for word in re.findall(r"\b[^\W\d_A-Z]+\b", p.body)}
    titles = {word.casefold() for p in catalog.products for word in re.findall(r"[^\W\d_]{3,}", p.title)}
    return frozenset(titles - bodies)
