"""Read the rows of a CSV or JSON file one by one, in bounded memory whatever the file's size.

Strict on purpose: what is cut, or is no table at all, ends in `Unproven`. The vendor documents no dialect of
CSV; RFC 4180 is assumed. JSON files are a list of row objects [C].
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

MAX_ROW = 16 << 20
"""Characters of one row. Cells have no documented bound [R]; memory must have one."""

_CHUNK = 1 << 20
_SPACE = " \t\r\n"


class Unproven(Exception):
    """The file is not whole, or not what was asked for; the message says what was seen, in plain words."""


class Text:
    """A file's UTF-8 text; a byte order mark is let pass.

    Bytes that are no UTF-8 become lone surrogates, so that nothing is lost; `damaged` is then True.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._text = io.TextIOWrapper(file, "utf-8-sig", "surrogateescape", newline="")
        self.damaged = False

    def read(self, size: int) -> str:
        """Return at most `size` characters; empty at the end."""
        return self._checked(self._text.read(size))

    def line(self) -> str:
        """Return one line with its end, or the first MAX_ROW characters of it; empty at the end."""
        return self._checked(self._text.readline(MAX_ROW))

    def release(self) -> None:
        """Let go of the file without closing it."""
        self._text.detach()

    def _checked(self, text: str) -> str:
        if not self.damaged and not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                self.damaged = True
        return text


def csv_rows(text: Text) -> Iterator[list[str]]:
    """Yield the cells of each row, the header first; an empty line is an empty list.

    Raises Unproven for a quote that is open at the end, text after a closing quote, a row without end.
    """
    # The limit belongs to the whole process: it is set to the same figure each time and never put back, so
    # that two threads cannot take it from each other.
    csv.field_size_limit(MAX_ROW)
    bounded = _BoundedLines(text)
    reader = csv.reader(bounded, strict=True)
    try:
        for row in reader:
            bounded.row_length = 0
            yield row
    except csv.Error as error:
        raise Unproven(f"line {reader.line_num} is not CSV: {error}") from None


class _BoundedLines:
    """The lines of a text, as long as one row of them stays within bounds."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self.row_length = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._text.line():
            self.row_length += len(line)
            if self.row_length >= MAX_ROW:
                raise Unproven(f"a row is longer than {MAX_ROW} characters")
            yield line


def json_rows(text: Text) -> Iterator[dict[str, Any]]:
    """Yield the objects of the JSON array that the text is.

    Raises Unproven for a cut array, anything but objects in it or after it, and one object at the top.
    """
    source = _Scanner(text)
    if source.peek() != "[":
        raise Unproven("it is not a list of rows, as a JSON export is")
    source.skip()
    number, more = 0, source.peek() != "]"
    while more:
        if source.peek() != "{":
            raise Unproven(f"after row {number} there is something else than a row, or the file ends")
        number += 1
        yield source.element(number)
        if more := source.peek() == ",":
            source.skip()
    if source.peek() != "]":
        raise Unproven(f"the file ends, or is damaged, after row {number}")
    source.skip()
    if source.peek():
        raise Unproven("there is something after the end of the list of rows")


class _Scanner:
    """A window that moves over a JSON text, wide enough for the element at its start."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._buffer = ""
        self._at = 0
        self._decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)

    def peek(self) -> str:
        """Return the next character that is no white space; empty at the end."""
        while True:
            while self._at < len(self._buffer):
                if (character := self._buffer[self._at]) not in _SPACE:
                    return character
                self._at += 1
            if not self._more():
                return ""

    def skip(self) -> None:
        """Step over the character that `peek` showed."""
        self._at += 1

    def element(self, number: int) -> dict[str, Any]:
        """Read the object here, fetching text until it is whole."""
        while True:
            try:
                value, self._at = self._decoder.raw_decode(self._buffer, self._at)
            except RecursionError:
                raise Unproven(f"row {number} is nested too deeply") from None
            except ValueError:
                if not self._more():
                    raise Unproven(f"row {number} is cut, or is not JSON") from None
                if len(self._buffer) > MAX_ROW:
                    raise Unproven(
                        f"row {number} is not JSON, or is longer than {MAX_ROW} characters"
                    ) from None
            else:
                return dict(value)

    def _more(self) -> bool:
        """Drop what was read and fetch as much again as is left; False at the end."""
        rest = self._buffer[self._at :]
        more = self._text.read(max(_CHUNK, len(rest)))
        self._buffer, self._at = rest + more, 0
        return bool(more)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise Unproven("a row has the same key twice")
    return data


def _no_constant(name: str) -> NoReturn:
    raise Unproven(f"{name} is not JSON")
