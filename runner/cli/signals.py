"""Ctrl-C and SIGTERM as exceptions that cannot get lost, and what they make of the end of the program.

Python raises an exception of a handler wherever the program is just then. Inside a finalizer or a callback of
a weak reference it is thrown away: the program would go on as if nobody had wished for its end. Therefore a
signal whose exception was thrown away comes again a moment later.

Little is loaded here: what comes while the rest is being loaded is heard too.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING

from runner.errors import Exit

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

AGAIN_S = 0.01
"""So long after its exception was thrown away a signal comes again: what threw it away is over by then."""
READER_S = 1.0
"""So long who reads our messages may take until there is room for the last one; then it is not said."""
LEAVING_S = 3
"""So long the program may take to come to its end once a signal has broken off what it did."""
_lost: list[signal.Signals] = []
"""Signals that were thrown away and have not come again yet."""
_hears = False
"""Whether signals are heard here: the program is the command, and its end is ours."""
_over = False
"""Whether the end of the program is decided: a signal changes nothing then."""


class Terminated(KeyboardInterrupt):
    """SIGTERM came: like Ctrl-C, but the program ends with 143."""


def leave(code: int, *, told: bool = False) -> None:
    """End the program where it stands, if it is the command; say the last words where they are not `told`."""
    if _hears:
        if not told:
            _tell(code)
        os._exit(code)


def wish(number: int) -> KeyboardInterrupt:
    """Return the exception that a signal is. The program has `LEAVING_S` from here on to come to its end."""
    end = Terminated() if number == signal.SIGTERM else KeyboardInterrupt()
    _leave_in_time(_code(end))
    return end


def hear() -> None:
    """Let SIGTERM end what is under way as Ctrl-C does, and neither of them be thrown away.

    Ctrl-C stays ignored where who started the program had it so, as a shell does for what is behind `&`.
    """
    global _hears
    _hears = True
    signal.signal(signal.SIGTERM, _raise)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _raise)
    sys.unraisablehook = _thrown_away


def concluded(act: Callable[[], int]) -> int:
    """Return the exit code of `act`, or of the signal that broke it off, once one line has told of that.

    From then on signals are passed over: Python would end by them while it clears away.
    """
    global _over
    try:
        code = act()
        _over = True
        _pass_over()
    except KeyboardInterrupt as end:
        _over = True
        code = _broken_off(end)
    return code


def still_to_come() -> None:
    """Wait for a signal that was thrown away, if one was: what it broke off can be why something failed."""
    while _lost:
        time.sleep(AGAIN_S)


def behind(error: BaseException | None) -> KeyboardInterrupt | None:
    """Return the signal that came before an error, if one did: what it broke off can be why that came."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error


def _broken_off(end: KeyboardInterrupt) -> int:
    """Say the last words and return the exit code."""
    code = _code(end)
    _pass_over()
    _leave_in_time(code, told=True)
    _tell(code)
    _let_go()
    return code


def _code(end: KeyboardInterrupt) -> Exit:
    return Exit.TERMINATED if isinstance(end, Terminated) else Exit.INTERRUPTED


def _leave_in_time(code: int, *, told: bool = False) -> None:
    """Let nothing hold up the end: Python waits for its threads, and one may hang in what was broken off."""
    if _hears:
        signal.signal(signal.SIGALRM, lambda *_: leave(code, told=told))
        signal.alarm(LEAVING_S)


def _pass_over() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)


def _tell(code: int) -> None:
    """Say the last words, where there is somebody to read them."""
    from runner.cli.streams import tell

    words = "ended by SIGTERM" if code == Exit.TERMINATED else "interrupted"
    with suppress(OSError):
        if select.select([], [2], [], READER_S)[1]:
            tell(f"care-export: {words}")


def _let_go() -> None:
    """Let go of what nobody has read yet: Python would wait for its reader while it clears away."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(nowhere, number)


def _raise(number: int, frame: FrameType | None) -> None:
    if not _over:
        raise wish(number)


def _thrown_away(lost: UnraisableHookArgs) -> None:
    """Let a signal come again; of other errors that nobody can catch tell what Python tells."""
    if not isinstance(lost.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    _lost.append(signal.SIGTERM if isinstance(lost.exc_value, Terminated) else signal.SIGINT)
    # A timer of the system's: Thread.start() takes a lock, which the interrupted code may hold.
    signal.signal(signal.SIGALRM, _again)
    signal.setitimer(signal.ITIMER_REAL, AGAIN_S)


def _again(number: int, frame: FrameType | None) -> None:
    last = _lost[-1]
    _lost.clear()
    signal.raise_signal(last)
