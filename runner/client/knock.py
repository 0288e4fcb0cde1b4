"""Knocks at an address without credentials: is somebody there, who it is, and what time it is there."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from typing import Literal

from runner.client.deadline import Deadline
from runner.origin import Address

_HEAD = "HEAD / HTTP/1.1\r\nHost: {host}\r\nUser-Agent: care-export\r\nConnection: close\r\n\r\n"

Now = Callable[[], int]
"""The instant, in epoch milliseconds."""
Step = Literal["name", "connection", "certificate", "answer", "open"]
"""How far it went: where it failed, or `open`."""


@dataclass(frozen=True, slots=True)
class Knock:
    """What came of it. `why` says what failed; `until` is the end of the certificate, in epoch seconds.

    `ahead_s` is how far the server's clock is ahead of ours; None where it does not say what time it is.
    """

    step: Step
    why: str = ""
    until: int | None = None
    ahead_s: float | None = None


def knock(address: Address, trust: ssl.SSLContext, now_ms: Now, seconds: float = 15) -> Knock:
    """Ask for nothing, and say how far that went. `seconds` are for connecting, and again for the answer."""
    try:
        socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return Knock("name", "the name is not found")
    try:
        stream = socket.create_connection((address.host, address.port), timeout=seconds)
    except OSError as error:
        return Knock("connection", error.strerror or "no answer in time")
    with stream, Deadline(seconds) as deadline:
        deadline.watch(stream)
        if address.scheme != "https":
            return _answered(stream, address, now_ms, Knock("open"))
        return _wrapped(stream, address, trust, now_ms)


def _wrapped(stream: socket.socket, address: Address, trust: ssl.SSLContext, now_ms: Now) -> Knock:
    """Go on inside TLS."""
    try:
        with trust.wrap_socket(stream, server_hostname=address.host) as inside:
            certificate = inside.getpeercert() or {}
            until = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
            return _answered(inside, address, now_ms, Knock("open", until=until))
    except ssl.SSLCertVerificationError as error:
        return Knock("certificate", error.verify_message)
    except OSError as error:
        return Knock(
            "answer", f"no TLS: {getattr(error, 'reason', None) or error.strerror or 'it broke off'}"
        )


def _answered(stream: socket.socket, address: Address, now_ms: Now, so_far: Knock) -> Knock:
    """Read the head of the answer, for its date. Whatever its status is, somebody answered."""
    before = now_ms()
    try:
        stream.sendall(_HEAD.format(host=_authority(address)).encode("ascii"))
        answer = HTTPResponse(stream, method="HEAD")
        answer.begin()
    except (OSError, HTTPException):
        return replace(so_far, step="answer", why="no HTTP comes back")
    middle = (before + now_ms()) / 2000
    try:
        there = parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except ValueError:
        return so_far
    # The header has whole seconds only: half of one is lost on average.
    return replace(so_far, ahead_s=there + 0.5 - middle)


def _authority(address: Address) -> str:
    """Return host and port as the Host header has them."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"{host}:{address.port}"
