"""Cut downloads, and turn bits in them, everywhere: the file is whole, or there is none and that is said.

Each goes through the real loop, client and sink; the lock's `proof` says how a file that was kept is known to
be whole. Below the socket: a gzip body of 4 KB cut at every byte, without a length and with one that fits the
cut (8,200 downloads), and 5,000 turned bits for each check sum (15,000). Over real sockets: 500 random cuts
for each of ten kinds of answers, five of them over TLS. 45 s of one core, 25 s on two idle ones.
Where nothing but the end of the connection tells the end, a cut between two rows cannot be seen by anybody:
such a file has the proof `structure` and a warning, and holds whole rows only.
"""

from __future__ import annotations

import base64
import hashlib
import random
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.crash.cuts import BODY_CODES, FILE, PACKED, Fate, Sent, in_turn, over_a_socket, wire

GZIP = {"content-encoding": "gzip"}
CUTS, FLIPS = 500, 5000
PARTS = 5
"""Into how many tests a long list is cut, so that two cores can share it."""


def sums(body: bytes) -> dict[str, dict[str, str]]:
    """Return the headers of each kind of check sum that the client honours."""
    sha256, md5 = (base64.b64encode(hashlib.new(name, body).digest()).decode() for name in ("sha256", "md5"))
    return {"sha256": {"x-amz-checksum-sha256": sha256}, "md5": {"content-md5": md5}}


def turned(body: bytes, bit: int) -> bytes:
    """Return the body with one bit turned."""
    changed = bytearray(body)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def wrong(fates: Sequence[Fate]) -> list[tuple[int, Fate]]:
    """Return the fates that must not be: a file that is not whole, or none without a reason."""
    return [
        (number, fate)
        for number, fate in enumerate(fates)
        if (fate.content != FILE if fate.content is not None else fate.code not in BODY_CODES)
    ]


def refused(fates: Sequence[Fate]) -> int:
    """Count the downloads that brought no file."""
    return sum(fate.content is None for fate in fates)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("length", ["none", "of the cut"])
def test_a_gzip_body_is_cut_at_every_byte(tmp_path: Path, length: str, part: int) -> None:
    """No cut stream is taken for a whole one, not even where the Content-Length fits it."""
    assert 4000 < len(PACKED) < 4600
    cuts = [PACKED[:at] for at in range(part, len(PACKED), PARTS)]
    told = [{"content-length": str(len(cut))} if length == "of the cut" else {} for cut in cuts]
    fates = in_turn(tmp_path, [(cut, GZIP | one) for cut, one in zip(cuts, told, strict=True)])
    assert wrong(fates) == []
    assert refused(fates) == len(cuts)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", ["gzip", "sha256", "md5"])
