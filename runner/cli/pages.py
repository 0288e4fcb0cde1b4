"""Gathers what a report is made of: the journal, the plan, the lock before and now, and the files."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from runner import catalog, folders
from runner.cli import streams
from runner.cli.planning import Planned
from runner.events import Event
from runner.glance import glance
from runner.holding import at_work
from runner.partition import Partition
from runner.report import lock as locks
from runner.report.asked import Asked, asked
from runner.report.days import Days, days, days_of
from runner.report.outcome import Outcome, outcome
from runner.report.page import Counted, Told
from runner.report.series import judged
from runner.report.story import Story, story
from runner.report.words import listed, many
from runner.sink import Sink
from runner.steps import given_up
from runner.track import Track

JOURNAL = "journal.db"
MOST_REASONS = 8
"""So many reasons why files do not tell their days are told of an export; files with one reason share it."""


def told(
    made: Planned,
    state: Path,
    before: Mapping[str, Any] | None,
    ended: Sequence[Outcome] | None = None,
) -> Told:
    """Return what the journal tells of a manifest's partitions; `before` is the last lock, if one is known.

    `ended` is how they ended, where a run knows that; else the journal tells it. Rows per day are left out:
    they take a reading of every file.
    """
    events = glance(state / JOURNAL, [one.name for one in made.profiles])
    stories = {one.name: _story(events[one.name], one.name, made) for one in made.profiles}
    tracks = {key: life.track for one in stories.values() for key, life in one.lives.items()}
    stored = {key: one.stored for key, one in tracks.items() if one.state == "done" and one.stored}
    adopted = {key for key, track in tracks.items() if track.adopted}
    now = locks.made(made.whole, stored, before, adopted)
    last = ended if ended is not None else _later(made, state, tracks)
    order = {one.key: number for number, one in enumerate(made.plan.partitions)}
    return Told(
        made.plan,
        made.profiles,
        asked(made.plan.partitions, catalog.load()),
        stories,
        tuple(sorted(last, key=lambda one: order[one.partition.key])),
        stored,
        (),
        tuple(locks.differences(before, now)) if before else None,
    )


def _later(made: Planned, state: Path, tracks: Mapping[str, Track]) -> tuple[Outcome, ...]:
    """Return how partitions ended, as the journal has it: of an unanswered create what `status` says."""
    busy = {one.name for one in made.profiles if at_work(state, one.name)}
    seen = [(one, tracks[one.key].seen(at_work=one.profile in busy)) for one in made.plan.partitions]
    return tuple(outcome(one, given_up(track, 0)) for one, track in seen)


def _story(events: Sequence[Event], profile: str, made: Planned) -> Story:
    for event in events:
        streams.learn(event)
    return story(events, [one.key for one in made.plan.partitions if one.profile == profile])


def with_days(one: Told, out: Path) -> Told:
    """Return the same with rows per day, read from the files below `out`."""
    sink = Sink(out)
    return replace(one, counted=tuple(_counted(each, one, sink, out) for each in one.asked))


def _counted(each: Asked, one: Told, sink: Sink, out: Path) -> Counted:
    rows: dict[str, int | None] = {}
    columns: list[str] = []
    later, untold = set[str](), set[str]()
    why: dict[str, list[str]] = {}
    for partition in each.partitions:
        found = _days(partition, one, sink, out)
        wanted = days_of(partition.window)
        if found is None or found.why:
            rows |= {day: rows.get(day) for day in wanted}
        else:
            rows |= {day: (rows.get(day) or 0) + count for day, count in found.rows.items()}
            columns += [found.column] if found.column else []
            later |= set(_not_over(partition, found.rows))
        if found is not None and found.why:
            why.setdefault(found.why, []).append(partition.output)
            untold |= set(wanted)
    if all(count is None for count in rows.values()) and why:
        return Counted(each, (), (), reasons(why))
    # What one file tells of a day is not all of it where another file does not tell.
    rows |= dict.fromkeys(untold)
    days = judged(rows, frozenset(later), frozenset(untold), additive=not each.unalike)
    return Counted(each, days, tuple(dict.fromkeys(columns)), reasons(why))


def reasons(why: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return each reason why days are not told, with the files that it is about."""
    said = [f"{listed(names, 5)}: {reason}." for reason, names in why.items()]
    left = sum(len(names) for names in [*why.values()][MOST_REASONS:])
    return (*said[:MOST_REASONS], *([f"And {many(left, 'more file')}."] if left else []))


def _not_over(partition: Partition, rows: Mapping[str, int]) -> Iterator[str]:
    """Yield the days after the last row of a window that was not over when it was asked for."""
    if "open" in partition.labels:
        for day in reversed(list(rows)):
            if rows[day]:
                return
            yield day


def _days(partition: Partition, one: Told, sink: Sink, out: Path) -> Days | None:
    """Count a file's rows by day; None where there is no file, or another one than was stored."""
    file = one.stored.get(partition.key)
    if file is None:
        return None
    if sink.inspect(file.output).sha256 != file.sha256:
        return Days("", {}, why="the file is gone, or is no longer the one that was fetched")
    with opened(out / file.output) as content:
        return days(content, partition.format, partition.window)


def opened(path: Path) -> BinaryIO:
    """Open a plain file for reading; a link or a pipe in its place is an OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "it is no file", str(path))
    return os.fdopen(descriptor, "rb")


def last_lock(state: Path, manifest: Path) -> Path:
    """Return where a run keeps the lock that was there before it, for the report of that run."""
    name = sha256(str(manifest.resolve()).encode()).hexdigest()[:16]
    return state / "before" / f"{name}.lock.json"


def keep_lock(state: Path, manifest: Path, before: Mapping[str, Any]) -> None:
    """Keep the lock that was there before a run; that it cannot be kept spoils no run."""
    with suppress(OSError):
        kept = last_lock(state, manifest)
        folders.make(kept.parent, 0o700)
        locks.write(kept, before)
