"""Ordinal knowledge about option values that holds in every shop: units, sizes, shades, levels, colours' names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from recommenders.text.words import fold, stem, stems

# unit -> (kind of quantity, factor to the kind's base)
_UNITS: dict[str, tuple[str, float]] = {
    "ml": ("volume", 1), "cl": ("volume", 10), "dl": ("volume", 100), "l": ("volume", 1000),
    "liter": ("volume", 1000), "litre": ("volume", 1000), "litro": ("volume", 1000), "gallon": ("volume", 3785),
    "cup": ("volume", 237), "tasse": ("volume", 237), "taza": ("volume", 237), "qt": ("volume", 946),
    "oz": ("ounce", 1), "ounce": ("ounce", 1),
    "mg": ("mass", 0.001), "g": ("mass", 1), "gr": ("mass", 1), "gram": ("mass", 1), "gramm": ("mass", 1),
    "gramme": ("mass", 1), "kg": ("mass", 1000), "kilo": ("mass", 1000), "lb": ("mass", 453.6), "lbs": ("mass",
    453.6),
    "pound": ("mass", 453.6), "kilogram": ("mass", 1000), "kilogramm": ("mass", 1000), "mm": ("length", 1),
    "millimeter": ("length", 1), "millimetre": ("length", 1), "milimetro": ("length", 1), "cm": ("length", 10),
    "centimeter": ("length", 10), "centimetre": ("length", 10), "zentimeter": ("length", 10),
    "centimetro": ("length", 10), "fuss": ("length", 304.8), "pie": ("length", 304.8), "pied": ("length", 304.8),
    "m": ("length", 1000),
    "meter": ("length", 1000), "metre": ("length", 1000), "metro": ("length", 1000), "in": ("length", 25.4),
    "inch": ("length", 25.4), "zoll": ("length", 25.4), "pouce": ("length", 25.4), "pulgada": ("length", 25.4),
    "ft": ("length", 304.8), "feet": ("length", 304.8), "foot": ("length", 304.8), "yard": ("length", 914.4),
    "w": ("power", 1), "watt": ("power", 1), "kw": ("power", 1000), "lm": ("light", 1), "lumen": ("light", 1),
    "v": ("voltage", 1), "volt": ("voltage", 1), "kelvin": ("kelvin", 1),
    "mah": ("charge", 1), "ah": ("charge", 1000), "wh": ("charge", 270),
    "mb": ("memory", 0.001), "gb": ("memory", 1), "tb": ("memory", 1024), "mp": ("pixel", 1),
    "megapixel": ("pixel", 1), "p": ("resolution", 1), "k": ("resolution", 560),
    "minute": ("time", 1), "min": ("time", 1), "hour": ("time", 60), "hr": ("time", 60), "h": ("time", 60),
    "stunde": ("time", 60), "heure": ("time", 60), "hora": ("time", 60), "day": ("time", 1440),
    "bar": ("pressure", 1), "psi": ("pressure", 0.069), "degree": ("angle", 1), "mg/ml": ("strength", 1),
    "piece": ("count", 1), "pc": ("count", 1), "pcs": ("count", 1), "pack": ("count", 1), "count": ("count", 1),
    "ct": ("count", 1), "set": ("count", 1), "stuck": ("count", 1), "teilig": ("count", 1), "stk": ("count", 1),
    "tin": ("count", 1), "can": ("count", 1), "bag": ("count", 1), "capsule": ("count", 1), "pod": ("count", 1),
    "teile": ("count", 1), "person": ("person", 1), "seater": ("person", 1), "sitzer": ("person", 1),
    "month": ("month", 1),
    "year": ("month", 12), "spf": ("protection", 1), "den": ("denier", 1), "denier": ("denier", 1),
    "tog": ("tog", 1), "x": ("times", 1), "rpm": ("speed", 1), "db": ("decibel", 1), "ply": ("ply", 1),
}  # fmt: skip
_NUMBER_WORDS = {
    w: n
    for n, names in enumerate((
        "", "one ein eine einen un une una uno een um", "two zwei deux dos due twee dois",
        "three drei trois tres tre drie",
        "four vier quatre cuatro quattro", "five funf cinq cinco cinque vijf", "six sechs seis sei zes",
        "seven sieben sept siete sette zeven", "eight acht huit ocho otto oito", "nine neun neuf nueve nove negen",
        "ten zehn dix diez dieci tien dez", "eleven elf onze once undici", "twelve zwolf douze doce dodici twaalf",
    ))
    for w in names.split()
}  # fmt: skip
_NUMBER_WORDS |= {"single": 1, "double": 2, "dozen": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
                  "seventeen": 17, "eighteen": 18, "nineteen": 19, "hundred": 100, "thousand": 1000, "quinze": 15,
                  "seize": 16, "quince": 15, "quindici": 15, "vijftien": 15, "dreizehn": 13, "vierzehn": 14,
                  "funfzehn": 15, "sechzehn": 16, "siebzehn": 17, "achtzehn": 18, "neunzehn": 19,
                  "hundert": 100, "cent": 100, "cien": 100, "cento": 100, "honderd": 100, "tausend": 1000}  # fmt: skip
TENS = {
    w: 10 * n
    for n, names in enumerate((
        "", "", "twenty zwanzig vingt veinte venti twintig vinte",
        "thirty dreissig trente treinta trenta dertig trinta",
        "forty fourty vierzig quarante cuarenta quaranta veertig quarenta",
        "fifty funfzig cinquante cincuenta cinquanta vijftig cinquenta",
        "sixty sechzig soixante sesenta sessanta zestig sessenta", "seventy siebzig setenta settanta zeventig",
        "eighty achtzig ochenta ottanta tachtig oitenta", "ninety neunzig noventa novanta negentig",
    ))
    for w in names.split()
}  # fmt: skip
_NUMBER_WORDS |= TENS
# German counts the ones before the tens: "vierundzwanzig".
_NUMBER_WORDS |= {
    f"{one}und{ten}": TENS[ten] + n
    for n, one in enumerate("ein zwei drei vier funf sechs sieben acht neun".split(), start=1)
    for ten in TENS
    if ten.endswith(("zig", "ssig"))
}

# Words in ascending order; those that share a step mean the same.
SCALES: dict[str, tuple[str, ...]] = {
    "size": (
        "5xs", "4xs", "xxxs|3xs", "xxs|2xs", "xs|x small|extra small|mini|travel|travel size|pocket|tiny|portable",
        "s|small|klein|petit|pequeno|piccolo|compact|kompakt|p|petite", "m|medium|mittel|moyen|mediano|medio|regular"
        "|standard|normal", "l|large|gross|grand|grande|groot|full|full size|big",
        "xl|x large|extra large|jumbo|family",
        "xxl|2xl|xx large", "xxxl|3xl", "4xl|xxxxl", "5xl", "6xl",
    ),
    "shade": (
        "porcelain|alabaster|ultra fair", "fair|ivory|ivoire|elfenbein|very light|pale",
        "light|hell|clair|claro|chiaro|licht",
        "light medium|nude|beige|sand", "medium|mittel|moyen|medio|natural", "medium dark|medium deep|honey|"
        "golden|olive",
        "tan|caramel|amber|bronze", "dark|dunkel|fonce|oscuro|scuro|donker|deep|brown",
        "very dark|very deep|espresso|mocha",
        "ebony|black",
    ),
    "level": (
        "none|no|off|kein|sans", "extra low|very low|minimal", "low|mild|light|soft|gentle|weak|leicht|mild "
        "roast|light roast|faible"
        "|suave|leggero", "medium low", "medium|moderate|mid|regular|normal|mittel|medium roast|medium firm|standard",
        "medium high", "high|strong|dark|hard|firm|intense|stark|fuerte|forte|fort|dark roast|bold|hot|heavy",
        "extra high|extra strong|very strong|extra firm|extra hard|extra dark|maximum|max|french roast|extra hot",
    ),
    "thickness": ("extra thin|superfine", "thin|fine|slim|light", "medium|regular|standard",
    "thick|heavy|coarse|chunky",
                  "extra thick|extra coarse"),
    "length": ("extra short|cropped|mini", "short|kurz|court|corto|midi", "regular|medium|normal|standard",
    "long|lang|largo|lungo",
               "extra long|tall|maxi"),
    "width": ("extra narrow|aa", "narrow|slim|schmal|b", "regular|standard|normal|medium|d",
    "wide|weit|breit|large|e|2e|ee", "extra wide|4e|eee|eeee"),
    "skill": ("beginner|basic|easy|starter|novice|entry", "intermediate|medium|standard|improver",
    "advanced|expert|professional|pro|hard",
              "master|elite"),
    "whiteness": (
        "daylight|cool daylight|cold white|cool white|tageslicht|tageslichtweiss|kaltweiss|blanc froid|blanco frio",
        "neutral white|natural white|neutralweiss|blanc neutre|blanco neutro",
        "warm white|soft white|warmweiss|blanc chaud|blanco calido|bianco caldo", "extra warm white|amber white",
    ),
    "bed": ("single|twin", "small double", "double|full", "queen", "king", "super king|california king"),
    "having": ("no|none|without|not included|nein|non", "yes|with|included|ja|oui|si"),
    "warmth": ("lightweight|light|summer|cool", "midweight|medium|all season|mid", "heavyweight|heavy|winter|"
    "warm", "extra warm|arctic"),
}  # fmt: skip
_STEPS = {
    name: {tuple(stems(form)): i for i, step in enumerate(steps) for form in step.split("|")}
    for name, steps in SCALES.items()
}

# The same thing in other words or languages, for values that nearly every shop has.
_ALIASES = (
    "black|noir|noire|schwarz|schwarze|schwarzen|negro|negra|nero|nera|zwart|zwarte|preto|preta",
    "white|blanc|blanche|weiss|weisse|weissen|blanco|blanca|bianco|bianca|wit|witte|branco|branca",
    "red|rouge|rot|rote|roten|rojo|roja|rosso|rossa|rood|rode|vermelho",
    "blue|bleu|bleue|blau|blaue|blauen|azul|blu|blauw|blauwe",
    "green|vert|verte|grun|grune|grunen|verde|groen|groene",
    "grey|gray|gris|grise|grau|graue|grauen|grigio|grigia|grijs|grijze|cinza",
    "brown|marron|brun|brune|braun|braune|braunen|castano|bruin|bruine|marrone",
    "yellow|jaune|gelb|gelbe|gelben|amarillo|amarilla|giallo|gialla|geel|gele|amarelo",
    "pink|rose|rosa|roze|rosado", "purple|violet|lila|violett|morado|morada|viola|paars|roxo",
    "orange|naranja|arancione|oranje|laranja", "silver|argent|silber|plata|argento|zilver|prata",
    "gold|golden|dore|doree|dorado|oro|goud|ouro", "navy|navy blue|dark blue|marine|dunkelblau|marineblau|bleu "
    "marine",
    "beige|sand|ecru", "wireless|cordless|without cable|without the cable|without a cable|without cord"
    "|without the cord|without a cord|no cable"
    "|no cord|ohne kabel|sans cable|sin cable|sin cables|senza cavo|zonder kabel|kabellos|sans fil|inalambrico"
    "|senza fili|draadloos",
    "wired|corded|with cord|with a cord|kabelgebunden|filaire|con cable|con cavo",
    "wifi|wi fi|wlan|wireless internet", "unscented|fragrance free|scent free|without scent|without perfume|no "
    "scent|no perfume"
    "|sans parfum|ohne duft|ohne parfum|parfumfrei|sin perfume|sin aroma|senza profumo|zonder geur|zonder "
    "parfum|duftfrei",
    "decaf|decaffeinated|caffeine free|without caffeine|entkoffeiniert|decafeine|descafeinado|decaffeinato|"
    "cafeinevrij|koffeinfrei",
    "whole bean|bean|ganze bohne|bohnen|en grain|grano|in grani|bonen",
    "leather|cuir|leder|cuero|piel|pelle|couro", "cotton|coton|baumwolle|algodon|cotone|katoen",
    "wool|laine|wolle|lana|wol", "wood|wooden|bois|holz|madera|legno|hout", "glass|verre|glas|vidrio|vetro",
    "metal|metall|metallic|metallo", "plastic|plastique|plastik|kunststoff|plastico|plastica",
    "bamboo|bambou|bambus|bambu", "silk|soie|seide|seda|seta|zijde", "linen|lin|leinen|lino|linnen|linho",
    "oak|chene|eiche|roble|rovere|eik", "walnut|noyer|nussbaum|nogal|noce", "brass|laiton|messing|laton|ottone",
    "silver plated|versilbert", "copper|cuivre|kupfer|cobre|rame|koper", "rubber|caoutchouc|gummi|goma|caucho|gomma",
    "capsule|kapsel|kapseln|capsula", "battery|batterie|bateria|batteria|batterij",
    "striped|stripe|raye|gestreift|rayas",
    "acrylic|acryl|acrylique|acrilico", "ceramic|ceramique|keramik|ceramica|keramiek",
    "mesh|netz|filet|malla|rete", "velvet|velours|samt|terciopelo|velluto|fluweel", "marble|marbre|marmor|marmol|marmo",
    "stainless steel|steel|edelstahl|acier inoxydable|inox|acero inoxidable|acciaio",
    "men|man|mens|male|herren|homme|hombre|uomo|heren", "women|woman|womens|female|ladies|damen|femme|mujer|"
    "donna|dames",
    "fabric|cloth|textile|stoff|tissu|tela", "rechargeable|built in battery", "hard cover|hardcover|hardback",
    "soft cover|softcover|paperback", "half|half zip|quarter", "full|full zip", "crew neck|round neck|crewneck",
    "v neck|vneck",
)  # fmt: skip
ALIASES: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
for _group in _ALIASES:
    _forms = tuple(dict.fromkeys(stems(x) for x in _group.split("|")))
    for _form in _forms:
        ALIASES[_form] = tuple(x for x in _forms if x != _form)

# Letters A..C before a number name paper, where a bigger number is a smaller sheet (ISO 216).
_SERIES = re.compile(r"^(?P<prefix>[a-z][a-z /-]*?)[ -]?(?P<number>\d+(?:[.,]\d+)?)(?P<rest>[a-z]*)$")
_FRACTION = re.compile(r"^(?:(?P<whole>\d+)[ -])?(?P<top>\d{1,2})/(?P<bottom>\d{1,2})\s*-?\s*(?P<unit>[a-z%\"″']*)")
_AREA = re.compile(r"^(?P<a>\d+(?:[.,]\d+)?)\s*(?:cm|mm|m|in|ft|\"|')?\s*[x×*]\s*(?P<b>\d+(?:[.,]\d+)?)")
_VULGAR = {"½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3", "⅛": " 1/8", "⅜": " 3/8", "⅝": " 5/8"}
_AMOUNT = re.compile(
    r"^(?P<number>\d+(?:[.,]\d+)?)(?:\s*(?:-|–|to)\s*(?P<to>\d+(?:[.,]\d+)?))?\s*-?\s*(?P<unit>[a-z%\"″']*)"
)


_COOLEST_LAMP = 1000.0  # from here on "K" counts kelvin, below it counts thousands of pixels


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what it counts; `kind` is "" for a bare number."""

    kind: str
    amount: float


