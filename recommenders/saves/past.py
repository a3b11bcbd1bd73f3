"""What this customer sent back, and why: it must not be the answer to the same complaint."""

from __future__ import annotations

from collections.abc import Sequence

from recommenders.domain import Catalog, Order, Product, Variant
from recommenders.saves.options import OptionSpace
from recommenders.text.words import stems

# Reasons that say nothing against the product: the parcel, the purchase or the piece was at fault.
_ELSEWHERE = frozenset(stems(
    "damaged broken defective faulty leaked leaking late lost wrong mistake accident duplicate twice arrived "
    "delivery gift "
    "unwanted unneeded changed mind cheaper elsewhere recipient moved cancelled beschadigt defekt falsch "
    "doppelt spat casse "
    "endommage erreur double retard roto danado equivocado duplicado tarde verkeerd kapot dubbel rotto "
    "sbagliato doppio"
))  # fmt: skip
# Reasons that lie in one option: words of the option's kind, or comparatives along it.
_BY_NOTION: dict[str, frozenset[str]] = {
    "size": frozenset(stems("size small large big tight loose short long wide narrow fit taille petit grand "
    "grosse klein gross eng "
                            "talla pequeno grande maat taglia piccolo sleeve sleeves toe toes length")),
    "dark": frozenset(stems("shade dark pale light tone teinte ton tono foncee clair hell dunkel oscuro claro "
    "orange")),
    "colour": frozenset(stems("colour color farbe couleur kleur colore cor")),
    "scent": frozenset(stems("scent smell fragrance perfume duft geruch parfum odeur olor aroma geur profumo")),
    "flavour": frozenset(stems("flavour flavor taste geschmack gout sabor gusto smaak")),
}  # fmt: skip


# These lie in the width, which another size does not change; where there is no option for it, in the whole thing.
_WIDTH = frozenset(stems(
    "narrow wide broad width etroit etroite large largeur eng schmal breit weit estrecho ancho ancha "
    "stretto largo smal breed apertado"
))  # fmt: skip


def barred(orders: Sequence[Order], catalog: Catalog) -> frozenset[str]:
    """Skus that this customer returned for a reason that holds, with every sibling that shares the cause."""
    found: set[str] = set()
    for order in orders:
        for sent in order.returns:
            known = catalog.by_sku.get(sent.sku)
            if known is None:
                continue
            product, variant = known
            found |= _sharing(product, variant, sent.reason)
    return frozenset(found)


def _sharing(product: Product, variant: Variant, reason: str) -> set[str]:
    said = set(stems(reason))
    if not said:
        return {variant.sku}
    if said & _ELSEWHERE:
        return set()
    space = OptionSpace.of(product)
    if said & _WIDTH and not any("width" in option.notions for option in space.options):
        return {v.sku for v in product.variants}
    for option in space.options:
        for notion in sorted(option.notions):
            if said & _BY_NOTION.get(notion, frozenset()) and len(option.values) > 1:
                # "too small": the same size in another colour is as small.
                return {
                    v.sku for v in product.variants if v.options.get(option.name) == variant.options.get(option.name)
                }
    return {v.sku for v in product.variants}
