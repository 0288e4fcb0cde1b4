"""One export of a manifest: its report, window, columns and parameters, judged together. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from runner.catalog import Catalog, Report
from runner.columns import EMPTY, columns
from runner.document import Json, Path
from runner.entry import Entry, Given
from runner.filename import TemplateProblem
from runner.filename import compile as compile_template
from runner.findings import Findings
from runner.judge import did_you_mean
from runner.parameters import judge_buckets, judge_own_key, judge_parameters, judge_rules
from runner.scalars import shown
from runner.spans import judge_windows, read_window
from runner.timeframe import Window

FILENAME = "{{ manifest }}/{{ export }}_{{ start }}_{{ end }}.{{ format }}"
"""The template where a manifest has none; with several profiles there is a folder for each."""

_OWN_KEYS = {"locale": "locale", "format": "reportFormat"}
"""Keys of a manifest that stand for one parameter."""


@dataclass(frozen=True)
class Export:
    """One export, judged and complete but for today and its profiles.

    `parameters` are all that is sent, by the API's own names, but startTime and endTime. `metrics` are API
    names; none means all columns. `labels` are notes that go with every file. `filename` is a template.
    `path` is the export's place in the manifest.
    """

    id: str
    report: Report
    profiles: tuple[str, ...] | None
    window: Window
    period_words: str
    timezone: str | None
    metrics: tuple[str, ...]
    parameters: Mapping[str, Json]
    format: Literal["csv", "json"]
    split: str | int
    open: bool
    split_anyway: bool
    method: str | None
    filename: str
    labels: tuple[str, ...]
    path: Path


def read_export(entry: Entry, catalog: Catalog, findings: Findings) -> Export | None:
    """Return the export; None where its report or its window cannot be known. Problems go to `findings`."""
    report, window = _report(entry, catalog, findings), read_window(entry, findings)
    filename = _filename(entry, findings)
    if report is None:
        return None
    given = _given(entry, report, catalog, findings)
    metrics = _metrics(entry, report, catalog, findings)
    method = _method(entry, report, findings)
    if window is None:
        return None
    sent = {name: one.value for name, one in given.items()} | (
        {"reportMetrics": [*metrics]} if metrics else {}
    )
    _warn_of_defaults(entry, report, sent, findings)
    kind = report.composition_for(sent)
    pieces = judge_windows(entry, window, report, kind, catalog.api.limits, findings)
    judge_buckets(given, report, pieces, findings)
    profiles = entry.value("profiles")
    return Export(
        id=export_id(entry),
        report=report,
        profiles=tuple(profiles) if profiles else None,
        window=window,
        period_words=window.in_words(),
        timezone=entry.value("timezone"),
        metrics=metrics,
        parameters=MappingProxyType(sent),
        format=entry.value("format", "json"),
        split=entry.value("split", "none"),
        open=entry.value("open", False),
        split_anyway=entry.value("split_anyway", False),
        method=method,
        filename=filename,
        labels=_labels(report, kind, len(pieces)),
        path=entry.path,
    )


def export_id(entry: Entry) -> str:
    """Return the export's id: by default the report's."""
    written = entry.data.get("id", entry.data.get("report"))
    return written if isinstance(written, str) else ""


def _report(entry: Entry, catalog: Catalog, findings: Findings) -> Report | None:
    """Return the report that an export names, by id; refuse an unknown one with what may be meant."""
    name, path = entry.data.get("report"), (*entry.path, "report")
    if not isinstance(name, str):
        return None
    if found := catalog.report(name):
        return found
    by_words = {word: one.id for one in catalog.reports.values() for word in (one.id, one.title)}
    near = did_you_mean(name, by_words).removeprefix("; did you mean '").removesuffix("'?")
    hint = f"did you mean {by_words[near]}?" if near else f"known are {', '.join(catalog.reports)}"
    findings.refuse(path, f"unknown report {shown(name)}; {hint}")
    return None


def _filename(entry: Entry, findings: Findings) -> str:
    """Return the template of the file's name, whose syntax is judged here, where it stands."""
    given = entry.sound("filename")
    if given is None:
        several = len(entry.value("profiles") or ()) > 1
        return FILENAME.replace("/", "/{{ profile }}/") if several else FILENAME
    try:
        compile_template(given.value)
    except TemplateProblem as problem:
        findings.refuse(given.path, f"{problem} (at character {problem.column} of the template)")
    return str(given.value)


def _given(entry: Entry, report: Report, catalog: Catalog, findings: Findings) -> dict[str, Given]:
    """Return the parameters to send with the places they come from; what is not written is not sent."""
    given = entry.parameters()
    judge_parameters(given, report, catalog, findings)
    for key, name in _OWN_KEYS.items():
        if one := entry.sound(key):
            given[name] = one
            judge_own_key(one, key, report.parameter(name), report, findings)
    judge_rules(given, report, entry.path, findings)
    zone = entry.sound("timezone")
    if zone and report.parameter("timezone") and not {"timezone", "timezoneOffset"} & given.keys():
        given["timezone"] = zone
    return given


def _warn_of_defaults(entry: Entry, report: Report, sent: Mapping[str, Json], findings: Findings) -> None:
    """Warn where what decides which rows a file has is left to the API (conversation-default)."""
    for name in report.composition.by:
        parameter = report.parameter(name)
        if parameter and name not in sent:
            message = f"{name} is not written, so the API takes {parameter.default}. {parameter.note}"
            findings.warn((*entry.path, "report"), message)


def _metrics(entry: Entry, report: Report, catalog: Catalog, findings: Findings) -> tuple[str, ...]:
    """Return the API names of the columns asked for; none for all columns."""
    given = entry.given("metrics")
    if given is None or not isinstance(given.value, list):
        return ()
    if not given.value:
        findings.refuse(given.path, EMPTY)
    names = [one if isinstance(one, str) else "" for one in given.value]
    return columns(names, given.path, report, catalog, entry.value("format", "json"), findings)


def _method(entry: Entry, report: Report, findings: Findings) -> str | None:
    """Return the method that an export asks for, which its report must have."""
    given = entry.sound("method")
    if given is None:
        return None
    try:
        operation = report.operation(given.value)
    except ValueError as error:
        findings.refuse(given.path, str(error))
        return None
    if not operation.declared:
        findings.warn(given.path, f"{operation.method} is not declared for {report.id}. {operation.note}")
    return operation.method


def _labels(report: Report, kind: str, count: int) -> tuple[str, ...]:
    """Return the notes that go with each file of the export."""
    if count == 1 or kind == "additive":
        return ()
    return (f"split although the parts do not add up ({kind}): {report.composition.reason}",)
