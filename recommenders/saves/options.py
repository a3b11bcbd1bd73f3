"""The options of one product as a space: each option's values, how a text may name them, and their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recommenders.domain import Product, Variant
from recommenders.saves.scales import ALIASES, quantity, ranks, synonyms, unit_of
from recommenders.text.words import stems

# Which notions an option's name stands for; comparatives ("bigger", "darker") look for an option by notion.
_NOTIONS: dict[str, str] = {
    "size": "bag tin bottle bed drive wheel format diameter sheet size taille groesse grosse talla tamano maat "
    "misura taglia tamanho format fit talle",
    "capacity": "capacity volume storage memory ram content inhalt contenance capacidad capienza "
    "fassungsvermogen tank pack "
    "weight packung quantity",
    "length": "length height width depth diameter long hohe lange longueur hauteur largo altura lunghezza "
    "lengte inseam leg "
    "screen display cable range waist breite",
    "width": "calf waist width breite largeur ancho ancha fit larghezza wijdte weite",
    "thickness": "gauge thickness dicke epaisseur grosor spessore dikte",
    "bright": "brightness helligkeit luminosite brillo luminosita light lumen",
    "dark": "shade colour color tone teinte ton tono farbton nuance tonalita farbe couleur roast rost skin tint",
    "strong": "strength intensity roast level speed power pressure starke intensite intensidad firmness spice "
    "heat voltage "
    "setting flavour",
    "weight": "weight gewicht poids peso",
    "count": "piece count pack quantity number anzahl pieces nombre cantidad",
    "time": "time life duration battery runtime laufzeit autonomie autonomia dauer",
    "sharp": "resolution quality auflosung",
    "zoom": "zoom magnification",
    "wide view": "view angle field",
    "hard": "difficulty level skill schwierigkeit firmness",
    "fast": "speed processor geschwindigkeit vitesse",
    "age": "age alter edad eta leeftijd",
    "colour": "colour color farbe couleur cor colore kleur shade finish teinte",
    "scent": "scent fragrance duft parfum aroma profumo geur perfume senteur odeur",
    "flavour": "flavour flavor taste geschmack gout sabor gusto smaak",
    "material": "material fabric stoff matiere tessuto materiaal tela",
    "warm": "warmth weight tog",
    "width view": "",
}
_BY_WORD: dict[str, set[str]] = {}
for _notion, _names in _NOTIONS.items():
    for _name in stems(_names):
        _BY_WORD.setdefault(_name, set()).add(_notion)
_BY_KIND: dict[str, tuple[str, ...]] = {
    "volume": ("capacity", "size"), "mass": ("capacity", "weight", "size"), "ounce": ("capacity", "size"),
    "length": ("length", "size"), "power": ("strong", "bright"), "light": ("bright",), "memory": ("capacity",),
    "charge": ("capacity", "time"), "time": ("time",), "pressure": ("strong",), "count": ("count", "size",
    "capacity"),
    "size": ("size",), "shade": ("dark",), "level": ("strong",), "thickness": ("thickness",), "bed": ("size",),
    "warmth": ("warm",), "width": ("width", "size"), "skill": ("hard",), "resolution": ("sharp",),
    "pixel": ("sharp",),
    "times": ("zoom",), "angle": ("wide view",), "month": ("age", "size"), "tog": ("warm",), "denier": ("thickness",),
    "area": ("size",), "kelvin": ("warm",), "whiteness": ("warm",), "person": ("capacity",
    "size"), "protection": ("strong",), "%": ("size", "strong"), "cup": ("capacity", "size"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its values in catalogue order, their places on its scale, the notions that it stands for."""

    name: str
    values: tuple[str, ...]
    words: frozenset[str]
    scale: str
    rank: Mapping[str, float]
    notions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Form:
    """A way in which a text may name a value."""

    option: str
    value: str
    words: tuple[str, ...]
    exact: bool  # the value as the catalogue writes it, not an alias or a part of it


