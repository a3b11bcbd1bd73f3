"""What a product contains and what it is free from, read from its texts, for things a customer must not have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from recommenders.domain import Context, Product, Variant
from recommenders.text.words import stems

# The same substance in other words and languages; after ">" what belongs to it: who avoids nuts avoids almonds.
_SUBSTANCES = (
    "fragrance|perfume|parfum|scent|scented|perfumed|duft|duftstoff|duftstoffe|parfumiert|parfume|aroma|"
    "fragancia|profumo|geur"
    "|fragrancia|fragranza|smell > essential oil|perfume oil",
    "nut|noix|fruits a coque|nusse|nuss|schalenfruchte|nuez|nueces|frutos secos|noci|frutta a guscio|noten|"
    "nozes|tree nut > almond"
    "|hazelnut|walnut|cashew|pecan|macadamia|pistachio|amande|mandel|almendra|mandorla|noisette|haselnuss|"
    "avellana|nocciola|argan",
    "almond|amande|amandes|mandel|mandeln|almendra|mandorla|amandel|amendoa > sweet almond oil|marzipan",
    "peanut|arachide|cacahuete|erdnuss|erdnusse|cacahuate|pinda|amendoim",
    "lanolin|wool fat|wool wax|lanoline|wollfett|wollwachs|lanolina|adeps lanae|graisse de laine",
    "wool|laine|wolle|lana|wol|woollen > merino|lambswool|cashmere|mohair|alpaca|lanolin|tweed|schurwolle|"
    "boiled wool",
    "gluten > wheat|barley|rye|spelt|seitan|weizen|ble|trigo|gerste|frumento|tarwe",
    "wheat|ble|weizen|trigo|grano|tarwe|frumento", "grain|cereale|getreide|cereal|granen > wheat|corn|rice|"
    "barley|oat|maize",
    "soy|soya|soja|soia", "egg|oeuf|ei|eier|huevo|uovo|uova|ovo > albumen",
    "milk|dairy|lait|laitier|milch|leche|lacteo|latte|zuivel|melk|leite|milchprodukt|lactose|laktose|lactosa|"
    "lattosio > whey|casein"
    "|butter|cheese|cream powder|yogurt|milk powder|milk chocolate|molke",
    "fish|poisson|fisch|pescado|pesce|vis|peixe > salmon|tuna|cod|anchovy|sardine",
    "chicken|poulet|huhn|hahnchen|pollo|kip|frango > poultry",
    "beef|boeuf|rind|rindfleisch|ternera|manzo|rund|carne", "pork|porc|schwein|cerdo|maiale|varken > gelatin|"
    "gelatine",
    "sesame|sesam|sesamo", "shellfish|crustace|marisco|crostacei > shrimp|prawn|crab|lobster|chitosan",
    "latex|rubber|natural rubber|caoutchouc|kautschuk|caucho|lattice", "nickel|niquel|nichel",
    "leather|cuir|leder|cuero|pelle|couro > suede|nubuck|calfskin|cowhide", "fur|fourrure|pelz|piel|pelliccia|"
    "bont > shearling|sheepskin|rabbit",
    "down|duvet|daunen|plumon|piuma|dons > feather|goose down|duck down", "silk|soie|seide|seda|seta|zijde",
    "polyester > recycled polyester|microfibre|microfiber|fleece", "synthetic|synthetique|synthetik|sintetico|"
    "synthetisch > polyester|nylon"
    "|acrylic|polyamide|elastane|polypropylene", "cotton|coton|baumwolle|algodon|cotone|katoen",
    "plastic|plastique|kunststoff|plastik|plastico|plastica > polycarbonate|polypropylene|abs|pvc", "pvc|vinyl",
    "bpa|bisphenol", "alcohol|alcool|alkohol|etanol > ethanol|denat|drying alcohol", "paraben|parabene|parabeno|"
    "parabeni",
    "silicone|silikon|silicona > dimethicone", "sulphate|sulfate|sulfat|sulfato|solfati > sls|sles",
    "retinoid|retinol|retinal > retinaldehyde"
    "|tretinoin|adapalene|retinyl", "acid|acide|saure|acido > salicylic|lactic|glycolic|ascorbic|aha|bha",
    "caffeine|koffein|cafeine|cafeina"
    "|caffeina > guarana|green tea extract", "sugar|sucre|zucker|azucar|zucchero|suiker|acucar > cane sugar|"
    "glucose syrup|honey|molasses",
    "sweetener|edulcorant|sussstoff|edulcorante|dolcificante > stevia|aspartame|sucralose|xylitol|erythritol",
    "honey|miel|honig|miele|honing|mel",
    "beeswax|cire d'abeille|bienenwachs|cera de abeja|cera d'api|bijenwas", "palm oil|huile de palme|palmol|"
    "aceite de palma|olio di palma",
    "coconut|coco|noix de coco|kokos|kokosnuss|cocco", "lavender|lavande|lavendel|lavanda",
    "tea tree|melaleuca", "citrus|agrume|zitrus"
    "|citrico|agrumi > lemon|orange|grapefruit|lime|bergamot|mandarin", "mint|menthe|minze|menta|munt > "
    "peppermint|spearmint|menthol",
    "zinc|zink", "aluminium|aluminum|alluminio|aluminio", "mineral oil|paraffin|paraffinum|petrolatum|vaseline",
    "oil|huile|ol|aceite|olio|olie|oleo", "lead|blei|plomb|plomo", "cadmium", "mercury",
    "teflon|ptfe|pfas|pfoa", "pepper|poivre|pfeffer",
    "cinnamon|cannelle|zimt|canela|cannella|kaneel", "garlic|ail|knoblauch|ajo|aglio",
    "onion|oignon|zwiebel|cebolla|cipolla",
    "chocolate|chocolat|schokolade|cioccolato > cocoa", "artificial colour|artificial color|dye|farbstoff|"
    "colorant|colorante",
    "preservative|konservierungsstoff|conservateur|conservante",
)  # fmt: skip


def _table() -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    found: dict[tuple[str, ...], dict[tuple[str, ...], None]] = {}
    for row in _SUBSTANCES:
        names, _, members = row.partition(">")
        own = [stems(n) for n in names.split("|") if n.strip()]
        forms = own + [stems(n) for n in members.split("|") if n.strip()]
        for name in own:
            found.setdefault(name, {}).update(dict.fromkeys(forms))
    return {name: tuple(forms) for name, forms in found.items()}


SUBSTANCES = _table()
_FREE = re.compile(
    r"\b(?:free (?:from|of)|without|(?:does not|doesn't|not) contain\w*|contains? no|has no|has none|never any|"
    "no|zero|frei von|ohne"
    r"|enth[aä]lt kein\w*|kein\w*|sans|exempte? de|sin|libre de|senza|priv[oa] di|zonder|vrij van|sem|livre "
    r"de)\b([^.;:()!?]*)",
    re.IGNORECASE,
)
_HYPHEN_FREE = re.compile(r"\b([^\W\d_]{3,20})[- ]free\b|\b([^\W\d_]{3,20})frei\b", re.IGNORECASE)
_CONTAINS = re.compile(
    r"\b(?:contain\w*|made (?:of|from|with)|ingredients?|material|composition|with|filled with|enth[aä]lt|"
    "inhaltsstoffe|aus|mit|contient"
    r"|ingr[eé]dients|composition|contiene|ingredientes|con|ingredienti|bevat|cont[eé]m|lined with|sole|upper|"
    r"shell)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"(?<=[.!?;])\s+|\n+")
_HEDGES = frozenset(stems("a an the any all added strong heavy natural artificial of and or"))

# What a need rules out by itself.
RULED_OUT: dict[str, tuple[str, ...]] = {
    "unscented": ("perfume",), "grain_free": ("grain",),
    "vegan": ("milk", "honey", "beeswax", "egg", "leather", "wool", "lanolin", "silk", "down"),
    "vegetarian": ("fish", "chicken", "beef", "pork", "shellfish"), "coeliac": ("gluten",),
}  # fmt: skip

# How somebody lives rules things out: "we're vegan", "meine Frau ist Veganerin", "soy celíaca".
_LIVES = re.compile(
    r"\b(?:(?P<vegan>vegan(?:s|e|er|es|erin|o|a|i|istisch\w*)?|v[eé]gane?s?|vegetalien\w*)"
    r"|(?P<vegetarian>vegetarian\w*|vegetarisch\w*|vegetarier\w*|v[eé]g[eé]tarien\w*|vegetarian[oa]s?)"
    r"|(?P<coeliac>coeliac\w*|celiac\w*|cel[ií]ac[oa]s?|c(?:o|œ)eliaques?|z[oö]liakie\w*|celiach\w+))\b",
    re.IGNORECASE,
)

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """The words of a product (or one variant) that say what is in it, and those that say what is not."""

    inside: str  # stems between spaces, "|" between clauses
    stated: str  # the same for clauses, tags and names that state contents outright
    free: frozenset[str]

    def has(self, term: str) -> bool:
        """Whether the thing is in it: known substances by all their names, anything else only where it is stated."""
        known, forms = expand(term)
        if any(set(form) <= self.free for form in forms[:1] if form):
            return False
        where = self.inside if known else self.stated
        return any(f" {' '.join(form)} " in where for form in forms)


@lru_cache(maxsize=4096)
def expand(term: str) -> tuple[bool, tuple[Phrase, ...]]:
    """(known, forms): the phrase's substance with all its names, or the phrase as it is."""
    words = tuple(w for w in stems(term) if w not in _HEDGES)
    for size in range(len(words), 0, -1):
        for start in range(len(words) - size, -1, -1):
            part = words[start : start + size]
            if part in SUBSTANCES:
                own = SUBSTANCES[part]
                return True, (part, *(f for f in own if f != part))
    return False, (words,) if words else ()


