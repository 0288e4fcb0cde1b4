"""PURE: what is said of one error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from runner.errors import Exit

Rerun = Literal["goes on", "goes on once that is done", "ends the same"]
MENDED: Final = "goes on once that is done"


@dataclass(frozen=True, slots=True)
class Code:
    """One error: the exit codes it may end with, what was seen, what to do, and what a rerun does then."""

    exits: tuple[Exit, ...]
    means: str
    advice: str
    rerun: Rerun
