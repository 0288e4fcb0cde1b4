"""Answers of the vendor: tolerant where the documents are uneven, strict everywhere else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runner.answers import (
    Busy,
    Ended,
    Gone,
    Ill,
    Job,
    Ready,
    Running,
    Trouble,
    built_status_url,
    read_create,
    read_status,
    strict_json,
)
from runner.errors import Exit

URL = "https://api.example.com/api/public/reports/report/w/r%2B1%3D/status?analyticsAccessToken=t%3D%3D"


def created(**changes: Any) -> str:
    """Return the body of a good create answer with some of its result changed."""
    result = {"workflowId": "w", "runId": "r+1=", "downloadUrl": "", "statusUrl": URL, **changes}
    return json.dumps({"status": "PASS", "request": None, "message": None, "result": result})


def state(runner_state: str, workflow_id: str = "w", url: str = "", **inner: Any) -> str:
    """Return the body of a status answer, its result as a list of one."""
    job = {"workflowId": workflow_id, "runId": "r", "downloadUrl": url}
    result = {"jobInfo": job, "result": {"runnerState": runner_state, "reason": None, **inner}}
    return json.dumps({"status": "PASS", "result": [result]})


def code_of(answer: object) -> str:
    """Return the code of what must be a Trouble."""
    assert isinstance(answer, Trouble)
    return answer.code


def test_a_status_url_is_taken_byte_for_byte() -> None:
    """What the server gave is never decoded, encoded or rebuilt."""
    assert read_create(200, created()) == Job("w", "r+1=", URL)


def test_a_missing_status_url_is_built_from_both_ids() -> None:
    """Where no URL came, the documented path is built, each id encoded once."""
    body = json.dumps({"status": "PASS", "result": {"workflowId": "w/", "runId": "r+/="}})
    assert read_create(200, body) == Job("w/", "r+/=", built_status_url("w/", "r+/="))
    assert built_status_url("w/", "r+/=") == "/api/public/reports/report/w%2F/r%2B%2F%3D/status"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>log in</html>",
        "[]",
        '{"jobs":[{"id":7}],"next":null}',
        '{"status":"PASS","result":null}',
        '{"status":"PASS","result":[]}',
        '{"status":"PASS","result":[{},{}]}',
        '{"status":"PASS","result":42}',
        '{"status":"PASS","result":{}}',
        '{"status":"PASS","result":{"workflowId":"w"}}',
        '{"status":"PASS","result":{"statusUrl":""}}',
        '{"status":"PASS","result":{"statusUrl":42}}',
        '{"status":"PASS","result":{"statusUrl":null}}',
        '{"status":"PASS","result":{"statusUrl":"a","statusUrl":"b"}}',
        '{"status":"PASS","result":{"statusUrl":"a","n":NaN}}',
        '{"status":"PASS","result":{"statusUrl":"\\ud800"}}',
        '{"status":"PASS","result":' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"status":"PASS","result":{"statusUrl":"a","n":' + "9" * 5000 + "}}",
    ],
    ids=lambda body: body[:60],
)
def test_a_create_answer_that_no_document_prints_is_not_used(body: str) -> None:
    """Whatever cannot be read as a job ends the matter: it is never guessed at."""
    answer = read_create(200, body)
    assert isinstance(answer, Trouble)
    assert (answer.code, answer.exit) == ("E-ANSWER", Exit.UNTRUSTED)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"status":"FAIL","message":"no such metric"}', "no such metric"),
        ('{"status":"FAIL"}', "its status is not PASS"),
        ('{"status":"FAIL","message":"","reason":"why"}', "why"),
        ('{"status":"PASS","result":"Too many\\u001b[31m lines"}', "Too many\\x1b[31m lines"),
        ('{"status":"FAIL","message":"' + "x" * 400 + '"}', "x" * 299 + "…"),
    ],
)
def test_a_refusal_says_what_the_vendor_said(body: str, said: str) -> None:
    """A refused export shows the vendor's words, with control characters made visible."""
    answer = read_create(200, body)
    assert isinstance(answer, Trouble)
    assert (answer.code, answer.exit) == ("E-REFUSED", Exit.VENDOR)
    assert answer.message.endswith(said)


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (404, "<html>", "HTTP 404: the server knows no such report at this address"),
        (405, "", "HTTP 405: the server takes another method for this report"),
        (414, "", "HTTP 414: the server finds the request too long: ask for fewer columns or filters"),
        (404, '{"message":"no company"}', "HTTP 404: no company"),
        (418, "", "HTTP 418"),
    ],
)
def test_a_refusal_without_words_is_put_into_ours(status: int, body: str, message: str) -> None:
    """The vendor's own words come first; where there are none, the status is translated."""
    answer = read_create(status, body)
    assert isinstance(answer, Trouble)
    assert (answer.code, answer.message) == ("E-REFUSED", message)


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    "body",
    [
        "Too many buckets (745) requested.",
        '{"result":"Too many buckets (745) requested."}',
        '{"status":"FAIL","request":null,"message":null,"result":"Too many buckets (745) requested."}',
        '{"status":"PASS","result":"Too many buckets (745) requested."}',
    ],
)
def test_too_many_buckets_are_known_however_they_are_told(body: str, status: int) -> None:
    """Bare or in an envelope, under any status: the one printed error ends the matter, once."""
    answer = read_create(status, body)
    assert isinstance(answer, Trouble)
    assert (answer.code, answer.exit) == ("E-BUCKETS", Exit.VENDOR)
    assert answer.message == "the vendor does not compute so many buckets at once: 745"


