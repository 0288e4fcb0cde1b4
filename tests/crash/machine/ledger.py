"""The model: what each partition may cost, and what has become of it.

It knows three things only: what the journal said was durable, what arrived at the vendor, and what the vendor
can still deliver. Whether a create was due follows from these, and from nothing that the engine thinks.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256

from runner.events import Created, Done, Event, Forgotten, Intent, Lost, Resumed, Stored, Unanswered
from runner.plan import Partition
from runner.steps import after
from runner.track import Track
from tests.crash.machine.vendor import Asked, Vendor
from tests.crash.machine.wishes import answers, asks


class Violation(AssertionError):
    """An invariant does not hold."""


def claim(holds: object, message: str) -> None:
    """Raise Violation unless it holds."""
    if not holds:
        raise Violation(message)


@dataclass
class Entry:
    """One partition. `job` is the run id of the last job that is durable, `pending` an intent without an end.

    `creates` counts the jobs that the vendor made of it: 1, and one for each doubt (a crash after the create
    `arrived` and before its answer was durable) and each loss (a job or file that the vendor has no more).
    `open_doubts`: nobody but the vendor can tell if it arrived, so the next one must be flagged.
    """

    key: str
    digest: str = ""
    creates: int = 0
    doubts: int = 0
    open_doubts: int = 0
    losses: int = 0
    pending: bool = False
    arrived: bool = False
    retried: bool = False
    """A person asked for what was given up, of which the record says why."""
    job: str = ""
    jobs: list[str] = field(default_factory=list)
    output: str = ""
    """Where its file lies; empty as long as it is not done."""
    track: Track = field(default_factory=lambda: Track(""))

    @property
    def allowed(self) -> int:
        """How many creates there may be by now."""
        return 1 + self.doubts + self.losses


@dataclass
class Ledger:
    """All partitions that any run has named, by their journal key."""

    entries: dict[str, Entry] = field(default_factory=dict)
    partitions: dict[str, Partition] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    """How many requests the present run has sent for each partition."""

    def begin(self, partitions: tuple[Partition, ...]) -> None:
        """Begin a run of these partitions."""
        self.asked.clear()
        self.partitions = {one.key: one for one in partitions}
        for one in partitions:
            entry = self.entries.setdefault(one.key, Entry(one.key, track=Track(one.key)))
            entry.digest = one.request.digest

    def durable(self, event: Event) -> None:
        """Take in that an event is in the journal."""
        entry = self.entries[event.key]
        before, entry.track = entry.track, after(entry.track, event)
        match event:
            case Intent():
                entry.pending, entry.arrived = True, False
                self._recorded(entry, before)
            case Created():
                entry.pending = False
                if event.status == 200:
                    entry.job = str(json.loads(event.body)["result"]["runId"])
                    entry.jobs.append(entry.job)
            case Unanswered(step="create"):
                entry.pending = False
            case Stored():
                wanted = sha256(answers()[entry.digest]).hexdigest()
                claim(
                    event.sha256 == wanted, f"{entry.key}: stored {event.bytes} bytes that are not the answer"
                )
                entry.output = ""
            case Resumed(retry_failed=True):
                entry.retried = entry.retried or before.given_up
            case Done():
                entry.output = event.output
            case Lost() | Forgotten():
                entry.output = ""

    def _recorded(self, entry: Entry, before: Track) -> None:
        """Hold that the record says why a partition is asked for a second time."""
        if entry.open_doubts:
            claim(entry.track.possible_duplicate, f"{entry.key}: asked again without possible_duplicate")
        elif entry.job:
            reason = before.recreated or before.waits or entry.retried
            claim(reason, f"{entry.key}: a second job without a reason in the record")
        entry.retried = False

    def arrived(self, asked: Asked, vendor: Vendor) -> None:
        """Judge a request that has arrived at the vendor, and been answered there."""
        if asked.step != "create":
            for entry in self.entries.values():
                if asked.run in entry.jobs:
                    self.asked[entry.key] += 1
            return
        pending = [one for one in self.entries.values() if one.pending and one.key in self.partitions]
        claim(pending, "a create left without a durable intent")
        claim(len(pending) == 1, f"{len(pending)} creates at once on a line that does one thing at a time")
        (entry,) = pending
        claim(asks(self.partitions[entry.key], asked.request), f"{entry.key}: it asks for something else")
        self.asked[entry.key] += 1
        if asked.run:
            self._due(entry, vendor)

    def _due(self, entry: Entry, vendor: Vendor) -> None:
        """Hold that a create was due: the first one, or one that a doubt or a loss excuses."""
        claim(
            not (entry.job and vendor.holds(entry.job)), f"{entry.key}: a job that can be had was made again"
        )
        entry.open_doubts = 0
        if entry.job:
            entry.losses += 1
            entry.job = ""
        entry.arrived = True
        entry.creates += 1
        claim(
            entry.creates <= entry.allowed,
            f"{entry.key}: {entry.creates} creates, {entry.allowed} are allowed",
        )

    def ended(self, *, crashed: bool) -> None:
        """Take in that the run has ended. Only a crash may leave an intent without its end."""
        for entry in self.entries.values():
            if entry.pending:
                claim(crashed, f"{entry.key}: the run ended by itself, and its create has no end")
                entry.pending = False
                entry.doubts += entry.arrived
                entry.open_doubts += 1
