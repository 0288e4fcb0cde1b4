"""What the harnesses need of the machine."""

from __future__ import annotations

import shutil


def test_strace_is_here() -> None:
    """Where strace is missing, the harnesses fail: they are never passed over in silence."""
    assert shutil.which("strace"), "apt-get install strace"
