"""What a request asks for, judged by the catalogue: report, values, window, all that looks wrong. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from runner.catalog import Catalog, Operation, Report
from runner.columns import columns
from runner.document import Document, Json
from runner.entry import Given
from runner.findings import Findings
from runner.foreign.call import Call, Remark, real
from runner.foreign.endpoint import Endpoint, endpoint, host_remarks
from runner.foreign.instants import Span, span
from runner.foreign.values import value
from runner.judge import did_you_mean
from runner.parameters import judge_buckets, judge_rules, judge_value
from runner.scalars import shown
from runner.wording import listed
from runner.zones import names

_WINDOW = ("companyKey", "startTime", "endTime")
_JOB_KEYS = ("companyKey", "analyticsAccessToken")
_BUNDLE = Document("the request", {}, {(): (1, 1)}, {})
"""Findings need a file with places; a request has none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for. `values` are by the API's names, without key and window.

    `left_out` are the parameters that the report does not take.
    """

    call: Call
    endpoint: Endpoint
    operation: Operation | None = None
    values: Mapping[str, Json] = field(default_factory=dict)
    span: Span | None = None
    remarks: tuple[Remark, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def report(self) -> Report | None:
        """The report of a create."""
        return self.endpoint.report

    @property
    def problems(self) -> tuple[Remark, ...]:
        """What is wrong."""
        return tuple(one for one in self.remarks if one.grave)

    @property
    def notes(self) -> tuple[Remark, ...]:
        """What is notable."""
        return tuple(one for one in self.remarks if not one.grave)


@dataclass(frozen=True, slots=True)
class Judge:
    """What a request is judged by: the catalogue, today, and the zone of the reader where it names none."""

    catalog: Catalog
    now_ms: int
    timezone: str = "UTC"

    def asked(self, call: Call) -> Asked:
        """Return what a request asks for."""
        found = endpoint(call, self.catalog)
        remarks = [*call.remarks, *found.remarks, *host_remarks(call.url, self.catalog)]
        if found.kind in ("status", "download"):
            made = Asked(call, found, remarks=(*remarks, *_job(call)))
        elif found.kind != "create" or found.report is None:
            made = Asked(call, found, remarks=tuple(remarks))
        else:
            made = self._create(call, found, found.report, remarks)
        return replace(made, remarks=tuple(dict.fromkeys(made.remarks)))

    def _create(self, call: Call, found: Endpoint, report: Report, remarks: list[Remark]) -> Asked:
        """Return what the create of a report asks for."""
        operation = _operation(call, report, remarks)
        given: dict[str, list[str]] = defaultdict(list)
        for name, text in (*call.url.query, *call.form):
            given[name.strip()].append(text)
        if any(given.pop("", ())):
            remarks.append(Remark("a value stands there without a parameter's name; it is left out", "place"))
        remarks.extend(_misplaced(call, operation, report))
        sent = {name: texts for name, texts in given.items() if name not in _WINDOW}
        values, left_out = _values(sent, report, self.catalog, remarks)
        zone = values.get("timezone")
        timezone = zone if isinstance(zone, str) and zone in names() else self.timezone
        window = span(given, remarks, self.catalog.api.limits, self.now_ms, timezone)
        remarks.extend(_lacking(given, bodily=any(one.about == "body" for one in remarks)))
        remarks.extend(_judged(values, report, self.catalog, window, timezone))
        return Asked(call, found, operation, values, window, tuple(remarks), left_out)


def _lacking(given: Mapping[str, list[str]], *, bodily: bool) -> Iterator[Remark]:
    """Yield what every request needs and this one lacks; `bodily` says that it may be in an unread body."""
    keys = given.get("companyKey", ())
    if not any(keys):
        how = "empty" if keys else "missing"
        yield Remark(f"it is {how}, and the API needs it, in the address", "companyKey")
    if len(given) <= 2 and {"startTime", "endTime"} - set(given) and not bodily:
        message = "little is left of the address: did a shell cut it at an & that was not in quotes?"
        yield Remark(message, "quotes")


def _operation(call: Call, report: Report, remarks: list[Remark]) -> Operation:
    """Return the report's operation that a request uses; where its method is unknown, the one that fits."""
    if not call.method:
        names = {name for name, _ in call.url.query} - {"companyKey"}
        fitting = (one for one in report.operations if not names & one.form)
        return next(fitting, report.operation(None))
    for one in report.operations:
        if one.method == call.method:
            if not one.declared:
                message = f"{one.method} is not declared for {report.id}. {one.note}"
                remarks.append(Remark(message, "method", grave=False))
            return one
    there = " or ".join(one.method for one in report.operations)
    remarks.append(Remark(f"{report.id} is asked by {there}, not by {call.method}", "method"))
    return report.operation(None)


