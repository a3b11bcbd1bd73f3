"""How many requests a caller may make a minute, counted in this process.

The field's package for this starts a thread for each request that it counts in memory, which costs more than reading
the request does; a count that is thrown away with its minute needs none.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Callable

MINUTE = 60.0


class RequestLimit:
    """At most `per_minute` requests of one caller in each minute. Threads may share it.

    All callers' minutes begin together, so one dictionary a minute is all that is remembered.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._minute = -1
        self._counts: Counter[str] = Counter()

    def wait(self, caller: str) -> int:
        """Counts a request. 0: it may pass; else the whole seconds until the caller's next one may."""
        now = self._clock()
        minute = int(now // MINUTE)
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, Counter()
            self._counts[caller] += 1
            if self._counts[caller] <= self._per_minute:
                return 0
        return max(1, math.ceil((minute + 1) * MINUTE - now))
