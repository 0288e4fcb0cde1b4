"""The vocabulary of what can go wrong: exit codes, problems with their place, and refusals.

A failure is a value until it reaches `runner.cli`, the only place that ends the program.
"""

from __future__ import annotations

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

    `exit` is the exit code, `problems` the places (sorted), `advice` one line on what to do.
    """

    def __init__(self, exit: Exit, message: str, problems: Iterable[Problem] = (), advice: str = "") -> None:
        super().__init__(message)
        self.exit = exit
        self.message = message
        self.problems = tuple(sorted(problems))
        self.advice = advice


_INVISIBLE = {
    code: f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    for code in (
        *range(32),
        *range(0x7F, 0xA0),
        *range(0x200B, 0x2010),
        *range(0x2028, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xD800, 0xE000),
        0x061C,
        0xFEFF,
    )
}


def visible(text: str) -> str:
    """Return text with control, bidirectional and lone-surrogate characters written as escapes.

    Whatever came from a file or a server passes here before a person or a terminal sees it.
    """
    return text.translate(_INVISIBLE)
