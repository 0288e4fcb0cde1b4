"""A signal is an exit code, wherever the program is when it comes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.cli.signals import Terminated, concluded
from runner.errors import Exit
from tests.e2e.launch import ran

SIGNALS = [
    (signal.SIGINT, Exit.INTERRUPTED, "interrupted"),
    (signal.SIGTERM, Exit.TERMINATED, "ended by SIGTERM"),
]
BROKEN_OFF = """\
import os, sys, time, click
from runner.cli import signals, streams
from runner.cli.command import outcome

class Ending:
    def __del__(self):
        os.kill(os.getpid(), {number})

def body():
    Ending()
    {then}
    return 0

streams.calm()
streams.watch()
signals.hear()
sys.exit(signals.concluded(lambda: outcome([], click.Command("body", callback=body))))
"""
"""A command to which a signal comes while Python finalizes an object, and throws exceptions away."""


def broken_off(folder: Path, number: signal.Signals, then: str) -> subprocess.CompletedProcess[str]:
    """Carry out `BROKEN_OFF`."""
    return ran([sys.executable, "-c", BROKEN_OFF.format(number=int(number), then=then)], folder)


@pytest.mark.parametrize(("number", "exit", "words"), SIGNALS)
def test_a_signal_whose_exception_python_throws_away_comes_again(
    tmp_path: Path, number: signal.Signals, exit: Exit, words: str
) -> None:
    """Inside a finalizer nothing can be raised; the command ends all the same, with its line and code."""
    ended = broken_off(tmp_path, number, "time.sleep(60)")
    assert (ended.returncode, ended.stderr) == (exit, f"care-export: {words}\n")


def test_a_failure_after_a_signal_that_was_thrown_away_is_that_signal(tmp_path: Path) -> None:
    """What the signal broke off may be what failed: nobody is told of a fault of ours."""
    ended = broken_off(tmp_path, signal.SIGTERM, "raise LookupError")
    assert (ended.returncode, ended.stderr) == (Exit.TERMINATED, "care-export: ended by SIGTERM\n")


def test_two_signals_that_were_thrown_away_are_one_end(tmp_path: Path) -> None:
    """The last one counts; nothing waits for a second."""
    ended = broken_off(tmp_path, signal.SIGTERM, "Ending(); raise LookupError")
    assert (ended.returncode, ended.stderr) == (Exit.TERMINATED, "care-export: ended by SIGTERM\n")


def test_a_signal_that_was_thrown_away_at_the_very_end_changes_nothing(tmp_path: Path) -> None:
    """All is done: the exit code says so, and no late signal ends Python while it clears away."""
    ended = broken_off(tmp_path, signal.SIGTERM, "import atexit; atexit.register(time.sleep, 0.1)")
    assert (ended.returncode, ended.stderr) == (Exit.DONE, "")


def test_another_error_that_nobody_can_catch_is_told(tmp_path: Path) -> None:
    """What goes wrong in a finalizer is told as Python tells it, and the command goes on."""
    ended = ran(
        [sys.executable, "-c", BROKEN_OFF.format(number="-1 / 0", then="pass")],
        tmp_path,
    )
    assert ended.returncode == Exit.DONE
    assert "Exception ignored in" in ended.stderr
    assert "ZeroDivisionError" in ended.stderr


@pytest.fixture
def handlers() -> Iterator[None]:
    """Put back whatever hears a signal."""
    former = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)}
    yield
    for number, handler in former.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize(
    ("late", "exit"), [(None, 0), (KeyboardInterrupt, Exit.INTERRUPTED), (Terminated, Exit.TERMINATED)]
)
def test_a_signal_at_the_very_end_is_an_exit_code_and_the_next_one_nothing(
    late: type[KeyboardInterrupt] | None, exit: int
) -> None:
    """While the last words are said it is 130 or 143, without a traceback; after them it changes nothing."""

    def act() -> int:
        if late is not None:
            raise late
        return 0

    assert concluded(act) == exit
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(os.getpid(), number)
