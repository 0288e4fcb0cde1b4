"""`care-export status`: where every partition stands, by the journal. It asks and changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from runner.cli import options, streams
from runner.cli.lanes import beginning
from runner.cli.locks import committed
from runner.cli.passing import by_profile
from runner.cli.planning import Planned, planned
from runner.cli.streams import say, say_json, tell
from runner.cli.there import mark
from runner.codes import advice
from runner.events import Event
from runner.glance import glance
from runner.history import history
from runner.holding import at_work
from runner.plan import Partition
from runner.profiles import Profile
from runner.reconcile import barred, standing
from runner.report.status import Row, exit_of, lines, to_json
from runner.sink import Sink
from runner.steps import after


@click.command()
@options.manifest
@options.only
@options.profile
@options.profiles
@options.out
@options.state
@options.shape("table")
def status(
    manifest: str,
    only: tuple[str, ...],
    profile: str | None,
    profiles_file: str | None,
    out: Path,
    state: Path,
    shape: str,
) -> int:
    """Show where every partition stands: its state, since when, and how long its link still lives.

    Works beside a run and needs no credentials. Ends with 0 where every file is there, with 75 where some are
    still to come, else as the gravest failure does.

    The states: planned (to be asked for), asking (a run has sent the create request), unknown (its answer
    never came: the vendor may hold the job), running (the vendor has the job), ready, downloading and stored
    (the file is on its way), done, failed.
    """
    made = planned(manifest, only=only, profile=profile, profiles_file=profiles_file, proven=lambda one: True)
    named = mark(made.path, state)
    locked = committed(made.path, required=False).get("partitions", {})
    names = [one.name for one in made.profiles]
    # Asked before and after: a run that ends or begins meanwhile has written what it is about.
    before = {name for name in names if at_work(state, name)}
    seen = glance(state / "journal.db", names)
    busy = before | {name for name in names if at_work(state, name)}
    there = _There(locked, Sink(out), named)
    rows = _in_order(made, [row for lane in _lanes(made, seen, there, busy) for row in lane])
    if shape == "json":
        say_json(to_json(made.plan.manifest, rows))
    else:
        say("\n".join(lines(made.plan.manifest, rows, shutil.get_terminal_size().columns)))
        for line in advice(row.track.failure.code for row in rows if row.track.failure):
            tell(line)
    return exit_of(rows)


@dataclass(frozen=True)
class _There:
    """What lies there: the blocks of the lock, the files, and how the journal calls the manifest."""

    locked: Mapping[str, Any]
    sink: Sink
    manifest: str


def _lanes(
    made: Planned, seen: Mapping[str, Sequence[Event]], there: _There, busy: Collection[str]
) -> Iterator[Iterator[Row]]:
    for profile, partitions in by_profile(made):
        yield _rows(profile, partitions, seen[profile.name], there, at_work=profile.name in busy)


def _rows(
    profile: Profile,
    partitions: Sequence[Partition],
    events: Sequence[Event],
    there: _There,
    *,
    at_work: bool,
) -> Iterator[Row]:
    """Yield where the partitions of a profile stand, with regard to the files that are there."""
    for event in events:
        streams.learn(event)
    past = history(events)
    now = beginning(profile, past.last)
    ours = {block["output"]: block["sha256"] for block in there.locked.values()}
    for one in partitions:
        track, since = past.track(one.key).seen(at_work=at_work), past.since.get(one.key)
        found = there.sink.inspect(one.output)
        if found.state == "blocked":
            yield Row(one, track, since, now, found.why)
            continue
        makers, block = past.made.get(one.output, {}), there.locked.get(one.id)
        why = barred(one, track, found.sha256, makers, [ours.get(one.output, "")], there.manifest)
        stands = standing(one, track, found.sha256 or None, block, why, overwrite=False, at=now)
        for event in stands.events:
            track = after(track, event)
        if track.state == "unknown" and profile.on_unknown == "stop":
            # No run of this profile takes it up by itself; the state stays the one that it is in.
            track = replace(track.left_in_doubt(since or now), state="unknown")
        yield Row(one, track, since, now, stands.problem)


def _in_order(made: Planned, rows: Sequence[Row]) -> list[Row]:
    """Return the rows in the order of the plan."""
    by_key = {row.partition.key: row for row in rows}
    return [by_key[one.key] for one in made.plan.partitions]
