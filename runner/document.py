"""YAML and JSON files as plain data, with the line and column of every key and value.

What readers of YAML disagree about, or what can hide something, is refused: two equal keys, anchors, aliases,
merge keys, tags, directives, several documents, keys that are not text. JSON is read as the YAML that it is.
Pure: the bytes come in as an argument.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from runner.contents import MAX_BYTES, Unreadable, text_of
from runner.errors import Exit, Problem, Refusal
from runner.scalars import key_problem, plain, plain_problem, quoted_problem, shown

__all__ = ["MAX_BYTES", "MAX_DEPTH", "Document", "Json", "Path", "read", "written"]

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""Plain data: what JSON can hold."""

Path: TypeAlias = tuple[str | int, ...]
"""The place of a value in the data: keys and list indexes from the top."""

MAX_DEPTH = 40
"""How deep lists and mappings may stand in one another."""

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_PLAIN_KEY = re.compile(r"\w[\w-]*")
_HINTS = {
    "mapping values are not allowed in this context": (
        "a ':' stands where no key can; quote a value that holds ': ', or indent the line like its neighbours"
    ),
    "found invalid Unicode character escape code": "an escape that is no character (half of a pair?)",
    "found character that cannot start any token": "a value cannot begin with this character; quote it",
    "did not find expected key": (
        "the line is not indented like its neighbours, or text follows a value that has ended"
    ),
    "could not find expected ':'": "a key without its ':'",
}


@dataclass(frozen=True)
class Document:
    """A file as plain data; `places` and `keys` give line and column, from 1, of every value and key."""

    file: str
    data: Json
    places: Mapping[Path, tuple[int, int]]
    keys: Mapping[Path, tuple[int, int]]

    def place(self, path: Path, key: bool = False) -> tuple[int, int]:
        """Return line and column of the value, or of its key; of the nearest ancestor where it has none."""
        if key and path in self.keys:
            return self.keys[path]
        while path not in self.places:
            path = path[:-1]
        return self.places[path]

    def problem(self, path: Path, message: str, *, warning: bool = False, key: bool = False) -> Problem:
        """Return a problem with this value, or with its key, at its place."""
        line, column = self.place(path, key)
        return Problem(self.file, line, column, written(path), message, warning)


