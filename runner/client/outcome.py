"""PURE: what a request can bring: an answer, none, or something that must not be trusted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """In seconds: a whole answer (of a file: its headers), and what the body of a file must bring.

    In each `stall_s` seconds a body has to bring `least_bytes_per_s` on average, or it is given up.
    """

    answer_s: float = 60
    stall_s: float = 60
    least_bytes_per_s: int = 1024


@dataclass(frozen=True, slots=True)
class Got:
    """An answer, whatever its status.

    `body` is as it came, but for credentials that it repeats; bytes that are no UTF-8 are written as escapes.
    `retry_after` is the header's text, empty where there is none.
    """

    status: int
    body: str
    retry_after: str


@dataclass(frozen=True, slots=True)
class Missed:
    """No answer. `sent` is False only where surely nothing was sent, because there was no connection.

    Codes: E-CONNECT, E-TIMEOUT, E-CUT (the connection broke), E-PROTOCOL (not HTTP), E-STOPPED (by us).
    """

    sent: bool
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Distrusted:
    """Something that must not be followed or used.

    Codes: E-ORIGIN (address), E-TLS (certificate), E-REDIRECT, E-ANSWER (unreadable), E-CONTENT (no file).
    """

    code: str
    message: str


Answer = Got | Missed | Distrusted
"""What a create or a status request brings."""


def late(code: str, *, sent: bool) -> Missed:
    """Return the outcome of a request that a deadline ended, with the deadline's code."""
    said = "the request was stopped" if code == "E-STOPPED" else "the whole answer did not come in time"
    return Missed(sent, code, said)


def slow(code: str, came: int, stall_s: float) -> tuple[str, str]:
    """Return code and message for a body that a deadline ended; `came` bytes came in the last `stall_s`."""
    if code == "E-STOPPED":
        return code, "the download was stopped"
    if came:
        return "E-SLOW", f"the file came too slowly: {came} bytes in the last {stall_s:g} seconds"
    return "E-TIMEOUT", f"nothing more of the file came for {stall_s:g} seconds"
