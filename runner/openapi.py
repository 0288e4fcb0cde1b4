"""The vendor's OpenAPI document beside the specs: what is new, gone or changed. Pure.

OpenAPI 3 and Swagger 2 are read, as far as this API needs: paths and methods, the parameters of both, the
fields of a form, required, enum, and references within the document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent

from runner.catalog import Catalog, Parameter, Report, request_schema
from runner.document import Json
from runner.judge import found

REPORTS = "/reports/report/"
"""What stands in the path of each report, behind the base path."""

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_METHODS = ("get", "post", "put", "delete", "patch")
_DEEPEST = 20
_MOST_LEVELS = 200
"""How deep a document may be: libyaml's reader in C ends the whole program where its own stack does."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One parameter as the document declares it; `allowed` is None where it lists no values."""

    required: bool
    allowed: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: of which kind, where, and what."""

    kind: Literal["new", "gone", "changed"]
    where: str
    what: str


Operations = Mapping[tuple[str, str], Mapping[str, Declared]]
"""The declared parameters by path and method, and by name."""


class NoOpenApi(ValueError):
    """The data is no OpenAPI document; the message says why."""


def read(content: bytes) -> Json:
    """Return the data of JSON or YAML, as others write it; NoOpenApi where it is neither.

    Every scalar of YAML is text here: keys such as 200 are usual, and nothing hangs on the kind of a value.
    """
    try:
        return _data(content.decode("utf-8-sig"))
    except RecursionError:
        raise NoOpenApi("it is nested too deeply") from None
    except (yaml.YAMLError, ValueError) as error:
        raise NoOpenApi(f"it is neither JSON nor YAML in UTF-8{_place(error)}") from None


def _place(error: Exception) -> str:
    """Say where the text of a document cannot be read any further, where that is known."""
    match error:
        case json.JSONDecodeError():
            line, column = error.lineno, error.colno
        case yaml.MarkedYAMLError(problem_mark=mark) if mark:
            line, column = mark.line + 1, mark.column + 1
        case _:
            return ""
    return f": it cannot be read beyond line {line}, column {column}; was it cut off?"


def _data(text: str) -> Json:
    """Return the data of a text; RecursionError where it is nested too deeply."""
    data: Json
    if text.lstrip().startswith("{"):
        data = json.loads(text)
        return data
    depth = 0
    for event in yaml.parse(text, _LOADER):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > _MOST_LEVELS:
            raise RecursionError
    data = yaml.load(text, _LOADER)  # noqa: S506 - makes text only
    return data


def operations(data: Json) -> Operations:
    """Return what a document declares. NoOpenApi where it is none."""
    if not isinstance(data, dict) or not ("openapi" in data or "swagger" in data):
        raise NoOpenApi("it has neither the key openapi nor the key swagger")
    paths = data.get("paths")
    if not isinstance(paths, dict) or not paths:
        raise NoOpenApi("it has no paths")
    base, read = _base(data), _Reading(data)
    return {
        (base + path, method.upper()): read.parameters(item, operation)
        for path, item in paths.items()
        for method, operation in read.mapping(item).items()
        if method in _METHODS
    }


def _base(data: Mapping[str, Any]) -> str:
    """Return the path that stands before all others: of the first server, or the basePath."""
    servers = data.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else None
    url = first.get("url") if isinstance(first, dict) else data.get("basePath")
    try:
        return urlsplit(url).path.rstrip("/") if isinstance(url, str) else ""
    except ValueError:
        return ""


class _Reading:
    """Reads parts of one document, through its references. What is not there is empty."""

    def __init__(self, data: Mapping[str, Json]) -> None:
        self._data = data

    def parameters(self, item: Json, operation: Json) -> dict[str, Declared]:
        """Return an operation's parameters: the path's, its own, and the fields of its form."""
        declared: dict[str, Declared] = {}
        for holder in (item, operation):
            for one in self.items(self.mapping(holder).get("parameters")):
                parameter = self.mapping(one)
                if parameter.get("in") in ("query", "formData"):
                    schema = self.mapping(parameter.get("schema")) or parameter
                    required = parameter.get("required") in (True, "true")
                    declared[str(parameter.get("name"))] = Declared(required, self.allowed(schema))
        content = self.mapping(self.mapping(self.mapping(operation).get("requestBody")).get("content"))
        for media in content.values():
            schema = self.mapping(self.mapping(media).get("schema"))
            needed = self.items(schema.get("required"))
            for name, one in self.mapping(schema.get("properties")).items():
                declared[name] = Declared(name in needed, self.allowed(self.mapping(one)))
        return declared

    def allowed(self, schema: Mapping[str, Json]) -> tuple[str, ...] | None:
        """Return the values that a schema lists, its own or its items'; None where it lists none."""
        listed = schema.get("enum", self.mapping(schema.get("items")).get("enum"))
        values = self.items(listed)
        return tuple(_text(one) for one in values if one is not None) if values else None

    def mapping(self, data: Json) -> Mapping[str, Json]:
        """Return a mapping, or what its reference leads to; an empty one for anything else."""
        for _ in range(_DEEPEST):
            if not isinstance(data, dict) or not isinstance(data.get("$ref"), str):
                return data if isinstance(data, dict) else {}
            data = self._at(str(data["$ref"]))
        return {}

    def items(self, data: Json) -> list[Json]:
        """Return a list; an empty one for anything else."""
        return data if isinstance(data, list) else []

    def _at(self, reference: str) -> Json:
        """Return what a reference within the document means; nothing for one that leads out of it."""
        here: Json = dict(self._data) if reference.startswith("#/") else None
        for part in reference[2:].split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            here = here.get(name) if isinstance(here, dict) else None
        return here


