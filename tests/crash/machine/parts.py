"""What a run is put together from, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runner.actions import Purpose
from runner.errors import Exit
from runner.report.outcome import Outcome
from runner.track import Track
from tests.crash.machine.moments import Mishap

if TYPE_CHECKING:
    from tests.crash.machine.world import World

STATE = ".care-export"
"""The folder of journal and locks."""


def _same(one: Any, world: World) -> Any:
    return one


@dataclass(frozen=True)
class Parts:
    """What a run is put together from; a broken engine has another part. Each gets the real one."""

    journal: Callable[[Any, World], Any] = _same
    sink: Callable[[Any, World], Any] = _same
    lane: Callable[[Any, World], Any] = _same
    second: str = STATE
    """The folder of journal and locks of a run that is started beside another one."""


REAL = Parts()


@dataclass
class Ended:
    """How a run ended: with an exit code, or (None) by a crash; and what befell it."""

    exit: Exit | None
    purpose: Purpose
    overwrite: bool
    outcomes: Sequence[Outcome] = ()
    tracks: Mapping[str, Track] = field(default_factory=dict)
    befallen: tuple[Mishap, ...] = ()
    requests: int = 0
    took_ms: int = 0
