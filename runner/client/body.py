"""PURE: a download's bytes on their way through, counted and checked against what the server said of them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping

from runner.decode import Undecodable, decoded


class Broken(Exception):
    """A download that failed while it was read.

    Codes that a repeat may mend: E-CUT, E-TIMEOUT, E-SLOW, E-PROTOCOL, E-STOPPED. Codes that say that the
    bytes are wrong: E-CHECKSUM, E-CONTENT (encoding, damage, too large).
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Body:
    """A file that is coming in. Read `chunks` to the end; only then `proof` is set and the file is whole.

    `raw` are the bytes as they come, `headers` the answer's with lower-case names, `cap` the most bytes that
    a file may have. `length` is the number of raw bytes that the server promised, None where it did not.
    `proof` is the strongest that held: `checksum`, `length`, `framing` (the end was marked: chunked, or a
    compressed stream's own end), `structure` (nothing of these: only the content can tell).
    """

    def __init__(self, raw: Iterable[bytes], headers: Mapping[str, str], cap: int) -> None:
        length = headers.get("content-length", "")
        self._chunked = "transfer-encoding" in headers
        self.length = int(length) if length.isdecimal() and not self._chunked else None
        self.proof = ""
        self._encoding = headers.get("content-encoding", "")
        self._sums = _promised(headers)
        self._count = 0
        self.chunks: Iterator[bytes] = self._whole(raw, cap)

    def _whole(self, raw: Iterable[bytes], cap: int) -> Iterator[bytes]:
        try:
            yield from decoded(self._counted(raw), self._encoding, cap)
        except Undecodable as error:
            raise Broken("E-CONTENT", f"the file cannot be used: {error}") from None
        if self.length is not None and self._count != self.length:
            raise Broken("E-CUT", f"the file ended after {self._count} of {self.length} bytes")
        self.proof = self._proof()

    def _counted(self, raw: Iterable[bytes]) -> Iterator[bytes]:
        sums = [made for made, _ in self._sums]
        for chunk in raw:
            self._count += len(chunk)
            for one in sums:
                one.update(chunk)
            yield chunk

    def _proof(self) -> str:
        for made, promised in self._sums:
            if base64.b64encode(made.digest()).decode() != promised:
                raise Broken("E-CHECKSUM", f"the file's {made.name} is not the one that the server named")
        if self._sums:
            return "checksum"
        if self.length is not None:
            return "length"
        return "framing" if self._chunked or self._encoding not in ("", "identity") else "structure"


def _promised(headers: Mapping[str, str]) -> list[tuple[hashlib._Hash, str]]:
    """Return a fresh hash for each sum that the headers name, and the sum; `...-3` is a sum of sums."""
    made = (
        (hashlib.md5(usedforsecurity=False), headers.get("content-md5", "")),
        (hashlib.sha256(), headers.get("x-amz-checksum-sha256", "")),
    )
    return [(one, promised.strip()) for one, promised in made if promised and "-" not in promised]
