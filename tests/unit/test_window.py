"""How a window is written for people, for files and for machines."""

from __future__ import annotations

import pytest

from runner.timeframe import window
from runner.window import Window, compact

LOS_ANGELES = "America/Los_Angeles"


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2026-01", "January 2026"),
        ("2026", "2026"),
        ("2026-Q1", "1 January to 31 March 2026"),
        ("2026-01-15", "15 January 2026"),
        ("2026-W01", "29 December 2025 to 4 January 2026"),
    ],
)
def test_whole_days_are_said_with_their_last_day(period: str, words: str) -> None:
    """People read the first and the last day, not the exclusive end."""
    assert window(period, LOS_ANGELES).in_words() == f"{words} (America/Los_Angeles)"


def test_parts_of_days_are_said_with_the_clock() -> None:
    """Instants that begin no day are said with clock and offset, and no more precision than they need."""
    written = {"start": "2024-11-03T01:30-05:00", "end": "2024-11-03T01:30:05-05:00"}
    words = window(written, "America/New_York").in_words()
    assert words == "3 November 2024 01:30 -05:00 to 3 November 2024 01:30:05 -05:00 (America/New_York)"
    last = window({"start": 1561438800000, "end": 1561525199999}, None).in_words()
    assert last == "25 June 2019 05:00 to 26 June 2019 04:59:59.999 (UTC)"


def test_the_label_is_the_two_days() -> None:
    """A window of whole days is labelled by its days, also where a day begins after a gap."""
    assert window("2026-Q1", LOS_ANGELES).label() == "2026-01-01_2026-04-01"
    assert window("2024-03-10", "America/Havana").label() == "2024-03-10_2024-03-11"


def test_the_label_of_instants_is_in_utc() -> None:
    """A window that cuts a day is labelled by its instants in UTC, without colons."""
    part = window({"start": 1561438800000, "end": 1561525199999}, None)
    assert part.label() == "20190625T050000Z_20190626T045959.999Z"
    assert compact(1561438800000) == "20190625T050000Z"


def test_a_second_midnight_is_labelled_as_an_instant() -> None:
    """The second of two midnights begins no day, so that two windows never share a label."""
    first = window("2024-11-03", "America/Havana")
    second = Window(first.start_ms + 3_600_000, first.end_ms, first.timezone)
    assert second.label() != first.label()
    assert second.label().startswith("20241103T050000Z")


def test_iso_and_utc() -> None:
    """The edges are written with the zone's offset of that day, and in UTC as Z."""
    quarter = window("2026-Q1", LOS_ANGELES)
    assert (quarter.start, quarter.end) == ("2026-01-01T00:00:00-08:00", "2026-04-01T00:00:00-07:00")
    assert quarter.in_utc() == "2026-01-01T08:00:00Z to 2026-04-01T07:00:00Z"
    assert window("2026", "UTC").start == "2026-01-01T00:00:00Z"
