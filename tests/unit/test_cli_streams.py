"""Standard output and standard error that cannot spoil a run."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.cli.streams import (
    Calm,
    Guarded,
    begin,
    know,
    learn,
    say,
    say_json,
    say_row,
    secrets_in,
    shown,
    tell,
    traced,
)
from runner.events import Created, Polling
from tests.e2e.launch import environment


def broken() -> int:
    """Return the writing end of a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


@pytest.mark.parametrize("forgiven", [BrokenPipeError, OSError])
def test_a_reader_that_left_is_forgiven(forgiven: type[OSError]) -> None:
    """What nobody reads any more counts as written."""
    with Calm(broken(), forgiven) as stream:
        assert stream.write(b"abc") == 3


@pytest.mark.parametrize("forgiven", [BrokenPipeError, OSError])
def test_what_can_be_written_is_written(forgiven: type[OSError], tmp_path: Path) -> None:
    """The bytes arrive as they are."""
    with Calm(tmp_path / "out", forgiven) as stream:
        assert stream.write(b"abc") == 3
    assert (tmp_path / "out").read_bytes() == b"abc"


def test_output_that_is_lost_is_a_failure() -> None:
    """A full disk is told, not forgiven: somebody wanted that output."""
    with Calm(Path("/dev/full"), BrokenPipeError) as stream, pytest.raises(OSError, match="No space left"):
        stream.write(b"abc")


def test_messages_that_are_lost_are_not() -> None:
    """Where messages cannot be written the exit code still tells."""
    with Calm(Path("/dev/full"), OSError) as stream:
        assert stream.write(b"abc") == 3


def test_nobody_asks_how_far_a_stream_has_come(tmp_path: Path) -> None:
    """A system that cannot tell the position of standard output ends no run."""
    with Calm(tmp_path / "out", OSError) as stream:
        assert not stream.seekable()


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


PASSWORD = 'p@ss w/ord+"é<&%'


@pytest.fixture
def known() -> Iterator[None]:
    """Let the exits know the credentials of a company, and forget them."""
    begin()
    know("ACME-KEY-1", "anna", PASSWORD)
    yield
    begin()


@pytest.mark.usefixtures("known")
def test_each_exit_masks_what_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines, messages, data and rows of data, in keys and in values; a short user name is left."""
    say(f"key ACME-KEY-1 of anna, {PASSWORD}")
    tell("anna:" + PASSWORD)
    say_json({"ACME-KEY-1": [PASSWORD, 1, None]})
    say_row({"a": "Basic YW5uYTpwQHNzIHcvb3JkKyLDqTwmJQ=="})
    out, err = capsys.readouterr()
    assert err == "***\n"
    assert out.splitlines()[0] == "key *** of anna, ***"
    assert json.loads("".join(out.splitlines()[1:-1])) == {"***": ["***", 1, None]}
    assert json.loads(out.splitlines()[-1]) == {"a": "Basic ***"}


@pytest.mark.usefixtures("known")
def test_a_new_command_knows_no_secret_of_an_older_one() -> None:
    """What one run had to hide says nothing about the next one."""
    assert secrets_in("ACME-KEY-1") == {"ACME-KEY-1"}
    begin()
    assert shown("ACME-KEY-1") == "ACME-KEY-1"


@pytest.mark.usefixtures("known")
def test_tokens_of_an_answer_are_known_from_then_on() -> None:
    """A body is read for what lets its holder in; an event without one teaches nothing."""
    learn(Polling(key="k", at=1))
    learn(Created(key="k", at=1, status=200, body='{"result":{"runId":"23nUak09+Gc3="}}'))
    assert shown("run 23nUak09%2BGc3%3D") == "run ***"


def test_data_for_programs_is_no_command_either(capsys: pytest.CaptureFixture[str]) -> None:
    """An old form of command counts anywhere in a line; JSON can write it otherwise and mean the same."""
    say_row({"a": "##[add-mask]x ##vso[y]z # [w]"})
    out = capsys.readouterr().out
    assert "##" not in out
    assert json.loads(out) == {"a": "##[add-mask]x ##vso[y]z # [w]"}


@pytest.mark.usefixtures("known")
def test_the_streams_mask_what_others_write() -> None:
    """A library that prints, warns or logs writes to the same streams."""
    raw = io.BytesIO()
    stream = Guarded(raw, "utf-8")
    assert stream.write("a ACME-KEY-1\n") == 13
    stream.writelines([PASSWORD])
    stream.flush()
    assert raw.getvalue() == b"a ***\n***"


def test_a_traceback_shows_of_an_address_what_may_be_shown() -> None:
    """An address that nobody learnt, as that of a storage, loses its values all the same."""
    told = traced(ValueError("no answer from https://bucket.example/a/b?X-Amz-Signature=abc'"))
    assert "https://bucket.example/a/b?X-Amz-Signature=…" in told
    assert "abc" not in told


UNCAUGHT = """
import sys, threading, warnings, logging
from runner.cli import streams
streams.calm()
streams.watch()
streams.know("ACME-KEY-1", "anna@example.com", "correct horse")
def fail():
    raise ValueError("ACME-KEY-1 at https://host.example/x?token=abcdef")
thread = threading.Thread(target=fail)
thread.start()
thread.join()
warnings.warn("correct horse")
logging.getLogger("x").warning("anna@example.com")
print("ACME-KEY-1")
class Late:
    def __del__(self):
        raise ValueError("correct horse")
Late()
fail()
"""


def test_what_nobody_catches_is_masked(tmp_path: Path) -> None:
    """Uncaught in the program, in a thread, in a finalizer; a warning, a log record, a print."""
    ended = subprocess.run(
        [sys.executable, "-c", UNCAUGHT], cwd=tmp_path, env=environment(), capture_output=True, text=True
    )
    assert ended.returncode == 1
    assert ended.stdout == "***\n"
    assert ended.stderr.count("ValueError: *** at https://host.example/x?token=…") == 2
    assert ended.stderr.count("***") == 5
    assert not secrets_left(ended.stdout + ended.stderr)


def secrets_left(text: str) -> list[str]:
    """Return which of the script's secrets stand in a text of its streams."""
    return [one for one in ("ACME-KEY-1 ", "token=abc", "ValueError: correct") if one in text]