def test_a_job_is_a_job_whatever_its_ids_say() -> None:
    """The text counts only where there is no job."""
    body = '{"status":"PASS","result":{"statusUrl":"/x","note":"Too many buckets (745)"}}'
    assert isinstance(read_create(200, body), Job)


@pytest.mark.parametrize(
    ("status", "retry_after", "kind"),
    [(429, "", Busy), (429, "3", Busy), (503, "3", Busy), (503, "", Ill), (500, "", Ill), (599, "9", Ill)],
)
def test_waits_and_illness_are_told_apart(status: int, retry_after: str, kind: type) -> None:
    """429, and 503 with Retry-After, say that nothing was done; other 5xx leave it open."""
    assert isinstance(read_create(status, "", retry_after), kind)
    assert isinstance(read_status(status, "", retry_after=retry_after), kind)


@pytest.mark.parametrize(
    ("status", "code", "exit"),
    [
        (401, "E-CREDENTIALS", Exit.CREDENTIALS),
        (403, "E-FORBIDDEN", Exit.CREDENTIALS),
        (400, "E-REFUSED", Exit.VENDOR),
        (404, "E-REFUSED", Exit.VENDOR),
        (201, "E-ANSWER", Exit.UNTRUSTED),
        (302, "E-ANSWER", Exit.UNTRUSTED),
        (999, "E-ANSWER", Exit.UNTRUSTED),
    ],
)
def test_every_other_status_ends_the_matter(status: int, code: str, exit: Exit) -> None:
    """No status but 200 is documented; each other has one meaning and one exit code."""
    answer = read_create(status, "not JSON")
    assert isinstance(answer, Trouble)
    assert (answer.code, answer.exit) == (code, exit)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"message": "bad window"}', "HTTP 400: bad window"),
        ("[1]", "HTTP 400"),
        ('{"message": 4}', "HTTP 400"),
    ],
)
def test_an_error_body_is_shown_where_it_has_words(body: str, message: str) -> None:
    """A 400 with a message shows it; without one the status alone."""
    answer = read_create(400, body)
    assert isinstance(answer, Trouble)
    assert answer.message == message


@pytest.mark.parametrize("status", [404, 410])
def test_a_job_that_the_server_does_not_know_is_gone(status: int) -> None:
    """404 and 410 to a status request mean that there is no such job any more."""
    assert read_status(status, "") == Gone()


def test_a_completed_job_is_ready_with_or_without_its_url() -> None:
    """The downloadUrl may come a little after COMPLETED."""
    assert read_status(200, state("CLOSED", detail="COMPLETED", url="u")) == Ready("u")
    assert read_status(200, state("CLOSED", details="COMPLETED")) == Ready("")


def test_running_is_running_whatever_else_is_said() -> None:
    """A RUNNING job may carry any detail, and a downloadUrl that means nothing yet."""
    assert read_status(200, state("RUNNING", detail="COMPLETED", url="u")) == Running()


def test_a_full_queue_is_a_wait() -> None:
    """The reason of a job that the queue pushed out is told apart from a failure."""
    reason = "User is attempting to run too many exports."
    assert read_status(200, state("CLOSED", reason=reason)) == Ended(reason, overflow=True)


@pytest.mark.parametrize("detail", ["FAILED", "CANCELED", "TERMINATED", "TIMED_OUT", "CONTINUED_AS_NEW"])
def test_closed_is_not_success(detail: str) -> None:
    """Any detail but COMPLETED is the end without a file; the reason is shown; accidents may be retried."""
    answer = read_status(200, state("CLOSED", detail=detail, reason="\x1b<b>"))
    again = detail in ("FAILED", "TIMED_OUT")
    assert answer == Ended(f"the job ended as {detail}: \\x1b<b>", overflow=False, again=again)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (state("PAUSED"), "E-STATE"),
        (state("CLOSED", detail=None), "E-STATE"),
        (state("CLOSED", detail=4), "E-ANSWER"),
        (state("RUNNING", workflow_id="another"), "E-ANSWER"),
        ('{"status":"PASS","result":{"jobInfo":{}}}', "E-ANSWER"),
        ('{"status":"FAIL","message":"no"}', "E-ANSWER"),
        ("{", "E-ANSWER"),
    ],
)
def test_an_unknown_state_is_an_error(body: str, code: str) -> None:
    """What no document prints is never taken for 'still running'."""
    assert code_of(read_status(200, body, "w")) == code


def test_a_byte_order_mark_is_let_pass() -> None:
    """JSON with a BOM is read."""
    assert strict_json('\ufeff{"a": 1}') == {"a": 1}


def test_an_error_never_quotes_the_text() -> None:
    """The reason of a refusal names a place, not the content, which may be a secret."""
    with pytest.raises(ValueError, match=r"^it is not JSON \(line 1, column 1\)$"):
        strict_json("secret")
