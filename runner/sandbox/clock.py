"""The sandbox's own time. Both clocks begin on one fixed day, so that examples hold in five years."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Protocol

START_MS = 1_782_864_000_000
"""Where the sandbox's calendar begins: 2026-07-01T00:00:00Z."""


class Clock(Protocol):
    """What tells the time, in epoch milliseconds."""

    def now_ms(self) -> int:
        """Return the present instant in epoch milliseconds."""


class VirtualClock:
    """A clock that moves only when it is moved: waiting for hours costs nothing."""

    def __init__(self, start_ms: int = START_MS) -> None:
        self._now = start_ms
        self._lock = Lock()

    def now_ms(self) -> int:
        """Return the present instant in epoch milliseconds."""
        with self._lock:
            return self._now

    def advance(self, ms: int) -> None:
        """Move forward by that many milliseconds. ValueError where it would go back."""
        if ms < 0:
            raise ValueError("a clock does not go back")
        with self._lock:
            self._now += ms


class ScaledClock:
    """A clock that runs `speed` times as fast as `monotonic`, which tells seconds."""

    def __init__(self, speed: float, start_ms: int, monotonic: Callable[[], float]) -> None:
        if speed <= 0:
            raise ValueError("a clock's speed is above 0")
        self._speed = speed
        self._start_ms = start_ms
        self._monotonic = monotonic
        self._began = monotonic()

    def now_ms(self) -> int:
        """Return the present instant in epoch milliseconds."""
        return self._start_ms + int((self._monotonic() - self._began) * 1000 * self._speed)
