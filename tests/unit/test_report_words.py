"""Figures as a person reads them."""

from __future__ import annotations

import pytest

from runner.report.words import duration, is_one, listed, many, part, size


@pytest.mark.parametrize(
    ("count", "words"),
    [(950, "950 B"), (12_595, "12.3 KiB"), (4_194_304, "4.0 MiB"), (5_000_000_000, "4.7 GiB")],
)
def test_sizes_for_people(count: int, words: str) -> None:
    """Bytes are shown with three digits or so."""
    assert size(count) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(12, "12 s"), (200, "3 min 20 s"), (7_500, "2 h 05 min"), (200_000, "2 d 07 h")],
)
def test_durations_for_people(seconds: float, words: str) -> None:
    """Times are shown in the two largest units."""
    assert duration(seconds) == words


def test_numbers_with_their_nouns() -> None:
    """One is singular; thousands are parted."""
    assert [many(1, "file"), many(0, "file"), many(2000, "box", "boxes")] == [
        "1 file",
        "0 files",
        "2,000 boxes",
    ]


def test_parts_with_their_nouns_and_verbs() -> None:
    """The noun goes with all of them; the verb is singular for one of many, and for any of one."""
    assert [part(1, 1, "file"), part(0, 1, "file"), part(1, 2000, "file")] == [
        "1 of 1 file",
        "0 of 1 file",
        "1 of 2,000 files",
    ]
    assert [is_one(*one) for one in ((1, 1), (0, 1), (1, 2), (0, 2), (2, 2))] == [True] * 3 + [False] * 2


def test_lists_read_as_sentences() -> None:
    """Words are joined by commas and a last and; too many are counted."""
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert listed(["a", "b", "c"], 2) == "a, b and 1 more"
