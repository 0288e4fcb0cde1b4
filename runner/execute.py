"""Runs lanes: decide -> do -> journal -> apply, until nothing is left to do.

The lane decides, the client and the sink do, the journal remembers; here is only the loop that joins them.
What an effect brings is in the journal before the lane hears of it, and an intent is there before its POST
leaves.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from runner.actions import Create, Download, Finished, Place, Poll, Wait
from runner.client import Body, Broken, Client, Distrusted, Got, Missed
from runner.errors import Exit, Refusal
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
from runner.pace import Effect, InLine, Pace, Threads
from runner.plan import Partition
from runner.proof import Unproven
from runner.sink import Sink

BARE = "the server said neither its length nor where it ends: only its form shows that it is whole"
"""The warning of a file whose only proof is its structure."""
OPEN = "its last line has no end, and the server said neither its length nor where it ends: it may be cut"
"""Why a CSV file is refused whose last cell may go on, as far as anybody can tell."""

__all__ = ["InLine", "LaneRun", "Pace", "Threads"]


@dataclass(frozen=True)
class LaneRun:
    """One lane, with all that it needs to be carried out.

    `partitions` are by journal key; `over` has by key the sha256 of the older file, if any, whose place the
    new one may take. `observe` is shown each event after it is applied, `received` each piece of a download
    (key, bytes). `closing` and `stop` are looked at between steps: at the first nothing new is begun, at the
    second downloads under way are broken off too.
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
    over: Mapping[str, str] = field(default_factory=dict)
    manifest: str = ""
    closing: threading.Event = field(default_factory=threading.Event)
    _heads: deque[tuple[str, int]] = field(default_factory=deque, init=False)

    def carry_out(self) -> None:
        """Run the lane to its end, or to a clean stop.

        Where something breaks, all that is under way is waited for, and what it brings is journalled as far
        as that can be done: a job that was made is then known.
        """
        arrived: deque[Event] = deque()
        try:
            while not self._ended(arrived):
                pass
        except Exception as error:
            if isinstance(error, Refusal):
                self.stop.set()
            self._save(arrived)
            raise
        finally:
            self.pace.close()

    def _ended(self, arrived: deque[Event]) -> bool:
        """Take the next step; say whether there was none left."""
        self._take_in(arrived, self.pace.now())
        if self.stop.is_set() or self.closing.is_set():
            self.lane.close()
        match self.lane.next(self.pace.now()):
            case Finished():
                return True
            case Wait(until):
                self._take_in(arrived, until)
            case action:
                self._begin(action)
        return False

    def _take_in(self, arrived: deque[Event], until: int | None) -> None:
        """Record what effects have brought; in `arrived` stays what could not be journalled."""
        arrived.extend(self.pace.take(until))
        # A download's head comes before its end: what ends it may be among the events.
        while self._heads:
            self.lane.budget.arrived(*self._heads.popleft())
        while arrived:
            self.journal.append(self.name, arrived[0])
            self._apply(arrived.popleft())

    def _save(self, arrived: deque[Event]) -> None:
        """Journal what has come and what still comes, each as far as it can be."""
        self.pace.close()
        with suppress(Exception):  # what broke first is what is told
            while events := self.pace.take(self.pace.now()):
                arrived.extend(events)
        for event in arrived:
            with suppress(Refusal):
                self.journal.append(self.name, event)

    def _record(self, event: Event) -> None:
        """Journal, apply, show: always in this order."""
        if not isinstance(event, Polling):
            self.journal.append(self.name, event)
        self._apply(event)

    def _apply(self, event: Event) -> None:
        self.lane.apply(event)
        self.observe(event)

    def _begin(self, action: Create | Poll | Download | Place) -> None:
        """Note that the action begins, then start its effect."""
        at, key = self.pace.now(), action.key
        match action:
            case Create(_, attempt):
                self._record(self._intent(key, at, attempt))
                self._start(key, "create", lambda: self._create(key))
            case Poll(_, url):
                self._record(Polling(key=key, at=at))
                self._start(key, "poll", lambda: self._poll(key, url))
            case Download(_, url):
                self._record(Downloading(key=key, at=at, output=self.partitions[key].output))
                self._start(
                    key, "download", lambda: self._guarded(key, "download", lambda: self._download(key, url))
                )
            case place:
                self._record(self._guarded(key, "place", lambda: self._place(key, place.stored)))

    def _start(self, key: str, step: str, effect: Effect) -> None:
        """Start an effect; not where writing down that it begins has shown that the disk is full."""
        if not self.closing.is_set():
            self.pace.start(effect)
            return
        message = "not sent: the run is coming to its end"
        self._record(
            Unanswered(key=key, at=self.pace.now(), step=step, sent=False, code="E-STOPPED", message=message)
        )

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
            self._heads.append((key, self.pace.now()))
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
        chunks = self._until_stopped(key, body)
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
            manifest=self.manifest,
        )

    def _until_stopped(self, key: str, body: Body) -> Iterator[bytes]:
        last = b""
        for chunk in body.chunks:
            if self.stop.is_set():
                raise Broken("E-STOPPED", "stopped in the middle of the download")
            self.received(key, len(chunk))
            last = chunk[-1:]
            yield chunk
        if body.proof == "structure" and self.partitions[key].format == "csv" and last not in b"\r\n":
            raise Unproven(OPEN)

    def _place(self, key: str, stored: Stored) -> Event:
        over = self.over.get(key, "")
        if self.sink.place(stored.part, stored.output, stored.sha256, over=over):
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
