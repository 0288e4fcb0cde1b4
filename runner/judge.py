"""Plain data judged by a JSON Schema: every problem in our own words, with its place and the fix.

The schemas are Draft 2020-12 and come in as arguments; no reference is ever fetched. A node may carry
`x-message` (text to show where its pattern, its `not` or its alternatives refuse) and `x-unknown` (hints for
particular unknown keys). Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from runner.document import Document, Json, Path
from runner.errors import Problem
from runner.scalars import shown
from runner.wording import Fault, did_you_mean, distance, got

__all__ = ["Found", "did_you_mean", "distance", "found", "judge"]

Found: TypeAlias = tuple[Path, bool, str]
"""A place within the judged data, whether its key is meant, and a message."""


def judge(
    data: Json,
    schema: Mapping[str, Any],
    document: Document,
    at: Path = (),
    known: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[Problem]:
    """Return what is wrong with the data, sorted by place, each thing once.

    `at` is the place of `data` in the document; `known` are the schemas that `schema` may refer to, by name.
    """
    return sorted(
        {document.problem((*at, *path), words, key=key) for path, key, words in found(data, schema, known)}
    )


def found(
    data: Json, schema: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]] | None = None
) -> frozenset[Found]:
    """Return what is wrong with the data, as places within it; `judge` places the same in a file."""
    resources = ((name, DRAFT202012.create_resource(one)) for name, one in (known or {}).items())
    registry = _NOTHING.with_resources(resources)
    validator = _VALIDATOR(schema, registry=registry, format_checker=_FORMATS)
    return frozenset(one for error in validator.iter_errors(data) for one in _leaves(_fault(error)))


def _unique(_: object, wanted: bool, items: Json, __: object) -> Iterator[ValidationError]:
    """Judge `uniqueItems` in linear time, at the place of the repeated item."""
    seen: dict[str, int] = {}
    for index, item in enumerate(items if wanted and isinstance(items, list) else ()):
        first = seen.setdefault(json.dumps(item, sort_keys=True), index)
        if first != index:
            words = f"{got(item)} stands in this list already, as number {first + 1}; keep one"
            yield ValidationError(words, path=(index,))


# JSON Schema takes 1.0 for a whole number; we do not.
_TYPES = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
_VALIDATOR: Any = validators.extend(  # type: ignore[no-untyped-call]  # the stubs leave it out
    Draft202012Validator, {"uniqueItems": _unique}, type_checker=_TYPES
)
_NOTHING: Registry[Any] = Registry()
_FORMATS = FormatChecker(("date", "regex"))


def _fault(error: ValidationError) -> Fault:
    """Return the validator's error as frozen data."""
    parts = tuple(_fault(one) for one in error.context or ())
    branch = error.relative_schema_path[0] if error.parent else None
    return Fault(
        keyword="propertyNames" if "propertyNames" in error.absolute_schema_path else str(error.validator),
        wanted=error.validator_value,
        schema=error.schema if isinstance(error.schema, Mapping) else {},
        path=tuple(error.absolute_path),
        seen=error.instance,
        message=error.message,
        alternative=branch if isinstance(branch, int) else None,
        parts=parts,
    )


def _leaves(fault: Fault) -> Iterator[Found]:
    """Yield what a fault means to the person who wrote the data."""
    if fault.keyword == "propertyNames":
        key = str(fault.seen)
        wanted = f"; expected {fault.schema['x-message']}" if "x-message" in fault.schema else ""
        yield (*fault.path, key), True, f"{shown(key)} cannot be a key here{wanted}"
    elif fault.keyword == "additionalProperties":
        for name in fault.seen:
            if _is_unknown(name, fault.schema):
                yield (*fault.path, name), True, _unknown(name, fault.schema)
    elif fault.keyword == "required":
        yield from (
            (fault.path, False, f"missing key {shown(one)}") for one in fault.wanted if one not in fault.seen
        )
    elif fault.parts and (meant := _meant(fault)):
        for part in meant:
            yield from _leaves(part)
    else:
        yield fault.path, False, fault.in_words()


def _is_unknown(name: str, schema: Mapping[str, Any]) -> bool:
    patterns = schema.get("patternProperties", {})
    return name not in schema.get("properties", {}) and not any(re.search(one, name) for one in patterns)


def _unknown(name: str, schema: Mapping[str, Any]) -> str:
    """Say that a key is unknown, with the schema's hint for it or the nearest key."""
    hint = schema.get("x-unknown", {}).get(name)
    near = did_you_mean(name, schema.get("properties", {}))
    return f"unknown key {shown(name)}{f': {hint}' if hint else near}"


def _meant(fault: Fault) -> list[Fault]:
    """Return the faults of the first alternative that takes this kind of value, or none where none does."""
    branches: dict[int | None, list[Fault]] = {}
    for part in fault.parts:
        branches.setdefault(part.alternative, []).append(part)
    for parts in branches.values():
        if not any(one.path == fault.path and one.keyword in ("type", "enum", "const") for one in parts):
            return parts
    return []
