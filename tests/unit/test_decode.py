"""Undoing a content encoding: only whole streams, and never more than is sane."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Iterable

import pytest

from runner.decode import Undecodable, decoded

PLAIN = random.Random(1).randbytes(3000) + b"a,b\n1,2\n" * 500
PACKED = gzip.compress(PLAIN, mtime=0)


def in_pieces(content: bytes, size: int = 100) -> Iterable[bytes]:
    """Return content cut into pieces."""
    return [content[at : at + size] for at in range(0, len(content), size)]


def whole(content: bytes, encoding: str = "gzip", limit: int = 1 << 30) -> bytes:
    """Return what comes out, all of it."""
    return b"".join(decoded(in_pieces(content), encoding, limit))


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
def test_plain_bytes_pass_as_they_are(encoding: str) -> None:
    """Without an encoding nothing is changed."""
    assert whole(PLAIN, encoding) == PLAIN


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (PACKED, "gzip"),
        (PACKED, "X-GZIP"),
        (zlib.compress(PLAIN), "deflate"),
        (gzip.compress(PLAIN[:900]) + gzip.compress(PLAIN[900:]), "gzip"),
        (gzip.compress(b"") + PACKED, "gzip"),
        (PACKED + bytes(512), "gzip"),
    ],
)
def test_a_whole_stream_is_undone(content: bytes, encoding: str) -> None:
    """One member, several, padding, and deflate all give every byte."""
    assert whole(content, encoding) == PLAIN


def test_much_that_comes_out_of_little_is_all_there() -> None:
    """Output beyond one piece is drained, although all input has been taken."""
    plain = b"abcdefgh" * 100_000
    assert whole(gzip.compress(plain)) == plain


def test_every_cut_is_refused() -> None:
    """A stream that ends early at any byte is refused, although it could be read so far."""
    for cut in range(len(PACKED)):
        with pytest.raises(Undecodable):
            whole(PACKED[:cut])


@pytest.mark.parametrize(
    ("content", "encoding", "why"),
    [
        (PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:], "gzip", "damaged"),
        (PACKED + b"GARBAGE", "gzip", "damaged"),
        (PLAIN, "gzip", "damaged"),
        (zlib.compress(PLAIN) + b"x", "deflate", "after the end"),
        (PACKED, "gzip, gzip", "nobody asked for"),
        (PACKED, "br", "nobody asked for"),
        (PACKED, "zstd", "nobody asked for"),
    ],
)
def test_what_is_not_one_sound_stream_is_refused(content: bytes, encoding: str, why: str) -> None:
    """A wrong sum, garbage behind, a wrong label, layers and unknown encodings are refused."""
    with pytest.raises(Undecodable, match=why):
        whole(content, encoding)


def test_a_bomb_is_stopped() -> None:
    """A stream that unpacks to far more than any export does is given up long before its end."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(32)) + packer.flush()
    came: list[int] = []
    with pytest.raises(Undecodable, match="far more"):
        came.extend(len(piece) for piece in decoded(in_pieces(bomb, 1 << 16), "gzip", 1 << 40))
    assert sum(came) < 1 << 24


@pytest.mark.parametrize(("content", "encoding"), [(PLAIN, ""), (PACKED, "gzip")])
def test_the_limit_holds(content: bytes, encoding: str) -> None:
    """No more than `limit` bytes come out, whatever the encoding."""
    assert whole(content, encoding, len(PLAIN)) == PLAIN
    with pytest.raises(Undecodable):
        whole(content, encoding, len(PLAIN) - 1)
