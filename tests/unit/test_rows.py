"""Reading rows one by one: CSV and JSON of any size, or a plain reason why not."""

from __future__ import annotations

import io
from typing import Any

import pytest

from runner.rows import MAX_ROW, Text, Unproven, csv_rows, json_rows


def rows_of_csv(content: bytes) -> list[list[str]]:
    """Return all rows of a CSV file."""
    return list(csv_rows(Text(io.BytesIO(content))))


def rows_of_json(content: bytes) -> list[dict[str, Any]]:
    """Return all rows of a JSON file."""
    return list(json_rows(Text(io.BytesIO(content))))


def test_csv_cells_come_as_they_are() -> None:
    """Commas, quotes and line breaks in quotes belong to the cell; any line end ends a row."""
    content = b'A,B\r\n"x, ""y""\r\nz",2\n1,\xf0\x9f\x98\x80\n'
    assert rows_of_csv(content) == [["A", "B"], ['x, "y"\r\nz', "2"], ["1", "\U0001f600"]]


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    """A file with a BOM has the same columns as one without."""
    assert rows_of_csv(b"\xef\xbb\xbfA,B\n") == [["A", "B"]]


@pytest.mark.parametrize("content", [b'A,B\n1,"open\n', b'A,B\n1,"x"y\n'])
def test_a_quote_that_does_not_close_is_refused(content: bytes) -> None:
    """An open quote at the end, or text behind a closing one, is no CSV, and the line is named."""
    with pytest.raises(Unproven, match="line 2 is not CSV"):
        rows_of_csv(content)


def test_a_long_cell_is_read() -> None:
    """The vendor gives no bound for a cell: one far over Python's own limit is read."""
    cell = b"x" * 200_000
    assert rows_of_csv(b"A\n" + cell + b"\n")[1] == [cell.decode()]


@pytest.mark.parametrize("line", [b"x" * MAX_ROW, b'"' + (b"x" * 1023 + b"\n") * (MAX_ROW >> 10)])
def test_a_row_without_end_is_refused(line: bytes) -> None:
    """Memory is bounded, whether the row is one line or many."""
    with pytest.raises(Unproven, match="longer than"):
        rows_of_csv(b"A\n" + line)


def test_bytes_that_are_not_text_are_kept_and_noted() -> None:
    """Bytes that are no UTF-8 come through as half characters, and the text remembers it."""
    text = Text(io.BytesIO("A\né\n".encode() + b"\xff\nb\n"))
    assert list(csv_rows(text)) == [["A"], ["é"], ["\udcff"], ["b"]]
    assert text.damaged
    sound = Text(io.BytesIO("A\né\n".encode()))
    assert len(list(csv_rows(sound))) == 2
    assert not sound.damaged


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"[]", []),
        (b" [ ] \n", []),
        (b'[{"A":"1"}]', [{"A": "1"}]),
        (b'\xef\xbb\xbf[ {"A":"}, {"} ,\r\n {"B":{"C":[1,2]}} ]\n', [{"A": "}, {"}, {"B": {"C": [1, 2]}}]),
    ],
)
def test_json_rows_come_one_by_one(content: bytes, rows: list[dict[str, Any]]) -> None:
    """A list of objects is read whatever the white space, and whatever stands in its texts."""
    assert rows_of_json(content) == rows


def test_rows_across_the_window_are_whole() -> None:
    """Rows that lie across the edge of what is in memory come out whole."""
    rows = [{"N": str(number), "T": "x" * 70_000} for number in range(50)]
    content = repr(rows).replace("'", '"').encode()
    assert rows_of_json(content) == rows
    big = [{"T": "y" * 3_000_000}]
    assert rows_of_json(repr(big).replace("'", '"').encode()) == big


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"A":1}', "not a list of rows"),
        (b"", "not a list of rows"),
        (b"[", "something else than a row, or the file ends"),
        (b"[1]", "something else than a row"),
        (b'[{"A":1},]', "something else than a row"),
        (b'[{"A":1}', "after row 1"),
        (b'[{"A":1} {"A":2}]', "after row 1"),
        (b'[{"A":1},{"A"', "row 2 is cut"),
        (b'[{"A":1},{"A":tru}]', "row 2 is cut, or is not JSON"),
        (b'[{"A":1}] x', "after the end"),
        (b'[{"A":1,"A":2}]', "same key twice"),
        (b'[{"A":NaN}]', "NaN is not JSON"),
        (b'[{"A":' + b"9" * 5000 + b"}]", "row 1"),
        (b'[{"A":' + b"[" * 100_000, "nested too deeply"),
        (b'[{"A" ' + b" " * MAX_ROW * 2, "row 1 is not JSON, or is longer"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_json_that_is_no_whole_list_of_rows_is_refused(content: bytes, why: str) -> None:
    """A cut list, other things in it or behind it, and rows that are no sound JSON are refused."""
    with pytest.raises(Unproven, match=why):
        rows_of_json(content)