def written(path: Path) -> str:
    """Return a path as people write it: `exports[0].metrics[1]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_KEY.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{shown(part)}]"
    return text


def read(content: bytes, file: str, exit: Exit = Exit.DATA) -> Document:
    """Return the file's data and places. `file` is its name in messages.

    Refusal with `exit` and every problem that could be found, where it is not one plain document.
    """
    reading = _Reading(file)
    data = reading.document(content)
    if reading.problems:
        raise Refusal(exit, f"{file} cannot be read", reading.problems)
    return Document(file, data, reading.places, reading.keys)


class _Stop(Exception):
    """Reading on makes no sense; the problem is noted."""


class _Reading:
    """One pass over the events of one file. It collects data, places, and what is refused."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.places: dict[Path, tuple[int, int]] = {}
        self.keys: dict[Path, tuple[int, int]] = {}
        self.events: Iterator[Event] = iter(())

    def document(self, content: bytes) -> Json:
        """Return the data of the one document, as far as it could be read."""
        try:
            self.events = self.parsed(text_of(content, self.file.lower().endswith(".json")))
            return self.whole()
        except Unreadable as problem:
            self.note((), problem.place, str(problem))
        except _Stop:
            pass
        return None

    def note(self, path: Path, place: tuple[int, int], message: str) -> None:
        """Note a problem and go on reading."""
        self.problems.append(Problem(self.file, *place, written(path), message))

    def stop(self, place: tuple[int, int], message: str, path: Path = ()) -> NoReturn:
        """Note a problem and end the reading."""
        self.note(path, place, message)
        raise _Stop

    def parsed(self, text: str) -> Iterator[Event]:
        """Yield the parser's events; its error is a problem that ends the reading."""
        try:
            yield from yaml.parse(text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            self.stop(*_syntax(error, text))

    def whole(self) -> Json:
        """Return the one document; refuse none, and a second one."""
        begins = (one for one in self.events if isinstance(one, DocumentStartEvent | StreamEndEvent))
        start = next(begins)
        if isinstance(start, StreamEndEvent):
            self.stop((1, 1), "the file is empty")
        if start.version or start.tags:
            self.note((), _place(start), "directives (lines that begin with %) are not allowed")
        data = self.value(next(self.events), ())
        if isinstance(after := next(begins), DocumentStartEvent):
            self.stop(_place(after), "a second document begins; a file holds one")
        if data is None and not self.problems:
            self.stop((1, 1), "the file is empty")
        return data

    def value(self, event: Event, path: Path) -> Json:
        """Return the value that begins with this event."""
        self.places.setdefault(path, _place(event))
        if isinstance(event, AliasEvent):
            self.note(path, _place(event), f"aliases are not allowed: write out what *{event.anchor} means")
            return None
        if len(path) > MAX_DEPTH:
            self.stop(_place(event), f"more than {MAX_DEPTH} levels deep", path[:3])
        self.unnamed(event, path)
        if isinstance(event, ScalarEvent):
            return self.scalar(event, path)
        return self.items(path) if isinstance(event, SequenceStartEvent) else self.pairs(path)

    def unnamed(self, event: Event, path: Path) -> None:
        """Refuse an anchor and a tag."""
        if anchor := getattr(event, "anchor", None):
            self.note(path, _place(event), f"anchors are not allowed: leave out &{anchor}")
        if tag := getattr(event, "tag", None):
            tag = tag.replace("tag:yaml.org,2002:", "!!")
            self.note(path, _place(event), f"tags are not allowed: leave out {shown(tag)}")

    def scalar(self, event: ScalarEvent, path: Path) -> Json:
        """Return what a scalar means; quoted and block text is text."""
        problem = quoted_problem if event.style else plain_problem
        if message := problem(event.value):
            self.note(path, _place(event), message)
            return None
        return str(event.value) if event.style else plain(event.value)

    def items(self, path: Path) -> list[Json]:
        """Return the list whose start was just read."""
        data: list[Json] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            data.append(self.value(event, (*path, len(data))))
        return data

    def pairs(self, path: Path) -> dict[str, Json]:
        """Return the mapping whose start was just read; of two equal keys the first, and a problem."""
        data: dict[str, Json] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            key = self.key(event, path)
            if key in data:
                first = self.keys[(*path, key)][0]
                message = f"the key {shown(key)} stands here twice (first at line {first}); keep one"
                self.note((*path, key), _place(event), message)
            self.keys.setdefault((*path, key), _place(event))
            data.setdefault(key, self.value(next(self.events), (*path, key)))
        return data

    def key(self, event: Event, path: Path) -> str:
        """Return the text of a key; refuse one that is not text."""
        if not isinstance(event, ScalarEvent):
            self.note(path, _place(event), "a key must be text")
            self.value(event, (*path, ""))
            return ""
        self.unnamed(event, (*path, event.value))
        if not event.style and (message := key_problem(event.value)):
            self.note((*path, event.value), _place(event), message)
        return str(event.value)


def _syntax(error: yaml.MarkedYAMLError, text: str) -> tuple[tuple[int, int], str]:
    """Return the place where the parser stumbled, and over what."""
    line, column = _from_0(error.problem_mark)
    before = "".join(text.splitlines()[line : line + 1])[: column + 1]
    if before.endswith("\t") and not before.strip():
        return (line + 1, column + 1), "a tab cannot indent; use spaces"
    message = _HINTS.get(error.problem or "", f"not YAML: {error.problem}")
    if error.context_mark and error.context_mark.line < line:
        message += f" ({error.context}, begun at line {error.context_mark.line + 1})"
    return (line + 1, column + 1), message


def _from_0(mark: object) -> tuple[int, int]:
    """Return line and column of a mark, which the parser's type says may be missing."""
    return int(getattr(mark, "line", 0)), int(getattr(mark, "column", 0))


def _place(event: Event) -> tuple[int, int]:
    line, column = _from_0(event.start_mark)
    return line + 1, column + 1
