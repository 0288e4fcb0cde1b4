"""PURE: into how many buckets a length cuts a window, and which lengths the vendor takes for it.

Documented are one week, one month, and the number of the one printed error. What else is allowed nobody says.
"""

from __future__ import annotations

from collections.abc import Sequence

from runner.catalog import Buckets, Report
from runner.window import Window

DAY_MS = 86_400_000
REFUSED = 745
"""So many the vendor refuses: the number in its printed error [O]. More of them surely fare no better."""
SAMPLED = 90
"""The most that a vendor's sample asks for: daily ones over 89 days, the end included [O]."""


def count(window: Window, interval_ms: int) -> int:
    """Return into how many buckets a length cuts a window; a part of one counts."""
    return -(-(window.end_ms - window.start_ms) // interval_ms)


def days(window: Window) -> int:
    """Return the length of a window in days, rounded: a day of daylight saving has 23 or 25 hours."""
    return round((window.end_ms - window.start_ms) / DAY_MS)


def fitting(rule: Buckets, report: Report, window: Window) -> Sequence[int]:
    """Return the lengths that fit a window: the documented ones, else those that stay within a sample."""
    if days(window) == 7:
        return rule.week
    if days(window) in range(28, 32):
        return rule.month
    parameter = report.parameter(rule.parameter)
    allowed = parameter.allowed if parameter is not None else None
    return [one for one in allowed or () if isinstance(one, int) and count(window, one) <= SAMPLED]


def hint(report: Report, window: Window) -> str:
    """Return which lengths to write for a window; empty where the report has no such rule."""
    for rule in report.rules:
        if isinstance(rule, Buckets):
            lengths = ", ".join(map(str, fitting(rule, report, window)))
            return f"; for this window of {days(window)} days, {rule.parameter} may be {lengths}"
    return ""
