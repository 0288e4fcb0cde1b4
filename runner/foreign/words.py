"""What a request asks for, in words for people on a terminal, and as plain data for programs. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from runner.catalog import Report
from runner.document import Json
from runner.errors import visible
from runner.foreign.call import Remark, real
from runner.foreign.headers import is_secret
from runner.foreign.instants import Span
from runner.foreign.meaning import Asked
from runner.redact import pair
from runner.window import Window, iso
from runner.wording import listed
from runner.zones import local

_LABEL = 11
_OTHER = {
    "teams": "the list of teams, whose numbers teamIds takes; it is no export",
    "time zones": "the list of time zones; it is no export",
    "jobs": "the list of jobs of the last 24 hours, which the vendor means to remove; it is no export",
    "preflight": "what a browser asks before it sends a request from a page elsewhere; it is no export",
    "other": "no endpoint of the Analytics Reports API that is known",
    "create": "a report that is not known",
}
_SHORT = 8
_KINDS = _KEY, _USER, _PASSWORD, _TOKEN = "company key", "user name", "password", "token or cookie"


@dataclass(frozen=True, slots=True)
class Page:
    """How wide lines are, and what keeps secrets out of them: a break must not hide a part of one from it."""

    width: int
    mask: Callable[[str], str]

    def wrapped(self, text: str, first: str, rest: str) -> list[str]:
        """Return a text as lines, the first and the others each with its beginning."""
        return textwrap.wrap(
            self.mask(visible(text)),
            max(self.width, 40),
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )


def lines(asked: Asked, zones: Sequence[str], page: Page) -> Iterator[str]:
    """Return the lines that explain a request; `zones` are UTC, the one asked for and the local one."""
    yield from _head(asked, page)
    if asked.report:
        yield from _create(asked, asked.report, zones, page)
    elif asked.endpoint.run_id:
        yield from _row("workflowId", asked.endpoint.workflow_id, page)
        yield from _row("runId", shortened(asked.endpoint.run_id), page)
    yield from _remarks(asked, page)


def _head(asked: Asked, page: Page) -> Iterator[str]:
    """Say what is asked, by which method."""
    call, report = asked.call, asked.report
    if report:
        method = asked.operation.method if asked.operation else ""
        by = f", asked by {call.method}" if call.method else f", which is asked by {method}"
        what = f"{report.id} ({report.title}){by}"
    elif asked.endpoint.kind == "status":
        what = "the state of a job: its statusUrl"
    elif asked.endpoint.kind == "download":
        what = "the file of a job: its downloadUrl"
    else:
        what = _OTHER[asked.endpoint.kind]
    name = f"{call.name}: " if call.name else ""
    yield from page.wrapped(f"{name}{what}", "", "  ")


def _create(asked: Asked, report: Report, zones: Sequence[str], page: Page) -> Iterator[str]:
    """Say what the create of a report asks for, and what the API takes where it says nothing."""
    metrics = asked.values.get("reportMetrics")
    columns = listed(metrics, 40) if isinstance(metrics, list) else "all that the company has switched on"
    yield from _row("columns", columns, page)
    yield from _window(asked.span, zones, page)
    sent = [f"{name} {written(one)}" for name, one in asked.values.items() if name != "reportMetrics"]
    yield from _row("values", ", ".join(sent) or "none", page)
    yield from _rows("defaults", defaults(asked, report), page)


def _window(span: Span | None, zones: Sequence[str], page: Page) -> Iterator[str]:
    """Say from when to when, in each zone once, and how long that is."""
    if span is None or span.start_ms >= span.end_ms:
        yield from _row("window", "cannot be known", page)
        return
    words = [span.shown(zone).in_words() for zone in distinct(span, zones)]
    asked_in = zones[1] if len(zones) > 1 else "UTC"
    yield from _rows("window", [*words, length(span.shown(asked_in))], page)


def distinct(span: Span, zones: Iterable[str]) -> list[str]:
    """Return the zones without those whose clocks show the same as an earlier one's at both ends."""
    clocks: dict[object, str] = {}
    for zone in zones:
        shown = tuple(local(one, zone).replace(tzinfo=None) for one in (span.start_ms, span.end_ms))
        clocks.setdefault(shown, zone)
    return list(clocks.values())


