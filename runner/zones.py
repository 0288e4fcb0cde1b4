"""The calendar of a named zone: where its days begin, and what a step of days or months is there.

Zones come from the `tzdata` package alone, so that every machine knows the same rules. Instants are epoch
milliseconds. A day begins at its first existing instant: where the clock skips midnight, after the gap; where
midnight happens twice, at the first.
"""

from __future__ import annotations

import zoneinfo
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache

from runner.scalars import shown
from runner.wording import did_you_mean

zoneinfo.reset_tzpath(to=[])
# A zone that something loaded before this line may have come from the machine's own files.
zoneinfo.ZoneInfo.clear_cache()

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class TimeProblem(ValueError):
    """A period or a zone cannot be understood; the message says what was seen and the fix.

    `part` names what is meant: `start` or `end` of a written period, `timezone`, or "" for the period itself.
    """

    def __init__(self, message: str, part: str = "") -> None:
        super().__init__(message)
        self.part = part


@cache
def names() -> frozenset[str]:
    """Return the names of all zones that `tzdata` knows."""
    return frozenset(zoneinfo.available_timezones())


def zone(name: str) -> zoneinfo.ZoneInfo:
    """Return the zone of that name; TimeProblem with the nearest name where there is none."""
    if name not in names():
        hint = did_you_mean(name, names()) or "; names are like America/Los_Angeles"
        raise TimeProblem(f"unknown timezone {shown(name)}{hint}", "timezone")
    return zoneinfo.ZoneInfo(name)


def to_ms(instant: datetime) -> int:
    """Return an aware datetime as epoch milliseconds, exactly."""
    return (instant - _EPOCH) // _MILLISECOND


def local(instant_ms: int, timezone: str) -> datetime:
    """Return the instant as the zone's own date and time (aware, exact to the millisecond)."""
    return (_EPOCH + instant_ms * _MILLISECOND).astimezone(zone(timezone))


def readings(naive: datetime, timezone: str) -> tuple[int, ...]:
    """Return the instants at which the zone's clock shows this: none in a gap, two in a fold."""
    where = zone(timezone)
    both = {to_ms(naive.replace(tzinfo=where, fold=fold)) for fold in (0, 1)}
    return tuple(sorted(one for one in both if local(one, timezone).replace(tzinfo=None, fold=0) == naive))


def at_or_after(naive: datetime, timezone: str) -> int:
    """Return the first instant at which the zone's clock shows this or, in a gap, the end of the gap."""
    if found := readings(naive, timezone):
        return found[0]
    where = zone(timezone)
    # In a gap, fold=1 reads the time with the new offset, so before the change, and fold=0 after it.
    before, after = (to_ms(naive.replace(tzinfo=where, fold=fold)) for fold in (1, 0))
    old = local(before, timezone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if local(middle, timezone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


@lru_cache(maxsize=10_000)
def day_start(day: date, timezone: str) -> int:
    """Return the first instant of the day; for a day that the zone skipped, that of the next one."""
    return at_or_after(datetime(day.year, day.month, day.day), timezone)  # noqa: DTZ001 - a reading of a clock


def starts_day(instant_ms: int, timezone: str) -> bool:
    """Say whether a day of the zone begins at this instant."""
    return day_start(local(instant_ms, timezone).date(), timezone) == instant_ms


def exists(day: date, timezone: str) -> bool:
    """Say whether the zone had this day at all (Pacific/Apia had no 30 December 2011)."""
    return local(day_start(day, timezone), timezone).date() == day


def plus_months(day: date, months: int) -> date:
    """Return the day that many months later; the last of the month where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def moved(instant_ms: int, timezone: str, *, months: int = 0, days: int = 0) -> int:
    """Return the instant that many calendar months and days later in the zone, at the same clock time.

    A day's beginning stays a day's beginning, whatever its clock shows.
    """
    here = local(instant_ms, timezone)
    day = plus_months(here.date(), months) + timedelta(days=days)
    if starts_day(instant_ms, timezone):
        return day_start(day, timezone)
    return at_or_after(datetime.combine(day, here.time()), timezone)
