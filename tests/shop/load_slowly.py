"""A process that loads a shop slowly, so that it can be killed: load_slowly.py SHOP DATA."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from copilot.shop.load import load_shop
from copilot.store.database import open_database
from tests.fakes import FloatArray, HashEncoder
from tests.shop.shops import READER


class SlowEncoder(HashEncoder):
    """Takes 20 ms a batch."""

    def encode(self, texts: Sequence[str]) -> FloatArray:
        time.sleep(0.02)
        return super().encode(texts)


print("started", flush=True)
load_shop(Path(sys.argv[1]), open_database(Path(sys.argv[2])), SlowEncoder(), warn=print, reader=READER)
