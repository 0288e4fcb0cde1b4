"""The lies of the matrix: what each does to one answer, and what has to become of the run.

`expected` is written from the exit codes of the design (sections 5 and 6), not from what the program does.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass

from runner.client import Timeouts
from runner.errors import Exit
from runner.sandbox.wire import Response
from tests.contract.rawserver import Seen, says
from tests.crash.lies.stand import CANARY, HASTY, PATIENT, Lie, Turn, head
from tests.crash.lies.wire import Endless, OnTheWire, reset

PAGE = b"<!doctype html><html><body><h1>Sign in</h1></body></html>"
WHEN: dict[str, Callable[[int], bool]] = {
    "first": lambda number: number == 1,
    "second": lambda number: number == 2,
    "every": lambda number: True,
}


def body_of(response: Response) -> bytes:
    """Return an answer's whole body."""
    return b"".join(response.body)


def text(status: int, body: bytes, media: str = "application/json", **headers: str) -> Response:
    """Return an answer with a Content-Length."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Response(status, (("content-type", media), ("content-length", str(len(body))), *named), (body,))


def always(response: Response) -> Lie:
    """Answer with this."""
    return lambda turn: response


def _raises(answer: Callable[[Seen, socket.socket], None]) -> Response:
    raise OnTheWire(answer)


def _resized(turn: Turn, size: Callable[[int], int]) -> tuple[bytes, bytes]:
    """Return head and body of the honest answer, with another Content-Length."""
    honest = turn.honest()
    body = body_of(honest)
    headers = [one for one in honest.headers if one[0] != "content-length"]
    return head(Response(honest.status, (*headers, ("content-length", str(size(len(body))))))), body


def cut(turn: Turn) -> Response:
    """Promise it whole, and end after half: of a file, where a row ends, so that only the length tells."""
    top, body = _resized(turn, lambda size: size or 100)
    half = len(body) // 2
    return _raises(says(top + body[: body.rfind(b"\n", 0, half) + 1 or half]))


def short(turn: Turn) -> Response:
    """Send it whole, and promise half of it."""
    top, body = _resized(turn, lambda size: size // 2)
    return _raises(says(top + body))


def slow_head(turn: Turn) -> Response:
    """Let the headers drip until the client has had enough."""
    return _raises(says(b"HTTP/1.1 200 OK\r\nx: ", *[b"y"] * 100, pause=0.05))


def slow_body(turn: Turn) -> Response:
    """Send the head at once, and let the body drip."""
    top, body = _resized(turn, lambda size: size + 100)
    return _raises(says(top, *[body[:1] or b" "] * 100, pause=0.05))


def endless(turn: Turn) -> Response:
    """Keep status and headers, and never come to an end."""
    honest = turn.honest()
    headers = tuple(one for one in honest.headers if one[0] != "content-length")
    return _raises(Endless(head(Response(honest.status, headers))))


def other_json(turn: Turn) -> Response:
    """Say something, in JSON, that no document prints."""
    return text(200, json.dumps({"jobs": [{"id": 7}], "next": None}).encode())


def foreign_links(turn: Turn) -> Response:
    """Give a good answer, all of whose links lead elsewhere."""
    link = f"{turn.elsewhere}/api/public/reports/report/w/{CANARY}/status?companyKey={CANARY}"
    info = {"workflowId": "w", "runId": CANARY, "statusUrl": link, "downloadUrl": link}
    state = {"runnerState": "CLOSED", "detail": "COMPLETED"}
    result = info if turn.step == "create" else {"jobInfo": info, "result": state}
    if turn.step == "poll":
        # The job that was asked for, so that it is the link alone that gives the lie away.
        info["workflowId"] = turn.request.segments[4]
    return text(200, json.dumps({"status": "PASS", "result": result}).encode())


def away(turn: Turn) -> Response:
    """Redirect to another port of this machine, which a profile on this machine may be led to."""
    return text(307, b"", location=f"{turn.elsewhere}/bucket/x?X-Signature={CANARY}")


def inward(turn: Turn) -> Response:
    """Redirect to where a cloud machine keeps its own credentials."""
    return text(302, b"", location=f"http://169.254.169.254/latest/meta-data?{CANARY}")


def _unread(seen: Seen, connection: socket.socket) -> None:
    reset(connection)


@dataclass(frozen=True)
class Fault:
    """One lie. `family` says what it comes down to for the run; `early` what happens before the request."""

    family: str
    lie: Lie | None = None
    early: str = ""
    timeouts: Timeouts = PATIENT


FAULTS: dict[str, Fault] = {
    "refused": Fault("silence", early="shut"),
    "reset-unread": Fault("silence", early="reset"),
    "reset-after-reading": Fault("silence", lambda turn: _raises(_unread)),
    "closed": Fault("silence", lambda turn: _raises(says())),
    "not-http": Fault("silence", lambda turn: _raises(says(b"SSH-2.0-OpenSSH_9.6\r\n\x00\x01"))),
    "slow-headers": Fault("silence", slow_head, timeouts=HASTY),
    "cut": Fault("half", cut),
    "slow-body": Fault("half", slow_body, timeouts=HASTY),
    "401": Fault("credentials", always(text(401, b"{}", www_authenticate="Basic"))),
    "403": Fault("credentials", always(text(403, b"<Error>AccessDenied</Error>", "application/xml"))),
    "404": Fault("missing", always(text(404, b"no such thing", "text/plain"))),
    "429-retry-after": Fault("busy", always(text(429, b"{}", retry_after="7"))),
    "429": Fault("busy", always(text(429, b""))),
    "503-retry-after": Fault("busy", always(text(503, b"", retry_after="2"))),
    "500": Fault("ill", always(text(500, b'{"message": "NullPointerException"}'))),
    "502-page": Fault("ill", always(text(502, PAGE, "text/html"))),
    "wrong-length": Fault("damage", short),
    "endless": Fault("damage", endless),
    "page": Fault("nonsense", always(text(200, PAGE, "text/html"))),
    "other-json": Fault("nonsense", other_json),
    "foreign-links": Fault("nonsense", foreign_links),
    "redirect-away": Fault("nonsense", away),
    "redirect-inward": Fault("trap", inward),
}
"""All lies by name. The last one is followed by nobody, ever; the one before it without credentials."""


def expected(name: str, step: str, when: str) -> tuple[Exit, ...]:
    """Return the exit code that a run has to end with, where this lie is told at this step.

    One lie of these is enough, for it is a definite answer: no credentials (77), an unknown report (69), an
    address that leads into a trap, and at create and poll what is no answer of this API (76). A file is asked
    for again a few times; so is everything that may mend itself. What is left to do is 75, what is damaged
    all the time 76, and where the vendor has lost a job that was made twice, 69.
    """
    family, once, file = FAULTS[name].family, when != "every", step in ("redirect", "download")
    if step == "redirect" and family in ("half", "damage"):
        return (Exit.DONE,)  # Where it leads stands in a header; the body of a redirect is never read.
    if family == "trap" or (family in ("nonsense", "damage") and not file):
        return (Exit.UNTRUSTED,)
    if family == "credentials" and not file:
        return (Exit.CREDENTIALS,)
    if family == "missing" and step == "create":
        return (Exit.VENDOR,)
    if once:
        return (Exit.DONE,)
    if family in ("credentials", "missing"):
        return (Exit.VENDOR,)
    if file and name == "reset-unread":
        # Whether we were connected when it came is a race: no connection (75), or a file that is cut (76).
        return (Exit.UNFINISHED, Exit.UNTRUSTED)
    if file and family not in ("busy", "ill") and name not in ("refused", "slow-headers", "slow-body"):
        return (Exit.UNTRUSTED,)
    return (Exit.UNFINISHED,)