def _misplaced(call: Call, operation: Operation, report: Report) -> Iterator[Remark]:
    """Yield what travels in the wrong place: in the address instead of the form, or the other way round."""
    if call.body in ("json", "multipart", "other"):
        kind = {"json": "JSON", "multipart": "a multipart form", "other": "of another kind"}[call.body]
        wanted = "an urlencoded form" if operation.form else "everything in the address, and no body"
        yield Remark(f"the body is {kind}; {report.id} takes {wanted}", "body")
    known = {one.name for one in report.parameters}
    in_query = [name for name, _ in call.url.query if name in operation.form]
    in_form = [name for name, _ in call.form if name in known and name not in operation.form]
    way = f"{operation.method} {report.id}"
    if in_query:
        names = listed([*dict.fromkeys(in_query)], 4)
        yield Remark(f"{way} takes {names} in the form body, not in the address", "place")
    if in_form:
        names = listed([*dict.fromkeys(in_form)], 4)
        yield Remark(f"{way} takes {names} in the address, not in the body", "place")


def _values(
    sent: Mapping[str, list[str]], report: Report, catalog: Catalog, remarks: list[Remark]
) -> tuple[dict[str, Json], tuple[str, ...]]:
    """Return the values of the parameters that the report takes, and the names of the others."""
    values: dict[str, Json] = {}
    left_out = []
    for name, texts in sent.items():
        parameter = report.parameter(name)
        if parameter is None:
            left_out.append(name)
            remarks.append(Remark(_not_taken(name, report, catalog), name))
        elif texts == [""]:
            remarks.append(Remark("it is empty; leave it out", name))
            left_out.append(name)
        else:
            values[name] = value(texts, parameter, remarks)
    return values, tuple(left_out)


def _not_taken(name: str, report: Report, catalog: Catalog) -> str:
    """Say what to do about a parameter that the report does not take."""
    near = did_you_mean(name, [one.name for one in report.parameters])
    if near:
        return f"there is no parameter {shown(name)}{near}"
    takers = [one.id for one in catalog.reports.values() if one.parameter(name)]
    if takers:
        verb = "takes" if len(takers) == 1 else "take"
        return f"{report.id} does not take it; {listed(takers, 4)} {verb} it"
    return f"{report.id} does not take it; `care-export reports {report.id}` shows what it takes"


def _judged(
    values: Mapping[str, Json], report: Report, catalog: Catalog, window: Span | None, timezone: str
) -> Iterator[Remark]:
    """Yield what the report's own schema and rules say to the values."""
    findings = Findings(_BUNDLE)
    given = {name: Given(one, (name,)) for name, one in values.items()}
    for name, one in given.items():
        parameter = report.parameter(name)
        if parameter and name != "reportMetrics":
            judge_value(one, parameter, report, findings)
    judge_rules(given, report, (), findings)
    if window and window.start_ms < window.end_ms:
        judge_buckets(given, report, [window.shown(timezone)], findings)
    for problem in sorted(findings.found):
        yield Remark(problem.message, problem.path.partition("[")[0], not problem.warning)
    metrics = values.get("reportMetrics")
    texts = [one for one in metrics if isinstance(one, str)] if isinstance(metrics, list) else []
    yield from _columns(texts, report, catalog, "csv" if values.get("reportFormat") == "csv" else "json")


def _columns(texts: list[str], report: Report, catalog: Catalog, format: str) -> Iterator[Remark]:
    """Yield what is odd about the columns asked for; a name of the Care pages is none of the API's."""
    for text in texts:
        findings = Findings(_BUNDLE)
        made = columns([text], (), report, catalog, format, findings)
        if made and made[0] != text:
            message = f"{shown(text)} is how the Care pages write it; to the API it is {made[0]}"
            yield Remark(message, "reportMetrics")
            continue
        for problem in sorted(findings.found):
            yield Remark(problem.message, "reportMetrics", not problem.warning)


def _job(call: Call) -> Iterator[Remark]:
    """Yield what is to be said about the address of a job."""
    pairs = dict(call.url.query)
    if not set(pairs) & set(_JOB_KEYS):
        yield Remark("neither analyticsAccessToken nor companyKey is in it; was it cut off?", "address")
    if real(pairs.values()):
        message = "this address lets whoever holds it at the job: it is a secret, so share it with nobody"
        yield Remark(message, "address", grave=False)
    if call.method not in ("", "GET"):
        yield Remark(f"it is asked by GET, not by {call.method}", "method")
