"""What must hold between the facts of the specs, and JSON Schema cannot say.

Everything here takes the shape for granted: the schemas have judged every file before. Problems come back as
values, each with its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from runner.document import Document, Path
from runner.errors import Problem
from runner.judge import did_you_mean
from specs import compiled
from specs.parameters import parameter_problems

_ALWAYS = ("companyKey", "startTime", "endTime")
"""What every create request carries [O, G]; the program relies on it."""


def problems(api: Document, parameters: Document, reports: Sequence[Document]) -> list[Problem]:
    """Return everything that is wrong in or between the files."""
    found = [*parameter_problems(parameters), *_repeated_reports(reports)]
    known: Any = api.data
    for document in (api, parameters, *reports):
        found += _unknown_tags(document, document.data, (), known["sources"])
    # With a group broken, every report that takes it would look broken too.
    return found or [one for report in reports for one in _report_problems(report, parameters.data)]


def _unknown_tags(document: Document, data: Any, at: Path, known: Iterable[str]) -> Iterator[Problem]:  # noqa: ANN401
    """Find source tags that api.yaml does not explain."""
    if isinstance(data, list):
        for index, one in enumerate(data):
            yield from _unknown_tags(document, one, (*at, index), known)
    if not isinstance(data, dict):
        return
    for key, value in data.items():
        # At the top of api.yaml `sources` is the table itself.
        tags = [value] if key == "source" else value if key == "sources" and isinstance(value, list) else []
        for tag in tags:
            if tag not in known:
                place = (*at, key) if key == "source" else (*at, key, tags.index(tag))
                yield document.problem(place, f"source tag {tag!r} is not explained in api.yaml")
        if key not in ("source", "sources"):
            yield from _unknown_tags(document, value, (*at, key), known)


def _repeated_reports(reports: Sequence[Document]) -> Iterator[Problem]:
    """Refuse one id or one path in two files, and a file that is not called like its report."""
    first: dict[tuple[str, str], str] = {}
    for document in reports:
        report: Any = document.data
        again = False
        for key in ("id", "path"):
            other = first.setdefault((key, report[key]), document.file)
            if other != document.file:
                again = True
                yield document.problem((key,), f"{report[key]} is the {key} of {other} already")
        if not again and PurePosixPath(document.file).stem != report["id"]:
            yield document.problem(("id",), f"the file of this report must be called {report['id']}.yaml")


def _report_problems(document: Document, shared: Any) -> Iterator[Problem]:  # noqa: ANN401
    """Check one report against the shared parameters."""
    report: Any = document.data
    unknown = [*_unknown_names(document, report, shared)]
    yield from unknown
    if unknown:
        return
    declared = compiled.names(report, shared)
    yield from _required(document, report, declared)
    for index, one in enumerate(report.get("undeclared", [])):
        if one["name"] in declared:
            yield document.problem(("undeclared", index, "name"), f"{one['name']} is declared above")
    yield from _operations(document, report, declared)
    yield from _metrics(document, report)
    yield from _composition(document, report, declared, shared)


def _unknown_names(document: Document, report: Any, shared: Any) -> Iterator[Problem]:  # noqa: ANN401
    """Find groups and parameters that parameters.yaml does not have."""
    places: list[tuple[Path, str, Iterable[str]]] = [
        (("groups", index), name, shared.get("groups", {}))
        for index, name in enumerate(report.get("groups", []))
    ]
    known = shared["parameters"]
    places += [(("parameters", i), name, known) for i, name in enumerate(report.get("parameters", []))]
    places += [
        (("undeclared", i, "name"), o["name"], known) for i, o in enumerate(report.get("undeclared", []))
    ]
    for place, name, choices in places:
        if name not in choices:
            hint = did_you_mean(name, choices)
            yield document.problem(place, f"parameters.yaml does not have {name!r}{hint}")


def _required(document: Document, report: Any, declared: Sequence[str]) -> Iterator[Problem]:  # noqa: ANN401
    for index, name in enumerate(report["required"]):
        if name not in declared:
            hint = did_you_mean(name, declared)
            yield document.problem(("required", index), f"{name!r} is not a parameter of this report{hint}")
    for name in _ALWAYS:
        if name not in report["required"]:
            yield document.problem(("required",), f"{name} must be required: every create request carries it")


def _operations(document: Document, report: Any, declared: Sequence[str]) -> Iterator[Problem]:  # noqa: ANN401
    """Check that methods differ, and what stays in the query is there to be sent."""
    for index, operation in enumerate(report["operations"]):
        at: Path = ("operations", index)
        if operation["method"] in [one["method"] for one in report["operations"][:index]]:
            yield document.problem((*at, "method"), f"{operation['method']} stands here twice")
        stays = operation.get("query")
        if stays is None:
            continue
        if operation["method"] == "GET":
            yield document.problem(
                (*at, "query"), "a GET has no body: all of it is in the query; leave this out"
            )
        if "companyKey" not in stays:
            yield document.problem((*at, "query"), "companyKey is always in the query; name it here")
        for place, name in enumerate(stays):
            if name not in declared:
                yield document.problem((*at, "query", place), f"{name!r} is not a parameter of this report")


def _metrics(document: Document, report: Any) -> Iterator[Problem]:  # noqa: ANN401
    """Refuse two metrics that are equal but for case: nobody could tell which was meant."""
    names = [one["name"].casefold() for one in report["metrics"]]
    count = Counter(names)
    for index, one in enumerate(report["metrics"]):
        if count[names[index]] > 1 and names[index] in names[:index]:
            first = report["metrics"][names.index(names[index])]["name"]
            message = f"{one['name']} and {first} are equal but for case; keep one"
            yield document.problem(("metrics", index, "name"), message)


def _composition(
    document: Document,
    report: Any,  # noqa: ANN401
    declared: Sequence[str],
    shared: Any,  # noqa: ANN401
) -> Iterator[Problem]:
    """Check that a kind by value names a parameter of the report, and each of its values once."""
    for name, kinds in report["composition"].get("by", {}).items():
        at: Path = ("composition", "by", name)
        allowed = shared["parameters"].get(name, {}).get("allowed", [])
        if name not in declared:
            yield document.problem(at, f"{name!r} is not a parameter of this report", key=True)
        elif sorted(kinds) != sorted(map(str, allowed)):
            yield document.problem(at, f"name every allowed value of {name}, and no other", key=True)
