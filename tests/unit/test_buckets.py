"""Which lengths of buckets fit a window."""

from __future__ import annotations

import pytest

from runner import catalog
from runner.buckets import DAY_MS, count, hint
from runner.window import Window
from tests.unit.builders import WINDOW

REPORT = catalog.load().reports["team_performance_interval"]


def window(days: float) -> Window:
    """Return a window of so many days."""
    return Window(WINDOW.start_ms, WINDOW.start_ms + int(days * DAY_MS), "UTC")


@pytest.mark.parametrize(
    ("days", "interval", "buckets"), [(31, 3_600_000, 744), (1, 300_000, 288), (1.5, DAY_MS, 2)]
)
def test_a_part_of_a_bucket_counts(days: float, interval: int, buckets: int) -> None:
    """Hourly over 31 days are 744, one less than the printed error counts with its end on a round instant."""
    assert count(window(days), interval) == buckets


@pytest.mark.parametrize(
    ("days", "lengths"),
    [
        (31, "86400000, 604800000"),
        (7, "28800000, 43200000, 86400000"),
        (90, "86400000, 604800000"),
        (1, "1800000, 3600000, 7200000, 14400000, 28800000, 43200000, 86400000, 604800000"),
    ],
)
def test_the_hint_has_the_documented_lengths_or_those_within_a_sample(days: int, lengths: str) -> None:
    """A month and a week are documented; elsewhere 90 buckets are what a sample asks for."""
    assert hint(REPORT, window(days)) == f"; for this window of {days} days, timeInterval may be {lengths}"


def test_a_report_without_buckets_has_no_hint() -> None:
    """Nothing is said about a parameter that the report does not take."""
    assert hint(catalog.load().reports["author"], window(1)) == ""
