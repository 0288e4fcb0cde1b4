"""The vocabulary of what can go wrong: exit codes, problems with their place, and refusals.

A failure is a value until it reaches `runner.cli`, the only place that ends the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """How the program ends. 1 is never ours: it is what Python ends with by itself."""

    DONE = 0
    USAGE = 2
    DIFFERS = 3
    DATA = 65
    """Manifest, spec, template or path."""
    NO_INPUT = 66
    VENDOR = 69
    """The vendor ended or refused the job."""
    BUG = 70
    CANNOT_CREATE = 73
    IO = 74
    UNFINISHED = 75
    """Not finished; run again."""
    UNTRUSTED = 76
    """An answer that must not be trusted."""
    CREDENTIALS = 77
    PROFILES = 78
    INTERRUPTED = 130
    TERMINATED = 143


GRAVITY = (
    Exit.BUG,
    Exit.IO,
    Exit.CANNOT_CREATE,
    Exit.CREDENTIALS,
    Exit.UNTRUSTED,
    Exit.VENDOR,
    Exit.UNFINISHED,
)
"""Gravest first: where several outcomes meet in one run, the first of these decides."""


def gravest(exits: Iterable[Exit]) -> Exit:
    """Return the exit code that stands for many outcomes; DONE where there is none but DONE."""
    return min(
        exits, key=lambda one: GRAVITY.index(one) if one in GRAVITY else len(GRAVITY), default=Exit.DONE
    )


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One thing that is wrong, or worth a warning, at one place of one file.

    `line` and `column` count from 1. `path` is the place in the data, as `exports[0].metrics[1]`; it may be
    empty where the whole file is meant. `message` says what was seen and the fix.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    warning: bool = False

    def __str__(self) -> str:
        """Write it as `file:line:col: path: message`, with control characters made visible."""
        kind = "warning: " if self.warning else ""
        path = f"{self.path}: " if self.path else ""
        return visible(f"{self.file}:{self.line}:{self.column}: {path}{kind}{self.message}")


class Refusal(Exception):
    """Something was refused before anything was sent or written; only `runner.cli` turns it into an exit.

    `exit` is the exit code, `problems` the places (sorted), `advice` one line on what to do. `code` is its
    stable code; left out, it is the one of `runner.codes.BY_EXIT`.
    """

    def __init__(
        self,
        exit: Exit,
        message: str,
        problems: Iterable[Problem] = (),
        advice: str = "",
        code: str = "",
    ) -> None:
        super().__init__(message)
        self.exit = exit
        self.message = message
        self.problems = tuple(sorted(problems))
        self.advice = advice
        self.code = code


CUT = "…"
"""Stands where a long text was cut off; the rest of a secret that the cut went through is known by it."""

_INVISIBLE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"  # soft hyphen, joiner, fillers: nothing is drawn
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # zero width, line ends, bidirectional
    "\u180b-\u180f\ufe00-\ufe0f\U000e0000-\U000e0fff"  # variation selectors, tags
    "\ufff9-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # annotations, joins
    "\ud800-\udfff"  # half characters
    "]"
)
_COMMAND = re.compile(r"^(\s*):(?=:)|#(?=#\w*\[)", re.MULTILINE)


def visible(text: str) -> str:
    """Return text with control, bidirectional, unseen and lone-surrogate characters written as escapes.

    Whatever came from a file or a server passes here before a person or a terminal sees it.
    """
    return _INVISIBLE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def shortened(text: str, most: int) -> str:
    """Return a visible text of so many characters at most, with a mark where it was cut."""
    text = visible(text)
    return text if len(text) <= most else text[: most - len(CUT)] + CUT


def harmless(text: str) -> str:
    """Return lines that no CI takes for commands: `::error::` (GitHub), `##[group]`, `##vso[...]` (Azure).

    The first sign becomes an escape. GitHub passes over spaces before `::`, and both look for `##` anywhere.
    """
    return _COMMAND.sub(lambda found: (found[1] or "") + f"\\x{ord(found[0][-1]):02x}", text)
