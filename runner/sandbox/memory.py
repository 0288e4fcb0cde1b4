"""All that a sandbox remembers, behind one lock: quotas, jobs that wait or run, and what was asked."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from runner.sandbox.jobs import Job

REQUESTS_PER_MINUTE = 20
"""[L]. Counting per user over the last 60 seconds is the sandbox's own choice."""
MINUTE_MS = 60_000
LOG_LENGTH = 10_000

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as `/__sandbox/requests` tells it. It never holds the Authorization header."""

    method: str
    path: str
    query: Pairs
    form: Pairs
    status: int
    at: int


class Memory:
    """What changes while a sandbox runs. Safe to use from many threads. `rate` is requests a minute."""

    def __init__(self, rate: int = REQUESTS_PER_MINUTE) -> None:
        self._rate = rate
        self._lock = Lock()
        self._recent: dict[str, deque[int]] = {}
        self._jobs: list[Job] = []
        self._sequence = 0
        self._polls: Counter[str] = Counter()
        self._log: deque[Seen] = deque(maxlen=LOG_LENGTH)

    def wait_ms(self, user: str, now_ms: int) -> int:
        """Count one request of the user and return 0; or, where the minute is full, how long to wait."""
        with self._lock:
            recent = self._recent.setdefault(user, deque())
            while recent and recent[0] <= now_ms - MINUTE_MS:
                recent.popleft()
            if len(recent) >= self._rate:
                return recent[0] + MINUTE_MS - now_ms
            recent.append(now_ms)
            return 0

    def admit(self, now_ms: int, make: Callable[[int, list[Job]], Job]) -> Job:
        """Keep the job that `make` builds from the next number and the jobs that wait or run."""
        with self._lock:
            self._jobs = [one for one in self._jobs if not one.ended(now_ms)]
            self._sequence += 1
            job = make(self._sequence, self._jobs)
            self._jobs.append(job)
            return job

    def polls(self, run: str) -> int:
        """Count one look at a finished job, and return how many there were before."""
        with self._lock:
            self._polls[run] += 1
            return self._polls[run] - 1

    def note(self, seen: Seen) -> None:
        """Keep what was asked; the oldest goes when there are too many."""
        with self._lock:
            self._log.append(seen)

    def asked(self) -> list[Seen]:
        """Return what was asked, newest last."""
        with self._lock:
            return list(self._log)
