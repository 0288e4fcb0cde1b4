"""Undo a content encoding that nobody asked for, with a bound, and only where it is whole.

We ask for `identity`. httpx would decode by itself, but takes a cut stream, garbage after the end, a second
member and a bomb for a success; hence this.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

_PIECE = 1 << 18
_RATIO = 200
"""No export is packed tighter than this; a bomb is (up to 1032 with deflate)."""
_SLACK = 1 << 20
_WINDOW_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class Undecodable(Exception):
    """The encoded bytes must not be used; the message says why."""


def decoded(chunks: Iterable[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    """Yield the plain bytes of `chunks`, which carry the Content-Encoding `encoding` (may be empty).

    Raises Undecodable for an encoding that is not known, damage, an early end, anything after the end, more
    than `limit` bytes, or a bomb. Memory is bounded whatever comes in.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        yield from _counted(chunks, limit)
    elif name in _WINDOW_BITS:
        yield from _inflated(chunks, _WINDOW_BITS[name], limit)
    else:
        raise Undecodable(
            "the server used a content encoding that nobody asked for and that is not read here"
        )


def _counted(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise Undecodable(f"it is larger than {limit} bytes")
        yield chunk


def _inflated(chunks: Iterable[bytes], bits: int, limit: int) -> Iterator[bytes]:
    came, made = 0, 0
    stream = zlib.decompressobj(bits)
    for chunk in chunks:
        came += len(chunk)
        rest = chunk
        while True:
            if stream.eof and not (rest := _after_end(bits, rest)):
                break
            if stream.eof:
                stream = zlib.decompressobj(bits)
            plain = _step(stream, rest)
            made += len(plain)
            if made > min(limit, _RATIO * came + _SLACK):
                raise Undecodable(f"it unpacks to far more than it should ({made} bytes from {came})")
            rest = stream.unconsumed_tail or stream.unused_data
            if plain:
                yield plain
            elif not rest:
                break
    if not stream.eof:
        raise Undecodable("the compressed stream ends early")


def _step(stream: zlib._Decompress, rest: bytes) -> bytes:
    """Decompress at most one piece; what is left over stays in the stream's tail."""
    try:
        return stream.decompress(rest, _PIECE)
    except zlib.error:
        raise Undecodable("the compressed stream is damaged") from None


def _after_end(bits: int, rest: bytes) -> bytes:
    """Return what follows a stream's end: another gzip member. Padding with zeros is legal and dropped."""
    if bits == _WINDOW_BITS["gzip"]:
        return rest.lstrip(b"\0")
    if rest:
        raise Undecodable("there is something after the end of the compressed stream")
    return b""
