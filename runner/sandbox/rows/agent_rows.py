"""Rows of raw_agent_states and user: when agents were logged in, and in which state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from runner.sandbox import calendar
from runner.sandbox.ask import Ask
from runner.sandbox.calendar import HOUR_MS
from runner.sandbox.care import AGENTS, Agent
from runner.sandbox.dice import Dice, weighted
from runner.sandbox.rows.facts import asked_for, timely
from runner.sandbox.rows.show import Show, who

Row = tuple[str, ...]
_MINUTE = 60_000
_STATES = weighted(("GREEN", 55), ("RED", 25), ("YELLOW", 20))
_LENGTHS = {"GREEN": (50, 150), "RED": (15, 60), "YELLOW": (8, 35)}


class State(NamedTuple):
    """One stretch of one agent's day, [start, end) in epoch milliseconds."""

    start: int
    end: int
    name: str
    agent: Agent
    mobile: bool


@lru_cache(maxsize=16)
def states(seed: int, day: int) -> tuple[State, ...]:
    """Return the states that began on the team's day, in order of time. Nobody works over midnight."""
    span = calendar.hours(day)
    if span is None:
        return ()
    found: list[State] = []
    for agent in AGENTS:
        if agent.there(day) and (agent.number * 7 + day) % 11:
            found += _of_agent(seed, day, agent, *span)
    return tuple(sorted(found, key=lambda one: (one.start, one.agent.number)))


def _of_agent(seed: int, day: int, agent: Agent, opens: int, closes: int) -> Iterator[State]:
    dice = Dice(seed, "states", day, agent.number)
    late = agent.number % 2 * (closes - opens) // 3
    start = opens + late + dice.between(0, 12 * _MINUTE)
    ends = min(closes, opens + late + 8 * HOUR_MS) + dice.between(0, 6 * _MINUTE)
    while start < ends:
        name = dice.weighted(_STATES)
        low, high = _LENGTHS[name]
        end = min(ends, start + dice.between(low * _MINUTE, high * _MINUTE))
        yield State(start, end, name, agent, dice.roll() < 0.1)
        start = end


def raw_agent_states(ask: Ask, seed: int) -> Iterator[Row]:
    """Yield the states that began in the window, whole (the sandbox's own choice).

    Filters for priorities, queues and smart views do not apply to them; agents count though disabled since.
    """
    show = Show(ask)
    for day in range(calendar.day_of(ask.start_ms), calendar.day_of(ask.last_ms) + 1):
        for one in states(seed, day):
            inside = ask.start_ms <= one.start <= ask.last_ms and timely(one.start, ask)
            if inside and (ask.teams is None or one.agent.team.number in ask.teams):
                yield _state_row(one, show)


def _state_row(one: State, show: Show) -> Row:
    number, name, email = who(one.agent)
    return (
        name, email, number, show.zone, str(one.agent.team.number), one.agent.team.name, one.name,
        show(one.start), show(one.end), str(one.end - one.start), "mobile" if one.mobile else "desktop",
    )  # fmt: skip


def user(ask: Ask, seed: int) -> Iterator[Row]:
    """Yield one row per agent. The window only moves the total times [U]: what lies inside counts."""
    show = Show(ask)
    totals = _totals(ask, seed)
    today = calendar.day_of(ask.as_of_ms)
    for agent in AGENTS:
        if asked_for(agent, ask):
            green, yellow, red = (totals[agent, name] for name in ("GREEN", "YELLOW", "RED"))
            online, mobile = green + yellow + red, totals[agent, "mobile"]
            lead = "Supervisor" if agent.number % 100 == 1 else "Agent"
            yield (
                show.zone, *who(agent), str(agent.team.number), agent.team.name, lead,
                "true" if agent.there(today) else "false", _clock(online), _clock(green),
                *map(str, (online - mobile, green, yellow, red, mobile)),
            )  # fmt: skip


def _totals(ask: Ask, seed: int) -> Counter[tuple[Agent, str]]:
    totals: Counter[tuple[Agent, str]] = Counter()
    for day in range(calendar.day_of(ask.start_ms) - 1, calendar.day_of(ask.last_ms) + 1):
        for one in states(seed, day):
            inside = min(one.end, ask.last_ms + 1) - max(one.start, ask.start_ms)
            if inside > 0:
                totals[one.agent, one.name] += inside
                totals[one.agent, "mobile"] += inside * one.mobile
    return totals


def _clock(ms: int) -> str:
    seconds = ms // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
