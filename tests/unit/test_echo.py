"""What an answer repeats of our credentials is masked, and nothing else is changed."""

from __future__ import annotations

import json

import pytest

from runner.client.echo import Echo
from runner.client.outcome import Answer, Distrusted, Got, Missed
from runner.profiles import Credentials
from tests.writings import WRITERS

CREDENTIALS = Credentials("COMPANY/Key==", "user@acme.example", 'p@ss w/ord"')
STATUS_URL = "https://api.example/api/public/reports/report/w/r/status?companyKey=COMPANY%2FKey%3D%3D"
RESULT = {"workflowId": "w", "runId": "r", "downloadUrl": "", "statusUrl": STATUS_URL}
JOB = {"status": "PASS", "result": RESULT}


def kept(answer: Answer) -> Answer:
    """Return the answer as it is kept."""
    return Echo(CREDENTIALS).kept(answer)


def body(text: str) -> str:
    """Return a body as it is kept."""
    answer = kept(Got(200, text, "7"))
    assert isinstance(answer, Got)
    assert (answer.status, answer.retry_after) == (200, "7")
    return answer.body


@pytest.mark.parametrize("text", [json.dumps(JOB), '{ "message" : "no such column" }', "<html>", ""])
def test_what_repeats_nothing_stays_as_it_came(text: str) -> None:
    """Byte for byte; the address of a job keeps the company key that it cannot do without."""
    assert body(text) == text


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("secret", [CREDENTIALS.company_key, CREDENTIALS.username, CREDENTIALS.password])
def test_a_credential_in_what_is_said_is_masked(secret: str, write: object) -> None:
    """In a message, a list, or a page of no JSON; in every writing; the job beside it can still be used."""
    assert callable(write)
    said = write(secret)
    whole = json.loads(body(json.dumps({**JOB, "message": f"for {said}.", "more": [said]})))
    assert (whole["message"], whole["more"]) == ("for ***.", ["***"])
    assert whole["result"] == RESULT
    assert body(f"<p>{said}</p>") == "<p>***</p>"


def test_a_word_that_decides_is_left_alone() -> None:
    """Whose password is COMPLETED still gets files."""
    echo = Echo(Credentials("RUNNING", "CLOSED", "COMPLETED"))
    state = json.dumps({"runnerState": "CLOSED", "detail": "COMPLETED", "reason": "not COMPLETED"})
    answer = echo.kept(Got(200, state, ""))
    assert isinstance(answer, Got)
    assert json.loads(answer.body) == {"runnerState": "CLOSED", "detail": "COMPLETED", "reason": "not ***"}


def test_a_phrase_that_decides_is_left_alone() -> None:
    """A user called `exports` is an ordinary one: a full queue stays a wait, and is no failed job."""
    echo = Echo(Credentials("Company-Key", "exports", "buckets"))
    said = "User exports is attempting to run too many exports."
    answer = echo.kept(Got(200, json.dumps({"reason": said, "result": "Too many buckets (745)"}), ""))
    assert isinstance(answer, Got)
    assert json.loads(answer.body) == {
        "reason": "User *** is attempting to run too many exports.",
        "result": "Too many buckets (745)",
    }


def test_what_is_nested_too_deeply_is_masked_as_text() -> None:
    """Nobody can use such an answer; it is told all the same."""
    assert CREDENTIALS.username not in body("[" * 5000 + f'"{CREDENTIALS.username}"' + "]" * 5000)


def test_our_own_words_are_looked_at_too() -> None:
    """A server can lead to an address whose path is the password."""
    lie = Distrusted("E-ORIGIN", f"led to https://x.example/{CREDENTIALS.username}")
    assert kept(lie) == Distrusted("E-ORIGIN", "led to https://x.example/***")
    assert kept(Missed(True, "E-CUT", "cut")) == Missed(True, "E-CUT", "cut")
