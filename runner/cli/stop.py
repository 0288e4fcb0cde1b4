"""A wish to stop, from a person or a deadline, and how a run is brought to its end in good order."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from types import FrameType
from typing import Any

from runner.cli.signals import leave, wish
from runner.errors import Exit

GRACE_S = 3.0
"""How long what is under way may take to end once a stop is wished for."""
CUT_OFF_S = 1.5
"""How long what was cut off may take to end. Nobody can cut off the look-up of a name, or a connection that
nobody answers: a minute at the longest, in which nothing is sent."""
MARGIN_S = 60.0
"""So long before a deadline, or a tenth of it, nothing new begins."""


class Stop:
    """A wish to stop: Ctrl-C, SIGTERM, or a deadline in seconds.

    `closing`: nothing new begins, what is under way may end. `event`: downloads are broken off too, since
    they can be had again. What is still under way `GRACE_S` seconds later is cut off; an answer to a create
    is not lost before that, even where a deadline was shorter. A second signal cuts off at once. What goes on
    `CUT_OFF_S` seconds after that is left: the program ends as by a kill, and the next run goes on. A third
    signal ends it wherever it is, as a second one does where nothing is under way that could be cut off.
    """

    def __init__(self, deadline: float | None) -> None:
        self.closing = threading.Event()
        self.event = threading.Event()
        self.exit = Exit.UNFINISHED
        self.cuts: list[Callable[[], None]] = []
        self._wishes = 0
        self._timers = self._before(deadline) if deadline else []
        self._heard: SimpleQueue[bool] = SimpleQueue()
        self._watcher = threading.Thread(target=self._watch, name="stop", daemon=True)
        self._former: dict[int, Any] = {}

    def _before(self, deadline: float) -> list[threading.Timer]:
        margin = min(deadline / 10, MARGIN_S)
        return [
            _timer(deadline - margin, self.closing.set),
            _timer(deadline - margin / 2, self.event.set),
            _timer(max(deadline, deadline - margin + GRACE_S), self._cut),
        ]

    def __enter__(self) -> Stop:
        self._watcher.start()
        for number in (signal.SIGINT, signal.SIGTERM):
            self._former[number] = signal.signal(number, self._wish)
        for timer in self._timers:
            timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        for number, former in self._former.items():
            signal.signal(number, former)
        _cancel(self._timers)
        self._heard.put(False)

    def _wish(self, number: int, frame: FrameType | None) -> None:
        # The thread that is interrupted may be starting a thread, or hold another lock: only what needs none.
        self._heard.put(True)
        self._wishes += 1
        if self._wishes > (2 if self.cuts else 1):
            raise wish(number)
        if self._wishes > 1:
            # What is cut off ends by itself, with all that it has brought. An exception could leave a lock of
            # Python's taken for ever, for which the threads of those effects wait.
            return
        self.exit = Exit.INTERRUPTED if number == signal.SIGINT else Exit.TERMINATED
        self.event.set()

    def _watch(self) -> None:
        """Cut off what is under way, `GRACE_S` after the first signal or at the second; leave the rest."""
        if not self._heard.get():
            return
        self.closing.set()
        # A time-out of this queue would not be kept where a signal comes at its very end.
        last = self._last(GRACE_S)
        if self._heard.get():
            _cancel(last)
            last = self._last(0)
            while self._heard.get():
                pass
        _cancel(last)

    def _last(self, grace: float) -> list[threading.Timer]:
        """Begin the last steps, the first of them after `grace` seconds."""
        steps = [_timer(grace, self._cut), _timer(grace + CUT_OFF_S, lambda: leave(self.exit))]
        for one in steps:
            one.start()
        return steps

    def _cut(self) -> None:
        for cut in self.cuts:
            cut()


def _timer(seconds: float, act: Callable[[], None]) -> threading.Timer:
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    return timer


def _cancel(timers: Iterable[threading.Timer]) -> None:
    for timer in timers:
        timer.cancel()
