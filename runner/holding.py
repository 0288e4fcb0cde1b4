"""Holds a lane against a second run, by a lock that the system frees when its holder dies in whatever way."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from runner.errors import Exit, Refusal
from runner.state import cannot_create, make_folder


def at_work(folder: Path, lane: str) -> bool:
    """Say whether another process may be at work on a lane, without touching its lock.

    A lock can only be tried by taking it, and a run that begins at that moment would be refused. So the
    number that the last holder left is looked up; a process that has that number by now is taken for it.
    """
    try:
        pid = int(_paths(folder, lane)[1].read_bytes())
        with suppress(PermissionError):  # another user's, but there
            os.kill(pid, 0)
    except (OSError, ValueError, OverflowError):
        return False
    return pid > 0 and pid != os.getpid()


def _paths(folder: Path, lane: str) -> tuple[Path, Path]:
    """Return a lane's lock, and the file with the number of who holds it.

    They are two, as taking a lock may empty the lock's file.
    """
    name = f"lane-{hashlib.sha256(lane.encode()).hexdigest()[:16]}"
    return folder / f"{name}.lock", folder / f"{name}.pid"


@contextmanager
def hold(folder: Path, lane: str) -> Iterator[None]:
    """Hold a lane against a second run, by a lock that the system frees when this process ends in any way.

    Raises Refusal: UNFINISHED, naming the holder's process, where another run has it; CANNOT_CREATE where the
    folder cannot be written.
    """
    make_folder(folder)
    path, holder = _paths(folder, lane)
    lock = FileLock(path, mode=0o600, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise _held(lane, holder) from None
    except OSError as error:
        raise cannot_create(folder, error) from error
    try:
        holder.write_text(f"{os.getpid()}\n", encoding="ascii")
        yield
    finally:
        lock.release()


def _held(lane: str, holder: Path) -> Refusal:
    pid = "unknown"
    with suppress(OSError):
        pid = holder.read_bytes().decode("ascii", "replace").strip()[:20] or pid
    return Refusal(
        Exit.UNFINISHED,
        f"another run (process {pid}) is at work on {lane!r}",
        advice="Wait until it has ended, then run the same command again.",
        code="E-HELD",
    )
