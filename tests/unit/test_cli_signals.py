"""A signal is an exit code, wherever the program is when it comes."""

from __future__ import annotations

import fcntl
import signal
import subprocess
import sys
import termios
import time
from array import array
from pathlib import Path

import pytest

from runner.cli.signals import LEAVING_S, Terminated, behind, leave
from runner.errors import Exit
from tests.e2e.launch import environment, ran

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
        {finalized}

def body():
    Ending()
    {then}
    return 0

streams.calm()
streams.watch()
signals.hear()
sys.exit(signals.concluded(lambda: outcome([], click.Command("body", callback=body))))
"""
"""A command in which something is done while Python finalizes an object, and throws exceptions away."""
LOADING = """\
class Loading:
    def find_spec(self, name, path=None, target=None):
        if name == "runner.cli.command":
            os.kill(os.getpid(), {number})

sys.meta_path.insert(0, Loading())
"""
"""Lets a signal come when Python looks for the module of that name."""
STORM = """\
class Storm:
        def __init__(self, stream):
            self.stream = stream
        def write(self, text):
            os.kill(os.getpid(), {number})
            return self.stream.write(text)
        def flush(self):
            self.stream.flush()
    sys.stderr = Storm(sys.stderr)
    raise click.UsageError("x")
"""
"""Lets a signal come whenever something is told."""


def broken_off(
    folder: Path, number: signal.Signals, then: str, finalized: str = ""
) -> subprocess.CompletedProcess[str]:
    """Carry out `BROKEN_OFF`; the signal comes in a finalizer where nothing else is `finalized`."""
    script = BROKEN_OFF.format(finalized=finalized or f"os.kill(os.getpid(), {int(number)})", then=then)
    return ran([sys.executable, "-c", script], folder)


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
        [sys.executable, "-c", BROKEN_OFF.format(finalized="-1 / 0", then="pass")],
        tmp_path,
    )
    assert ended.returncode == Exit.DONE
    assert "Exception ignored in" in ended.stderr
    assert "ZeroDivisionError" in ended.stderr


def test_a_failure_that_a_signal_was_behind_is_that_signal(tmp_path: Path) -> None:
    """What it broke off can fail on the way out: nobody is told of a fault of ours."""
    failing = "import contextlib; stack = contextlib.ExitStack(); stack.callback(int, 'x')"
    ended = broken_off(tmp_path, signal.SIGINT, f"{failing}\n    with stack: os.kill(os.getpid(), 2)", "pass")
    assert (ended.returncode, ended.stderr) == (Exit.INTERRUPTED, "care-export: interrupted\n")


@pytest.mark.parametrize(("number", "exit", "words"), SIGNALS)
def test_a_signal_that_comes_while_the_command_is_being_loaded_is_heard(
    tmp_path: Path, number: signal.Signals, exit: Exit, words: str
) -> None:
    """From the first line of ours on it is one line and an exit code."""
    script = f"import os, sys\n{LOADING}\nfrom runner.cli import main\nmain()"
    ended = ran([sys.executable, "-c", script.format(number=int(number))], tmp_path)
    assert (ended.returncode, ended.stderr) == (exit, f"care-export: {words}\n")


@pytest.mark.parametrize(("number", "exit", "words"), SIGNALS)
def test_signals_while_an_error_or_the_last_words_are_told_are_one_line(
    tmp_path: Path, number: signal.Signals, exit: Exit, words: str
) -> None:
    """The first one decides; those that follow it change nothing, and none brings a traceback."""
    ended = broken_off(tmp_path, number, STORM.format(number=int(number)), "pass")
    assert (ended.returncode, ended.stderr) == (exit, f"care-export: {words}\n")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_reader_that_does_not_read_holds_up_no_end(tmp_path: Path, stream: str) -> None:
    """Where the pipe is full, a signal ends the command all the same: at once, with its code."""
    script = BROKEN_OFF.format(finalized="pass", then=f"while True: sys.{stream}.write('x' * 5000)")
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        held = process.stdout if stream == "stdout" else process.stderr
        assert held is not None
        until_full(held.fileno())
        process.send_signal(signal.SIGTERM)
        try:
            assert process.wait(10) == Exit.TERMINATED
        finally:
            process.kill()


def until_full(pipe: int) -> None:
    """Wait until a pipe takes no more."""
    waiting, before = array("i", [0]), -1
    while not waiting[0] or waiting[0] != before:
        before = waiting[0]
        time.sleep(0.2)
        fcntl.ioctl(pipe, termios.FIONREAD, waiting)


@pytest.mark.parametrize(
    "then",
    [
        "import threading; threading.Thread(target=time.sleep, args=(60,)).start(); os.kill(os.getpid(), 15)",
        "try: os.kill(os.getpid(), 15)\n    finally: time.sleep(60)",
    ],
    ids=["a thread", "on the way out"],
)
def test_what_hangs_does_not_hold_up_the_end_for_long(tmp_path: Path, then: str) -> None:
    """Python waits for its threads; the command does not, once a signal has broken it off."""
    began = time.monotonic()
    ended = broken_off(tmp_path, signal.SIGTERM, then, "pass")
    assert (ended.returncode, ended.stderr) == (Exit.TERMINATED, "care-export: ended by SIGTERM\n")
    assert time.monotonic() - began < LEAVING_S + 5


def test_a_signal_after_all_is_done_changes_nothing(tmp_path: Path) -> None:
    """The exit code is that of the command, and nothing is told."""
    late = "os.kill, os.getpid(), 2", "os.kill, os.getpid(), 15", "signals.signal.getsignal(15), 15, None"
    then = f"import atexit; {'; '.join(f'atexit.register({one})' for one in late)}"
    ended = broken_off(tmp_path, signal.SIGTERM, then, "pass")
    assert (ended.returncode, ended.stderr) == (Exit.DONE, "")


def test_ctrl_c_stays_ignored_where_it_was(tmp_path: Path) -> None:
    """A shell has it so for what runs behind `&`: Ctrl-C is for what is in front."""
    script = BROKEN_OFF.format(finalized="pass", then="os.kill(os.getpid(), 2)")
    ended = ran(
        [sys.executable, "-c", f"import signal; signal.signal(2, signal.SIG_IGN)\n{script}"], tmp_path
    )
    assert (ended.returncode, ended.stderr) == (Exit.DONE, "")


@pytest.mark.parametrize(
    ("error", "came"),
    [(None, False), (ValueError(), False), (Terminated(), True), (KeyboardInterrupt(), True)],
)
def test_a_signal_is_found_behind_what_it_caused(error: BaseException | None, came: bool) -> None:
    """However often the error was handled, or made into another one."""
    failure = LookupError()
    failure.__context__ = ValueError()
    failure.__context__.__cause__ = error
    assert (behind(failure) is error) == came or error is None
    assert (behind(failure) is not None) == came


def test_another_program_is_not_left() -> None:
    """Who calls a verb from Python code of their own goes on after it, whatever hangs."""
    leave(Exit.INTERRUPTED)
