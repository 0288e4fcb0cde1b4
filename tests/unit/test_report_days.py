"""Rows per day: the column is known by its form, and where it is not, that is said."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from runner.report.days import Days, day_of, days, days_of
from runner.report.series import Day, in_words, judged
from runner.window import Window
from runner.zones import local

WEEK = Window(1_767_254_400_000, 1_767_859_200_000, "America/Los_Angeles")
"""1 to 7 January 2026 in Los Angeles."""
NAMES = [f"2026-01-0{number}" for number in range(1, 8)]


def csv(*rows: str, window: Window = WEEK) -> Days:
    """Return the days of a CSV file with these lines."""
    return days(io.BytesIO("\r\n".join(rows).encode()), "csv", window)


def of_json(rows: Any, window: Window = WEEK) -> Days:
    """Return the days of a JSON file with these rows."""
    return days(io.BytesIO(json.dumps(rows).encode()), "json", window)


def test_the_days_of_a_window_are_those_of_its_zone() -> None:
    """A window of a week has seven days; one of an instant has one."""
    assert days_of(WEEK) == NAMES
    assert days_of(Window(0, 1, "UTC")) == ["1970-01-01"]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-01-02", "2026-01-02"),
        ("2026-01-02 23:59:59", "2026-01-02"),
        ("2026-01-02T23:59", "2026-01-02"),
        ("2026-01-02T02:00:00Z", "2026-01-01"),
        ("2026-01-02 02:00:00 UTC", "2026-01-01"),
        ("2026-01-02T02:00:00,250+02:00", "2026-01-01"),
        ("1767254400000", "2026-01-01"),
        (1_767_254_399_999, "2025-12-31"),
        ("2026-02-30", ""),
        ("2026-01-02T02:00:00+99:00", ""),
        ("0001-01-01T00:00:00+14:00", ""),
        ("01/02/2026", ""),
        ("20454000", ""),
        ("", ""),
        (None, ""),
        ("2026-01-02x", ""),
    ],
)
def test_the_day_of_a_value(value: object, day: str) -> None:
    """Dates and instants that can be meant in one way only; without an offset it stands."""
    assert day_of(value, "America/Los_Angeles") == day


def test_the_column_whose_dates_lie_in_the_window_tells_the_days() -> None:
    """Of two columns of dates, the one with all of them in the window; every day has its number."""
    found = csv(
        "ID,CLOSED,CREATED",
        "1,2026-02-01,2026-01-02",
        "2,2026-01-03,2026-01-02",
        "",
        "3,2026-01-04,2026-01-07",
    )
    assert (found.column, found.outside, found.why) == ("CREATED", 0, "")
    assert found.rows == {**dict.fromkeys(NAMES, 0), "2026-01-02": 2, "2026-01-07": 1}


def test_json_rows_are_counted_too() -> None:
    """A field that a row lacks has no date there."""
    assert of_json([{"AT": "2026-01-02 10:00:00", "N": 1}, {"N": 2, "AT": "2026-01-03"}]).column == "AT"
    assert of_json([{"AT": "2026-01-02"}, {"N": 2}]).why == "no column has a date in every row"


def test_no_column_is_guessed() -> None:
    """Without a column of dates, or with dates from elsewhere, nothing is counted, and the reason is told."""
    assert csv("A,B", "1,x").why == "no column has a date in every row"
    assert csv("A,B", "2026-01-02,", "2026-01-02").column == "A"
    assert csv("A,B", "2026-01-02,2026-01-02", "x").why == "no column has a date in every row"
    assert csv("A", "2025-01-02", "2026-01-02").why == (
        "no column has dates that lie in the window; A comes nearest, with 1 of 2"
    )


def test_a_file_without_rows_has_days_without_rows() -> None:
    """Nothing came: that is known of each day, whatever the columns are."""
    assert csv("A").rows == of_json([]).rows == dict.fromkeys(NAMES, 0)
    assert csv().rows == dict.fromkeys(NAMES, 0)


def test_a_file_that_cannot_be_read_is_said() -> None:
    """A file that was damaged since is no reason to fail."""
    assert "cannot be read any more" in csv("A", '"2026-01-02').why


def long(counts: list[int]) -> dict[str, int | None]:
    """Return so many days from 1 January 2026 on, which is a Thursday, with these rows."""
    return {
        local(1_767_268_800_000 + number * 86_400_000, "UTC").date().isoformat(): rows
        for number, rows in enumerate(counts)
    }


def marks(found: tuple[Day, ...]) -> dict[str, str]:
    """Return the days that stand out."""
    return {one.day: one.mark for one in found if one.mark}


def test_gaps_and_outliers_stand_out_from_their_day_of_the_week() -> None:
    """Sundays that are always empty are no gap; a weekday without rows is one, and so is a flood."""
    weeks = [60, 61, 20, 0, 59, 62, 60] * 6
    assert marks(judged(long(weeks))) == {}
    weeks[14], weeks[20], weeks[28] = 0, 240, 10
    assert marks(judged(long(weeks))) == {"2026-01-15": "none", "2026-01-21": "high", "2026-01-29": "low"}


def test_days_of_a_report_that_is_not_additive_are_not_judged() -> None:
    """A snapshot has more of the last days than of the first: that is no news. What is not known is told."""
    weeks: list[int] = [60, 61, 20, 0, 59, 62, 60] * 6
    weeks[14], weeks[20], weeks[28] = 0, 240, 10
    assert marks(judged(long(weeks), additive=False)) == {}
    assert marks(judged(long(weeks) | {"2026-01-20": None}, additive=False)) == {"2026-01-20": "no file"}


def test_few_rows_a_day_are_judged_mildly() -> None:
    """Where two rows are usual, none is no surprise; a week without any is."""
    assert marks(judged(long([2, 1, 0, 3, 2, 2, 0, 1] * 4))) == {}
    quiet = [2, 3, 2, 2, 3, 2, 2] * 2 + [0] * 7 + [2, 3, 2, 2, 3, 2, 2] * 2
    assert set(marks(judged(long(quiet))).values()) == {"none"}


def test_days_without_a_file_and_days_to_come_are_not_judged() -> None:
    """What no file covers is not nothing, and what is not over cannot be short."""
    rows = long([10] * 10) | {"2026-01-11": None, "2026-01-12": 0}
    found = judged(rows, frozenset({"2026-01-12"}))
    assert marks(found) == {"2026-01-11": "no file", "2026-01-12": "not over"}
    assert judged({}) == ()
    assert marks(judged({"2026-01-01": None})) == {"2026-01-01": "no file"}


def test_the_days_in_words() -> None:
    """Sum, range, median, gaps and outliers, the uncovered and what was not over: all stand in text."""
    weeks: dict[str, int | None] = long([60, 61, 20, 5, 59, 62, 60] * 6)
    weeks |= {"2026-01-15": 0, "2026-01-21": 240, "2026-02-12": None, "2026-02-13": None, "2026-02-14": 0}
    said = " ".join(in_words(judged(weeks, frozenset({"2026-02-14"}))))
    assert "rows on 42 days: 0 to 240 a day, median 60." in said
    assert "No rows on 2026-01-15." in said
    assert "Out of the ordinary: 2026-01-21 (240; 60 is usual)." in said
    assert "Not over when it was asked: from 2026-02-14 on." in said
    assert "No file covers 2 days: 2026-02-12 to 2026-02-13." in said
    assert in_words(judged({"2026-01-01": None})) == ["No file covers any of these days."]


def test_a_day_that_its_file_does_not_tell_is_no_gap_and_has_a_file() -> None:
    """It is a third thing, with words of its own; stretches of days are told as stretches."""
    rows = long([10] * 6) | {"2026-01-02": None, "2026-01-04": None, "2026-01-05": None, "2026-01-06": None}
    found = judged(rows, untold=frozenset({"2026-01-02", "2026-01-04", "2026-01-05"}))
    assert marks(found) == {
        "2026-01-02": "not told", "2026-01-04": "not told", "2026-01-05": "not told",
        "2026-01-06": "no file",
    }  # fmt: skip
    assert in_words(found) == [
        "20 rows on 2 days: 10 a day.",
        "Their files do not tell of 3 days: 2026-01-02 and 2026-01-04 to 2026-01-05.",
        "No file covers 2026-01-06.",
    ]
    assert in_words(found[1:2]) == ["Their files do not tell of 2026-01-02."]


def test_words_say_nothing_twice_and_count_no_day_that_was_not_over() -> None:
    """One day has no range, none has a median; what is still to come pulls neither down."""
    assert in_words(judged({"2026-01-01": 71})) == ["71 rows on 1 day."]
    assert in_words(judged({"2026-01-01": 0})) == ["No rows on 1 day."]
    assert in_words(judged({"2026-01-01": 0, "2026-01-02": 0})) == ["No rows on 2 days."]
    later = frozenset({"2026-01-03", "2026-01-04"})
    days = judged({"2026-01-01": 60, "2026-01-02": 80} | dict.fromkeys(sorted(later), 0), later)
    assert in_words(days) == [
        "140 rows on 2 days: 60 to 80 a day, median 70.",
        "Not over when it was asked: from 2026-01-03 on.",
    ]
