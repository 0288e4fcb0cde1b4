"""Runs lanes: decide -> do -> journal -> apply, until nothing is left to do.

The lane decides, the client and the sink do, the journal remembers; here is only the loop that joins them.
What an effect brings is in the journal before the lane hears of it, and an intent is there before its POST
leaves. On a real profile effects run on threads; on the in-memory sandbox they run in line, on its own clock.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from runner.actions import Create, Download, Finished, Place, Poll, Wait
from runner.client import Body, Broken, Client, Distrusted, Got, Missed
from runner.errors import Exit
from runner.events import (
    Created,
    Done,
    Downloading,
    Event,
    Failed,
    Intent,
    Lost,
    NotDownloaded,
    Polled,
    Polling,
    Stored,
    Unanswered,
)
from runner.journal import Journal
from runner.lane import Lane
from runner.plan import Partition
from runner.proof import Unproven
from runner.sink import Sink

Effect = Callable[[], Event]
BARE = "the server said neither its length nor where it ends: only its form shows that it is whole"
"""The warning of a file whose only proof is its structure."""
HEARTBEAT_S = 0.25
"""How long a lane sleeps at most before it looks whether it has been asked to stop."""


class Pace(Protocol):
    """A clock, and a way to run effects beside it."""

    def now(self) -> int:
        """Return the instant in epoch milliseconds."""

    def start(self, effect: Effect) -> None:
        """Run an effect; what it returns comes back from `take`."""

    def take(self, until: int | None) -> list[Event]:
        """Return what effects have brought, waiting until `until` (epoch ms) at most, or a heartbeat."""

    def close(self) -> None:
        """Wait for what is under way."""


class Threads:
    """A clock that goes by itself, and effects on threads.

    `now` tells epoch milliseconds and runs `speed` times as fast as the day: 1 but for a sandbox in a hurry.
    """

    def __init__(self, now: Callable[[], int], width: int = 8, speed: float = 1.0) -> None:
        self.now = now
        self._speed = speed
        self._pool = ThreadPoolExecutor(width, thread_name_prefix="care-export")
        self._inbox: queue.SimpleQueue[Future[Event]] = queue.SimpleQueue()

    def start(self, effect: Effect) -> None:
        """Run an effect on a thread of the pool."""
        self._pool.submit(effect).add_done_callback(self._inbox.put)

    def take(self, until: int | None) -> list[Event]:
        """Return the events that are there, after waiting for the first of them.

        What an effect raised is raised here, in the lane's own thread.
        """
        left = HEARTBEAT_S
        if until is not None:
            left = min(max((until - self.now()) / 1000 / self._speed, 0.0), HEARTBEAT_S)
        events: list[Event] = []
        try:
            ended = self._inbox.get(timeout=left) if left else self._inbox.get_nowait()
            while True:
                events.append(ended.result())
                ended = self._inbox.get_nowait()
        except queue.Empty:
            return events

    def close(self) -> None:
        """Wait for the threads."""
        self._pool.shutdown(wait=True)


class InLine:
    """The sandbox's own clock, and effects one after the other: a wait only moves the clock."""

    def __init__(self, now: Callable[[], int], advance: Callable[[int], None]) -> None:
        self.now = now
        self._advance = advance
        self._events: list[Event] = []

    def start(self, effect: Effect) -> None:
        """Run the effect here and now."""
        self._events.append(effect())

    def take(self, until: int | None) -> list[Event]:
        """Return what came; where nothing did, move the clock to `until`."""
        if not self._events and until is not None:
            self._advance(max(until - self.now(), 1))
        events, self._events = self._events, []
        return events

    def close(self) -> None:
        """Do nothing: no effect is ever under way."""


