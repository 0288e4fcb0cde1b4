"""R01 to R46: bad answers to a create, and addresses that lead astray."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from runner.events import Created
from runner.sandbox.quirks import Quirks
from tests.contract.rawserver import http, says
from tests.crash.lies.cases import (
    Case,
    at,
    body,
    flagged,
    one_after_the_other,
    one_request,
    said,
    saying,
    sent,
    wire,
    with_result,
)
from tests.crash.lies.faults import PAGE, always, cut, text
from tests.crash.lies.stand import CANARY, HASTY, Ended, Stand, Turn
from tests.crash.lies.wire import Endless, reset

HOST = "sandbox.invalid"
PATH = f"/api/public/reports/report/w/{CANARY}/status?companyKey={CANARY}"


def create(answer: Any, **fields: Any) -> tuple[Case, ...]:
    """Return a case in which every create is answered so."""
    return (Case(at("create", answer), **fields),)


def created(content: str) -> tuple[Case, ...]:
    """Return a case in which every create is answered by these bytes, and is sent once."""
    return create(body(content.encode()), also=one_request)


def leads_to(*urls: str) -> tuple[Case, ...]:
    """Return a case for each address: it stands in the answer to a create, and nothing is sent there."""
    memory = {"memory": True}
    return tuple(Case(at("create", with_result(statusUrl=url)), one_request, stand=memory) for url in urls)


def busy(retry_after: str) -> Any:
    """Answer 429 with a Retry-After."""
    return always(text(429, b"{}", retry_after=retry_after))


def waited(least_s: float, most_s: float) -> Any:
    """Check that each wait between two creates was within these bounds."""

    def check(stand: Stand, ended: Ended, told: str) -> None:
        moments = [one.at for one in ended.events if isinstance(one, Created)]
        waits = [later - before for before, later in pairwise(moments)]
        assert waits
        assert all(least_s * 1000 <= wait <= most_s * 1000 for wait in waits), waits
        assert sum(one.status == 200 for one in ended.events if isinstance(one, Created)) == 1

    return check


def shown(text: str) -> Any:
    """Check that a text is told."""

    def check(stand: Stand, ended: Ended, told: str) -> None:
        assert text in told
        assert "\x1b" not in told
        sent(stand, 1)

    return check


def kept_raw(stand: Stand, ended: Ended, told: str) -> None:
    """Check that what came is in the journal as it came."""
    assert [json.loads(one.body)["result"] for one in ended.events if isinstance(one, Created)] == [None]


def at_home(target: str) -> Any:
    """Check that the job was asked for at our own origin, with an address that holds this."""

    def check(stand: Stand, ended: Ended, told: str) -> None:
        polls = [one.target for one in stand.api.seen if one.method == "GET" and "/status" in one.target]
        assert polls
        assert all(target in one for one in polls), polls
        assert stand.elsewhere.seen == []

    return check


def relative(turn: Turn) -> Any:
    """Give the honest statusUrl without its origin."""
    url = said(turn)["result"]["statusUrl"]
    return with_result(statusUrl=url.removeprefix(turn.api))(turn)


def loud(turn: Turn) -> Any:
    """Give the honest statusUrl in upper case as far as that means the same, with https's own port."""
    url = said(turn)["result"]["statusUrl"].removeprefix(turn.api)
    return with_result(statusUrl=f"HTTPS://{HOST.upper()}:443{url}")(turn)


def byte_for_byte(stand: Stand, ended: Ended, told: str) -> None:
    """Check that the address was sent exactly as it was given."""
    given = [json.loads(one.body)["result"]["statusUrl"] for one in ended.events if isinstance(one, Created)]
    polls = [one.target for one in stand.api.seen if "/status" in one.target]
    assert {f"{stand.api.origin}{one}" for one in polls} == set(given)
    assert all("%2B" in one and "%2F" in one and "%3D" in one for one in polls)
    if stand.quirks.url_secret == "token":
        assert all("?analyticsAccessToken=" in one for one in polls)


def twice(turn: Turn) -> Any:
    """Name statusUrl two times in one object."""
    url = json.dumps(said(turn)["result"]["statusUrl"])
    return text(200, f'{{"status":"PASS","result":{{"statusUrl":"/x","statusUrl":{url}}}}}'.encode())


def marked(turn: Turn) -> Any:
    """Put a byte order mark before good JSON."""
    return text(200, b"\xef\xbb\xbf" + json.dumps(said(turn)).encode())


def _unread(seen: Any, connection: Any) -> None:
    reset(connection)


def huge() -> tuple[Case, ...]:
    """Promise 200 MB of JSON for a status, and count what was taken."""
    answer = Endless(http(200, b"", content_length="200000000", content_type="application/json") + b'{"x":"')

    def check(stand: Stand, ended: Ended, told: str) -> None:
        # 1 MiB, and what the buffers of two sockets hold.
        assert 1 << 20 <= answer.sent <= 10 << 20, answer.sent
        assert ended.creates == 1

    return (Case(at("poll", wire(answer)), check),)


