"""A real model behind a real endpoint, when one is named: `COPILOT_TEST_CHAT_URL`, and `COPILOT_TEST_CHAT_MODEL`.

A small one may be wrong or fail to answer; what it may never do is checked here.
"""

from __future__ import annotations

import os

import pytest

from copilot.models.chat import ChatModel
from copilot.models.endpoint import Endpoint
from copilot.models.reader import ModelReader
from copilot.models.reading import parse_claims, reading_task
from copilot.models.task import NoAnswer
from recommenders.domain import Caution, Message, Signals, Ticket
from recommenders.signals import INTENTS
from recommenders.text.concern import newest_concern
from recommenders.text.redact import Facts

URL = os.environ.get("COPILOT_TEST_CHAT_URL", "")
MODEL = os.environ.get("COPILOT_TEST_CHAT_MODEL", "default")
SECONDS = float(os.environ.get("COPILOT_TEST_CHAT_SECONDS", "60"))
TICKETS = {
    "I'd like to return the night cream, it isn't hydrating enough.": "return_request",
    "Das Glas kam zerbrochen an, bitte schickt mir ein neues.": "damaged_item",
    "Où est ma commande ? Elle devait arriver la semaine dernière.": "order_status",
    "Thanks, bye!": "small_talk",
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not URL, reason="no COPILOT_TEST_CHAT_URL: name an OpenAI-compatible endpoint to try its model"),
]


@pytest.mark.parametrize("text", TICKETS)
def test_what_it_reads_stands_in_the_ticket_and_no_caution_is_lost(text: str) -> None:
    held = Caution("adverse_reaction", 0.9, text)
    model = ModelReader(ChatModel(Endpoint(URL), MODEL, reading_task(), parse_claims), SECONDS)
    concern, _ = newest_concern(Ticket("t", (Message("customer", text),)))
    try:
        found = model.read(concern, Signals("en", cautions=(held,)), Facts())
    except NoAnswer as error:
        pytest.skip(f"{MODEL} gave no answer: {error}")
    finally:
        model.close()
    assert held in found.cautions
    assert {intent.id for intent in found.intents} <= set(INTENTS)
    assert all(" ".join(intent.quote.split()) in " ".join(text.split()) for intent in found.intents)
    print(f"{MODEL}: {text!r} -> {[intent.id for intent in found.intents]}, wanted {TICKETS[text]}")
