"""What lies there already: files of earlier runs, ours or not, and parts of runs that were cut off."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from runner.cli.room import Prepared, Room
from runner.events import Downloading, Event, Lost, Stored
from runner.history import Maker
from runner.lane import Lane
from runner.plan import Partition
from runner.proof import Unproven
from runner.reconcile import Standing, barred, from_lock, standing
from runner.report.lock import ADOPTED
from runner.report.words import listed
from runner.sink import Sink
from runner.track import Track
from runner.window import Window


@dataclass
class Traces:
    """What the journals know of our files.

    `made` has every sha256 that we put at an output's path, with who last did, by that path; `waiting` the
    proven parts that are still to get their name, by the partition's key.
    """

    made: defaultdict[str, dict[str, Maker]] = field(default_factory=lambda: defaultdict(dict))
    waiting: dict[str, str] = field(default_factory=dict)

    def note(self, event: Event) -> None:
        """Take in one event of a journal."""
        self.waiting.pop(event.key, None)
        match event:
            case Stored():
                self.made[event.output][event.sha256] = Maker(event.key, event.manifest)
                self.waiting[event.key] = event.part
            case Downloading() if event.output:
                # Of a download that was cut off a part may lie there, whatever the file is called by now.
                self.made[event.output].update({})
            case _:
                pass


def mark(manifest: Path, state: Path) -> str:
    """Return how the journal in `state` calls a manifest: its path, which lasts where both move together."""
    return os.path.relpath(manifest, state.parent)


def reconciled(room: Room, ready: Prepared, traces: Traces, problems: list[str]) -> Iterator[tuple[str, str]]:
    """Yield which file may be taken the place of: by key its sha256. Notes events and problems on the way."""
    lane = ready.lane
    locked = {block["output"]: block["sha256"] for block in room.locked.values()}
    for one in ready.partitions.values():
        found, track, block = room.sink.inspect(one.output), lane.tracks[one.key], room.locked.get(one.id)
        former = _former(room.sink, one, track, block, ready.at)
        if found.state == "blocked":
            problems.append(f"  {one.output}: {found.why}")
            continue
        makers = traces.made.get(one.output, {})
        stands = standing(
            one,
            track,
            found.sha256 or None,
            block,
            barred(one, track, found.sha256, makers, [locked.get(one.output, "")], room.manifest),
            overwrite=room.overwrite,
            former=former is not None,
            at=ready.at,
        )
        if why := stands.problem or _unready(room.sink, lane, one):
            problems.append(f"  {one.output}: {why}")
        try:
            events = _events(room.sink, one, stands, former, ready.at)
        except OSError as error:
            problems.append(f"  {one.output}: {error.strerror}")
            continue
        for each in events:
            event = replace(each, manifest=room.manifest) if isinstance(each, Stored) else each
            room.journal.append(ready.profile.name, event)
            lane.apply(event)
            traces.note(event)
        if stands.over:
            yield one.key, stands.over


def replaced(partitions: Sequence[Partition], sink: Sink, locked: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line on the files whose place others take: by the lock they are of another window or request.

    Under one name only the last file stays: nobody may lose a month without a word.
    """
    found = []
    blocks = {block["output"]: block for block in locked.values()}
    for one in partitions:
        block = blocks.get(one.output)
        # Only where the lock names another request is a file read at all.
        if not block or (block["profile"], block["request_digest"]) == (one.profile, one.request.digest):
            continue
        if sink.inspect(one.output).sha256 == block["sha256"]:
            window = block["window"]
            words = Window(window["start_ms"], window["end_ms"], window["timezone"]).in_words()
            found.append((one.output, words))
    if found:
        verb = "replaces the file" if len(found) == 1 else "replace the files"
        outputs, windows = ([row[column] for row in found] for column in range(2))
        yield f"{listed(outputs, 3)}: {verb} of {listed(list(dict.fromkeys(windows)), 3)}"


def _former(
    sink: Sink, one: Partition, track: Track, block: Mapping[str, Any] | None, at: int
) -> tuple[str, Stored] | None:
    """Return where the whole file lies that the manifest calls otherwise now, and what is known of it.

    None where it does not. Where the journal knows nothing of the partition, the lock's block tells.
    """
    stored = track.stored if track.state in ("stored", "done") else _by_lock(one, track, block, at)
    if stored is None or stored.output == one.output:
        return None
    waits = track.state == "stored"
    path = str(PurePosixPath(stored.output).with_name(stored.part)) if waits else stored.output
    return (path, stored) if sink.inspect(path).sha256 == stored.sha256 else None


def _by_lock(one: Partition, track: Track, block: Mapping[str, Any] | None, at: int) -> Stored | None:
    """Return what the lock knows of a partition's file under its former name.

    Not of one that was adopted: the copy would be taken for the file of a job of ours.
    """
    if track.state != "planned" or block is None or ADOPTED in block["labels"]:
        return None
    same = block["request_digest"] == one.request.digest
    return replace(from_lock(one, block, at), output=block["output"]) if same else None


def _events(
    sink: Sink, one: Partition, stands: Standing, former: tuple[str, Stored] | None, at: int
) -> Sequence[Event]:
    """Return what is to be journalled; a file that only has another name now is copied under that first.

    OSError where it cannot be: then it is not lost, and must cost no request.
    """
    if not (stands.copy and former):
        return stands.events
    path, stored = former
    try:
        part = sink.copied(one.key, path, one.output, one.format, one.metrics).part
    except Unproven:
        return (Lost(key=one.key, at=at),)
    return (replace(stored, at=at, part=part, output=one.output),)


def _unready(sink: Sink, lane: Lane, partition: Partition) -> str:
    """Say why an output that is still to be made cannot be; its directory is made on the way."""
    return "" if lane.tracks[partition.key].state == "done" else sink.ready(partition.output)


def sweep(room: Room, lanes: Sequence[Prepared], traces: Traces) -> None:
    """Remove part files of a killed run, but for those that are proven and wait for their name."""
    named = [partition.output for one in lanes for partition in one.partitions.values()]
    room.sink.sweep([*named, *traces.made], set(traces.waiting.values()))
