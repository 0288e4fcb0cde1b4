"""The sandbox against what the documents print, and against the catalogue, another copy of the same.

The sandbox knows the vendor's operations from a table of its own. Both were copied by hand, so where they
agree a slip in either is unlikely, and where they do not, one of them is wrong.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from runner import answers, catalog
from runner.catalog import Buckets
from runner.sandbox import jobs, memory, rules
from runner.sandbox.accounts import COMPANY_KEY
from runner.sandbox.columns import GENERIC, JSON_ONLY, KNOWN
from runner.sandbox.endpoints import ENDPOINTS
from runner.sandbox.quirks import Quirks
from tests.sandbox_calls import WEEK, Caller, content, data, header

CATALOG = catalog.load()

CREATED = {
    "status": "PASS",
    "request": None,
    "message": None,
    "result": {
        "workflowId": "cc645bd3-9def-3d5c-bf05-20efeb11f453",
        "runId": "23IS1+Anp9mm9Bl+C2VZV3UY2T6g4H6eoODJUFQPVpvlI=",
        "downloadUrl": "",
        "statusUrl": "https://host/...?companyKey=[COMPANY_KEY]",
    },
}
"""The create answer as printed [O]; values that differ per job are shown by their type alone below."""


def status(state: str, detail: str, url: str) -> dict[str, Any]:
    """Return the object under `result` of a status answer, as printed [O]."""
    inner = {
        "runnerState": state,
        "reason": None,
        "detail": detail,
        "currentCount": None,
        "totalCount": None,
        "lastAcknowledgeTime": None,
    }
    return {
        "jobInfo": {"workflowId": "w", "runId": "r", "downloadUrl": url, "statusUrl": "s"},
        "result": inner,
    }


PRINTED = {
    "ready": status("CLOSED", "COMPLETED", "d"),
    "running": [status("RUNNING", "", "")],
    "failed": [status("CLOSED", "FAILED", "")],
}
"""What stands under `result` in the three printed status answers [O]."""

VARY = {"workflowId", "runId", "statusUrl"}


def shape(value: Any, name: str = "") -> Any:
    """Return a value with what differs per job replaced by whether it is filled; keys keep their order."""
    if isinstance(value, dict):
        return [(key, shape(one, key)) for key, one in value.items()]
    if isinstance(value, list):
        return {"list": [shape(one) for one in value]}
    if name in VARY or name == "downloadUrl":
        return bool(value)
    return value


def test_the_create_answer_is_as_printed() -> None:
    """The same keys in the same order, the same constants, ids and statusUrl filled, downloadUrl empty."""
    assert shape(data(Caller().create())) == shape(CREATED)


def test_the_create_answer_of_user_is_as_printed() -> None:
    """Its downloadUrl is filled from the beginning (quirk download-url-early)."""
    printed = {**CREATED, "result": {**CREATED["result"], "downloadUrl": "https://host/..."}}  # type: ignore[dict-item]
    assert shape(data(Caller().create("user", form=dict(WEEK)))) == shape(printed)


@pytest.mark.parametrize("state", PRINTED)
def test_the_status_answer_is_as_printed(state: str) -> None:
    """An object when ready, a list of one when running or failed, all under PASS."""
    caller = Caller(Quirks(fail_reports=frozenset({"conversation"} if state == "failed" else ())))
    created = caller.create()
    if state != "running":
        caller.clock.advance(600_000)
    printed = {"status": "PASS", "request": None, "message": None, "result": PRINTED[state]}
    assert shape(data(caller.poll(created))) == shape(printed)


def test_the_client_s_reading_agrees() -> None:
    """What the sandbox says, `runner.answers` understands: job, running, ready, failed, pushed out."""
    caller = Caller()
    made = [content(caller.create()).decode() for _ in range(6)]
    read = [answers.read_create(200, one) for one in made]
    assert all(isinstance(one, answers.Job) for one in read)
    polled = [content(caller.follow(one.status_url)).decode() for one in read if isinstance(one, answers.Job)]
    assert isinstance(answers.read_status(200, polled[0]), answers.Running)
    pushed_out = answers.read_status(200, polled[5])
    assert isinstance(pushed_out, answers.Ended)
    assert pushed_out.overflow
    caller.clock.advance(600_000)
    assert isinstance(read[0], answers.Job)
    ready = answers.read_status(200, content(caller.follow(read[0].status_url)).decode(), read[0].workflow_id)
    assert isinstance(ready, answers.Ready)
    assert ready.download_url


def test_the_client_builds_the_status_path_that_the_sandbox_knows() -> None:
    """Where a create answer has no URLs, the documented path leads to the job (quirk missing-urls)."""
    caller = Caller(Quirks(create_without_urls=True))
    job = answers.read_create(200, content(caller.create()).decode())
    assert isinstance(job, answers.Job)
    assert caller.call("GET", f"{job.status_url}?companyKey={COMPANY_KEY}").status == 200


def test_both_copies_have_the_same_reports() -> None:
    """Fourteen of them, at the same paths, with the same methods."""
    ours = {name: f"/api/public/reports/report/{one.path}{name}" for name, one in ENDPOINTS.items()}
    assert {name: one.path for name, one in CATALOG.reports.items()} == ours
    for name, endpoint in ENDPOINTS.items():
        assert [one.method for one in CATALOG.reports[name].operations] == list(endpoint.media)


@pytest.mark.parametrize("report", ENDPOINTS)
def test_both_copies_have_the_same_parameters(report: str) -> None:
    """What is declared is known to the sandbox, travels in the same place, and is as much required.

    Of undeclared ones the sandbox takes only teamIds, which the generic operation's text names.
    """
    ours, theirs = ENDPOINTS[report], CATALOG.reports[report]
    declared = {one.name for one in theirs.parameters if one.declared} - {"companyKey"}
    assert set(ours.parameters) - declared <= {"teamIds"}
    assert declared <= set(ours.parameters)
    assert {one.name for one in theirs.parameters if one.required} == ours.required | {"companyKey"}
    for operation in theirs.operations:
        in_form = {name for name in declared if ours.travels_in_form(name, operation.method)}
        assert in_form == declared & operation.form


@pytest.mark.parametrize("report", ENDPOINTS)
def test_allowed_values_are_allowed(report: str) -> None:
    """Each value that the catalogue allows or tolerates is accepted, alone; any other is refused."""
    theirs = CATALOG.reports[report]
    for parameter in theirs.parameters:
        if not parameter.declared or parameter.allowed is None or parameter.name == "timeInterval":
            continue
        for value in (*parameter.allowed, *parameter.tolerated):
            assert accepted(report, parameter.name, str(value)), (parameter.name, value)
        assert not accepted(report, parameter.name, "no such value"), parameter.name


def accepted(report: str, name: str, value: str) -> bool:
    """Say whether a request with one more parameter is accepted."""
    form, method = ENDPOINTS[report].travels_in_form(name, "POST"), "POST"
    extra = {"enableBusinessHour": "true"} if name == "businessHourType" else {}
    needed = {"timeInterval": "86400000"} if "timeInterval" in ENDPOINTS[report].required else {}
    asked = {**WEEK, **extra, **needed, name: value}
    caller = Caller(Quirks(over_rate="ignore"))
    path = ENDPOINTS[report].path + report
    if ENDPOINTS[report].form:
        in_query = {} if form else {name: value}
        return caller.create(path, method, form=asked, **in_query).status == 200
    return caller.create(path, method, **asked).status == 200


def test_both_copies_have_the_same_limits() -> None:
    """Requests, slots, months, hours, and the words of a full queue."""
    limits = CATALOG.api.limits
    assert limits.requests_per_minute == memory.REQUESTS_PER_MINUTE
    assert (limits.running, limits.queued) == (jobs.USER_RUNNING, jobs.USER_TOTAL)
    assert (limits.company_running, limits.company_queued) == (jobs.COMPANY_RUNNING, jobs.COMPANY_TOTAL)
    assert limits.download_hours * 3_600_000 == jobs.LINK_LIFE_MS
    assert (limits.window_months, limits.history_months) == (rules.WINDOW_MONTHS, Quirks().history_months)
    assert CATALOG.api.overflow_reason == jobs.OVERFLOW


def test_both_copies_have_the_same_interval_rule() -> None:
    """The allowed intervals, and what a month and a week allow."""
    report = CATALOG.reports["team_performance_interval"]
    rule = next(one for one in report.rules if isinstance(one, Buckets))
    assert set(rule.month) == rules.MONTH_RULE
    assert set(rule.week) == rules.WEEK_RULE
    assert rule.monthly_above == rules.WEEK_MS
    parameter = report.parameter("timeInterval")
    assert parameter is not None
    assert {int(str(one)) for one in parameter.allowed or ()} == rules.INTERVALS


@pytest.mark.parametrize("report", ENDPOINTS)
def test_no_column_of_the_sandbox_s_own_became_a_fact(report: str) -> None:
    """The catalogue has the documented columns and no other; what the sandbox invented stays here."""
    documented = {*KNOWN.get(report, ()), *JSON_ONLY.get(report, ())}
    assert {one.name for one in CATALOG.reports[report].metrics} == documented
    assert {one.name for one in CATALOG.api.generic_metrics} == set(GENERIC)


def test_the_tutorial_s_requests_work() -> None:
    """The guide's three steps, with its parameters (en_US and all) and windows, on an endless history."""
    caller = Caller(Quirks(history_months=None))
    asked = {
        "startTime": 1_551_441_600_000,
        "endTime": 1_556_712_000_000,
        "reportFormat": "csv",
        "locale": "en_US",
    }
    metrics = ["CONVERSATION_ID", "STATUS", "ASSIGNEE_ID"]
    target = f"/api/public/reports/report/conversation?companyKey={COMPANY_KEY}&{urlencode(asked)}"
    for query, first in (
        ("", b"CONVERSATION_ID,STATUS,TIME_ZONE,"),
        (f"&{urlencode({'reportMetrics': metrics}, True)}", b""),
    ):
        created = caller.call("POST", target + query)
        link = caller.finish(created)["jobInfo"]["downloadUrl"]
        file = content(caller.follow(header(caller.follow(link), "location")))
        assert file.startswith(first or b"CONVERSATION_ID,STATUS,ASSIGNEE_ID\r\n")
