"""The sandbox's jobs: their ids, their queue, their life."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from runner.sandbox import jobs
from runner.sandbox.ask import DAY_MS
from runner.sandbox.clock import START_MS
from runner.sandbox.jobs import Job

PAIRS = (("startTime", "1767571200000"), ("reportMetrics", "STATUS"))
NEW = Job("conversation", PAIRS, "user", "company", START_MS, START_MS, START_MS, 1)


def test_a_run_id_carries_its_job() -> None:
    """What goes in comes out, with + / and = in every id; the same job has the same id."""
    for sequence in range(40):
        job = replace(NEW, sequence=sequence, pairs=(*PAIRS, ("agentId", "é,🙂" * sequence)))
        run = jobs.run_id(job, seed=1)
        assert jobs.job_of(run, seed=1) == job
        assert all(sign in run for sign in "+/=")
        assert jobs.run_id(job, seed=1) == run


def test_a_run_id_of_somebody_else_is_not_known() -> None:
    """Another seed, a changed character, something short, and what is not base64 bring nothing."""
    run = jobs.run_id(NEW, seed=1)
    changed = ("B" if run[0] == "A" else "A") + run[1:]
    for one in (changed, run[:-4], base64.b64encode(b"short").decode(), "", "not base64!", "é"):
        assert jobs.job_of(one, seed=1) is None
    assert jobs.job_of(run, seed=2) is None


def test_ids_look_like_the_vendor_s() -> None:
    """The workflow id is a version 3 UUID of the request; the URL is percent-encoded once."""
    workflow = jobs.workflow_id(NEW, 1)
    assert (len(workflow), workflow[14]) == (36, "3")
    assert jobs.workflow_id(replace(NEW, sequence=2), 1) == workflow
    url = jobs.url("https://x.invalid", NEW, 1, "status", ("analyticsAccessToken", jobs.token("r", 1)))
    path, _, query = url.partition("?")
    assert "+" not in path
    assert path.count("/") == 9
    assert query.endswith("%3D%3D")


def queue(count: int, *, build: int = 60_000, users: int = 1, known: tuple[Job, ...] = ()) -> list[Job]:
    """Create so many jobs at one instant, in turn for the users."""
    made = list(known)
    for number in range(count):
        new = replace(NEW, user=f"user {number % users}", sequence=number)
        made.append(jobs.queued(new, build + number, made))
    return made


def test_two_jobs_of_a_user_run_at_once() -> None:
    """The third waits for the first to end, the fourth for the second, and so on: 2 run, 5 in all."""
    made = queue(6)
    assert [one.start_ms - START_MS for one in made] == [0, 0, 60_000, 60_001, 120_002, 0]
    assert [one.fate for one in made] == [""] * 5 + ["overflow"]
    assert made[5].ended(START_MS)


def test_four_jobs_of_a_company_run_at_once() -> None:
    """Three users with two jobs each: the last two wait though their user has room."""
    made = queue(6, users=3)
    assert [one.start_ms - START_MS for one in made] == [0, 0, 0, 0, 60_000, 60_001]


def test_a_company_s_queue_is_full_at_fifty() -> None:
    """The 51st job of a company is pushed out."""
    made = queue(51, users=17)
    assert [one.fate for one in made] == [""] * 50 + ["overflow"]


def test_ended_jobs_make_room() -> None:
    """After the first five ended, the next starts at once."""
    made = queue(5)
    later = replace(NEW, user="user 0", created_ms=made[-1].finish_ms)
    assert jobs.queued(later, 10_000, made).start_ms == later.created_ms


def test_a_short_job_does_not_squeeze_past_those_that_wait() -> None:
    """At no instant do more run than may, also where a waiting job starts while the new one would run."""
    long = replace(NEW, start_ms=START_MS, finish_ms=START_MS + 100_000)
    waits = replace(NEW, user="other", start_ms=START_MS + 10_000, finish_ms=START_MS + 50_000)
    others = [replace(waits, user=f"other {one}") for one in range(3)]
    found = jobs.queued(replace(NEW), 30_000, [long, *others])
    assert found.start_ms == START_MS + 50_000


@pytest.mark.parametrize("days", [1, 31, 93, 400])
def test_a_job_runs_10_to_120_seconds(days: int) -> None:
    """Build time is fixed by seed and request, and grows with the window."""
    build = jobs.build_ms(1, "conversation", PAIRS, days * DAY_MS)
    assert 10_000 <= build <= 120_000
    assert build == jobs.build_ms(1, "conversation", PAIRS, days * DAY_MS)
    assert build >= jobs.build_ms(1, "conversation", PAIRS, days * DAY_MS // 2)


def test_a_link_lives_24_hours() -> None:
    """Counted from the job's end, on the sandbox's clock."""
    job = replace(NEW, finish_ms=START_MS + 20_000)
    assert not job.link_dead(START_MS + 20_000 + DAY_MS - 1)
    assert job.link_dead(START_MS + 20_000 + DAY_MS)
