"""The judge: schema errors in plain words, at their place, with what was probably meant."""

from __future__ import annotations

import time
from typing import Any

import pytest
from referencing.exceptions import Unresolvable

from runner.document import read
from runner.judge import did_you_mean, distance, judge

NAME = {"type": "string", "pattern": "^[a-z]+$", "x-message": "lower-case letters"}


def said(text: str, schema: Any, known: Any = None) -> list[str]:
    """Return what is said about a YAML text by a schema."""
    document = read(text.encode(), "m.yaml")
    return [str(one).removeprefix("m.yaml:") for one in judge(document.data, schema, document, known=known)]


def about(value: str, schema: Any) -> str:
    """Return what is said about one value under the key `a`, without its place; "" for nothing."""
    lines = said(f"a: {value}", {"properties": {"a": schema}})
    return "\n".join(line.split(": ", 2)[2] for line in lines)


@pytest.mark.parametrize(
    ("value", "schema", "words"),
    [
        ("x", {"type": "string"}, ""),
        ("1", {"type": "integer"}, ""),
        ("1.0", {"type": "integer"}, "expected a whole number, got the number 1.0"),
        ("true", {"type": "integer"}, "expected a whole number, got true"),
        ("'5'", {"type": "integer"}, "expected a whole number, got text '5'; write it without quotes"),
        ("'true'", {"type": "boolean"}, "expected true or false, got text 'true'; write it without quotes"),
        ("~", {"type": "string"}, "expected text, got nothing"),
        ("[a]", {"type": "string"}, "expected text, got a list"),
        ("{a: b}", {"type": ["string", "integer"]}, "expected text or a whole number, got a mapping"),
        ("''", {"type": "number"}, "expected a number, got empty text"),
        ("a", {"type": "array", "items": {"type": "string"}},
         "expected a list of text, got text 'a'; write [a]"),
        ("1", {"type": "array"}, "expected a list, got the number 1; write [1]"),
        ("~", {"type": "array"}, "expected a list, got nothing"),
        ("a" * 61, {"type": "array"}, f"expected a list, got text '{'a' * 60}…'; write it in [ ]"),
        ("xlsx", {"enum": ["csv", "json"]}, "'xlsx' is not one of csv, json"),
        ("CSV", {"enum": ["csv", "json"]}, "'CSV' is not one of csv, json; did you mean 'csv'?"),
        ("6", {"enum": [1, 2]}, "the number 6 is not one of 1, 2"),
        ("x", {"enum": [*"abcdefghijklmnopqr"]},
         "'x' is not one of a, b, c, d, e, f, g, h, i, j, k, l, m, n, o and 3 more"),
        ("2", {"const": 1}, "expected 1, got the number 2"),
        ("6", {"minimum": 0, "maximum": 5}, "6 is not between 0 and 5"),
        ("-1", {"minimum": 0}, "-1 is less than 0"),
        ("9", {"maximum": 5}, "9 is more than 5"),
        ("9", {"exclusiveMinimum": 9}, "9 is not above 9"),
        ("''", {"minLength": 1}, "the text is empty"),
        ("a", {"minLength": 2}, "the text is too short"),
        ("abc", {"maxLength": 2}, "3 characters; at most 2"),
        ("[]", {"minItems": 1}, "the list is empty"),
        ("[1]", {"minItems": 2}, "the list is too short"),
        ("[1, 2]", {"maxItems": 1}, "2 entries; at most 1"),
        ("{}", {"minProperties": 1}, "the mapping is empty"),
        ("X", {"pattern": "^[a-z]$"}, "text 'X' does not have the form ^[a-z]$"),
        ("X", NAME, "expected lower-case letters, got text 'X'"),
        ("1", NAME, "expected lower-case letters, got the number 1"),
        ("x", {"not": {"const": "x"}}, "text 'x' is not allowed here"),
        ("x", {"allOf": [False]}, "text 'x' is not allowed here"),
        ("2026-13-01", {"format": "date"}, "text '2026-13-01' is not allowed here"),
    ],
)  # fmt: skip
def test_each_keyword_speaks_plainly(value: str, schema: Any, words: str) -> None:
    """What stands there, what would fit, and the fix, in words that need no knowledge of schemas."""
    assert about(value, schema) == words


