"""Standard output and standard error that cannot spoil a run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from runner.cli.streams import Messages, Output, say, say_json, tell


def broken() -> int:
    """Return the writing end of a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


@pytest.mark.parametrize("kind", [Output, Messages])
def test_a_reader_that_left_is_forgiven(kind: type[Output] | type[Messages]) -> None:
    """What nobody reads any more counts as written."""
    with kind(broken(), "w") as stream:
        assert stream.write(b"abc") == 3


@pytest.mark.parametrize("kind", [Output, Messages])
def test_what_can_be_written_is_written(kind: type[Output] | type[Messages], tmp_path: Path) -> None:
    """The bytes arrive as they are."""
    with kind(tmp_path / "out", "w") as stream:
        assert stream.write(b"abc") == 3
    assert (tmp_path / "out").read_bytes() == b"abc"


def test_output_that_is_lost_is_a_failure() -> None:
    """A full disk is told, not forgiven: somebody wanted that output."""
    with Output("/dev/full", "w") as stream, pytest.raises(OSError, match="No space left"):
        stream.write(b"abc")


def test_messages_that_are_lost_are_not() -> None:
    """Where messages cannot be written the exit code still tells."""
    with Messages("/dev/full", "w") as stream:
        assert stream.write(b"abc") == 3


def test_control_characters_are_made_visible(capsys: pytest.CaptureFixture[str]) -> None:
    """What came from a file or a server cannot steer the terminal; line ends stay line ends."""
    say("a\x1b[2J\nb")
    tell("c\u202ed\ne")
    shown = capsys.readouterr()
    assert shown.out == "a\\x1b[2J\nb\n"
    assert shown.err == "c\\u202ed\ne\n"


def test_json_is_ascii_and_comes_back_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """No terminal, no locale and no control character can spoil what a program reads."""
    data = {"caf\u00e9": ["\x7f", "\u202e", "\U0001f600"]}
    say_json(data)
    shown = capsys.readouterr().out
    assert shown.isascii()
    assert json.loads(shown) == data
