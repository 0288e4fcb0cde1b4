"""Plain words for what was seen in a file, what would fit there, and what was probably meant. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from runner.document import Json, Path
from runner.scalars import shown

SECRET = frozenset({"companyKey", "company_key", "username", "user", "password"})
"""Keys whose values are never shown."""

_NAMES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}
_PLURALS = {"string": "text", "integer": "whole numbers", "object": "mappings", "number": "numbers"}


@dataclass(frozen=True)
class Fault:
    """What one keyword of a schema refused: its value and schema, the place, and what stands there."""

    keyword: str
    wanted: Any
    schema: Mapping[str, Any]
    path: Path
    seen: Any
    message: str
    alternative: int | None
    parts: tuple[Fault, ...]

    def in_words(self) -> str:
        """Say what was refused; with the schema's own `x-message` for what is wanted, where it has one."""
        if self.keyword in _OWN_WORDS and "x-message" in self.schema:
            wanted = str(self.schema["x-message"])
            return wanted if self.secret else f"expected {wanted}, got {got(self.seen)}{_advice(self)}"
        words = _WORDS.get(self.keyword)
        return words(self) if words else f"{self.sight()} is not allowed here"

    @property
    def secret(self) -> bool:
        """Whether what stands there is never to be shown."""
        return bool(self.schema.get("x-secret")) or not SECRET.isdisjoint(self.path)

    def sight(self) -> str:
        """Say what stands there, unless it is a secret."""
        return "something else" if self.secret else got(self.seen)

    def near(self, choices: Iterable[Json]) -> str:
        """Return "; did you mean 'x'?" for the choice nearest to the text that stands there."""
        words = [one for one in choices if isinstance(one, str)]
        return did_you_mean(self.seen, words) if isinstance(self.seen, str) else ""


def nearest(word: str, choices: Iterable[str]) -> str:
    """Return the choice nearest to the word, or "" where none is near."""
    by_letters = {_letters(one): one for one in sorted(choices, reverse=True)}
    near = get_close_matches(_letters(word), by_letters, 1, 0.75) if len(word) <= 100 else []
    return by_letters[near[0]] if near else ""


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return "; did you mean 'x'?" for the choice nearest to the word, or "" where none is near."""
    near = nearest(word, choices)
    return f"; did you mean {shown(near)}?" if near else ""


def distance(one: str, other: str) -> int:
    """Return how many letters differ, with neighbours that changed places as one (Damerau-Levenshtein)."""
    above: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        earlier, above, row = above, row, [i]
        for j, right in enumerate(other, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (left != right)))
            if i > 1 and j > 1 and (left, one[i - 2]) == (other[j - 2], right):
                row[j] = min(row[j], earlier[j - 2] + 1)
    return row[-1]


def got(value: Json) -> str:
    """Say what stands there: text 'x', the number 5, a list."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case str():
            return f"text {shown(value)}" if value else "empty text"
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
        case _:
            return "a mapping"


def kind(value: Json) -> str:
    """Say what a whole file is, and of a text not which: it may be another one, with secrets in it."""
    return "text" if isinstance(value, str) and value else got(value)


def expected(schema: Mapping[str, Any]) -> str:
    """Say what a schema takes."""
    if "enum" in schema or "const" in schema:
        return listed(schema.get("enum", [schema.get("const")]))
    kinds = schema.get("type", [])
    names = [_kind(one, schema) for one in ([kinds] if isinstance(kinds, str) else kinds)]
    return " or ".join(names) or "another form"


def listed(choices: Sequence[Json], most: int = 15) -> str:
    """Return choices as a list for people, cut where it is long."""
    words = [one if isinstance(one, str) else json.dumps(one) for one in choices]
    return ", ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")


def _letters(word: str) -> str:
    """Return a word without case and separators: people mix up start_time, start-time and startTime."""
    return re.sub(r"[\s_-]+", "", word).casefold()


def _kind(kind: str, schema: Mapping[str, Any]) -> str:
    """Say what one type of a schema is, with the range or the items that it takes."""
    if kind == "array":
        items = _PLURALS.get(str(schema.get("items", {}).get("type")))
        return f"a list of {items}" if items else "a list"
    if kind == "integer" and "minimum" in schema and "maximum" in schema:
        return f"a whole number from {schema['minimum']} to {schema['maximum']}"
    return _NAMES[kind]


def _advice(fault: Fault) -> str:
    """Return the fix of a wrong type that a person can see at once."""
    if fault.keyword not in ("type", "anyOf") or fault.secret or not isinstance(fault.seen, str | int):
        return ""
    if fault.wanted == "array":
        return f"; write [{fault.seen}]" if len(str(fault.seen)) <= 60 else "; write it in [ ]"
    quoted = isinstance(fault.seen, str) and re.fullmatch(r"-?[0-9]+|true|false", fault.seen)
    return "; write it without quotes" if quoted else ""


def _type(fault: Fault) -> str:
    return f"expected {expected(fault.schema)}, got {fault.sight()}{_advice(fault)}"


def _enum(fault: Fault) -> str:
    seen = fault.sight().removeprefix("text ")
    return f"{seen} is not one of {listed(fault.wanted)}{fault.near(fault.wanted)}"


def _range(fault: Fault) -> str:
    low, high = fault.schema.get("minimum"), fault.schema.get("maximum")
    if low is not None and high is not None:
        return f"{fault.seen} is not between {low} and {high}"
    word = "less" if fault.keyword == "minimum" else "more"
    return f"{fault.seen} is {word} than {fault.wanted}"


def _none_fits(fault: Fault) -> str:
    """Say what would fit, where no alternative does."""
    options = fault.wanted
    wanted = " or ".join(dict.fromkeys(expected(one) for one in options))
    near = fault.near(word for one in options for word in one.get("enum", ()))
    return f"expected {wanted}, got {fault.sight()}{near or _advice(fault)}"


_WORDS: Mapping[str, Callable[[Fault], str]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda fault: f"expected {listed([fault.wanted])}, got {fault.sight()}",
    "minimum": _range,
    "maximum": _range,
    "exclusiveMinimum": lambda fault: f"{fault.seen} is not above {fault.wanted}",
    "minLength": lambda fault: "the text is too short" if fault.seen else "the text is empty",
    "maxLength": lambda fault: f"{len(fault.seen)} characters; at most {fault.wanted}",
    "minItems": lambda fault: "the list is too short" if fault.seen else "the list is empty",
    "maxItems": lambda fault: f"{len(fault.seen)} entries; at most {fault.wanted}",
    "minProperties": lambda fault: "the mapping is empty",
    "pattern": lambda fault: f"{fault.sight()} does not have the form {fault.wanted}",
    "uniqueItems": lambda fault: fault.message,
    "anyOf": _none_fits,
    "oneOf": _none_fits,
}
_OWN_WORDS = frozenset({"type", "pattern", "not", "format", "anyOf", "oneOf", "contains"})
