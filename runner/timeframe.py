"""Periods and zones to windows: half-open slices of time, and how to cut them on the calendar's own steps.

Pure: no clock is read. Instants are epoch milliseconds, a window is `[start, end)`. The vendor takes instants
of 13 digits and never shifts them for a zone [O]; the zone here is the one in which the person who wrote the
period thinks of days.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from runner import zones
from runner.window import Window, iso
from runner.wording import got
from runner.zones import TimeProblem, day_start, local, moved, plus_months

if TYPE_CHECKING:
    from runner.document import Json

__all__ = ["TimeProblem", "Window", "exceeds_days", "exceeds_months", "months_before", "split", "window"]

FIRST_MS, LAST_MS = 10**12, 10**13 - 1
"""The instants that 13 digits can write: 2001-09-09 to 2286-11-20."""

YEARS = range(2001, 2287)
"""The years that have such instants."""

TWO_INSTANTS = "{start: 2026-01-01, end: 2026-04-01}"
FORMS = f"write 2026, 2026-Q1, 2026-01, 2026-W05, 2026-01-15, or {TWO_INSTANTS}"
"""The grammar of a period, as it is shown to people."""

_PERIOD = re.compile(
    r"(?P<year>[0-9]{4})(-Q(?P<quarter>[1-4])|-W(?P<week>[0-9]{2})|-(?P<month>[0-9]{2})(-(?P<day>[0-9]{2}))?)?"
)
_INSTANT = re.compile(
    r"(?P<clock>(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?)?)"
)
_DIGITS = re.compile(r"-?[0-9]+")


def window(period: Json, timezone: str | None) -> Window:
    """Return the window that a manifest's period means in a zone.

    The period is text of the grammar in `FORMS`, a year as an integer, or a mapping of `start` and `end`:
    dates, local times, instants with an offset, or epoch milliseconds. TimeProblem where it cannot be
    understood, or needs a zone and has none.
    """
    if timezone is not None:
        zones.zone(timezone)
    if isinstance(period, dict):
        return _between(period, timezone)
    text = str(period) if isinstance(period, int) and not isinstance(period, bool) else period
    if not isinstance(text, str) or not (found := _PERIOD.fullmatch(text)):
        raise TimeProblem(f"{got(period)} is no period; {FORMS}")
    first, after = _days(found)
    named = _named(timezone, text)
    return _window(_existing(first, named, ""), day_start(after, named), named)


def split(window: Window, step: str | int) -> tuple[Window, ...]:
    """Return the window cut where the steps of its zone's calendar begin; the pieces tile it exactly.

    `step` is none, day, week (from Monday), month, quarter, or a number of days counted from the window's
    first day. The first and the last piece may be shorter than a step.
    """
    if step == "none":
        return (window,)
    edges = [window.start_ms]
    day = _next(local(window.start_ms, window.timezone).date(), step)
    while (cut := day_start(day, window.timezone)) < window.end_ms:
        # A day that the zone skipped begins where the next one does, and a fold can bring a day back.
        if cut > edges[-1]:
            edges.append(cut)
        day = _next(day, step)
    edges.append(window.end_ms)
    return tuple(Window(start, end, window.timezone) for start, end in pairwise(edges))


def exceeds_months(window: Window, months: int) -> bool:
    """Say whether more than that many calendar months lie between the window's first and last instant."""
    # These two go on the wire; the vendor's samples ask from one first of a month to another [O].
    return window.end_ms - 1 > moved(window.start_ms, window.timezone, months=months)


def exceeds_days(window: Window, days: int) -> bool:
    """Say whether more than that many days of its zone lie between the window's first and last instant."""
    return window.end_ms - 1 > moved(window.start_ms, window.timezone, days=days)


def months_before(instant_ms: int, months: int, timezone: str) -> int:
    """Return the instant that many calendar months earlier, at the same time of the zone's clock."""
    return moved(instant_ms, timezone, months=-months)


def _next(day: date, step: str | int) -> date:
    """Return the first day of the step after the one that the day is in."""
    match step:
        case int():
            return day + timedelta(days=step)
        case "day":
            return day + timedelta(days=1)
        case "week":
            return day + timedelta(days=7 - day.weekday())
        case "month":
            return plus_months(day.replace(day=1), 1)
        case "quarter":
            return plus_months(day.replace(day=1), 3 - (day.month - 1) % 3)
        case _:
            raise ValueError(f"{step!r} is no step of a split")


def _days(found: re.Match[str]) -> tuple[date, date]:
    """Return the first day of a written period and the first day after it."""
    year = int(found["year"])
    if year not in YEARS:
        raise _out_of_reach(found[0], "")
    try:
        if found["week"]:
            first = date.fromisocalendar(year, int(found["week"]), 1)
            return first, first + timedelta(days=7)
        if found["quarter"]:
            first = date(year, int(found["quarter"]) * 3 - 2, 1)
            return first, plus_months(first, 3)
        first = date(year, int(found["month"] or 1), int(found["day"] or 1))
        if found["day"]:
            return first, first + timedelta(days=1)
        return first, plus_months(first, 1 if found["month"] else 12)
    except ValueError:
        raise TimeProblem(f"{found[0]} is not in the calendar") from None


