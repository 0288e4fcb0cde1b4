"""Ctrl-C and SIGTERM as exceptions that cannot get lost, and what they make of the exit code.

Python raises an exception of a handler wherever the program is just then. Inside a finalizer or a callback of
a weak reference it is thrown away: the program would go on as if nobody had wished for its end. Therefore a
signal whose exception was thrown away comes again a moment later.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from runner.errors import Exit

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

AGAIN_S = 0.01
"""So long after its exception was thrown away a signal comes again: what threw it away is over by then."""
_lost: list[signal.Signals] = []
"""Signals that were thrown away and have not come again yet."""


class Terminated(KeyboardInterrupt):
    """SIGTERM came: like Ctrl-C, but the program ends with 143."""


def hear() -> None:
    """Let SIGTERM end what is under way as Ctrl-C does, and neither of them be thrown away."""
    signal.signal(signal.SIGTERM, _terminate)
    sys.unraisablehook = _thrown_away


def concluded(act: Callable[[], int]) -> int:
    """Return the exit code of `act`, or of a signal that came while it said its last words.

    From then on signals are passed over: all is done, and Python would end by them while it clears away.
    """
    try:
        code = act()
        _pass_over()
    except KeyboardInterrupt as late:
        _pass_over()
        code = Exit.TERMINATED if isinstance(late, Terminated) else Exit.INTERRUPTED
    return code


def still_to_come() -> None:
    """Wait for a signal that was thrown away, if one was: what it broke off can be why something failed."""
    while _lost:
        time.sleep(AGAIN_S)


def _pass_over() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise Terminated


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
