"""The window of one export and how it is split: what its period means, what the API takes. Pure."""

from __future__ import annotations

import re

from runner.catalog import Limits, Report
from runner.document import Json, Path
from runner.entry import Entry, Given
from runner.findings import Findings
from runner.scalars import shown
from runner.timeframe import TimeProblem, Window, exceeds_days, exceeds_months, split, window

MOST_WINDOWS = 10_000
"""The most windows that one export may be split into."""

_DAY_MS = 86_400_000
_LEAST_DAYS = {"day": 1, "week": 7, "month": 28, "quarter": 89}
_UNDERSCORES = re.compile(r"[0-9]+(_[0-9]+)+")


def read_window(entry: Entry, findings: Findings) -> Window | None:
    """Return the window of an export, or None where it cannot be known."""
    period, timezone = entry.given("period"), entry.given("timezone")
    if period is None:
        findings.refuse(entry.path, "missing key 'period': write it here or at the top, as period: 2026-01")
        return None
    if period.path in entry.unsound or (timezone and timezone.path in entry.unsound):
        return None
    try:
        return window(period.value, timezone.value if timezone else None)
    except TimeProblem as problem:
        findings.refuse(*_placed(problem, period, timezone))
        return None


def _placed(problem: TimeProblem, period: Given, timezone: Given | None) -> tuple[Path, str]:
    """Return the place that a problem with a period means, and the message."""
    if problem.part == "timezone" and timezone:
        return timezone.path, str(problem)
    if not problem.part or not isinstance(period.value, dict):
        return period.path, str(problem)
    text = period.value[problem.part]
    if isinstance(text, str) and _UNDERSCORES.fullmatch(text):
        plain = text.replace("_", "")
        return (
            *period.path,
            problem.part,
        ), f"{shown(text)} is no instant; write {plain}, without underscores"
    return (*period.path, problem.part), str(problem)


def judge_windows(
    entry: Entry, whole: Window, report: Report, kind: str, limits: Limits, findings: Findings
) -> tuple[Window, ...]:
    """Return the windows that the export is split into; problems and warnings go to `findings`.

    `kind` is the report's composition with the export's parameters.
    """
    step = entry.value("split", "none")
    pieces = _split(entry, whole, step, findings)
    if len(pieces) > 1 and kind != "additive" and not entry.value("split_anyway", False):
        findings.refuse(
            _place(entry, step),
            f"{report.id} cannot be split ({kind}). {report.composition.reason} "
            "Leave split out, or write split_anyway: true, and each file is labelled",
        )
    _judge_length(entry, pieces, kind, limits, findings)
    return pieces


def _split(entry: Entry, whole: Window, step: Json, findings: Findings) -> tuple[Window, ...]:
    """Return the windows of a split; the whole one where it cannot be made."""
    if not isinstance(step, str | int) or step == "none":
        return (whole,)
    if entry.given("timezone") is None:
        findings.refuse(_place(entry, step), "a split is made where days begin: name a timezone")
        return (whole,)
    least = step if isinstance(step, int) else _LEAST_DAYS[step]
    count = (whole.end_ms - whole.start_ms) // (least * _DAY_MS)
    if count > MOST_WINDOWS:
        findings.refuse(_place(entry, step), f"this makes about {count} windows; at most {MOST_WINDOWS}")
        return (whole,)
    return split(whole, step)


def _judge_length(
    entry: Entry, pieces: tuple[Window, ...], kind: str, limits: Limits, findings: Findings
) -> None:
    """Refuse windows that are longer than the API takes [J, S]; warn where the vendor's pages disagree."""
    place = _place(entry, entry.value("split", "none"))
    months, days = limits.window_months, limits.window_days_warning
    if long := [one for one in pieces if exceeds_months(one, months)]:
        findings.refuse(
            place,
            f"{long[0].in_words()} is longer than {months} months, the most that the API takes; "
            f"{_fix(entry, 'quarter', kind)}",
        )
    elif long := [one for one in pieces if exceeds_days(one, days)]:
        findings.warn(
            place,
            f"{long[0].in_words()} is longer than {days} days; one page of the vendor takes {months} months, "
            f"another {days} days: if it is refused, {_fix(entry, 'month', kind)}",
        )


def _fix(entry: Entry, step: str, kind: str) -> str:
    """Say how to make windows shorter."""
    if kind != "additive" and not entry.value("split_anyway", False):
        return f"write a shorter period, as its parts do not add up ({kind})"
    named = "" if entry.given("timezone") else "name a timezone and "
    return f"{named}write split: {step}"


def _place(entry: Entry, step: Json) -> Path:
    """Return the place of the split, or of the period where there is no split."""
    given = entry.given("split" if step != "none" else "period")
    return given.path if given else entry.path
