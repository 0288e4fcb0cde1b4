"""From a few answers to the text of a manifest, and to what is wrong with each answer. Pure.

The manifest itself is judged, by the same parts that judge it in a run, so that no answer passes here that
would be refused there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from runner import document
from runner.catalog import Catalog, Metric, Parameter, Report
from runner.document import Json
from runner.errors import Problem, Refusal
from runner.foreign.writing import flow
from runner.manifest import parse
from runner.plan import OR_OPEN, Plan, plan
from runner.profiles import Profile
from runner.timeframe import TWO_INSTANTS
from runner.window import Window
from runner.zones import local, names

STEPS = ("none", "month", "week", "day")
"""How a period may be cut, the coarsest first; `quarter` is as long as the API takes anyway."""

_PLACES = {
    "report": "--report",
    "metrics": "--metrics",
    "period": "--period",
    "timezone": "--timezone",
    "format": "--format",
    "split": "--split",
    "parameters": "--parameter",
}


@dataclass(frozen=True)
class Answers:
    """What a manifest of one export says. `head` are the comments above it, `profile` may be empty."""

    report: str
    period: Json = ""
    timezone: str = "UTC"
    format: str = "csv"
    metrics: tuple[str, ...] = ()
    parameters: Mapping[str, Json] = field(default_factory=dict)
    split: str = "none"
    profile: str = ""
    head: tuple[str, ...] = ()


def text(answers: Answers) -> str:
    """Return the manifest's text."""
    lines = [f"# {one}" for one in answers.head] + ["version: 1"]
    if answers.profile:
        lines.append(f"profiles: {flow([answers.profile])}")
    lines += [f"timezone: {flow(answers.timezone)}", f"period: {flow(answers.period)}", "exports:"]
    entry: dict[str, Json] = {"report": answers.report, "format": answers.format}
    if answers.metrics:
        entry["metrics"] = [*answers.metrics]
    if answers.parameters:
        entry["parameters"] = dict(answers.parameters)
    if answers.split != "none":
        entry["split"] = _number(answers.split)
    pairs = (f"{key}: {flow(value)}" for key, value in entry.items())
    return (
        "\n".join([*lines, *(f"{'    ' if index else '  - '}{one}" for index, one in enumerate(pairs))])
        + "\n"
    )


@dataclass(frozen=True)
class Judged:
    """What is wrong with answers and worth a warning, and the plan where nothing is wrong."""

    problems: tuple[Problem, ...]
    plan: Plan | None = None

    def about(self, *options: str) -> list[str]:
        """Return what is wrong with these options, in words."""
        return [one.message for one in self.problems if not one.warning and option(one) in options]

    def warnings(self, *options: str) -> list[str]:
        """Return what is notable about these options, in words."""
        return [one.message for one in self.problems if one.warning and option(one) in options]


def judged(answers: Answers, file: str, catalog: Catalog, profile: Profile, now_ms: int) -> Judged:
    """Judge the manifest that the answers make, as a run of today would."""
    warnings: tuple[Problem, ...] = ()
    try:
        manifest = parse(document.read(text(answers).encode(), file), catalog)
        warnings = manifest.warnings
        chosen = {one.id: (profile,) for one in manifest.exports}
        made = plan(manifest, catalog, chosen, now_ms, lambda partition: False)
    except Refusal as refusal:
        return Judged((*map(_typed, refusal.problems), *warnings))
    return Judged(made.warnings, made)


def _typed(problem: Problem) -> Problem:
    """Return a problem in the words of who types: what only a manifest can say is left out."""
    words = problem.message.replace(TWO_INSTANTS, "2026-01-01..2026-04-01").replace(OR_OPEN, "")
    return replace(problem, message=words)


def option(problem: Problem) -> str:
    """Return the option that a problem is about; FILE where it is the file's name."""
    word = re.match(r"(?:exports\[0\]\.)?(\w+)", problem.path)
    return _PLACES.get(word[1] if word else "", "FILE")


def flag(problem: Problem) -> str:
    """Return what a problem is about as it was typed: the option, and which parameter."""
    name = re.search(r"\bparameters\.(\w+)", problem.path)
    return f"{option(problem)} {name[1]}" if name else option(problem)


def whole(made: Plan) -> Window:
    """Return the window of a plan of one export, uncut."""
    return replace(made.partitions[0].window, end_ms=made.partitions[-1].window.end_ms)


