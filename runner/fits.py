"""PURE: whether data surely fits a JSON Schema, fast, and without a word on what is wrong.

A lock may have thousands of blocks, nearly always sound ones; `judge` takes a millisecond for each. What does
not fit here, and every schema with a keyword that is not known here, is for `judge` to speak about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from runner.document import Json

Check = Callable[[Any], bool]
Schema = Mapping[str, Any]

_NOTES = frozenset(("$schema", "$defs", "title", "description", "x-message", "type"))
_TYPES: Mapping[str, type] = {"object": dict, "array": list, "string": str, "integer": int}


def fits(data: Json, schema: Schema) -> bool:
    """Say whether data as JSON has it fits the schema; False also where that cannot be told here."""
    try:
        check = _check(schema, schema)
    except KeyError:
        return False
    return check(data)


def _check(schema: Schema, root: Schema) -> Check:
    """Return what says whether a value fits; KeyError for what is not known here."""
    if schema.keys() == {"$ref"}:
        return _check(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    # The type is looked at first, so that the others may rely on it, and exactly: True and 1.0 are no 1.
    kind = _TYPES[schema["type"]]
    checks = [_RULES[word](schema, root) for word in schema if word not in _NOTES]
    return lambda value: type(value) is kind and all(check(value) for check in checks)


def _const(schema: Schema, root: Schema) -> Check:
    wanted = schema["const"]
    return lambda value: bool(value == wanted)


def _enum(schema: Schema, root: Schema) -> Check:
    wanted = schema["enum"]
    return lambda value: value in wanted


def _pattern(schema: Schema, root: Schema) -> Check:
    look = re.compile(schema["pattern"]).search
    return lambda value: look(value) is not None


def _minimum(schema: Schema, root: Schema) -> Check:
    least = schema["minimum"]
    return lambda value: bool(value >= least)


def _fewest(schema: Schema, root: Schema) -> Check:
    least = schema["minItems"]
    return lambda value: len(value) >= least


def _most(schema: Schema, root: Schema) -> Check:
    most = schema["maxItems"]
    return lambda value: len(value) <= most


def _items(schema: Schema, root: Schema) -> Check:
    check = _check(schema["items"], root)
    return lambda value: all(map(check, value))


def _required(schema: Schema, root: Schema) -> Check:
    wanted = frozenset(schema["required"])
    return lambda value: wanted <= value.keys()


def _properties(schema: Schema, root: Schema) -> Check:
    checks = [(name, _check(one, root)) for name, one in schema["properties"].items()]
    return lambda value: all(check(value[name]) for name, check in checks if name in value)


def _others(schema: Schema, root: Schema) -> Check:
    named = schema.get("properties", {}).keys()
    if schema["additionalProperties"] is False:
        return lambda value: value.keys() <= named
    check = _check(schema["additionalProperties"], root)
    return lambda value: all(check(one) for name, one in value.items() if name not in named)


_RULES: Mapping[str, Callable[[Schema, Schema], Check]] = {
    "const": _const, "enum": _enum, "pattern": _pattern, "minimum": _minimum, "minItems": _fewest,
    "maxItems": _most, "items": _items, "required": _required, "properties": _properties,
    "additionalProperties": _others,
}  # fmt: skip
