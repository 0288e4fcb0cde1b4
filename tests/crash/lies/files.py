"""R64 to R93 and R113 to R119: what may come in a file's place."""

from __future__ import annotations

import base64
import gzip
import hashlib
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

from runner.client import Client, trusted
from runner.sandbox.wire import Response
from tests.contract.rawserver import http, says
from tests.crash.lies import certificates
from tests.crash.lies.cases import JSON_ONE, Case, at, raw, wire
from tests.crash.lies.faults import PAGE, always, body_of, cut, text
from tests.crash.lies.polls import one_job, recreated
from tests.crash.lies.stand import HASTY, SIZE_CAP, Ended, Lie, Stand, Turn
from tests.crash.lies.wire import Endless

EVERY = 1_000_000
HEAD = b"HTTP/1.1 200 X\r\nconnection: close\r\n"


def file(
    answer: Lie, also: Callable[..., None] = one_job, times: int = EVERY, **fields: Any
) -> tuple[Case, ...]:
    """Return a case in which the storage answers so the first `times` times."""
    return (Case(at("download", answer, times), also, **fields),)


def once(answer: Lie) -> tuple[Case, ...]:
    """Return a case in which the storage answers so once, and the file is fetched again, whole."""
    return file(answer, fetched(2), times=1)


def fetched(times: int) -> Callable[[Stand, Ended, str], None]:
    """Check how often the file was asked for, whole each time, for one job."""

    def check(stand: Stand, ended: Ended, told: str) -> None:
        assert len(stand.storage.seen) == times
        assert not any("range" in one.headers for one in stand.storage.seen)
        assert ended.creates == 1

    return check


def proven(how: str, words: str = "") -> Callable[[Stand, Ended, str], None]:
    """Check that the file is proven so, and that a warning with these words is told."""

    def check(stand: Stand, ended: Ended, told: str) -> None:
        (track,) = ended.lane.tracks.values()
        assert track.stored is not None
        assert track.stored.proof == how
        assert words in ended.warnings

    return check


def changed(change: Callable[[bytes], bytes], **headers: str) -> Lie:
    """Answer with the honest file, changed, its length and more headers."""
    return lambda turn: text(200, change(body_of(turn.honest())), "text/csv", **headers)


def bare(change: Callable[[bytes], bytes], headers: bytes = b"") -> Lie:
    """Answer with the honest file, changed, and with no other headers than these."""
    return raw(lambda turn: HEAD + headers + b"\r\n" + change(body_of(turn.honest())))


def chunks(content: bytes, end: bytes) -> bytes:
    """Return the content as two chunks, and this in place of the last one."""
    parts = (content[:1000], content[1000:])
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + end


def in_chunks(end: bytes) -> Lie:
    """Answer in chunks that end so."""
    return bare(lambda content: chunks(content, end), b"transfer-encoding: chunked\r\n")


