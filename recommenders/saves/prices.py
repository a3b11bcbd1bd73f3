"""What it may cost: "max £160", "under 50 €", "nicht mehr als 30 Euro", "half the price", in several number formats."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SIGN = (
    r"(?:[€£$]|(?:eur|gbp|usd|chf|cad|aud|euros?|pounds?|quid|dollars?|dollari|d[oó]lares|livres|libras|sterline|francs?"
    r"|franken)\b)"
)
_NUMBER = r"(?<![\w#.,])\d{1,3}(?:[.,'’ ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|(?<![\w#.,])\d{1,6}(?:[.,]\d{1,2})?(?!\d)"
_AMOUNT = rf"(?:(?P<before>{_SIGN})\s?)?(?P<number>{_NUMBER})(?:\s?(?P<after>{_SIGN}))?"
_AT_MOST = (
    r"max(?:imum|imal|imaal|imo)?\.?|m[aá]ximo|massimo|under|below|less than|up to|(?:not?"
    r"|nothing) (?:more than|over|above)"
    r"|at most|cheaper than|unter|h[oö]chstens|bis zu|bis|weniger als|nicht (?:mehr als|[uü]ber|teurer als)|moins de"
    r"|pas plus de|jusqu['’][àa]|sous|menos de|hasta|como mucho|no m[aá]s de|meno di|fino a|al massimo"
    r"|non pi[uù] di|sotto i"
    r"|onder(?: de)?|minder dan|niet meer dan|hooguit|hoogstens|tot|at[eé]|no m[aá]ximo|n[aã]o mais (?:de|do que)"
    r"|budget|presupuesto|or[cç]amento|spend|ausgeben|d[eé]penser|gastar|spendere|uitgeven"
)
_BEFORE = re.compile(rf"\b(?:{_AT_MOST})\b(?P<filler>(?:\s+[^\W\d]{{1,9}}){{0,3}}?)\s*:?\s*{_AMOUNT}", re.IGNORECASE)
_BEHIND = re.compile(
    rf"{_AMOUNT}\s*(?:max(?:imum|imal|imaal)?\b|m[aá]ximo\b|massimo\b|(?:or|oder|ou|o|of) (?:less|under|below|weniger|"
    r"darunter|moins|menos|meno|minder)\b|tops\b|at most\b|h[oö]chstens\b|budget\b)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    rf"\b(?:between|zwischen|entre|tra|fra|tussen)\s+(?:[€£$]\s?)?(?P<low>{_NUMBER})\s?{_SIGN}?\s*(?:and|und"
    rf"|et|y|e|en)\s+"
    rf"{_AMOUNT}",
    re.IGNORECASE,
)
_HALF = re.compile(
    r"\b(?:half (?:the|of the|that) price|h[aä]lfte (?:des preises|vom preis)|moiti[eé] prix|moiti[eé] du prix"
    r"|mitad (?:de|del) precio|met[aà] (?:del )?prezzo|helft van de prijs|metade do pre[cç]o)\b",
    re.IGNORECASE,
)
_FREELY = re.compile(r"budget|presupuesto|or[cç]amento|spend|ausgeben|penser|gastar|spendere|uitgeven", re.IGNORECASE)
_UNITS = re.compile(
    r"\s?(?:ml|cl|l|g|kg|cm|mm|m|w|v|h|km|%|°|hours?|days?|weeks?|months?|years?|people|persons?)\b|\s?[%°]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PriceLimit:
    """What a thing may cost; `share` is a share of what was paid for the item complained of."""

    most: float | None = None
    least: float | None = None
    share: float | None = None

    def allows(self, price: float, paid: float | None = None) -> bool:
        """Whether a price is within it. Without knowing what was paid, a share excludes nothing."""
        if self.most is not None and price > self.most + 0.005:
            return False
        if self.least is not None and price < self.least - 0.005:
            return False
        return self.share is None or paid is None or price <= paid * self.share * 1.1 + 0.005


def find_limit(text: str) -> PriceLimit:
    """The limit that a text sets; one without limits where it sets none."""
    between = _BETWEEN.search(text)
    if between and (between["before"] or between["after"]):
        return PriceLimit(amount(between["number"]), amount(between["low"]))
    most: list[float] = []
    for match in _BEFORE.finditer(text):
        priced = match["before"] or match["after"] or _FREELY.match(match[0])
        if priced and not (match["after"] is None and _UNITS.match(text, match.end())):
            most.append(amount(match["number"]))
    most += [amount(m["number"]) for m in _BEHIND.finditer(text) if m["before"] or m["after"]]
    share = 0.5 if _HALF.search(text) else None
    return PriceLimit(min(most) if most else None, None, share)


def amount(number: str) -> float:
    """ "1.299,00", "1,299.00", "49,90" and "1 299" as numbers: what has two digits or one behind it is the fraction."""
    digits = re.sub(r"[ '’]", "", number)
    whole, sign, fraction = digits, "", ""
    for mark in (".", ","):
        head, found, tail = digits.rpartition(mark)
        if found and len(tail) < 3 and len(tail) > 0 and (not sign or len(head) > len(whole)):
            whole, sign, fraction = head, found, tail
    return float(re.sub(r"[.,]", "", whole) + ("." + fraction if fraction else ""))
