"""Problems, refusals and exit codes."""

from __future__ import annotations

import pytest

from runner.errors import Exit, Problem, Refusal, gravest, visible


@pytest.mark.parametrize(
    ("exits", "decides"),
    [
        ([], Exit.DONE),
        ([Exit.DONE, Exit.DONE], Exit.DONE),
        ([Exit.UNFINISHED, Exit.DONE, Exit.VENDOR], Exit.VENDOR),
        ([Exit.UNTRUSTED, Exit.CREDENTIALS, Exit.VENDOR], Exit.CREDENTIALS),
        ([Exit.CANNOT_CREATE, Exit.IO, Exit.BUG], Exit.BUG),
        ([Exit.IO, Exit.CANNOT_CREATE], Exit.IO),
    ],
)
def test_the_gravest_outcome_decides(exits: list[Exit], decides: Exit) -> None:
    """Where outcomes meet, the order of the design decides: 70, 74, 73, 77, 76, 69, 75."""
    assert gravest(exits) is decides


def test_one_is_never_ours() -> None:
    """1 is what Python ends with by itself."""
    assert 1 not in {int(one) for one in Exit}


def test_a_problem_is_written_with_its_place() -> None:
    """A problem reads as `file:line:col: path: message`."""
    assert str(Problem("q1.yaml", 3, 5, "exports[0]", "bad")) == "q1.yaml:3:5: exports[0]: bad"
    assert str(Problem("q1.yaml", 1, 1, "", "odd", warning=True)) == "q1.yaml:1:1: warning: odd"


def test_problems_of_a_refusal_are_sorted_by_place() -> None:
    """All problems come at once, in the order of the file."""
    late, early = Problem("a", 9, 1, "", "x"), Problem("a", 2, 7, "", "y")
    refusal = Refusal(Exit.DATA, "no", [late, early], advice="mend it")
    assert refusal.problems == (early, late)
    assert (refusal.exit, refusal.message, refusal.advice, str(refusal)) == (Exit.DATA, "no", "mend it", "no")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 日本 😀", "plain é 日本 😀"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\r\x00\x7f\x9b", "a\\x0ab\\x0d\\x00\\x7f\\x9b"),
        ("\u202egnp.exe\u2066", "\\u202egnp.exe\\u2066"),
        ("\ud800\ufeff\u061c\u200b", "\\ud800\\ufeff\\u061c\\u200b"),
    ],
)
def test_no_character_can_play_a_trick(text: str, shown: str) -> None:
    """Control, bidirectional and half characters are written as escapes; all others stay."""
    assert visible(text) == shown
