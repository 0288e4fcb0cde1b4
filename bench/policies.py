"""Ways of asking: our lane, and what other engines do.

The others are taken at their best: they keep the 20 requests a minute without a miss and never ask twice for
what they know. They run as many jobs as the vendor runs, put none ahead into its queue, look at each job at
their own fixed pace, and let requests leave in the order in which they fell due.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bench.vendor import Limits, Vendor
from runner.actions import Create, Download, Finished, Place, Poll, Wait
from runner.events import Created, Done, Downloading, Event, Intent, NotDownloaded, Polled, Polling, Stored
from runner.lane import AHEAD, Lane

REPORT, SPAN_MS = "bench", 86_400_000


def lane_run(vendor: Vendor, learned: Iterable[Event] = (), ahead: int = AHEAD) -> tuple[int, list[Event]]:
    """Let the real Lane fetch every job; return when it was over (ms), and the events.

    `learned` are the events of an earlier run, as a journal would replay them.
    """
    limits, events = vendor.limits, list[Event]()
    lane = Lane(
        [str(number) for number in range(len(vendor.builds))],
        requests_per_minute=limits.requests_per_minute,
        running=limits.quotas.user_running,
        queued=limits.quotas.user_total,
        ahead=ahead * limits.times,
    )
    for event in learned:
        lane.apply(event)
    lane.resume()
    now = START_MS
    while True:
        match lane.next(now):
            case Finished():
                return now - START_MS, events
            case Wait(until):
                if until is None or until <= now:
                    raise RuntimeError(f"the lane waits for nothing at {now}")
                now = until
            case action:
                for event in _done(vendor, action, now):
                    events.append(event)
                    lane.apply(event)


START_MS = 10 * 86_400_000
"""When the measured run begins: days after the run that it may have learned from."""


def _done(vendor: Vendor, action: Create | Poll | Download | Place, now: int) -> Iterable[Event]:
    """Do what the lane wants, in no time, and return what happened."""
    key, number = action.key, int(action.key)
    match action:
        case Create(attempt=attempt):
            yield Intent(key=key, at=now, attempt=attempt, request_digest="", report=REPORT, span_ms=SPAN_MS)
            if wait := vendor.busy(now):
                yield Created(key=key, at=now, status=429, body="", retry_after=str(wait / 1000))
            else:
                vendor.create(number, now)
                yield Created(key=key, at=now, status=200, body=vendor.created_body(number))
        case Poll():
            yield Polling(key=key, at=now)
            if wait := vendor.busy(now):
                yield Polled(key=key, at=now, status=429, body="", retry_after=str(wait / 1000))
            else:
                yield Polled(key=key, at=now, status=200, body=vendor.status_body(number, now))
        case Download():
            yield Downloading(key=key, at=now)
            if wait := vendor.busy(now):
                yield NotDownloaded(key=key, at=now, status=429, retry_after=str(wait / 1000))
            elif vendor.lives(number, now):
                yield Stored(
                    key=key, at=now, part="p", output="o", bytes=1, sha256="s", rows=1, rows_digest="d",
                    columns=("c",), proof="length",
                )  # fmt: skip
            else:
                yield NotDownloaded(key=key, at=now, status=410)
        case Place():
            yield Done(key=key, at=now, output="o")


@dataclass
class Window:
    """The budget of an engine that keeps it: N requests in any 60 seconds, in the order of asking."""

    limits: Limits

    def __post_init__(self) -> None:
        self._left: deque[int] = deque(maxlen=self.limits.requests_per_minute)

    def leave(self, due: int) -> int:
        """Return when a request that is due at `due` leaves, and count it."""
        at = max(due, self._left[-1] if self._left else 0)
        if len(self._left) == self.limits.requests_per_minute:
            at = max(at, self._left[0] + 60_000)
        self._left.append(at)
        return at


def paced_run(vendor: Vendor, gap: Callable[[int], int]) -> int:
    """Fetch every job as an engine with a fixed pace does; return when it was over (ms).

    `gap` gives the time in ms before the look number 1, 2, 3, ... at a job.
    """
    window, now = Window(vendor.limits), 0
    waiting = deque(range(len(vendor.builds)))
    due: list[tuple[int, int, int, int]] = []
    for order in range(min(vendor.limits.quotas.user_running, len(waiting))):
        heapq.heappush(due, (0, order, waiting.popleft(), 0))
    order = len(vendor.builds)
    while due:
        at, _, number, look = heapq.heappop(due)
        now = window.leave(at)
        vendor.busy(now)
        order += 1
        if look == 0:
            vendor.create(number, now)
        elif vendor.ended(number, now):
            now = window.leave(now)
            vendor.busy(now)
            vendor.lives(number, now)
            if waiting:
                heapq.heappush(due, (now, order, waiting.popleft(), 0))
            continue
        heapq.heappush(due, (now + gap(look + 1), order, number, look + 1))
    return now


def fixed(seconds: int) -> Callable[[int], int]:
    """Return the pace of a look every so many seconds."""
    return lambda look: seconds * 1000


def backoff(look: int) -> int:
    """Return the pace of 15 seconds that grows by a fifth with each look, up to 120 seconds."""
    return int(min(15_000 * 1.2 ** (look - 1), 120_000))
