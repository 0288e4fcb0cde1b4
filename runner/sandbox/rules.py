"""PURE: how a create request is judged, and what it asks for.

The rules are the documents'; the answers to a broken one are the sandbox's own choice, as no document prints
any but the bucket text. Undeclared parameters are ignored, and so are parameters in the wrong place, which
then may be missed. A parameter that takes one value and comes twice counts the first time (the sandbox's own
choice).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Literal

from runner import zones
from runner.sandbox.ask import DAY_MS, Ask
from runner.sandbox.columns import columns
from runner.sandbox.endpoints import ENDPOINTS

WEEK_MS = 7 * DAY_MS
INTERVALS = frozenset(minutes * 60_000 for minutes in (5, 10, 15, 30, 60, 120, 240, 480, 720, 1440, 7 * 1440))
"""The declared values of timeInterval [O]; any above a week means months."""
MONTH_RULE = frozenset({DAY_MS, WEEK_MS})
"""What a window of one month allows [O]."""
WEEK_RULE = frozenset({28_800_000, 43_200_000, DAY_MS})
"""What a window of one week allows [O]."""
MOST_BUCKETS = 100
"""For windows of other lengths (the sandbox's own choice; a vendor sample asks for 89)."""
MOST_TEXT = 16_384
"""How long all parameters may be together (the sandbox's own choice; nobody documents a limit)."""
WINDOW_MONTHS = 3
"""The longest window [J]."""

Given = Mapping[str, tuple[str, ...]]
Pairs = Iterable[tuple[str, str]]


class Refused(Exception):
    """A request that a rule forbids; the message says which."""


class TooManyBuckets(Exception):
    """The one error whose text the documents print [O]."""

    def __init__(self, count: int) -> None:
        super().__init__(
            "Unable to hydrate filter for export info: com.lithium.socialweb.analytics.webapp.models.filter."
            f"HydrationException: Too many buckets ({count}) requested. Select a larger interval?"
        )


def seen(report: str, method: str, query: Pairs, form: Pairs) -> tuple[tuple[str, str], ...]:
    """Return the parameters that the operation looks at, each from the place where it looks."""
    endpoint = ENDPOINTS[report]
    known = set(endpoint.parameters)
    in_query = [(k, v) for k, v in query if k in known and not endpoint.travels_in_form(k, method)]
    in_form = [(k, v) for k, v in form if k in known and endpoint.travels_in_form(k, method)]
    return (*in_query, *in_form)


def read(report: str, pairs: Pairs, created_ms: int, history_months: int | None) -> Ask:
    """Return what the pairs ask for. Refused or TooManyBuckets where a rule forbids it."""
    held = tuple(pairs)
    if sum(len(name) + len(value) for name, value in held) > MOST_TEXT:
        raise Refused("the parameters are too long")
    given: dict[str, tuple[str, ...]] = {}
    for name, value in held:
        given[name] = (*given.get(name, ()), value)
    for name in sorted(ENDPOINTS[report].required):
        if not given.get(name, ("",))[0]:
            raise Refused(f"{name} is required")
    start, end = _window(given, created_ms, history_months)
    ask = Ask(
        report=report,
        start_ms=start,
        end_ms=end,
        as_of_ms=created_ms - created_ms % DAY_MS,
        format=_format(given),
        timezone=_timezone(given),
        offset_ms=_offset(given),
        priorities=_numbers(given, "priorities", most=5),
        queues=_numbers(given, "workqueueIds"),
        teams=_numbers(given, "teamIds") or _repeated(given, "teamId"),
        agents=_repeated(given, "agentId"),
        smart_view=_smart_view(given),
        business=_business(given),
        include_disabled=_flag(given, "includeDisabled") or False,
        conversations=_one_of(given, "conversationReportType", ("OPEN_AT_END", "CLOSED", "CREATED")),
        interval_ms=_interval(given, start, end),
        raise_limit=_flag(given, "raiselimit") or False,
        metrics=given.get("reportMetrics", ()),
    )
    # en_US stands in the guide's own requests, though only the five are declared (quirk locale-values).
    _one_of(given, "locale", ("en", "es", "fr", "de", "tr", "en_US"))
    _known_metrics(ask)
    return ask


def _window(given: Given, created_ms: int, history_months: int | None) -> tuple[int, int]:
    start, end = (_instant(given, name) for name in ("startTime", "endTime"))
    if start >= end:
        raise Refused("startTime must be before endTime")
    # Months are counted in UTC; a day of grace, as the caller's own zone is not known here.
    if end > _months_from(start, WINDOW_MONTHS) + DAY_MS:
        raise Refused("the window is longer than three months")
    if history_months is not None and start < _months_from(created_ms, -history_months) - DAY_MS:
        raise Refused(f"startTime is more than {history_months} months ago")
    return start, end


def _instant(given: Given, name: str) -> int:
    text = given[name][0]
    if not re.fullmatch(r"[0-9]{13}", text):
        raise Refused(f"{name} is not a time in milliseconds (13 digits)")
    return int(text)


def _months_from(instant_ms: int, months: int) -> int:
    days, rest = divmod(instant_ms, DAY_MS)
    day = zones.plus_months(date(1970, 1, 1) + timedelta(days=days), months)
    return (day - date(1970, 1, 1)).days * DAY_MS + rest


def _one_of(given: Given, name: str, allowed: tuple[str, ...]) -> str:
    """Return the value, the first of `allowed` where none was given. Case counts [R]."""
    value = given.get(name, allowed)[0]
    if value not in allowed:
        raise Refused(f"{name} must be one of {', '.join(allowed)}")
    return value


def _format(given: Given) -> Literal["csv", "json"]:
    return "csv" if _one_of(given, "reportFormat", ("json", "csv")) == "csv" else "json"


def _flag(given: Given, name: str) -> bool | None:
    if name not in given:
        return None
    return _one_of(given, name, ("true", "false")) == "true"


def _business(given: Given) -> bool | None:
    """Return the three states of businessHourType; it needs enableBusinessHour=true [O]."""
    kind = _flag(given, "businessHourType")
    if kind is not None and not _flag(given, "enableBusinessHour"):
        raise Refused("businessHourType needs enableBusinessHour=true")
    _flag(given, "enableBusinessHour")
    return kind


def _timezone(given: Given) -> str:
    """Return the zone, or "". Where timezoneOffset comes too, the zone wins (the sandbox's own choice)."""
    name = given.get("timezone", ("",))[0]
    if "timezone" in given and name not in zones.names():
        raise Refused("timezone is not an id of /config/timezones")
    return name


def _offset(given: Given) -> int:
    text = given.get("timezoneOffset", ("0",))[0]
    if not re.fullmatch(r"-?[0-9]{1,8}", text) or abs(int(text)) > 64_800_000:
        raise Refused("timezoneOffset is not an offset in milliseconds")
    return int(text)


def _number(name: str, text: str, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", text) or int(text) > most:
        raise Refused(f"{name} holds something that is not allowed")
    return int(text)


def _numbers(given: Given, name: str, most: int = 10**12) -> frozenset[int] | None:
    """Read a comma list: one parameter, values joined by commas."""
    if name not in given:
        return None
    return frozenset(_number(name, part, most) for part in given[name][0].split(","))


def _repeated(given: Given, name: str) -> frozenset[int] | None:
    """Read a list of one parameter per value."""
    if name not in given:
        return None
    return frozenset(_number(name, one, 10**12) for one in given[name])


def _smart_view(given: Given) -> int | None:
    """Read the one id that it takes [O]."""
    if "smartViewId" not in given:
        return None
    if len(given["smartViewId"]) > 1:
        raise Refused("smartViewId takes one id")
    return _number("smartViewId", given["smartViewId"][0], 10**12)


def _interval(given: Given, start_ms: int, end_ms: int) -> int:
    if "timeInterval" not in given:
        return DAY_MS
    interval = _number("timeInterval", given["timeInterval"][0], 10**12)
    if interval <= WEEK_MS and interval not in INTERVALS:
        raise Refused("timeInterval is none of the allowed values")
    count, days = (end_ms - start_ms) // interval + 1, (end_ms - start_ms + 1) / DAY_MS
    # An hour of play on both sides: a month with a change of clocks is a month.
    if 28 - 1 / 24 <= days <= 31 + 1 / 24:
        fits = interval in MONTH_RULE or interval > WEEK_MS
    elif 7 - 1 / 24 <= days <= 7 + 1 / 24:
        fits = interval in WEEK_RULE
    else:
        fits = count <= MOST_BUCKETS
    if not fits:
        raise TooManyBuckets(count)
    return interval


def _known_metrics(ask: Ask) -> None:
    known = columns(ask.report, ask.format)
    for name in ask.metrics:
        if name not in known:
            raise Refused(f"reportMetrics has {name!r}, which is no column of {ask.report}")
    if len(set(ask.metrics)) != len(ask.metrics):
        raise Refused("reportMetrics names a column twice")
