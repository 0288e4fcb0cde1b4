"""Downloads that break, one after the other, through the real loop: what was kept, and what was said."""

from __future__ import annotations

import gzip
import json
import random
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from runner.client import Client, in_memory, trusted
from runner.errors import Exit
from runner.events import Created, Done, Event, Intent, Polled, Stored, Unanswered
from runner.execute import InLine, LaneRun
from runner.journal import Journal
from runner.lane import Lane
from runner.profiles import Credentials
from runner.report import lock
from runner.sandbox.clock import VirtualClock
from runner.sandbox.wire import Request, Response
from runner.sink import Sink
from tests.contract.rawserver import Answer, Seen
from tests.crash.lies import certificates
from tests.crash.lies.wire import port, reset
from tests.unit.builders import partition, plan_of

_dice = random.Random(7)
FILE = b"ID,NAME\n" + b"".join(b"%d,%s\n" % (n, _dice.randbytes(12).hex().encode()) for n in range(260))
"""A CSV file of 7 KB."""
PACKED = gzip.compress(FILE, mtime=0)
"""The same, in 4 KB."""
BODY_CODES = ("E-CUT", "E-CONTENT", "E-CHECKSUM", "E-UNPROVEN", "E-PROTOCOL")
_KEY, _OUTPUT = "k", "a.csv"
_CREDENTIALS = Credentials(company_key="key", username="user", password="pass")


@dataclass(frozen=True)
class Fate:
    """What became of one download: the bytes that lie under the final name (None: no file), or the code.

    `proof` is what the lock says of it.
    """

    content: bytes | None
    proof: str = ""
    code: str = ""


@dataclass
class Downloads:
    """Runs of one lane whose job is ready, in `folder`, until every download of a list has been made.

    `fates` are in the order of the downloads. A lane gives up after some that broke; the next one goes on.
    """

    folder: Path
    client: Client
    left: Callable[[], bool]
    fates: list[Fate] = field(default_factory=list)

    def carry_out(self) -> list[Fate]:
        """Make all downloads; return their fates."""
        (self.folder / "out").mkdir()
        with Journal.open(self.folder / "state" / "journal.db") as journal:
            while self.left():
                self._lane(journal)
        return self.fates

    def _lane(self, journal: Journal) -> None:
        clock, asked = VirtualClock(), partition(_KEY, output=_OUTPUT)
        lane = Lane([_KEY], requests_per_minute=1000, running=2, queued=5)
        for event in _ready(str(clock.now_ms())):
            lane.apply(event)
        lane.resume()
        LaneRun(
            name="acme",
            lane=lane,
            partitions={_KEY: asked},
            client=self.client,
            sink=Sink(self.folder / "out"),
            journal=journal,
            pace=InLine(clock.now_ms, clock.advance),
            observe=self._observe,
            received=lambda key, count: None,
            stop=threading.Event(),
        ).carry_out()
        (track,) = lane.tracks.values()
        if track.stored is None or track.state != "done":
            assert track.failure is not None
            assert track.failure.exit in (Exit.UNTRUSTED, Exit.UNFINISHED)
            return
        (block,) = lock.made(plan_of(asked), {_KEY: track.stored}, None)["partitions"].values()
        final = self.folder / "out" / _OUTPUT
        self.fates.append(Fate(final.read_bytes(), block["proof"]))
        final.unlink()

    def _observe(self, event: Event) -> None:
        names = [one.name for one in (self.folder / "out").iterdir()]
        match event:
            case Unanswered():
                assert names == [], "a download that broke leaves nothing behind"
                self.fates.append(Fate(None, code=event.code))
            case Stored():
                assert names == [event.part]
            case Done():
                assert names == [_OUTPUT]
            case _:
                pass


def _ready(at: str) -> Iterator[Event]:
    """Yield what a journal holds of a job that is ready."""
    path, now = "/api/public/reports/report/w/r", int(at)
    yield Intent(key=_KEY, at=now, attempt=1, request_digest="d")
    made = {"workflowId": "w", "runId": "r", "downloadUrl": "", "statusUrl": f"{path}/status?companyKey=x"}
    yield Created(key=_KEY, at=now, status=200, body=json.dumps({"status": "PASS", "result": made}))
    job = {"workflowId": "w", "downloadUrl": f"{path}/download?companyKey=x"}
    inner = {"runnerState": "CLOSED", "detail": "COMPLETED", "reason": None}
    body = json.dumps({"status": "PASS", "result": [{"jobInfo": job, "result": inner}]})
    yield Polled(key=_KEY, at=now, status=200, body=body)


def in_turn(folder: Path, bodies: Sequence[tuple[bytes, Mapping[str, str]]]) -> list[Fate]:
    """Download bodies with their headers one after the other, below the socket."""
    waiting = list(reversed(bodies))

    def answer(request: Request) -> Response:
        # Whoever asks after the last one is told so: a lane may want one more.
        body, headers = waiting.pop() if waiting else (FILE, {"content-length": str(len(FILE))})
        half = len(body) // 2
        return Response(200, tuple(headers.items()), (body[:half], body[half:]))

    client = Client("https://sandbox.invalid", _CREDENTIALS, transport=in_memory(answer))
    with closing(client):
        return Downloads(folder, client, lambda: bool(waiting)).carry_out()[: len(bodies)]


@dataclass(frozen=True)
class Sent:
    """What a server sends of an answer: `wire`, then an end: proper, by a reset, or (TLS) with a goodbye."""

    wire: bytes
    end: str = ""


def over_a_socket(folder: Path, sent: Iterable[Sent], *, tls: bool) -> list[Fate]:
    """Download what a server on this machine sends, one after the other."""
    waiting = list(reversed(list(sent)))
    count = len(waiting)

    def answer(seen: Seen, connection: socket.socket) -> None:
        _send(waiting.pop() if waiting else Sent(wire(FILE, "length")), connection)

    with _served(answer, folder, tls=tls) as client:
        return Downloads(folder, client, lambda: bool(waiting)).carry_out()[:count]


def _send(sent: Sent, connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(sent.wire)
    if sent.end == "reset":
        reset(connection)
    elif sent.end == "goodbye":
        connection.unwrap()  # type: ignore[attr-defined]


@contextmanager
def _served(answer: Answer, folder: Path, *, tls: bool) -> Iterator[Client]:
    """Open a client on a server of our own; over TLS, with an authority that SSL_CERT_FILE names."""
    trust = None
    with port(answer) as one:
        if tls:
            trust = trusted({"SSL_CERT_FILE": str(certificates.authority(folder))})
            one.wrap = certificates.server(folder)
        with closing(Client(one.origin, _CREDENTIALS, trust=trust)) as client:
            yield client


def wire(body: bytes, framing: str, **headers: str) -> bytes:
    """Return a whole answer: with its `length`, `chunked`, or `bare` (it ends where the connection does)."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if framing == "length":
        named["content-length"] = str(len(body))
    elif framing == "chunked":
        named["transfer-encoding"] = "chunked"
        pieces = [body[at : at + 1000] for at in range(0, len(body), 1000)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (*pieces, b""))
    lines = ["HTTP/1.1 200 OK", *(f"{name}: {value}" for name, value in named.items()), "", ""]
    return "\r\n".join(lines).encode() + body
