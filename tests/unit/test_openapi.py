"""The vendor's OpenAPI document beside the specs: what is new, gone and changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from runner import catalog, openapi
from runner.openapi import Change, NoOpenApi

KNOWN = catalog.load()
BASE = KNOWN.api.base_path
Document = dict[str, Any]


def parameter(one: catalog.Parameter) -> Document:
    """Return a parameter as a document declares it."""
    listed = {"enum": list(one.allowed)} if one.allowed else {}
    kinds: dict[str, Document] = {
        "integers": {"type": "array", "items": {"type": "integer", **listed}},
        "strings": {"type": "array", "items": {"type": "string", **listed}},
        "boolean": {"type": "boolean", "enum": ["true", "false"]},
    }
    return {
        "name": one.name, "in": "query", "required": one.required,
        "schema": kinds.get(one.type, {"type": one.type, **listed}),
    }  # fmt: skip


def operation(report: catalog.Report, way: catalog.Operation) -> Document:
    """Return an operation: what travels in the form is in its body."""
    declared = [one for one in report.parameters if one.declared]
    form = [one for one in declared if one.name in way.form]
    made: Document = {"parameters": [parameter(one) for one in declared if one.name not in way.form]}
    if form:
        schema = {
            "type": "object",
            "required": [one.name for one in form if one.required],
            "properties": {one.name: parameter(one)["schema"] for one in form},
        }
        made["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    return made


def document() -> Document:
    """Return the document that says just what the specs say."""
    paths: Document = {
        "/reports/report/{report_type}": {"post": {"parameters": []}},
        "/config/timezones": {"get": {}},
    }
    for report in KNOWN.reports.values():
        ways = {one.method.lower(): operation(report, one) for one in report.operations if one.declared}
        if report.verified:
            paths[report.path.removeprefix(BASE)] = ways
    return {"openapi": "3.1.0", "servers": [{"url": f"https://api.example.com{BASE}/"}], "paths": paths}


def changes(data: Any) -> list[Change]:
    """Return what differs, read from JSON."""
    return list(openapi.changes(openapi.operations(openapi.read(json.dumps(data).encode())), KNOWN))


def of(data: Document, report: str = "conversation", method: str = "post") -> Document:
    """Return an operation of a document, to be changed."""
    found: Document = data["paths"][f"/reports/report/{report}"][method]
    return found


def named(data: Document, name: str, report: str = "conversation") -> Document:
    """Return a parameter of a document, to be changed."""
    found: Document = next(one for one in of(data, report)["parameters"] if one["name"] == name)
    return found


def test_a_document_that_says_the_same_differs_in_nothing() -> None:
    """Generic paths, paths of other things, and lists of true and false are no difference."""
    assert changes(document()) == []


def test_yaml_is_read_too() -> None:
    """With keys that are numbers, as responses have, and booleans."""
    path = "/api/public/reports/report/new_one"
    text = f"openapi: 3.1.0\npaths:\n  {path}:\n    post:\n      responses: {{200: {{}}}}\n"
    declared = openapi.operations(openapi.read(text.encode()))
    assert declared == {(path, "POST"): {}}
    first = next(iter(openapi.changes(declared, KNOWN)))
    assert first == Change("new", f"POST {path}", "a report that no spec has")


def test_swagger_2_is_read_too() -> None:
    """With its basePath, its form fields, and values without a schema around."""
    data = {
        "swagger": "2.0",
        "basePath": BASE,
        "paths": {
            "/reports/report/user": {
                "post": {
                    "parameters": [
                        {"name": "locale", "in": "formData", "enum": ["en", "jp"], "required": True}
                    ]
                }
            }
        },
    }
    found = [one for one in changes(data) if "locale" in one.where]
    assert [(one.kind, one.what) for one in found] == [
        ("changed", "required now"),
        ("new", "values that the spec does not have: jp"),
        ("gone", "values that the document does not list: es, fr, de, tr"),
    ]


def gone_report(data: Document) -> None:
    """Take a report away."""
    del data["paths"]["/reports/report/conversation"]


def new_method(data: Document) -> None:
    """Declare a method that the spec has from elsewhere."""
    data["paths"]["/reports/report/conversation"]["get"] = of(data)


def strange_method(data: Document) -> None:
    """Declare a method that no spec has."""
    data["paths"]["/reports/report/author"]["put"] = {}


def new_parameter(data: Document) -> None:
    """Add a parameter to the path, for all its methods."""
    data["paths"]["/reports/report/conversation"]["parameters"] = [{"name": "tagIds", "in": "query"}]


def gone_parameter(data: Document) -> None:
    """Take a parameter away."""
    of(data)["parameters"].remove(named(data, "smartViewId"))


def declared_parameter(data: Document) -> None:
    """Declare what only samples have."""
    of(data)["parameters"].append({"name": "timeInterval", "in": "query", "schema": {"type": "integer"}})


def optional(data: Document) -> None:
    """Make a required parameter optional, and the other way round."""
    named(data, "startTime")["required"] = False
    named(data, "priorities")["required"] = True


def other_values(data: Document) -> None:
    """List other values; one that is tolerated is known."""
    named(data, "locale")["schema"]["enum"] = ["en", "es", "fr", "de", "tr", "en_US", "pt"]
    named(data, "conversationReportType")["schema"]["enum"] = ["CLOSED", "CREATED"]
    named(data, "priorities")["schema"]["items"]["enum"] = [0, 5, 6, "high"]
    named(data, "enableBusinessHour")["schema"]["enum"] = [True, "false", "maybe"]
    named(data, "smartViewId")["schema"]["enum"] = ["12"]


def body_field(data: Document) -> None:
    """Add a field to a form, through references."""
    media = of(data, "user")["requestBody"]["content"]["application/json"]
    data["components"] = {"schemas": {"User~Body": media["schema"], "Site": {"type": "integer"}}}
    media["schema"] = {"$ref": "#/components/schemas/User~0Body"}
    data["components"]["schemas"]["User~Body"]["properties"]["siteId"] = {"$ref": "#/components/schemas/Site"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (gone_report, [("gone", "conversation: POST", "the document does not declare it any more")]),
        (new_method, [("changed", "conversation: GET", "the document declares it now")]),
        (strange_method, [("new", "author: PUT", "the spec does not have this method")]),
        (new_parameter, [("new", "conversation: POST tagIds", "a parameter that the spec does not have")]),
        (
            gone_parameter,
            [("gone", "conversation: POST smartViewId", "the document does not declare it any more")],
        ),
        (
            declared_parameter,
            [
                (
                    "changed",
                    "conversation: POST timeInterval",
                    "declared now; the spec has it from samples only",
                )
            ],
        ),
        (
            optional,
            [
                ("changed", "conversation: POST startTime", "optional now"),
                ("changed", "conversation: POST priorities", "required now"),
            ],
        ),
        (
            other_values,
            [
                ("new", "conversation: POST enableBusinessHour", "values that the spec does not have: maybe"),
                ("new", "conversation: POST locale", "values that the spec does not have: pt"),
                ("new", "conversation: POST priorities", "values that the spec does not have: 6, high"),
                (
                    "gone",
                    "conversation: POST conversationReportType",
                    "values that the document does not list: OPEN_AT_END",
                ),
            ],
        ),
        (body_field, [("new", "user: POST siteId", "a parameter that the spec does not have")]),
    ],
)
def test_each_difference_is_told(
    change: Callable[[Document], None], expected: list[tuple[str, str, str]]
) -> None:
    """One line for each, with where it is."""
    data = document()
    change(data)
    assert [(one.kind, one.where, one.what) for one in changes(data)] == expected


def test_references_that_lead_nowhere_are_empty() -> None:
    """Out of the document, to what is not there, or round in circles: nothing is fetched, nothing hangs."""
    for reference in ("https://example.com/x", "#/components/none", "#/components/loop"):
        data = document()
        data["components"] = {"loop": {"$ref": "#/components/loop"}}
        of(data)["parameters"].append({"$ref": reference})
        assert changes(data) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "neither JSON nor YAML"),
        (b'{\n"a": ', "neither JSON nor YAML in UTF-8: it cannot be read beyond line 2, column 6;"),
        (b"a: [", "neither JSON nor YAML in UTF-8: it cannot be read beyond line 2, column 1;"),
        (b'{"a":' * 100_000, "it is nested too deeply"),
        (b"[" * 200_000, "it is nested too deeply"),
        (b"- " * 200_000, "it is nested too deeply"),
        (b"[]", "neither the key openapi"),
        (b"just text", "neither the key openapi"),
        (b"paths: {}", "neither the key openapi"),
        (b'{"openapi": "3.1.0", "paths": []}', "it has no paths"),
        (b'{"openapi": "3.1.0"}', "it has no paths"),
    ],
)
def test_what_is_no_such_document_is_refused(content: bytes, words: str) -> None:
    """With the reason."""
    with pytest.raises(NoOpenApi, match=words):
        openapi.operations(openapi.read(content))


def test_a_document_without_a_server_has_whole_paths() -> None:
    """Servers of another form, and addresses that are none, are passed over."""
    for servers in ([], [1], "x", [{"url": 3}], [{"url": "https://["}]):
        declared = openapi.operations(
            {"openapi": "3", "servers": servers, "paths": {"/a": {"get": {}, "x-b": {}}}}
        )
        assert list(declared) == [("/a", "GET")]