def test_unknown_keys_are_told_on_the_key() -> None:
    """An unknown key is named at its own place, each one, with the nearest key; known ones pass."""
    schema = {
        "properties": {"exports": {}, "name": {}},
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
    }
    assert said("exprots: 1\nname: 2\nx-y: 3\nzzz: 4\n", schema) == [
        "1:1: exprots: unknown key 'exprots'; did you mean 'exports'?",
        "4:1: zzz: unknown key 'zzz'",
    ]


def test_a_hint_of_the_schema_takes_the_place_of_a_guess() -> None:
    """`x-unknown` says what to do with a particular key; the key's value is not shown."""
    schema = {"additionalProperties": False, "x-unknown": {"password": "it belongs in profiles.yaml"}}
    assert said("password: hunter2\n", schema) == [
        "1:1: password: unknown key 'password': it belongs in profiles.yaml"
    ]


def test_missing_keys_are_each_told_once() -> None:
    """Every missing key is one problem, at the mapping that lacks it."""
    schema = {"properties": {"a": {"required": ["b", "c", "d"]}}}
    assert said("a:\n  c: 1\n", schema) == ["2:3: a: missing key 'b'", "2:3: a: missing key 'd'"]


def test_names_of_keys_are_judged() -> None:
    """A key of the wrong form is told on the key, with the form where the schema says it."""
    assert said("A: 1\n", {"propertyNames": NAME}) == [
        "1:1: A: 'A' cannot be a key here; expected lower-case letters"
    ]
    assert said("A: 1\n", {"propertyNames": {"maxLength": 0}}) == ["1:1: A: 'A' cannot be a key here"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[a, b, a]", "1:8: [2]: text 'a' stands in this list already, as number 1; keep one"),
        (
            "[{a: 1, b: 2}, {b: 2, a: 1}]",
            "1:16: [1]: a mapping stands in this list already, as number 1; keep one",
        ),
    ],
)
def test_repeats_are_told_at_the_second(text: str, line: str) -> None:
    """A repeated item is named at its own place, whatever the order of its keys."""
    assert said(text, {"uniqueItems": True}) == [line]


def test_repeats_are_no_matter_where_allowed() -> None:
    """True, 1 and '1' differ; `uniqueItems: false` and other kinds of data allow everything."""
    assert said("[true, 1, '1']", {"uniqueItems": True}) == []
    assert said("[1, 1]", {"uniqueItems": False}) == []
    assert said("a", {"uniqueItems": True}) == []


def test_repeats_are_found_in_linear_time() -> None:
    """A long list of mixed items does not take quadratic time."""
    text = "[" + ",".join(f"{i}, {{a: {i}}}" for i in range(10_000)) + "]"
    started = time.perf_counter()
    assert said(text, {"uniqueItems": True}) == []
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("word", ["anyOf", "oneOf"])
def test_alternatives_come_out_as_the_leaf(word: str) -> None:
    """Where one alternative takes this kind of value, its own problem is told, not that none is valid."""
    split = {
        "properties": {
            "a": {word: [{"enum": ["none", "day"]}, {"type": "integer", "minimum": 1, "maximum": 92}]}
        }
    }
    assert said("a: 0", split) == ["1:4: a: 0 is not between 1 and 92"]
    assert said("a: days", split) == [
        "1:4: a: expected none, day or a whole number from 1 to 92, got text 'days'; did you mean 'day'?"
    ]
    assert said("a: day", split) == []


def test_alternatives_may_be_mappings() -> None:
    """Problems deep in an alternative keep their own place."""
    schema = {"anyOf": [{"type": "string"}, {"properties": {"start": {"type": "string"}}}]}
    assert said("start: 1", schema) == ["1:8: start: expected text, got the number 1"]


