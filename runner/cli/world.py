"""The environment and the clock: read here, and taken as arguments everywhere else."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping


def environment() -> Mapping[str, str]:
    """Return the program's environment as it is now."""
    return dict(os.environ)  # noqa: TID251 - the one place that reads it


def now_ms() -> int:
    """Return the instant in epoch milliseconds, UTC."""
    return time.time_ns() // 1_000_000
