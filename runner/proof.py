"""Prove that a file is whole and is what was asked for, in bounded memory whatever its size.

Nothing here changes a byte: the file is only read. The digest of the rows does not depend on their order,
which the vendor does not document: it is the sum modulo 2**256 of one sha256 per row.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

from runner.rows import Text, Unproven, csv_rows, json_rows

__all__ = ["Format", "Proven", "Unproven", "prove"]

Format = Literal["csv", "json"]

_MAX_COLUMNS = 10_000
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_HEAD = 1024
_MASK = (1 << 256) - 1
_COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"BZh")


@dataclass(frozen=True, slots=True)
class Proven:
    """What a whole file holds. `rows_digest` is 64 hex digits, free of order; `columns` are its own."""

    rows: int
    rows_digest: str
    columns: tuple[str, ...]
    warnings: tuple[str, ...]


def prove(file: BinaryIO, format: Format, metrics: tuple[str, ...]) -> Proven:
    """Read the whole file from its start; return what it holds, or raise Unproven with what is wrong.

    `metrics` are the columns that were asked for, empty for all. Their names are compared by the vendor's
    convention (upper case, anything else than letters and digits as `_`), their order is not.
    """
    _sniff(file, format)
    file.seek(0)
    text = Text(file)
    try:
        tally = _csv(text) if format == "csv" else _json(text)
    finally:
        text.release()
    if metrics and (tally.rows or format == "csv"):
        _compare(tally.columns, metrics)
    warnings = []
    if not tally.rows:
        warnings.append("it has no rows")
    if tally.blank:
        warnings.append("there are empty lines at its end")
    if format == "csv" and not _ends_with_newline(file):
        warnings.append("its last line has no line end")
    if text.damaged:
        warnings.append("it holds bytes that are not UTF-8; they were kept")
    return Proven(tally.rows, f"{tally.total:064x}", tuple(tally.columns), tuple(warnings))


class _Tally:
    """Counts rows and sums their digests. Each is hashed together with the header, where there is one."""

    def __init__(self, columns: Iterable[str], seed: bytes) -> None:
        self.columns = dict.fromkeys(columns)
        self.rows = 0
        self.total = 0
        self.blank = False
        self._seed = hashlib.sha256(seed)

    def add(self, row: Any) -> None:  # noqa: ANN401 - a row of any JSON
        """Take one row: a list of cells, or an object."""
        digest = self._seed.copy()
        digest.update(_canonical(row).encode())
        self.rows += 1
        self.total = (self.total + int.from_bytes(digest.digest(), "big")) & _MASK


def _csv(text: Text) -> _Tally:
    """Tally a CSV file: a header, and rows of as many cells."""
    rows = csv_rows(text)
    header = next(rows, [])
    if not any(header):
        raise Unproven("it has no header line")
    if len(set(header)) != len(header):
        raise Unproven("its header names a column twice")
    tally = _Tally(header, json.dumps(header).encode())
    for row in rows:
        if not row and len(header) > 1:
            tally.blank = True
        elif tally.blank:
            raise Unproven(f"after row {tally.rows} there is an empty line, and then more")
        elif len(cells := row or [""]) != len(header):
            raise Unproven(f"row {tally.rows + 1} has {len(cells)} cells, and the header has {len(header)}")
        else:
            tally.add(cells)
    return tally


def _json(text: Text) -> _Tally:
    """Tally a JSON file: a list of objects. The columns are all their keys, in the order they came."""
    tally = _Tally((), b"")
    for row in json_rows(text):
        tally.columns.update(dict.fromkeys(row))
        if len(tally.columns) > _MAX_COLUMNS:
            raise Unproven(f"its rows have more than {_MAX_COLUMNS} different keys")
        tally.add(row)
    return tally


def _sniff(file: BinaryIO, format: Format) -> None:
    """Refuse what is plainly something else than a table, with words for what it is."""
    file.seek(0)
    head = file.read(_HEAD)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise Unproven("it is empty")
    if head.startswith(_COMPRESSED):
        raise Unproven("it is a compressed file")
    if b"\0" in head:
        raise Unproven("it is not text in UTF-8: it holds NUL bytes")
    if start.startswith(b"<"):
        raise Unproven("it is a web page or an error in XML, not the export")
    if start.startswith(b"{"):
        raise Unproven("it is one JSON object, as an answer of the API is, not the export")
    if format == "csv" and start.startswith(b"["):
        raise Unproven("it is JSON, and CSV was asked for")


def _compare(columns: Iterable[str], metrics: tuple[str, ...]) -> None:
    there, asked = sorted(map(_normal, columns)), sorted(map(_normal, metrics))
    if there == asked:
        return
    missing = [one for one in asked if one not in there]
    extra = [one for one in there if one not in asked]
    parts = [
        f"{word} {', '.join(names[:5])}" for word, names in (("missing", missing), ("extra", extra)) if names
    ]
    raise Unproven(
        f"its columns are not the metrics that were asked for: {'; '.join(parts) or 'one is there twice'}"
    )


def _normal(name: str) -> str:
    return re.sub(r"[\W_]+", "_", name.upper()).strip("_")


def _ends_with_newline(file: BinaryIO) -> bool:
    file.seek(-1, io.SEEK_END)
    return file.read(1) in b"\r\n"
