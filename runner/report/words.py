"""PURE: figures as a person reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime


def size(count: int) -> str:
    """Write a number of bytes for people: 950 B, 12.3 KiB, 4.0 MiB."""
    number, unit = float(count), "B"
    for larger in ("KiB", "MiB", "GiB"):
        if number < 1000:
            break
        number, unit = number / 1024, larger
    return f"{count} B" if unit == "B" else f"{number:.1f} {unit}"


def duration(seconds: float) -> str:
    """Write a time for people: 12 s, 3 min 20 s, 2 h 05 min, 3 d 04 h."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} d {hours % 24:02d} h"
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def links(jobs: int, until: int) -> str:
    """Say how many jobs are under way, and when (epoch ms) the first of their links dies, to the minute."""
    minute = f"{datetime.fromtimestamp(until // 1000, UTC):%Y-%m-%d %H:%M} UTC"
    if jobs == 1:
        return f"1 job is under way; its link dies at {minute}"
    return f"{jobs:,} jobs are under way; the first link dies at {minute}"


def many(count: int, one: str, several: str = "") -> str:
    """Write a number with its noun: 1 file, 1,204 files."""
    return f"{count:,} {one if count == 1 else several or f'{one}s'}"


def part(count: int, total: int, one: str) -> str:
    """Write how many of all: 1 of 1 file, 0 of 2 files."""
    return f"{count:,} of {many(total, one)}"


def is_one(count: int, total: int) -> bool:
    """Say whether a part of all takes a verb in the singular: 1 of 2 files is there, 0 of 1 file is."""
    return count == 1 or total == 1


def listed(words: Sequence[str], most: int = 0) -> str:
    """Join words as a sentence does: a, b and c; past `most` of them (0: all), only count."""
    if most and len(words) > most:
        return f"{', '.join(words[:most])} and {len(words) - most:,} more"
    return " and ".join((", ".join(words[:-1]), words[-1]) if len(words) > 1 else words)
