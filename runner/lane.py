"""PURE: the state machine of one lane.

All partitions of one profile share its request budget and its job slots. `Lane.next(now)` says what to do,
`Lane.apply(event)` takes in what happened; there is no clock, no socket and no file here. Replaying a journal
is applying its events, so a restart is nothing special.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from runner.actions import Action, Create, Download, Finished, Place, Poll, Purpose, Wait
from runner.budget import Budget
from runner.events import Event, Polled, Resumed
from runner.looks import Looks
from runner.price import LEAST_REQUESTS
from runner.steps import after, as_it_is, given_up
from runner.track import TERMINAL, Track
from runner.welcome import Welcome, pushed_out

AHEAD = 2
"""How many exports wait at the vendor behind those that run: it advises no more than two at a time [B], and
bench/SCHEDULE.md shows that more gain nothing."""
FILES_AT_ONCE = 8
"""How many files are fetched beside each other: they share one line, and each must keep a least speed."""
PRIOR_MS = 15_000
"""How long a job takes of which nothing is known yet: a guess, since no document says."""

WAITING = ("planned", "unknown")


class Lane:
    """What one company's partitions should do next, and nothing else.

    `keys` are the partitions' journal keys, in the order in which they are to be created; the limits are the
    profile's: `ahead` jobs may wait behind the running ones, as long as no more than `queued` wait or run.
    With `repeat_unknown` a create whose answer never came is sent once more. `prior_ms` is the guess for how
    long an unknown kind of job takes. No clock, no socket, no file: time comes in as an argument, what
    happened comes in as an event.
    """

    def __init__(
        self,
        keys: Iterable[str],
        *,
        requests_per_minute: int,
        running: int,
        queued: int,
        ahead: int = AHEAD,
        purpose: Purpose = "run",
        repeat_unknown: bool = True,
        prior_ms: int = PRIOR_MS,
    ) -> None:
        self.tracks: dict[str, Track] = {key: Track(key) for key in keys}
        self._others: dict[str, Track] = {}
        self._order = {key: number for number, key in enumerate(self.tracks)}
        self._fresh = deque(self.tracks)
        self._back: dict[str, None] = {}
        self._moving: dict[str, None] = {}
        self._rate = requests_per_minute
        self._most = self._room_for = min(queued, running + ahead)
        self._purpose = purpose
        self._judged = as_it_is if repeat_unknown else given_up
        self.budget = Budget(requests_per_minute)
        self._looks = Looks(running, prior_ms)
        self._looked: set[str] = set()
        self._welcome = Welcome()
        self._pause_until = 0
        self._closed = False

    def apply(self, event: Event) -> None:
        """Take in one thing that happened; a partition of another manifest only takes time and places."""
        tracks = self.tracks if event.key in self.tracks else self._others
        before = tracks.get(event.key) or Track(event.key)
        self.budget.take_in(event)
        track = tracks[event.key] = self._judged(after(before, event), event.at)
        self._looks.moved(before, track, event, scarce=self._scarce(event.at))
        if isinstance(event, Polled) and event.status == 200 and track.state == "running":
            self._looked.add(track.key)
        self._pause_until = max(self._pause_until, track.pause_until)
        if track.failure is not None and track.failure.code == "E-CREDENTIALS":
            self._closed = True
        if event.key in self.tracks:
            self._put(track)
            self._note(before, track, event)

    def _put(self, track: Track) -> None:
        """Put a partition where its state belongs."""
        self._back.pop(track.key, None)
        if track.state in WAITING:
            self._back[track.key] = None
        if track.state in WAITING or track.state in TERMINAL:
            self._moving.pop(track.key, None)
        else:
            self._moving[track.key] = None

    def _note(self, before: Track, track: Track, event: Event) -> None:
        """Draw from one partition's way what all others must know."""
        self._welcome.note(before, track, event)
        if pushed_out(before, track):
            # Somebody else fills the same queue: leave one place more to them until our next job ends.
            self._room_for = max(1, min(self._room_for, self._looks.held(event.at)))
        elif before.state == "running" and track.state == "ready":
            self._room_for = min(self._most, self._room_for + 1)

    def build_ms(self, report: str, span_ms: int) -> int | None:
        """Return how long such a job took before (ms), as this lane has learned it; None where it has not."""
        return self._looks.build_ms(report, span_ms)

    def resumptions(self, at: int, *, retry_failed: bool = False) -> list[Resumed]:
        """Return what is to be journalled and applied before `resume`, so that a replay knows of it too."""
        return [
            Resumed(key=key, at=at, retry_failed=retry_failed)
            for key, track in self.tracks.items()
            if track.resumes(retry_failed=retry_failed)
        ]

    def resume(self, *, retry_failed: bool = False) -> None:
        """Say that nothing is under way any more: after a replay, before the first `next`.

        A create whose answer is not in the journal becomes `unknown`. A failure of an earlier run is given a
        new chance, but for those that would cost another job: they need `retry_failed`.
        """
        self._closed = False
        self._welcome.begin()
        self._looked.clear()
        self.budget.settle()
        self._looks.settle(key for key, track in self._others.items() if track.stands)
        self._others |= {key: self._others[key].resumed() for key in self._looks.strange}
        self._back, self._moving = {}, {}
        for key, track in self.tracks.items():
            self.tracks[key] = self._judged(track.resumed(retry_failed=retry_failed), 0)
            self._put(self.tracks[key])
        planned = (key for key in self._back if self.tracks[key].state == "planned")
        self._fresh = deque(sorted(planned, key=self._welcome.doubtful.__contains__))
        self._back = {key: None for key in self._back if self.tracks[key].state != "planned"}

    @property
    def elsewhere(self) -> int:
        """Count the jobs of other manifests, or of exports not asked for now, that may be under way."""
        return len(self._looks.strange)

    def close(self) -> None:
        """Start nothing new: what is under way may end, everything else waits for the next run."""
        self._closed = True

    def next(self, now: int) -> Action:
        """Return what to do at `now` (epoch ms). The answer does not change the lane; events do."""
        moving = [self.tracks[key] for key in self._moving]
        strange = [self._others[key] for key in self._looks.strange]
        for track in moving:
            if track.state == "stored" and track.stored is not None:
                return Place(track.key, track.stored)
        if not self._closed and (action := self._request(moving, now)) is not None:
            return action
        if any(track.busy for track in (*moving, *strange)):
            return Wait(None if self._closed else self._wake(moving, now))
        if self._closed or not self._goes_on(moving, now):
            return Finished()
        return Wait(self._wake(moving, now))

    def _request(self, moving: Sequence[Track], now: int) -> Action | None:
        """Return the most urgent request that the budget and the slots allow now."""
        if self._allowed_at(now) != now:
            return None
        due = [track for track in moving if not track.busy and track.not_before <= now]
        if self._fetches(moving) and (ready := [track for track in due if track.state == "ready"]):
            first = min(ready, key=lambda track: track.created_at)
            return Download(first.key, first.download_url)
        if self._creates() and self._room(now) and (key := self._to_create(now)):
            return Create(key, self.tracks[key].attempt + 1)
        looks = [(at, track) for at, track in self._due(moving, now) if at <= now]
        if looks and self.budget.poll_allowed_at(now, self._most_polls(now)) <= now:
            _, eldest = min(looks, key=lambda look: (look[0], self._order.get(look[1].key, len(self._order))))
            return Poll(eldest.key, eldest.status_url)
        return None

    def _fetches(self, moving: Sequence[Track]) -> bool:
        """Say whether one more file may be fetched now."""
        at_once = sum(track.state == "downloading" for track in moving)
        return self._purpose != "detach" and at_once < FILES_AT_ONCE

    def _creates(self) -> bool:
        """Say whether creates may still be sent in this run."""
        return self._purpose in ("run", "detach") and self._welcome.lasts()

    def _room(self, now: int) -> bool:
        """Say whether the vendor's queue has a place for one more of our jobs."""
        asking = sum(self.tracks[key].state == "intent" for key in self._moving)
        return self._looks.held(now) + asking < self._room_for

    def _to_create(self, now: int) -> str | None:
        """Return the first partition, in their order, that may be created now; doubtful ones come last."""
        if now < self._welcome.opens_at:
            return None
        due = [key for key in self._back if self.tracks[key].not_before <= now]
        if fresh := self._next_fresh():
            due.append(fresh)
        doubtful = self._welcome.doubtful
        return min(due, key=lambda key: (key in doubtful, self._order[key]), default=None)

    def _next_fresh(self) -> str | None:
        """Return the first partition that nothing has happened to yet."""
        while self._fresh and (
            self._fresh[0] in self._back or self.tracks[self._fresh[0]].state != "planned"
        ):
            self._fresh.popleft()
        return self._fresh[0] if self._fresh else None

    def _due(self, moving: Sequence[Track], now: int) -> Iterator[tuple[int, Track]]:
        """Yield when each job under way is due for a look."""
        scarce = self._scarce(now)
        for track in moving:
            if track.state == "running" and not track.busy and self._looks_at(track):
                at = track.not_before if self._purpose == "collect" else self._looks.due(track, scarce=scarce)
                yield at, track
        if self._wants_to_create() and not self._room(now):
            yield from self._due_elsewhere(scarce=scarce)

    def _due_elsewhere(self, *, scarce: bool) -> Iterator[tuple[int, Track]]:
        """Yield when each job of another manifest is due for a look: it may have left its place to us.

        Its file is not our matter. Who only makes jobs looks at each once.
        """
        for track in (self._others[key] for key in self._looks.strange):
            if track.busy:
                continue
            if self._purpose == "run":
                yield self._looks.due(track, scarce=scarce), track
            elif track.key not in self._looked:
                yield track.not_before, track

    def _wants_to_create(self) -> bool:
        """Say whether there is something to create, and creates may be sent."""
        return self._creates() and bool(self._back or self._next_fresh())

    def _looks_at(self, track: Track) -> bool:
        """Say whether this run wants to know how a job stands."""
        if self._purpose == "collect":
            return track.key not in self._looked
        return self._purpose != "detach"

    def _scarce(self, now: int) -> bool:
        """Say whether requests are what all waits for: jobs end faster than three requests for each allow."""
        return LEAST_REQUESTS * self._looks.ends_per_minute(now) >= self._rate

    def _most_polls(self, now: int) -> int:
        """Return how many looks a minute leave enough for the creates and downloads that are to come.

        Where requests are scarce, a look is only due when the job is nearly surely done, and what follows
        it is what all waits for.
        """
        if self._scarce(now):
            return self._rate
        needs = 2 if self._wants_to_create() else 1
        return max(self._rate - math.ceil(self._looks.ends_per_minute(now) * needs), 1)

    def _allowed_at(self, now: int) -> int | None:
        """Return when the next request may leave; None where that is known only when an answer has come."""
        at = self.budget.allowed_at(now)
        return None if at is None else max(at, self._pause_until)

    def _goes_on(self, moving: Sequence[Track], now: int) -> bool:
        """Say whether anything is left that this run wants and that will become possible."""
        if self._wants_to_create():
            return self._purpose == "run" or self._room(now) or any(self._due_elsewhere(scarce=False))
        if self._purpose == "detach":
            return False
        return any(track.state != "running" or self._looks_at(track) for track in moving)

    def _wake(self, moving: Sequence[Track], now: int) -> int | None:
        """Return when something may become possible; None where only an effect under way can change that."""
        allowed = self._allowed_at(now)
        times = list(self._times(moving, now))
        return max(min(times), allowed) if times and allowed is not None else None

    def _times(self, moving: Sequence[Track], now: int) -> Iterator[int]:
        """Yield the instants from which each thing could be done, but for the budget."""
        if self._fetches(moving):
            yield from (track.not_before for track in moving if track.state == "ready" and not track.busy)
        polls = self.budget.poll_allowed_at(now, self._most_polls(now))
        yield from (max(at, polls) for at, _ in self._due(moving, now))
        if not self._wants_to_create():
            return
        if not self._room(now):
            yield from self._looks.leaves(now)
        elif self._next_fresh():
            yield max(now, self._welcome.opens_at)
        else:
            yield from (max(self.tracks[key].not_before, self._welcome.opens_at) for key in self._back)
