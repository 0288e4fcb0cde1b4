"""Looks at this machine for `doctor`: versions, disks, file systems, and the folder of the journal."""

from __future__ import annotations

import fcntl
import os
import platform
import shutil
import ssl
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from runner import __version__, health
from runner.errors import Exit
from runner.health import Finding

_PACKAGES = ("click", "httpx", "jsonschema", "pydantic", "pyyaml", "rich", "tzdata")
_FIX = "Choose a folder on a disk of this machine with --out or --state."


def versions() -> Finding:
    """Say which versions are at work: what a report of a fault begins with."""
    names = ", ".join(f"{one} {metadata.version(one)}" for one in _PACKAGES)
    tls = ssl.OPENSSL_VERSION.rpartition("  ")[0] or ssl.OPENSSL_VERSION
    own = f"care-export {__version__}, Python {platform.python_version()} on {platform.system()}"
    return health.ok("program", f"{own}, {tls}, {names}")


def disks(out: Path, state: Path) -> Iterator[Finding]:
    """Look at the disks that files and journal go to: room, and whether they keep what is promised."""
    by_disk: dict[int, list[Path]] = {}
    for folder in (out, state):
        by_disk.setdefault(nearest(folder).stat().st_dev, []).append(folder)
    for folders in by_disk.values():
        names = " and ".join(dict.fromkeys(f"{one}" for one in folders))
        yield health.room("room", names, shutil.disk_usage(nearest(folders[0])).free)
    for folder in dict.fromkeys((nearest(out).resolve(), nearest(state).resolve())):
        yield kept(folder)


def nearest(folder: Path) -> Path:
    """Return the folder, or the first one above it that is there."""
    return next(one for one in (folder, *folder.absolute().parents) if one.is_dir())


def kept(
    folder: Path,
    sync: Callable[[int], None] = os.fsync,
    lock: Callable[[int, int], None] = fcntl.flock,
) -> Finding:
    """Try what every file goes through: made, synced, renamed; and that a lock keeps a second one out."""
    step = "make a file"
    try:
        with tempfile.TemporaryDirectory(prefix=".care-export-", dir=folder) as place:
            part, whole = Path(place, "part"), Path(place, "whole")
            with part.open("wb") as file, part.open("rb") as other:
                step = "sync a file to the disk"
                file.write(b"tried by care-export doctor\n")
                file.flush()
                sync(file.fileno())
                step = "rename a file"
                part.rename(whole)
                step = "lock a file"
                lock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
                if _taken_twice(other.fileno(), lock):
                    return health.wrong(
                        "file system", f"a locked file can be locked again in {folder}", _FIX, Exit.IO
                    )
    except OSError as error:
        exit = Exit.CANNOT_CREATE if step == "make a file" else Exit.IO
        return health.wrong("file system", f"cannot {step} in {folder}: {error.strerror}", _FIX, exit)
    return health.ok("file system", f"files can be made, synced, renamed and locked in {folder}")


def _taken_twice(descriptor: int, lock: Callable[[int, int], None]) -> bool:
    try:
        lock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def private(state: Path) -> Iterator[Finding]:
    """Look who can read the journal, and whether git would take it along."""
    if state.is_dir():
        there = state.stat()
        yield health.mode(f"{state}", there.st_mode, there.st_uid == os.geteuid())
    place = state.absolute()
    root = next((one for one in place.parents if (one / ".git").exists()), None)
    if root is None:
        yield health.ok("git", "no repository here, so nothing is committed by mistake")
    elif health.ignored(f"{place.relative_to(root)}", [*_ignore_files(root, place)]):
        yield health.ok("git", f"{state} is ignored")
    else:
        fix = f"Write {state.name}/ into .gitignore: the journal holds addresses that let anybody in."
        yield health.warning("git", f"{state} is not ignored, so it could be committed", fix)


def _ignore_files(root: Path, place: Path) -> Iterator[tuple[str, str]]:
    """Yield folder and text of each .gitignore from the root down to the folder, and git's own list."""
    with suppress(OSError):
        yield ".", (root / ".git" / "info" / "exclude").read_text("utf-8", "replace")
    for folder in (one for one in reversed(place.parents) if one.is_relative_to(root)):
        with suppress(OSError):
            text = (folder / ".gitignore").read_text("utf-8", "replace")
            yield f"{folder.relative_to(root)}", text
