"""The digest of the rows: free of their order, and of nothing else."""

from __future__ import annotations

import csv
import io
import json

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from runner.proof import Format, prove

CELL = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=6)
TABLE = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=5)
)


def written(rows: list[list[str]], format: Format) -> bytes:
    """Write rows as a file with the columns A, B, C."""
    header = ["A", "B", "C"][: len(rows[0])]
    if format == "json":
        return json.dumps([dict(zip(header, row, strict=True)) for row in rows]).encode()
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    return text.getvalue().encode()


def digest(rows: list[list[str]], format: Format) -> str:
    """Return the digest of rows as that kind of file."""
    return prove(io.BytesIO(written(rows, format)), format, ()).rows_digest


@settings(max_examples=60, deadline=None)
@given(table=TABLE, data=st.data(), format=st.sampled_from(["csv", "json"]))
def test_order_does_not_matter(table: list[list[str]], data: st.DataObject, format: Format) -> None:
    """The same rows in any order have one digest."""
    other = data.draw(st.permutations(table))
    assert digest(table, format) == digest(list(other), format)


@settings(max_examples=60, deadline=None)
@given(table=TABLE, data=st.data(), format=st.sampled_from(["csv", "json"]), cell=CELL)
def test_every_cell_matters(table: list[list[str]], data: st.DataObject, format: Format, cell: str) -> None:
    """Another text in any one cell gives another digest."""
    row = data.draw(st.integers(0, len(table) - 1))
    column = data.draw(st.integers(0, len(table[0]) - 1))
    assume(table[row][column] != cell)
    changed = [list(one) for one in table]
    changed[row][column] = cell
    assert digest(table, format) != digest(changed, format)


@settings(max_examples=40, deadline=None)
@given(table=TABLE, format=st.sampled_from(["csv", "json"]))
def test_a_row_that_comes_twice_counts_twice(table: list[list[str]], format: Format) -> None:
    """A repeated row changes the digest: two equal rows do not cancel each other."""
    assert digest([*table, table[0]], format) != digest(table, format)
    assert digest([*table, table[0], table[0]], format) != digest(table, format)


@settings(max_examples=40, deadline=None)
@given(table=TABLE, format=st.sampled_from(["csv", "json"]))
def test_what_was_written_is_what_is_counted(table: list[list[str]], format: Format) -> None:
    """Rows and columns of a file that a plain writer wrote are all found."""
    found = prove(io.BytesIO(written(table, format)), format, ())
    assert (found.rows, len(found.columns)) == (len(table), len(table[0]))
