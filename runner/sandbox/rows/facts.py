"""What happened, as small records in order of time, streamed: what the reports' rows are made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush
from typing import NamedTuple

from runner.sandbox import calendar
from runner.sandbox.ask import Ask
from runner.sandbox.care import SMART_VIEWS, Agent
from runner.sandbox.conversations import LIFE_DAYS, Conversation, born


class Fact(NamedTuple):
    """One thing that happened in a conversation. `key` is unique among the facts of one kind.

    `number` decides the text, `since` is an earlier instant that belongs to it (a question's, a request's).
    """

    at: int
    key: int
    about: Conversation
    agent: Agent | None
    kind: str = ""
    number: int = 0
    since: int = 0
    order: int = 0
    detail: str = ""


Source = Callable[[Conversation], Iterable[Fact]]


def stream(ask: Ask, seed: int, source: Source) -> Iterator[Fact]:
    """Yield the source's facts of the asked window that pass the filters, in order of time.

    Only what a conversation's life spans is held at a time, so memory does not grow with the window.
    """
    waiting: list[Fact] = []
    for day in range(calendar.day_of(ask.start_ms) - LIFE_DAYS, calendar.day_of(ask.last_ms) + 1):
        for one in born(seed, day):
            if kept(one, ask):
                for fact in source(one):
                    if ask.start_ms <= fact.at <= ask.last_ms and timely(fact.at, ask):
                        heappush(waiting, fact)
        edge = calendar.midnight(day + 1)
        while waiting and waiting[0].at < edge:
            yield heappop(waiting)


def kept(one: Conversation, ask: Ask) -> bool:
    """Say whether a conversation passes the filters. An unknown smart view matches nothing (own choice)."""
    if ask.priorities is not None and one.priority not in ask.priorities:
        return False
    if ask.queues is not None and one.queue.number not in ask.queues:
        return False
    if ask.smart_view is None:
        return True
    view = SMART_VIEWS.get(ask.smart_view)
    return view is not None and one.priority in view.priorities and one.language in view.languages


def timely(at: int, ask: Ask) -> bool:
    """Say whether an instant passes the business-hour filter: inside, outside, or none."""
    return ask.business is None or calendar.is_open(at) == ask.business


def asked_for(agent: Agent, ask: Ask) -> bool:
    """Say whether an agent passes the filters for teams, agents and disabled accounts."""
    if ask.teams is not None and agent.team.number not in ask.teams:
        return False
    if ask.agents is not None and agent.number not in ask.agents:
        return False
    return ask.include_disabled or agent.there(calendar.day_of(ask.as_of_ms))


def posts(one: Conversation) -> Iterator[Fact]:
    """Yield what the customer wrote."""
    for order, message in enumerate(one.messages):
        if message.incoming:
            yield Fact(message.at, one.id * 100 + order, one, None, "POST", message.number, 0, order)


def responses(one: Conversation) -> Iterator[Fact]:
    """Yield what the agent wrote; `since` is the instant of the post that it answers."""
    for order, message in enumerate(one.messages):
        if not message.incoming:
            key = one.id * 100 + order
            yield Fact(message.at, key, one, one.agent, "RESPONSE", message.number, message.since, order)


def both(one: Conversation) -> Iterator[Fact]:
    """Yield posts and responses."""
    yield from posts(one)
    yield from responses(one)
