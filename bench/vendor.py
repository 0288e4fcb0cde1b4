"""The vendor as a scheduler sees it: the sandbox's own quotas and queue, without rows and addresses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field

from runner.price import least_ms
from runner.sandbox.jobs import Job, Quotas, queued
from runner.sandbox.memory import REQUESTS_PER_MINUTE, Memory


@dataclass(frozen=True, slots=True)
class Limits:
    """What one user may do: the vendor's own limits, or `times` as much of everything."""

    name: str
    times: int

    @property
    def requests_per_minute(self) -> int:
        """Return the requests a minute."""
        return REQUESTS_PER_MINUTE * self.times

    @property
    def quotas(self) -> Quotas:
        """Return the places for jobs."""
        one = Quotas()
        return Quotas(*(count * self.times for count in astuple(one)))


@dataclass
class Vendor:
    """Takes jobs by number; `builds` says how long each takes, in ms. All instants are epoch ms."""

    limits: Limits
    builds: Sequence[int]
    jobs: dict[int, Job] = field(default_factory=dict)
    requests: int = 0
    refused: int = 0
    """Answers 429."""
    pushed_out: int = 0
    """Jobs that found the queue full."""
    expired: int = 0

    def __post_init__(self) -> None:
        self._memory = Memory(self.limits.requests_per_minute)

    def busy(self, now: int) -> int:
        """Count one request; return 0, or how many ms too early it came."""
        self.requests += 1
        wait = self._memory.wait_ms("user", now)
        self.refused += wait > 0
        return wait

    def create(self, number: int, now: int) -> None:
        """Take a job, or push it out."""

        def make(sequence: int, known: list[Job]) -> Job:
            new = Job("bench", (), "user", "company", now, now, now, sequence)
            return queued(new, self.builds[number], known, self.limits.quotas)

        self.jobs[number] = job = self._memory.admit(now, make)
        self.pushed_out += job.fate == "overflow"

    def ended(self, number: int, now: int) -> bool:
        """Say whether the job has come to its end."""
        return self.jobs[number].ended(now)

    def lives(self, number: int, now: int) -> bool:
        """Say whether the job's file can be fetched, and count it where it cannot any more."""
        dead = self.jobs[number].link_dead(now)
        self.expired += dead
        return not dead

    def created_body(self, number: int) -> str:
        """Return the answer to a create, with a job's number for its ids."""
        result = {"workflowId": str(number), "runId": "r", "downloadUrl": "", "statusUrl": f"/{number}"}
        return json.dumps({"status": "PASS", "result": result})

    def status_body(self, number: int, now: int) -> str:
        """Return the answer to a status request."""
        job, ended = self.jobs[number], self.ended(number, now)
        reason = "too many exports" if job.fate else None
        detail = ("FAILED" if job.fate else "COMPLETED") if ended else ""
        inner = {"runnerState": "CLOSED" if ended else "RUNNING", "detail": detail, "reason": reason}
        info = {"workflowId": str(number), "downloadUrl": f"/{number}/d" if ended else ""}
        return json.dumps({"status": "PASS", "result": {"jobInfo": info, "result": inner}})


def bound_s(limits: Limits, builds: Sequence[int]) -> float:
    """Return a time in seconds that no way of asking can beat (why: `runner.price.least_ms`)."""
    return least_ms(builds, limits.quotas.user_running, limits.requests_per_minute) / 1000
