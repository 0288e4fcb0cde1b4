"""`care-export run`: the whole line. The same command goes on where an earlier one was stopped."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any

import click

from runner import catalog, folders
from runner.buckets import hint
from runner.cli import options
from runner.cli.lanes import Prepared, Room, opened, prepared
from runner.cli.locks import asked_differently, committed, sealed
from runner.cli.planning import Planned, planned
from runner.cli.progress import size, view
from runner.cli.source import found
from runner.cli.streams import say, tell
from runner.cli.world import now_ms
from runner.codes import advice
from runner.errors import Exit
from runner.events import Stored
from runner.execute import LaneRun
from runner.journal import Journal
from runner.plan import Partition
from runner.report import lock as locks
from runner.report.outcome import Outcome, exit_of, outcomes
from runner.sink import Sink

GOES_ON = "Run the same command again: it goes on from here, and no job is made twice."
NOT_BEGUN = "E-UNFINISHED"
GRACE_S = 3.0
"""How long what is under way may take to end once a stop is wished for."""


@click.command()
@options.manifest
@options.only
@options.profile
@options.profiles
@click.option("--frozen", is_flag=True, help="Compare with the committed lock and leave that as it is.")
@click.option("--overwrite", is_flag=True, help="Replace files that care-export did not make.")
@options.out
@options.state
@options.jobs
@options.timeout
@options.progress
def run(
    manifest: str,
    only: tuple[str, ...],
    profile: str | None,
    profiles_file: str | None,
    frozen: bool,
    overwrite: bool,
    out: Path,
    state: Path,
    jobs: int,
    timeout: float | None,
    progress: str,
) -> int:
    """Ask for everything that the manifest asks for, write the files and the lock; resume what was begun."""
    before = committed(found(manifest)[0], required=frozen)
    folders.make(out)
    sink = Sink(out)
    made = planned(
        manifest,
        only=only,
        profile=profile,
        profiles_file=profiles_file,
        proven=lambda one: _proven(sink, before.get("partitions", {}), one),
    )
    for warning in made.plan.warnings:
        tell(str(warning))
    if frozen and (rows := asked_differently(before, made.whole)):
        return _differs(rows)
    with Stop(timeout) as stop, ExitStack() as stack:
        shown = view(progress, made.plan.partitions, terminal=sys.stderr.isatty(), now=now_ms)
        stack.enter_context(shown)
        journal = stack.enter_context(Journal.open(state / "journal.db"))
        locked = before.get("partitions", {})
        room = Room(sink, journal, state, locked, overwrite, jobs, shown, stop.event)
        lanes = prepared(room, _by_profile(made), stack)
        runs = [one for ready in lanes if (one := opened(room, ready, stack))]
        stop.cuts = [one.client.close for one in runs]
        _carry_out(runs, jobs)
    ended = [row for ready in lanes for row in outcomes(ready.partitions.values(), ready.lane.tracks)]
    return _concluded(made, lanes, ended, before, frozen=frozen, stop=stop, json=progress == "json")


class Stop:
    """A wish to stop: Ctrl-C, SIGTERM, or the end of `--timeout`.

    What is under way may end for `GRACE_S` seconds, so that an answer to a create is not lost; then it is cut
    off. A second signal cuts it off at once and ends the program.
    """

    def __init__(self, timeout: float | None) -> None:
        self.event = threading.Event()
        self.exit = Exit.UNFINISHED
        self.cuts: list[Callable[[], None]] = []
        self._timers = [_timer(timeout, self._begin)] if timeout else []
        self._former: dict[int, Any] = {}

    def __enter__(self) -> Stop:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._former[number] = signal.signal(number, self._wish)
        for timer in self._timers:
            timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        for number, former in self._former.items():
            signal.signal(number, former)
        for timer in self._timers:
            timer.cancel()

    def _wish(self, number: int, frame: FrameType | None) -> None:
        if self.event.is_set():
            # In a thread: this thread may hold the very lock that cutting off needs.
            threading.Thread(target=self._cut, daemon=True).start()
            raise KeyboardInterrupt
        self.exit = Exit.INTERRUPTED if number == signal.SIGINT else Exit.TERMINATED
        self._begin()

    def _begin(self) -> None:
        self._timers.append(_timer(GRACE_S, self._cut))
        self._timers[-1].start()
        self.event.set()

    def _cut(self) -> None:
        for cut in self.cuts:
            cut()


def _timer(seconds: float, act: Callable[[], None]) -> threading.Timer:
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    return timer


def _proven(sink: Sink, locked: Mapping[str, Any], partition: Partition) -> bool:
    """Say whether the partition's file is there, and is the one of the committed lock for this request."""
    block = locked.get(partition.id)
    return (
        block is not None
        and block["request_digest"] == partition.request.digest
        and sink.inspect(partition.output).sha256 == block["sha256"]
    )


