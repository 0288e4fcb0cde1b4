"""The calendar of a zone: beginnings of days, gaps, folds and steps."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from runner.zones import (
    TimeProblem,
    at_or_after,
    day_start,
    exists,
    local,
    moved,
    plus_months,
    readings,
    starts_day,
    zone,
)

MINUTE = 60_000


def at(text: str) -> int:
    """Return epoch milliseconds of an instant written with its offset."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


@pytest.mark.parametrize(
    ("name", "day", "begins"),
    [
        ("America/Havana", date(2024, 3, 10), "2024-03-10T01:00-04:00"),
        ("Asia/Beirut", date(2024, 3, 31), "2024-03-31T01:00+03:00"),
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T01:00-02:00"),
        ("Africa/Cairo", date(2024, 4, 26), "2024-04-26T01:00+03:00"),
    ],
)
def test_a_day_without_midnight_begins_after_the_gap(name: str, day: date, begins: str) -> None:
    """Where the clock skips midnight, the day begins at its first existing instant."""
    assert day_start(day, name) == at(begins)
    assert local(day_start(day, name) - 1, name).date() == day - timedelta(days=1)


@pytest.mark.parametrize(
    ("name", "day", "begins"),
    [
        ("America/Havana", date(2024, 11, 3), "2024-11-03T00:00-04:00"),
        ("America/St_Johns", date(2010, 11, 7), "2010-11-07T00:00-02:30"),
        ("America/Sao_Paulo", date(2018, 2, 18), "2018-02-18T00:00-03:00"),
        ("America/Los_Angeles", date(2026, 1, 1), "2026-01-01T00:00-08:00"),
    ],
)
def test_a_day_begins_at_its_first_midnight(name: str, day: date, begins: str) -> None:
    """Where midnight happens twice the first one counts; elsewhere it is the one there is."""
    assert day_start(day, name) == at(begins)


def test_a_skipped_day_does_not_exist() -> None:
    """Samoa had no 30 December 2011: it is said to not exist, and begins where the next day does."""
    skipped = date(2011, 12, 30)
    assert not exists(skipped, "Pacific/Apia")
    assert exists(date(2011, 12, 31), "Pacific/Apia")
    assert day_start(skipped, "Pacific/Apia") == day_start(date(2011, 12, 31), "Pacific/Apia")


def test_a_clock_time_has_none_one_or_two_instants() -> None:
    """A gap has no instant for a clock time, a fold has two, in order."""
    new_york = "America/New_York"
    assert readings(datetime(2024, 3, 10, 2, 30), new_york) == ()  # noqa: DTZ001 - a reading of a clock
    assert readings(datetime(2024, 3, 10, 3, 30), new_york) == (at("2024-03-10T03:30-04:00"),)  # noqa: DTZ001
    twice = readings(datetime(2024, 11, 3, 1, 30), new_york)  # noqa: DTZ001
    assert twice == (at("2024-11-03T01:30-04:00"), at("2024-11-03T01:30-05:00"))


def test_the_end_of_a_gap_is_exact() -> None:
    """A clock time within a gap is taken for the instant at which the gap ends, to the millisecond."""
    inside = datetime(2024, 3, 10, 2, 30)  # noqa: DTZ001 - a reading of a clock
    assert at_or_after(inside, "America/New_York") == at("2024-03-10T03:00-04:00")


def test_an_unknown_zone_is_refused_with_the_nearest() -> None:
    """A zone that tzdata does not have is refused; a path is never looked up as a file."""
    with pytest.raises(TimeProblem, match="did you mean 'America/Los_Angeles'") as wrong:
        zone("America/LosAngeles")
    assert wrong.value.part == "timezone"
    with pytest.raises(TimeProblem, match="names are like"):
        zone("../../etc/passwd")


def test_zones_come_from_tzdata_alone() -> None:
    """A name that many machines have as a file, and tzdata has not, is unknown everywhere."""
    with pytest.raises(TimeProblem):
        zone("localtime")


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 7, 1), -18, date(2025, 1, 1)),
    ],
)
def test_months_keep_the_day_where_they_can(day: date, months: int, then: date) -> None:
    """A step of months keeps the day, or takes the last of a shorter month."""
    assert plus_months(day, months) == then


def test_steps_follow_the_clock_of_the_zone() -> None:
    """A day later is the same clock time, though 23 hours away; a day's beginning stays one."""
    name = "America/New_York"
    noon = at("2024-03-09T12:00-05:00")
    assert moved(noon, name, days=1) - noon == 23 * 60 * MINUTE
    gap = "America/Havana"
    assert moved(day_start(date(2024, 3, 9), gap), gap, days=1) == day_start(date(2024, 3, 10), gap)
    assert moved(day_start(date(2024, 3, 10), gap), gap, days=1) == day_start(date(2024, 3, 11), gap)
    assert not starts_day(noon, name)
