"""Problems, refusals and exit codes."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from runner.errors import Exit, Problem, Refusal, gravest, harmless, shortened, visible


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


_LETTERS_OF_A_KIND = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
"""Signs that Unicode counts as format characters, but which are drawn: number signs."""


def test_every_character_that_is_not_drawn_is_made_visible() -> None:
    """All control, format, surrogate and line separator characters of Unicode; and what is only ignored."""
    hidden = [
        code
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and code not in _LETTERS_OF_A_KIND
    ]
    ignored = [0x034F, 0x115F, 0x3164, 0xFE0F, 0xE0100, 0x180B]
    assert not [hex(code) for code in (*hidden, *ignored) if not visible(chr(code)).startswith("\\")]
    assert visible("\U000e0041\xad") == "\\U000e0041\\xad"
    assert visible("a b\u00a0c") == "a b\u00a0c"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", "\\x3a:error::x"),
        ("  ::set-output name=a::b", "  \\x3a:set-output name=a::b"),
        ("\u3000::x", "\u3000\\x3a:x"),
        ("a\n::stop-commands::x", "a\n\\x3a:stop-commands::x"),
        ("a::b, :c", "a::b, :c"),
        ("::", "\\x3a:"),
        ("##[group]x", "\\x23#[group]x"),
        ("said ##vso[task.setvariable]x", "said \\x23#vso[task.setvariable]x"),
        ("####[x", "##\\x23#[x"),
        ("## a [b]", "## a [b]"),
    ],
)
def test_no_line_is_a_command_to_a_ci(text: str, shown: str) -> None:
    """The first sign of a command becomes an escape, once: what is harmless already stays as it is."""
    assert harmless(text) == shown
    assert harmless(shown) == shown


def test_a_long_text_shows_that_it_was_cut() -> None:
    """Escapes count as they are shown; a text that fits has no mark."""
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdefg", 6) == "abcde…"
    assert shortened("\x1b\x1b", 6) == "\\x1b\\…"
