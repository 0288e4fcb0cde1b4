"""One lane against a server that lies.

The vendor's part is played by the sandbox behind two ports of its own; a third port, elsewhere, is where
credentials must never arrive. The lane runs on the sandbox's clock, so that its waits cost no time. Lies go
in by the sandbox's `faults` seam; one that needs the socket raises `OnTheWire` there.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

from runner import profiles
from runner.cli.progress import view
from runner.cli.reach import STORAGE_ORIGIN
from runner.cli.streams import tell
from runner.client import Client, Timeouts
from runner.errors import Exit
from runner.events import Downloading, Event, Intent, Polling
from runner.lane import Lane
from runner.report import lock
from runner.report.outcome import Outcome, exit_of, outcomes
from runner.sandbox.accounts import COMPANY_KEY, PASSWORD
from runner.sandbox.application import Application
from runner.sandbox.clock import START_MS, VirtualClock
from runner.sandbox.quirks import Quirks
from runner.sandbox.wire import Request, Response
from tests.contract.rawserver import Seen, http
from tests.crash.lies import footprint
from tests.crash.lies.memory import Recording
from tests.crash.lies.wire import Answer, OnTheWire, Port, port
from tests.e2e.line import Line, planned

ONE = "  - {report: raw_agent_states}\n"
TWO = ONE + "  - {report: incoming_post}\n"
PATIENT, HASTY = Timeouts(), Timeouts(answer_s=0.5, stall_s=0.5, least_bytes_per_s=1000)
SIZE_CAP = 2 << 20
"""The most bytes of a file here; an honest one has less than a tenth of it."""
CANARY = "canary-7f3a9c"
"""Part of every token that a case makes up."""
STEPS = ("create", "poll", "redirect", "download")
SHORTEST = 6
"""A shorter text is no secret: it stands everywhere."""
_STEPS_OF = {Intent: ("create",), Polling: ("poll",), Downloading: ("redirect", "download")}
_TOKENS = (r'"runId": ?"([^"]+)"', r"analyticsAccessToken=([^&\"\s]+)", r"Signature=([^&\"\s]+)")


@dataclass(frozen=True)
class Turn:
    """One request that may be answered with a lie: the `number`th of its step in this run."""

    request: Request
    step: str
    number: int
    honest: Callable[[], Response]
    """Makes the answer that the sandbox would give."""
    api: str
    elsewhere: str


Lie = Callable[[Turn], Response | None]
"""Returns the answer, or None for the honest one; may raise OnTheWire."""


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    lane: Lane
    events: list[Event]
    outcomes: tuple[Outcome, ...]

    @property
    def exit(self) -> Exit:
        """The exit code that the command would have."""
        return exit_of(self.outcomes)

    @property
    def codes(self) -> set[str]:
        """The codes of what failed."""
        return {one.code for one in self.outcomes if one.code}

    @property
    def warnings(self) -> str:
        """All warnings."""
        return "\n".join(said for one in self.outcomes for said in one.warnings)

    @property
    def creates(self) -> int:
        """How many creates were begun."""
        return sum(isinstance(one, Intent) for one in self.events)


@dataclass
class Stand:
    """A lying server, and what was seen of the runs against it."""

    root: Path
    api: Port
    storage: Port
    elsewhere: Port
    lie: Lie | None = None
    early: Callable[[str, int], str] = lambda step, number: ""
    """Says of a step's `number`th request, before it leaves, if its port is to `shut` or `reset` on it."""
    exports: str = TWO
    quirks: Quirks = field(default_factory=Quirks)
    timeouts: Timeouts = PATIENT
    opens: Callable[..., Client] = Client
    memory: bool = False
    """Whether it all happens in memory, at https and with names, instead of behind ports."""
    secrets: set[str] = field(default_factory=lambda: {PASSWORD, COMPANY_KEY, CANARY})
    turned_away: list[Seen] = field(default_factory=list)
    """The creates that were answered in a way that says: nothing was done."""
    resident: int = field(default_factory=footprint.began)
    """What the process had before the runs, in KiB."""
    _counts: dict[str, int] = field(default_factory=dict)
    _sandbox: Callable[[Request], Response] | None = None

    def run(self, **options: Any) -> Ended:
        """Carry the lane out once, telling what a person would be told; an error of ours is raised."""
        self._counts = dict.fromkeys(STEPS, 0)
        made = planned(self.exports)
        views = [
            view(one, made.partitions, terminal=False, now=lambda: START_MS) for one in ("plain", "json")
        ]
        line = Line(self.root, self.exports, reach=self._reach, **options)
        line.watch += [self._before, *(one.observe for one in views)]
        lane = line.run()
        ended = Ended(lane, line.events, outcomes(made.partitions, lane.tracks))
        for one in ended.outcomes:
            tell(f"{one.partition.id}: {one.code}: {one.message}: {one.warnings}")
        stored = {key: one.stored for key, one in lane.tracks.items() if one.state == "done" and one.stored}
        lock.write(self.root / "line.lock.json", lock.made(made, stored, None))
        return ended

    @contextmanager
    def _reach(self, clock: VirtualClock) -> Iterator[Client]:
        sandbox = partial(
            Application,
            clock=clock,
            quirks=self.quirks,
            api_origin=self.origin,
            storage_origin=STORAGE_ORIGIN if self.memory else self.storage.origin,
        )
        self._sandbox = answering = sandbox(faults=self._fault(sandbox()))
        credentials = profiles.resolve(profiles.sandbox(), {}, lambda path: (b"", 0))
        known = {self.origin: self.api.seen, STORAGE_ORIGIN: self.storage.seen}
        opened = self.opens(
            self.origin,
            credentials,
            transport=Recording(answering, known, self.elsewhere.seen) if self.memory else None,
            timeouts=self.timeouts,
            size_cap=SIZE_CAP,
        )
        with closing(opened) as client:
            yield client

    def _fault(self, honest: Callable[[Request], Response]) -> Callable[[Request], Response | None]:
        def fault(request: Request) -> Response | None:
            if self.lie is None or (step := step_of(request)) not in self._counts:
                return None
            turn = Turn(
                request,
                step,
                self._counts[step],
                lambda: self._learned(honest(request)),
                self.origin,
                self.elsewhere.origin,
            )
            return self.lie(turn)

        return fault

    @property
    def origin(self) -> str:
        """Where the API is."""
        return profiles.SANDBOX_URL if self.memory else self.api.origin

    def _before(self, event: Event) -> None:
        """Count a step's requests, and let a port misbehave for the one to come; then it is good again."""
        for one in (self.api, self.storage):
            one.unread = False
            one.open()
        for step in _STEPS_OF.get(type(event), ()):
            self._counts[step] += 1
            meant = self.storage if step == "download" else self.api
            what = self.early(step, self._counts[step])
            meant.unread = what == "reset"
            if what == "shut":
                meant.shut()

    def answer(self, which: Literal["api", "storage"]) -> Answer:
        """Return how the port of the API, or of the storage, answers."""

        def answer(seen: Seen, connection: socket.socket) -> None:
            assert self._sandbox is not None
            try:
                response = self._learned(
                    self._sandbox(Request(seen.method, seen.target, seen.headers, seen.body, which))
                )
            except OnTheWire as lie:
                lie.answer(seen, connection)
                return
            if 400 <= response.status < 500 or (
                response.status == 503 and "retry-after" in dict(response.headers)
            ):
                self.turned_away.append(seen)
            connection.sendall(head(response))
            for piece in response.body:
                connection.sendall(piece)

        return answer

    def _learned(self, response: Response) -> Response:
        """Take up the secrets that an answer gives away, and return it."""
        said = " ".join(value for _, value in response.headers)
        if isinstance(response.body, tuple):
            said += b"".join(response.body).decode("utf-8", "replace")
        for pattern in _TOKENS:
            self.secrets.update(one for one in re.findall(pattern, said) if len(one) >= SHORTEST)
        return response

    def files(self) -> dict[str, bytes]:
        """Return every file outside of the journal's folder, by its path."""
        found = [one for one in self.root.rglob("*") if one.is_file() and ".care-export" not in one.parts]
        return {str(one.relative_to(self.root)): one.read_bytes() for one in found}


def step_of(request: Request) -> str:
    """Return the step that a request belongs to; empty for none."""
    if request.port == "storage":
        return "download"
    if request.method == "POST":
        return "create"
    return {"status": "poll", "download": "redirect"}.get(request.path.rpartition("/")[2], "")


def head(response: Response) -> bytes:
    """Return status line and headers; where there is no length, the end of the connection is the body's."""
    lines = [f"HTTP/1.1 {response.status} X", *(f"{name}: {value}" for name, value in response.headers)]
    return "\r\n".join([*lines, "connection: close", "", ""]).encode("latin-1")


def _page(seen: Seen, connection: socket.socket) -> None:
    connection.sendall(http(200, b"<html>Welcome. What is your password?</html>"))


@contextmanager
def standing(root: Path, **options: Any) -> Iterator[Stand]:
    """Yield a stand whose run writes under `root`; `options` are fields of Stand."""
    held: list[Stand] = []
    with (
        port(lambda seen, connection: held[0].answer("api")(seen, connection)) as api,
        port(lambda seen, connection: held[0].answer("storage")(seen, connection)) as storage,
        port(_page) as elsewhere,
    ):
        held.append(Stand(root, api, storage, elsewhere, **options))
        yield held[0]
