"""The moments of a run at which something can befall it, and the seams where they are known.

A crash is a BaseException that nobody catches. What `finally` and `except` do on its way up is done to a
disk that nobody reads any more: the world goes on with a copy of the disk as it was at that moment, which is
what a kill leaves.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.events import Event
from runner.journal import Journal
from runner.sandbox.wire import Request, Response
from tests.crash.machine.ledger import Ledger
from tests.crash.machine.vendor import Vendor, _step

ANYWHERE, WRITE = "anywhere", "write"
"""Stand for every point, and for all at which a full disk shows."""
KINDS = (
    "intent", "created", "polled", "downloading", "not_downloaded", "stored", "done", "lost", "resumed",
    "unanswered", "failed",
)  # fmt: skip
"""The kinds of events that a run here can write."""
STEPS = ("create", "poll", "link", "file")
POINTS = (
    *(f"append {one}" for one in KINDS),
    *(f"appended {one}" for one in KINDS),
    *(f"request {one}" for one in STEPS),
    *(f"answer {one}" for one in STEPS),
    "piece",
    "sync",
    "synced",
    "lock",
    "locked",
)
"""Before and after: an event is written, a request is answered, a file or folder is synced, the lock is made.
`piece` is before a piece of a download is written."""
UNHELD = ("lock", "locked")
"""The points at which the lane is not held any more."""
WRITES = (*(f"append {one}" for one in KINDS), "piece", "sync")
"""The points at which a full disk shows."""


class Crash(BaseException):
    """The program is no more."""


@dataclass(frozen=True, slots=True)
class Mishap:
    """What befalls a run the `number`th time that it comes to a point. `what` is known to the world."""

    point: str
    number: int
    what: str


@dataclass
class Moments:
    """Counts the points of one run, and lets happen what is to happen there."""

    mishaps: tuple[Mishap, ...]
    befall: Callable[[Mishap, str], None]
    happened: list[Mishap] = field(default_factory=list)
    over: bool = False
    """Set by a crash: nothing of what is unwound then happens to anybody."""
    _counts: Counter[str] = field(default_factory=Counter)

    def come(self, point: str) -> None:
        """Say that the run has come to a point."""
        if self.over:
            return
        names = (point, ANYWHERE, *((WRITE,) if point in WRITES else ()))
        self._counts.update(names)
        for one in self.mishaps:
            if one.point in names and one.number == self._counts[one.point]:
                self.happened.append(one)
                self.befall(one, point)

    def sync(self, descriptor: int) -> None:
        """Sync a file or a folder."""
        self.come("sync")
        os.fsync(descriptor)
        self.come("synced")

    def received(self, key: str, count: int) -> None:
        """Take in that a piece of a download is about to be written."""
        self.come("piece")


class Wire:
    """The way to the vendor and back."""

    def __init__(self, vendor: Vendor, moments: Moments) -> None:
        self._vendor = vendor
        self._moments = moments

    def __call__(self, request: Request) -> Response:
        """Pass a request on, and its answer back."""
        step, _ = _step(request)
        self._moments.come(f"request {step}")
        response = self._vendor(request)
        self._moments.come(f"answer {step}")
        return response


class Tap:
    """A journal whose durable events the model hears of."""

    def __init__(self, journal: Journal, ledger: Ledger, moments: Moments) -> None:
        self._journal = journal
        self._ledger = ledger
        self._moments = moments

    def append(self, lane: str, event: Event) -> None:
        """Write one event, then tell the model that it is durable."""
        self._moments.come(f"append {event.kind}")
        self._journal.append(lane, event)
        if not self._moments.over:
            self._ledger.durable(event)
        self._moments.come(f"appended {event.kind}")

    def replay(self, lane: str) -> Iterator[Event]:
        """Yield what is there."""
        return self._journal.replay(lane)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)


class Disk:
    """A connection to a journal whose disk is `full` until the room that was kept for it is given back."""

    def __init__(self, path: Path) -> None:
        self.full = False
        self._path = path
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA synchronous = FULL")

    def execute(self, *asked: Any) -> sqlite3.Cursor:
        """Do what is asked, or fail as SQLite does."""
        if self.full and str(asked[0]).startswith("INSERT"):
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return self._connection.execute(*asked)

    def fill(self) -> None:
        """Leave no room; the room that was kept is not taken by anybody else, once it is given back."""
        self.full = self._path.with_name("reserve").exists()

    def give_back(self) -> None:
        """Let go of the reserve; what is left of it is room for all that a run still writes."""
        reserve = self._path.with_name("reserve")
        self.full = self.full and not reserve.exists()
        reserve.unlink(missing_ok=True)

    def close(self) -> None:
        """Close it."""
        self._connection.close()
