"""What holds for the sandbox whatever is asked."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner import catalog
from runner.sandbox import jobs
from runner.sandbox.application import Application
from runner.sandbox.ask import DAY_MS, Ask
from runner.sandbox.clock import START_MS, VirtualClock
from runner.sandbox.columns import all_columns
from runner.sandbox.jobs import Job
from runner.sandbox.render import render
from runner.sandbox.rows import rows
from runner.sandbox.wire import Request
from tests.sandbox_calls import API, STORAGE, basic, content

ADDITIVE = sorted(
    name
    for name, one in catalog.load().reports.items()
    if one.composition_for({"conversationReportType": "CREATED"}) == "additive"
)
FIRST = 1_767_000_000_000
INSTANTS = st.integers(FIRST, FIRST + 6 * DAY_MS)


def ask(report: str, start: int, end: int) -> Ask:
    """Ask for [start, end], both inside."""
    return Ask(report=report, start_ms=start, end_ms=end, as_of_ms=START_MS, conversations="CREATED")


@pytest.mark.parametrize("report", ADDITIVE)
@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(INSTANTS, min_size=3, max_size=3, unique=True).map(sorted))
def test_the_parts_of_an_additive_report_add_up(report: str, cuts: list[int]) -> None:
    """Cut a window anywhere: the rows of the parts, one after the other, are those of the whole."""
    start, middle, end = cuts
    parts = [*rows(ask(report, start, middle - 1), 1), *rows(ask(report, middle, end), 1)]
    assert parts == list(rows(ask(report, start, end), 1))


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(INSTANTS, min_size=3, max_size=3, unique=True).map(sorted))
def test_closed_conversations_and_total_times_add_up(cuts: list[int]) -> None:
    """So do conversations by closing, and the times of users, also where a state lies across the cut."""
    start, middle, end = cuts
    windows = ((start, middle - 1), (middle, end), (start, end))
    closed = [list(rows(replace(ask("conversation", *one), conversations="CLOSED"), 1)) for one in windows]
    assert closed[0] + closed[1] == closed[2]
    place = all_columns("user").index("TOTAL_GREEN_STATE_TIME_MILLIS")
    green = [[int(row[place]) for row in rows(ask("user", *one), 1)] for one in windows]
    assert [one + other for one, other in zip(green[0], green[1], strict=True)] == green[2]


@settings(max_examples=20, deadline=None)
@given(
    report=st.sampled_from(sorted(catalog.load().reports)),
    start=st.integers(FIRST - 400 * DAY_MS, START_MS + DAY_MS),
    length=st.integers(1, 3 * DAY_MS),
    seed=st.integers(0, 5),
)
def test_a_json_file_is_always_whole(report: str, start: int, length: int, seed: int) -> None:
    """An array of objects with every column, all text, for any window."""
    one = ask(report, start, start + length)
    found = json.loads(b"".join(render(one, seed)))
    assert all(tuple(row) == all_columns(report) for row in found)
    assert all(type(value) is str for row in found for value in row.values())


PAIRS = st.lists(st.tuples(st.text(max_size=8), st.text(max_size=20)), max_size=6).map(tuple)


@settings(max_examples=60, deadline=None)
@given(pairs=PAIRS, sequence=st.integers(0, 10**6), seed=st.integers())
def test_a_run_id_is_read_back(pairs: tuple[tuple[str, str], ...], sequence: int, seed: int) -> None:
    """Whatever a request held, its run id carries it."""
    job = Job("user", pairs, "u", "c", START_MS, START_MS, START_MS + 1, sequence)
    assert jobs.job_of(jobs.run_id(job, seed), seed) == job


@settings(max_examples=60, deadline=None)
@given(text=st.one_of(st.text(max_size=60), st.binary(min_size=12, max_size=40).map(lambda one: one.hex())))
def test_no_other_text_is_a_run_id(text: str) -> None:
    """What this sandbox did not give out brings nothing, and no error."""
    assert jobs.job_of(text, 1) is None


STEPS = st.lists(
    st.tuples(st.integers(0, 30_000), st.sampled_from("ABC"), st.integers(10_000, 120_000)), max_size=40
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_no_more_jobs_run_than_may(steps: list[tuple[int, str, int]]) -> None:
    """At every instant at most two jobs of a user and four of a company run, and five of a user are held."""
    now, known = START_MS, []
    for gap, user, build in steps:
        now += gap
        known.append(jobs.queued(Job("user", (), user, "c", now, now, now, len(known)), build, known))
    running = [one for one in known if not one.fate]
    for at in [one.start_ms for one in running]:
        inside = [one.user for one in running if one.start_ms <= at < one.finish_ms]
        assert len(inside) <= jobs.COMPANY_RUNNING
        assert all(inside.count(user) <= jobs.USER_RUNNING for user in "ABC")
    for at in [one.created_ms for one in running]:
        held = [one.user for one in running if one.created_ms <= at < one.finish_ms]
        assert all(held.count(user) <= jobs.USER_TOTAL for user in "ABC")


SEGMENTS = st.sampled_from(
    [
        "api",
        "public",
        "reports",
        "report",
        "marketing",
        "conversation",
        "user",
        "status",
        "download",
        "",
        "%2F",
        "é",
    ]
)
QUERY = st.lists(
    st.tuples(
        st.sampled_from(["companyKey", "startTime", "endTime", "priorities", "timezone", "x"]),
        st.one_of(
            st.sampled_from(["SANDBOX-COMPANY-KEY", "1767571200000", "1768175999999"]), st.text(max_size=6)
        ),
    ),
    max_size=5,
)


@settings(max_examples=100, deadline=None)
@given(
    method=st.sampled_from(["GET", "POST", "DELETE"]),
    segments=st.lists(SEGMENTS, max_size=8),
    query=QUERY,
    body=st.binary(max_size=30),
    port=st.sampled_from(["api", "storage"]),
    logged_in=st.booleans(),
)
def test_any_request_gets_an_answer(
    method: str, segments: list[str], query: list[tuple[str, str]], body: bytes, port: str, logged_in: bool
) -> None:
    """Nothing that can be sent makes the sandbox fail; answers are JSON."""
    application = Application(clock=VirtualClock(), api_origin=API, storage_origin=STORAGE)
    headers = {"content-type": "application/x-www-form-urlencoded", **(basic() if logged_in else {})}
    target = f"/{'/'.join(segments)}?{'&'.join(f'{name}={value}' for name, value in query)}"
    response = application(Request(method, target, headers, body, "api" if port == "api" else "storage"))
    assert response.status in (200, 400, 401, 403, 404, 405)
    assert json.loads(content(response))
