"""How a case of a bad answer is written down, and what the answers are made from."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Never

from runner.sandbox.wire import Response
from tests.contract.rawserver import Seen
from tests.crash.lies.faults import body_of, text
from tests.crash.lies.stand import ONE, Ended, Lie, Stand, Turn
from tests.crash.lies.wire import OnTheWire

JSON_ONE = "  - {report: raw_agent_states, format: json}\n"
OUTPUT = "exports/raw_agent_states.csv"
Check = Callable[[Stand, Ended, str], None]
"""Given the stand, how the run ended, and what was told."""


def _nothing(stand: Stand, ended: Ended, told: str) -> None:
    """Check nothing more."""


@dataclass(frozen=True)
class Case:
    """One bad answer: the lie, fields of the stand, and what is to be checked beside the rules and the exit.

    `whole` is what the file may hold where the server's own truth is another one than the sandbox's.
    """

    lie: Lie | None = None
    also: Check = _nothing
    exports: str = ONE
    whole: bytes | None = None
    stand: Mapping[str, Any] = field(default_factory=dict)
    stop: threading.Event | None = None
    prepare: Callable[[Stand], None] = lambda stand: None
    """Called before the run."""


def at(step: str, answer: Lie, times: int = 1_000_000) -> Lie:
    """Answer so the first `times` times that a step is asked for."""
    return lambda turn: answer(turn) if turn.step == step and turn.number <= times else None


def one_after_the_other(step: str, *answers: Lie) -> Lie:
    """Answer a step's first request with the first answer, and so on; then honestly."""

    def lie(turn: Turn) -> Response | None:
        if turn.step != step or turn.number > len(answers):
            return None
        return answers[turn.number - 1](turn)

    return lie


def wire(answer: Callable[[Seen, socket.socket], None]) -> Lie:
    """Answer with bytes."""

    def lie(turn: Turn) -> Never:
        raise OnTheWire(answer)

    return lie


def raw(make: Callable[[Turn], bytes]) -> Lie:
    """Answer with the bytes that are made of a turn, and end the connection."""

    def lie(turn: Turn) -> Never:
        content = make(turn)
        raise OnTheWire(lambda seen, connection: connection.sendall(content))

    return lie


def said(turn: Turn) -> Any:
    """Return what the honest answer says in JSON."""
    return json.loads(body_of(turn.honest()))


def saying(change: Callable[[Any], Any], media: str = "application/json") -> Lie:
    """Answer with the honest JSON, changed: `change` gets all of it and returns what is said instead."""
    return lambda turn: text(200, json.dumps(change(said(turn))).encode(), media)


def with_result(**fields: Any) -> Lie:
    """Answer a create with other fields in its result; None takes one away."""

    def change(data: Any) -> Any:
        changed = data["result"] | fields
        return data | {"result": {name: value for name, value in changed.items() if value is not None}}

    return saying(change)


def body(content: bytes) -> Lie:
    """Answer 200 with this."""
    return lambda turn: text(200, content)


def sent(stand: Stand, api: int, storage: int = 0) -> None:
    """Check how many requests were sent, and that none went elsewhere."""
    assert (len(stand.api.seen), len(stand.storage.seen)) == (api, storage)
    assert stand.elsewhere.seen == []


def flagged(stand: Stand, ended: Ended, told: str) -> None:
    """Check that the create was sent twice and that the record says so."""
    assert ended.creates == 2
    assert all(one.possible_duplicate for one in ended.lane.tracks.values())


def one_request(stand: Stand, ended: Ended, told: str) -> None:
    """Check that the create was all that was sent."""
    sent(stand, 1)
