"""Names of columns: API names as they are, UI names by the lists or by the vendor's own convention. Pure.

The vendor writes the UI name Time Zone as TIME_ZONE [G]. No report has a complete list, so an unknown name
passes with a warning; one that is a letter or two away from a known name is taken for a typo.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from runner.catalog import Catalog, Metric, Report
from runner.document import Path
from runner.findings import Findings
from runner.judge import did_you_mean, distance
from runner.scalars import shown

EMPTY = "the list is empty, which the API reads as all columns: name some, or leave the key out"
"""What is wrong with a list of no columns."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def columns(
    names: list[str], path: Path, report: Report, catalog: Catalog, format: str, findings: Findings
) -> tuple[str, ...]:
    """Return the API names of columns; problems and warnings go to `findings`.

    `path` is the place of the list, `format` that of the file: some columns are in JSON files only [U].
    """
    sent: dict[str, int] = {}
    for index, text in enumerate(names):
        here = (*path, index)
        name = _column(text, here, report, catalog, findings)
        if not name:
            continue
        if name in sent:
            findings.refuse(here, f"{shown(name)} is asked for twice, here and as number {sent[name] + 1}")
        sent.setdefault(name, index)
        _fits_format(name, here, report, format, findings)
    return tuple(sent)


def by_convention(text: str) -> str:
    """Return the API name that a UI name has by the vendor's convention: Time Zone is TIME_ZONE [G]."""
    return re.sub(r"[\W_]+", "_", text).strip("_").upper()


def _column(text: str, path: Path, report: Report, catalog: Catalog, findings: Findings) -> str:
    """Return the API name of one column, or "" where it is refused."""
    known = (*report.metrics, *catalog.api.generic_metrics)
    if exact := _exact(text, known):
        return exact
    name = by_convention(text) if is_label(text) else text
    if not by_convention(text) or _CONTROL.search(text):
        findings.refuse(path, f"{shown(text)} is no column name")
        return ""
    if near := _near(name, known):
        findings.refuse(path, f"unknown column {shown(text)}; did you mean {near}?")
        return ""
    if elsewhere := _elsewhere(text, report, catalog):
        findings.refuse(path, elsewhere)
        return ""
    if report.metrics_complete:
        hint = (
            did_you_mean(name, (one.name for one in known)) or f"; care-export reports {report.id} lists them"
        )
        findings.refuse(path, f"{report.id} has no column {shown(text)}{hint}")
        return ""
    findings.warn(path, _unlisted(text, name, report))
    return name


def _exact(text: str, metrics: tuple[Metric, ...]) -> str:
    """Return the API name of the metric that has this name or label, or ""."""
    return next((one.name for one in metrics if text in (one.name, one.label)), "")


def _elsewhere(text: str, report: Report, catalog: Catalog) -> str:
    """Say that an API name is known for other reports only; empty where it is not.

    No report's list is complete, so it may be this one's too: its UI name, a step that nobody takes by
    mistake, is taken with a warning.
    """
    holders = {
        one.id: metric for one in catalog.reports.values() for metric in one.metrics if metric.name == text
    }
    if not holders:
        return ""
    label = next((one.label for one in holders.values() if one.label), "")
    hint = f"; if it has one by that name too, write {shown(label)}" if label else ""
    return f"{shown(text)} is a column of {', '.join(holders)}, not of {report.id} as far as is known{hint}"


def is_label(text: str) -> bool:
    """Say whether a name looks like one of the UI: API names have no spaces and one case."""
    return bool(re.search(r"\s", text)) or (text != text.upper() and text != text.lower())


def _near(name: str, metrics: tuple[Metric, ...]) -> str:
    """Return the known name that was probably meant, or ""."""
    return min(_distances(name.upper(), metrics), default=(0, ""))[1]


def _distances(name: str, metrics: tuple[Metric, ...]) -> Iterator[tuple[int, str]]:
    """Yield the known names that are a typo away, each with its distance: two letters, in short names one."""
    for metric in metrics:
        most = 1 if min(len(name), len(metric.name)) < 8 else 2
        if abs(len(name) - len(metric.name)) <= most:
            far = distance(name, metric.name.upper())
            if far <= most:
                yield far, metric.name


def _unlisted(text: str, name: str, report: Report) -> str:
    """Say how a column that no list has is sent."""
    nowhere = f"no public list of the columns of {report.id} is complete, so the server will judge"
    if name != text:
        return f"{shown(text)} is sent as {name}, as the vendor writes Time Zone as TIME_ZONE; {nowhere}"
    return f"{shown(text)} is not a known column and is sent as it is; {nowhere}"


def _fits_format(name: str, path: Path, report: Report, format: str, findings: Findings) -> None:
    """Refuse a column that the file's format does not have."""
    metric = next((one for one in report.metrics if one.name == name), None)
    if metric and metric.formats and format not in metric.formats:
        formats = " and ".join(metric.formats)
        findings.refuse(path, f"{name} is in {formats} files only: write format: {metric.formats[0]}")
