"""The vendor: one sandbox that outlives every run, and the truth about the jobs that it holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import unquote

from runner.cli.lanes import STORAGE_ORIGIN
from runner.profiles import SANDBOX_URL
from runner.sandbox import jobs
from runner.sandbox.application import DEFAULT_SEED, Application
from runner.sandbox.clock import VirtualClock
from runner.sandbox.wire import Request, Response, refused

PIECES = 3
Step = str
"""create, poll, link (the download address, which redirects) or file."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that arrived. `run` is the job's run id: of a create, of the job that it made, if any."""

    step: Step
    run: str
    request: Request


class Vendor:
    """An application for `in_memory`. `saw` is shown each request once it has been answered."""

    def __init__(self, saw: Callable[[Asked], None]) -> None:
        self.clock = VirtualClock()
        self.asked: list[Asked] = []
        self.hiccups = 0
        """So many download addresses are refused once, though the file is there."""
        self._application = Application(
            clock=self.clock, api_origin=SANDBOX_URL, storage_origin=STORAGE_ORIGIN
        )
        self._saw = saw
        self._made: list[str] = []
        self._burnt: dict[str, int] = {}

    def __call__(self, request: Request) -> Response:
        """Answer one request."""
        step, run = _step(request)
        response = self._refused(step, run) or self._application(request)
        if step == "create" and response.status == 200:
            run = _run(b"".join(response.body))
            self._made.append(run)
        if step == "file":
            response = replace(response, body=_pieces(b"".join(response.body)))
        self.asked.append(Asked(step, run, request))
        self._saw(self.asked[-1])
        return response

    def _refused(self, step: Step, run: str) -> Response | None:
        status = self._burnt.get(run, 0)
        if status == 404 and step != "create":
            return refused(404, "there is no such run")
        if status and step in ("link", "file"):
            return refused(status, "gone")
        if step == "link" and self.hiccups:
            self.hiccups -= 1
            return refused(403, "try again")
        return None

    def burn(self, status: int) -> None:
        """Lose all jobs made so far: 404, the job is not known any more; 403 or 410, its file is gone."""
        for run in self._made:
            self._burnt.setdefault(run, status)

    def holds(self, run: str) -> bool:
        """Say whether the file of a job can be had: now, or once the job has ended."""
        job = jobs.job_of(run, DEFAULT_SEED)
        return (
            job is not None
            and not job.fate
            and not job.link_dead(self.clock.now_ms())
            and run not in self._burnt
        )

    def pushed_out(self, run: str) -> bool:
        """Say whether a full queue pushed the job out: no file will ever come of it."""
        job = jobs.job_of(run, DEFAULT_SEED)
        return job is not None and job.fate == "overflow"


def _pieces(content: bytes) -> tuple[bytes, ...]:
    """Return content in as many pieces as it takes to cut it in the middle."""
    size = len(content) // PIECES + 1
    return tuple(content[at : at + size] for at in range(0, len(content), size))


def _step(request: Request) -> tuple[Step, str]:
    parts = request.segments
    if request.port == "storage":
        return "file", parts[-1]
    if parts[-1] in ("status", "download"):
        return ("poll" if parts[-1] == "status" else "link"), unquote(parts[-2])
    return "create", ""


def _run(body: bytes) -> str:
    return str(json.loads(body)["result"]["runId"])
