"""What lies there already: files of earlier runs, ours or not, and parts of runs that were cut off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from runner.events import Downloading, Event, Lost, Stored
from runner.lane import Lane
from runner.plan import Partition
from runner.proof import Unproven
from runner.reconcile import Standing, standing
from runner.sink import Sink
from runner.track import Track

if TYPE_CHECKING:
    from runner.cli.lanes import Prepared, Room


@dataclass
class Traces:
    """What the journals know of our files.

    `made` has every sha256 that we put at an output's path, by that path; `waiting` the proven parts that are
    still to get their name, by the partition's key.
    """

    made: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    waiting: dict[str, str] = field(default_factory=dict)

    def note(self, event: Event) -> None:
        """Take in one event of a journal."""
        self.waiting.pop(event.key, None)
        match event:
            case Stored():
                self.made[event.output].add(event.sha256)
                self.waiting[event.key] = event.part
            case Downloading() if event.output:
                # Of a download that was cut off a part may lie there, whatever the file is called by now.
                self.made[event.output].update()
            case _:
                pass


def reconciled(room: Room, ready: Prepared, traces: Traces, problems: list[str]) -> Iterator[tuple[str, str]]:
    """Yield which file may be taken the place of: by key its sha256. Notes events and problems on the way."""
    lane = ready.lane
    ours = {block["output"]: block["sha256"] for block in room.locked.values()}
    for one in ready.partitions.values():
        found, former = room.sink.inspect(one.output), _former(room.sink, lane.tracks[one.key], one.output)
        if found.state == "blocked":
            problems.append(f"  {one.output}: {found.why}")
            continue
        stands = standing(
            one,
            lane.tracks[one.key],
            found.sha256 or None,
            room.locked.get(one.id),
            traces.made.get(one.output, set()) | {ours.get(one.output, "")},
            overwrite=room.overwrite,
            former=bool(former),
            at=ready.at,
        )
        if why := stands.problem or _unready(room.sink, lane, one):
            problems.append(f"  {one.output}: {why}")
        try:
            events = _events(room.sink, one, lane.tracks[one.key], stands, former, ready.at)
        except OSError as error:
            problems.append(f"  {one.output}: {error.strerror}")
            continue
        for event in events:
            room.journal.append(ready.profile.name, event)
            lane.apply(event)
            traces.note(event)
        if stands.over:
            yield one.key, stands.over


def _former(sink: Sink, track: Track, output: str) -> str:
    """Return where the whole file lies that the manifest now calls `output`; empty where it does not."""
    stored = track.stored
    if stored is None or stored.output == output or track.state not in ("stored", "done"):
        return ""
    waits = track.state == "stored"
    path = str(PurePosixPath(stored.output).with_name(stored.part)) if waits else stored.output
    return path if sink.inspect(path).sha256 == stored.sha256 else ""


def _events(
    sink: Sink, one: Partition, track: Track, stands: Standing, former: str, at: int
) -> Sequence[Event]:
    """Return what is to be journalled; a file that only has another name now is copied under that first.

    OSError where it cannot be: then it is not lost, and must cost no request.
    """
    if not (stands.copy and track.stored):
        return stands.events
    try:
        part = sink.copied(one.key, former, one.output, one.format, one.metrics).part
    except Unproven:
        return (Lost(key=one.key, at=at),)
    return (replace(track.stored, at=at, part=part, output=one.output),)


def _unready(sink: Sink, lane: Lane, partition: Partition) -> str:
    """Say why an output that is still to be made cannot be; its directory is made on the way."""
    return "" if lane.tracks[partition.key].state == "done" else sink.ready(partition.output)


def sweep(room: Room, lanes: Sequence[Prepared], traces: Traces) -> None:
    """Remove part files of a killed run, but for those that are proven and wait for their name."""
    named = [partition.output for one in lanes for partition in one.partitions.values()]
    room.sink.sweep([*named, *traces.made], set(traces.waiting.values()))