def period(written: str) -> Json:
    """Return a period as it stands in a manifest; two instants are written as START..END."""
    start, dots, end = written.partition("..")
    return {"start": start.strip(), "end": end.strip()} if dots else written


def last_month(now_ms: int, timezone: str) -> str:
    """Return the last month that is over, as 2026-06."""
    first = local(now_ms, timezone).date().replace(day=1)
    return f"{first - timedelta(days=1):%Y-%m}"


def yesterday(now_ms: int, timezone: str) -> str:
    """Return the last day that is over, as 2026-06-30."""
    return f"{local(now_ms, timezone).date() - timedelta(days=1)}"


def value(parameter: Parameter | None, written: str) -> Json:
    """Return what was written for a parameter in its own type; what does not fit stays text, to be judged."""
    kind = parameter.type if parameter else "string"
    if kind in ("integers", "strings"):
        parts = [one.strip() for one in written.split(",")]
        return [_number(one) for one in parts] if kind == "integers" else [*parts]
    if kind == "boolean" and written.lower() in ("true", "false"):
        return written.lower() == "true"
    return _number(written) if kind == "integer" else written


def _number(written: str) -> Json:
    return int(written) if re.fullmatch(r"-?[0-9]{1,30}", written) else written


def to_ask(report: Report) -> list[Parameter]:
    """Return the parameters that a person must think of: the required ones, and what decides on the rows."""
    known = {"companyKey", "startTime", "endTime"}
    return [
        one
        for one in report.parameters
        if (one.required and one.name not in known) or one.name in report.composition.by
    ]


def suggested(parameter: Parameter) -> str:
    """Return the value that is suggested: the API's default, or of lengths the longest up to a day."""
    if parameter.default is not None:
        return str(parameter.default)
    numbers = [one for one in parameter.allowed or () if isinstance(one, int) and one <= 86_400_000]
    return str(max(numbers)) if numbers else ""


def report_named(name: str, reports: Mapping[str, Report]) -> Report | None:
    """Return the report of this name, or of this title, as the vendor writes it: Raw Conversation."""
    wanted = " ".join(name.split()).casefold()
    titled = (one for one in reports.values() if one.title.casefold() == wanted)
    return reports.get(name) or next(titled, None)


def reports_found(words: str, reports: Iterable[Report]) -> list[Report]:
    """Return the reports in whose facts all the words stand; those that have them in their names first."""
    wanted = words.casefold().split()
    found = [one for one in reports if all(word in _facts(one) for word in wanted)]
    return sorted(found, key=lambda one: not all(word in _named(one) for word in wanted))


def _named(report: Report) -> str:
    return f"{report.id} {report.title}".casefold()


def _facts(report: Report) -> str:
    metrics = (f"{one.name} {one.label or ''}" for one in report.metrics)
    own = (report.family, *metrics, *(one.name for one in report.parameters), *report.notes)
    return f"{_named(report)} {' '.join(own)}".casefold()


def columns_found(words: str, catalog: Catalog, report: Report) -> list[tuple[Metric, str]]:
    """Return the columns in whose names the words stand, each with where it is known: this report first."""
    found: dict[str, tuple[Metric, str]] = {}
    for metric, where in _columns(catalog, report):
        facts = f"{metric.name} {metric.label or ''}".casefold().replace("_", " ")
        if all(word in facts for word in words.casefold().replace("_", " ").split()):
            found.setdefault(metric.name, (metric, where))
    return list(found.values())


def _columns(catalog: Catalog, report: Report) -> Iterator[tuple[Metric, str]]:
    yield from ((one, report.id) for one in report.metrics)
    yield from ((one, "any report") for one in catalog.api.generic_metrics)
    for other in catalog.reports.values():
        yield from ((one, other.id) for one in other.metrics)


def zones_found(words: str, most: int = 8) -> list[str]:
    """Return the zones in whose names the words stand."""
    wanted = words.casefold().replace(" ", "_")
    return sorted(one for one in names() if wanted in one.casefold())[:most]


def listed(rows: Sequence[tuple[str, ...]], width: int) -> Iterator[str]:
    """Yield rows as a table with their numbers; what is too long for the terminal is cut."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows, 1):
        cells = "  ".join(f"{cell:{wide}}" for cell, wide in zip(row, widths, strict=True))
        yield f"  {number:>2}  {cells}".rstrip()[:width]
