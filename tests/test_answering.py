"""The whole engine over a shop directory, as the benchmarks ask it."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.answering import answering
from copilot.errors import CopilotError
from copilot.settings import read_settings
from tests.shop_of_coats import write_coats

TIGHT = "<p>The Fern Cardigan from #1001 is too tight. Can I swap it for a larger one?</p>"
REQUEST = {
    "ticket": {"id": "t", "order_ids": ["#1001"], "messages": [{"author": "customer", "text": TIGHT}]},
    "customer": {"email": "ana@example.com"},
    "now": "2026-03-02T10:00:00Z",
}


def test_a_shop_is_loaded_asked_and_gone(tmp_path: Path) -> None:
    shop, kept = tmp_path / "shop", tmp_path / "data"
    write_coats(shop)
    with answering(read_settings({"data": str(kept)}))(shop) as engine:
        first, second = engine.suggest(REQUEST), engine.suggest(REQUEST)
        assert engine.catalog.by_sku["FC-L"][0].handle == "fern-cardigan"
        assert engine.encoded(REQUEST) == "The Fern Cardigan from #1001 is too tight. Can I swap it for a larger one?"
        with pytest.raises(CopilotError):
            engine.suggest({"ticket": {}})
    assert first["signals"]["language"] == "en"
    assert first["degraded"] == []
    assert first["timings_ms"]["encode"] > 0
    assert {**first, "timings_ms": 0} == {**second, "timings_ms": 0}
    assert not kept.exists(), "what the settings name is left alone"
