"""The window of a request: its two instants as they were sent, and what looks wrong with them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runner.catalog import Limits
from runner.foreign.call import Remark
from runner.foreign.variables import unknown
from runner.scalars import shown
from runner.timeframe import (
    FIRST_MS,
    LAST_MS,
    TimeProblem,
    Window,
    exceeds_days,
    exceeds_months,
    months_before,
)
from runner.timeframe import window as made
from runner.window import iso
from runner.zones import starts_day

_TUTORIAL = {
    (1551441600000, 1556712000000): "the vendor's guide says that this is 1 February to 1 May 2019, but it "
    "is noon (UTC) of 1 March to noon of 1 May; 1 February 00:00 UTC is 1548979200000",
    (1470614400000, 1461104100000): "this is the first example of the vendor's development kit, whose two "
    "instants are in the wrong order",
}
"""Windows of the vendor's own samples that are not what their text says."""
TODAY = "today"
"""What a remark is about that will not hold for ever."""
_GUIDE_AUGUST = 1565769600000
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?")


@dataclass(frozen=True, slots=True)
class Span:
    """A window as it was sent: both instants are the API's, whose end may or may not be part of it."""

    start_ms: int
    end_ms: int

    def window(self, end_offset_ms: int, timezone: str) -> Window:
        """Return the window that a manifest asks for in order to send these two instants."""
        return Window(self.start_ms, self.end_ms - end_offset_ms, timezone)

    def shown(self, timezone: str) -> Window:
        """Return the window as people mean it: an end on the last millisecond is the instant after it."""
        return Window(self.start_ms, self.end_ms + (self.end_ms % 1000 == 999), timezone)


def instant(texts: Sequence[str], name: str, remarks: list[Remark]) -> int | None:
    """Return one instant; None where there is none that the API could take."""
    if not texts:
        return None
    if len(texts) > 1:
        remarks.append(Remark(f"it stands there {len(texts)} times; keep one", name))
    text = texts[-1].strip()
    if missing := unknown(text):
        remarks.append(Remark(f"the variable {{{{{missing}}}}} has no value here", name))
        return None
    digits = text.replace("_", "").replace(",", "")
    if not re.fullmatch(r"-?\d{1,30}", digits):
        remarks.append(Remark(_no_number(text), name))
        return None
    if digits != text:
        remarks.append(Remark(f"digits only: write {digits}", name))
    try:
        return made({"start": int(digits), "end": max(int(digits), FIRST_MS) + 1}, None).start_ms
    except TimeProblem as problem:
        # The one instant whose end is out of reach is an instant all the same.
        if int(digits) == LAST_MS:
            return LAST_MS
        remarks.append(Remark(str(problem), name))
        return None


def _no_number(text: str) -> str:
    """Say what to write for a text that is no number."""
    if _DATE.fullmatch(text):
        try:
            found = made({"start": text, "end": "2286-01-01T00:00:00Z"}, "UTC").start_ms
            return f"{shown(text)} is a date; the API takes milliseconds: {found}, if UTC was meant"
        except TimeProblem:
            pass
    return f"{shown(text)} is no instant; the API takes epoch milliseconds, 13 digits"


def span(
    given: dict[str, list[str]], remarks: list[Remark], limits: Limits, now_ms: int, timezone: str
) -> Span | None:
    """Return the window of a request; None where it has none. What looks wrong goes to `remarks`."""
    ends = [instant(given.get(name, []), name, remarks) for name in ("startTime", "endTime")]
    missing = "it is missing, and the API needs it: epoch milliseconds, 13 digits"
    remarks.extend(Remark(missing, name) for name in ("startTime", "endTime") if name not in given)
    start, end = ends
    if start is None or end is None:
        return None
    found = Span(start, end)
    remarks.extend(_judged(found, limits, now_ms, timezone))
    return found


def _judged(found: Span, limits: Limits, now_ms: int, timezone: str) -> Iterator[Remark]:
    """Yield what looks wrong with a window."""
    start, end = found.start_ms, found.end_ms
    if said := _TUTORIAL.get((start, end)):
        yield Remark(said, "startTime")
    if _GUIDE_AUGUST in (start, end):
        name = "startTime" if start == _GUIDE_AUGUST else "endTime"
        yield Remark(
            "the vendor's guide calls this 14 August 2019 1:00 AM, which it is at UTC-7 only; UTC says 08:00",
            name,
            grave=False,
        )
    if start >= end:
        word = "lies after" if start > end else "is the same as"
        yield Remark(f"it {word} endTime; were the two swapped?", "startTime")
        return
    yield from _length(found, limits, timezone)
    yield from _calendar(found, limits, now_ms)
    if end % 1000 == 0 and starts_day(end, timezone):
        yield Remark(
            f"it is the first instant of the next day; nobody documents if it is part of the window. "
            f"{end - 1} ends with the day",
            "endTime",
            grave=False,
        )


def _length(found: Span, limits: Limits, timezone: str) -> Iterator[Remark]:
    """Yield what is wrong with a window's length [J, S], which may fit in one zone and not in another."""
    windows = (found.shown("UTC"), found.shown(timezone))
    if all(exceeds_months(one, limits.window_months) for one in windows):
        most = f"{limits.window_months} months"
        yield Remark(f"the window is longer than {most}, the most that the API takes", "endTime")
    elif exceeds_days(windows[0], limits.window_days_warning):
        yield Remark(
            f"the window is longer than {limits.window_days_warning} days; one page of the vendor takes "
            f"{limits.window_months} months, another {limits.window_days_warning} days",
            "endTime",
            grave=False,
        )


def _calendar(found: Span, limits: Limits, now_ms: int) -> Iterator[Remark]:
    """Yield what today says to a window."""
    earliest = months_before(now_ms, limits.history_months, "UTC")
    if found.start_ms < earliest:
        yield Remark(
            f"the window begins more than {limits.history_months} months back; the API holds nothing before "
            f"{iso(earliest, 'UTC')[:10]} now",
            TODAY,
            grave=False,
        )
    if found.end_ms >= now_ms:
        message = "the window is not over: asked again, it can give other rows"
        yield Remark(message, TODAY, grave=False)
