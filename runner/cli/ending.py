"""How a run ended: the lock is written, it is said what is there and what is not, and what to do about it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.actions import Purpose
from runner.cli.locks import sealed
from runner.cli.planning import Planned
from runner.cli.stop import Stop
from runner.cli.streams import say, tell
from runner.codes import CODES, advice
from runner.errors import Exit, gravest
from runner.events import Stored
from runner.report import lock as locks
from runner.report.outcome import Outcome
from runner.report.words import is_one, many, part, size
from runner.track import UNKNOWN, Track

GOES_ON = "Run the same command again: it goes on from here, and no job is made twice."
NOT_BEGUN = "E-UNFINISHED"
UNDER_WAY = ("running", "ready", "downloading", "stored")
"""States of a partition that the vendor has a job or a file for."""


@dataclass(frozen=True)
class Passage:
    """One passage through the line: what it was for, where every partition stands after it, and how it ended.

    `tracks` are by journal key, `before` is the committed lock. `full` says that the disk is.
    """

    made: Planned
    purpose: Purpose
    tracks: Mapping[str, Track]
    ended: Sequence[Outcome]
    before: Mapping[str, Any]
    full: bool

    def stored(self) -> dict[str, Stored]:
        """Return the files that are there, by journal key."""
        return {key: one.stored for key, one in self.tracks.items() if one.state == "done" and one.stored}

    def under_way(self) -> int:
        """Count the partitions that the vendor has a job for."""
        return sum(self._is_under_way(one) for one in self.ended)

    def to_ask(self) -> int:
        """Count the partitions that are still to be asked for."""
        return sum(one.code == NOT_BEGUN for one in self.ended) - self.under_way()

    def exit(self, stop: Stop) -> Exit:
        """Return the exit code. Who only wants jobs made has what was wanted once each partition has one."""
        detached = self.purpose == "detach"
        code = gravest(Exit.DONE if detached and self._is_under_way(one) else one.exit for one in self.ended)
        if self.full:
            return gravest((code, Exit.IO))
        return stop.exit if code == Exit.UNFINISHED else code

    def _is_under_way(self, one: Outcome) -> bool:
        return one.code == NOT_BEGUN and self.tracks[one.partition.key].state in UNDER_WAY


def concluded(passage: Passage, stop: Stop, *, frozen: bool, quiet: bool) -> int:
    """Write the lock, say how it ended, and return the exit code. `quiet` leaves standard output alone."""
    made, before, stored = passage.made, passage.before, passage.stored()
    for line in _said(passage):
        tell(line)
    code = passage.exit(stop)
    adopted = {key for key, track in passage.tracks.items() if track.adopted}
    # Who only wants jobs made has no files yet: that they are not there is no difference.
    alone = frozen and made.plan is made.whole and passage.purpose != "detach"
    now = locks.made(made.whole, stored, None if alone else before, adopted)
    if frozen:
        rows = locks.differences(before, now) if code == Exit.DONE else []
        word = "differs" if rows else "the same"
    else:
        rows = []
        # What lies there already is not searched for secrets again: with many files that takes a second.
        written = bool(now["partitions"]) and locks.write(
            locks.beside(made.path), now, lambda lock: sealed(lock, made.whole, before)
        )
        word = "written" if written else "unchanged"
    if not quiet:
        for line in _summary(made, stored, word):
            say(line)
    return differs(rows) if rows else code


def _said(passage: Passage) -> Iterator[str]:
    """Return a line for each partition that did not end well, or ended with a warning; then what to do."""
    ended = passage.ended
    for one in ended:
        yield from (f"{one.partition.id}: warning: {warning}" for warning in one.warnings)
        if one.exit != Exit.DONE and one.code != NOT_BEGUN:
            yield f"{one.partition.id}: {one.code}: {one.message}"
    yield from _left(passage)
    yield from advice(one.code for one in ended if one.code != NOT_BEGUN)
    if passage.full:
        yield f"E-DISK: the disk is full, so nothing new was begun. {CODES['E-DISK'].advice}"
    elif passage.purpose == "run" and any(
        one.exit == Exit.UNFINISHED and one.code != UNKNOWN for one in ended
    ):
        yield GOES_ON


def _left(passage: Passage) -> Iterator[str]:
    """Say how much is still to come, and which command brings it."""
    under_way, to_ask = passage.under_way(), passage.to_ask()
    if not (under_way or to_ask):
        return
    parts = [f"{under_way} under way at the vendor"] if under_way else []
    parts += [f"{to_ask} to be asked for"] if to_ask else []
    left, total = under_way + to_ask, len(passage.ended)
    verb = "is" if is_one(left, total) else "are"
    yield f"{part(left, total, 'file')} {verb} still to come: {', '.join(parts)}."
    name = shlex.quote(str(passage.made.path))
    if passage.purpose != "run" and under_way:
        yield f"`care-export collect {name}` fetches what is ready; with --wait it waits for the others."
    if passage.purpose != "run" and to_ask:
        yield f"`care-export run {name}` asks for the rest; with --detach it does not wait for the files."


def _summary(made: Planned, stored: Mapping[str, Stored], word: str) -> Iterator[str]:
    """Return what the run leaves behind: files, rows, bytes, lock, and whose data it is."""
    rows, count = sum(one.rows for one in stored.values()), sum(one.bytes for one in stored.values())
    files = part(len(stored), len(made.plan.partitions), "file")
    yield f"{made.plan.manifest}: {files}, {many(rows, 'row')}, {size(count)}"
    if stored:
        yield f"lock: {locks.beside(made.path)} ({word})"
    total = len(made.plan.partitions)
    made_up = sum(one.source == "sandbox" for one in made.plan.partitions)
    if 0 < made_up < total:
        yield f"source: sandbox for {part(made_up, total, 'file')}, whose rows are made up."
    elif made_up:
        yield "source: sandbox. These rows are made up; no request left this machine."


def differs(rows: Sequence[str]) -> int:
    """Tell what differs from the committed lock."""
    tell(f"E-DIFFERS: differs from the committed lock in {many(len(rows), 'place')}:")
    for row in rows:
        tell(f"  {row}")
    return Exit.DIFFERS
