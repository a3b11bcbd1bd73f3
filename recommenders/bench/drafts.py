"""Task `drafts`: is a reply grounded, does it ask for what is not known, and how near is it to what a person sent?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rapidfuzz.distance import LCSseq

from recommenders.bench.datasets import MissingDataset, TauRetail, revision, tau_retail
from recommenders.bench.facts import Records, unsupported
from recommenders.bench.metrics import estimate
from recommenders.bench.outcome import About, Answerer, Figure, Outcome, Setup
from recommenders.bench.packages import MissingPackage
from recommenders.domain import Customer
from recommenders.protocols import Encoder
from recommenders.retrieval.encoder import load_encoder
from recommenders.text.language import LanguageDetector

BASELINE, OURS = "template", "drafts"
GREETED = "Hi {name}! Thank you for your message. I'm looking into it and will write back to you."
NOT_GREETED = "Hi there! Thank you for your message. I'm looking into it and will write back to you."
NOW = "2026-03-02T10:00:00Z"
LANGUAGE = "en"
_ORDER_GAP = re.compile(r"\[\[order number\]\]|order number, or|which of your orders", re.IGNORECASE)
_ORDER = re.compile(r"#?\b(W\d{5,})\b")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
ABOUT = About(
    "An agent opens a thread at a point where the customer waits for an answer. Is the reply that is suggested free of "
    "facts that nobody vouches for, does it know what it knows, and how near is it to what was sent?",
    "Unsupported facts are counted by a checker that shares no code with the composer: numbers, sums, dates, orders, "
    "addresses, codes and names must stand in the thread or in the customer's own records. Gaps are right when an "
    "order that the customer has named is not asked for again, and none that they have not is named. ROUGE-L (Lin "
    "2004) and the cosine compare with the reply that was sent.",
    "Worked dialogues of tau-bench's retail domain (Yao et al. 2024, arXiv:2406.12045; MIT). Each is left out of what "
    "is searched for itself; turns of one dialogue are drawn together. They are handled by a language model that looks "
    "up and acts, so no reply made beforehand can be equal to them.",
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A point at which the customer waits: the messages so far, who they are as far as was said, and what was sent."""

    dialogue: str
    messages: tuple[Mapping[str, str], ...]
    customer: Customer | None
    orders: frozenset[str]  # of this customer, that were named
    sent: str

    @property
    def request(self) -> dict[str, Any]:
        """The body of the request."""
        ticket = {"id": self.dialogue, "channel": "chat", "messages": [dict(message) for message in self.messages]}
        body: dict[str, Any] = {"ticket": ticket, "now": NOW, "sections": ["similar", "saves", "codes", "drafts"]}
        return body | ({"customer": {"id": self.customer.id}} if self.customer else {})


def drafts(setup: Setup) -> Outcome:
    """tau-bench retail: every point of 69 dialogues at which the customer waits, asked of the whole engine.

    `drafts` is the first draft, `similar reply` the reply of the nearest other dialogue as the panel shows it, without
    its customer's facts, `template` the same two sentences for everybody.
    """
    data = tau_retail(setup.data)
    shop = setup.data / "tau_retail/shop"
    if not (shop / "tickets.jsonl").is_file():
        raise MissingDataset(f"tau_retail: no {shop / 'tickets.jsonl'}; or name another folder with --data")
    if setup.engine_of is None:
        raise MissingPackage("it asks the whole engine; run it with `copilot bench`")
    turns = turns_of((shop / "tickets.jsonl").read_text("utf-8").splitlines(), data)
    records = Records(data.catalog, tuple(data.customers.values()), data.orders)
    replies: dict[str, list[str]] = {OURS: [], "similar reply": [], BASELINE: []}
    with setup.engine_of(shop) as engine:
        for turn in setup.watched(turns, "drafts"):
            for name, reply in replies_to(turn, engine).items():
                replies[name].append(reply)
    encoder = load_encoder(setup.model)
    figures = [
        figure for name, said in replies.items() for figure in judged(name, said, turns, records, encoder, setup.seed)
    ]
    config = {"turns": len(turns), "dialogues": len({turn.dialogue for turn in turns}), "now": NOW}
    digest = revision([shop / "tickets.jsonl", shop / "orders.jsonl", shop / "customers.jsonl", shop / "products.csv"])
    return Outcome(
        "tau_retail", digest, config, tuple(figures), BASELINE, about=ABOUT, ours=OURS, headline="unsupported facts"
    )


