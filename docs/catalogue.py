"""docs/reports/: a page for each report, and their index, from what specs/ says of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from runner import catalog, starting
from runner.catalog import Buckets, Catalog, Metric, Operation, Parameter, Report, Rule
from runner.starting import Answers

EXAMPLE_PERIOD = "2026-05"
"""A month that every example asks for."""

_MADE = "Made from `specs/` by `make generate`; never edited by hand."
_KINDS = {
    "additive": "Its parts add up: it can be split.",
    "snapshot": "It is a snapshot: it cannot be split.",
    "aggregate": "It holds averages and sums of its window: it cannot be split.",
    "bucketed": "It holds figures of buckets: it cannot be split.",
}


_TAGS = re.compile(r"\[((?:\w+)(?:, \w+)*)\](?!\()")


def pages() -> dict[str, Callable[[], str]]:
    """Return what makes each page, by its name below docs/."""
    known = catalog.load()
    each = {f"reports/{one.id}.md": partial(page, one, known) for one in known.reports.values()}
    return {"reports/index.md": partial(index, known), **each}


def index(known: Catalog) -> str:
    """Return the page that lists all reports, with what holds for each of them."""
    limits = known.api.limits
    return "\n".join(
        [
            "# Reports",
            "",
            _MADE,
            "",
            f"The {len(known.reports)} reports that public documents name; `care-export reports` lists them.",
            "",
            *_table(
                ("report", "title", "request", "split", "columns known"),
                (
                    (
                        f"[`{one.id}`]({one.id}.md)",
                        one.title,
                        " or ".join(way.method for way in one.operations),
                        one.composition.kind,
                        str(len(one.metrics)),
                    )
                    for one in known.reports.values()
                ),
            ),
            "",
            "## What holds for all",
            "",
            f"- A window has at most {limits.window_months} months; one page of the vendor says "
            f"{limits.window_days_warning} days.",
            f"- It may begin at most {limits.history_months} months ago.",
            f"- {limits.requests_per_minute} requests a minute; {limits.running} exports of one user run at "
            f"a time, {limits.queued} may be there in all; of one company {limits.company_running} and "
            f"{limits.company_queued}.",
            f"- The address of a file is good for {limits.download_hours} hours.",
            f"- The columns {_names(known.api.generic_metrics)} are named for no report in particular.",
            "",
            "## Not documented",
            "",
            *(f"- {one}" for one in known.api.undocumented),
            "",
            "## Sources",
            "",
            *(f"- **{tag}**: {words}" for tag, words in known.api.sources.items()),
        ]
    )


def _names(metrics: Iterable[Metric]) -> str:
    return ", ".join(f"`{one.name}`" for one in metrics)


def page(report: Report, known: Catalog) -> str:
    """Return the page of one report."""
    text = "\n".join([*_head(report), *_example(report), *_facts(report), *_end(report)])
    return "\n".join([text, *_sources(text, known)])


def _head(report: Report) -> Iterator[str]:
    yield from (f"# {report.title}", "", _MADE, "")
    declared = "declared" if report.verified else "not declared"
    words = f"of the family {report.family}; {declared} in the vendor's OpenAPI document"
    yield f"The report `{report.id}`, {words}."
    yield from ("", "```text", *(f"{one.method} {report.path}" for one in report.operations), "```", "")
    for one in report.operations:
        words = ["is not declared"] if not one.declared else []
        words += [f"sends all but {_in_query(report, one)} as a form"] if one.form else []
        if words or one.note:
            yield from (f"{one.method} {' and '.join(words) or 'is declared'}. {one.note}".rstrip(), "")


def _in_query(report: Report, operation: Operation) -> str:
    stays = [f"`{one.name}`" for one in report.parameters if one.name not in operation.form]
    return " and ".join(filter(None, (", ".join(stays[:-1]), stays[-1])))


def answers(report: Report) -> Answers:
    """Return what the example of a report asks for: a month, with the columns that are known."""
    values = {one.name: starting.value(one, starting.suggested(one)) for one in starting.to_ask(report)}
    names = tuple(one.name for one in report.metrics if one.formats is None or "csv" in one.formats)[:3]
    return Answers(report.id, EXAMPLE_PERIOD, metrics=names, parameters=values)


def _example(report: Report) -> Iterator[str]:
    name = f"{report.id}.yaml"
    text = starting.text(answers(report)).rstrip("\n")
    yield from (
        "## In a manifest",
        "",
        f"`{name}`:",
        "",
        f"<!-- file: {name} -->",
        "```yaml",
        text,
        "```",
        "",
    )
    yield from (
        "```console",
        f"$ care-export validate {name}",
        f"{name}: valid (1 export, 1 partition)",
        "```",
        "",
    )


def _facts(report: Report) -> Iterator[str]:
    operation = report.operation(None)
    yield from (
        "## Parameters",
        "",
        "`timezone`, `locale` and `reportFormat` come from the manifest's own keys,",
    )
    yield from ("`startTime` and `endTime` from its period, `companyKey` from the profile.", "")
    rows = (
        (_parameter_name(one), _takes(one, operation), _cited(one.note, one.sources))
        for one in report.parameters
    )
    yield from (*_table(("parameter", "takes", "what is known"), rows), "")
    yield from ("## Columns", "")
    if report.metrics:
        columns = (
            (
                f"`{one.name}`",
                one.label or "",
                ", ".join(one.formats or ("csv", "json")),
                _cited(one.note, [one.source]),
            )
            for one in report.metrics
        )
        yield from (*_table(("name", "as Care shows it", "in", "what is known"), columns), "")
    if not report.metrics_complete:
        some = "The list is not complete" if report.metrics else "No document names any"
        yield from (f"{some}; `care-export discover {report.id}` learns what your company has.", "")
    yield from (
        "## Splitting",
        "",
        _cited(f"{_KINDS[report.composition.kind]} {report.composition.reason}", report.composition.sources),
        "",
    )
    for name, kinds in report.composition.by.items():
        yield from (*(f"- `{name}: {value}`: {kind}" for value, kind in kinds.items()), "")
    yield from _list("Rules", (_rule(one) for one in report.rules))


def _parameter_name(parameter: Parameter) -> str:
    marks = [
        *(["required"] if parameter.required else []),
        *(["not declared"] if not parameter.declared else []),
    ]
    return f"`{parameter.name}`" + (f" ({', '.join(marks)})" if marks else "")


def _takes(parameter: Parameter, operation: Operation) -> str:
    """Return what a parameter takes, how it is written and where it travels."""
    facts = [
        {"comma": f"{parameter.type}, joined by commas", "repeated": f"{parameter.type}, repeated"}.get(
            parameter.style, parameter.type
        )
    ]
    if parameter.allowed:
        above = f", or above {parameter.above}" if parameter.above else ""
        facts.append(f"one of {', '.join(f'`{_plain(one)}`' for one in parameter.allowed)}{above}")
    if parameter.default is not None:
        facts.append(f"default `{_plain(parameter.default)}`")
    if parameter.name in operation.form:
        facts.append("in the form")
    return "; ".join(facts)


def _plain(value: str | int | bool) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _rule(rule: Rule) -> str:
    if not isinstance(rule, Buckets):
        return f"{rule.message} [{rule.source}]"
    month, week = (", ".join(map(str, lengths)) for lengths in (rule.month, rule.week))
    lengths = f"{month} for a window of a month, {week} for one of a week"
    return f"`{rule.parameter}`: {lengths}; {rule.message} [{rule.source}]"


def _end(report: Report) -> Iterator[str]:
    yield from _list("Notes", report.notes)
    yield from _list("Not documented", report.undocumented)


def _sources(text: str, known: Catalog) -> Iterator[str]:
    """Return what the tags mean that stand in a text."""
    seen = {tag for one in _TAGS.findall(text) for tag in one.split(", ")}
    return _list(
        "Sources", (f"**{tag}**: {words}" for tag, words in known.api.sources.items() if tag in seen)
    )


def _cited(words: str, tags: Iterable[str]) -> str:
    return f"{words} [{', '.join(tags)}]".strip()


def _list(title: str, items: Iterable[str]) -> Iterator[str]:
    """Return a titled list; nothing where it is empty."""
    if lines := [f"- {one}" for one in items]:
        yield from (f"## {title}", "", *lines, "")


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"
