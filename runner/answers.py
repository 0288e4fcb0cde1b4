"""PURE: what an answer of the vendor means.

The reading is as tolerant as the documents are uneven, and no more: `result` is an object, a list of one, or
a text on a bad request (quirks result-object-or-array, result-as-string); `detail` or `details`; PASS and
CLOSED do not mean success (pass-on-failure, closed-is-not-success). An unknown state is an error, never
"still running".
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import quote

from runner.errors import Exit, shortened

OVERFLOW = "too many exports"
"""What the reason of a job says that a full queue has pushed out [B]."""
_BUCKETS = re.compile(r"Too many buckets \(([0-9]{1,9})\)")
"""What the one printed error text says, with the number of buckets that were asked for [O]."""

_STATUS = {
    404: "the server knows no such report at this address",
    405: "the server takes another method for this report",
    413: "the server finds the request too long: ask for fewer columns or filters",
    414: "the server finds the request too long: ask for fewer columns or filters",
}
"""What a refusal means whose body says nothing."""

ACCIDENTS = ("FAILED", "TIMED_OUT")
"""The details of a closed job that may well be another the next time."""


@dataclass(frozen=True, slots=True)
class Job:
    """A created job. `status_url` is as the server gave it, or the documented path where it gave none."""

    workflow_id: str
    run_id: str
    status_url: str


@dataclass(frozen=True, slots=True)
class Running:
    """Queued or in progress; the vendor does not tell which."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Ended well. `download_url` may still be empty: the guide says to ask again a little later [G]."""

    download_url: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Closed without a file. `overflow` is True where the queue was full: a wait, not a failure [B].

    `again` says that the bad end may have been an accident; a job that someone cancelled had none.
    """

    reason: str
    overflow: bool
    again: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """The server does not know the job (any more)."""


@dataclass(frozen=True, slots=True)
class Busy:
    """The server asks to come back later (429, 503 with Retry-After): it did nothing."""


@dataclass(frozen=True, slots=True)
class Ill:
    """The server failed (5xx): nobody can tell what it did."""

    message: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """An answer that ends the matter: a stable code, what was seen, and the exit code it stands for."""

    code: str
    message: str
    exit: Exit


class _Unreadable(Exception):
    """The body is not what any document prints; the message says why."""


def read_create(status: int, body: str, retry_after: str = "") -> Job | Busy | Ill | Trouble:
    """Read the answer to a create request.

    The bucket text ends the matter however it comes: bare, in an envelope, under any status.
    """
    read = _read_create(status, body, retry_after)
    if not isinstance(read, Job | Busy) and (found := _BUCKETS.search(body)):
        message = f"the vendor does not compute so many buckets at once: {found[1]}"
        return Trouble("E-BUCKETS", message, Exit.VENDOR)
    return read


def _read_create(status: int, body: str, retry_after: str) -> Job | Busy | Ill | Trouble:
    if (other := _by_status(status, body, retry_after)) is not None:
        return other
    try:
        return _job(_result(body))
    except _Unreadable as error:
        return Trouble(
            "E-ANSWER", f"the answer to the create request cannot be used: {error}", Exit.UNTRUSTED
        )
    except _Refused as error:
        return Trouble("E-REFUSED", f"the vendor refused the export: {error}", Exit.VENDOR)


def read_status(
    status: int, body: str, workflow_id: str = "", retry_after: str = ""
) -> Running | Ready | Ended | Gone | Busy | Ill | Trouble:
    """Read the answer to a status request for the job `workflow_id` (empty: any)."""
    if status in (404, 410):
        return Gone()
    if (other := _by_status(status, body, retry_after)) is not None:
        return other
    try:
        return _state(_result(body), workflow_id)
    except (_Unreadable, _Refused) as error:
        return Trouble(
            "E-ANSWER", f"the answer to the status request cannot be used: {error}", Exit.UNTRUSTED
        )


class _Refused(Exception):
    """The body says that the request was refused; the message is the vendor's, made visible and short."""


def _by_status(status: int, body: str, retry_after: str) -> Busy | Ill | Trouble | None:
    """Judge by the HTTP status alone; None where the body decides. No status but 200 is documented."""
    if status == 200:
        return None
    if status == 429 or (status == 503 and retry_after):
        return Busy()
    if 500 <= status <= 599:
        return Ill(f"HTTP {status}")
    if status == 401:
        message = "HTTP 401: the server does not accept the user name or the password"
        return Trouble("E-CREDENTIALS", message, Exit.CREDENTIALS)
    if status == 403:
        message = "HTTP 403: this user may not ask for this, or the company key is not the right one"
        return Trouble("E-FORBIDDEN", message, Exit.CREDENTIALS)
    if 400 <= status <= 499:
        said = _said(body) or _STATUS.get(status, "")
        return Trouble("E-REFUSED", f"HTTP {status}{': ' + said if said else ''}", Exit.VENDOR)
    return Trouble("E-ANSWER", f"HTTP {status} is not an answer this API gives", Exit.UNTRUSTED)