def length(window: Window) -> str:
    """Return how long a window is: in days of its zone where it is of whole days, else in days and hours."""
    if window.whole_days:
        first, after = (local(one, window.timezone).date() for one in (window.start_ms, window.end_ms))
        return _count((after - first).days, "day")
    minutes, rest = divmod(window.end_ms - window.start_ms, 60_000)
    parts = (minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute")
    words = [_count(number, name) for number, name in parts if number]
    if rest:
        words.append(f"{rest / 1000:g} s")
    return " ".join(words)


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def defaults(asked: Asked, report: Report) -> list[str]:
    """Return what applies where the request says nothing."""
    found = []
    for one in report.parameters:
        if one.name not in asked.values and one.declared and one.default is not None:
            matters = one.name in report.composition.by
            found.append(f"{one.name} {written(one.default)}{f': {one.note}' if matters else ''}")
    if report.parameter("timezone") and not {"timezone", "timezoneOffset"} & set(asked.values):
        found.append("dates in the file are in UTC")
    return found


def written(value: Json) -> str:
    """Return a value as it goes on the wire."""
    if isinstance(value, list):
        return ",".join(map(written, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def shortened(secret: str) -> str:
    """Return the beginning of what lets its holder in, and how long it is."""
    return f"{secret[:_SHORT]}… ({len(secret)} characters)" if len(secret) > 2 * _SHORT else "…"


def _remarks(asked: Asked, page: Page) -> Iterator[str]:
    """Say what is wrong, and what is worth knowing."""
    if problems := asked.problems:
        yield ""
        yield f"{len(problems)} things are wrong:" if len(problems) > 1 else "One thing is wrong:"
        yield from told(problems, page)
    if asked.notes:
        yield ""
        yield "Worth knowing:"
        yield from told(asked.notes, page)


def told(remarks: Iterable[Remark], page: Page) -> Iterator[str]:
    """Return remarks as lines."""
    for one in remarks:
        about = f"{one.about}: " if one.about else ""
        yield from page.wrapped(f"{about}{one.message}", "  ", "    ")


def _row(label: str, text: str, page: Page) -> list[str]:
    return page.wrapped(text, f"  {label:{_LABEL}}", " " * (_LABEL + 2))


def _rows(label: str, texts: Sequence[str], page: Page) -> Iterator[str]:
    for index, text in enumerate(texts):
        yield from _row("" if index else label, text, page)


def rotate(asked: Iterable[Asked]) -> list[str]:
    """Return which credentials stand in requests; none of them is shown."""
    kinds = dict.fromkeys(kind for one in asked for kind, text in _credentials(one) if real([text]))
    return [one for one in _KINDS if one in kinds]


def _credentials(asked: Asked) -> Iterator[tuple[str, str]]:
    """Yield each credential of a request with its kind; the token of a job is told of where the job is."""
    call = asked.call
    yield from ((_KEY, call.company_key()), (_USER, call.username), (_PASSWORD, call.password))
    # The header of Basic says user and password once more.
    yield from ((_TOKEN, one) for one in call.others if one not in pair(call.username, call.password))
    if not asked.endpoint.run_id:
        pairs = (*call.url.query, *call.form)
        yield from ((_kind(name), text) for name, text in pairs if is_secret(name))


def _kind(name: str) -> str:
    """Return which credential a parameter holds, by its name, however that is written."""
    words = {"company": _KEY, "pass": _PASSWORD, "pwd": _PASSWORD}
    return next((kind for word, kind in words.items() if word in name.lower()), _TOKEN)


def to_json(asked: Asked, zones: Sequence[str], offset_ms: int) -> dict[str, Json]:
    """Return what a request asks for as plain data; of what is secret only that it is there."""
    report = asked.report
    shape: dict[str, Json] = {
        "name": asked.call.name,
        "kind": asked.endpoint.kind,
        "method": asked.call.method or None,
        "host": asked.call.url.host,
        "report": report.id if report else None,
    }
    if report:
        metrics = asked.values.get("reportMetrics")
        rest = {name: one for name, one in asked.values.items() if name != "reportMetrics"}
        shape |= {"metrics": metrics, "parameters": rest, "defaults": [*defaults(asked, report)]}
        shape["window"] = _window_json(asked.span, zones, offset_ms)
    elif asked.endpoint.run_id:
        shape |= {"workflow_id": asked.endpoint.workflow_id, "run_id": shortened(asked.endpoint.run_id)}
    shape["credentials"] = [*rotate([asked])]
    shape["problems"] = [_remark(one) for one in asked.problems]
    shape["notes"] = [_remark(one) for one in asked.notes]
    return shape


def _remark(one: Remark) -> dict[str, Json]:
    return {"about": one.about, "message": one.message}


def _window_json(span: Span | None, zones: Sequence[str], offset_ms: int) -> Json:
    """Return a window as it was sent, half-open as a manifest has it, and in words for each zone."""
    if span is None:
        return None
    sent: dict[str, Json] = {"startTime": span.start_ms, "endTime": span.end_ms}
    if span.start_ms >= span.end_ms:
        return sent
    window = span.window(offset_ms, "UTC")
    words: list[Json] = [
        {"timezone": zone, "words": span.shown(zone).in_words()} for zone in distinct(span, zones)
    ]
    start, end = (iso(one, "UTC") for one in (window.start_ms, window.end_ms))
    return sent | {"start": start, "end": end, "length": length(span.shown("UTC")), "zones": words}
