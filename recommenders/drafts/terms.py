"""Terms: what the shop's help centre and running codes promise, and what a text says against them.

An article wins over everything that was written earlier: an old reply, a product page, a playbook's sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from recommenders.domain import Code, Context, Evidence, Order, SimilarCase, Warning
from recommenders.drafts.claims import PROMISED, Claim, read_claims, topics_in
from recommenders.drafts.passages import Passage
from recommenders.text.sentences import split_sentences

SUPERSEDED = "superseded-claim"
NEAR = 0.03  # share by which lengths of time may differ and be the same: a month is 30 days
MOST_APART = 30
SHORTEST_WINDOW = 7.0  # days; what is shorter is the time that a step takes
GRACE = 2.0  # days that a parcel may have waited for its customer
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,}")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A claim and what stands against it: `source` is the article, None for a code; `text` its words."""

    claim: Claim
    source: Evidence | None
    text: str


class Terms:
    """Built once for a catalogue revision; read-only."""

    def __init__(self, passages: Sequence[Passage] = (), codes: Iterable[Code] = ()) -> None:
        """`passages` are those of the help centre, each with the heading that it stands under."""
        self._codes = {code.code.casefold(): code for code in codes}
        self._said: dict[tuple[str, str], list[tuple[Claim, Evidence]]] = {}
        for passage in passages:
            heading = topics_in(passage.label) or topics_in(passage.title)
            for line in passage.lines:
                for claim in read_claims(line, passage.language, heading):
                    for topic in claim.topics:
                        self._said.setdefault((claim.kind, topic), []).append((claim, passage.evidence))

    def conflicts(self, text: str, language: str, now: datetime) -> list[Conflict]:
        """What a text claims against the shop's terms as they are now, in its order.

        A claim on a topic that no article speaks of has nothing against it. One that agrees with any article on any
        of its topics is kept, for a shop may promise one country three days and another nine.
        """
        claims = read_claims(text, language)
        found = [
            self._discount(claim, now) if "discount" in claim.topics else self._published(claim) for claim in claims
        ]
        return [conflict for conflict in found if conflict is not None]

    def against(self, text: str, language: str, context: Context) -> str | None:
        """The first sentence of a text that the shop's terms contradict, else None."""
        conflicts = self.conflicts(text, language, context.now)
        return conflicts[0].claim.text if conflicts else None

    def superseded(self, similar: SimilarCase, now: datetime) -> Warning | None:
        """What to tell an agent who may insert an old reply that promises what is no longer so."""
        conflicts = self.conflicts(similar.reply, similar.case.language, now)
        if not conflicts:
            return None
        first = conflicts[0]
        where = f"the article {first.source.id} says: “{first.text}”" if first.source else first.text
        return Warning(
            SUPERSEDED, f"The reply of {similar.case.id} is out of date: it says “{first.claim.text}”, but {where}."
        )

    def without_conflicts(self, text: str, language: str, now: datetime) -> str:
        """The text without the sentences that claim something against the shop's terms."""
        wrong = {conflict.claim.text for conflict in self.conflicts(text, language, now)}
        if not wrong:
            return text
        return " ".join(s.text for s in split_sentences(text) if s.text not in wrong)

    def window_over(self, order: Order | None, now: datetime) -> tuple[int, Evidence] | None:
        """The days in which things may be sent back and the article that says so, if they are over for an order.

        The longest time that any article gives counts, for what is longer may be meant for this very thing.
        """
        if order is None or order.delivered_at is None:
            return None
        given = [
            (claim.high, source)
            for claim, source in self._said.get(("duration", "return"), [])
            if claim.high >= SHORTEST_WINDOW and not {"refund", "delivery", "warranty", "damage"} & set(claim.topics)
        ]
        if not given:
            return None
        days, source = max(given, key=lambda pair: (pair[0], pair[1].id))
        passed = (now - order.delivered_at).total_seconds() / 86400
        return (round(days), source) if passed > days + GRACE else None

    def _published(self, claim: Claim) -> Conflict | None:
        said = [
            (other, source, topic)
            for topic in claim.topics
            for other, source in self._said.get((claim.kind, topic), [])
        ]
        said = [entry for entry in said if _comparable(claim, entry[0])]
        if not said or any(_agree(claim, other, topic) for other, _, topic in said):
            return None
        other, source, _ = min(said, key=lambda found: (abs(found[0].high - claim.high), found[1].id, found[0].text))
        return Conflict(claim, source, other.text)

    def _discount(self, claim: Claim, now: datetime) -> Conflict | None:
        named = [self._codes[w.casefold()] for w in _CODE.findall(claim.text) if w.casefold() in self._codes]
        running = [code for code in named or self._codes.values() if _runs(code, now)]
        if named and not running:
            return Conflict(claim, None, f"{named[0].code} no longer runs")
        shares = [code for code in running if code.value_type == "percentage"]
        if not named or not shares or any(abs(code.amount - claim.high) < 0.005 for code in shares):
            return None  # a sale without a code is known to its page, not to us
        return Conflict(claim, None, f"{shares[0].code} gives {shares[0].amount:g}%")


def _runs(code: Code, now: datetime) -> bool:
    return (
        code.status == "active"
        and (code.starts_at is None or code.starts_at <= now)
        and (code.ends_at is None or code.ends_at >= now)
    )


def _comparable(claim: Claim, other: Claim) -> bool:
    """Hours of use and years of a warranty are no other figures for a window of days."""
    low, high = sorted((claim.high, other.high))
    return low > 0 and high / low <= MOST_APART


def _agree(claim: Claim, other: Claim, topic: str) -> bool:
    """Whether a claim keeps what an article says: the same, or for what is promised to take so long, within it."""
    if claim.kind == "duration" and topic in PROMISED:
        low = other.low if other.low < other.high else 0.0
        return claim.high <= other.high * (1 + NEAR) and claim.low >= low * (1 - NEAR)
    return all(abs(a - b) <= NEAR * max(a, b) for a, b in ((claim.low, other.low), (claim.high, other.high)))
