"""PURE: how many requests may still leave in this minute.

The vendor allows N requests a minute [L]. Nobody says how it counts, so the strictest reading is kept: no
more than N in any 60 seconds. The vendor counts a request when it arrives, which is between its leaving and
its answer: a request therefore counts from its leaving until a minute after its answer. A file may take
hours, but its request has arrived when the first of it comes, or come to nothing before the client's patience
is over.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Iterable

from runner.events import Downloading, Event, Intent, Polled, Polling, Resumed, Unanswered

MINUTE_MS = 60_000
UNDER_WAY_MS = 60_000
"""How long a request may be on its way: so long the client waits for an answer, or for a file's head."""


class Budget:
    """The requests of one user in the last minute. Instants are epoch ms."""

    def __init__(self, requests_per_minute: int) -> None:
        self._rate = requests_per_minute
        self._open: dict[str, int] = {}
        self._streams: dict[str, tuple[int, int]] = {}
        self._answered: deque[int] = deque()
        self._polls: deque[int] = deque()

    def take_in(self, event: Event) -> None:
        """Keep account of requests that leave and of answers that come."""
        match event:
            case Intent() | Polling():
                self.left(event.key, event.at, poll=isinstance(event, Polling))
            case Downloading():
                self.streaming(event.key, event.at)
            case Polled() | Unanswered(step="poll", sent=True):
                self.looked(event.key, event.at)
            case Resumed():
                # No answer will come: it has arrived by now, and while somebody waited for it, or never.
                self.answered(event.key, min(event.at, self._open.get(event.key, event.at) + UNDER_WAY_MS))
            case other:
                self.answered(other.key, other.at)

    def left(self, key: str, at: int, *, poll: bool = False) -> None:
        """Note that a create or a status request of the partition `key` has left.

        One before it that a killed run had under way has counted from its leaving.
        """
        self.answered(key, self._open.get(key, at))
        self._open[key] = at
        if poll:
            insort(self._polls, at)

    def streaming(self, key: str, at: int) -> None:
        """Note that a download of `key` has begun."""
        self.answered(key, at)
        self._streams[key] = at, at + UNDER_WAY_MS

    def arrived(self, key: str, at: int) -> None:
        """Note that the first of the file of `key` has come. No journal knows: a replay counts on."""
        if key in self._streams:
            left, latest = self._streams[key]
            self._streams[key] = left, min(at, latest)

    def answered(self, key: str, at: int) -> None:
        """Note that the request of `key` has come to its end, if one was under way."""
        if self._open.pop(key, None) is not None:
            insort(self._answered, at)
        if found := self._streams.pop(key, None):
            insort(self._answered, min(at, found[1]))

    def looked(self, key: str, at: int) -> None:
        """Note that a status request of `key` has come to its end; a replay has not told that it left."""
        if key not in self._open:
            self.left(key, at, poll=True)
        self.answered(key, at)

    def settle(self) -> None:
        """Say that nothing is under way any more: what was, has counted from its leaving."""
        for at in (*self._open.values(), *(left for left, _ in self._streams.values())):
            insort(self._answered, at)
        self._open.clear()
        self._streams.clear()

    def beside(self, events: Iterable[Event]) -> None:
        """Count the requests of another lane of the same user, which are over."""
        for event in events:
            self.take_in(event)
        self.settle()

    def allowed_at(self, now: int) -> int | None:
        """Return when the next request may leave: `now`, a later instant, or None until an answer comes."""
        while self._answered and self._answered[0] <= now - MINUTE_MS:
            self._answered.popleft()
        latest = [at for _, at in self._streams.values() if at > now - MINUTE_MS]
        over = len(self._open) + len(latest) + len(self._answered) - self._rate
        if over < 0:
            return now
        known = sorted((*self._answered, *latest))
        return known[over] + MINUTE_MS if over < len(known) else None

    def poll_allowed_at(self, now: int, most: int) -> int:
        """Return when the next status request may leave, where at most `most` of them may in a minute."""
        while self._polls and self._polls[0] <= now - MINUTE_MS:
            self._polls.popleft()
        return now if len(self._polls) < most else self._polls[-most] + MINUTE_MS
