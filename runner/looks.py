"""PURE: when to look at a job, learned from how long such jobs took before.

The vendor runs so many jobs of a user at a time and starts the others in the order in which they were made
(the order is our reading: no document states it). So only the eldest jobs are worth a look, and the first
look is worth its request when jobs of this report and this length of window were done. What is learned comes
from the events alone, so a journal remembers it from one month to the next.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from runner.events import Adopted, Created, Event, Intent
from runner.track import MINUTE_MS, Track

DAY_MS = 24 * 60 * MINUTE_MS
REMEMBERED = 32
"""So many of the last build times of a kind are kept: enough for a quartile, few enough to follow change."""
SOONEST_AGAIN_MS = 5_000
LATEST_AGAIN_MS = 60_000
LATEST_FIRST_MS = 30 * MINUTE_MS
"""One strange job, or a clock that was wrong, must not keep the others of its kind unseen for hours."""
STRANGE_AGAIN_MS = 30_000
"""How long until the next look at a job of another manifest: only its place is wanted."""
AGAIN_SHARE = 0.12
"""How long until the next look at a job, as a share of how long it has run: a late one may be very late."""
UNKNOWN_SHARE = 0.5
"""The same for a job of which nothing is known, while another one of its kind is looked at for all."""
LEFT_MS = 10 * MINUTE_MS
"""How long a job that could not be looked at any more is taken to fill its place, at least."""
UNWATCHED_MS = 2 * LATEST_AGAIN_MS
"""A gap between two looks that says, if it is longer than the job had run before, that nobody was there."""
NEAR = 1.25
"""A job found done at the first look teaches something only where that look came near the expected time."""
SOONER = 0.95
"""After a first look that found the job done, the next one of its kind is looked at a little sooner."""

Kind = tuple[str, int]
"""A report, and the length of a window as a power of 1.5 days: all months are one kind, all quarters too."""


def kind_of(report: str, span_ms: int) -> Kind:
    """Return the kind of a job; `span_ms` is the length of its window in ms."""
    return report, round(math.log(max(span_ms, MINUTE_MS) / DAY_MS, 1.5))


@dataclass(slots=True)
class Builds:
    """How long jobs of one kind took, in ms: about (`times`), and at most (`bounds`), the latest last."""

    times: deque[int] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    bounds: deque[int] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def note(self, time: int, bound: int) -> None:
        """Keep what one job has shown."""
        self.times.append(time)
        self.bounds.append(bound)

    def soonest(self) -> int:
        """Return the time after which a quarter of the jobs were done; less, where few have been seen."""
        seen = len(self.times)
        return sorted(self.times)[seen // 4] * seen // (seen + 1)

    def usual(self) -> int:
        """Return the time that half of the jobs took at most."""
        return sorted(self.times)[len(self.times) // 2]

    def surely(self) -> int:
        """Return the time after which nearly all of them were done."""
        return sorted(self.bounds)[len(self.bounds) * 9 // 10]


class Looks:
    """Which of our jobs run at the vendor, as far as can be told, and when each is due for a look.

    `running` is how many the vendor runs at a time for this user; `prior_ms` is the guess for a kind that
    was never seen. `strange` are the jobs of another manifest that may be under way, in their order.
    """

    def __init__(self, running: int, prior_ms: int) -> None:
        self._running = running
        self._prior = prior_ms
        self._kinds: dict[str, Kind] = {}
        self._builds: defaultdict[Kind, Builds] = defaultdict(Builds)
        self._so_far: dict[Kind, int] = {}
        self._started: dict[str, int] = {}
        self._queued: dict[str, int] = {}
        self._left: dict[str, int] = {}
        self.strange: dict[str, None] = {}

    def held(self, now: int) -> int:
        """Count the jobs that may stand in the vendor's queue."""
        return len(self._started) + len(self._queued) + len(self.strange) + len(list(self.leaves(now)))

    def leaves(self, now: int) -> Iterator[int]:
        """Yield until when each job is taken to fill its place that nobody looks at any more."""
        return (until for until in self._left.values() if until > now)

    def settle(self, strange: Iterable[str]) -> None:
        """Say which jobs are of another manifest: each fills a place, and none is waited for."""
        self.strange = dict.fromkeys(strange)
        for key in self.strange:
            self._drop(key)

    def due(self, track: Track, *, scarce: bool) -> int:
        """Return when the running job is due for a look (epoch ms).

        Where requests are `scarce`, the first look waits until the job is nearly surely done.
        """
        if track.key in self.strange:
            return max(track.not_before, track.looked_at + STRANGE_AGAIN_MS)
        if track.key in self._queued:
            patient = self._queued[track.key] + self._patience(track.key)
            return max(track.not_before, track.looked_at + LATEST_AGAIN_MS, patient)
        if track.key not in self._started:
            return track.not_before
        started = self._started[track.key]
        if track.looked_at <= started:
            first = SOONEST_AGAIN_MS if self._scouts(track.key) else self.expected(track.key, surely=scarce)
            return max(track.not_before, started + min(first, LATEST_FIRST_MS))
        share = AGAIN_SHARE if self._known(track.key) or self._scouts(track.key) else UNKNOWN_SHARE
        again = int((track.looked_at - started) * share)
        return max(track.not_before, track.looked_at + min(max(again, SOONEST_AGAIN_MS), LATEST_AGAIN_MS))

    def expected(self, key: str, *, surely: bool = False) -> int:
        """Return how long the job of a partition takes, in ms: soonest, or surely."""
        builds = self._learned(self._kind(key))
        if builds is None:
            return max(self._prior, self._so_far.get(self._kind(key), 0))
        return builds.surely() if surely else builds.soonest()

    def _patience(self, key: str) -> int:
        """Return after how long a job has surely ended, even one that had to wait."""
        return 4 * self.expected(key, surely=True)

    def _kind(self, key: str) -> Kind:
        return self._kinds.get(key, ("", 0))

    def _known(self, key: str) -> bool:
        return self._learned(self._kind(key)) is not None

    def _scouts(self, key: str) -> bool:
        """Say whether the job is the eldest of a kind not known yet: it is looked at for all others."""
        kind = self._kind(key)
        if self._known(key):
            return False
        return key == next((other for other in self._started if self._kind(other) == kind), None)

    def build_ms(self, report: str, span_ms: int) -> int | None:
        """Return how long a job of a report over such a window took before (ms); None: nobody knows."""
        builds = self._learned(kind_of(report, span_ms))
        return builds.usual() if builds else None

    def ends_per_minute(self, now: int) -> float:
        """Return how many of the running jobs will end in a minute, going by what is expected of them."""
        ages = ((now - started, self.expected(key)) for key, started in self._started.items())
        return sum(MINUTE_MS / max(age, expected, 1_000) for age, expected in ages)

    def _learned(self, kind: Kind) -> Builds | None:
        """Return what is known of a kind, or of the closest length of window of the same report."""
        if kind in self._builds:
            return self._builds[kind]
        near = [other for other in self._builds if other[0] == kind[0]]
        return self._builds[min(near, key=lambda other: abs(other[1] - kind[1]))] if near else None

    def moved(self, before: Track, track: Track, event: Event, *, scarce: bool) -> None:
        """Take in that an event has moved a partition from `before` to `track`."""
        if isinstance(event, Intent):
            self._kinds[event.key] = kind_of(event.report, event.span_ms)
        if track.looked_at > before.looked_at and self._watched(before, event.at):
            kind, age = self._kind(track.key), track.looked_at - self._started[track.key]
            self._so_far[kind] = max(self._so_far.get(kind, 0), age)
        if track.stands and isinstance(event, Created | Adopted):
            self._made(track.key, event.at)
        elif track.stands and self._turns_up(before, track):
            self._made(track.key, track.created_at)
        elif before.stands and not track.stands:
            ready = track.state == "ready" or track.completed
            self._ended(before, event.at, ready=ready, scarce=scarce)
            if track.out_of_sight:
                self._left[track.key] = event.at + self._stays(track.key)

    def _turns_up(self, before: Track, track: Track) -> bool:
        """Say whether a job that was taken for ended, or left alone, stands in the queue after all."""
        if track.key in self._started or track.key in self._queued or track.key in self.strange:
            return False
        return track.looked_at > before.looked_at or before.out_of_sight

    def _stays(self, key: str) -> int:
        """Return for how long a job that nobody looks at any more is taken to fill its place."""
        return min(max(self._patience(key), LEFT_MS), LATEST_FIRST_MS)

    def _made(self, key: str, at: int) -> None:
        self._drop(key)
        if len(self._started) < self._running:
            self._started[key] = at
        else:
            self._queued[key] = at

    def _drop(self, key: str) -> None:
        self._started.pop(key, None)
        self._queued.pop(key, None)
        self._left.pop(key, None)

    def _ended(self, before: Track, at: int, *, ready: bool, scarce: bool) -> None:
        """Learn from a job's end, and take the next one of the queue for started."""
        key, ended = before.key, at
        self.strange.pop(key, None)
        if key in self._started:
            started = self._started[key]
            if ready:
                self._learn(before, started, at, scarce=scarce)
            ended = self._end(before, started, at, scarce=scarce)
        self._drop(key)
        if self._queued and len(self._started) < self._running:
            first = next(iter(self._queued))
            self._started[first] = max(self._queued.pop(first), ended)

    def _end(self, before: Track, started: int, at: int, *, scarce: bool) -> int:
        """Guess when a job ended that was found ended at `at`: rather too late where requests are scarce."""
        if before.looked_at > started:
            return at if scarce else (before.looked_at + at) // 2
        return min(at, started + self.expected(before.key, surely=True))

    def _watched(self, before: Track, at: int) -> bool:
        """Say whether a look at a job tells how long it runs: not where nobody looked for a night before."""
        if before.key not in self._started:
            return False
        started = self._started[before.key]
        age = max(before.looked_at - started, 0)
        return at - started - age <= max(age, UNWATCHED_MS)

    def _learn(self, before: Track, started: int, at: int, *, scarce: bool) -> None:
        took, kind = at - started, self._kind(before.key)
        if before.looked_at > started and self._watched(before, at):
            self._builds[kind].note((before.looked_at + at) // 2 - started, took)
        elif took <= NEAR * (expected := self.expected(before.key, surely=scarce)):
            # A late look shows no more than that the job was done by then: it never makes the others later.
            took = min(took, expected)
            self._builds[kind].note(took if scarce else int(took * SOONER), took)
