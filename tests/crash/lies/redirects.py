"""R94 to R105 and R120: where a download is led, and what comes after a cut."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from runner.client import Client
from runner.sandbox.wire import Response
from tests.crash.lies.cases import Case, at, one_after_the_other, raw
from tests.crash.lies.faults import always, body_of, cut, text
from tests.crash.lies.files import fetched
from tests.crash.lies.polls import one_job
from tests.crash.lies.stand import CANARY, Ended, Stand, Turn

MEMORY = {"memory": True}


def led_nowhere(stand: Stand, ended: Ended, told: str) -> None:
    """Check that neither the storage nor anybody else was asked."""
    assert stand.storage.seen == stand.elsewhere.seen == []
    assert ended.creates == 1


def leads_to(*locations: str, **stand: Any) -> tuple[Case, ...]:
    """Return a case for each address that a download is redirected to; nothing is sent there."""
    return tuple(
        Case(
            at("redirect", always(text(307, b"", location=location))),
            led_nowhere,
            stand=MEMORY | stand,
        )
        for location in locations
    )


def found(turn: Turn) -> Response:
    """Redirect with 302 instead of 307."""
    honest = turn.honest()
    return Response(302, honest.headers, honest.body)


def circle(turn: Turn) -> Response:
    """Redirect to where we are."""
    return text(307, b"", location=f"{turn.api}{turn.request.target}")


def few_hops(stand: Stand, ended: Ended, told: str) -> None:
    """Check that five redirects are the most."""
    downloads = [one for one in stand.api.seen if "/download" in one.target]
    assert len(downloads) == 6
    assert sum("authorization" in one.headers for one in downloads) == 1


def continued(answer: Callable[[Turn, int], Response]) -> tuple[Case, ...]:
    """Cut the file once; were we to ask for its rest, we would get this. We ask for the whole again."""

    def second(turn: Turn) -> Response | None:
        begin = turn.request.headers.get("range", "")
        return answer(turn, int(begin.removeprefix("bytes=").partition("-")[0])) if begin else None

    return (Case(one_after_the_other("download", cut, second), fetched(2)),)


def rest(turn: Turn, begin: int, **headers: str) -> Response:
    """Return the file from a byte on, as 206."""
    return text(206, body_of(turn.honest())[begin:], "text/csv", **headers)


def loud(turn: Turn) -> bytes:
    """Return the honest file behind a reason phrase that is a command."""
    reason = b"\x1b[31m::error::" + CANARY.encode()
    content = body_of(turn.honest())
    return b"HTTP/1.1 200 %b\r\ncontent-length: %d\r\n\r\n%b" % (reason, len(content), content)


def quiet(stand: Stand, ended: Ended, told: str) -> None:
    """Check that nothing of the reason phrase is told."""
    assert "::error::" not in told
    assert "31m" not in told


_NEW = {"content_range": "bytes 9-99/100", "etag": '"new"'}

CASES: dict[str, tuple[Case, ...]] = {
    "R94": (Case(at("redirect", found), one_job),),
    "R95": leads_to(f"http://storage.sandbox.invalid/x?X-Signature={CANARY}"),
    "R96": leads_to(
        "https://127.0.0.1/x", "https://10.1.2.3/x", "https://169.254.169.254/latest", "https://[::1]/x",
        "https://localhost/x",
    ) + leads_to("https://bucket.example/x", opens=partial(Client, resolve=lambda host, port: ("10.0.0.1",))),
    "R97": (Case(at("redirect", circle), few_hops),),
    "R98": leads_to("https://user:word@storage.sandbox.invalid/x", "https://user@storage.sandbox.invalid/x"),
    "R99": (Case(at("redirect", lambda turn: text(302, b""))),),
    # No request for a part is ever sent: these answers cannot come, and the file begins from 0 each time.
    "R101": continued(lambda turn, begin: rest(turn, begin + 7, content_range="bytes 7-99/100")),
    "R102": continued(rest),
    "R103": continued(lambda turn, begin: turn.honest()),
    "R104": continued(lambda turn, begin: text(416, b"")),
    "R105": continued(lambda turn, begin: rest(turn, begin, **_NEW)),
    "R120": (Case(at("download", raw(loud)), quiet),),
}  # fmt: skip
