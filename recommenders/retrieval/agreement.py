"""Does a quantized model still say the same? Measured on short support texts in several languages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommenders.protocols import FloatArray

_TOP = 10
_THINGS = (
    "the kettle", "my jacket", "these running shoes", "the coffee grinder", "a phone case", "the dog bed", "the drill",
    "this face cream", "the night light", "the board game",
)  # fmt: skip
_MATTERS = (
    "{} arrived broken, can I get a new one?",
    "I'd like to return {} because it doesn't suit me",
    "where is my parcel with {}? tracking has not moved for a week",
    "{} is too small, do you have it one size up",
    "how do I clean {} without damaging it?",
    "you charged me twice for {}",
    "is {} back in stock soon, and at what price",
    "I got somebody else's order instead of {}",
    "{} smells odd and gave me a headache",
    "can you gift wrap {} for my father's birthday",
    "please cancel {}, I ordered it by mistake last night",
    "the discount code is refused at checkout for {}",
    "is there something lighter than {} that lasts longer?",
    "{} stopped working after two days and nobody answers",
    "does the warranty cover {} if it falls",
)
_OTHERS = (
    "Thanks a lot, have a nice weekend!", "ok", "Meine Bestellung ist noch nicht angekommen, wo bleibt sie?",
    "Ich möchte die Jacke gern in einer größeren Größe umtauschen.", "Der Rabattcode funktioniert leider nicht.",
    "Le colis est arrivé ouvert et il manque un article.", "Je voudrais annuler ma commande, s'il vous plaît.",
    "Est-ce que cette veste existe en taille plus grande ?", "Mi pedido lleva diez días de retraso.",
    "¿Puedo devolver los zapatos si ya los he probado?", "El producto llegó roto, quiero un reembolso.",
    "Il pacco non è ancora arrivato.", "Vorrei cambiare la taglia della maglia.", "Waar blijft mijn pakket?",
    "De trui is te klein, kan ik hem ruilen?", "A encomenda ainda não chegou.", "O código de desconto não funciona.",
    "I will contact my lawyer if I don't get my money back by Friday.", "Please delete all data you hold about me.",
    "My mother passed away and I need to cancel her subscription.", "Someone used my account to order things.",
    "Do you ship to Norway and how long does it take?", "I never received an invoice for my last order.",
    "Can I pause my subscription until after the summer?", "The colour looks different from the photo.",
    "It burns on my skin and I have a rash.", "There was glass in the box!", "Your chat agent was very rude to me.",
    "You are the best shop ever, thank you so much", "I moved house, please change the delivery address",
    "the zip broke on the first day 😡", "can u send me a return label pls", "What is your return policy?",
    "Is this safe for a two year old?", "Which of the two is better for a beginner?",
    "I need it before Saturday, is express possible?", "What does the loyalty programme give me?",
    "I cannot log in, the reset mail never arrives", "My gift card shows a balance of zero.",
    "The app crashes when I open my basket.", "Could you add a handwritten note to the parcel?",
    "Two of the six glasses are missing.", "The manual is only in Chinese.", "Is the leather real?",
    "Do you price match other shops?", "Stop sending me newsletters.", "I want to speak to your manager now.",
    "The replacement is broken as well, this is the third time!", "Can I pick it up in your store today?",
    "The courier left it in the rain and everything is soaked.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Agreement:
    """Cosine of each text's two vectors, and the share of its ten nearest neighbours that both models name."""

    cosine_mean: float
    cosine_min: float
    overlap: float


def sample_texts() -> list[str]:
    """Two hundred short texts as customers write them."""
    return [matter.format(thing) for matter in _MATTERS for thing in _THINGS] + list(_OTHERS)


def agreement(expected: FloatArray, actual: FloatArray) -> Agreement:
    """Compares two (texts, dimension) arrays of unit rows."""
    cosines = np.einsum("ij,ij->i", expected, actual)
    shared = [len(a & b) / _TOP for a, b in zip(_neighbours(expected), _neighbours(actual), strict=True)]
    return Agreement(round(float(cosines.mean()), 5), round(float(cosines.min()), 5), round(float(np.mean(shared)), 4))


def _neighbours(vectors: FloatArray) -> list[set[int]]:
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -2.0)
    return [set(row) for row in np.argsort(-scores, axis=1, kind="stable")[:, :_TOP].tolist()]
