"""Rows of conversation, conversation_actions and conversation_history_action."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from runner.sandbox import calendar, texts
from runner.sandbox.ask import Ask
from runner.sandbox.care import URGENT
from runner.sandbox.conversations import LIFE_DAYS, Conversation, born, status
from runner.sandbox.rows.facts import Fact, kept, stream, timely
from runner.sandbox.rows.show import NOBODY, Show, about, who

Row = tuple[str, ...]
CAP, RAISED_CAP = 500, 2_000
"""How many actions of a conversation conversation_history_action holds [O]; no marker tells of the cut."""


def conversation(ask: Ask, seed: int) -> Iterator[Row]:
    """Yield the conversations created or closed in the window, or open at its end (the default) [O].

    A state is that at the window's end for OPEN_AT_END, else at the instant up to which the data reach, so
    that the parts of a window add up (the sandbox's own choice).
    """
    show = Show(ask)
    if ask.conversations == "OPEN_AT_END":
        for one in _open_at(ask, seed):
            yield _row(one, ask.last_ms, show)
        return
    source = _creation if ask.conversations == "CREATED" else _closing
    for fact in stream(ask, seed, source):
        yield _row(fact.about, ask.as_of_ms, show)


def _creation(one: Conversation) -> tuple[Fact]:
    return (Fact(one.created, one.id, one, None),)


def _closing(one: Conversation) -> tuple[Fact]:
    return (Fact(one.closed, one.id, one, None),)


def _open_at(ask: Ask, seed: int) -> Iterator[Conversation]:
    end = ask.last_ms
    for day in range(calendar.day_of(end) - LIFE_DAYS, calendar.day_of(end) + 1):
        for one in born(seed, day):
            if one.created <= end < one.closed and kept(one, ask) and timely(one.created, ask):
                yield one


def _row(one: Conversation, at: int, show: Show) -> Row:
    state, first = status(one, at), one.first_response
    done = [message for message in one.messages if message.at <= at]
    incoming = sum(message.incoming for message in done)
    assigned, answered, closed = state != "NEW", first <= at, state == "CLOSED"
    return (
        str(one.id),
        state,
        show.zone,
        *(who(one.agent)[:2] if assigned else ("", "")),
        show(one.created),
        show(one.closed) if closed else "",
        show(first) if answered else "",
        str(first - one.created) if answered else "",
        str(one.closed - one.created) if closed else "",
        *about(one),
        str(one.author),
        texts.handle(one.author),
        str(incoming),
        str(len(done) - incoming),
        ", ".join(one.tags),
        texts.subject(one.language, one.messages[0].number),
    )


def _actions(one: Conversation) -> Iterator[Fact]:
    """Yield everything that was done with a conversation, by people and by robots, in order of time.

    `detail` says what, an agent of None means a robot.
    """
    robots = ((*what, None) for what in _by_robots(one))
    people = ((*what, one.agent) for what in _by_agent(one))
    done = sorted((*robots, *people), key=lambda what: what[0])
    for order, (at, kind, detail, agent) in enumerate(done):
        yield Fact(at, one.id * 10_000 + order, one, agent, kind, order=order, detail=detail)


def _by_robots(one: Conversation) -> Iterator[tuple[int, str, str]]:
    yield one.created, "CREATED", one.network
    yield one.created + 400, "ROUTED", one.queue.name
    for extra in range(one.storm):
        yield one.created + 1_000 + extra * 1_500, "TAGGED", f"robot, {extra + 1}"


def _by_agent(one: Conversation) -> Iterator[tuple[int, str, str]]:
    yield one.first_response - 15_000, "ASSIGNED", one.agent.name
    for tag in one.tags:
        yield one.first_response - 10_000, "TAGGED", tag
    if one.queue is URGENT:
        yield one.first_response - 12_000, "PRIORITY_CHANGED", f"{one.priority + 1} > {one.priority}"
    for message in one.messages:
        if not message.incoming:
            yield message.at, "RESPONDED", ""
            if message.number % 9 == 0:
                yield message.at + 2_000, "NOTE_ADDED", 'Called back, "all fine", no refund'
    yield one.closed, "CLOSED", ""


def conversation_actions(ask: Ask, seed: int) -> Iterator[Row]:
    """Yield what agents did in the window. Leaving robots out is the sandbox's own choice."""
    show = Show(ask)

    def by_people(one: Conversation) -> Iterator[Fact]:
        return (fact for fact in _actions(one) if fact.agent)

    for fact in stream(ask, seed, by_people):
        yield (
            show.zone, str(fact.about.id), str(fact.key), fact.kind, show(fact.at), fact.detail,
            *who(fact.about.agent), *about(fact.about),
        )  # fmt: skip


def conversation_history_action(ask: Ask, seed: int) -> Iterator[Row]:
    """Yield what people and robots did in the window, without what lies past the cap.

    The cap counts a conversation's actions from its beginning (the sandbox's own choice), so parts add up.
    """
    show = Show(ask)
    cap = RAISED_CAP if ask.raise_limit else CAP

    def capped(one: Conversation) -> Iterator[Fact]:
        return islice(_actions(one), cap)

    for fact in stream(ask, seed, capped):
        yield (
            show.zone, str(fact.about.id), str(fact.order), fact.kind, show(fact.at),
            "AGENT" if fact.agent else "ROBOT", fact.detail, *(who(fact.agent) if fact.agent else NOBODY),
            *about(fact.about),
        )  # fmt: skip