def rows(content: bytes, change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """Return a CSV file with its lines changed."""
    return b"\r\n".join(change(content.split(b"\r\n")))


def table(*lines: bytes, end: bytes = b"\r\n") -> bytes:
    """Return a CSV file of our own, with two columns."""
    return b"\r\n".join((b"agent_name,agent_id", *lines)) + end


def own(content: bytes, also: Callable[..., None]) -> tuple[Case, ...]:
    """Return a case in which the storage's truth is this file: it is kept byte for byte."""
    return file(lambda turn: text(200, content, "text/csv"), also, whole=content)


def summed(content: bytes) -> str:
    """Return the MD5 of a file, as a header has it."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def bomb(size: int) -> bytes:
    """Return a gzip stream, 1 MB for 1 GiB, that unpacks to so many zeros; it is never read to its end."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    first = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * ((size >> 20) - 1)


def reset_in_the_middle(turn: Turn) -> Response:
    """Send half, then reset."""
    content = body_of(turn.honest())
    head = HEAD + b"content-length: %d\r\n\r\n" % len(content)
    answer: Response = wire(says(head + content[: len(content) // 2], pause=0.1, hang=0.05, reset=True))(turn)  # type: ignore[assignment]
    return answer


def gone_for_the_first_job(*answers: Response) -> tuple[Case, ...]:
    """Return a case for each answer: the storage gives it for the first job's file, however often asked."""
    cases = []
    for answer in answers:
        first: list[str] = []

        def lie(turn: Turn, answer: Response = answer, first: list[str] = first) -> Response | None:
            first.append(turn.request.path)
            return answer if turn.request.path == first[0] else None

        cases.append(Case(at("download", lie), recreated))
    return tuple(cases)


def endless() -> tuple[Case, ...]:
    """Send a file without end, and count what was taken of it in three fetches."""
    answer = Endless(HEAD + b"\r\n")

    def check(stand: Stand, ended: Ended, told: str) -> None:
        # The cap, and what the buffers of two sockets hold, each time.
        assert SIZE_CAP <= answer.sent <= 3 * (SIZE_CAP + (10 << 20)), answer.sent
        assert ended.codes == {"E-CONTENT"}

    return file(wire(answer), check)


def without_goodbye(where: Callable[[bytes], int]) -> tuple[Case, ...]:
    """Return a case of a storage that speaks TLS, and ends a file without length there, with no goodbye."""

    def prepare(stand: Stand) -> None:
        folder = stand.root / ".care-export"
        folder.mkdir()
        stand.opens = partial(Client, trust=trusted({"SSL_CERT_FILE": str(certificates.authority(folder))}))
        stand.storage.wrap = certificates.server(folder)

    return file(bare(lambda content: content[: where(content)]), cut_off, prepare=prepare)


def cut_off(stand: Stand, ended: Ended, told: str) -> None:
    """Check that the file was fetched over TLS and found cut."""
    assert len(stand.storage.seen) == 3
    assert ended.codes == {"E-CUT"}


def drips(*pieces: bytes) -> tuple[Case, ...]:
    """Return a case in which the storage sends pieces with long pauses."""
    return file(wire(says(*pieces, pause=0.05)), stand={"timeouts": HASTY})


EXPIRED = text(403, b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
FAILED = b'{"status":"FAIL","message":"the file is gone","result":null}'
ZIP = {"content_encoding": "gzip"}
METRICS = "  - {report: raw_agent_states, metrics: [agent_name, agent_id]}\n"

CASES: dict[str, tuple[Case, ...]] = {
    "R64": once(cut),
    "R65": file(cut, fetched(3)),
    "R66": once(in_chunks(b"ffff\r\nhalf of a chunk")),
    "R67": once(in_chunks(b"")),
    "R68": once(reset_in_the_middle),
    "R69": file(bare(lambda content: content), proven("structure", "length")),
    "R70": file(bare(lambda content: content[: len(content) // 2])),
    "R71": without_goodbye(lambda content: len(content) // 2)
    + without_goodbye(lambda content: content.index(b"\n") + 1),
    "R72": file(changed(gzip.compress, **ZIP), proven("length")),
    "R73": file(changed(lambda content: gzip.compress(content)[:-20], **ZIP)),
    "R74": file(
        changed(lambda content: gzip.compress(content[:99]) + gzip.compress(content[99:]), **ZIP),
        proven("length"),
    ),
    "R75": file(changed(lambda content: gzip.compress(content)[:-8] + bytes(8), **ZIP)),
    "R76": file(changed(lambda content: gzip.compress(content) + b"PK and more", **ZIP)),
    "R77": file(lambda turn: text(200, bomb(1 << 30), **ZIP)),
    "R78": file(lambda turn: text(200, gzip.compress(bomb(1 << 30)), content_encoding="gzip, gzip")),
    "R79": (
        *file(changed(lambda content: content, content_encoding="br")),
        *file(changed(lambda content: content, content_encoding="zstd")),
        *file(changed(lambda content: content, content_encoding="snappy")),
    ),
    "R80": file(changed(lambda content: content, **ZIP)),
    "R81": file(lambda turn: text(200, PAGE, "text/csv")),
    "R82": file(lambda turn: text(200, FAILED, "text/csv")),
    "R83": file(lambda turn: text(200, b"", "text/csv")),
    "R84": own(table(), proven("length", "no rows")),
    "R85": file(lambda turn: text(200, b"agent_name,team\r\na,b\r\n"), exports=METRICS),
    "R86": file(lambda turn: text(200, table(b"Ann,1", b"Bob"))),
    "R87": file(lambda turn: text(200, table(b'Ann,"1', end=b""))),
    "R88": own(table(b"Ann,1", end=b""), proven("length", "no line end")),
    "R89": own(table(b"Ann\xff,1"), proven("length", "not UTF-8")),
    "R90": file(changed(lambda content: content[: len(content) // 2]), exports=JSON_ONE),
    "R91": file(changed(lambda content: b'{"rows":' + content + b"}"), exports=JSON_ONE),
    "R92": gone_for_the_first_job(EXPIRED),
    "R93": gone_for_the_first_job(text(404, b""), text(410, b"")),
    "R100": file(lambda turn: Response(206, turn.honest().headers, turn.honest().body)),
    "R106": endless(),
    "R107": drips(HEAD + b"content-length: 900\r\n\r\n", *[b"a"] * 100),
    "R108": drips(b"HTTP/1.1 200 OK\r\nx: ", *[b"y"] * 100),
    "R109": drips(*[b"HTTP/1.1 100 Continue\r\n\r\n"] * 100),
    "R110": file(wire(says(http(200, b"", x="y" * 200_000)))),
    "R111": file(changed(lambda content: content, content_disposition='attachment; filename="../../x"')),
    "R112": file(changed(lambda content: content, set_cookie="session=1; Path=/; Domain=127.0.0.1")),
    "R113": (
        *file(changed(lambda content: content, content_md5=summed(b"another"))),
        *file(changed(lambda content: content, x_amz_checksum_sha256="A" * 43 + "=")),
    ),
    "R114": own(table(b"=cmd|' /C calc'!A0,1"), proven("length")),
    "R115": own(table(b"<script>alert(1)</script>,1"), proven("length")),
    "R116": file(raw(lambda turn: b"HTTP/1.1 204 X\r\n\r\n")),
    "R117": (*file(always(text(600, b""))), *file(always(text(999, b"")))),
    "R118": file(changed(lambda content: content, content_length="7")),
    "R119": file(raw(lambda turn: b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), fetched(3)),
}
