"""Folders that outlive a power cut: a new name is durable only once the folder that holds it is synced."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_UNABLE = (errno.EACCES, errno.EPERM, errno.EINVAL, errno.EROFS)
"""Why a folder cannot be synced by this user, or on this file system: it is then as durable as it gets."""


def make(folder: Path, mode: int = 0o777, *, sync: Callable[[int], None] = os.fsync) -> None:
    """Make a folder, and those above it that are missing, durably; one that is there keeps its mode.

    Of one that is there nobody knows whether who made it came to the sync: so it is made durable as well, as
    far as that can be done. `sync` makes it so; it is an argument so that a test can let it fail.
    """
    if not folder.is_dir():
        make(folder.parent, sync=sync)
        try:
            folder.mkdir(mode, exist_ok=True)
        except FileExistsError as error:
            raise NotADirectoryError(errno.ENOTDIR, "it is no folder", str(folder)) from error
    try:
        with opened(folder.absolute().parent) as above:
            sync(above)
    except OSError as error:
        if error.errno not in _UNABLE:
            raise


@contextmanager
def opened(folder: Path) -> Iterator[int]:
    """Open a folder, for its descriptor."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
