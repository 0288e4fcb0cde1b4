"""How instants and shared columns look in a file: the sandbox's own choice; every field is text [R].

Dates are `2026-01-15 09:30:00` in the asked zone or offset, UTC otherwise, whatever the locale: no document
fixes their layout. The zone never moves the window [O].
"""

from __future__ import annotations

from functools import cache, lru_cache

from runner import zones
from runner.sandbox.ask import DAY_MS, Ask
from runner.sandbox.calendar import date_of
from runner.sandbox.care import Agent
from runner.sandbox.conversations import Conversation

_QUARTER_HOUR_MS = 900_000
NOBODY = ("", "", "")


class Show:
    """Turns instants into text for one export."""

    def __init__(self, ask: Ask) -> None:
        self._timezone = ask.timezone
        self._fixed_ms = ask.offset_ms
        # No zone changes its offset within a quarter of an hour, so each is looked up once.
        self._offset = lru_cache(maxsize=4096)(self._offset_at)
        self.zone = ask.timezone or offset_text(ask.offset_ms)

    def _offset_at(self, quarter: int) -> int:
        if not self._timezone:
            return self._fixed_ms
        return offset_in(self._timezone, quarter * _QUARTER_HOUR_MS)

    def __call__(self, instant_ms: int) -> str:
        """Return the instant as local date and time."""
        day, rest = divmod(instant_ms + self._offset(instant_ms // _QUARTER_HOUR_MS), DAY_MS)
        seconds = rest // 1000
        return f"{_day(day)} {seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def offset_in(timezone: str, instant_ms: int) -> int:
    """Return how far the zone is ahead of UTC at the instant, in milliseconds."""
    here = zones.local(instant_ms, timezone).replace(tzinfo=zones.zone("UTC"))
    return zones.to_ms(here) - instant_ms


def offset_text(offset_ms: int) -> str:
    """Return an offset as `+01:00`; UTC for none."""
    if not offset_ms:
        return "UTC"
    minutes = abs(offset_ms) // 60_000
    return f"{'-' if offset_ms < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


@lru_cache(maxsize=1024)
def _day(day: int) -> str:
    return date_of(day).isoformat()


def about(one: Conversation) -> tuple[str, ...]:
    """Return PRIORITY, NETWORK, LANGUAGE, WORK_QUEUE_ID, WORK_QUEUE, TEAM_ID, TEAM."""
    team = one.agent.team
    return (
        str(one.priority), one.network, one.language, str(one.queue.number), one.queue.name,
        str(team.number), team.name,
    )  # fmt: skip


@cache
def who(agent: Agent) -> tuple[str, str, str]:
    """Return AGENT_ID, AGENT_NAME, AGENT_EMAIL."""
    return str(agent.number), agent.name, agent.email
