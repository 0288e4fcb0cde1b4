"""PURE: every error by its stable code: what it means, what to do, and whether the same command then goes on.

A code never changes its meaning. `docs/errors.md` is made from this table by `make generate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from runner.codes.code import Code
from runner.codes.local import LOCAL
from runner.codes.remote import REMOTE
from runner.errors import Exit, Refusal

__all__ = ["BY_EXIT", "CODES", "Code", "advice", "code_of"]

CODES: Mapping[str, Code] = dict(sorted({**LOCAL, **REMOTE}.items()))
"""Every code that a person can meet."""

BY_EXIT: Mapping[Exit, str] = {
    Exit.USAGE: "E-USAGE",
    Exit.DIFFERS: "E-DIFFERS",
    Exit.DATA: "E-MANIFEST",
    Exit.NO_INPUT: "E-NO-FILE",
    Exit.VENDOR: "E-REFUSED",
    Exit.BUG: "E-BUG",
    Exit.CANNOT_CREATE: "E-OUTPUT",
    Exit.IO: "E-IO",
    Exit.UNFINISHED: "E-UNFINISHED",
    Exit.UNTRUSTED: "E-ANSWER",
    Exit.CREDENTIALS: "E-CREDENTIALS",
    Exit.PROFILES: "E-PROFILE",
}
"""The code of a refusal that names none: what its exit code usually means."""


def code_of(refusal: Refusal) -> str:
    """Return a refusal's code."""
    return refusal.code or BY_EXIT[refusal.exit]


def advice(codes: Iterable[str]) -> list[str]:
    """Return a line on what to do for each code, once, in the order in which they came."""
    return [f"What to do about {one}: {CODES[one].advice}" for one in dict.fromkeys(codes) if one in CODES]