CASES: dict[str, tuple[Case, ...]] = {
    "R01": create(always(text(401, b"{}")), also=one_request),
    "R02": create(always(text(403, b"{}")), also=one_request),
    "R03": create(always(text(404, b"{}")), also=one_request),
    "R04": create(
        always(text(400, rb'{"message": "bad \u001b[31mwindow"}')), also=shown(r"bad \x1b[31mwindow")
    ),
    "R05": (Case(at("create", busy("2"), times=1), waited(2, 12)),),
    "R06": create(busy("2")),
    "R07": (
        Case(
            one_after_the_other(
                "create", *map(busy, ("-5", "abc", "NaN", "99999999", "inf", "Thu, 01 Jan 1970 00:00:00 GMT"))
            ),
            waited(0, 301),
        ),
    ),
    "R08": (Case(at("create", always(text(500, b"")), times=1), flagged),),
    "R09": (Case(at("create", always(text(502, PAGE, "text/html")), times=1), flagged),),
    "R10": create(always(text(503, b"")), also=flagged),
    "R11": create(
        always(text(200, b'{"status":"FAIL","message":"no such window"}')), also=shown("no such window")
    ),
    "R12": create(always(text(200, b'{"status":"PASS","result":null}')), also=kept_raw),
    # Where both ids are there, the documented path is built (quirk missing-urls); here there is only one.
    "R13": create(with_result(statusUrl=None, runId=None), also=one_request),
    "R14": create(with_result(statusUrl=""), also=one_request),
    "R15": create(with_result(statusUrl=42), also=one_request),
    "R16": (
        *create(relative, also=at_home("/api/public/")),
        *create(relative, also=at_home("/api/public/"), stand={"memory": True}),
    ),
    "R17": leads_to(f"https://evil.example{PATH}"),
    "R18": leads_to(f"https://{HOST}@evil.example{PATH}", f"https://{HOST}:x@evil.example{PATH}"),
    "R19": leads_to(f"https://{HOST}.evil.example{PATH}", f"https://not{HOST}{PATH}"),
    "R20": leads_to(f"http://{HOST}{PATH}", f"http://{HOST}:443{PATH}"),
    "R21": leads_to(f"https://{HOST}:8443{PATH}"),
    "R22": leads_to(f"//evil.example{PATH}"),
    "R23": leads_to("javascript:alert(1)", "data:application/json,{}", "file:///etc/passwd"),
    "R24": leads_to("http://169.254.169.254/latest", f"https://169.254.169.254{PATH}"),
    "R25": leads_to(f"https://{HOST}\\@evil.example{PATH}", f"https://{HOST}\\.evil.example{PATH}"),
    "R26": leads_to(f"https://{HOST}.{PATH}"),
    "R27": create(loud, also=at_home("/api/public/"), stand={"memory": True}),
    "R28": (Case(None, byte_for_byte, stand={"quirks": Quirks(url_secret="token")}),),
    "R29": (Case(None, byte_for_byte),),
    "R30": create(saying(lambda data: data | {"result": [data["result"]]})),
    "R31": (
        *create(saying(lambda data: data | {"result": []}), also=one_request),
        *create(saying(lambda data: data | {"result": [data["result"]] * 2}), also=one_request),
    ),
    "R32": create(twice, also=one_request),
    "R33": created('{"status":"PASS","result":{"statusUrl":"/x","n":NaN}}')
    + created('{"status":"PASS","result":{"statusUrl":"/x","n":-Infinity}}'),
    "R34": create(marked),
    "R35": created('{"status":"PASS","result":{"workflowId":"\\ud800","runId":"r","statusUrl":"/x"}}'),
    "R36": created("[" * 100_000 + "]" * 100_000) + created('{"a":' * 100_000 + "1" + "}" * 100_000),
    "R37": created('{"status":"PASS","result":{"statusUrl":"/x","n":' + "9" * 5000 + "}}"),
    "R38": create(always(text(200, PAGE, "text/html")), also=one_request),
    "R39": create(body(b""), also=one_request),
    "R40": huge(),
    "R41": create(saying(lambda data: data, media="text/html")),
    "R42": create(lambda turn: text(302, b"", location=said(turn)["result"]["statusUrl"]), also=one_request),
    "R43": create(lambda turn: text(307, b"", location=f"{turn.elsewhere}{PATH}"), also=one_request),
    "R44": (Case(at("create", wire(_unread), times=1), flagged),),
    "R45": (Case(at("create", wire(says(hang=0.8)), times=1), flagged, stand={"timeouts": HASTY}),),
    "R46": (Case(at("create", cut, times=1), flagged),),
}
