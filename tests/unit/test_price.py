"""What a lane's work costs, beforehand."""

from __future__ import annotations

from runner.price import GUESS_MS, Price, least_ms, minutes_ms, price


def test_requests_bound_short_jobs() -> None:
    """Ten-second jobs wait for requests: three each, twenty a minute, the first twenty at once."""
    assert price([10_000] * 60, running=2, requests_per_minute=20) == Price(
        files=60,
        least_requests=180,
        likely_requests=180,
        least_ms=480_000,
        likely_ms=480_000,
        guessed=False,
    )


def test_slots_bound_long_jobs() -> None:
    """Two-minute jobs wait for each other: two at a time; there are requests to spare."""
    found = price([120_000] * 360, running=2, requests_per_minute=20)
    assert (found.least_ms, found.likely_requests) == (21_600_000, 1440)


def test_an_unknown_job_is_a_guess_and_costs_no_least_time() -> None:
    """Nobody knows how long it takes: it may take no time at all, and is taken to take two minutes."""
    found = price([None, None, 60_000], running=2, requests_per_minute=20)
    assert (found.least_ms, found.likely_ms, found.guessed) == (60_000, GUESS_MS + 60_000, True)


def test_nothing_to_do_costs_nothing() -> None:
    """An export that is done is not paid again."""
    assert price([], running=2, requests_per_minute=20) == Price(0, 0, 0, 0, 0, guessed=False)


def test_jobs_start_in_their_order() -> None:
    """A long job at the end is not moved to the front: the vendor starts them as they came."""
    assert least_ms([10, 10, 100], 2, 20) == 110


def test_the_first_minute_is_free() -> None:
    """As many requests as a minute allows may leave at once."""
    assert [minutes_ms(count, 3) for count in (0, 1, 2, 3)] == [0, 0, 60_000, 120_000]
