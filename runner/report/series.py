"""PURE: rows per day of one export, and which days stand out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from statistics import median
from typing import Literal

from runner.report.words import listed, many

Mark = Literal["", "none", "high", "low", "no file", "not told", "not over"]

FAR = 4.0
"""A day stands out that lies so many usual deviations from what is usual on its day of the week."""
ENOUGH = 4
"""So many of a day of the week tell what is usual on it; else all days tell."""
EXPECTED = 5.0
"""Days without rows stand out where so many rows were to be expected: by chance one in 150 has none."""
SIGMA = 1.4826
"""What the median of deviations is multiplied by to be a standard deviation where they are normal."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day: its rows (None: no file covers it, or its file does not tell), what is usual, its mark."""

    day: str
    rows: int | None
    usual: float
    mark: Mark


def judged(
    rows: Mapping[str, int | None],
    not_over: frozenset[str] = frozenset(),
    untold: frozenset[str] = frozenset(),
    *,
    additive: bool = True,
) -> tuple[Day, ...]:
    """Return the days with their marks; `not_over` are days that are not over yet, which are not judged.

    Of the days without a number, `untold` are those that a file covers which does not tell its days. Where
    rows do not add up day by day (`additive`), no day is usual, and so none is out of the ordinary.
    """
    counted = rows.items() if additive else ()
    known = {day: count for day, count in counted if count is not None and day not in not_over}
    usual = _usual(known)
    off = [abs(count - usual[day]) for day, count in known.items()]
    spread = SIGMA * median(off) if off else 0.0
    gaps = _gaps(rows, usual)
    return tuple(
        Day(day, count, usual.get(day, 0.0), _mark(day, count, usual, spread, not_over, gaps, untold))
        for day, count in rows.items()
    )


def _gaps(rows: Mapping[str, int | None], usual: Mapping[str, float]) -> frozenset[str]:
    """Return the days of those stretches without rows on which some were to be expected."""
    found: set[str] = set()
    for empty, several in groupby(rows, key=lambda day: rows[day] == 0 and day in usual):
        days = list(several)
        if empty and sum(usual[day] for day in days) >= EXPECTED:
            found |= set(days)
    return frozenset(found)


def _usual(known: Mapping[str, int]) -> dict[str, float]:
    """Return for each day the median of its day of the week, or of all days where those are few."""
    by_weekday: dict[int, list[int]] = {}
    for day, count in known.items():
        by_weekday.setdefault(date.fromisoformat(day).weekday(), []).append(count)
    every = median(known.values()) if known else 0.0
    medians = {number: median(counts) for number, counts in by_weekday.items() if len(counts) >= ENOUGH}
    return {day: float(medians.get(date.fromisoformat(day).weekday(), every)) for day in known}


def _mark(
    day: str,
    count: int | None,
    usual: Mapping[str, float],
    spread: float,
    not_over: frozenset[str],
    gaps: frozenset[str],
    untold: frozenset[str],
) -> Mark:
    if count is None:
        return "not told" if day in untold else "no file"
    if day in not_over:
        return "not over"
    if not count:
        return "none" if day in gaps else ""
    if day not in usual:
        return ""
    # Counts scatter by their own root at least, so that small ones are not all strange.
    far = FAR * max(spread, usual[day] ** 0.5, 1.0)
    if abs(count - usual[day]) <= far:
        return ""
    return "high" if count > usual[day] else "low"


def in_words(days: Sequence[Day]) -> list[str]:
    """Say what the days show: the sum, the range, the gaps, what stands out, and what is not known."""
    if all(one.mark == "no file" for one in days):
        return ["No file covers any of these days."]
    return [*_found(days), *_unknown(days)]


def _found(days: Sequence[Day]) -> Iterator[str]:
    # A day that was not over has no rows yet: it would pull down the least and the median.
    rows = [one.rows for one in days if one.rows is not None and one.mark != "not over"]
    if rows:
        yield _sum(rows)
    if gaps := [one.day for one in days if one.mark == "none"]:
        yield f"No rows on {listed(gaps, 12)}."
    if strange := [one for one in days if one.mark in ("high", "low")]:
        far = [f"{one.day} ({one.rows:,}; {one.usual:,.0f} is usual)" for one in strange]
        yield f"Out of the ordinary: {listed(far, 12)}."


def _sum(rows: Sequence[int]) -> str:
    """Say how many rows there are, and how they spread where there is something to spread."""
    said = f"{many(sum(rows), 'row') if any(rows) else 'No rows'} on {many(len(rows), 'day')}"
    if len(rows) == 1 or not any(rows):
        return f"{said}."
    if min(rows) == max(rows):
        return f"{said}: {rows[0]:,} a day."
    return f"{said}: {min(rows):,} to {max(rows):,} a day, median {median(rows):,.0f}."


def _unknown(days: Sequence[Day]) -> Iterator[str]:
    if later := [one.day for one in days if one.mark == "not over"]:
        yield f"Not over when it was asked: from {later[0]} on."
    if untold := [one.day for one in days if one.mark == "not told"]:
        yield f"Their files do not tell of {_stretches(untold)}."
    if missing := [one.day for one in days if one.mark == "no file"]:
        yield f"No file covers {_stretches(missing)}."


def _stretches(days: Sequence[str]) -> str:
    """Write days as stretches of days: `8 days: 2026-01-01 to 2026-01-07 and 2026-01-12`."""
    numbered = enumerate(date.fromisoformat(day).toordinal() for day in days)
    several = []
    for _, one in groupby(numbered, key=lambda pair: pair[1] - pair[0]):
        stretch = [str(date.fromordinal(day)) for _, day in one]
        several.append(" to ".join(dict.fromkeys((stretch[0], stretch[-1]))))
    return days[0] if len(days) == 1 else f"{many(len(days), 'day')}: {listed(several, 12)}"