def _between(period: dict[str, Json], timezone: str | None) -> Window:
    """Return the window of a period written as `start` and `end`."""
    if set(period) != {"start", "end"}:
        raise TimeProblem("a period of two instants has the keys start and end, and no other")
    start, end = (_instant(period[part], timezone, part) for part in ("start", "end"))
    return _window(start, end, timezone or "UTC")


def _window(start_ms: int, end_ms: int, timezone: str) -> Window:
    """Return the window, or refuse one that is empty, reversed, or out of what 13 digits can write."""
    if start_ms == end_ms:
        raise TimeProblem("the window is empty: it ends where it starts (the end is exclusive)", "end")
    if start_ms > end_ms:
        seen = Window(end_ms, start_ms, "UTC").in_utc()
        raise TimeProblem(f"the window ends before it starts; the other way round it is {seen}", "end")
    for part, instant in (("start", start_ms), ("end", end_ms)):
        if not FIRST_MS <= instant <= LAST_MS:
            raise _out_of_reach(iso(instant, "UTC"), part)
    return Window(start_ms, end_ms, timezone)


def _out_of_reach(text: str, part: str) -> TimeProblem:
    """Return the problem of an instant that 13 digits cannot write."""
    return TimeProblem(
        f"{text} is out of reach: the API takes instants of 13 digits, 2001-09-09 to 2286-11-20", part
    )


def _instant(value: Json, timezone: str | None, part: str) -> int:
    """Return the instant that a person wrote as the start or the end of a period."""
    if isinstance(value, int) and not isinstance(value, bool):
        return _epoch(value, part)
    if not isinstance(value, str):
        raise TimeProblem(f"{got(value)} is no instant; write a date, or whole epoch milliseconds", part)
    if _DIGITS.fullmatch(value) and len(value) <= 30:
        return _epoch(int(value), part)
    found = _INSTANT.fullmatch(value)
    if not found:
        raise TimeProblem(
            f"{got(value)} is no instant; write 2026-01-15, 2026-01-15T08:00, 2026-01-15T08:00:00Z, "
            "2026-01-15T08:00-08:00, or epoch milliseconds",
            part,
        )
    try:
        read = datetime.fromisoformat(found["clock"])
    except ValueError:
        raise TimeProblem(f"{value} is not in the calendar", part) from None
    if read.year not in YEARS:
        raise _out_of_reach(value, part)
    if read.tzinfo is not None:
        return zones.to_ms(read)
    named = _named(timezone, value, part)
    return _existing(read.date(), named, part) if value == found["day"] else _clock(read, value, named, part)


def _clock(read: datetime, text: str, timezone: str, part: str) -> int:
    """Return the one instant at which the zone's clock shows this time."""
    found = zones.readings(read, timezone)
    if len(found) == 1:
        return found[0]
    if not found:
        raise TimeProblem(
            f"{text} does not exist in {timezone}: the clock skips it; write it with an offset, as "
            f"{text}{_offset(read, timezone)}",
            part,
        )
    first, second = (_offset(read.replace(fold=fold), timezone) for fold in (0, 1))
    raise TimeProblem(
        f"{text} happens twice in {timezone}; say which with an offset: {text}{first} or {text}{second}", part
    )


def _offset(read: datetime, timezone: str) -> str:
    """Return the offset that the zone has at this clock time, as -08:00."""
    return read.replace(tzinfo=zones.zone(timezone)).isoformat()[-6:]


def _existing(day: date, timezone: str, part: str) -> int:
    """Return the first instant of the day, or refuse a day that the zone never had."""
    if not zones.exists(day, timezone):
        raise TimeProblem(f"{day} does not exist in {timezone}: the calendar skips that day there", part)
    return day_start(day, timezone)


def _named(timezone: str | None, text: str, part: str = "") -> str:
    """Return the zone's name, or ask for one."""
    if timezone is None:
        raise TimeProblem(
            f"{text} is a different instant in every zone: name a timezone (timezone: America/Los_Angeles)",
            part,
        )
    return timezone


def _epoch(value: int, part: str) -> int:
    """Return epoch milliseconds, or refuse a number of too many or too few digits."""
    if FIRST_MS <= value <= LAST_MS:
        return value
    raise TimeProblem(f"{value} is not in epoch milliseconds (13 digits): {_looks_like(value)}", part)


def _looks_like(value: int) -> str:
    """Say what a number that is no instant in milliseconds probably is."""
    if value < 0:
        return "it is negative, so before 1970"
    digits = len(str(value))
    if digits == 10:
        seen = local(value, "UTC").date()
        return f"looks like seconds: {seen}; in milliseconds {value * 1000}"
    if digits in (16, 19):
        unit = "microseconds" if digits == 16 else "nanoseconds"
        return f"looks like {unit}; in milliseconds {value // 10 ** (digits - 13)}"
    if digits == 14:
        return f"it has 14 digits, so the year {local(value, 'UTC').year}; is one digit doubled?"
    return f"it has {digits} digits"