def _said(body: str) -> str:
    """Return what an error body says, in at most 300 visible characters; empty where it is not JSON."""
    try:
        data = strict_json(body)
    except ValueError:
        return ""
    if isinstance(data, dict):
        for name in ("message", "result", "reason"):
            if isinstance(data.get(name), str) and data[name]:
                return shortened(data[name], 300)
    return ""


def _result(body: str) -> dict[str, Any]:
    """Return the one object under `result`; _Unreadable or _Refused where there is none."""
    try:
        data = strict_json(body)
    except ValueError as error:
        raise _Unreadable(str(error)) from error
    if not isinstance(data, dict):
        raise _Unreadable("it is not a JSON object")
    result = data.get("result")
    if isinstance(result, str):
        raise _Refused(shortened(result, 300))
    if not isinstance(data.get("status"), str):
        raise _Unreadable("it has no status")
    if data["status"] != "PASS":
        raise _Refused(_said(body) or "its status is not PASS")
    if isinstance(result, list) and len(result) == 1:
        result = result[0]
    if not isinstance(result, dict):
        raise _Unreadable("its `result` is neither an object nor a list of one")
    return result


def _job(result: dict[str, Any]) -> Job:
    """Read the job of a create answer. Without a statusUrl the documented path is built."""
    workflow_id, run_id = _text(result, "workflowId"), _text(result, "runId")
    if "statusUrl" in result:
        url = _text(result, "statusUrl")
        if not url:
            raise _Unreadable("its statusUrl is empty")
        return Job(workflow_id, run_id, url)
    if not (workflow_id and run_id):
        raise _Unreadable("it has no statusUrl, and not both ids to build one from")
    return Job(workflow_id, run_id, built_status_url(workflow_id, run_id))


def built_status_url(workflow_id: str, run_id: str) -> str:
    """Return the documented status path; the client adds origin and companyKey (quirk missing-urls)."""
    return f"/api/public/reports/report/{quote(workflow_id, safe='')}/{quote(run_id, safe='')}/status"


def _state(result: dict[str, Any], workflow_id: str) -> Running | Ready | Ended | Trouble:
    """Decide by runnerState and detail, as the reference's table says."""
    job, inner = _object(result, "jobInfo"), _object(result, "result")
    if workflow_id and (other := _text(job, "workflowId")) and other != workflow_id:
        raise _Unreadable("it speaks of another job")
    state, detail = _text(inner, "runnerState"), _text(inner, "detail") or _text(inner, "details")
    reason = shortened(_text(inner, "reason"), 300)
    if state == "RUNNING":
        return Running()
    if state != "CLOSED":
        return Trouble(
            "E-STATE", f"runnerState {shortened(state, 60)!r} is not a documented state", Exit.UNTRUSTED
        )
    if detail == "COMPLETED":
        return Ready(_text(job, "downloadUrl"))
    if OVERFLOW in reason:
        return Ended(reason, overflow=True)
    if not detail:
        return Trouble(
            "E-STATE", "the job is CLOSED, but the answer does not say how it ended", Exit.UNTRUSTED
        )
    ending = shortened(detail, 60)
    said = f"the job ended as {ending}{': ' + reason if reason else ''}"
    return Ended(said, overflow=False, again=detail in ACCIDENTS)


def _object(data: dict[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name)
    if not isinstance(value, dict):
        raise _Unreadable(f"its `{name}` is missing or not an object")
    return value


def _text(data: dict[str, Any], name: str) -> str:
    """Return a text field; empty where it is absent or null."""
    value = data.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _Unreadable(f"its `{name}` is not text")
    return value


def strict_json(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Parse JSON as the standard has it: no duplicate key, no NaN, no lone surrogate; a BOM is let pass.

    Raises ValueError with a short reason that never quotes the text.
    """
    try:
        data = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_once, parse_constant=_no_constant)
        json.dumps(data, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except UnicodeEncodeError:
        raise ValueError("it holds half a character (a lone surrogate)") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON (line {error.lineno}, column {error.colno})") from None
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("it has the same key twice in one object")
    return data


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
