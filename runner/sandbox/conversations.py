"""The sandbox's conversations: they open, wait, are answered in working hours, and close.

All of a day's conversations come from the seed and the day alone, so any window can be made without the days
before it, and every report tells of the same ones. Invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from runner.sandbox import calendar, care
from runner.sandbox.ask import DAY_MS
from runner.sandbox.calendar import HOUR_MS
from runner.sandbox.care import Agent, Queue
from runner.sandbox.dice import Dice

LIFE_DAYS = 18
"""No conversation lives longer."""
_MINUTE = 60_000
_NONCES = 2**31


@dataclass(frozen=True, slots=True)
class Message:
    """One post or response. `since` is the instant of the post that a response answers; 0 for posts."""

    at: int
    incoming: bool
    number: int
    since: int = 0


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation with one customer. Instants are epoch milliseconds; `storm` counts a robot's tags."""

    id: int
    created: int
    closed: int
    author: int
    network: str
    language: str
    priority: int
    queue: Queue
    agent: Agent
    messages: tuple[Message, ...]
    tags: tuple[str, ...]
    storm: int = 0

    @property
    def first_response(self) -> int:
        """The instant of the first response."""
        return next(one.at for one in self.messages if not one.incoming)


@lru_cache(maxsize=160)
def born(seed: int, day: int) -> tuple[Conversation, ...]:
    """Return the conversations that begin on the team's day, in order of time."""
    dice = Dice(seed, "conversations", day)
    usual = calendar.volume(day)
    count = usual * dice.between(88, 113) // 100
    starts = sorted(_arrival(dice, day) for _ in range(count))
    storm = _storm(day)
    return tuple(
        _conversation(dice, day, order, start, storm if order == 0 else 0)
        for order, start in enumerate(starts)
    )


def _arrival(dice: Dice, day: int) -> int:
    """Return an instant of the day: mostly in the day's middle, sometimes at any hour."""
    where = (dice.roll() + dice.roll()) / 2
    span = (7 * HOUR_MS, 21 * HOUR_MS) if dice.roll() < 0.86 else (0, 23 * HOUR_MS)
    return calendar.midnight(day) + span[0] + int(where * (span[1] - span[0]))


def _storm(day: int) -> int:
    """Return how many tags a robot gone wrong sets: on each month's first Monday, more in each quarter's.

    So conversation_history_action has conversations past its caps of 500 and 2,000.
    """
    when = calendar.date_of(day)
    if when.weekday() != 0 or when.day > 7:
        return 0
    return 2_100 if when.month % 3 == 1 else 600


def _conversation(dice: Dice, day: int, order: int, created: int, storm: int) -> Conversation:
    language, priority = dice.weighted(care.LANGUAGES), dice.weighted(care.PRIORITIES)
    queue = dice.weighted(care.QUEUES)
    if priority == 0 and dice.roll() < 0.7:
        queue = care.URGENT
    agent = dice.pick(care.agents_of(care.team_for(language, queue, dice.roll()), day))
    messages = _messages(dice, created, priority)
    return Conversation(
        id=day * 1000 + order,
        created=created,
        closed=calendar.next_open(messages[-1].at + dice.often_low(5 * _MINUTE, 2 * DAY_MS))
        + dice.between(0, 9 * _MINUTE),
        author=dice.between(1, 4000),
        network=dice.weighted(care.NETWORKS),
        language=language,
        priority=priority,
        queue=queue,
        agent=agent,
        messages=messages,
        tags=tuple(sorted({dice.pick(care.TAGS) for _ in range(dice.between(0, 3))})),
        storm=storm,
    )


def _messages(dice: Dice, created: int, priority: int) -> tuple[Message, ...]:
    """Return the exchange: the customer asks, the agent answers in working hours, at most five times."""
    messages: list[Message] = []
    asked = created
    for _ in range(1 + dice.often_low(0, 5)):
        messages.append(Message(asked, True, dice.between(0, _NONCES)))
        wait = dice.often_low(2 * _MINUTE, (priority + 1) * 50 * _MINUTE)
        answered = calendar.next_open(asked + wait) + dice.between(20_000, 9 * _MINUTE)
        messages.append(Message(answered, False, dice.between(0, _NONCES), asked))
        asked = answered + dice.often_low(2 * _MINUTE, 20 * HOUR_MS)
        if asked > created + 5 * DAY_MS:
            break
    return tuple(messages)


def status(one: Conversation, at: int) -> str:
    """Return the state of a conversation at an instant not before its creation (the sandbox's own words)."""
    if one.closed <= at:
        return "CLOSED"
    last = [message for message in one.messages if message.at <= at][-1]
    if last.incoming:
        return "NEW" if at < one.first_response else "OPEN"
    return "AWAITING_CUSTOMER"
