"""Reading JSON and YAML of other tools, which promise nothing about their shape. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

from runner import document
from runner.document import Json
from runner.errors import Refusal
from runner.foreign.call import Unread, sound

MAX_BYTES = 64 * 1024 * 1024
"""The most bytes of one input: a HAR of a long session holds every answer."""
MAX_DEPTH = 200
"""How deep lists and objects may stand in one another."""
MAX_CALLS = 2_000
"""The most requests of one input."""


def of_json(text: str) -> Json:
    """Return the data of a JSON text; Unread with the place where it is none."""
    try:
        found: Json = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"this is not JSON: {error.msg.lower()}; was the file cut off, or edited by hand?"
        raise Unread(message, error.lineno, error.colno) from None
    except (RecursionError, ValueError) as error:
        raise Unread("the JSON is nested too deeply, or holds a number of too many digits") from error
    return found


def of_yaml(text: str, file: str) -> Json:
    """Return the data of a YAML text; Unread with the first place that cannot be read."""
    try:
        return document.read(text.encode(), file).data
    except Refusal as refusal:
        first = refusal.problems[0]
        raise Unread(first.message, first.line, first.column, first.path) from None


def mapping(data: Json) -> dict[str, Json]:
    """Return a mapping; an empty one for anything else."""
    return data if isinstance(data, dict) else {}


def items(data: Json) -> list[Json]:
    """Return a list; an empty one for anything else."""
    return data if isinstance(data, list) else []


def text(data: Json) -> str:
    """Return text; a number or a word of JSON as it is written there; nothing for anything else."""
    match data:
        case str():
            return sound(data)
        case bool() | int() | float():
            return json.dumps(data)
        case _:
            return ""


def enabled(entries: Json) -> Iterator[dict[str, Json]]:
    """Yield the entries of a list that are not switched off."""
    for one in items(entries):
        entry = mapping(one)
        if entry and not entry.get("disabled") and entry.get("enabled") is not False:
            yield entry


def pairs(entries: Json, key: str) -> Iterator[tuple[str, str]]:
    """Yield name and value of the entries that are not switched off; `key` is what the name is called."""
    for entry in enabled(entries):
        yield text(entry.get(key)), text(entry.get("value"))
