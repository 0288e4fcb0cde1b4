"""PURE: how long a lane still takes, from where its partitions stand and how long such jobs took before."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from runner.budget import MINUTE_MS
from runner.price import GUESS_MS
from runner.track import Track

REQUESTS = {"planned": 3, "unknown": 3, "intent": 2, "running": 2, "ready": 1}
"""How many requests a partition still takes at least: create, look, fetch. Other states need none."""
LATE_SHARE = 4
"""A job that runs longer than usual is taken to need a quarter of that time more: nobody can know."""


@dataclass(frozen=True, slots=True)
class Left:
    """How long it still takes, in ms: at least, and likely. `guessed`: nobody knows how long some jobs take.

    Downloads are left out: they go on beside the jobs, and how large a file is, no answer says.
    """

    least_ms: int
    likely_ms: int
    guessed: bool


def left(
    tracks: Iterable[Track],
    build_ms: Callable[[str], int | None],
    *,
    running: int,
    requests_per_minute: int,
    now: int,
) -> Left:
    """Return how long the partitions still take at `now`, in the order in which they are to be created.

    `build_ms` tells by key how long such a job takes; None where nobody knows. The vendor starts jobs in the
    order in which they were made, `running` at a time; no way of asking is quicker than that, or than the
    requests that are still needed, of which so many leave in a minute.
    """
    several = list(tracks)
    made = sorted((one for one in several if one.state == "running"), key=lambda one: one.created_at)
    jobs = [*made, *(one for one in several if one.state in ("planned", "unknown", "intent"))]
    builds = [build_ms(one.key) for one in jobs]
    needed = sum(REQUESTS.get(one.state, 0) for one in several)
    by_requests = max(needed - 1, 0) // requests_per_minute * MINUTE_MS
    least = _slots(jobs, [build or 0 for build in builds], running, now, late=0)
    times = [GUESS_MS if build is None else build for build in builds]
    likely = _slots(jobs, times, running, now, late=LATE_SHARE)
    return Left(max(least, by_requests), max(likely, by_requests), None in builds)


def _slots(jobs: Iterable[Track], builds: Iterable[int], running: int, now: int, *, late: int) -> int:
    """Return when the last job ends, in ms from now."""
    slots = [0] * running
    for number, (job, build) in enumerate(zip(jobs, builds, strict=True)):
        begun = slots[0]
        if job.state == "running" and number < running:
            over = build // late if late else 0
            ends = max(build - (now - job.created_at), over)
        else:
            ends = max(begun, job.not_before - now) + build
        heapq.heapreplace(slots, max(ends, begun))
    return max(slots)
