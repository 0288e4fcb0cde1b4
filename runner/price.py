"""PURE: what a lane's work costs, beforehand: requests and time under its limits."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from runner.budget import MINUTE_MS

LEAST_REQUESTS = 3
"""Create, look, fetch: no export takes fewer."""
LIKELY_REQUESTS = 4
"""A look may come too early: bench/SCHEDULE.md has about four requests where there are some to spare."""
GUESS_MS = 120_000
"""How long a job of an unknown kind is taken to take: no document says, so this is only a guess."""


@dataclass(frozen=True, slots=True)
class Price:
    """What fetching so many files costs. Times are ms; `guessed` says that build times are not known yet."""

    files: int
    least_requests: int
    likely_requests: int
    least_ms: int
    likely_ms: int
    guessed: bool


def price(builds_ms: Sequence[int | None], *, running: int, requests_per_minute: int) -> Price:
    """Return the price of jobs that take so long each (ms; None: nobody knows), `running` at a time."""
    count = len(builds_ms)
    known = [build or 0 for build in builds_ms]
    likely = [GUESS_MS if build is None else build for build in builds_ms]
    least = least_ms(known, running, requests_per_minute)
    likely_ms = least_ms(likely, running, requests_per_minute)
    bound_by_jobs = likely_ms > minutes_ms(count, requests_per_minute)
    each = LIKELY_REQUESTS if bound_by_jobs else LEAST_REQUESTS
    return Price(count, LEAST_REQUESTS * count, each * count, least, likely_ms, None in builds_ms)


def least_ms(builds_ms: Sequence[int], running: int, requests_per_minute: int) -> int:
    """Return a time in ms that no way of asking can beat, for jobs made in this order.

    The larger of two. Jobs: the vendor starts jobs in the order in which they were made, each in the first
    of `running` slots that is free; were all of them waiting there from the first instant, the last would end
    at this time. It is jobs x mean build time / running slots, and what whole jobs leave unfilled. Requests:
    see `minutes_ms`.
    """
    slots = [0] * running
    for build in builds_ms:
        heapq.heapreplace(slots, slots[0] + build)
    return max(*slots, minutes_ms(len(builds_ms), requests_per_minute)) if builds_ms else 0


def minutes_ms(count: int, requests_per_minute: int) -> int:
    """Return how long so many exports take by their requests alone, in ms.

    An export takes three. R requests at N in any 60 seconds take (R - 1) // N whole minutes, since the first
    N may leave at once.
    """
    return max(LEAST_REQUESTS * count - 1, 0) // requests_per_minute * MINUTE_MS
