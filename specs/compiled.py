"""From spec files to the catalog: every spec, compiled and sorted, with one digest.

Pure: data in, data out. The specs are known to be good (`specs.checks`), so nothing is asked here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

Data = Mapping[str, Any]


def canonical(data: object) -> bytes:
    """Return the one spelling of JSON data that digests are taken of: sorted, no spaces, UTF-8."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def catalog(api: Data, parameters: Data, reports: Iterable[Data]) -> dict[str, Any]:
    """Return the catalog as JSON data; `digest` is the sha256 of the rest."""
    ordered = sorted(reports, key=lambda report: str(report["id"]))
    data = {"version": 1, "api": _api(api), "reports": [_report(one, parameters) for one in ordered]}
    return {**data, "digest": hashlib.sha256(canonical(data)).hexdigest()}


def names(report: Data, parameters: Data) -> tuple[str, ...]:
    """Return the names of the parameters that a report declares, in the order of its groups and its own."""
    grouped = (name for group in report.get("groups", []) for name in parameters.get("groups", {})[group])
    return tuple(dict.fromkeys((*grouped, *report.get("parameters", []))))


def _api(api: Data) -> dict[str, Any]:
    return {
        "base_path": api["base_path"]["value"],
        "hosts": api["hosts"],
        **{f"{name}_path": fact["value"] for name, fact in api["paths"].items()},
        "limits": {name: fact["value"] for name, fact in api["limits"].items()},
        "end_offset_ms": api["end_offset_ms"]["value"],
        "build_guess_ms": api["build_guess_ms"]["value"],
        "overflow_reason": api["overflow_reason"]["value"],
        "runner_states": api["runner_states"]["value"],
        "generic_metrics": [
            {key: one[key] for key in ("name", "label", "source")} for one in api["generic_metrics"]
        ],
        "sources": api["sources"],
        "undocumented": api["undocumented"],
    }


def _report(report: Data, parameters: Data) -> dict[str, Any]:
    declared = names(report, parameters)
    undeclared = {one["name"]: one for one in report.get("undeclared", [])}
    all_names = (*declared, *undeclared)
    copied = (
        "id", "title", "family", "path", "verified", "sources", "metrics_complete", "undocumented",
    )  # fmt: skip
    return {
        **{key: report[key] for key in copied},
        "operations": [_operation(one, all_names) for one in report["operations"]],
        "parameters": [_parameter(name, report, parameters, undeclared.get(name)) for name in all_names],
        "rules": [rule for rule in parameters.get("rules", []) if _applies(rule, declared)],
        "metrics": [_metric(one) for one in report["metrics"]],
        "composition": {"by": {}, **report["composition"]},
        "notes": [f"{one['text']} [{', '.join(one['sources'])}]" for one in report.get("notes", [])],
    }


def _operation(operation: Data, all_names: Iterable[str]) -> dict[str, Any]:
    """Say what travels in the form body; everything else travels in the query."""
    stays = operation.get("query")
    return {
        "method": operation["method"],
        "declared": operation.get("declared", True),
        "source": operation["sources"][0],
        "sources": operation["sources"],
        "form": [] if stays is None else [name for name in all_names if name not in stays],
        "note": operation.get("note", ""),
    }


def _parameter(name: str, report: Data, parameters: Data, seen: Data | None) -> dict[str, Any]:
    shared = parameters["parameters"][name]
    return {
        "name": name,
        "title": shared["title"],
        "required": name in report["required"],
        "type": shared["type"],
        "style": shared["style"],
        "allowed": shared.get("allowed"),
        "above": shared.get("above"),
        "tolerated": shared.get("tolerated", []),
        "default": shared.get("default"),
        "declared": seen is None,
        "note": f"{seen['note']} {shared['note']}" if seen else shared["note"],
        "sources": seen["sources"] if seen else shared["sources"],
    }


def _metric(metric: Data) -> dict[str, Any]:
    return {
        "name": metric["name"],
        "label": metric.get("label"),
        "source": metric["source"],
        "formats": metric.get("formats"),
        "note": metric.get("note", ""),
    }


def rule_parameters(rule: Data) -> tuple[str, ...]:
    """Return the names of the parameters that a rule speaks of."""
    return tuple(rule.get("parameters", ())) + tuple(
        rule[key] for key in ("parameter", "with") if key in rule
    )


def _applies(rule: Data, declared: Iterable[str]) -> bool:
    return set(rule_parameters(rule)) <= set(declared)
