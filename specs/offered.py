"""From the catalog to JSON Schemas: one per request, and the manifest schema with what each report offers."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

Data = Mapping[str, Any]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_END = "$(?!\\n)"
"""Where a pattern ends: plain `$` also matches before a last line break in Python."""
_OWN_KEY = {
    "startTime": "write it as period: {start: ..., end: ...}",
    "endTime": "write it as period: {start: ..., end: ...}",
    "reportFormat": "write it as format, beside parameters",
    "reportMetrics": "write it as metrics, beside parameters",
    "locale": "write it as locale, beside parameters",
}
"""Parameters of the API for which a manifest has a key of its own."""
_FROM_PROFILE = "companyKey"
_KEPT = ("minimum", "maximum", "multipleOf", "maxLength")


def class_name(report_id: str) -> str:
    """Return the name of a report's request model: `raw_agent_states` gives `RawAgentStatesRequest`."""
    return "".join(word.capitalize() for word in report_id.split("_")) + "Request"


def parameter_schema(parameter: Data) -> dict[str, Any]:
    """Return the JSON Schema of one value of parameters.yaml, with title and help for editors."""
    kind = str(parameter["type"])
    one = _one(parameter, kind.removesuffix("s"))
    if kind.endswith("s"):
        one = {"type": "array", "items": one, "minItems": 1, "uniqueItems": True}
    return {"title": parameter["title"], "description": parameter["note"], **one}


def _one(parameter: Data, kind: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": kind, **{key: parameter[key] for key in _KEPT if key in parameter}}
    if kind == "string":
        schema["minLength"] = 1
    if "pattern" in parameter:
        schema["pattern"] = parameter["pattern"].removesuffix("$") + _END
    if "allowed" in parameter:
        schema["enum"] = [*parameter["allowed"], *parameter.get("tolerated", [])]
    if "above" not in parameter:
        return schema
    # Not anyOf with two branches: a number that is not listed would be told only that it is too small.
    listed = {"enum": schema["enum"]}
    words = f"one of {', '.join(map(str, schema['enum']))}, or more than {parameter['above']}"
    otherwise = {"anyOf": [listed], "x-message": words}
    return {"type": kind, "if": {"exclusiveMinimum": parameter["above"]}, "else": otherwise}


def request_schema(report: Data, parameters: Data) -> dict[str, Any]:
    """Return the schema of a request's data: the vendor's own names, natural types, without companyKey."""
    taken = [one for one in report["parameters"] if one["name"] != _FROM_PROFILE]
    return {
        "$schema": _DRAFT,
        "title": class_name(report["id"]),
        "description": f"What a request for the report {report['title']} ({report['id']}) may hold.",
        "type": "object",
        "properties": {one["name"]: parameter_schema(parameters["parameters"][one["name"]]) for one in taken},
        "required": [one["name"] for one in taken if one["required"]],
        "additionalProperties": False,
    }


def manifest_schema(written: Data, reports: list[Data], parameters: Data) -> dict[str, Any]:
    """Return the hand-written manifest schema, with each report's own parameters and metrics offered.

    Locally closed: every `$ref` points into the schema itself.
    """
    schema = copy.deepcopy(dict(written))
    used = {one["name"] for report in reports for one in report["parameters"]} - {*_OWN_KEY, _FROM_PROFILE}
    for name in sorted(used):
        schema["$defs"][_key(name)] = parameter_schema(parameters["parameters"][name])
    hints = schema["$defs"]["parameters"].get("x-unknown", {})
    schema["$defs"]["parameters"]["x-unknown"] = {**hints, **_OWN_KEY}
    _close(schema["properties"]["defaults"]["properties"], sorted(used), schema)
    export = schema["$defs"]["export"]
    export["properties"]["report"]["enum"] = [report["id"] for report in reports]
    export["allOf"] = [_branch(report, schema) for report in reports]
    return schema


def _key(name: str) -> str:
    return f"parameter.{name}"


def _parameters(offered: list[str], schema: Data) -> dict[str, Any]:
    """Return the closed `parameters` object with these names, and the hints for others."""
    return {
        "type": "object",
        "description": schema["$defs"]["parameters"]["description"],
        "properties": {name: {"$ref": f"#/$defs/{_key(name)}"} for name in offered},
        "additionalProperties": False,
        "x-unknown": schema["$defs"]["parameters"]["x-unknown"],
    }


def _close(properties: dict[str, Any], offered: list[str], schema: Data) -> None:
    properties["parameters"] = _parameters(offered, schema)


def _branch(report: Data, schema: Data) -> dict[str, Any]:
    """Return `if report is this one, then these parameters and metrics`."""
    offered = [one["name"] for one in report["parameters"] if one["name"] not in {*_OWN_KEY, _FROM_PROFILE}]
    then: dict[str, Any] = {"parameters": _parameters(sorted(offered), schema)}
    known = [word for one in report["metrics"] for word in (one["name"], one["label"]) if word]
    if known:
        # The empty branch accepts every name: the list is not complete; the first is for editors.
        then["metrics"] = {"items": {"anyOf": [{"enum": known}, {}]}}
    condition = {"properties": {"report": {"const": report["id"]}}, "required": ["report"]}
    return {"if": condition, "then": {"properties": then}}
