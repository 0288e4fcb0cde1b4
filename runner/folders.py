"""Folders that outlive a power cut: a new name is durable only once the folder that holds it is synced."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def make(folder: Path, mode: int = 0o777) -> None:
    """Make a folder, and those above it that are missing, durably; one that is there keeps its mode.

    Of one that is there nobody knows whether who made it came to the sync: so it is made durable as well, as
    far as this user may.
    """
    if not folder.is_dir():
        make(folder.parent)
        folder.mkdir(mode, exist_ok=True)
    with suppress(PermissionError), opened(folder.absolute().parent) as above:
        os.fsync(above)


@contextmanager
def opened(folder: Path) -> Iterator[int]:
    """Open a folder, for its descriptor."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
