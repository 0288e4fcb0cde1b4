"""PURE: what happened to each partition and when, from a lane's events alone.

A *sitting* is a stretch of time in which a lane was at work: the journal does not say where a run began, but
a run never leaves it without an event for long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from runner.events import (
    Adopted,
    Downloading,
    Event,
    Failed,
    Forgotten,
    Intent,
    Lost,
    Polled,
    Unanswered,
)
from runner.steps import after
from runner.track import TERMINAL, Track

Phase = Literal["waiting", "building", "downloading"]

PHASES: Mapping[str, Phase] = {
    "planned": "waiting",
    "intent": "waiting",
    "unknown": "waiting",
    "running": "building",
    "ready": "waiting",
    "downloading": "downloading",
    "stored": "downloading",
}
"""What each state of a partition is for a person; `done` and `failed` are no phase."""
MINUTE_MS = 60_000
PAUSE_MS = 15 * MINUTE_MS
"""So long without an event, and the run was over: the longest wait of a lane is ten minutes."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one partition's time, epoch ms."""

    phase: Phase
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Life:
    """One partition since it last began anew: where it stands, its spans in order, the requests it took."""

    track: Track
    spans: tuple[Span, ...]
    requests: int

    def spent(self, phase: Phase) -> int:
        """Return how long it was in a phase, in ms, pauses between sittings left out."""
        return sum(one.end - one.start for one in self.spans if one.phase == phase)


Sitting = tuple[int, int]
"""The first and the last event of a sitting, epoch ms."""


@dataclass(frozen=True, slots=True)
class Story:
    """A lane's lives by key, its sittings, and its requests by minute (epoch ms // 60 000).

    `others` are the requests of other manifests' partitions, which share the budget.
    """

    lives: Mapping[str, Life]
    sittings: tuple[Sitting, ...]
    requests: Mapping[int, int]
    others: Mapping[int, int]


@dataclass(slots=True)
class _Told:
    """What was told of one partition so far: instants, with the state from each of them on."""

    track: Track
    moments: list[tuple[int, str]] = field(default_factory=list)
    requests: int = 0

    def note(self, event: Event) -> None:
        if isinstance(event, Lost | Forgotten):
            self.moments, self.requests = [], 0
        if self.track.state == "failed" and not isinstance(
            event, Failed | Lost | Forgotten | Adopted | Intent
        ):
            # A later run took it up again; that it did so is no event.
            self.track = self.track.resumed(retry_failed=True)
        self.track = after(self.track, event)
        self.moments.append((event.at, self.track.state))
        self.requests += is_request(event)


def is_request(event: Event) -> bool:
    """Say whether an event stands for a request to the vendor: each create, look and download has one."""
    match event:
        case Intent() | Downloading() | Polled():
            return True
        case Unanswered(step=step) | Failed(step=step):
            return step == "poll"
        case _:
            return False


def story(events: Iterable[Event], keys: Collection[str]) -> Story:
    """Return what happened to the partitions `keys` of a lane, from all of its events in order."""
    told = {key: _Told(Track(key)) for key in keys}
    every = list(events)
    for event in every:
        if event.key in told:
            told[event.key].note(event)
    sittings = _sittings(sorted(at for one in told.values() for at, _ in one.moments))
    lives = {
        key: Life(one.track, tuple(_spans(one.moments, sittings)), one.requests) for key, one in told.items()
    }
    asked = [one for one in every if is_request(one) and _within(one.at, sittings)]
    own = Counter(one.at // MINUTE_MS for one in asked if one.key in told)
    others = Counter(one.at // MINUTE_MS for one in asked if one.key not in told)
    return Story(lives, sittings, dict(sorted(own.items())), dict(sorted(others.items())))


def _sittings(instants: Sequence[int]) -> tuple[Sitting, ...]:
    found: list[Sitting] = []
    for at in instants:
        if found and at - found[-1][1] <= PAUSE_MS:
            found[-1] = (found[-1][0], at)
        else:
            found.append((at, at))
    return tuple(found)


def _within(at: int, sittings: Sequence[Sitting]) -> bool:
    return any(start <= at <= end for start, end in sittings)


def _spans(moments: Sequence[tuple[int, str]], sittings: Sequence[Sitting]) -> Iterable[Span]:
    """Yield the phases of one partition, cut at the pauses; at first it waits for its turn."""
    if not moments:
        return
    begun = next(start for start, end in sittings if start <= moments[0][0] <= end)
    steps = [(begun, "planned"), *moments, (sittings[-1][1], "done")]
    several: list[tuple[Phase, int, int]] = []
    for (start, state), (end, _) in pairwise(steps):
        if state in TERMINAL or not (start < end or state == "downloading"):
            continue
        phase = PHASES[state]
        if several and several[-1][0] == phase and several[-1][2] == start:
            start = several.pop()[1]
        several.append((phase, start, end))
    for phase, start, end in several:
        yield from _cut(phase, start, end, sittings)


def _cut(phase: Phase, start: int, end: int, sittings: Sequence[Sitting]) -> Iterable[Span]:
    """Yield the span, sitting by sitting; a download that took no time at all stays one."""
    for first, last in sittings:
        begin, stop = max(start, first), min(end, last)
        if begin < stop or (begin == stop and start == end):
            yield Span(phase, begin, stop)
