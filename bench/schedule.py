"""`make bench-schedule`: how long the lane takes, beside a bound that nobody beats and other ways of asking.

No clock runs and nothing sleeps: the real Lane meets the sandbox's quotas and queue on a virtual clock. An
answer takes no time. Log-normal build times have the mean 120 s and the sigma 0.5; each job has its own, the
same for every policy. "ours" has the journal of one earlier run of twelve such jobs, as a monthly manifest
has from its second month on; "ours, first run" knows nothing beforehand.
"""

from __future__ import annotations

import json
import math
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from bench.policies import START_MS, backoff, fixed, lane_run, paced_run
from bench.vendor import Limits, Vendor, bound_s
from runner.events import Event

JOBS = (12, 60, 360, 2000)
BUILDS = ("10 s", "120 s", "600 s", "log-normal 120 s")
NAMES = (
    "limits", "build", "jobs", "policy", "makespan", "bound", "ratio", "requests per export", "rejections",
    "expired",
)  # fmt: skip
AHEADS = (0, 1, 2, 3)
HEAD = (
    "# How long the lane takes",
    "",
    "Made by `make -s bench-schedule > bench/SCHEDULE.md`. What is measured, and how: the docstrings of",
    "`bench/schedule.py` and `bench/policies.py`; why nothing beats the bound: that of `runner/price.py`.",
    "",
)
MIDDLE = (
    "",
    "How long 60 jobs take under the vendor's limits, in a first run, by how many may wait there behind the",
    "two that run. The vendor advises two and allows three.",
    "",
)
LIMITS = (Limits("vendor", 1), Limits("10x", 10))
SIGMA = 0.5
PACED: dict[str, Callable[[int], int]] = {
    "fixed 5 s": fixed(5),
    "fixed 15 s": fixed(15),
    "15 s x 1.2 to 120 s": backoff,
}
POLICIES = ("ours", "ours, first run", *PACED)


@dataclass(frozen=True, slots=True)
class Row:
    """One policy in one cell of the grid."""

    policy: str
    jobs: int
    build: str
    limits: str
    makespan_s: float
    bound_s: float
    ratio: float
    requests_per_export: float
    rejections: int
    """Answers 429, and jobs that a full queue pushed out."""
    expired: int


def builds(kind: str, jobs: int, seed: str = "bench") -> list[int]:
    """Return how long each job takes, in ms."""
    if not kind.startswith("log-normal"):
        return [int(kind.removesuffix(" s")) * 1000] * jobs
    dice = random.Random(f"{seed} {jobs}")  # noqa: S311 - build times, no secret
    mu = math.log(120_000) - SIGMA**2 / 2
    return [int(dice.lognormvariate(mu, SIGMA)) for _ in range(jobs)]


def measured(policy: str, jobs: int, build: str, limits: Limits) -> Row:
    """Run one policy in one cell."""
    times = builds(build, jobs)
    vendor, bound = Vendor(limits, times), bound_s(limits, times)
    if policy in PACED:
        makespan = paced_run(vendor, PACED[policy])
    else:
        makespan, _ = lane_run(vendor, remembered(build, limits) if policy == "ours" else ())
    return Row(
        policy,
        jobs,
        build,
        limits.name,
        round(makespan / 1000, 1),
        round(bound, 1),
        round(makespan / 1000 / bound, 3),
        round(vendor.requests / jobs, 2),
        vendor.refused + vendor.pushed_out,
        vendor.expired,
    )


def remembered(build: str, limits: Limits) -> Iterator[Event]:
    """Return the events of an earlier run of twelve jobs, which ended days ago, as its journal has them."""
    _, events = lane_run(Vendor(limits, builds(build, 12, "earlier")))
    for event in events:
        yield replace(event, key=f"earlier {event.key}", at=event.at - START_MS)


def grid(jobs: Sequence[int] = JOBS) -> Iterator[Row]:
    """Measure every cell with these numbers of jobs."""
    for limits in LIMITS:
        for build in BUILDS:
            for count in jobs:
                for policy in POLICIES:
                    yield measured(policy, count, build, limits)


def ahead() -> Iterator[str]:
    """Return lines of a Markdown table: what it gains to let more jobs wait at the vendor."""
    yield "| build | " + " | ".join(f"{count} ahead" for count in AHEADS) + " |"
    yield "|---|" + "--:|" * len(AHEADS)
    for build in BUILDS:
        times = builds(build, 60)
        runs = [(Vendor(LIMITS[0], times), count) for count in AHEADS]
        cells = [f"{lane_run(vendor, ahead=count)[0] / 1000:,.0f} s" for vendor, count in runs]
        yield f"| {build} | {' | '.join(cells)} |"


def table(rows: Iterator[Row]) -> Iterator[str]:
    """Return the rows as lines of a Markdown table."""
    yield f"| {' | '.join(NAMES)} |"
    yield "|---|---|--:|---|--:|--:|--:|--:|--:|--:|"
    for one in rows:
        yield (
            f"| {one.limits} | {one.build} | {one.jobs} | {one.policy} | {one.makespan_s:,.0f} s "
            f"| {one.bound_s:,.0f} s | {one.ratio:.3f} | {one.requests_per_export:.2f} "
            f"| {one.rejections} | {one.expired} |"
        )


def main(shape: str, jobs: Sequence[int] = JOBS) -> None:
    """Print the grid: a table for people, or a list for programs."""
    if shape == "json":
        sys.stdout.write(json.dumps([asdict(row) for row in grid(jobs)], indent=1) + "\n")
        return
    for line in (*HEAD, *table(grid(jobs)), *MIDDLE, *ahead()):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "table")
