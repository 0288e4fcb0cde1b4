"""A window: a half-open slice of time in a named zone, and how it is written for people, files and logs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from runner.zones import local, plus_months, starts_day

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


@dataclass(frozen=True, order=True, slots=True)
class Window:
    """A half-open slice of time, `[start_ms, end_ms)`, seen in a named zone ("UTC" where none was named)."""

    start_ms: int
    end_ms: int
    timezone: str

    @property
    def start(self) -> str:
        """The first instant, as ISO 8601 with the zone's offset."""
        return iso(self.start_ms, self.timezone)

    @property
    def end(self) -> str:
        """The end, which is no longer in the window, as ISO 8601 with the zone's offset."""
        return iso(self.end_ms, self.timezone)

    @property
    def whole_days(self) -> bool:
        """Whether it begins and ends where days of its zone begin."""
        return starts_day(self.start_ms, self.timezone) and starts_day(self.end_ms, self.timezone)

    def label(self) -> str:
        """Return a short name for it: its two days, or its two instants in UTC; safe in a file name."""
        if self.whole_days:
            return f"{self._first_day()}_{local(self.end_ms, self.timezone).date()}"
        return f"{compact(self.start_ms)}_{compact(self.end_ms)}"

    def in_words(self) -> str:
        """Return it as a person would say it, first and last day included, with the zone."""
        if self.whole_days:
            words = _days_in_words(self._first_day(), local(self.end_ms - 1, self.timezone).date())
        else:
            words = " to ".join(_instant_in_words(one, self.timezone) for one in (self.start_ms, self.end_ms))
        return f"{words} ({self.timezone})"

    def in_utc(self) -> str:
        """Return it as two instants in UTC, the second no longer in the window."""
        return f"{iso(self.start_ms, 'UTC')} to {iso(self.end_ms, 'UTC')}"

    def _first_day(self) -> date:
        return local(self.start_ms, self.timezone).date()


def compact(instant_ms: int) -> str:
    """Return the instant in UTC without colons or dashes, as 20260101T080000Z; safe in a file name."""
    seconds, rest = divmod(instant_ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y%m%dT%H%M%S}{f'.{rest:03d}' if rest else ''}Z"


def iso(instant_ms: int, timezone: str) -> str:
    """Return the instant as ISO 8601 with the zone's offset; milliseconds only where there are any."""
    here = local(instant_ms, timezone)
    text = here.isoformat(timespec="milliseconds" if instant_ms % 1000 else "seconds")
    return text.replace("+00:00", "Z") if timezone == "UTC" else text


def _instant_in_words(instant_ms: int, timezone: str) -> str:
    here = local(instant_ms, timezone)
    clock = here.time().isoformat(_precision(instant_ms))
    offset = "" if timezone == "UTC" else f" {iso(instant_ms, timezone)[-6:]}"
    return f"{_day_in_words(here.date())} {clock}{offset}"


def _precision(instant_ms: int) -> str:
    """Return the coarsest precision that loses nothing."""
    if instant_ms % 60_000 == 0:
        return "minutes"
    return "milliseconds" if instant_ms % 1000 else "seconds"


def _days_in_words(first: date, last: date) -> str:
    """Return the days from the first to the last in words: a day, a month, a year, or a span."""
    after = last + timedelta(days=1)
    if first == last:
        return _day_in_words(first)
    if (first.month, first.day) == (1, 1) and after == plus_months(first, 12):
        return str(first.year)
    if first.day == 1 and after == plus_months(first, 1):
        return f"{_MONTHS[first.month - 1]} {first.year}"
    begin = _day_in_words(first) if first.year != last.year else _day_in_words(first)[:-5]
    return f"{begin} to {_day_in_words(last)}"


def _day_in_words(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
