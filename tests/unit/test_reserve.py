"""Room that is kept on the disk, and given back."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from runner.reserve import SIZE, Reserve, unable


def test_it_is_made_once_and_given_back(tmp_path: Path) -> None:
    """Made twice it is the same; given back it is gone; given back again nothing happens."""
    path = tmp_path / "reserve"
    reserve = Reserve(path)
    reserve.make()
    before = path.stat()
    reserve.make()
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    reserve.give_back()
    assert not path.exists()
    reserve.give_back()


def test_where_the_system_cannot_allocate_it_is_written(tmp_path: Path) -> None:
    """The room is really taken, by bytes of zero."""
    path = tmp_path / "reserve"
    Reserve(path, allocate=unable).make()
    assert path.read_bytes() == bytes(SIZE)
    assert path.stat().st_blocks * 512 >= SIZE


def test_a_reserve_that_does_not_fit_leaves_nothing(tmp_path: Path) -> None:
    """What was begun is taken away again: it would only make the disk fuller."""

    def full(descriptor: int, offset: int, length: int) -> None:
        os.ftruncate(descriptor, 5)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OSError, match="No space left"):
        Reserve(tmp_path / "reserve", allocate=full).make()
    assert list(tmp_path.iterdir()) == []
