"""Periods to windows, and windows to parts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from runner.timeframe import (
    TimeProblem,
    Window,
    exceeds_days,
    exceeds_months,
    months_before,
    split,
    window,
)

LOS_ANGELES = "America/Los_Angeles"
NEW_YORK = "America/New_York"


def labels(windows: tuple[Window, ...]) -> list[str]:
    """Return the first day of each window."""
    return [one.label().split("_")[0] for one in windows]


@pytest.mark.parametrize(
    ("period", "label"),
    [
        (2026, "2026-01-01_2027-01-01"),
        ("2026", "2026-01-01_2027-01-01"),
        ("2026-Q4", "2026-10-01_2027-01-01"),
        ("2026-02", "2026-02-01_2026-03-01"),
        ("2026-W05", "2026-01-26_2026-02-02"),
        ("2026-W53", "2026-12-28_2027-01-04"),
        ("2024-02-29", "2024-02-29_2024-03-01"),
        ({"start": "2026-01-01", "end": "2026-04-01"}, "2026-01-01_2026-04-01"),
        ({"start": "2026-01-01T00:00", "end": "2026-04-01 00:00:00"}, "2026-01-01_2026-04-01"),
        ({"start": "2026-01-01T08:00:00Z", "end": "2026-04-01T09:00:00+02:00"}, "2026-01-01_2026-04-01"),
        ({"start": 1767254400000, "end": "1775026800000"}, "2026-01-01_2026-04-01"),
        ({"start": "2026-01-01T08:00:00.000Z", "end": "2026-04-01"}, "2026-01-01_2026-04-01"),
    ],
)
def test_every_form_of_a_period(period: Any, label: str) -> None:
    """A year, quarter, month, ISO week, day, or two edges in any form give the days meant."""
    assert window(period, LOS_ANGELES).label() == label


def test_the_tutorial_assumes_a_zone_seven_hours_behind() -> None:
    """The guide's 14 August 2019 1:00 AM is 1565769600000 in a UTC-7 zone, and in no other [G]."""
    written = {"start": "2019-08-14T01:00", "end": "2019-08-15"}
    assert window(written, LOS_ANGELES).start_ms == 1565769600000
    for other in ("America/Chicago", "America/Denver", "Europe/London", "UTC"):
        assert window(written, other).start_ms != 1565769600000


def test_the_tutorials_february_is_march() -> None:
    """The guide's URL for 1 February 2019 really starts on 1 March at noon UTC [G]."""
    there = window({"start": 1551441600000, "end": 1556712000000}, None)
    assert there.in_utc() == "2019-03-01T12:00:00Z to 2019-05-01T12:00:00Z"
    assert there.timezone == "UTC"


def test_instants_need_no_zone_and_dates_do() -> None:
    """Epoch milliseconds and offsets are understood without a zone; a date or a local time asks for one."""
    assert window({"start": "2026-01-01T00:00:00Z", "end": 1767254400000}, None).timezone == "UTC"
    for period in ("2026-01", {"start": "2026-01-01 00:00:00", "end": 1775026800000}):
        with pytest.raises(TimeProblem, match="name a timezone"):
            window(period, None)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (1551441600, "looks like seconds: 1970-01-18; in milliseconds 1551441600000"),
        ("1551441600", "looks like seconds: 1970-01-18; in milliseconds 1551441600000"),
        (1551441600000000, "looks like microseconds; in milliseconds 1551441600000"),
        (1551441600000000000, "looks like nanoseconds; in milliseconds 1551441600000"),
        (16823555400000, "14 digits, so the year 2503"),
        (-1551441600000, "negative"),
        ("-5", "negative"),
        (12, "it has 2 digits"),
        (1551441600000.5, "1551441600000.5 is no instant"),
        (True, "true is no instant"),
        (None, "nothing is no instant"),
        ("1_551_441_600_000", "is no instant"),
        ("0x16939A17A00", "is no instant"),
        ("12:30:00", "is no instant"),
        ("9" * 40, "is no instant"),
        ("2024-02-30", "not in the calendar"),
        ("2024-01-01T25:00", "not in the calendar"),
        ("2024-01-01T00:00:00.1234Z", "is no instant"),
        ("0001-01-01T00:00+05:00", "out of reach"),
        ("2001-09-01T00:00Z", "out of reach"),
    ],
)
def test_an_edge_that_is_no_instant_is_refused_with_a_hint(start: Any, message: str) -> None:
    """What is not exactly an instant is refused at `start`, with what it looks like."""
    with pytest.raises(TimeProblem, match=re.escape(message)) as wrong:
        window({"start": start, "end": 1775026800000}, "UTC")
    assert wrong.value.part == "start"