@dataclass(frozen=True)
class OptionSpace:
    """Everything about a product's options that reading a wish needs; built once for a catalogue."""

    product: Product
    options: tuple[Option, ...]
    forms: Mapping[str, tuple[Form, ...]]  # by first word

    @classmethod
    def of(cls, product: Product) -> OptionSpace:
        """The space of a product's variants."""
        names = list(dict.fromkeys(n for v in product.variants for n in v.options))
        options = []
        for name in names:
            values = tuple(dict.fromkeys(v.options[name] for v in product.variants if name in v.options))
            scale, rank = ranks(values)
            words = frozenset(stems(name))
            notions = {n for w in words for n in _BY_WORD.get(w, ())} | set(_BY_KIND.get(scale, ()))
            options.append(Option(name, values, words, scale, rank, frozenset(notions)))
        forms: dict[str, list[Form]] = {}
        for form in _forms(options):
            forms.setdefault(form.words[0], []).append(form)
        ordered = {w: tuple(sorted(fs, key=lambda f: (-len(f.words), not f.exact))) for w, fs in forms.items()}
        return cls(product, tuple(options), ordered)

    def option(self, name: str) -> Option:
        """The option of that name."""
        return next(o for o in self.options if o.name == name)

    def variant(self, sku: str) -> Variant | None:
        """The variant with that sku."""
        return next((v for v in self.product.variants if v.sku == sku), None)


def _forms(options: list[Option]) -> list[Form]:
    """Spellings of every value: as written, by alias, by quantity in other units, without its unit or its tail."""
    found: dict[tuple[str, tuple[str, ...]], list[Form]] = {}

    def add(option: Option, value: str, words: tuple[str, ...], exact: bool = False) -> None:
        if words and words != ("",):
            entry = found.setdefault((option.name, words), [])
            if not any(f.value == value for f in entry):
                entry.append(Form(option.name, value, words, exact))

    for option in options:
        for value in option.values:
            words = stems(value)
            if words in (("yes",), ("no",), ("none",)):
                continue  # named by the option's own name: see wish.py
            add(option, value, words, True)
            for alias in (*ALIASES.get(words, ()), *synonyms(option.scale, words)):
                add(option, value, alias)
            for spelling in _measures(words):
                add(option, value, spelling)
            if len(words) > 1 and (amount := quantity(value)) is not None and amount.kind:
                size = 2 if len(words) > 1 and unit_of(words[1]) else 1
                if sum(w[0].isdigit() for w in words) < 2:  # "60 x 90" is not named by its 60
                    add(option, value, words[:size])
                if len(words) > size:  # "60W equivalent": the tail alone names nothing
                    continue
            elif len(words) > 1:
                for i in range(len(words)):
                    if len(words[i]) > 3 and words[i].isalpha() and words[i] not in option.words:
                        add(option, value, (words[i],))
                        for alias in ALIASES.get((words[i],), ()):
                            add(option, value, alias)
            if len(words) == 2 and words[1].isalpha() and len(words[0]) > 2 and words[0].isalpha():
                add(option, value, (words[0] + words[1],))
    # A part that several values share ("strap" of "leather strap", "metal strap") names none of them.
    kept = []
    for entry in found.values():
        exact = [f for f in entry if f.exact]
        kept += exact or (entry if len(entry) == 1 else [])
    return kept


_PARTS = {("1", "2"): ("half",), ("1", "4"): ("quarter",), ("3", "4"): ("three", "quarter")}


def _measures(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Other spellings of a value of several numbers: "60 by 90" without its unit, "half inch"."""
    numbers = [w for w in words if w[0].isdigit()]
    if len(numbers) < 2:
        return []
    bare = words[:-1] if unit_of(words[-1]) and words[-1] != "x" else words
    found = [bare] if bare != words else []
    if "x" in bare:
        found += [tuple(y for w in bare for y in ((by,) if w == "x" and by else () if w == "x" else (w,)))
                  for by in ("by", "mal", "par", "por", "per", "auf", "op", "")]  # fmt: skip
    fraction = _PARTS.get((numbers[0], numbers[1])) if len(words) <= 3 else None
    if fraction:
        found += [(*fraction, unit) for unit in (words[2:3] or ("inch",))] + [(*fraction, "inch")]
    return list(dict.fromkeys(found))
