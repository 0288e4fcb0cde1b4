"""What a create request asks for, once understood. Instants are epoch milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One export. The window holds `start_ms` and `end_ms`, both: that endTime is inside, no document says.

    `as_of_ms` is how far the sandbox's data reach, and the instant at which states are read: the UTC midnight
    before the job was created (the sandbox's own choice, so that two runs on one day bring the same rows).
    A filter that is None was not given. `interval_ms` above a week means calendar months.
    """

    report: str
    start_ms: int
    end_ms: int
    as_of_ms: int
    format: Literal["csv", "json"] = "json"
    metrics: tuple[str, ...] = ()
    timezone: str = ""
    offset_ms: int = 0
    priorities: frozenset[int] | None = None
    queues: frozenset[int] | None = None
    teams: frozenset[int] | None = None
    agents: frozenset[int] | None = None
    smart_view: int | None = None
    business: bool | None = None
    include_disabled: bool = False
    conversations: str = "OPEN_AT_END"
    interval_ms: int = DAY_MS
    raise_limit: bool = False

    @property
    def last_ms(self) -> int:
        """The last instant that rows can have."""
        return min(self.end_ms, self.as_of_ms)
