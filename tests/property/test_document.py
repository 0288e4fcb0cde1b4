"""Reading what was written gives the same data, and nothing but a Refusal comes out for anything else."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from runner.document import Json, read
from runner.errors import Refusal

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LEAVES = st.none() | st.booleans() | st.integers(-(10**29), 10**29) | TEXT
DATA = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(DATA.filter(lambda data: data is not None), st.booleans())
def test_json_reads_as_it_was_written(data: Json, indented: bool) -> None:
    """What json.dumps writes, read() reads, each value with a place of its own."""
    text = json.dumps(data, indent=2 if indented else None)
    document = read(text.encode(), "m.json")
    assert document.data == data
    assert set(document.keys) < set(document.places)


@settings(max_examples=100, deadline=None)
@given(st.text("abc:-[]{}&*!|>'\"%@`#?, \n\t\\u0123456789", max_size=60))
def test_anything_else_is_data_or_a_refusal(text: str) -> None:
    """No text makes the reader fail in any way but a Refusal with places in the file."""
    lines = text.count("\n") + 2
    places: list[tuple[int, int]] = []
    try:
        places = [*read(text.encode(), "m.yaml").places.values()]
    except Refusal as refusal:
        places = [(one.line, one.column) for one in refusal.problems]
    assert places
    assert all(1 <= line <= lines and column >= 1 for line, column in places)