@dataclass(frozen=True)
class LaneRun:
    """One lane, with all that it needs to be carried out.

    `partitions` are by journal key; `replace` holds the keys whose final name may be taken over from an
    older file. `observe` is shown each event after it is applied, `received` each piece of a download (key,
    bytes); `stop` is looked at between steps.
    """

    name: str
    lane: Lane
    partitions: Mapping[str, Partition]
    client: Client
    sink: Sink
    journal: Journal
    pace: Pace
    observe: Callable[[Event], None]
    received: Callable[[str, int], None]
    stop: threading.Event
    replace: frozenset[str] = frozenset()

    def carry_out(self) -> None:
        """Run the lane to its end, or to a clean stop."""
        try:
            while True:
                for event in self.pace.take(self.pace.now()):
                    self._record(event)
                if self.stop.is_set():
                    self.lane.close()
                match self.lane.next(self.pace.now()):
                    case Finished():
                        return
                    case Wait(until):
                        for event in self.pace.take(until):
                            self._record(event)
                    case action:
                        self._begin(action)
        finally:
            self.pace.close()

    def _record(self, event: Event) -> None:
        """Journal, apply, show: always in this order."""
        if not isinstance(event, Polling):
            self.journal.append(self.name, event)
        self.lane.apply(event)
        self.observe(event)

    def _begin(self, action: Create | Poll | Download | Place) -> None:
        """Note that the action begins, then start its effect."""
        at, key = self.pace.now(), action.key
        match action:
            case Create(_, attempt):
                self._record(self._intent(key, at, attempt))
                self.pace.start(lambda: self._create(key))
            case Poll(_, url):
                self._record(Polling(key=key, at=at))
                self.pace.start(lambda: self._poll(key, url))
            case Download(_, url):
                self._record(Downloading(key=key, at=at))
                self.pace.start(lambda: self._guarded(key, "download", lambda: self._download(key, url)))
            case place:
                self._record(self._guarded(key, "place", lambda: self._place(key, place.stored)))

    def _intent(self, key: str, at: int, attempt: int) -> Intent:
        one = self.partitions[key]
        span = one.window.end_ms - one.window.start_ms
        digest = one.request.digest
        return Intent(key=key, at=at, attempt=attempt, request_digest=digest, report=one.report, span_ms=span)

    def _create(self, key: str) -> Event:
        match self.client.create(self.partitions[key].request):
            case Got(status, body, retry_after):
                return Created(key=key, at=self.pace.now(), status=status, body=body, retry_after=retry_after)
            case other:
                return self._no_answer(key, "create", other)

    def _poll(self, key: str, url: str) -> Event:
        match self.client.poll(url):
            case Got(status, body, retry_after):
                return Polled(key=key, at=self.pace.now(), status=status, body=body, retry_after=retry_after)
            case other:
                return self._no_answer(key, "poll", other)

    def _no_answer(self, key: str, step: str, answer: Missed | Distrusted) -> Event:
        at = self.pace.now()
        match answer:
            case Missed(sent, code, message):
                return Unanswered(key=key, at=at, step=step, sent=sent, code=code, message=message)
            case lie:
                return Failed(
                    key=key, at=at, step=step, code=lie.code, message=lie.message, exit=Exit.UNTRUSTED
                )

    def _download(self, key: str, url: str) -> Event:
        with self.client.download(url) as answer:
            match answer:
                case Body():
                    return self._store(key, answer)
                case Got(status, _, retry_after):
                    at = self.pace.now()
                    return NotDownloaded(key=key, at=at, status=status, retry_after=retry_after)
                case other:
                    return self._no_answer(key, "download", other)

    def _store(self, key: str, body: Body) -> Event:
        partition = self.partitions[key]
        chunks = self._until_stopped(key, body.chunks)
        stored = self.sink.store(key, partition.output, chunks, partition.format, partition.metrics)
        return Stored(
            key=key,
            at=self.pace.now(),
            part=stored.part,
            output=stored.output,
            bytes=stored.bytes,
            sha256=stored.sha256,
            rows=stored.rows,
            rows_digest=stored.rows_digest,
            columns=stored.columns,
            proof=body.proof,
            warnings=(*stored.warnings, *([BARE] if body.proof == "structure" else [])),
        )

    def _until_stopped(self, key: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            if self.stop.is_set():
                raise Broken("E-STOPPED", "stopped in the middle of the download")
            self.received(key, len(chunk))
            yield chunk

    def _place(self, key: str, stored: Stored) -> Event:
        replace = key in self.replace
        if self.sink.place(stored.part, stored.output, stored.sha256, replace=replace):
            return Done(key=key, at=self.pace.now(), output=stored.output)
        return Lost(key=key, at=self.pace.now())

    def _guarded(self, key: str, step: str, effect: Effect) -> Event:
        """Turn what a file or a body can do wrong into an event; nothing else is caught."""
        try:
            return effect()
        except Broken as error:
            at = self.pace.now()
            return Unanswered(
                key=key, at=at, step="download", sent=True, code=error.code, message=error.message
            )
        except Unproven as error:
            message = str(error)
            return Unanswered(
                key=key, at=self.pace.now(), step="download", sent=True, code="E-UNPROVEN", message=message
            )
        except FileExistsError:
            code, exit, said = "E-EXISTS", Exit.CANNOT_CREATE, "another file is there"
        except (PermissionError, NotADirectoryError, IsADirectoryError) as error:
            code, exit, said = "E-PERMISSION", Exit.CANNOT_CREATE, str(error.strerror)
        except OSError as error:
            code, exit, said = "E-IO", Exit.IO, error.strerror or "the system failed"
        message = f"cannot write {self.partitions[key].output}: {said}"
        return Failed(key=key, at=self.pace.now(), step=step, code=code, message=message, exit=exit)
