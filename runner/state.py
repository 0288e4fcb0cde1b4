"""The private folder of a person's runs, `.care-export/`: made for its owner alone, whatever the umask."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from runner import folders
from runner.errors import Exit, Refusal
from runner.reserve import NO_ROOM

_NO_DESCRIPTOR = (errno.EMFILE, errno.ENFILE)


def make_folder(folder: Path) -> None:
    """Make the folder, or close one that was open to others. Refusal(CANNOT_CREATE, IO) where that fails."""
    try:
        folders.make(folder, 0o700)
        folder.chmod(0o700)
    except OSError as error:
        raise cannot_create(folder, error) from error


def make_file(path: Path) -> None:
    """Make an empty file before SQLite does, which would leave its mode to the umask. Refusals as above."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise cannot_create(path, error) from error
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def no_room(message: str) -> Refusal:
    """Return the refusal of what a disk does not take."""
    return Refusal(
        Exit.IO,
        message,
        advice="Make room or repair the disk, then run the same command again: it goes on from here.",
        code="E-DISK",
    )


def cannot_create(path: Path, error: OSError) -> Refusal:
    """Return the refusal of a file or folder that cannot be made, or for which there is no room."""
    if error.errno in NO_ROOM:
        return no_room(f"there is no room for {path}: {error.strerror}; nothing was sent")
    if error.errno in _NO_DESCRIPTOR:
        return Refusal(
            Exit.IO,
            f"cannot open {path}: {error.strerror}; nothing was sent",
            advice="Let fewer programs run, or raise `ulimit -n`, then run the same command again.",
        )
    return Refusal(Exit.CANNOT_CREATE, f"cannot make {path}: {error.strerror or error}")
