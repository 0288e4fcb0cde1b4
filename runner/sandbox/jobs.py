"""PURE: the life of a job, the queue it waits in, and the ids that it is known by.

A run id carries the job itself, sealed by a check sum, so a sandbox that was restarted still knows its jobs:
what a job is at any instant follows from its run id alone. Like the vendor's, run ids hold + / and =.
"""

from __future__ import annotations

import base64
import binascii
import json
import uuid
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Literal
from urllib.parse import quote

from runner.sandbox.ask import DAY_MS
from runner.sandbox.dice import Dice, digest

LINK_LIFE_MS = DAY_MS
"""How long a downloadUrl lives [G, S]; counting from the job's end is the sandbox's own choice."""
OVERFLOW = "User is attempting to run too many exports."
"""The reason of a job that a full queue pushed out [B]."""
USER_RUNNING, USER_TOTAL = 2, 5
COMPANY_RUNNING, COMPANY_TOTAL = 4, 50
"""How many jobs run, and run or wait, at once [B]."""


@dataclass(frozen=True, slots=True)
class Quotas:
    """How many jobs run, and run or wait, at once: the vendor's [B], unless a bench asks for more."""

    user_running: int = USER_RUNNING
    user_total: int = USER_TOTAL
    company_running: int = COMPANY_RUNNING
    company_total: int = COMPANY_TOTAL


VENDORS = Quotas()
_SEAL = 8
_MOST_PLAIN = 65_536


@dataclass(frozen=True, slots=True)
class Job:
    """One accepted create request. `user` and `company` are marks, not names; instants are epoch ms.

    `fate` is how it ends: well (""), pushed out at once ("overflow"), or badly ("failed").
    """

    report: str
    pairs: tuple[tuple[str, str], ...]
    user: str
    company: str
    created_ms: int
    start_ms: int
    finish_ms: int
    sequence: int
    fate: Literal["", "overflow", "failed"] = ""

    def ended(self, now_ms: int) -> bool:
        """Say whether the job is CLOSED; before that it waits or runs, and nobody can tell which."""
        return now_ms >= self.finish_ms

    def link_dead(self, now_ms: int) -> bool:
        """Say whether its downloadUrl has expired."""
        return now_ms >= self.finish_ms + LINK_LIFE_MS


def mark(*parts: str) -> str:
    """Return a short mark that stands for a user or a company in a run id."""
    return digest("mark", *parts)[:6].hex()


def build_ms(seed: int, report: str, pairs: Sequence[tuple[str, str]], window_ms: int) -> int:
    """Return how long a job runs: 10 to 120 seconds, longer for longer windows (the sandbox's own choice)."""
    share = min(window_ms / (93 * DAY_MS), 1.0)
    return 10_000 + int(share * 95_000) + Dice(seed, "build", report, pairs).between(0, 15_000)


def queued(new: Job, build: int, known: Sequence[Job], quotas: Quotas = VENDORS) -> Job:
    """Return the new job with its start and end, behind the jobs that wait or run; or pushed out.

    A user's jobs start in the order in which they were made.
    """
    active = [one for one in known if not one.ended(new.created_ms)]
    own = [one for one in active if one.user == new.user]
    company = [one for one in active if one.company == new.company]
    if len(own) >= quotas.user_total or len(company) >= quotas.company_total:
        return pushed_out(new)
    earliest = max([new.created_ms, *(one.start_ms for one in own)])
    ends = sorted(one.finish_ms for one in company if one.finish_ms > earliest)
    start = next(
        at
        for at in (earliest, *ends)
        if _most(own, at, at + build) < quotas.user_running
        and _most(company, at, at + build) < quotas.company_running
    )
    return replace(new, start_ms=start, finish_ms=start + build)


def pushed_out(new: Job) -> Job:
    """Return the job as closed at once, for want of room."""
    return replace(new, start_ms=new.created_ms, finish_ms=new.created_ms, fate="overflow")


def _most(jobs: Sequence[Job], start: int, end: int) -> int:
    """Return how many of the jobs run at once, at most, within [start, end)."""
    moments = [start, *(one.start_ms for one in jobs if start < one.start_ms < end)]
    return max(sum(one.start_ms <= at < one.finish_ms for one in jobs) for at in moments)


@lru_cache(maxsize=1024)
def run_id(job: Job, seed: int) -> str:
    """Return the id that carries the job. It has each of + / and =, so that encoding is tried."""
    plain = zlib.compress(json.dumps(asdict(job), separators=(",", ":")).encode(), 9)
    if (_SEAL + 1 + len(plain)) % 3 == 0:
        plain += b"\0"
    salted = (_sealed(plain, salt, seed) for salt in range(256))
    texts = (base64.b64encode(one).decode() for one in salted)
    return next(text for text in texts if "+" in text and "/" in text)


def _sealed(plain: bytes, salt: int, seed: int) -> bytes:
    return digest(seed, salt, plain)[:_SEAL] + bytes([salt]) + _masked(plain, salt, seed)


def _masked(content: bytes, salt: int, seed: int) -> bytes:
    """Hide or show content: the same step does both."""
    stream = b"".join(digest(seed, "mask", salt, part) for part in range(len(content) // 32 + 1))
    return bytes(one ^ other for one, other in zip(content, stream, strict=False))


def job_of(run: str, seed: int) -> Job | None:
    """Return the job that a run id carries, or None where this sandbox never gave it out."""
    try:
        content = base64.b64decode(run, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(content) < _SEAL + 2:
        return None
    salt = content[_SEAL]
    plain = _masked(content[_SEAL + 1 :], salt, seed)
    if _sealed(plain, salt, seed) != content:
        return None
    data = json.loads(zlib.decompressobj().decompress(plain, _MOST_PLAIN))
    return Job(**{**data, "pairs": tuple((name, value) for name, value in data["pairs"])})


def workflow_id(job: Job, seed: int) -> str:
    """Return the workflow's id. Like the vendor's it looks like a version 3 UUID, made from the request."""
    return str(uuid.UUID(bytes=digest(seed, job.user, job.company, job.report, job.pairs)[:16], version=3))


def token(run: str, seed: int) -> str:
    """Return the analyticsAccessToken of a run."""
    return base64.b64encode(digest(seed, "token", run)[:16]).decode()


def url(
    origin: str, job: Job, seed: int, last: Literal["status", "download"], secret: tuple[str, str]
) -> str:
    """Return a status or download address, percent-encoded as the vendor's are."""
    path = f"/api/public/reports/report/{workflow_id(job, seed)}/{quote(run_id(job, seed), safe='')}/{last}"
    return f"{origin}{path}?{secret[0]}={quote(secret[1], safe='')}"
