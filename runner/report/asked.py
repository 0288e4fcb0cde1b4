"""PURE: what a plan asks for, in words: one entry for each export of each profile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from runner.catalog import Catalog, Report
from runner.partition import Partition
from runner.report.words import listed
from runner.window import Window

PLAIN = frozenset({"startTime", "endTime", "timezone", "locale", "reportFormat", "reportMetrics"})
"""Parameters that are told in words of their own."""

NOTES = {"open": "the period is not over when it is asked for; asked again, it can give other rows"}
"""Labels of a file that are a single word, as a sentence; the others are one already."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An export of a profile: its report, its partitions in order of time, and what it asks for in words."""

    export: str
    profile: str
    source: str
    title: str
    partitions: tuple[Partition, ...]
    sentence: str
    notes: tuple[str, ...]
    unalike: str = ""
    """Why its days need not be alike, where the report is not additive."""

    @property
    def name(self) -> str:
        """What it is called: the export, and whose it is."""
        return f"{self.export} ({self.profile})"


def asked(partitions: Iterable[Partition], catalog: Catalog) -> tuple[Asked, ...]:
    """Return what is asked for, in the order of the plan."""
    groups: dict[tuple[str, str], list[Partition]] = {}
    for one in partitions:
        groups.setdefault((one.export, one.profile), []).append(one)
    return tuple(_asked(group, catalog) for group in groups.values())


def _asked(group: Sequence[Partition], catalog: Catalog) -> Asked:
    first = group[0]
    report = catalog.report(first.report)
    title = report.title if report else first.report
    several = tuple(sorted(group, key=lambda one: one.window))
    labels = sorted({NOTES.get(label, label) for one in group for label in one.labels})
    sentence = _sentence(title, several)
    unalike = _unalike(first, report) if report else ""
    return Asked(first.export, first.profile, first.source, title, several, sentence, tuple(labels), unalike)


def _unalike(one: Partition, report: Report) -> str:
    """Return why the rows of two parts do not add up; empty where they do."""
    parameters = dict((*one.request.query, *one.request.form))
    return "" if report.composition_for(parameters) == "additive" else report.composition.reason


def _sentence(title: str, several: Sequence[Partition]) -> str:
    first, last = several[0], several[-1]
    whole = Window(first.window.start_ms, last.window.end_ms, first.window.timezone)
    files = "in one file" if len(several) == 1 else f"cut into {len(several):,} files"
    columns = f"the columns {listed(first.metrics)}" if first.metrics else "every column"
    return (
        f"{title} for {whole.in_words()}, {files}, as {first.format.upper()}, with {columns}{_rest(first)}."
    )


def _rest(one: Partition) -> str:
    """Say which parameters were given beyond the usual ones."""
    values: dict[str, list[str]] = {
        name: [] for name, _ in (*one.request.query, *one.request.form) if name not in PLAIN
    }
    for name, value in (*one.request.query, *one.request.form):
        if name in values:
            values[name].append(value)
    said = [f"{name} {listed(several)}" for name, several in values.items()]
    return f"; {listed(said)}" if said else ""
