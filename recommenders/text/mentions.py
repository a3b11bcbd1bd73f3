"""Products, variants, codes and orders that a text names, and which order lines it is about.

A product is found by its title or by a short form that is its alone in the catalogue ("the Daily Dew", "gel cream"),
also misspelt. Words that every second title has ("cream") name nothing by themselves; inside one order they may
("the cream", when the order has only one), which is what `about` is for.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from recommenders.domain import Catalog, Mention, Order, OrderLine, Product, Variant
from recommenders.text.function_words import FUNCTION_WORDS
from recommenders.text.words import Words, read_words, stems

_ORDER = re.compile(r"(?P<sign>#\s?)?(?P<name>(?:[A-Za-z]{1,5}-?)?\d[\d-]{2,})(?!\s?[%€$£]|[.,]\d)")
_TYPO_FROM = 5  # shorter words have too many neighbours to be corrected
_TYPO_TO = 30  # and longer ones are no words
_MOST = 12_000  # characters; nobody names a product only after ten pages
_FAMILY = 4  # products that may share the first word of their titles as a name
_NEAR = 7  # words between a product and its option value

# What precedes a product that the customer would like to have, in the languages that shops are mostly written to in.
_WISH = re.compile(
    r"\b(?:(?:like|love|want|wanted|going|hoping|keen|hope) to (?:try|buy|get|order|have)|try(?:ing)? (?:the|"
    "your|out)"
    r"|instead (?:get|have|try)|(?:swap|exchange|change|trade|replace)\w*(?: (?:it|them|this|that|one|mine|both))? "
    r"(?:for|to|with|against|into)|buy the|interested in|heard (?:\w+ )*(?:of|about)|what about|how about|recommend"
    r"|what is the price of|how much is|use (?:it|one|them|one of them) for"
    r"|essayer|échanger contre|remplacer par|tester|probieren|ausprobieren|umtauschen gegen|tauschen gegen|gegen d\w+"
    r"|probar|cambiar\w* por|provare|cambiar\w* con|proberen|ruilen voor|omruilen voor|experimentar|trocar por)\b",
    re.IGNORECASE,
)
_POINTING = frozenset(
    stems(
        "the my this that our these those mein meine meinen die der das den diese dieser dieses ma mon mes la "
        "le les cette ce "
        "mi mis el los las este esta il lo gli mio mia questa questo de het mijn dit deze o a os as meu minha"
    )
)
_CLAUSE = re.compile(r"[.!?;\n,]\s|\n")


@dataclass(frozen=True, slots=True)
class _Hit:
    """A run of words that matches words of a title."""

    product: int
    first: int
    last: int  # inclusive
    coverage: float  # share of the title's weight, 0..1
    weight: float
    fuzzy: bool


class MentionFinder:
    """Built once for a catalogue; `find` takes less than a millisecond for a hundred products."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._products = catalog.products
        self._titles = [stems(p.title) for p in self._products]
        count = Counter(w for title in self._titles for w in set(title))
        total = len(self._titles) + 1
        self._weight = {w: math.log(total / n) + 0.25 for w, n in count.items()}
        self._title_weight = [sum(self._weight[w] for w in set(t)) or 1.0 for t in self._titles]
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for i, title in enumerate(self._titles):
            for word in dict.fromkeys(title):
                self._by_word[word].append(i)
        self._pairs = Counter(pair for t in self._titles for pair in set(itertools.pairwise(t)))
        self._typos = _typo_table(w for w in self._by_word if len(w) >= _TYPO_FROM and w.isalpha())
        prose = " ".join(
            [" ".join((p.body, *p.tags, *(v for x in p.variants for v in x.options.values()))) for p in self._products]
        )
        self._spelt_right = frozenset(stems(prose)) | set(self._by_word)
        common = frozenset(stems(" ".join(re.findall(r"\b[^\W\d_A-ZÀ-Þ][^\W\d_]*", prose))))
        self._families = frozenset(
            word for word, products in self._by_word.items()
            if len(products) <= _FAMILY and word not in common and all(self._titles[i][0] == word for i in products)
            and len({self._products[i].type.casefold() for i in products}) == 1
        )  # fmt: skip
        self._codes = {c.code.casefold(): c.code for c in catalog.codes}
        self._nouns = [_nouns(p) for p in self._products]
        self._place = {p.handle: i for i, p in enumerate(self._products)}

    # ------------------------------------------------------------ names

    def find(self, text: str, orders: Sequence[Order] = ()) -> tuple[Mention, ...]:
        """Products, variants and codes in the order of the text; ambiguous names go to what `orders` hold."""
        text = text[:_MOST]
        words = read_words(text)
        owned = {self._place[self._catalog.by_sku[line.sku][0].handle]
                 for o in orders for line in o.lines if line.sku in self._catalog.by_sku}  # fmt: skip
        found: list[Mention] = []
        for hit in self._resolve(self._hits(words), owned):
            product = self._products[hit.product]
            start, end = words.starts[hit.first], words.ends[hit.last]
            score = round(min(1.0, 0.55 + 0.45 * hit.coverage) - (0.1 if hit.fuzzy else 0.0), 3)
            found.append(Mention("product", product.handle, start, end, score))
            variant = self._variant(product, words, hit)
            if variant is not None:
                found.append(Mention("variant", variant.sku, start, end, score))
        found += self._find_codes(text)
        return tuple(sorted(found, key=lambda m: (m.start, m.end, m.kind, m.id)))

    def find_orders(self, text: str, orders: Sequence[Order]) -> tuple[Mention, ...]:
        """Those of `orders` that the text names: "#1001", "order 1001", "1001", or the order's id."""
        names: dict[str, Order] = {}
        for order in orders:
            names.setdefault(order.id.casefold(), order)
        for order in orders:
            names[order.name.casefold().lstrip("#")] = order
        found: dict[str, Mention] = {}
        for match in _ORDER.finditer(text):
            named = names.get(match["name"].casefold())
            if named is not None and named.id not in found:
                sure = 1.0 if match["sign"] or not match["name"].isdigit() or len(match["name"]) > 4 else 0.9
                found[named.id] = Mention("order", named.id, match.start(), match.end(), sure)
        return tuple(found.values())

    @staticmethod
    def order_names(text: str) -> tuple[str, ...]:
        """What looks like an order's name in a text, in its order, each once; whether there is one, the store knows."""
        return tuple(dict.fromkeys(match["name"] for match in _ORDER.finditer(text)))[:10]

    def _find_codes(self, text: str) -> list[Mention]:
        found = []
        for match in re.finditer(r"(?<![\w#-])[\w-]{3,}(?![\w-])", text):
            code = self._codes.get(match.group().casefold())
            # A code without a digit is only meant when written as it stands: "thankyou" is a word.
            if code and (match.group() == code or any(c.isdigit() for c in code)):
                found.append(Mention("code", code, match.start(), match.end(), 1.0))
        return found

    def _hits(self, words: Words) -> list[_Hit]:
        """Every product's runs of title words, at most one foreign word between two of them."""
        places: dict[int, list[tuple[int, str, bool]]] = defaultdict(list)
        for i, word in enumerate(words.stems):
            known, fuzzy = word, False
            if word not in self._by_word:
                known, fuzzy = self._correct(word), True
            for product in self._by_word.get(known, ()):
                places[product].append((i, known, fuzzy))
        hits = []
        for product, found in places.items():
            run: list[tuple[int, str, bool]] = []
            for place in [*found, (10**9, "", False)]:
                if run and (place[0] - run[-1][0] > 2 or "\n" in _between(words, run[-1][0], place[0])):
                    hit = self._hit(product, run, words)
                    if hit:
                        hits.append(hit)
                    run = []
                run.append(place)
        return hits

    def _hit(self, product: int, run: list[tuple[int, str, bool]], words: Words) -> _Hit | None:
        title = self._titles[product]
        matched = {w for _, w, _ in run}
        if matched <= FUNCTION_WORDS and len(matched) < len(set(title)):
            return None  # "of the" is in one title only, and in every second text
        weight = sum(self._weight[w] for w in matched)
        coverage = weight / self._title_weight[product]
        together = [
            (a, b) for (i, a, _), (j, b, _) in itertools.pairwise(run)
            if j == i + 1 and (a, b) in itertools.pairwise(title)
        ]  # fmt: skip
        first, last = run[0][0], run[-1][0]
        fuzzy = any(f for *_, f in run)
        if len(matched) == 1:
            # One word names a product only if it is the whole title, or stands like a name and is no other's, or that
            # of a family ("the Tempest"), of which `_resolve` takes the customer's own, then the one with the least
            # beside its name.
            word, raw = run[0][1], words.raw(first)
            like_a_name = raw[:1].isupper() and not raw.isupper() and first > 0
            like_a_name = like_a_name and not re.search(r"[.!?\n]\s*$", words.gap(first))
            alone = len(self._by_word[word]) == 1 or word in self._families
            alone = alone and len(word) >= 4 and word not in self._nouns[product]
            if fuzzy or (coverage < 0.999 and not (like_a_name and alone)):
                return None
        elif coverage < 0.999:
            own_pair = any(self._pairs[pair] == 1 for pair in together)
            if not own_pair and (coverage < 0.5 or (coverage < 0.6 and not together)):
                return None
        return _Hit(product, first, last, coverage, weight, fuzzy)

    def _resolve(self, hits: list[_Hit], owned: set[int]) -> list[_Hit]:
        """One product a place: the heavier match, then the customer's own, then the fuller; a tie names nothing."""
        chosen: list[_Hit] = []
        rest = sorted(hits, key=lambda h: (-round(h.weight, 6), h.product not in owned, -h.coverage, h.product))
        for hit in rest:
            if any(hit.first <= c.last and c.first <= hit.last for c in chosen):
                continue
            rivals = [
                h for h in rest
                if h is not hit and h.first <= hit.last and hit.first <= h.last
                and round(h.weight, 6) == round(hit.weight, 6) and (h.product in owned) == (hit.product in owned)
                and abs(h.coverage - hit.coverage) < 0.05
            ]  # fmt: skip
            if not rivals:
                chosen.append(hit)
        return sorted(chosen, key=lambda h: h.first)

    def _correct(self, word: str) -> str:
        """The title word that this is a misspelling of, or the word itself."""
        if not _TYPO_FROM <= len(word) <= _TYPO_TO or word in self._spelt_right:
            return word
        near = {w for key in (word, *_without_one(word)) for w in self._typos.get(key, ())}
        allowed = 1 if len(word) < 8 else 2
        ranked = sorted((OSA.distance(word, w, score_cutoff=2), w) for w in near)
        return ranked[0][1] if ranked and ranked[0][0] <= allowed else word

    def _variant(self, product: Product, words: Words, hit: _Hit) -> Variant | None:
        """The one variant whose option values stand near the product's name."""
        if len(product.variants) < 2:
            return None
        low, high = max(0, hit.first - _NEAR), min(len(words), hit.last + 1 + _NEAR)
        near = words.stems[low : hit.first], words.stems[hit.last + 1 : high]
        said = [
            sum(any(_has(side, stems(v)) for side in near) for v in variant.options.values())
            for variant in product.variants
        ]
        best = max(said)
        return product.variants[said.index(best)] if best and said.count(best) == 1 else None

    # ------------------------------------------------------------ what the ticket is about

    def wished(self, text: str, mentions: Sequence[Mention]) -> frozenset[str]:
        """Handles of products that the customer would like instead, not those complained of ("I'd like to try …")."""
        wished = set()
        for mention in mentions:
            if mention.kind == "product":
                before = _CLAUSE.split(text[max(0, mention.start - 60) : mention.start])[-1]
                if _WISH.search(before):
                    wished.add(mention.id)
        return frozenset(wished)

    def about(
        self, text: str, mentions: Sequence[Mention], orders: Sequence[Order], order: Order | None
    ) -> Mapping[str, OrderLine | None]:
        """The skus that the ticket is about, in the order of the text, each with its order line.

        Products named, in `order` first, then in the customer's other orders (newest first), else None as line; then
        lines of `order` that a plain noun singles out ("the lotion"); then the only line of an order. Several equally
        likely lines are no answer: then it is empty, and asking is better.
        """
        wished = self.wished(text, mentions)
        text = text[:_MOST]
        named = {m.id: m for m in mentions if m.kind == "product"}
        variants = {self._catalog.by_sku[m.id][0].handle: m.id for m in mentions if m.kind == "variant"}
        ranked = [order] if order else []
        ranked += [o for o in orders if order is None or o.id != order.id]
        found: list[tuple[int, str, OrderLine | None]] = []
        here = {h: self._line(h, variants.get(h), [order]) for h in named} if order else {}
        for handle, mention in named.items():
            line = here.get(handle) or self._line(handle, variants.get(handle), ranked)
            if line is not None and any(here.values()) and not here[handle]:
                continue  # something of another order, named beside the one complained of
            if line is not None and not (handle in wished and len(named) > 1):
                found.append((mention.start, line.sku, line))
            elif line is None and handle not in wished:
                product = self._catalog.by_handle[handle]
                if product.variants:
                    found.append((mention.start, variants.get(handle) or product.variants[0].sku, None))
        pool = order or (orders[0] if len(orders) == 1 else None)
        if pool is not None:
            taken = {line.sku for *_, line in found if line is not None}
            found += [(at, line.sku, line) for at, line in self._by_noun(text, pool) if line.sku not in taken]
        elif not found:
            found += self._by_noun_anywhere(text, orders)
        if pool is not None and len(pool.lines) == 1 and not any(line for *_, line in found):
            only = pool.lines[0]
            if not any(line is None for *_, line in found) or order is not None:
                found.append((len(text), only.sku, only))
        return {sku: line for _, sku, line in sorted(found, key=lambda f: f[0])}

    def _line(self, handle: str, sku: str | None, orders: Sequence[Order]) -> OrderLine | None:
        """The newest line with this product, the named variant before its siblings."""
        lines = [
            line for o in orders for line in o.lines
            if line.sku in self._catalog.by_sku and self._catalog.by_sku[line.sku][0].handle == handle
        ]  # fmt: skip
        return next((line for line in lines if line.sku == sku), lines[0] if lines else None)

    def _by_noun(self, text: str, order: Order) -> list[tuple[int, OrderLine]]:
        """Lines that a word of their title or type singles out among the order's lines."""
        owners: dict[str, set[str]] = defaultdict(set)
        for line in order.lines:
            for word in self.nouns(line):
                owners[word].add(line.sku)
        words, found = read_words(text), dict[str, tuple[int, OrderLine]]()
        lines = {line.sku: line for line in order.lines}
        for i, word in enumerate(words.stems):
            holders = owners.get(word)
            if holders and len(holders) == 1:
                sku = next(iter(holders))
                found.setdefault(sku, (words.starts[i], lines[sku]))
        return list(found.values())

    def _by_noun_anywhere(self, text: str, orders: Sequence[Order]) -> list[tuple[int, str, OrderLine | None]]:
        """A noun that fits one product of all that the customer ever ordered."""
        words = read_words(text)
        # "my lotion", "die Creme" speak of a thing that one has; "your face creams" does not.
        said = {w for i, w in enumerate(words.stems) if i and words.stems[i - 1] in _POINTING}
        hits: dict[str, OrderLine] = {}
        for order in orders:
            for line in order.lines:
                if self.nouns(line) & said:
                    hits.setdefault(self._handle(line), line)
        return [(0, line.sku, line) for line in hits.values()] if len(hits) == 1 else []

    def _handle(self, line: OrderLine) -> str:
        return self._catalog.by_sku[line.sku][0].handle if line.sku in self._catalog.by_sku else line.sku

    def nouns(self, line: OrderLine) -> frozenset[str]:
        """Words that may stand for this line within its order."""
        known = self._catalog.by_sku.get(line.sku)
        return self._nouns[self._place[known[0].handle]] if known else frozenset(stems(line.title)[-1:])


def _nouns(product: Product) -> frozenset[str]:
    """The head of the title (its last word, or the last before a number) and the words of the type."""
    title = [w for w in stems(product.title) if w.isalpha() and len(w) > 2]
    kind = [w for w in stems(product.type) if w.isalpha() and len(w) > 2]
    return frozenset(title[-1:] + kind[-1:])


def _between(words: Words, left: int, right: int) -> str:
    return words.text[words.ends[left] : words.starts[right]] if right < len(words) else ""


def _has(words: Sequence[str], phrase: Sequence[str]) -> bool:
    size = len(phrase)
    return bool(phrase) and any(tuple(words[i : i + size]) == tuple(phrase) for i in range(len(words) - size + 1))


def _without_one(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]


def _typo_table(vocabulary: Iterable[str]) -> dict[str, list[str]]:
    """Each word under itself and under every form with one letter dropped.

    Two words at one edit share such a key (symmetric deletes: Garbe 2012, SymSpell), so a misspelling costs a few
    look-ups instead of a comparison with every word.
    """
    table: dict[str, list[str]] = defaultdict(list)
    for word in vocabulary:
        for key in {word, *_without_one(word)}:
            table[key].append(word)
    return dict(table)
