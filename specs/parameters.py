"""What must hold inside parameters.yaml, and JSON Schema cannot say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from runner.document import Document, Path
from runner.errors import Problem
from runner.judge import did_you_mean
from specs import compiled
from specs.patterns import pattern_problem

_ANNOTATIONS = frozenset({
    "int", "str", "bool", "list", "dict", "Annotated", "Any", "ConfigDict", "Field", "Literal", "Model",
    "RootModel",
})  # fmt: skip
"""Words that the generated models use in annotations; a field of that name would hide them."""
_PYTHON: dict[str, type] = {"boolean": bool, "integer": int, "string": str}
_ONLY_FOR = {
    "minimum": "integer", "maximum": "integer", "multipleOf": "integer", "above": "integer",
    "pattern": "string", "maxLength": "string",
}  # fmt: skip


def parameter_problems(document: Document) -> Iterator[Problem]:
    """Find what is wrong with names, values, groups and rules."""
    data: Any = document.data
    yield from _names(document, list(data["parameters"]))
    for name, parameter in data["parameters"].items():
        for key, message in _one(parameter):
            yield document.problem(("parameters", name, key), message)
    for group, names in data.get("groups", {}).items():
        if group in data["parameters"]:
            yield document.problem(("groups", group), f"{group} is the name of a parameter already", key=True)
        for index, name in enumerate(names):
            yield from _known(document, ("groups", group, index), name, data)
    for index, rule in enumerate(data.get("rules", [])):
        for name in compiled.rule_parameters(rule):
            yield from _known(document, ("rules", index), name, data)


def _known(document: Document, at: Path, name: str, data: Any) -> Iterator[Problem]:  # noqa: ANN401
    if name not in data["parameters"]:
        hint = did_you_mean(name, data["parameters"])
        yield document.problem(at, f"there is no parameter {name!r}{hint}")


def _names(document: Document, names: list[str]) -> Iterator[Problem]:
    """Refuse names that a model cannot have, or that become equal as Python names."""
    first: dict[str, str] = {}
    for name in names:
        at: Path = ("parameters", name)
        if hasattr(BaseModel, name) or name.startswith("model_") or name in _ANNOTATIONS:
            yield document.problem(at, f"{name} has a meaning in the generated models already", key=True)
        other = first.setdefault(name.replace("-", "_").rstrip("_").casefold(), name)
        if other != name:
            yield document.problem(
                at, f"{name} and {other} become one name in the generated models", key=True
            )


def _one(parameter: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Find what is wrong with one parameter: a key of it, and a message."""
    kind = parameter["type"].removesuffix("s")
    is_list = parameter["type"].endswith("s")
    if is_list == (parameter["style"] == "single"):
        yield "style", "a list is repeated or comma; anything else is single"
    if is_list and "default" in parameter:
        yield "default", "a list has no default here"
    for key, only in _ONLY_FOR.items():
        if key in parameter and kind != only:
            yield key, f"{key} is for {only} parameters"
    if problem := pattern_problem(parameter.get("pattern", "^$")):
        yield "pattern", problem
    if parameter.get("minimum", 0) > parameter.get("maximum", parameter.get("minimum", 0)):
        yield "minimum", "minimum is above maximum"
    if "above" in parameter and "allowed" not in parameter:
        yield "above", "above adds to allowed values; there are none"
    yield from _values(parameter, kind)


def _values(parameter: Any, kind: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Check the values that stand in allowed, tolerated and default."""
    allowed = parameter.get("allowed", [])
    default = [parameter["default"]] if "default" in parameter else []
    for key, values in (
        ("allowed", allowed),
        ("tolerated", parameter.get("tolerated", [])),
        ("default", default),
    ):
        wrong = [one for one in values if type(one) is not _PYTHON[kind]]
        if wrong:
            yield key, f"{wrong[0]!r} is not of type {kind}"
    if allowed and default and default[0] not in allowed:
        yield "default", f"{default[0]!r} is not one of the allowed values"