def synonyms(scale: str, words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Other words for the same step of a scale: "medium" for "M"."""
    steps = _STEPS.get(scale, {})
    return tuple(w for w, step in steps.items() if w != words and words in steps and step == steps[words])


def unit_of(word: str) -> tuple[str, float] | None:
    """The kind and factor of a unit's name."""
    return _UNITS.get(word)


def number_of(word: str) -> float | None:
    """The number that a word or digits stand for."""
    if word[:1].isdigit():
        return _number(word)
    value = _NUMBER_WORDS.get(word)
    return None if value is None else float(value)


def _number(digits: str) -> float:
    """ "1,000" is a thousand, "1,5" one and a half."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", digits):
        return float(digits.replace(",", ""))
    head, *rest = digits.replace(",", ".").split(".")
    return float(f"{head}.{''.join(rest)}") if rest else float(head)


def quantity(value: str) -> Quantity | None:
    """The quantity that an option value begins with: "500 ml", "5.8-inch", "30-50 lbs", "60W equivalent", "38"."""
    for sign, spelt in _VULGAR.items():
        value = value.replace(sign, spelt)
    text = fold(value).strip()
    if sides := _AREA.match(text):
        return Quantity("area", _number(sides["a"]) * _number(sides["b"]))
    if (match := _FRACTION.match(text)) and int(match["bottom"]):
        amount = int(match["whole"] or 0) + int(match["top"]) / int(match["bottom"])
    elif match := _AMOUNT.match(text):
        amount = _number(match["number"])
        if match["to"]:
            amount = (amount + _number(match["to"])) / 2
    else:
        return None
    unit = match["unit"]
    if unit == "k" and amount >= _COOLEST_LAMP:
        return Quantity("kelvin", -amount)  # a lamp of fewer kelvin gives a warmer light
    if unit in ('"', "″"):
        return Quantity("length", amount * 25.4)
    if not unit:
        return Quantity("", amount)
    known = _UNITS.get(stem(unit)) or _UNITS.get(unit)
    return Quantity(known[0], amount * known[1]) if known else Quantity(stem(unit), amount)


def ranks(values: Sequence[str]) -> tuple[str, dict[str, float]]:
    """Which scale the values of an option lie on, and each value's place on it; ("", {}) when there is no order.

    Numbers of one kind, a series with a common prefix (i5 < i7, EU 36 < EU 37),
    or words of one of SCALES. Values that
    are off the scale have no place, and at least two must have one.
    """
    numbers = {v: q for v in values if (q := quantity(v)) is not None}
    kinds = {q.kind for q in numbers.values()}
    nothing = [v for v in values if v not in numbers and stems(v)[:1] in (("none",), ("no",), ("not",))]
    if len(numbers) > 1 and len(kinds) == 1 and len(numbers) + len(nothing) >= len(values) - 1:
        kind = kinds.pop() or "number"
        # "60%", "80%", "full size": what is full is the most of it.
        full = {v: 100.0 for v in values if kind == "%" and "full" in stems(v)}
        return kind, {v: q.amount for v, q in numbers.items()} | dict.fromkeys(nothing, 0.0) | full
    series = {v: m for v in values if (m := _SERIES.match(fold(v).strip()))}
    prefixes = {m["prefix"] for m in series.values()}
    if len(series) > 1 and len(prefixes) == 1 and len(series) + len(nothing) == len(values):
        sign = -1.0 if prefixes == {"a"} and all(float(m["number"]) < 8 for m in series.values()) else 1.0
        placed = {v: sign * _number(m["number"]) for v, m in series.items()}
        return "series", placed | dict.fromkeys(nothing, min(placed.values()) - 1)
    best: tuple[str, dict[str, float]] = ("", {})
    for name, steps in _STEPS.items():
        found = {v: float(steps[form]) for v in values if (form := stems(v)) in steps}
        if len(set(found.values())) > max(1, len(best[1])) and len(found) >= 0.6 * len(values):
            best = name, found
    if not best[1] and len(numbers) > 1:
        common = max(sorted(kinds), key=lambda k: sum(q.kind == k for q in numbers.values()))
        placed = {v: q.amount for v, q in numbers.items() if q.kind == common}
        if len(placed) > 1:
            return common or "number", placed
    return best
