"""PURE: how many requests may still leave in this minute.

The vendor allows N requests a minute [L]. Nobody says how it counts, so the strictest reading is kept: no
more than N in any 60 seconds. The vendor counts a request when it arrives, which is between its leaving and
its answer: a request therefore counts from its leaving until a minute after its answer.
"""

from __future__ import annotations

from bisect import insort
from collections import deque

MINUTE_MS = 60_000
UNDER_WAY_MS = 1_000
"""A download has reached the vendor long before it ends: it counts as answered so soon after its leaving."""


class Budget:
    """The requests of one user in the last minute. Instants are epoch ms."""

    def __init__(self, requests_per_minute: int) -> None:
        self._rate = requests_per_minute
        self._open: dict[str, int] = {}
        self._answered: deque[int] = deque()
        self._polls: deque[int] = deque()

    def left(self, key: str, at: int, *, poll: bool = False) -> None:
        """Note that a create or a status request of the partition `key` has left."""
        self._open[key] = at
        if poll:
            insort(self._polls, at)

    def streaming(self, at: int) -> None:
        """Note that a download has begun."""
        insort(self._answered, at + UNDER_WAY_MS)

    def answered(self, key: str, at: int) -> None:
        """Note that the request of `key` has come to its end, if one was under way."""
        if self._open.pop(key, None) is not None:
            insort(self._answered, at)

    def looked(self, key: str, at: int) -> None:
        """Note that a status request of `key` has come to its end; a replay has not told that it left."""
        if key not in self._open:
            self.left(key, at, poll=True)
        self.answered(key, at)

    def settle(self) -> None:
        """Say that nothing is under way any more: what was, has counted from its leaving."""
        for at in self._open.values():
            insort(self._answered, at)
        self._open.clear()

    def allowed_at(self, now: int) -> int | None:
        """Return when the next request may leave: `now`, a later instant, or None until an answer comes."""
        while self._answered and self._answered[0] <= now - MINUTE_MS:
            self._answered.popleft()
        over = len(self._open) + len(self._answered) - self._rate
        if over < 0:
            return now
        return self._answered[over] + MINUTE_MS if over < len(self._answered) else None

    def poll_allowed_at(self, now: int, most: int) -> int:
        """Return when the next status request may leave, where at most `most` of them may in a minute."""
        while self._polls and self._polls[0] <= now - MINUTE_MS:
            self._polls.popleft()
        return now if len(self._polls) < most else self._polls[-most] + MINUTE_MS
