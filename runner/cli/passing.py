"""The steps of a passage through the line that every verb takes which reaches for the vendor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from runner import folders
from runner.cli.ending import Passage
from runner.cli.lanes import opened, prepared
from runner.cli.locks import committed
from runner.cli.planning import Planned, planned
from runner.cli.room import Prepared, Room
from runner.cli.source import found
from runner.cli.streams import tell
from runner.cli.there import replaced
from runner.execute import LaneRun
from runner.plan import Partition
from runner.profiles import Profile
from runner.report.outcome import outcomes
from runner.sink import Sink


def proven(sink: Sink, lock: Mapping[str, Any]) -> Callable[[Partition], bool]:
    """Return what says whether a partition's file is there, and is the one of the lock for this request."""
    blocks = lock.get("partitions", {})

    def judge(one: Partition) -> bool:
        block = blocks.get(one.id)
        return (
            block is not None
            and block["request_digest"] == one.request.digest
            and sink.inspect(one.output).sha256 == block["sha256"]
        )

    return judge


def begun(
    manifest: str,
    out: Path,
    only: tuple[str, ...],
    profile: str | None,
    profiles_file: str | None,
    *,
    frozen: bool = False,
) -> tuple[Planned, Sink, Mapping[str, Any]]:
    """Return the plan of a manifest, what writes under `out`, and the lock as committed.

    Makes the folder `out` and tells what the plan warns of. `frozen` needs the lock: refusal 66 without it;
    else it refuses as `planned` does.
    """
    before = committed(found(manifest)[0], required=frozen)
    folders.make(out)
    sink = Sink(out)
    made = planned(
        manifest, only=only, profile=profile, profiles_file=profiles_file, proven=proven(sink, before)
    )
    for warning in made.plan.warnings:
        tell(str(warning))
    return made, sink, before


def by_profile(made: Planned) -> list[tuple[Profile, list[Partition]]]:
    """Return each profile of a plan with its partitions."""
    return [
        (profile, [one for one in made.plan.partitions if one.profile == profile.name])
        for profile in made.profiles
    ]


def carried(made: Planned, room: Room, held: ExitStack) -> list[Prepared]:
    """Carry a plan out; return its lanes, held until `held` is closed. Refuses as `prepared` does."""
    lanes = prepared(room, by_profile(made), held)
    for line in replaced(made.plan.partitions, room.sink, room.locked):
        tell(line)
    carry_out([one for ready in lanes if (one := opened(room, ready, held))], room)
    return lanes


def carry_out(runs: Sequence[LaneRun], room: Room) -> None:
    """Run the lanes beside each other; one alone runs right here."""
    room.stop.cuts = [one.client.cut for one in runs]
    if len(runs) == 1:
        runs[0].carry_out()
        return
    with ThreadPoolExecutor(max(min(room.width, len(runs)), 1), thread_name_prefix="lane") as pool:
        for future in [pool.submit(one.carry_out) for one in runs]:
            future.result()


def passage(made: Planned, room: Room, lanes: Sequence[Prepared], before: Mapping[str, Any]) -> Passage:
    """Return how a passage ended, once its lanes have."""
    tracks = {key: track for ready in lanes for key, track in ready.lane.tracks.items()}
    ended = [row for ready in lanes for row in outcomes(ready.partitions.values(), ready.lane.tracks)]
    return Passage(made, room.purpose, tracks, ended, before, room.journal.full)
