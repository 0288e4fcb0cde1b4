"""Rows of team_performance and team_performance_interval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from runner import zones
from runner.sandbox.ask import Ask
from runner.sandbox.calendar import HOUR_MS
from runner.sandbox.care import AGENTS, TEAMS, Agent
from runner.sandbox.rows.facts import Fact, asked_for, responses, stream
from runner.sandbox.rows.show import Show, who
from runner.sandbox.rules import WEEK_MS

Row = tuple[str, ...]


@dataclass(slots=True)
class _Sum:
    """What adds up over responses."""

    responses: int = 0
    waited_ms: int = 0
    longest_ms: int = 0
    quick: int = 0
    conversations: set[int] = field(default_factory=set)

    def add(self, fact: Fact) -> None:
        waited = fact.at - fact.since
        self.responses += 1
        self.waited_ms += waited
        self.longest_ms = max(self.longest_ms, waited)
        self.quick += waited <= HOUR_MS
        self.conversations.add(fact.about.id)

    def figures(self) -> Row:
        """Return the five figures; averages of nothing are empty."""
        if not self.responses:
            return ("0", "0", "", "", "")
        return (
            str(self.responses), str(len(self.conversations)), str(self.waited_ms // self.responses),
            str(self.longest_ms), str(self.quick * 100 // self.responses),
        )  # fmt: skip


def _asked_agents(ask: Ask) -> tuple[Agent, ...]:
    return tuple(one for one in AGENTS if asked_for(one, ask))


def team_performance(ask: Ask, seed: int) -> Iterator[Row]:
    """Yield one row per agent, with figures over the whole window."""
    show = Show(ask)
    sums = {one: _Sum() for one in _asked_agents(ask)}
    for fact in stream(ask, seed, responses):
        if (agent := fact.about.agent) in sums:
            sums[agent].add(fact)
    for agent, its in sums.items():
        yield (show.zone, str(agent.team.number), agent.team.name, *who(agent), *its.figures())


def team_performance_interval(ask: Ask, seed: int) -> Iterator[Row]:
    """Yield one row per interval and team. The last interval is cut at the window's end (own choice)."""
    show = Show(ask)
    agents = _asked_agents(ask)
    facts = (fact for fact in stream(ask, seed, responses) if fact.about.agent in agents)
    ahead = next(facts, None)
    for start, end in _intervals(ask):
        inside: list[Fact] = []
        while ahead is not None and ahead.at <= end:
            inside.append(ahead)
            ahead = next(facts, None)
        for team in TEAMS:
            if ask.teams is None or team.number in ask.teams:
                figures = _figures(fact for fact in inside if fact.about.agent.team is team)
                yield (show.zone, show(start), show(end), str(team.number), team.name, *figures)


def _figures(facts: Iterable[Fact]) -> Row:
    its = _Sum()
    for fact in facts:
        its.add(fact)
    return its.figures()


def _intervals(ask: Ask) -> Iterator[tuple[int, int]]:
    """Yield the intervals from the window's start on; above a week they are calendar months [O], of UTC."""
    start, count = ask.start_ms, 1
    while start <= ask.end_ms:
        if ask.interval_ms > WEEK_MS:
            following = zones.moved(ask.start_ms, "UTC", months=count)
        else:
            following = start + ask.interval_ms
        yield start, min(following - 1, ask.end_ms)
        start, count = following, count + 1
