"""The private folder of a person's runs: what is told where it cannot be made."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from runner.errors import Exit
from runner.state import cannot_create


@pytest.mark.parametrize(
    ("number", "exit"),
    [
        (errno.EMFILE, Exit.IO),
        (errno.ENFILE, Exit.IO),
        (errno.ENOSPC, Exit.IO),
        (errno.EACCES, Exit.CANNOT_CREATE),
    ],
)
def test_what_passes_by_itself_is_told_from_what_is_forbidden(number: int, exit: Exit) -> None:
    """No descriptor and no room are 74, run again; a place where nothing can be made is 73."""
    refusal = cannot_create(Path("place"), OSError(number, os.strerror(number)))
    assert refusal.exit == exit
    assert "place" in refusal.message
    assert os.strerror(number) in refusal.message
