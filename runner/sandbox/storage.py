"""The storage behind a downloadUrl: pre-signed addresses on another origin, and the files they lead to.

That such an address lives briefly and must not see the credentials is documented [D]. How long, how it looks,
what is answered otherwise, and all headers of a file are the sandbox's own choice.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from runner.sandbox import jobs, rules
from runner.sandbox.dice import digest
from runner.sandbox.jobs import Job
from runner.sandbox.quirks import Quirks
from runner.sandbox.render import render
from runner.sandbox.wire import Request, Response, refused

PRESIGNED_LIFE_MS = 300_000
_FOLDER = "sandbox-exports"
_MOST_HELD = 4 * 1024 * 1024
_MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@dataclass(frozen=True, slots=True)
class Storage:
    """The stored files of one sandbox; they are made anew each time they are asked for."""

    seed: int
    origin: str
    quirks: Quirks

    def address(self, run: str, now_ms: int) -> str:
        """Return a pre-signed address for a finished job's file."""
        expires = str(now_ms + PRESIGNED_LIFE_MS)
        query = f"X-Sandbox-Expires={expires}&X-Sandbox-Signature={self._signature(run, expires)}"
        return f"{self.origin}/{_FOLDER}/{quote(run, safe='')}?{query}"

    def _signature(self, run: str, expires: str) -> str:
        return digest(self.seed, "presigned", run, expires)[:16].hex()

    def answer(self, request: Request, now_ms: int) -> Response:
        """Return the file, or why not: 400 for credentials, 403 for a bad or old signature, 404, 405."""
        if "authorization" in request.headers:
            return refused(400, "a pre-signed address takes no Authorization header")
        if request.method != "GET":
            return refused(405, "only GET", ("allow", "GET"))
        parts, query = request.segments, dict(request.query)
        if len(parts) != 2 or parts[0] != _FOLDER or (job := jobs.job_of(parts[1], self.seed)) is None:
            return refused(404, "there is no such file")
        expires = query.get("X-Sandbox-Expires", "")
        wanted = self._signature(parts[1], expires)
        if not hmac.compare_digest(query.get("X-Sandbox-Signature", "").encode(), wanted.encode()):
            return refused(403, "the signature does not match")
        if now_ms >= int(expires):
            return refused(403, "the address has expired")
        return self._file(job)

    def _file(self, job: Job) -> Response:
        ask = rules.read(job.report, job.pairs, job.created_ms, None)
        headers = (
            ("content-type", _MEDIA[ask.format]),
            ("content-disposition", f'attachment; filename="{job.report}.{ask.format}"'),
        )
        body: Iterable[bytes] = render(ask, self.seed, bom=self.quirks.bom)
        if self.quirks.no_content_length:
            return Response(200, headers, body)
        size, etag, held = _measured(body)
        if held is None:
            held = render(ask, self.seed, bom=self.quirks.bom)
        return Response(200, (*headers, ("content-length", str(size)), ("etag", f'"{etag}"')), held)


def _measured(pieces: Iterable[bytes]) -> tuple[int, str, Iterable[bytes] | None]:
    """Return size and digest of a file, and its pieces where they are few; memory is bounded for any size."""
    held: list[bytes] = []
    size, sha = 0, hashlib.sha256()
    for piece in pieces:
        size += len(piece)
        sha.update(piece)
        if size <= _MOST_HELD:
            held.append(piece)
    return size, sha.hexdigest()[:32], held if size <= _MOST_HELD else None
