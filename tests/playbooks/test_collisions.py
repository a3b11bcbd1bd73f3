"""Pairs of rules that ask for what does not go together."""

from __future__ import annotations

import pytest

from recommenders.playbooks.collisions import collisions_of
from recommenders.playbooks.loader import load_files
from tests.playbooks.fixtures import catalog

BOOK = """\
rules:
  - id: one
    when: {{says: [a]}}
    then: {one}
  - id: two
    when: {{says: [b]}}
    then: {two}
gestures:
  - {{id: card, occasions: [loyalty], gesture: A card}}
  - {{id: cake, occasions: [loyalty], gesture: A cake}}
"""


@pytest.mark.parametrize(
    ("one", "two", "found"),
    [
        ("{code: TEN}", "{code: FIVE}", ["codes: one asks for TEN, two for FIVE"]),
        ("{code: TEN}", "{code: ten}", []),
        ("{prefer: {handles: [fell-boot]}}", "{avoid: {types: [boots]}}",
         ["products: one wants Fell Boot, two avoids it"]),
        ("{avoid: {tags: [wool, waterproof]}}", "{prefer: {types: [Socks, Jackets]}}",
         ["products: two wants Wool Sock and 1 more, one avoids it"]),
        ("{prefer: {types: [Socks]}}", "{avoid: {types: [Boots]}}", []),
        ("{offer: {product: wool-sock}}", "{avoid: {tags: [wool]}}", ["products: one wants Wool Sock, two avoids it"]),
        ("{gesture: card}", "{delight: cake}", ["gestures: one proposes card, two cake"]),
        ("{gesture: card}", "{delight: card}", []),
        ("{warn: x}", "{code: TEN}", []),
    ],
)  # fmt: skip
def test_a_pair(one: str, two: str, found: list[str]) -> None:
    book = load_files({"x.yaml": BOOK.format(one=one, two=two)})
    got = collisions_of(book, {"t-1": ["x.yaml#one", "x.yaml#two"], "t-2": ["x.yaml#one"]}, catalog())
    assert [f"{c.kind}: {c.why}" for c in got] == found
    assert all(c.tickets == ("t-1",) for c in got)
