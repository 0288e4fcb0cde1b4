"""Schema and model of a request are tied: what the one accepts, the other carries, with the same wire."""

from __future__ import annotations

import importlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError

from runner import catalog, document
from runner.cli.locks import sound
from runner.document import Json
from runner.judge import judge
from runner.request import request
from tests.e2e.launch import ROOT

KNOWN = catalog.load()
REPORTS = sorted(KNOWN.reports)
ZONES = st.sampled_from(["UTC", "America/Chicago", "Etc/GMT+12", "America/Argentina/Buenos_Aires"])


def model_of(report_id: str) -> type[BaseModel]:
    """Return the generated model of a report's request."""
    module = importlib.import_module(f"generated.requests.{report_id}")
    found = [one for name, one in vars(module).items() if name.endswith("Request")]
    model: type[BaseModel] = found[0]
    return model


def judged(data: Json, report_id: str) -> bool:
    """Return whether our judge accepts the data."""
    empty = document.Document("data", data, {(): (1, 1)}, {})
    return not judge(data, catalog.request_schema(report_id), empty)


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return values that the schema of one parameter accepts."""
    if "else" in schema:
        kind = {"type": schema["type"]}
        return st.one_of(values(schema["else"]["anyOf"][0]), values({**kind, **schema["if"]}))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "pattern" in schema:
        return ZONES
    match schema["type"]:
        case "boolean":
            return st.booleans()
        case "integer":
            low = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
            return st.integers(low, schema.get("maximum", 10**15))
        case "array":
            return st.lists(values(schema["items"]), min_size=1, max_size=6, unique=True)
        case _:
            characters = st.characters(exclude_categories=["Cs"])
            return st.text(characters, min_size=1, max_size=schema.get("maxLength", 20))


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Draw a report and a request that its schema accepts."""
    report_id = draw(st.sampled_from(REPORTS))
    schema = catalog.request_schema(report_id)
    optional = sorted(set(schema["properties"]) - set(schema["required"]))
    names = [*schema["required"], *draw(st.lists(st.sampled_from(optional), unique=True))]
    return report_id, {name: draw(values(schema["properties"][name])) for name in names}


ITEMS = st.one_of(st.integers(-2, 7), st.text(max_size=2), st.booleans())
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**17), 10**17),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.lists(ITEMS, max_size=3),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=1),
)


@given(requests())
@settings(max_examples=100, deadline=None)
def test_what_the_schema_accepts_the_model_carries(drawn: tuple[str, dict[str, Any]]) -> None:
    """The model takes it strictly, and gives back exactly what it was given."""
    report_id, data = drawn
    assert judged(data, report_id)
    made = model_of(report_id).model_validate_json(json.dumps(data), strict=True)
    assert made.model_dump(mode="json", by_alias=True, exclude_unset=True) == data


@given(requests(), st.data())
@settings(max_examples=100, deadline=None)
def test_model_and_schema_refuse_the_same(drawn: tuple[str, dict[str, Any]], more: st.DataObject) -> None:
    """With one value replaced by anything, both accept or both refuse.

    Two things only the schema refuses: a value twice in a list, and null for a parameter that is left out.
    """
    report_id, data = drawn
    name = more.draw(st.sampled_from(sorted(data)))
    junk = more.draw(JUNK)
    try:
        model_of(report_id).model_validate_json(json.dumps({**data, name: junk}), strict=True)
    except ValidationError:
        assert not judged({**data, name: junk}, report_id)
    else:
        twice = isinstance(junk, list) and len({json.dumps(one) for one in junk}) < len(junk)
        assert judged({**data, name: junk}, report_id) or twice or junk is None


@pytest.mark.parametrize("report_id", REPORTS)
def test_an_unknown_or_missing_key_is_refused_by_both(report_id: str) -> None:
    """A typo never passes, and the company key is no part of a request."""
    whole = {"startTime": 1_500_000_000_000, "endTime": 1_500_000_000_001, "timeInterval": 300_000}
    schema = catalog.request_schema(report_id)
    good: dict[str, Json] = {name: value for name, value in whole.items() if name in schema["required"]}
    assert judged(good, report_id)
    without = {name: value for name, value in good.items() if name != "endTime"}
    for bad in (without, good | {"endtime": 1}, good | {"companyKey": "k"}):
        assert not judged(bad, report_id)
        with pytest.raises(ValidationError):
            model_of(report_id).model_validate_json(json.dumps(bad), strict=True)


@given(requests())
@settings(max_examples=100, deadline=None)
def test_the_wire_is_the_same_from_data_and_from_the_model(drawn: tuple[str, dict[str, Any]]) -> None:
    """A request made of the model's own data is the same, for every operation, and holds each value once."""
    report_id, data = drawn
    report = KNOWN.reports[report_id]
    made = model_of(report_id).model_validate_json(json.dumps(data), strict=True)
    again = made.model_dump(mode="json", by_alias=True, exclude_unset=True)
    for operation in report.operations:
        sent = request(report, operation, data)
        assert sent == request(report, operation, again)
        assert {name for name, _ in sent.query}.isdisjoint(operation.form)
        assert {name for name, _ in (*sent.query, *sent.form)} == data.keys()
        assert {name for name, _ in sent.form} == data.keys() & operation.form


@pytest.mark.parametrize(
    "name", ["manifest.v1", "profiles.v1", "lock.v1", "spec.v1", "answer.create", "answer.status"]
)
def test_our_own_schemas_are_schemas(name: str) -> None:
    """Every schema is valid Draft 2020-12, and refers to nothing outside itself."""
    schema = catalog.schema(name)
    Draft202012Validator.check_schema(schema)
    assert all(one.startswith("#/") for one in _references(schema))


def _references(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [found for one in schema for found in _references(one)]
    if not isinstance(schema, dict):
        return []
    mine = [schema["$ref"]] if isinstance(schema.get("$ref"), str) else []
    inner = (one for key, one in schema.items() if not key.startswith("x-"))
    return mine + [found for one in inner for found in _references(one)]


def places(data: Json, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the place of every value in data."""
    inner: list[tuple[str | int, Json]] = []
    if isinstance(data, dict):
        inner = list(data.items())
    elif isinstance(data, list):
        inner = list(enumerate(data))
    return [path, *(place for name, value in inner for place in places(value, (*path, name)))]


LOCK: Any = json.loads((ROOT / "manifests" / "quickstart.lock.json").read_bytes())
LOCK["partitions"] = dict(list(LOCK["partitions"].items())[:1])
PLACES = [one for one in places(LOCK) if one]
WORDS = ["", "x", "1", "a" * 64, "a" * 64 + "\n"]
ODD: list[Json] = [None, True, 0, 1, 1.0, -1, 1.5, *WORDS, [], [1], ["a", "b"], {}, "gone", "more"]


@given(place=st.sampled_from(PLACES), odd=st.sampled_from(ODD))
@settings(max_examples=600)
def test_what_the_model_takes_for_a_lock_is_one_by_the_schema_too(
    place: tuple[str | int, ...], odd: Json
) -> None:
    """So the model may judge first: a lock with any one value changed, taken out, or added to."""
    changed = json.loads(json.dumps(LOCK))
    holder = changed
    for step in place[:-1]:
        holder = holder[step]
    if odd == "gone":
        del holder[place[-1]]
    elif odd == "more" and isinstance(holder[place[-1]], dict):
        holder[place[-1]]["more"] = 1
    else:
        holder[place[-1]] = odd
    if not sound(json.dumps(changed).encode(), changed):
        return
    read = document.Document("lock", changed, {(): (1, 1)}, {})
    assert judge(changed, catalog.schema("lock.v1"), read) == []