def test_alternatives_may_have_words_of_their_own() -> None:
    """`x-message` says what is wanted where no alternative fits; digits in quotes are told to lose them."""
    schema = {"anyOf": [{"type": "integer", "const": 5}, {"type": "null"}], "x-message": "five"}
    assert said("'5'", schema) == ["1:1: expected five, got text '5'; write it without quotes"]
    del schema["x-message"]
    assert said("'5'", schema) == ["1:1: expected 5 or nothing, got text '5'; write it without quotes"]
    assert said("[]", {"anyOf": [{"const": "x"}, {"enum": ["y"], "not": {}}]}) == [
        "1:1: expected x or y, got a list"
    ]


def test_two_fitting_alternatives_are_refused() -> None:
    """A value that two alternatives of oneOf take is refused in words too."""
    assert said("a", {"oneOf": [{"type": "string"}, {"minLength": 1}]}) == [
        "1:1: expected text or another form, got text 'a'"
    ]


def test_conditions_come_out_as_the_leaf() -> None:
    """What a then-branch refuses is told as itself."""
    schema = {"if": {"required": ["a"]}, "then": {"properties": {"a": {"type": "integer"}}}}
    assert said("a: x", schema) == ["1:4: a: expected a whole number, got text 'x'"]


@pytest.mark.parametrize("value", ["hunter2", "[hunter2]", "{b: hunter2}", "77777"])
def test_secrets_are_not_shown(value: str) -> None:
    """What stands under a secret's key, or under a node marked `x-secret`, is in no message."""
    deep = {"type": "boolean", "items": {"type": "null"}, "properties": {"b": {"type": "null"}}}
    for key, node in (
        ("password", deep),
        ("company_key", {"enum": ["x"]}),
        ("other", {**NAME, "x-secret": True}),
    ):
        lines = said(f"{key}: {value}", {"properties": {key: node}})
        assert lines
        assert not any("hunter2" in line or "777" in line for line in lines)


def test_a_secrets_message_stands_alone() -> None:
    """For a secret, `x-message` is the whole message."""
    schema = {"properties": {"password": {"pattern": "^[$]", "x-message": "write a reference"}}}
    assert said("password: hunter2", schema) == ["1:11: password: write a reference"]


def test_places_are_below_the_given_one() -> None:
    """A part of a document is judged with its place in the whole."""
    document = read(b"a:\n  - b: 1\n", "m.yaml")
    problems = judge({"b": 1}, {"properties": {"b": {"type": "string"}}}, document, at=("a", 0))
    assert [str(one) for one in problems] == ["m.yaml:2:8: a[0].b: expected text, got the number 1"]


def test_references_reach_only_what_was_passed_in() -> None:
    """A schema may refer to schemas that came with it by name: to no file and no host."""
    assert said("a", {"$ref": "name"}, known={"name": {"type": "integer"}}) == [
        "1:1: expected a whole number, got text 'a'"
    ]
    for reference in ("https://example.com/x", "file:///etc/passwd", "other"):
        with pytest.raises(Exception, match="Unresolvable") as wrong:
            said("a", {"$ref": reference})
        assert isinstance(wrong.value, Unresolvable)


@pytest.mark.parametrize(
    ("word", "choices", "meant"),
    [
        ("start_time", ["startTime", "endTime"], "; did you mean 'startTime'?"),
        ("CSV", ["csv"], "; did you mean 'csv'?"),
        ("conversations", ["conversation", "conversation_actions"], "; did you mean 'conversation'?"),
        ("zzz", ["abc"], ""),
        ("x" * 101, ["x" * 101], ""),
        ("", ["a"], ""),
    ],
)
def test_near_words_are_offered(word: str, choices: list[str], meant: str) -> None:
    """Case, separators and a few letters may differ; nothing is offered where nothing is near."""
    assert did_you_mean(word, choices) == meant


@pytest.mark.parametrize(
    ("one", "other", "far"),
    [("", "", 0), ("a", "", 1), ("abc", "abc", 0), ("abc", "acb", 1),
     ("CONVERSATON_ID", "CONVERSATION_ID", 1),
     ("ab", "ba", 1), ("abcd", "badc", 2), ("kitten", "sitting", 3)],
)  # fmt: skip
def test_distance_counts_typos(one: str, other: str, far: int) -> None:
    """A letter left out, added, changed, or swapped with its neighbour is one."""
    assert distance(one, other) == distance(other, one) == far