@pytest.mark.parametrize(
    ("period", "zone", "message"),
    [
        ("2026-1", "UTC", "text '2026-1' is no period; write 2026, 2026-Q1"),
        ("2026-q1", "UTC", "is no period"),
        (1551441600000, "UTC", "is no period"),
        (True, "UTC", "true is no period"),
        (None, "UTC", "nothing is no period"),
        (["2026"], "UTC", "a list is no period"),
        ("2026-13", "UTC", "not in the calendar"),
        ("2026-02-30", "UTC", "not in the calendar"),
        ("2025-W53", "UTC", "not in the calendar"),
        ("1999", "UTC", "1999 is out of reach"),
        ("2001", "UTC", "2001-01-01T00:00:00Z is out of reach"),
        ("2286", "UTC", "2287-01-01T00:00:00Z is out of reach"),
        ("2026", "America/Nope", "unknown timezone"),
        ({"start": "2026-01-01"}, "UTC", "the keys start and end"),
        ({"start": "2026-01-01", "end": "2026-02-01", "zone": "UTC"}, "UTC", "and no other"),
    ],
)
def test_a_period_that_is_none_is_refused(period: Any, zone: str, message: str) -> None:
    """What is no period says which forms there are, or what is wrong with this one."""
    with pytest.raises(TimeProblem, match=re.escape(message)):
        window(period, zone)


def test_a_window_must_go_forward() -> None:
    """An empty window and a reversed one, as in the vendor's own development kit [K], are refused."""
    with pytest.raises(TimeProblem, match="empty"):
        window({"start": "2026-01-01", "end": "2026-01-01"}, "UTC")
    with pytest.raises(TimeProblem, match="before it starts") as wrong:
        window({"start": 1470614400000, "end": 1461104100000}, None)
    assert wrong.value.part == "end"
    assert "2016-04-19T22:15:00Z to 2016-08-08T00:00:00Z" in str(wrong.value)


def test_a_clock_time_in_a_gap_asks_for_an_offset() -> None:
    """A local time that does not exist is an error that shows how to write it."""
    with pytest.raises(TimeProblem, match=r"does not exist in America/New_York.*2024-03-10T02:30-05:00"):
        window({"start": "2024-03-10T02:30", "end": "2024-04-01"}, NEW_YORK)


def test_a_clock_time_in_a_fold_asks_which() -> None:
    """A local time that happens twice is an error that shows both ways to write it; each of them is taken."""
    with pytest.raises(TimeProblem, match=r"twice.*01:30-04:00 or 2024-11-03T01:30-05:00"):
        window({"start": "2024-11-03T01:30", "end": "2024-12-01"}, NEW_YORK)
    early, late = (
        window({"start": f"2024-11-03T01:30{offset}", "end": "2024-12-01"}, NEW_YORK).start_ms
        for offset in ("-04:00", "-05:00")
    )
    assert late - early == 3_600_000


def test_a_day_that_a_zone_skipped_is_refused() -> None:
    """A skipped day is said to not exist, as a period and as an edge."""
    for period in ("2011-12-30", {"start": "2011-12-30", "end": "2012-01-05"}):
        with pytest.raises(TimeProblem, match="2011-12-30 does not exist in Pacific/Apia"):
            window(period, "Pacific/Apia")