def turns_of(rows: Sequence[str], data: TauRetail) -> list[Turn]:
    """Every customer message of the dialogues that an agent answered; rows are lines of JSON."""
    named = {f"{one.first_name} {one.last_name}".casefold(): one for one in data.customers.values()}
    by_email = {one.email.casefold(): one for one in data.customers.values()}
    turns = []
    for row in map(json.loads, filter(None, rows)):
        messages = [{"author": m["author"], "text": m["text"]} for m in row["messages"]]
        for place in range(1, len(messages)):
            if messages[place]["author"] != "agent" or messages[place - 1]["author"] != "customer":
                continue
            before = messages[:place]
            said = "\n".join(message["text"] for message in before if message["author"] == "customer")
            found = [by_email[mail.casefold()] for mail in _EMAIL.findall(said) if mail.casefold() in by_email]
            found += [one for name, one in named.items() if name in said.casefold()]
            customer = found[0] if found else None
            own = {order.name.lstrip("#") for order in data.orders if customer and order.customer_id == customer.id}
            orders = frozenset(own & set(_ORDER.findall(said)))
            turns.append(Turn(row["id"], tuple(before), customer, orders, messages[place]["text"]))
    return turns


def replies_to(turn: Turn, engine: Answerer) -> dict[str, str]:
    """What each recommender would reply; "" where it has nothing to say."""
    answer = engine.suggest(turn.request)
    name = turn.customer.first_name if turn.customer else ""
    return {
        OURS: answer["drafts"][0]["text"] if answer["drafts"] else "",
        "similar reply": answer["similar"][0]["reply"] if answer["similar"] else "",
        BASELINE: GREETED.replace("{name}", name) if name else NOT_GREETED,
    }


def judged(
    name: str, said: Sequence[str], turns: Sequence[Turn], records: Records, encoder: Encoder, seed: int
) -> list[Figure]:
    """The figures of one recommender; what says nothing is near to nothing, but has no wrong fact either."""
    groups = tuple(turn.dialogue for turn in turns)
    language = LanguageDetector()
    facts = [
        float(len(unsupported(text, records.known((m["text"] for m in turn.messages), turn.customer, text))))
        for text, turn in zip(said, turns, strict=True)
    ]
    ours, theirs = encoder.encode(list(said)), encoder.encode([turn.sent for turn in turns])
    cosines = [float(value) if text else 0.0 for value, text in zip(np.sum(ours * theirs, axis=1), said, strict=True)]
    values: dict[str, tuple[list[float], bool]] = {
        "unsupported facts": (facts, False),
        "free of unsupported facts": ([float(not count) for count in facts], True),
        "gaps right": ([float(gaps_right(text, turn)) for text, turn in zip(said, turns, strict=True)], True),
        "language right": ([float(bool(text) and language.detect(text, "")[:2] == LANGUAGE) for text in said], True),
        "ROUGE-L": ([rouge_l(text, turn.sent) for text, turn in zip(said, turns, strict=True)], True),
        "similarity": (cosines, True),
        "replies": ([float(bool(text)) for text in said], True),
    }
    return [
        Figure(
            name, metric, estimate(each, groups, seed=seed), tuple(each), groups,
            better="higher" if higher else "lower",
        )
        for metric, (each, higher) in values.items()
    ]  # fmt: skip


def gaps_right(text: str, turn: Turn) -> bool:
    """Whether an order that the customer named is not asked for again, and none is named that is not theirs."""
    if not text:
        return False
    own = set(_ORDER.findall(" ".join(message["text"] for message in turn.messages)))
    if turn.orders:
        return not _ORDER_GAP.search(text)
    return turn.customer is not None or not set(_ORDER.findall(text)) - own


def rouge_l(text: str, reference: str) -> float:
    """F1 of the longest common subsequence of words (Lin 2004), lower case, without stemming."""
    one, other = (re.findall(r"[a-z0-9]+", piece.casefold()) for piece in (text, reference))
    common = LCSseq.similarity(one, other)
    return 2 * common / (len(one) + len(other)) if common else 0.0
