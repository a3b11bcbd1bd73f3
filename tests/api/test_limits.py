"""Requests a minute: counted by caller, forgotten with the minute, right among threads."""

from concurrent.futures import ThreadPoolExecutor

from copilot.api.limits import RequestLimit


class Clock:
    """Seconds that a test sets."""

    now = 120.0

    def __call__(self) -> float:
        return self.now


def test_the_next_minute_begins_anew() -> None:
    clock = Clock()
    limit = RequestLimit(2, clock)
    assert [limit.wait("ann"), limit.wait("ann")] == [0, 0]
    clock.now = 135.5
    assert limit.wait("ann") == 45  # 44.5 s are left of the minute
    clock.now = 179.99
    assert limit.wait("ann") == 1
    clock.now = 180.0
    assert limit.wait("ann") == 0


def test_callers_are_counted_apart() -> None:
    limit = RequestLimit(1, Clock())
    assert limit.wait("ann") == 0
    assert limit.wait("bob") == 0
    assert limit.wait("ann") > 0


def test_threads_do_not_lose_a_count() -> None:
    limit = RequestLimit(100, Clock())
    with ThreadPoolExecutor(16) as pool:
        passed = sum(wait == 0 for wait in pool.map(lambda _: limit.wait("ann"), range(400)))
    assert passed == 100
