"""The verbs, and how whatever happens becomes an exit code."""

from __future__ import annotations

import click
import pytest

from runner import __version__
from runner.cli.command import command, outcome
from runner.cli.verbs import VERBS
from runner.codes import CODES
from runner.errors import Exit, Problem, Refusal


def ending(error: Exception) -> click.Command:
    """Return a verb that ends with this error."""

    def end() -> None:
        raise error

    return click.Command("ending", callback=end)


def test_no_arguments_print_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a verb the help is printed and the exit code says usage."""
    assert outcome([]) == Exit.USAGE
    shown = capsys.readouterr()
    assert all(verb in shown.out for verb in VERBS)
    assert shown.err == ""


def test_help_and_version_are_done(capsys: pytest.CaptureFixture[str]) -> None:
    """Asked-for help and version end with 0."""
    assert outcome(["--help"]) == Exit.DONE
    assert outcome(["--version"]) == Exit.DONE
    assert f"care-export {__version__}\n" in capsys.readouterr().out


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_has_its_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each verb of the table can be loaded, and shows its own help."""
    assert outcome([verb, "--help"]) == Exit.DONE
    assert f"care-export {verb}" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--password", "hunter2"], ["--password=hunter2"], ["-phunter2"]])
@pytest.mark.parametrize("verb", [[], *([verb] for verb in VERBS)])
def test_the_value_of_an_unknown_option_is_not_echoed(
    verb: list[str], arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A secret typed as an option that does not exist stays out of the messages."""
    assert outcome([*verb, *arguments]) == Exit.USAGE
    shown = capsys.readouterr()
    assert "hunter2" not in shown.out + shown.err
    assert "-p" in shown.err


def test_a_misspelt_verb_is_answered_with_the_closest(capsys: pytest.CaptureFixture[str]) -> None:
    """A verb that is not known names the one that was probably meant."""
    assert outcome(["validte", "q1.yaml"]) == Exit.USAGE
    assert "did you mean 'validate'?" in capsys.readouterr().err


def test_a_strange_verb_is_answered_with_all_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    """A verb that is close to none gets the list."""
    assert outcome(["x\x1b[2J"]) == Exit.USAGE
    message = capsys.readouterr().err
    assert ", ".join(VERBS) in message
    assert "\x1b" not in message


def test_a_refusal_tells_places_message_and_advice(capsys: pytest.CaptureFixture[str]) -> None:
    """Problems come first, each on a line, then what was refused, then what to do; the code is its own."""
    problem = Problem("q1.yaml", 3, 4, "exports[0]", "is wrong")
    refusal = Refusal(Exit.DATA, "q1.yaml is not valid", [problem], advice="mend it")
    assert outcome([], ending(refusal)) == Exit.DATA
    assert capsys.readouterr().err.splitlines() == [
        "q1.yaml:3:4: exports[0]: is wrong",
        "care-export: E-MANIFEST: q1.yaml is not valid",
        "mend it",
    ]


def test_a_refusal_without_advice_ends_with_that_of_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    """Where the place that refused has nothing better to say, the registry says what to do."""
    assert outcome([], ending(Refusal(Exit.NO_INPUT, "no such file"))) == Exit.NO_INPUT
    assert capsys.readouterr().err.splitlines() == [
        "care-export: E-NO-FILE: no such file",
        CODES["E-NO-FILE"].advice,
    ]


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OSError(28, "No space left", "x.csv"), Exit.IO, ["E-IO: x.csv: No space left", "Mend"]),
        (OSError("strange"), Exit.IO, ["E-IO: input or output: strange", "Mend"]),
        (PermissionError(13, "Denied", "out"), Exit.CANNOT_CREATE, ["E-PERMISSION: out: Denied", "Change"]),
        (FileExistsError(17, "Exists", "out"), Exit.CANNOT_CREATE, ["E-PERMISSION: out: Exists", "Change"]),
        (
            NotADirectoryError(20, "No", "/dev/null/x"),
            Exit.CANNOT_CREATE,
            ["/dev/null is no folder", "Name a"],
        ),
        (
            NotADirectoryError(20, "No", "nowhere"),
            Exit.CANNOT_CREATE,
            ["E-PERMISSION: nowhere: No", "Change"],
        ),
    ],
)
def test_what_comes_from_outside_is_calm(
    error: Exception, code: Exit, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Faults of the machine become one line with their code, and one on what to do."""
    assert outcome([], ending(error)) == code
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == len(words)
    assert all(some in line for some, line in zip(words, lines, strict=True))


def test_a_name_that_the_system_cannot_write_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Where the locale has only ASCII, the message says how to get more."""
    error = UnicodeEncodeError("ascii", "gr\u00f6\u00dfe", 2, 3, "ordinal not in range(128)")
    assert outcome([], ending(error)) == Exit.CANNOT_CREATE
    assert "(ascii) has no 'gr\u00f6\u00dfe'\nNames beyond ASCII" in capsys.readouterr().err


def test_our_own_fault_is_told_without_the_words_of_the_error(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown exception says that we are at fault, and where; its words may hold a secret."""
    assert outcome([], ending(ValueError("hunter2"))) == Exit.BUG
    message = capsys.readouterr().err
    assert "this is a fault of care-export, please report it: ValueError at command.py:" in message
    assert message.count("\n") == 2
    assert "hunter2" not in message


def test_a_known_verb_is_listed_and_an_unknown_one_is_not_loaded() -> None:
    """The group answers for its own verbs only."""
    context = click.Context(command)
    assert command.list_commands(context) == list(VERBS)
    assert command.get_command(context, "os") is None
