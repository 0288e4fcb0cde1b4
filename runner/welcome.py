"""PURE: whether a run may send more creates, by how the last ones were received; which are tried last.

A create without an answer, or with one that does not tell, may have made a job, and one that was forbidden
may be the first of hundreds, where the company key is wrong. So neither goes on for ever. But one report that
this user may not have is no reason to ask for no other. A queue that is full is full for all partitions: they
wait together.
"""

from __future__ import annotations

from runner.events import Created, Event, Resumed
from runner.track import LONGEST_WAIT_MS, MAX_WAITS, OVERFLOW_WAIT_MS, Track

MOST_IN_DOUBT = 3
"""After so many creates in a row of which nobody can tell what they did (no answer, HTTP 5xx, an answer that
cannot be read), this run sends no more: each may have made a job."""
MOST_FORBIDDEN = 3
"""After so many that were forbidden, and none that was let through, this run sends no more."""


def pushed_out(before: Track, track: Track) -> bool:
    """Say whether a job was pushed out of a full queue."""
    return before.state == "running" and track.state == "planned" and track.waits > before.waits


class Welcome:
    """How a lane's creates are received.

    `doubtful` are the partitions whose last one was forbidden, or in doubt (nobody can tell what it did):
    all others come first. `opens_at` is when the next create may be sent (epoch ms): while others fill the
    queue, only now and then.
    """

    def __init__(self) -> None:
        self.doubtful: set[str] = set()
        self.begin()

    def begin(self) -> None:
        """Begin a run: what was received by an earlier one counts no more."""
        self._in_doubt = 0
        self._forbidden = 0
        self._let_in = False
        self._found_full()

    def _found_full(self, times: int = 0, at: int = 0) -> None:
        """Note that the queue was found full so often in a row, the last time at `at`; none: it is not."""
        self._full, self._full_at = times, at
        wait = min(OVERFLOW_WAIT_MS << (times - 1), LONGEST_WAIT_MS) if times else 0
        self.opens_at = at + wait

    def note(self, before: Track, track: Track, event: Event) -> None:
        """Take in that an event has moved a partition from `before` to `track`."""
        if pushed_out(before, track):
            # Of several that were made at once, all found the same full queue.
            self._found_full(self._full + (before.created_at >= self._full_at), event.at)
        elif before.state == "running" and track.state == "ready":
            self._found_full()
        if before.state == "intent" and track.in_doubt and not isinstance(event, Resumed):
            self._in_doubt += 1
            self.doubtful.add(track.key)
            return
        if not isinstance(event, Created):
            return
        self._in_doubt = 0
        if track.failure is not None and track.failure.code == "E-FORBIDDEN":
            self._forbidden += 1
            self.doubtful.add(track.key)
        elif track.state == "running":
            self._let_in = True
            self.doubtful.discard(track.key)

    def lasts(self) -> bool:
        """Say whether creates may still be sent."""
        known = self._in_doubt < MOST_IN_DOUBT and self._full < MAX_WAITS
        return known and (self._let_in or self._forbidden < MOST_FORBIDDEN)