def _within(words: Sequence[str], phrase: Phrase) -> bool:
    size = len(phrase)
    return size > 0 and any(tuple(words[i : i + size]) == phrase for i in range(len(words) - size + 1))


def read_contents(product: Product, variant: Variant) -> Contents:
    """The contents of one variant: sentences about its siblings' option values do not count for it."""
    own = {stems(v) for v in variant.options.values()}
    others = {stems(x) for v in product.variants for x in v.options.values()} - own
    inside: list[str] = []
    stated: list[str] = []
    free: set[str] = set()
    for clause in _CLAUSE.split(product.body):
        words = stems(clause)
        about_others = any(_within(words, o) for o in others if o and o[0].isalpha() and len(o[0]) > 2)
        if about_others and not any(_within(words, o) for o in own):
            continue
        rest = clause
        for match in _FREE.finditer(clause):
            free.update(stems(match[1]))
            if "has none" in match.group().casefold():
                free.update(_substance_words(product.body))
            rest = rest.replace(match.group(), " | ")
        rest = _strip_free(rest, free)
        inside += [*stems(rest), "|"]
        if _CONTAINS.search(rest):
            stated += [*stems(rest), "|"]
    for phrase in (product.title, product.type, *product.tags, *variant.options.values()):
        rest = _strip_free(phrase, free)
        for part in _FREE.findall(rest):
            free.update(stems(part))
        rest = _FREE.sub(" ", rest)
        inside += [*stems(rest), "|"]
        stated += [*stems(rest), "|"]
    if free & {"unscented"} or any("unscented" in stems(v) for v in variant.options.values()):
        free.update(("fragrance", "perfume", "scent", "parfum"))
    return Contents(f" {' '.join(inside)} ", f" {' '.join(stated)} ", frozenset(free))


def _strip_free(text: str, free: set[str]) -> str:
    """Removes "nut-free" and remembers the nut."""
    for match in _HYPHEN_FREE.finditer(text):
        free.update(stems(match[1] or match[2]))
    return _HYPHEN_FREE.sub(" ", text)


def _substance_words(body: str) -> set[str]:
    """What "has none" refers to: the substances that the text speaks of containing."""
    return {w for m in re.finditer(r"contain\w*\s+([^.;]*)", body, re.IGNORECASE) for w in stems(m[1])}


def excluded(contents: Contents, terms: Iterable[str]) -> str | None:
    """The first of the terms that is in it."""
    return next((t for t in terms if contents.has(t)), None)


def unwanted(context: Context) -> list[str]:
    """What must not be in it: the customer's exclusions, and what a need or a way of living rules out by itself."""
    terms = [e.term for e in context.signals.exclusions]
    terms += [t for n in context.signals.needs for t in RULED_OUT.get(n.id, ())]
    for match in _LIVES.finditer(context.concern.text):
        terms += next((list(RULED_OUT[way]) for way in ("vegan", "vegetarian", "coeliac") if match[way]), [])
    return list(dict.fromkeys(terms))
