"""`care-export reports`: the catalogue, as far as the vendor documents it."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterable, Iterator, Mapping

import click

from runner import catalog
from runner.catalog import Buckets, Catalog, Operation, Parameter, Report, Rule
from runner.cli import completions, options
from runner.cli.streams import say, say_json
from runner.document import Json
from runner.errors import Exit
from runner.judge import did_you_mean


@click.command()
@click.argument("report", metavar="[REPORT]", required=False, shell_complete=completions.reports)
@options.shape("table")
def reports(report: str | None, shape: str) -> int:
    """Show every report, or one with its parameters and metrics."""
    known = catalog.load()
    chosen = [_named(report, known)] if report is not None else list(known.reports.values())
    if shape == "json":
        say_json([to_json(one) for one in chosen])
    elif report is not None:
        say("\n".join(in_full(chosen[0], known.api.sources, shutil.get_terminal_size().columns)))
    else:
        say("\n".join(overview(chosen)))
    return Exit.DONE


def _named(name: str, known: Catalog) -> Report:
    """Return a report by its id; a usage error with the closest id where there is none."""
    report = known.report(name)
    if report is None:
        hint = did_you_mean(name, known.reports) or f"; the reports are {', '.join(known.reports)}"
        raise click.UsageError(f"there is no report {name!r}{hint}", click.get_current_context())
    return report


def to_json(report: Report) -> dict[str, Json]:
    """Return a report as the catalogue shows it to programs. `in` is where the first method carries it."""
    operation = report.operation(None)
    return {
        "id": report.id,
        "title": report.title,
        "family": report.family,
        "methods": [one.method for one in report.operations],
        "path": report.path,
        "parameters": [_parameter(one, operation) for one in report.parameters],
        "metrics": [{"name": one.name, "label": one.label, "source": one.source} for one in report.metrics],
        "metrics_complete": report.metrics_complete,
        "composition": report.composition.kind,
    }


def _parameter(parameter: Parameter, operation: Operation) -> dict[str, Json]:
    """Return one parameter for programs."""
    return {
        "name": parameter.name,
        "in": place(parameter, operation),
        "required": parameter.required,
        "type": parameter.type,
        "style": parameter.style,
        "allowed": None if parameter.allowed is None else list(parameter.allowed),
        "default": parameter.default,
    }


def place(parameter: Parameter, operation: Operation) -> str:
    """Return where an operation carries a parameter: in its form body, or in its query."""
    return "form" if parameter.name in operation.form else "query"


def overview(reports: Iterable[Report]) -> Iterator[str]:
    """Return one line for each report, and how to see more of one."""
    rows = [
        (one.id, one.title, "/".join(method.method for method in one.operations), one.composition.kind)
        for one in reports
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        yield "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
    yield from ("", "care-export reports REPORT shows one with its parameters and metrics.")


def in_full(report: Report, sources: Mapping[str, str], width: int) -> Iterator[str]:
    """Return all that is known of a report, for a person on a terminal of that width."""
    operation, composition = report.operation(None), report.composition
    yield f"{report.id}: {report.title} ({report.family})"
    yield from _wrapped((_way(report, one) for one in report.operations), width)
    yield from _section("Parameters", (_described(one, operation) for one in report.parameters), width)
    yield from _section("Rules", map(_in_words, report.rules), width)
    metrics = [f"{one.name}{f' ({one.label})' if one.label else ''} [{one.source}]" for one in report.metrics]
    some = "The list is not complete; nobody documents the rest." if metrics else "Nobody documents any."
    ending = [] if report.metrics_complete else [some]
    yield from _section("Metrics", [*metrics, *ending], width)
    kinds = (
        f"{name} {value}: {kind}" for name, some in composition.by.items() for value, kind in some.items()
    )
    yield from _section("Composition", [f"{composition.kind}: {composition.reason}", *kinds], width)
    yield from _section("Notes", report.notes, width)
    yield from _section("Not documented", report.undocumented, width)
    yield from _section("Sources", (f"{tag}: {sources[tag]}" for tag in report.sources), width)


def _in_words(rule: Rule) -> str:
    """Return a rule in words; of bucket lengths, which ones are allowed."""
    if not isinstance(rule, Buckets):
        return rule.message
    month, week = (", ".join(map(str, lengths)) for lengths in (rule.month, rule.week))
    return f"{rule.parameter}: {month} for a window of a month, {week} for one of a week; {rule.message}"


def _way(report: Report, operation: Operation) -> str:
    """Return a method with its path, and what is known about it."""
    note = f" {operation.note}" if operation.note else ""
    return f"{operation.method} {report.path}{'' if operation.declared else ' (not declared)'}{note}"


def _described(parameter: Parameter, operation: Operation) -> str:
    """Return a parameter in words: what it takes, where it travels, what is known about it."""
    kind = {"comma": f"{parameter.type}, joined by commas", "repeated": f"{parameter.type}, repeated"}
    facts = [kind.get(parameter.style, parameter.type), f"in the {place(parameter, operation)}"]
    if parameter.required:
        facts.append("required")
    if parameter.allowed:
        above = f", or above {parameter.above}" if parameter.above else ""
        facts.append(f"one of {', '.join(map(str, parameter.allowed))}{above}")
    if parameter.default is not None:
        facts.append("default " + json.dumps(parameter.default).strip('"'))
    if not parameter.declared:
        facts.append("seen in samples only")
    return f"{parameter.name}: {'; '.join(facts)}. {parameter.note}".rstrip()


def _section(title: str, items: Iterable[str], width: int) -> Iterator[str]:
    """Return a titled list, wrapped; nothing where the list is empty."""
    if lines := list(_wrapped(items, width)):
        yield from ("", title, *lines)


def _wrapped(items: Iterable[str], width: int) -> Iterator[str]:
    """Return each item in lines of that width; words and names stay whole."""
    for item in items:
        yield from textwrap.wrap(
            item,
            max(width, 40),
            initial_indent="  ",
            subsequent_indent="    ",
            break_on_hyphens=False,
            break_long_words=False,
        )