@pytest.mark.parametrize(
    ("step", "first_days"),
    [
        ("none", ["2026-01-01"]),
        ("month", ["2026-01-01", "2026-02-01", "2026-03-01"]),
        ("quarter", ["2026-01-01"]),
        (30, ["2026-01-01", "2026-01-31", "2026-03-02"]),
        (92, ["2026-01-01"]),
    ],
)
def test_a_split_cuts_on_the_calendar(step: str | int, first_days: list[str]) -> None:
    """A quarter is cut into its months, or into runs of days from its first one."""
    assert labels(split(window("2026-Q1", LOS_ANGELES), step)) == first_days


def test_weeks_and_quarters_begin_where_the_calendar_says() -> None:
    """Weeks begin on Monday and quarters in January, April, July, October; the first and last are partial."""
    weeks = split(window({"start": "2026-01-01", "end": "2026-01-14"}, "Asia/Tokyo"), "week")
    assert labels(weeks) == ["2026-01-01", "2026-01-05", "2026-01-12"]
    quarters = split(window({"start": "2025-11-15", "end": "2026-05-15"}, "Asia/Tokyo"), "quarter")
    assert labels(quarters) == ["2025-11-15", "2026-01-01", "2026-04-01"]


def test_days_are_as_long_as_the_zone_makes_them() -> None:
    """Days of 23 and 25 hours are whole days, also where the clock skips midnight."""
    spring = split(window({"start": "2024-03-09", "end": "2024-03-12"}, "America/Havana"), "day")
    assert [(one.end_ms - one.start_ms) // 3_600_000 for one in spring] == [24, 23, 24]
    autumn = split(window({"start": "2024-11-02", "end": "2024-11-05"}, NEW_YORK), "day")
    assert [(one.end_ms - one.start_ms) // 3_600_000 for one in autumn] == [24, 25, 24]


def test_a_skipped_day_gives_no_window() -> None:
    """The day that Samoa skipped has no window of its own, and nothing is lost around it."""
    days = split(window({"start": "2011-12-28", "end": "2012-01-02"}, "Pacific/Apia"), "day")
    assert labels(days) == ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"]
    assert all(one.end_ms - one.start_ms == 86_400_000 for one in days)


def test_an_unknown_step_is_a_fault_of_ours() -> None:
    """A step that no schema lets through is a plain ValueError."""
    with pytest.raises(ValueError, match="no step"):
        split(window("2026", "UTC"), "fortnight")


def test_months_are_measured_on_the_calendar() -> None:
    """Three months are three calendar months of the zone, however many days, and no instant more.

    The last instant on the wire may be the one at which the months are over, as in the vendor's samples.
    """
    quarter = window("2026-Q1", LOS_ANGELES)
    assert not exceeds_months(quarter, 3)
    assert not exceeds_months(Window(quarter.start_ms, quarter.end_ms + 1, LOS_ANGELES), 3)
    assert exceeds_months(Window(quarter.start_ms, quarter.end_ms + 2, LOS_ANGELES), 3)
    assert exceeds_months(window({"start": "2025-11-30", "end": "2026-03-02"}, "UTC"), 3)


def test_days_are_measured_on_the_calendar() -> None:
    """Ninety days are days of the zone, so that a summer-time change neither adds nor takes one."""
    ninety = window({"start": "2026-01-01", "end": "2026-04-01"}, LOS_ANGELES)
    assert not exceeds_days(ninety, 90)
    assert exceeds_days(ninety, 89)


def test_history_is_counted_back_on_the_calendar() -> None:
    """Eighteen months before the sandbox's today is the first day of 2025."""
    assert months_before(1782864000000, 18, "UTC") == window("2025-01", "UTC").start_ms
