"""Open after failures in a row; one may try again after the rest."""

from copilot.models.breaker import Breaker


def test_a_row_of_failures_opens_it_and_a_success_closes_it() -> None:
    now = [0.0]
    breaker = Breaker(3, 30, lambda: now[0])
    for _ in range(2):
        breaker.failed()
    breaker.succeeded()
    for _ in range(2):
        breaker.failed()
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()
    now[0] = 29.9
    assert not breaker.allows()
    now[0] = 30.0
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.failed()
    now[0] = 59.9
    assert not breaker.allows()
    now[0] = 60.0
    assert breaker.allows()
    breaker.succeeded()
    assert [breaker.allows(), breaker.allows()] == [True, True]
