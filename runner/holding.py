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


@contextmanager
def hold(folder: Path, lane: str) -> Iterator[None]:
    """Hold a lane against a second run, by a lock that the system frees when this process ends in any way.

    Raises Refusal: UNFINISHED, naming the holder's process, where another run has it; CANNOT_CREATE where the
    folder cannot be written.
    """
    make_folder(folder)
    name = f"lane-{hashlib.sha256(lane.encode()).hexdigest()[:16]}"
    # The number of the process lies in a file of its own: taking a lock may empty the lock's file.
    lock, holder = FileLock(folder / f"{name}.lock", mode=0o600, thread_local=False), folder / f"{name}.pid"
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
