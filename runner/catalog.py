"""The catalogue of the vendor's reports, as compiled from specs/: frozen data, read once.

Source tags of facts are explained in `Api.sources`. Nothing here knows more than the specs: a metric list is
complete only where `metrics_complete` says so, and an undeclared parameter is one that only samples carry.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

from runner.document import Json
from runner.facts import (
    Api,
    Buckets,
    Composition,
    Host,
    Kind,
    Limits,
    Metric,
    Needs,
    Operation,
    Parameter,
    Rule,
    Together,
)

__all__ = [
    "Api",
    "Buckets",
    "Catalog",
    "Composition",
    "Host",
    "Kind",
    "Limits",
    "Metric",
    "Needs",
    "Operation",
    "Parameter",
    "Report",
    "Rule",
    "Together",
    "load",
    "parse",
    "request_schema",
    "schema",
]


@dataclass(frozen=True)
class Report:
    """One report; `verified` says that the vendor's OpenAPI document declares it."""

    id: str
    title: str
    family: Literal["care", "marketing"]
    path: str
    verified: bool
    operations: tuple[Operation, ...]
    parameters: tuple[Parameter, ...]
    rules: tuple[Rule, ...]
    metrics: tuple[Metric, ...]
    metrics_complete: bool
    composition: Composition
    notes: tuple[str, ...]
    undocumented: tuple[str, ...]
    sources: tuple[str, ...]

    def operation(self, method: str | None) -> Operation:
        """Return the operation with this method; the one used by default for None.

        ValueError, with the methods there are, where the report has no such method.
        """
        for one in self.operations:
            if method in (None, one.method):
                return one
        there = " and ".join(one.method for one in self.operations)
        raise ValueError(f"{self.id} takes {there}, not {method}")

    def parameter(self, name: str) -> Parameter | None:
        """Return the parameter of this name, declared or not; None where there is none."""
        return next((one for one in self.parameters if one.name == name), None)

    def composition_for(self, parameters: Mapping[str, Json]) -> Kind:
        """Return the kind of composition that a request with these parameters has."""
        for name, kinds in self.composition.by.items():
            value = parameters.get(name)
            if isinstance(value, str) and value in kinds:
                return kinds[value]
        return self.composition.kind


@dataclass(frozen=True)
class Catalog:
    """Every report by its id, in order, and the sha256 digest of all of it."""

    digest: str
    api: Api
    reports: Mapping[str, Report]

    def report(self, name: str) -> Report | None:
        """Return the report of this id; None where there is none."""
        return self.reports.get(name)


@cache
def load() -> Catalog:
    """Return the catalogue of the installed package; read once."""
    return parse(_read("catalog.json"))


@cache
def request_schema(report_id: str) -> dict[str, Any]:
    """Return the JSON Schema of a report's request, not to be changed; FileNotFoundError if unknown."""
    return _read(f"schemas/requests/{report_id}.schema.json")


@cache
def schema(name: str) -> dict[str, Any]:
    """Return a JSON Schema by the start of its file's name, such as `manifest.v1`; not to be changed."""
    return _read(f"schemas/{name}.schema.json")


def _read(path: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((resources.files("generated") / path).read_bytes())
    return data


def parse(data: Mapping[str, Any]) -> Catalog:
    """Return the catalogue that the JSON data of `catalog.json` holds."""
    reports = {one["id"]: _report(one) for one in data["reports"]}
    return Catalog(data["digest"], _api(data["api"]), MappingProxyType(reports))


def _frozen(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data with its lists as tuples."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}


def _api(data: Mapping[str, Any]) -> Api:
    made = {
        "hosts": tuple(Host(**_frozen(one)) for one in data["hosts"]),
        "limits": Limits(**data["limits"]),
        "generic_metrics": tuple(_metric(one) for one in data["generic_metrics"]),
        "sources": MappingProxyType(data["sources"]),
    }
    return Api(**{**_frozen(data), **made})


def _report(data: Mapping[str, Any]) -> Report:
    made = {
        "operations": tuple(_operation(one) for one in data["operations"]),
        "parameters": tuple(Parameter(**_frozen(one)) for one in data["parameters"]),
        "rules": tuple(_rule(one) for one in data["rules"]),
        "metrics": tuple(_metric(one) for one in data["metrics"]),
        "composition": _composition(data["composition"]),
    }
    return Report(**{**_frozen(data), **made})


def _operation(data: Mapping[str, Any]) -> Operation:
    return Operation(data["method"], data["declared"], data["source"], frozenset(data["form"]), data["note"])


def _metric(data: Mapping[str, Any]) -> Metric:
    formats = data.get("formats")
    return Metric(
        data["name"], data["label"], data["source"], tuple(formats) if formats else None, data.get("note", "")
    )


_RULES: Mapping[str, type[Needs] | type[Together] | type[Buckets]] = {
    "needs": Needs,
    "together": Together,
    "buckets": Buckets,
}


def _rule(data: Mapping[str, Any]) -> Rule:
    values = _frozen(data)
    kind = _RULES[values.pop("kind")]
    if "with" in values:
        values["companion"] = values.pop("with")
    return kind(**values)


def _composition(data: Mapping[str, Any]) -> Composition:
    by = {name: MappingProxyType(kinds) for name, kinds in data["by"].items()}
    return Composition(data["kind"], data["reason"], MappingProxyType(by), tuple(data["sources"]))