def test_a_turned_bit_is_found(tmp_path: Path, kind: str, part: int) -> None:
    """Where there is a check sum, a file is not kept with a wrong bit. A few bits of gzip mean nothing."""
    body, headers = (PACKED, GZIP) if kind == "gzip" else (FILE, sums(FILE)[kind])
    bits = random.Random(part).sample(range(8 * len(body)), FLIPS // PARTS)
    fates = in_turn(tmp_path, [(turned(body, bit), headers) for bit in bits])
    assert len(fates) == len(bits)
    assert wrong(fates) == []
    if kind == "gzip":
        # The instant, the system and the level in its head are covered by no sum, and by no need.
        assert len(bits) - refused(fates) <= 8 * 6
        assert {fate.proof for fate in fates if fate.content} <= {"framing"}
    else:
        assert {fate.code for fate in fates} == {"E-CHECKSUM"}


WHOLE = {
    "length": (wire(FILE, "length"), "length"),
    "chunked": (wire(FILE, "chunked"), "framing"),
    "bare": (wire(FILE, "bare"), "structure"),
    "gzip, length": (wire(PACKED, "length", **GZIP), "length"),
    "gzip, chunked": (wire(PACKED, "chunked", **GZIP), "framing"),
    "gzip, bare": (wire(PACKED, "bare", **GZIP), "framing"),
    "deflate, bare": (wire(zlib.compress(FILE), "bare", content_encoding="deflate"), "framing"),
    "sha256": (wire(FILE, "length", **sums(FILE)["sha256"]), "checksum"),
    "md5 of gzip": (wire(PACKED, "bare", **GZIP, **sums(PACKED)["md5"]), "checksum"),
}


@pytest.mark.parametrize("tls", [False, True])
def test_a_whole_file_has_its_proof(tmp_path: Path, tls: bool) -> None:
    """The lock says how each kind of answer was proven: a sum, a length, a marked end, or the rows."""
    fates = over_a_socket(
        tmp_path, [Sent(one, "goodbye" if tls else "") for one, _ in WHOLE.values()], tls=tls
    )
    assert [(fate.content == FILE, fate.proof) for fate in fates] == [
        (True, proof) for _, proof in WHOLE.values()
    ]


SURE = ("length", "chunked", "gzip, length", "gzip, chunked", "gzip, bare")
"""Kinds of answers whose end is marked, or whose length is told."""


def cut(kind: str, ends: tuple[str, ...]) -> list[Sent]:
    """Return an answer cut at random places of its body, or before, in each of several ways."""
    dice, whole = random.Random(kind), WHOLE[kind][0]
    return [Sent(whole[: dice.randrange(len(whole))], dice.choice(ends)) for _ in range(CUTS)]


@pytest.mark.parametrize("kind", SURE)
def test_a_cut_connection_brings_no_file(tmp_path: Path, kind: str) -> None:
    """Cut at any place, by a proper end or by a reset, it brings no file, and a code that says why."""
    sent = cut(kind, ("", "reset"))
    fates = over_a_socket(tmp_path, sent, tls=False)
    assert wrong(fates) == []
    assert refused(fates) == len(fates) == CUTS


@pytest.mark.parametrize("kind", ["length", "chunked", "gzip, bare"])
def test_a_cut_tls_connection_brings_no_file(tmp_path: Path, kind: str) -> None:
    """With a goodbye, without one, or by a reset."""
    fates = over_a_socket(tmp_path, cut(kind, ("", "reset", "goodbye")), tls=True)
    assert wrong(fates) == []
    assert refused(fates) == len(fates) == CUTS


def test_tls_without_goodbye_and_without_length_brings_no_file(tmp_path: Path) -> None:
    """R71: where the goodbye alone could say that nothing is missing, its lack is a cut, at any place."""
    places = [wire(FILE, "bare")[:-at] for at in range(1, 60)]
    fates = over_a_socket(tmp_path, [*cut("bare", ("",)), *(Sent(one) for one in places)], tls=True)
    assert Counter(fate.code for fate in fates) == {"E-CUT": CUTS + len(places)}


@pytest.mark.parametrize("tls", [False, True])
def test_without_length_a_cut_leaves_whole_rows_or_nothing(tmp_path: Path, tls: bool) -> None:
    """What nobody can know is not claimed: a file of whole rows is kept with the proof `structure`.

    Every place of the last two rows is among the cuts, and 500 others.
    """
    whole = wire(FILE, "bare")
    end = "goodbye" if tls else ""
    sent = [*cut("bare", (end,)), *(Sent(whole[:-at], end) for at in range(1, 60))]
    fates = over_a_socket(tmp_path, sent, tls=tls)
    kept = [(one, fate) for one, fate in zip(sent, fates, strict=True) if fate.content is not None]
    assert 2 < len(kept) < 40
    for one, fate in kept:
        assert fate.content == one.wire.partition(b"\r\n\r\n")[2]
        assert (fate.content[-1:], fate.proof) == (b"\n", "structure")
    assert all(fate.code in BODY_CODES for fate in fates if fate.content is None)


def test_a_credulous_client_would_be_found_out(tmp_path: Path) -> None:
    """The mutation: where cut streams are unpacked as far as they go, files that are not whole are kept."""
    unpacked = [zlib.decompressobj(31).decompress(PACKED[:at]) for at in range(20, len(PACKED), 40)]
    fates = in_turn(tmp_path, [(body, {"content-length": str(len(body))}) for body in unpacked])
    assert len(wrong(fates)) > 10
