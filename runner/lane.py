"""PURE: the state machine of one lane.

All partitions of one profile share its request budget and its job slots. `Lane.next(now)` says what to do,
`Lane.apply(event)` takes in what happened; there is no clock, no socket and no file here. Replaying a journal
is applying its events, so a restart is nothing special.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from runner.errors import Exit
from runner.events import Downloading, Event, Intent, Polling, Stored
from runner.steps import after
from runner.track import MINUTE_MS, TERMINAL, Track

QUEUE_ADVICE = 2
"""The vendor advises no more than this many exports waiting at once [B]."""


@dataclass(frozen=True, slots=True)
class Create:
    """Ask the vendor for the partition's export; `attempt` counts from 1."""

    key: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Poll:
    """Ask for the state of the partition's job."""

    key: str
    url: str


@dataclass(frozen=True, slots=True)
class Download:
    """Fetch the partition's file into a part file and prove it."""

    key: str
    url: str


@dataclass(frozen=True, slots=True)
class Place:
    """Give the proven part file its final name."""

    key: str
    stored: Stored


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before `until` (epoch ms), or before an effect under way ends (None)."""

    until: int | None


@dataclass(frozen=True, slots=True)
class Finished:
    """Every partition has come to its end, for this run."""


Action = Create | Poll | Download | Place | Wait | Finished


class Lane:
    """What one company's partitions should do next, and nothing else.

    `keys` are the partitions' journal keys, in the order of the plan; the three limits are the profile's.
    No clock, no socket, no file: time comes in as an argument, what happened comes in as an event.
    """

    def __init__(self, keys: Iterable[str], *, requests_per_minute: int, running: int, queued: int) -> None:
        self.tracks: dict[str, Track] = {key: Track(key) for key in keys}
        self._rate = requests_per_minute
        self._outstanding = min(queued, running + QUEUE_ADVICE)
        self._spent: deque[int] = deque()
        self._pause_until = 0
        self._closed = False

    def apply(self, event: Event) -> None:
        """Take in one thing that happened; an event of a partition of another lane is passed over."""
        if event.key not in self.tracks:
            return
        if isinstance(event, Intent | Polling | Downloading):
            self._spent.append(event.at)
        track = after(self.tracks[event.key], event)
        self.tracks[event.key] = track
        self._pause_until = max(self._pause_until, track.pause_until)
        if track.failure is not None and track.failure.exit == Exit.CREDENTIALS:
            self._closed = True

    def resume(self) -> None:
        """Say that nothing is under way any more: after a replay, before the first `next`.

        A create whose answer is not in the journal becomes `unknown`; a failure of an earlier run is given a
        new chance, since the person who runs again has seen it.
        """
        self._closed = False
        self._pause_until = 0
        self.tracks = {key: track.resumed() for key, track in self.tracks.items()}

    def close(self) -> None:
        """Start nothing new: what is under way may end, everything else waits for the next run."""
        self._closed = True

    def next(self, now: int) -> Action:
        """Return what to do at `now` (epoch ms). The answer does not change the lane; events do."""
        if (found := self._first("stored")) is not None and found.stored is not None:
            return Place(found.key, found.stored)
        if not self._closed and (action := self._request(now)) is not None:
            return action
        if any(track.busy for track in self.tracks.values()):
            return Wait(None if self._closed else self._wake(now))
        if self._closed or all(track.state in TERMINAL for track in self.tracks.values()):
            return Finished()
        return Wait(self._wake(now))

    def _request(self, now: int) -> Action | None:
        """Return the most urgent request that the budget and the slots allow now."""
        if now < self._allowed_at(now):
            return None
        due = [track for track in self.tracks.values() if not track.busy and track.not_before <= now]
        if ready := [track for track in due if track.state == "ready"]:
            first = min(ready, key=lambda track: track.created_at)
            return Download(first.key, first.download_url)
        if self._room() and (waiting := [track for track in due if track.state in ("planned", "unknown")]):
            return Create(waiting[0].key, waiting[0].attempt + 1)
        if polls := [track for track in due if track.state == "running"]:
            eldest = min(polls, key=lambda track: track.not_before)
            return Poll(eldest.key, eldest.status_url)
        return None

    def _room(self) -> bool:
        """Say whether the vendor's queue has a place for one more of our jobs."""
        held = sum(track.holds_slot for track in self.tracks.values())
        return held < self._outstanding

    def _allowed_at(self, now: int) -> int:
        """Return when the next request may leave: the budget is N requests in any 60 seconds."""
        while self._spent and self._spent[0] <= now - MINUTE_MS:
            self._spent.popleft()
        free = self._spent[-self._rate] + MINUTE_MS if len(self._spent) >= self._rate else now
        return max(free, self._pause_until)

    def _wake(self, now: int) -> int | None:
        """Return when something may become possible; None where only an effect under way can change that."""
        room = self._room()
        times = [
            track.not_before
            for track in self.tracks.values()
            if not track.busy
            and (track.state in ("ready", "running") or (room and track.state in ("planned", "unknown")))
        ]
        return max(min(times), self._allowed_at(now)) if times else None

    def _first(self, state: str) -> Track | None:
        found = (track for track in self.tracks.values() if track.state == state and not track.busy)
        return next(found, None)
