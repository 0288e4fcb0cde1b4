"""PURE: where an instant, a span and a bar lie in a picture, in percent of its width and height."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runner.report.series import Day
from runner.report.story import MINUTE_MS, Phase, Sitting, Span

PAUSE_SHARE = 2.0
MOST_PAUSES = 30.0
"""Percent of the width that one pause between two sittings takes, and that all of them take at most."""
THINNEST = 0.25
"""Percent of the width that a span takes at least: what happened in an instant must be seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; percent of the picture from its left and its top."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    title: str = ""


class Axis:
    """The time of a lane, left to right: sittings as long as they took, pauses between them cut short."""

    def __init__(self, sittings: Sequence[Sitting]) -> None:
        self._sittings = sittings
        self._pause = min(PAUSE_SHARE, MOST_PAUSES / len(sittings)) if sittings else 0.0
        lasted = sum(end - start for start, end in sittings)
        self._scale = (100 - self._pause * (len(sittings) - 1)) / lasted if lasted else 0.0

    def at(self, instant: int) -> float:
        """Return where an instant lies; one in a pause lies at the pause's end."""
        place = 0.0
        for start, end in self._sittings:
            if instant <= end:
                return place + max(instant - start, 0) * self._scale
            place += (end - start) * self._scale + self._pause
        return 100.0

    def pauses(self) -> list[Bar]:
        """Return what stands for the pauses."""
        starts = [self.at(start) for start, _ in self._sittings[1:]]
        return [_bar(one - self._pause, 0, self._pause, 100, "pause") for one in starts]

    def spans(self, spans: Sequence[Span]) -> list[Bar]:
        """Return the bars of one partition: those of waiting are thin, so that no colour alone tells."""
        return [self._span(one.phase, self.at(one.start), self.at(one.end)) for one in spans]

    def _span(self, phase: Phase, start: float, end: float) -> Bar:
        width = max(end - start, THINNEST)
        top, height = (40, 20) if phase == "waiting" else (10, 80)
        return _bar(min(start, 100 - width), top, width, height, phase)

    def minutes(self, own: Mapping[int, int], others: Mapping[int, int], most: int) -> list[Bar]:
        """Return a bar for each minute with requests, as high as its share of `most`; others' on top."""
        bars = []
        for minute in sorted({*own, *others}):
            mine, theirs = own.get(minute, 0), others.get(minute, 0)
            for start, end in self._parts(minute):
                bars.append(_rising(start, end, 0, mine / most, "requests"))
                if theirs:
                    bars.append(_rising(start, end, mine / most, theirs / most, "others"))
        return bars

    def _parts(self, minute: int) -> list[tuple[float, float]]:
        """Return where a minute lies, as far as the lane was at work in it."""
        begin, stop = minute * MINUTE_MS, (minute + 1) * MINUTE_MS
        inside = [
            (max(begin, start), min(stop, end))
            for start, end in self._sittings
            if start < stop and begin <= end
        ]
        return [(self.at(start), self.at(end)) for start, end in inside]


def _rising(start: float, end: float, above: float, share: float, kind: str) -> Bar:
    height = min(share, 1.0) * 100
    gap = min(0.2, (end - start) * 0.1)
    return _bar(start, 100 - above * 100 - height, max(end - start - gap, THINNEST), height, kind)


def _bar(x: float, y: float, width: float, height: float, kind: str, title: str = "") -> Bar:
    return Bar(round(x, 3), round(y, 2), round(width, 3), round(height, 2), kind, title)


MARK_HEIGHT = 8.0


def day_bars(days: Sequence[Day]) -> list[Bar]:
    """Return a bar for each day, and a mark above or below those that stand out."""
    highest = max((one.rows or 0 for one in days), default=0) or 1
    step = 100 / len(days) if days else 0.0
    bars = []
    for number, one in enumerate(days):
        x, width = number * step, step * (0.8 if len(days) < 200 else 1.0)
        # The top is kept free for marks.
        height = (one.rows or 0) / highest * (100 - 1.5 * MARK_HEIGHT)
        if one.mark in ("no file", "not told", "not over", "none"):
            bars.append(_bar(x, 0, step, 100, one.mark.replace(" ", "-"), _told(one)))
        if one.rows:
            bars.append(_bar(x, 100 - height, width, height, one.mark or "rows", _told(one)))
        if one.mark == "none":
            bars.append(_bar(x, 100 - MARK_HEIGHT, step, MARK_HEIGHT, "mark"))
        if one.mark in ("high", "low"):
            top = max(100 - height - 1.2 * MARK_HEIGHT, 0)
            bars.append(_bar(x, top, width, MARK_HEIGHT * 0.6, "mark"))
    return bars


def _told(one: Day) -> str:
    if one.rows is None:
        return f"{one.day}: {'not told by its file' if one.mark == 'not told' else 'no file'}"
    usual = f", {one.usual:,.0f} is usual" if one.mark in ("high", "low", "none") else ""
    return f"{one.day}: {one.rows:,}{usual}"
