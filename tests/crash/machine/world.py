"""One disk, one vendor, one person, and runs of the command that all sorts of things befall.

A run is as near to `care-export run` as it can be without a process of its own: `planned`, `prepared` and
`opened` are the command's; only the transport and the clock of the lane are the world's. What is checked
after a run stands in `verdict.py`.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from runner import profiles
from runner.actions import Purpose
from runner.cli import streams
from runner.cli.ending import Passage, concluded
from runner.cli.lanes import opened, prepared
from runner.cli.locks import committed
from runner.cli.passing import by_profile, carry_out, passage
from runner.cli.planning import Planned, planned
from runner.cli.progress import Silent
from runner.cli.room import Prepared, Room
from runner.cli.stop import Stop
from runner.cli.there import mark
from runner.client import Client, in_memory
from runner.errors import Exit, Refusal
from runner.events import Done, Event
from runner.execute import LaneRun
from runner.journal import Journal
from runner.pace import InLine, steady
from runner.sink import Sink
from tests.crash.machine import verdict
from tests.crash.machine.ledger import Ledger, claim
from tests.crash.machine.moments import UNHELD, Crash, Disk, Mishap, Moments, Tap, Wire
from tests.crash.machine.parts import REAL, STATE, Ended, Parts
from tests.crash.machine.vendor import Vendor
from tests.crash.machine.wishes import Wishes

HOUR_MS = 3_600_000
JUNK = {"mine": b"mine\n", "empty": b"", "table": b"A,B\n1,2\n"}
"""What a person puts where a file of ours is, or is to come."""


@dataclass
class World:
    """Everything that outlives a run. `folder` is where its disks are made."""

    folder: Path
    parts: Parts = REAL
    wishes: Wishes = field(default_factory=Wishes)
    skew: int = 0
    """By how many ms our own clock is wrong."""
    ledger: Ledger = field(default_factory=Ledger)
    put: dict[str, bytes] = field(default_factory=dict)
    """What the person put at outputs, as far as it is to be there still."""
    seen: dict[str, set[bytes]] = field(default_factory=dict)
    """Every content that each output has had."""
    owners: dict[str, set[str]] = field(default_factory=dict)
    """The digests that were ever asked for under each output's name."""
    _disks: int = 0

    def __post_init__(self) -> None:
        self.vendor = Vendor(lambda asked: self.ledger.arrived(asked, self.vendor))
        self.root = self.folder / "0"
        self.root.mkdir()

    def now(self) -> int:
        """Return the time on our own clock."""
        return self.vendor.clock.now_ms() + self.skew

    def run(
        self,
        purpose: Purpose = "run",
        *,
        overwrite: bool = False,
        retry_failed: bool = False,
        mishaps: tuple[Mishap, ...] = (),
    ) -> Ended:
        """Run the command once, and judge how it ended."""
        (self.root / "m.yaml").write_text(self.wishes.text())
        moments = Moments(mishaps, lambda mishap, point: self._befall(mishap, point, moments))
        settled, asked, began = verdict.settled(self), len(self.vendor.asked), self.vendor.clock.now_ms()
        ended = Ended(None, purpose, overwrite)
        wish = {"purpose": purpose, "overwrite": overwrite, "retry_failed": retry_failed}
        try:
            ended.exit, passed = self._command(STATE, wish, moments)
            ended.outcomes, ended.tracks = passed.ended, passed.tracks
        except Crash:
            shutil.rmtree(self.root)
            self.root = self._disk()
        except Refusal as refusal:
            ended.exit = refusal.exit
        self.ledger.ended(crashed=ended.exit is None)
        ended.befallen, ended.requests = tuple(moments.happened), len(self.vendor.asked) - asked
        ended.took_ms = self.vendor.clock.now_ms() - began
        verdict.of_run(self, ended, settled)
        return ended

    def _command(self, state: str, wish: Mapping[str, Any], moments: Moments) -> tuple[Exit, Passage]:
        """Do what the command does; return its exit code, and how everything ended."""
        streams.begin()
        before = committed(self.root / "m.yaml", required=False)
        made = self._planned()
        with ExitStack() as stack:
            stop = Stop(None)
            sink = self.parts.sink(Sink(self.root, sync=moments.sync), self)
            journal = stack.enter_context(self._journal(self.root / state / "journal.db", stop, moments))
            tap: Any = Tap(self.parts.journal(journal, self), self.ledger, moments)
            locked = before.get("partitions", {})
            named = mark(made.path, self.root / state)
            room = Room(sink, tap, self.root / state, locked, 1, Silent(), stop, manifest=named, **wish)
            lanes = [self._with_parts(one) for one in prepared(room, by_profile(made), stack)]
            runs = [self._reaching(run, one, moments) for one in lanes if (run := opened(room, one, stack))]
            carry_out(runs, room)
        moments.come("lock")
        ended = passage(made, room, lanes, before)
        code = concluded(ended, stop, frozen=False, quiet=True)
        moments.come("locked")
        return Exit(code), ended

    def _planned(self) -> Planned:
        """Plan what the manifest asks for; today is what our own clock says. Note it all for the model."""
        made = planned(str(self.root / "m.yaml"), proven=lambda one: False)
        self.ledger.begin(made.plan.partitions)
        for one in made.plan.partitions:
            self.owners.setdefault(one.output, set()).add(one.request.digest)
        return replace(made, profiles=tuple(replace(one, today_ms=self.now()) for one in made.profiles))

    def _journal(self, path: Path, stop: Stop, moments: Moments) -> Journal:
        """Open the journal; where its disk is to be full, on a connection that can be."""
        journal = Journal.open(path, stop.closing.set)
        if not any(one.what == "full" for one in moments.mishaps):
            return journal
        journal.close()
        self.disk = Disk(path)
        return Journal(self.disk, path, self.disk.give_back, stop.closing.set)  # type: ignore[arg-type]

    def _with_parts(self, ready: Prepared) -> Prepared:
        return replace(ready, lane=self.parts.lane(ready.lane, self))

    def _reaching(self, run: LaneRun, ready: Prepared, moments: Moments) -> LaneRun:
        """Return the lane's run with the world's vendor, on its clock."""
        clock, known = self.vendor.clock, profiles.resolve(profiles.sandbox(), {}, lambda path: (b"", 0))
        client = Client(profiles.SANDBOX_URL, known, transport=in_memory(Wire(self.vendor, moments)))
        pace = InLine(steady(ready.at, lambda: clock.now_ms() / 1000), clock.advance)
        return replace(run, client=client, pace=pace, observe=self._observe, received=moments.received)

    def _observe(self, event: Event) -> None:
        if isinstance(event, Done):
            self.look()

    def _befall(self, mishap: Mishap, point: str, moments: Moments) -> None:
        """Let something happen in the middle of a run."""
        what, _, rest = mishap.what.partition(" ")
        match what:
            case "crash":
                self._crash(moments)
            case "full":
                self._full(point)
            case "second" if point not in UNHELD:
                self.second()
            case "second":
                pass  # the first has ended already
            case "later":
                self.later(int(rest))
            case "jump":
                self.skew = int(rest) * HOUR_MS
            case "burn":
                self.vendor.burn(int(rest))
            case "delete":
                self.delete(rest)
            case other:
                raise ValueError(other)

    def _full(self, point: str) -> None:
        """Let there be no room left, for whoever writes at this point."""
        if not point.startswith("append"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.disk.fill()

    def _crash(self, moments: Moments) -> None:
        """Keep the disk as it is, and end the run."""
        moments.over = True
        self._disks += 1
        shutil.copytree(self.root, self._disk(), symlinks=True)
        raise Crash

    def _disk(self) -> Path:
        return self.folder / str(self._disks)

    def second(self) -> None:
        """Start a second run beside the one that goes on: it sends nothing, and leaves with 75."""
        asked, partitions, counts = len(self.vendor.asked), self.ledger.partitions, self.ledger.asked.copy()
        quiet = Moments((), lambda mishap, point: None)
        try:
            code, _ = self._command(self.parts.second, {}, quiet)
        except Refusal as refusal:
            code = refusal.exit
        self.ledger.partitions, self.ledger.asked = partitions, counts
        claim(code == Exit.UNFINISHED, f"a second run beside the first ended with {code}")
        claim(len(self.vendor.asked) == asked, "a second run beside the first sent a request")

    def later(self, hours: int) -> None:
        """Let time pass, for everybody."""
        self.vendor.clock.advance(hours * HOUR_MS)

    def delete(self, output: str) -> None:
        """Delete a file, as a person does."""
        self.look()
        (self.root / output).unlink(missing_ok=True)
        self.put.pop(output, None)

    def write(self, output: str, junk: str) -> None:
        """Write to an output's name, as a person does: something else, or a part of what is there."""
        self.look()
        path = self.root / output
        path.parent.mkdir(parents=True, exist_ok=True)
        content = path.read_bytes()[:-3] if junk == "cut" and path.exists() else JUNK.get(junk, b"cut")
        path.write_bytes(content)
        self.put[output] = content

    def files(self) -> dict[str, bytes]:
        """Return everything below the output directory, by its path."""
        top = self.root / "exports"
        return {str(one.relative_to(self.root)): one.read_bytes() for one in top.rglob("*") if one.is_file()}

    def look(self) -> None:
        """Remember what lies there now."""
        for output, content in self.files().items():
            self.seen.setdefault(output, set()).add(content)
