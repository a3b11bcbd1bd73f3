"""What the help centre, a product's page and the reply that worked before say to a ticket's questions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from recommenders.domain import Catalog, Context, Evidence
from recommenders.drafts.claims import has_number
from recommenders.drafts.facts import FactTeller
from recommenders.drafts.grounding import SHARE_KNOWN, SHARE_KNOWN_ADVICE, may_be_said, public_words
from recommenders.drafts.lines import MAY, MUST, SHOULD, Page
from recommenders.drafts.offers import quoted
from recommenders.drafts.passages import LEANS, ArticleIndex, Hit, PageIndex, Passage
from recommenders.drafts.questions import ABOUT, common_stems, kind_units, read_questions, whole_ticket
from recommenders.drafts.situation import Situation
from recommenders.drafts.statements import Question, Statement, StatementIndex, read_units
from recommenders.drafts.telling import told as told_of
from recommenders.text.sentences import split_sentences
from recommenders.text.words import stems

ARTICLE_FLOOR = 0.42  # score from which a passage of the help centre answers
SURE_FLOOR = 0.5  # from which it answers where something else was told already, or a product was asked about
RULE_FLOOR = 0.45  # from which a rule of the shop is worth showing beside a plan
ANSWER_FLOOR = 0.36  # of a sentence of the page of the very product that is asked about
ANSWER_MARGIN = 0.08  # by which it must be closer than the page's sentences are on average
CASE_FLOOR = 0.6  # of a similar case whose words may be used again
COMPARED = frozenset({"advice_request", "product_question"})
MOST_COMPARED = 3  # products
COMPARE_FLOOR = 0.3  # of a sentence of a page that is asked about by name
SELDOM_ANSWERED = (("product_question",), ("advice_request",))  # by the help centre
ABOUT_PRODUCT = frozenset({"product_question", "how_to", "advice_request"})
FIGURE_FLOOR = 0.4  # times chance, where the statement has the kind of figure that is asked for
PLAIN_FLOOR = 1.0  # where no figure is asked for
SURELY = 1.5  # where an offer answers as well
REMEDY_FLOOR = 1.15  # of what is told of a trouble, where nothing is asked
MOST_ANSWERS = 2
FEWEST_SHARED = 2.0  # a concept, or two words, that a question and a sentence of the product's page share
WHOLE = 150  # characters up to which a passage is quoted whole where one sentence of it answers
FOREIGN = 240  # characters of a sentence that is quoted in another language
TROUBLES = frozenset({"product_dissatisfaction", "how_to", "damaged_item", "return_request", "replacement_request"})
WELL_RATED = 4  # of 5
MOST_ROWS = 4  # places that are told when none is named
REMEDIES = 6  # statements that are looked at
ALIKE = 3  # things that two tickets on the same trouble both speak of
# Articles on how the shop works heal no trouble with a product.
_POLICIES = frozenset(
    f"c:{name}"
    for name in (
        "return", "refund", "exchange", "delivery", "pay", "code", "gift", "privacy", "account", "subscription",
        "cancel", "warranty", "group",
    )
)  # fmt: skip
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
        self.statements = StatementIndex(articles.passages if articles else (), common_stems())
        self._by_article: dict[str, list[Statement]] = {}
        for statement in self.statements.statements:
            self._by_article.setdefault(statement.passage.evidence.id, []).append(statement)
        self._page_statements = lru_cache(maxsize=4096)(self._read_page)
        self._titles = [(product.handle, product.title.casefold()) for product in catalog.products]
        self._title_words = _title_words(catalog)
        self._names = frozenset(f"w:{word}" for product in catalog.products for word in stems(product.title))

    def tell(self, page: Page, facts: FactTeller, paragraph: int, *, of_products: bool, sure: bool = False) -> bool:
        """Adds what answers the ticket's questions; says whether anything does.

        With `of_products` the pages of the products at hand may answer, too; with `sure` only what is very close is
        quoted, for the records have answered already or nobody knows what is asked.
        """
        context, situation, language = facts.context, facts.situation, facts.book.language
        about = bool(ABOUT_PRODUCT & set(situation.intents))
        handles = [product.handle for product in situation.products if product.active]
        told = self.compare(page, facts, paragraph)
        if not told and self.direct(page, facts, paragraph, of_products=of_products):
            return True
        if not told and about and of_products and self.pages is not None and handles:
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
            doubtful = told or sure or situation.intents[:1] in SELDOM_ANSWERED
            floor = SURE_FLOOR if doubtful else ARTICLE_FLOOR
            found = self.articles.search(context, language, topics=situation.intents, floor=floor, most=2)
            told = self._quote(page, facts, found, paragraph, MUST) or told
        return told

    def direct(
        self, page: Page, facts: FactTeller, paragraph: int, *, of_products: bool = True, sure: bool = False
    ) -> bool:
        """Adds what answers each question of the ticket, in whatever language it is written; says whether any does.

        The page of a product at hand answers before the help centre does. With `sure`, a question that asks for no
        figure is answered by what is very close only.
        """
        given = 0
        for question in read_questions(facts.context, facts.situation, self._names):
            if given == MOST_ANSWERS:
                break
            if of_products and self._of_products(page, facts, question, paragraph):
                given += 1
                continue
            floor = FIGURE_FLOOR if question.asked else SURELY if sure else PLAIN_FLOOR
            for found in self.statements.search(question, floor=floor):
                if sure and not question.asked and not question.own & found.statement.title:
                    continue  # beside an offer only what an article is on
                given += self._say(page, facts, found.statement, question, paragraph)
        return given > 0

    def afterwards(self, page: Page, facts: FactTeller) -> bool:
        """Adds what the help centre says on codes for an order that has been placed; says whether it does."""
        own = frozenset({"c:code", "c:afterwards"})
        question = Question(dict.fromkeys(sorted(own), 1.0), own=own)
        found = [f for f in self.statements.search(question, most=REMEDIES, floor=0.0) if own <= f.statement.own]
        return bool(found) and self._say(page, facts, found[0].statement, question, 1)

    def remedy(self, page: Page, facts: FactTeller, paragraph: int, *, alike: int = 2) -> bool:
        """Adds what the help centre advises in a trouble, or what helped in the same case; says whether anything does.

        `alike` is how many things the trouble and the advice must share.
        """
        context, situation, language = facts.context, facts.situation, facts.book.language
        if not TROUBLES & set(situation.intents):
            return False
        question = whole_ticket(context, situation)
        told = False
        kinds = {unit for product in situation.products for unit in kind_units(product)}
        for found in self.statements.search(question, floor=REMEDY_FLOOR, most=REMEDIES):
            passage = found.statement.passage
            told_of_trouble = (question.own & found.statement.own) - self._names
            shared = told_of_trouble | (kinds & found.statement.own)
            fits = bool(told_of_trouble) and len(shared) >= alike and passage.language == language
            if fits and not self._is_policy(passage.evidence.id):
                told = self._quote(page, facts, [Hit(passage, found.score)], paragraph, MUST)
                break
        if not told:
            intro = facts.book.pick("case.intro", facts.seed)
            for sentence, evidence in self._from_case(context, situation, language, solved_only=True):
                told = page.add(sentence if told else f"{intro} {sentence}", paragraph, SHOULD, (evidence,)) or told
        return told

    def _of_products(self, page: Page, facts: FactTeller, question: Question, paragraph: int) -> bool:
        """Quotes the sentence of a product's page that speaks of what is asked."""
        book = facts.book
        for product in facts.situation.products[:2]:
            if not product.active:
                continue
            best = max(
                self._page_statements(product.handle),
                key=lambda statement: (_shared(question, statement), -statement.line),
                default=None,
            )
            if best is None or _shared(question, best) < FEWEST_SHARED:
                continue
            if question.asked and question.asked not in best.told and not has_number(best.text, best.passage.language):
                continue
            if best.passage.language == book.language:
                text = f"{book.pick('page.intro', facts.seed)} {quoted(best.text)}"
            else:
                slots = {"item": facts.item_label(product), "quote": quoted(best.text)}
                text = book.pick("tell.page", facts.seed, slots)
            if page.add(text, paragraph, MUST, (best.passage.evidence,)):
                return True
        return False

    def _say(self, page: Page, facts: FactTeller, statement: Statement, question: Question, paragraph: int) -> bool:
        """A statement of the help centre: quoted in its own language, else told by its figures, else quoted at last."""
        book, passage = facts.book, statement.passage
        if passage.language == book.language:
            excerpt = self._all_places(statement, question) or _excerpt(statement, question)
            return self._quote(page, facts, [Hit(excerpt, 1.0)], paragraph, MUST)
        if not facts.context.selling.allowed and "%" in statement.text:
            return False
        slots = {"title": passage.title}
        rows = self._placed(statement, question)
        texts = [told_of(row, question, book) for row in rows or (statement,)]
        text = "; ".join(texts) if all(texts) else ""
        if text:
            slots["facts"] = text
        elif "@" not in statement.text and len(statement.text) <= FOREIGN:
            head = f"{passage.label}: " if passage.table and passage.label else ""
            slots["quote"] = quoted(f"{head}{statement.text}")
        key = "tell.facts" if text else "tell.article"
        line = book.pick(key, facts.seed, slots)
        tail = book.pick(key, facts.seed, slots | {"facts": "*"})[1:]
        if text and page.lines and page.lines[-1].text.endswith(tail):  # of the same article: said in one sentence
            last = page.lines[-1]
            if text.casefold() not in last.text.casefold():
                page.lines[-1] = replace(last, text=f"{last.text[: -len(tail)]}; {text}{tail}")
            return True
        return page.add(line, paragraph, MUST, (passage.evidence,))

    def _placed(self, statement: Statement, question: Question) -> list[Statement]:
        """All statements of an article that hold for places, where a figure is asked and no place is named."""
        if not question.asked or question.places or not statement.places or statement.passage.table:
            return []
        rows = self._by_article.get(statement.passage.evidence.id, [])
        return [row for row in rows if row.places and question.asked in row.told][:MOST_ROWS]

    def _all_places(self, statement: Statement, question: Question) -> Passage | None:
        rows = self._placed(statement, question)
        if len(rows) < 2:
            return None
        return replace(statement.passage, lines=tuple(row.text for row in rows), table=True)

    def _read_page(self, handle: str) -> tuple[Statement, ...]:
        """The statements of a product's page, without the words of its own title."""
        passages = self.pages.of(handle) if self.pages else ()
        return StatementIndex(passages, common_stems()).statements

    def _speaks_of(self, passage: Passage, about: set[str]) -> bool:
        """Whether a passage says something of one of these concepts, or opens the article on it."""
        return any(
            about & (statement.own | (statement.around if statement.first else frozenset()))
            for statement in self._by_article.get(passage.evidence.id, ())
            if statement.passage is passage
        )

    def _is_policy(self, article: str) -> bool:
        passage = self._by_article[article][0].passage
        return bool(read_units(passage.title, passage.language).things & _POLICIES)

    def compare(self, page: Page, facts: FactTeller, paragraph: int) -> bool:
        """What each of the products that somebody wavers between says of itself, or nothing when one says nothing."""
        situation = facts.situation
        handles = [product.handle for product in situation.products if product.active]
        wavers = COMPARED & set(situation.intents) and 2 <= len(handles) <= MOST_COMPARED
        if self.pages is None or not wavers or any(line is not None for line in facts.context.about.values()):
            return False  # what they have already is not to be chosen between
        language = facts.book.language
        found = [
            self.pages.search(facts.context, language, floor=COMPARE_FLOOR, most=1, sources=[handle])
            for handle in handles
        ]
        if not all(found):
            return False
        titles = {product.handle: product.title for product in facts.situation.products}
        said = [
            f"{titles[handle]}: {quoted(hits[0].passage.text)}" for handle, hits in zip(handles, found, strict=True)
        ]
        intro = facts.book.pick("page.compare", facts.seed)
        proof = [hits[0].passage.evidence for hits in found]
        return page.add(f"{intro} {' '.join(said)}", paragraph, MUST, proof)

    def rule(self, page: Page, facts: FactTeller, topics: Sequence[str]) -> bool:
        """Adds the shop's own rule on what is asked for; says whether that rule refuses it."""
        if self.articles is None or not topics:
            return False
        about = {ABOUT[topic] for topic in topics if topic in ABOUT}
        hits = self.articles.search(facts.context, facts.book.language, topics=topics, floor=RULE_FLOOR, most=3)
        hits = [hit for hit in hits if not about or self._speaks_of(hit.passage, about)][:1]
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
            intro = facts.book.pick("article.intro", facts.seed)
            if not told and not page.names(intro):
                text = f"{intro}\n{text}" if hit.passage.table else f"{intro} {text}"
            told = page.add(text, paragraph, weight, (hit.passage.evidence,)) or told
        return told

    def _from_case(
        self, context: Context, situation: Situation, language: str, *, solved_only: bool = False
    ) -> list[tuple[str, Evidence]]:
        """At most two sentences of the best similar case's reply that hold here, too."""
        best = next(
            (
                similar
                for similar in context.similar
                if similar.case.language[:2] == language
                and similar.score >= CASE_FLOOR
                and not (similar.case.outcome and similar.case.outcome.reopened)
                and not (similar.case.outcome and (similar.case.outcome.csat or WELL_RATED) < WELL_RATED)
            ),
            None,
        )
        if best is None:
            return []
        products = situation.products
        known = public_words(context, [text for p in products for text in (p.title, p.body, " ".join(p.tags))])
        names = self._title_words - {word for p in products for word in p.title.casefold().split()}
        solved = best.case.resolution is not None and best.case.resolution.kind == "answer"
        if solved_only and not solved:
            return []
        trouble = whole_ticket(context, situation).own
        theirs = read_units(best.excerpt, language, common_stems().get(language, frozenset())).things
        alike = len((trouble & theirs) - self._names) >= ALIKE
        advised = "how_to" in situation.intents or (alike and TROUBLES & set(situation.intents))
        share = SHARE_KNOWN_ADVICE if solved and advised else SHARE_KNOWN
        sentences = [sentence.text for sentence in split_sentences(best.reply)]
        kept = [sentence for sentence in sentences if may_be_said(sentence, language, known, names, share)]
        return [(sentence, Evidence("ticket", best.case.id)) for sentence in kept[:2]]

    def _names_product(self, situation: Situation, text: str) -> bool:
        """Whether a text names a product that the ticket is not about."""
        own = {product.handle for product in situation.products}
        folded = text.casefold()
        return any(title in folded and handle not in own for handle, title in self._titles)


def _shared(question: Question, statement: Statement) -> float:
    """What a question and a sentence of a page share: a concept counts two words."""
    return sum(2.0 if unit.startswith("c:") else 1.0 for unit in question.own & statement.own)


def _excerpt(statement: Statement, question: Question) -> Passage:
    """What is quoted of a passage: all of a short one, else the sentence; of a table the row of the place asked for."""
    passage = statement.passage
    if passage.table:
        return replace(passage, lines=(statement.text,)) if question.holds_in(statement.places) else passage
    first = statement.line - 1 if statement.line and LEANS.match(statement.text) else statement.line
    return passage if len(passage.text) <= WHOLE else replace(passage, lines=passage.lines[first : statement.line + 1])


def _title_words(catalog: Catalog) -> frozenset[str]:
    """Words of product titles that only titles have; a word that the pages use in small letters is no name."""
    bodies = {word for p in catalog.products for word in re.findall(r"\b[^\W\d_A-Z]+\b", p.body)}
    titles = {word.casefold() for p in catalog.products for word in re.findall(r"[^\W\d_]{3,}", p.title)}
    return frozenset(titles - bodies)
