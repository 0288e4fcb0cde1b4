"""How many rows of a file fall on each day of its window: read row by row, in bounded memory.

No document names the columns of a file, so the column of the rows' instants is known by its form alone: every
row has a value there, each value is a date or an instant, and nearly all lie in the window that was asked
for. Where no column is like that, that is said, and nothing is counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain, islice
from typing import Any, BinaryIO, Literal

from runner.rows import Text, Unproven, csv_rows, json_rows
from runner.window import Window
from runner.zones import local, zone

ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?(Z|UTC|[+-]\d\d:?\d\d))?)?", re.ASCII
)
EPOCH_MS = re.compile(r"1\d{12}", re.ASCII)
NEARLY_ALL = 0.99
"""A row at the edge may be written on the day beside it; more than one in a hundred is another column."""
MOST_COLUMNS = 2_000


@dataclass(frozen=True, slots=True)
class Days:
    """Rows by day of the window (ISO dates, all days of it), the column they were told by, rows outside.

    `why` says why there are none; then `column` and `rows` are empty.
    """

    column: str
    rows: Mapping[str, int]
    outside: int = 0
    why: str = ""


def days_of(window: Window) -> list[str]:
    """Return the days of a window in its own zone, as ISO dates."""
    first, last = (local(at, window.timezone).date() for at in (window.start_ms, window.end_ms - 1))
    return [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]


def days(file: BinaryIO, format: Literal["csv", "json"], window: Window) -> Days:
    """Count the rows of a proven file by day."""
    text = Text(file)
    try:
        names, rows = _csv(text) if format == "csv" else _json(text)
        return _counted(names, rows, window)
    except Unproven as error:
        return Days("", {}, why=f"the file cannot be read any more: {error}")
    finally:
        text.release()


def _csv(text: Text) -> tuple[Sequence[str], Iterator[Sequence[Any]]]:
    rows = csv_rows(text)
    return next(rows, []), (row for row in rows if row)


def _json(text: Text) -> tuple[Sequence[str], Iterator[Sequence[Any]]]:
    rows = json_rows(text)
    first = list(islice(rows, 1))
    names = list(first[0]) if first else []
    return names, ([row.get(name, "") for name in names] for row in chain(first, rows))


@dataclass(slots=True)
class _Column:
    """A column that may hold the rows' instants: rows by day, as long as each has one."""

    name: str
    place: int
    rows: Counter[str] = field(default_factory=Counter)
    outside: int = 0

    def takes(self, row: Sequence[Any], inside: frozenset[str], timezone: str) -> bool:
        """Count a row; False where it has no date here."""
        day = day_of(row[self.place], timezone) if self.place < len(row) else ""
        if day in inside:
            self.rows[day] += 1
        else:
            self.outside += 1
        return bool(day)


def _counted(names: Sequence[str], rows: Iterable[Sequence[Any]], window: Window) -> Days:
    wanted = days_of(window)
    inside = frozenset(wanted)
    left = [_Column(name, place) for place, name in enumerate(names[:MOST_COLUMNS])]
    count = 0
    for row in rows:
        count += 1
        left = [one for one in left if one.takes(row, inside, window.timezone)]
        if not left:
            return Days("", {}, why="no column has a date in every row")
    if not count:
        return Days("", dict.fromkeys(wanted, 0))
    best = min(left, key=lambda one: (one.outside, one.place))
    if best.outside > count * (1 - NEARLY_ALL):
        why = f"no column has dates that lie in the window; {best.name} comes nearest"
        return Days("", {}, why=f"{why}, with {count - best.outside:,} of {count:,}")
    return Days(best.name, {day: best.rows[day] for day in wanted}, best.outside)


def day_of(value: object, timezone: str) -> str:
    """Return the day, in the zone, of a date or an instant; empty where the value is neither.

    A time without an offset is taken as it stands: the vendor writes times in the zone that it was asked for.
    """
    text = str(value)
    if found := ISO.fullmatch(text):
        if not found[2]:
            return found[1] if _exists(found[1]) else ""
        try:
            here = datetime.fromisoformat(re.sub(r" ?(UTC|Z)$", "+00:00", text.replace(",", ".")))
            return here.astimezone(zone(timezone)).date().isoformat()
        except (ValueError, OverflowError):
            return ""
    if EPOCH_MS.fullmatch(text):
        return local(int(text), timezone).date().isoformat()
    return ""


def _exists(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True
