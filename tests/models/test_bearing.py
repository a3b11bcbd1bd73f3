"""What is taken off an encoder's vectors so that they are on the scale of the packaged one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from copilot.models.bearing import A_LANGUAGE, UNRELATED, Bearing, sample_texts

FloatArray = npt.NDArray[np.float32]
RANDOM = np.random.default_rng(7)
TEXTS = [(f"{language} {number}", language) for language in ("de", "en") for number in range(50)]
MEANING = RANDOM.normal(size=(50, 24)).astype(np.float32)
CONE = RANDOM.normal(size=24).astype(np.float32) * 3
ACCENT = {"de": RANDOM.normal(size=24).astype(np.float32), "en": RANDOM.normal(size=24).astype(np.float32)}


def encode(texts: object, cone: float = 1.0) -> FloatArray:
    """The same meaning in both languages, in a cone, with an accent."""
    rows = [(language, int(number)) for language, number in (str(text).split() for text in list(texts))]  # type: ignore[call-overload]
    made = np.stack([MEANING[number] + cone * (CONE + ACCENT[language]) for language, number in rows])
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def alike(vectors: FloatArray) -> float:
    products = vectors @ vectors.T
    return float(products[np.triu_indices(len(products), 1)].mean())


def test_two_unrelated_texts_are_as_alike_as_the_packaged_encoder_finds_them() -> None:
    raw = encode([text for text, _ in TEXTS])
    assert alike(raw) > 0.6
    bearing = Bearing.measure("x", encode, TEXTS)
    turned = bearing.applied(raw, [language for _, language in TEXTS])
    assert alike(turned) == pytest.approx(UNRELATED, abs=0.02)
    assert np.allclose(np.linalg.norm(turned, axis=1), 1, atol=1e-5)


def test_the_same_in_two_languages_meets() -> None:
    raw = encode([text for text, _ in TEXTS])
    turned = Bearing.measure("x", encode, TEXTS).applied(raw, [language for _, language in TEXTS])
    nearest = (turned[:50] @ turned[50:].T).argmax(axis=1)
    assert (nearest == np.arange(50)).mean() > 0.95
    assert np.einsum("ij,ij->i", turned[:50], turned[50:]).mean() > UNRELATED + 0.4


def test_vectors_that_are_spread_lose_only_their_accent() -> None:
    bearing = Bearing.measure("x", lambda texts: encode(texts, 0.0), TEXTS)
    assert np.abs(bearing.offsets[""]).max() < 1e-6


def test_a_language_that_was_not_measured_has_the_common_share() -> None:
    bearing = Bearing.measure("x", encode, TEXTS)
    raw = encode(["de 1"])
    assert np.allclose(bearing.applied(raw, ["pl"]), bearing.applied(raw, [""]))


def test_it_is_kept_for_the_encoder_that_it_was_measured_of(tmp_path: Path) -> None:
    bearing = Bearing.measure("x", encode, TEXTS)
    path = tmp_path / "cache" / "bearing.npz"
    assert Bearing.load(path, "x") is None
    bearing.save(path)
    again = Bearing.load(path, "x")
    assert again is not None
    assert all(np.array_equal(again.offsets[language], bearing.offsets[language]) for language in ("de", "en", ""))
    assert Bearing.load(path, "y") is None
    path.write_bytes(path.read_bytes()[:100])
    assert Bearing.load(path, "x") is None


def test_the_sample_is_the_same_number_of_every_language_and_always_the_same() -> None:
    texts = sample_texts()
    languages = [language for _, language in texts]
    assert {languages.count(language) for language in set(languages)} == {A_LANGUAGE}
    assert {"en", "de", "fr", "es"} <= set(languages)
    assert texts == sample_texts()
