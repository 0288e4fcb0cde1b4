"""What a look at machine and address found: fine, worth a warning, or wrong, each with the fix. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Literal

from runner.errors import Exit

Level = Literal["ok", "warning", "wrong"]

GRAVITY = (
    Exit.IO,
    Exit.CANNOT_CREATE,
    Exit.CREDENTIALS,
    Exit.UNTRUSTED,
    Exit.PROFILES,
    Exit.DATA,
    Exit.NO_INPUT,
    Exit.VENDOR,
    Exit.UNFINISHED,
)
"""Gravest first: what a run would meet last is said first, since it costs the most."""

_GIB = 1 << 30
LITTLE, TOO_LITTLE = _GIB, 64 << 20
"""Free bytes under which there is a warning, and under which a run would hardly begin."""

LATE_S, WRONG_S = 60, 300
"""Seconds that a clock may be off: a warning above the first, wrong above the second."""

SOON_DAYS = 14
"""A certificate that ends within so many days is worth a warning."""

OLD_YEARS = 2
"""Time zone data of so many years ago misses changes that have been made since."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it is, what was seen, what to do, and the exit code it stands for."""

    level: Level
    about: str
    seen: str
    fix: str = ""
    exit: Exit = Exit.DONE


def ok(about: str, seen: str) -> Finding:
    """Return what is fine."""
    return Finding("ok", about, seen)


def warning(about: str, seen: str, fix: str) -> Finding:
    """Return what may go wrong later."""
    return Finding("warning", about, seen, fix)


def wrong(about: str, seen: str, fix: str, exit: Exit) -> Finding:
    """Return what a run would fail at, with the exit code that it would end with."""
    return Finding("wrong", about, seen, fix, exit)


def ending(findings: Iterable[Finding]) -> Exit:
    """Return the exit code that stands for all of them: that of the gravest wrong, else DONE."""
    exits = {one.exit for one in findings}
    return next((one for one in GRAVITY if one in exits), Exit.DONE)


def room(about: str, folder: str, free: int) -> Finding:
    """Judge the free bytes of the disk under a folder."""
    seen = f"{folder}: {free / _GIB:,.1f} GiB free" if free >= _GIB else f"{folder}: {free >> 20} MiB free"
    if free < TOO_LITTLE:
        return wrong(about, seen, "Make room, or choose another disk with --out or --state.", Exit.IO)
    if free < LITTLE:
        return warning(about, seen, "Enough for small exports; make room before large ones.")
    return ok(about, seen)


def clock(off_s: float) -> Finding:
    """Judge how far the server's clock is ahead of ours, in seconds; negative where it is behind."""
    if abs(off_s) <= 2:
        return ok("clock", "agrees with the server's")
    way = "behind" if off_s > 0 else "ahead of"
    seen = f"this machine's clock is {_length(abs(off_s))} {way} the server's"
    fix = "Let the system set its clock (NTP): by it a window is judged to be over or not."
    if abs(off_s) > WRONG_S:
        return wrong("clock", seen, fix, Exit.IO)
    return warning("clock", seen, fix) if abs(off_s) > LATE_S else ok("clock", seen)


def _length(seconds: float) -> str:
    """Return a time in words."""
    for unit, word in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.0f} {word}"
    return f"{seconds:.0f} seconds"


def certificate(ends: str, left_s: float) -> Finding:
    """Judge how long a server's certificate is good for yet; `ends` is its last day."""
    seen = f"the certificate is trusted, and good until {ends}"
    if left_s < SOON_DAYS * 86_400:
        fix = "The server's owner has to renew it by then; you can only wait."
        return warning("certificate", seen, fix)
    return ok("certificate", seen)


def zone_data(version: str, year: int) -> Finding:
    """Judge the version of the time zone data, as 2025b, in a year."""
    if version[:4].isdigit() and int(version[:4]) <= year - OLD_YEARS:
        return warning("time zones", f"the data is of {version}", "Upgrade the package tzdata.")
    return ok("time zones", f"the data is of {version}")


def mode(folder: str, bits: int, ours: bool) -> Finding:
    """Judge the mode of the folder that holds the journal, with the addresses that let anybody in."""
    if not ours:
        fix = "Run as its owner, or choose another folder with --state."
        return wrong("state folder", f"{folder} belongs to another user", fix, Exit.CANNOT_CREATE)
    if bits & 0o077:
        seen = f"{folder} is open to others (mode {bits & 0o777:04o})"
        return warning("state folder", seen, f"chmod 700 {folder}; the next run does it too.")
    return ok("state folder", f"{folder}: only you can read it")


def ignored(path: str, files: Sequence[tuple[str, str]]) -> bool:
    """Say whether git passes over a path. `files` are folder and text of each .gitignore, the root's first.

    Path and folders are relative to the root, with `/`; of the lines that match, the last one decides.
    """
    found = False
    for folder, text in files:
        for line in text.splitlines():
            pattern = line.rstrip().removeprefix("!")
            if pattern and not pattern.startswith("#") and _matches(path, folder, pattern):
                found = not line.startswith("!")
    return found


def _matches(path: str, folder: str, pattern: str) -> bool:
    """Say whether a line of the .gitignore in `folder` means the path, or a folder above it."""
    whole = PurePosixPath(path)
    parts = [one.relative_to(folder) for one in (whole, *whole.parents[:-1]) if one.is_relative_to(folder)]
    pattern = pattern.removesuffix("/").removeprefix("**/")
    anchored = "/" in pattern
    pattern = pattern.removeprefix("/")
    return any(fnmatchcase(str(one) if anchored else one.name, pattern) for one in parts)


def told(findings: Sequence[Finding]) -> Iterator[tuple[str, str, str]]:
    """Yield level, subject and words of each finding; a fix is a line of its own."""
    for one in findings:
        yield one.level, one.about, one.seen
        if one.fix:
            yield "", "", f"Fix: {one.fix}"


def summary(findings: Sequence[Finding]) -> str:
    """Say how it looks as a whole."""
    bad = sum(one.level == "wrong" for one in findings)
    some = sum(one.level == "warning" for one in findings)
    warnings = f"{some} warning{'' if some == 1 else 's'}"
    if bad:
        return f"{bad} thing{'' if bad == 1 else 's'} wrong, {warnings}."
    return f"Nothing is wrong, {warnings}." if some else "All is well."
