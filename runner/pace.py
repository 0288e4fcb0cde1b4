"""A lane's clock, and how its effects run beside it: on threads, or in line.

On a real profile effects run on threads; on the in-memory sandbox they run one after the other, on its own
clock.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from runner.events import Event

Effect = Callable[[], Event]
WIDTH = 32
"""How many effects run beside each other: a lane's files, and the vendor's twenty requests of a minute.
One that had to wait for a thread would be counted, and its place be taken, long before it leaves."""
HEARTBEAT_S = 0.25
"""How long a lane sleeps at most before it looks whether it has been asked to stop."""


def steady(start_ms: int, monotonic: Callable[[], float] = time.monotonic) -> Callable[[], int]:
    """Return a clock that begins at `start_ms` (epoch ms) and goes on whatever is done to the machine's own.

    A lane that was told a time of tomorrow would wait until tomorrow. `monotonic` tells seconds.
    """
    began = monotonic()
    return lambda: start_ms + round((monotonic() - began) * 1000)


class Pace(Protocol):
    """A clock, and a way to run effects beside it."""

    def now(self) -> int:
        """Return the instant in epoch milliseconds."""

    def start(self, effect: Effect) -> None:
        """Run an effect; what it returns comes back from `take`."""

    def take(self, until: int | None) -> list[Event]:
        """Return what effects have brought, waiting until `until` (epoch ms) at most, or a heartbeat."""

    def close(self) -> None:
        """Wait for what is under way."""


class Threads:
    """A clock that goes by itself, and effects on threads.

    `now` tells epoch milliseconds and runs `speed` times as fast as the day: 1 but for a sandbox in a hurry.
    """

    def __init__(self, now: Callable[[], int], width: int = WIDTH, speed: float = 1.0) -> None:
        self.now = now
        self._speed = speed
        self._pool = ThreadPoolExecutor(width, thread_name_prefix="care-export")
        # No SimpleQueue: a signal at the very end of its time-out lets it wait for ever (Python 3.11).
        self._inbox: queue.Queue[Future[Event]] = queue.Queue()

    def start(self, effect: Effect) -> None:
        """Run an effect on a thread of the pool."""
        self._pool.submit(effect).add_done_callback(self._inbox.put)

    def take(self, until: int | None) -> list[Event]:
        """Return the events that are there, after waiting for the first of them.

        What an effect raised is raised here, in the lane's own thread, once what came before it was returned.
        """
        left = HEARTBEAT_S
        if until is not None:
            left = min(max((until - self.now()) / 1000 / self._speed, 0.0), HEARTBEAT_S)
        events: list[Event] = []
        try:
            ended = self._inbox.get(timeout=left) if left else self._inbox.get_nowait()
            while not (events and ended.exception()):
                events.append(ended.result())
                ended = self._inbox.get_nowait()
            self._inbox.put(ended)
        except queue.Empty:
            pass
        return events

    def close(self) -> None:
        """Wait for the threads."""
        self._pool.shutdown(wait=True)


class InLine:
    """The sandbox's own clock, and effects one after the other: a wait only moves the clock."""

    def __init__(self, now: Callable[[], int], advance: Callable[[int], None]) -> None:
        self.now = now
        self._advance = advance
        self._events: list[Event] = []

    def start(self, effect: Effect) -> None:
        """Run the effect here and now."""
        self._events.append(effect())

    def take(self, until: int | None) -> list[Event]:
        """Return what came; where nothing did, move the clock to `until`."""
        if not self._events and until is not None:
            self._advance(max(until - self.now(), 1))
        events, self._events = self._events, []
        return events

    def close(self) -> None:
        """Do nothing: no effect is ever under way."""
