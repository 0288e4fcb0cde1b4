"""The clock of a lane."""

from __future__ import annotations

from runner.pace import steady


def test_a_steady_clock_begins_where_it_is_told_to_and_goes_on_with_the_monotonic_one() -> None:
    """It counts milliseconds from its beginning; what the machine's calendar says is nothing to it."""
    seconds = iter([1_000.0, 1_000.0, 1_000.25, 1_002.0])
    clock = steady(5_000, lambda: next(seconds))
    assert [clock(), clock(), clock()] == [5_000, 5_250, 7_000]


def test_a_steady_clock_takes_the_machines_monotonic_one_by_itself() -> None:
    """Two looks in a row never go back."""
    clock = steady(5_000)
    first = clock()
    assert 5_000 <= first <= clock()
