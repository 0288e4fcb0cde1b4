"""What surely fits a schema, told without a word: never more than `judge` lets through."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner import catalog
from runner.document import Document
from runner.fits import fits
from runner.judge import judge
from runner.report import lock
from tests.unit.builders import partition, plan_of, stored

SCHEMA = catalog.schema("lock.v1")
LOCK: Any = json.loads(
    lock.text(lock.made(plan_of(partition("a"), partition("b")), {"a": stored("a"), "b": stored("b")}, None))
)
VALUES = st.sampled_from([
    None, True, False, 0, 1, -1, 1.0, "", "x", "live", "d" * 64, "D" * 64, "d" * 64 + "\n", [], {}, [1],
    ["a"], [["a", "b"]], [["a"]], [["a", "b", "c"]], {"x": 1}, {"start": "x"},
])  # fmt: skip


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return every place in the data but the top."""
    found: list[tuple[Any, ...]] = [path] if path else []
    if isinstance(data, dict | list):
        for name, one in data.items() if isinstance(data, dict) else enumerate(data):
            found += places(one, (*path, name))
    return found


def judged(data: Any, schema: Any = SCHEMA) -> bool:
    """Say whether the validator finds nothing wrong."""
    return judge(data, schema, Document("x", data, {(): (1, 1)}, {})) == []


@given(st.lists(st.tuples(st.sampled_from(places(LOCK)), VALUES, st.sampled_from(["set", "drop", "add"]))))
def test_what_fits_is_what_the_validator_lets_through(
    changes: list[tuple[tuple[Any, ...], Any, str]],
) -> None:
    """Whatever is put, removed or added anywhere in a lock: both say the same."""
    data = deepcopy(LOCK)
    for path, value, how in changes:
        change(data, path, value, how)
    assert fits(data, SCHEMA) == judged(data)


def change(data: Any, path: tuple[Any, ...], value: Any, how: str) -> None:
    """Change the data at a place, as long as the place is there."""
    try:
        for name in path[:-1]:
            data = data[name]
        last = path[-1] if isinstance(data, list) else str(path[-1])  # a key of JSON is a text
        if how == "drop":
            del data[last]
        elif how == "set" or isinstance(data, list):
            data[last] = value
        else:
            data["more"] = value
    except (KeyError, IndexError, TypeError):
        pass  # an earlier change took the place away


@pytest.mark.parametrize("data", [None, [], "x", 1, {}])
def test_what_is_no_lock_at_all_does_not_fit(data: Any) -> None:
    """Whatever JSON has at the top."""
    assert not fits(data, SCHEMA)
    assert fits(LOCK, SCHEMA)


@pytest.mark.parametrize(
    "schema", [{"type": "number"}, {"anyOf": [{"type": "integer"}]}, {"type": "integer", "multipleOf": 1}]
)
def test_what_is_not_known_is_left_to_the_validator(schema: dict[str, Any]) -> None:
    """A keyword or a type that a later schema has is no reason to let anything through."""
    assert judged(1, schema)
    assert not fits(1, schema)


def test_other_keys_are_judged_beside_the_named_ones() -> None:
    """As in a schema that names some keys and describes the others."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "additionalProperties": {"$ref": "#/$defs/b"},
    }
    schema["$defs"] = {"b": {"type": "integer"}}
    assert fits({"a": "x", "c": 1}, schema)
    assert not fits({"a": "x", "c": "x"}, schema)