def _text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def changes(declared: Operations, catalog: Catalog) -> Iterator[Change]:
    """Yield what differs between the document and the specs, report by report."""
    by_path = {one.path: one for one in catalog.reports.values()}
    start = catalog.api.base_path + REPORTS
    for path, method in sorted(declared):
        if path.startswith(start) and "{" not in path and path not in by_path:
            yield Change("new", f"{method} {path}", "a report that no spec has")
    for report in catalog.reports.values():
        yield from _of_report(report, declared)


def _of_report(report: Report, declared: Operations) -> Iterator[Change]:
    """Yield what differs in one report: its ways to ask, then their parameters."""
    ours = {one.method for one in report.operations}
    theirs = sorted(method for path, method in declared if path == report.path)
    for method in theirs:
        if method not in ours:
            yield Change("new", f"{report.id}: {method}", "the spec does not have this method")
    for one in report.operations:
        where = f"{report.id}: {one.method}"
        if one.method not in theirs:
            if one.declared and report.verified:
                yield Change("gone", where, "the document does not declare it any more")
            continue
        if not (one.declared and report.verified):
            yield Change("changed", where, "the document declares it now")
        yield from _of_operation(report, where, declared[report.path, one.method])


def _of_operation(report: Report, where: str, theirs: Mapping[str, Declared]) -> Iterator[Change]:
    """Yield what differs in the parameters of one way to ask."""
    for name in theirs:
        if report.parameter(name) is None:
            yield Change("new", f"{where} {name}", "a parameter that the spec does not have")
    for parameter in report.parameters:
        one = theirs.get(parameter.name)
        if one is not None:
            yield from _of_parameter(report, parameter, f"{where} {parameter.name}", one)
        elif parameter.declared:
            yield Change("gone", f"{where} {parameter.name}", "the document does not declare it any more")


def _of_parameter(report: Report, ours: Parameter, where: str, theirs: Declared) -> Iterator[Change]:
    """Yield what differs in one parameter."""
    if not ours.declared:
        yield Change("changed", where, "declared now; the spec has it from samples only")
    if theirs.required != ours.required:
        yield Change("changed", where, f"{'required' if theirs.required else 'optional'} now")
    listed = theirs.allowed or ()
    if added := [one for one in listed if not _takes(report, ours, one)]:
        yield Change("new", where, f"values that the spec does not have: {', '.join(added)}")
    known = [_text(one) for one in ours.allowed or ()] if listed else []
    if lost := [one for one in known if one not in listed]:
        yield Change("gone", where, f"values that the document does not list: {', '.join(lost)}")


def _takes(report: Report, parameter: Parameter, text: str) -> bool:
    """Say whether the request's schema takes a value; of lists, as their one item."""
    value: Json = text
    if parameter.type == "boolean":
        value = {"true": True, "false": False}.get(text, text)
    elif parameter.type in ("integer", "integers") and re.fullmatch(r"-?[0-9]{1,20}", text):
        value = int(text)
    if parameter.type in ("integers", "strings"):
        value = [value]
    return not found(value, request_schema(report.id)["properties"][parameter.name])
