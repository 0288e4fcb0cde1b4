"""From rows to the bytes of a file, streamed in pieces of about 64 KiB.

The dialect is the sandbox's own choice, as nobody documents the vendor's: CSV as RFC 4180 with CRLF, UTF-8
and a header row of API names; JSON as an array of objects [C] whose fields are all text [R].
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter

from runner.sandbox.ask import Ask
from runner.sandbox.columns import all_columns, columns
from runner.sandbox.rows import Row, rows

_PIECE = 65_536


def render(ask: Ask, seed: int, *, bom: bool = False) -> Iterator[bytes]:
    """Yield the file's bytes. `bom` puts a byte order mark before a CSV file."""
    names = ask.metrics or columns(ask.report, ask.format)
    chosen = _choice(tuple(map(all_columns(ask.report).index, names)))
    picked = map(chosen, rows(ask, seed))
    if ask.format == "csv":
        return _pieces(_csv(names, picked, "\ufeff" if bom else ""))
    return _pieces(_json(names, picked))


def _choice(places: tuple[int, ...]) -> Callable[[Row], Row]:
    """Return what picks the asked columns in the asked order."""
    if len(places) == 1:
        return lambda row: (row[places[0]],)
    return itemgetter(*places)


def _csv(names: Row, picked: Iterable[Row], mark: str) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.writer(line)
    line.write(mark)
    writer.writerow(names)
    for row in picked:
        writer.writerow(row)
        if line.tell() >= _PIECE:
            yield line.getvalue()
            line.seek(0)
            line.truncate()
    yield line.getvalue()


def _json(names: Row, picked: Iterable[Row]) -> Iterator[str]:
    encode = json.JSONEncoder(ensure_ascii=False).encode
    before = "["
    for row in picked:
        yield before + encode(dict(zip(names, row, strict=True)))
        before = ",\n"
    yield "]" if before != "[" else "[]"


def _pieces(texts: Iterable[str]) -> Iterator[bytes]:
    held: list[str] = []
    size = 0
    for text in texts:
        held.append(text)
        size += len(text)
        if size >= _PIECE:
            yield "".join(held).encode()
            held, size = [], 0
    yield "".join(held).encode()