def _by_profile(made: Planned) -> list[tuple[Any, list[Partition]]]:
    return [
        (profile, [one for one in made.plan.partitions if one.profile == profile.name])
        for profile in made.profiles
    ]


def _carry_out(runs: Sequence[LaneRun], width: int) -> None:
    """Run the lanes beside each other; one alone runs right here."""
    if len(runs) == 1:
        runs[0].carry_out()
        return
    with ThreadPoolExecutor(max(min(width, len(runs)), 1), thread_name_prefix="lane") as pool:
        for future in [pool.submit(one.carry_out) for one in runs]:
            future.result()


def _concluded(
    made: Planned,
    lanes: Sequence[Prepared],
    ended: Sequence[Outcome],
    before: Mapping[str, Any],
    *,
    frozen: bool,
    stop: Stop,
    json: bool,
) -> int:
    """Write the lock, say how it ended, and return the exit code."""
    tracks = {key: track for ready in lanes for key, track in ready.lane.tracks.items()}
    stored = {key: one.stored for key, one in tracks.items() if one.state == "done" and one.stored}
    for line in _said(ended):
        tell(line)
    code = exit_of(ended)
    if stop.event.is_set() and code in (Exit.UNFINISHED, Exit.DONE) and len(stored) < len(ended):
        code = stop.exit
    now = locks.made(made.whole, stored, None if frozen and made.plan is made.whole else before)
    if frozen:
        rows = locks.differences(before, now) if code == Exit.DONE else []
        word = "differs" if rows else "the same"
    else:
        rows = []
        written = bool(now["partitions"]) and locks.write(
            locks.beside(made.path), sealed(now, made.whole, before)
        )
        word = "written" if written else "unchanged"
    if not json:
        for line in _summary(made, stored, word):
            say(line)
    return _differs(rows) if rows else code


def _said(ended: Sequence[Outcome]) -> Iterator[str]:
    """Return a line for each partition that did not end well, or ended with a warning; then what to do."""
    for one in ended:
        yield from (f"{one.partition.id}: warning: {warning}" for warning in one.warnings)
        if one.exit != Exit.DONE and one.code != NOT_BEGUN:
            yield f"{one.partition.id}: {one.code}: {one.message}{_hint(one)}"
    if left := sum(one.code == NOT_BEGUN for one in ended):
        yield f"{left} of {len(ended)} files are still to come."
    yield from advice(one.code for one in ended if one.code != NOT_BEGUN)
    if any(one.exit == Exit.UNFINISHED for one in ended):
        yield GOES_ON


def _hint(ended: Outcome) -> str:
    """Return what the catalogue knows about a refusal of the vendor: which lengths of buckets fit."""
    if ended.code != "E-BUCKETS":
        return ""
    return hint(catalog.load().reports[ended.partition.report], ended.partition.window)


def _summary(made: Planned, stored: Mapping[str, Stored], word: str) -> Iterator[str]:
    """Return what the run leaves behind: files, rows, bytes, lock, and whose data it is."""
    rows, count = sum(one.rows for one in stored.values()), sum(one.bytes for one in stored.values())
    files = f"{len(stored)} of {len(made.plan.partitions)} files"
    yield f"{made.plan.manifest}: {files}, {rows:,} rows, {size(count)}"
    if stored:
        yield f"lock: {locks.beside(made.path)} ({word})"
    if any(one.source == "sandbox" for one in made.plan.partitions):
        yield "source: sandbox. These rows are made up; no request left this machine."


def _differs(rows: Sequence[str]) -> int:
    """Tell what differs from the committed lock."""
    tell(f"E-DIFFERS: differs from the committed lock in {len(rows)} place{'' if len(rows) == 1 else 's'}:")
    for row in rows:
        tell(f"  {row}")
    return Exit.DIFFERS
