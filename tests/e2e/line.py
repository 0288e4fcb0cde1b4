"""A lane on the in-memory sandbox, with whatever the sandbox is told to do wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from runner import catalog, document, profiles
from runner.cli.lanes import STORAGE_ORIGIN
from runner.client import Client, in_memory
from runner.events import Event
from runner.execute import InLine, LaneRun, Pace
from runner.journal import Journal
from runner.lane import Lane
from runner.manifest import parse
from runner.plan import Plan, plan
from runner.sandbox.application import Application
from runner.sandbox.clock import VirtualClock
from runner.sandbox.quirks import Quirks
from runner.sandbox.server import serve
from runner.sandbox.wire import Request, Response
from runner.sink import Sink

MANIFEST = """
version: 1
name: line
timezone: UTC
period: 2026-06-01
defaults: {format: csv}
output: {filename: "{{ export }}.{{ format }}"}
exports:
"""
ONE = "  - {report: raw_agent_states}\n"


def planned(exports: str = ONE) -> Plan:
    """Return the plan of a small manifest with these exports."""
    manifest = parse(document.read((MANIFEST + exports).encode(), "line.yaml"), catalog.load())
    chosen = {one.id: (profiles.sandbox(),) for one in manifest.exports}
    return plan(manifest, catalog.load(), chosen, None, lambda partition: False)


@dataclass
class Line:
    """One run of a lane: its events, and what is where when it is over."""

    root: Path
    exports: str = ONE
    quirks: Quirks = field(default_factory=Quirks)
    faults: Callable[[Request], Response | None] | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    sync: Callable[[int], None] | None = None
    events: list[Event] = field(default_factory=list)
    received: int = 0
    port: bool = False
    """Whether the sandbox is behind a port, or called in memory."""
    reach: Callable[[VirtualClock], AbstractContextManager[Client]] | None = None
    """Opens another client than one of the sandbox as it is."""
    watch: list[Callable[[Event], None]] = field(default_factory=list)
    """Called with each event; a request has not left yet when its own event is told."""
    skew: Callable[[], int] | None = None
    """By how many milliseconds our own clock is wrong; the sandbox's is right."""
    closing: threading.Event = field(default_factory=threading.Event)
    rate: int = 20
    """How many requests a minute may have."""
    pace: Callable[[VirtualClock], Pace] | None = None
    """Returns another pace than one effect after the other on the sandbox's clock."""

    def run(self) -> Lane:
        """Carry the lane out, replaying what an earlier run left; return it."""
        made, clock = planned(self.exports), VirtualClock()
        lane = Lane([one.key for one in made.partitions], requests_per_minute=self.rate, running=2, queued=5)
        sink = Sink(self.root, sync=self.sync) if self.sync else Sink(self.root)
        with (
            self.reach(clock) if self.reach else self._client(clock) as client,
            Journal.open(self.root / ".care-export" / "journal.db", self.closing.set) as journal,
        ):
            for event in journal.replay("sandbox"):
                lane.apply(event)
                clock.advance(max(event.at - clock.now_ms(), 0))
            lane.resume()
            LaneRun(
                name="sandbox",
                lane=lane,
                partitions={one.key: one for one in made.partitions},
                client=client,
                sink=sink,
                journal=journal,
                pace=self.pace(clock) if self.pace else self._in_line(clock),
                observe=self._observe,
                received=self._received,
                stop=self.stop,
                closing=self.closing,
            ).carry_out()
        return lane

    def _in_line(self, clock: VirtualClock) -> Pace:
        return InLine(lambda: clock.now_ms() + (self.skew() if self.skew else 0), clock.advance)

    @contextmanager
    def _client(self, clock: VirtualClock) -> Iterator[Client]:
        credentials = profiles.resolve(profiles.sandbox(), {}, lambda path: (b"", 0))
        if self.port:
            with serve(clock=clock, quirks=self.quirks, faults=self.faults) as served:
                yield Client(served.api_origin, credentials)
            return
        application = Application(
            clock=clock,
            quirks=self.quirks,
            faults=self.faults,
            api_origin=profiles.SANDBOX_URL,
            storage_origin=STORAGE_ORIGIN,
        )
        with closing(Client(profiles.SANDBOX_URL, credentials, transport=in_memory(application))) as client:
            yield client

    def _observe(self, event: Event) -> None:
        self.events.append(event)
        for one in self.watch:
            one(event)

    def _received(self, key: str, count: int) -> None:
        self.received += count

    def kinds(self) -> list[str]:
        """Return the kinds of the events, in order."""
        return [event.kind for event in self.events]

    def failure(self, lane: Lane) -> tuple[str, int]:
        """Return code and exit of the one partition's failure."""
        (track,) = lane.tracks.values()
        assert track.failure is not None, track
        return track.failure.code, track.failure.exit
