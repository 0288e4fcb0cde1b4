"""Every answer that the vendor's documents print means here what the reference says it means."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from runner.answers import read_create, read_status, strict_json

FACTS = sorted(Path(__file__).with_name("answers").glob("*.json"))


def meaning_of(read_as: str, printed: str) -> dict[str, Any]:
    """Return what we read in a printed answer, as plain data."""
    if read_as == "json":
        try:
            return {"kind": "read", "data": strict_json(printed)}
        except ValueError:
            return {"kind": "refused"}
    read = (read_create if read_as == "create" else read_status)(200, printed)
    return {"kind": type(read).__name__, **asdict(read)}


@pytest.mark.parametrize("path", FACTS, ids=lambda path: path.stem)
def test_a_printed_answer_is_read_as_the_reference_says(path: Path) -> None:
    """An answer that a document prints, valid or not, has the meaning that the reference gives it."""
    fact = json.loads(path.read_text("utf-8"))
    meaning = meaning_of(fact["read_as"], fact["printed"])
    assert {name: meaning[name] for name in fact["meaning"]} == fact["meaning"]


def test_the_facts_are_there() -> None:
    """The folder holds the printed answers: an empty one would let every test above pass."""
    assert len(FACTS) >= 16
