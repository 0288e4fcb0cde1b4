"""Room on the disk that is kept for the journal: it is given back when the disk is full.

A full disk then still takes the answers of creates that are under way, so that no job is lost.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

SIZE = 2 << 20
"""Enough for a hundred answers: no more than the vendor's queues hold are ever under way."""
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_UNABLE = (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS)

Allocate = Callable[[int, int, int], None]


def unable(descriptor: int, offset: int, length: int) -> None:
    """Stand in where the system cannot allocate."""
    raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))


_ALLOCATE: Allocate = getattr(os, "posix_fallocate", unable)


class Reserve:
    """A file of `SIZE` bytes at `path` that stands for nothing but its room."""

    def __init__(self, path: Path, *, allocate: Allocate = _ALLOCATE) -> None:
        self._path = path
        self._allocate = allocate

    def make(self) -> None:
        """See to it that the room is really kept, readable by nobody else; OSError where it is not there."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            os.fchmod(descriptor, 0o600)
            if os.fstat(descriptor).st_blocks * 512 < SIZE:
                self._fill(descriptor)
        except OSError:
            self.give_back()
            raise
        finally:
            os.close(descriptor)

    def _fill(self, descriptor: int) -> None:
        try:
            self._allocate(descriptor, 0, SIZE)
        except OSError as error:
            if error.errno not in _UNABLE:
                raise
            for offset in range(0, SIZE, 1 << 16):
                os.pwrite(descriptor, bytes(1 << 16), offset)
            os.fsync(descriptor)

    def give_back(self) -> None:
        """Let go of the room; nothing happens where that was done before."""
        with suppress(OSError):
            self._path.unlink()
