"""When the sandbox's care team works, and how busy it is: hours, holidays and seasons. All invented."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from runner import zones
from runner.sandbox.ask import DAY_MS

ZONE = "America/Chicago"
"""Where the team is."""
HOUR_MS = 3_600_000
_EPOCH = date(1970, 1, 1)
_FIXED_HOLIDAYS = frozenset({(1, 1), (7, 4), (12, 24), (12, 25)})
_WEEKDAYS = (118, 110, 104, 100, 92, 38, 16)
_MONTHS = (104, 88, 92, 90, 94, 96, 102, 98, 96, 100, 122, 128)


def date_of(day: int) -> date:
    """Return the date of a day, counted from 1970-01-01."""
    return _EPOCH + timedelta(days=day)


@lru_cache(maxsize=2048)
def midnight(day: int) -> int:
    """Return the instant at which the team's day begins."""
    return zones.day_start(date_of(day), ZONE)


def day_of(instant_ms: int) -> int:
    """Return the team's day in which the instant lies."""
    # Chicago is five or six hours behind, so this is the day or the one before it.
    day = (instant_ms - 6 * HOUR_MS) // DAY_MS
    return day + 1 if instant_ms >= midnight(day + 1) else day


@lru_cache(maxsize=2048)
def hours(day: int) -> tuple[int, int] | None:
    """Return when the team opens and closes that day, or None where it does not."""
    when = date_of(day)
    thanksgiving = when.month == 11 and when.weekday() == 3 and 22 <= when.day <= 28
    if when.weekday() == 6 or thanksgiving or (when.month, when.day) in _FIXED_HOLIDAYS:
        return None
    opens, closes = (10, 16) if when.weekday() == 5 else (8, 20)
    return midnight(day) + opens * HOUR_MS, midnight(day) + closes * HOUR_MS


def is_open(instant_ms: int) -> bool:
    """Say whether the instant lies in working hours."""
    span = hours(day_of(instant_ms))
    return span is not None and span[0] <= instant_ms < span[1]


def next_open(instant_ms: int) -> int:
    """Return the instant itself in working hours, else the next opening."""
    day = day_of(instant_ms)
    while True:
        span = hours(day)
        if span is not None and instant_ms < span[1]:
            return max(instant_ms, span[0])
        day += 1


def volume(day: int) -> int:
    """Return about how many conversations begin that day: 20 to 60 on working days, fewer at the weekend."""
    when = date_of(day)
    usual = 38 * _WEEKDAYS[when.weekday()] * _MONTHS[when.month - 1] // 10_000
    return usual // 3 if hours(day) is None and when.weekday() != 6 else usual
