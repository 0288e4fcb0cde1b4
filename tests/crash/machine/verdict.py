"""The invariants: what must hold after every rule, and after a run."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

from runner.errors import Exit
from runner.journal import Journal
from runner.lane import Lane
from runner.steps import after
from runner.track import Track
from tests.crash.machine.ledger import claim
from tests.crash.machine.wishes import answers

if TYPE_CHECKING:
    from tests.crash.machine.parts import Ended
    from tests.crash.machine.world import World

LONGEST_MS = 2 * 3_600_000
"""The longest that a run of four exports may last, on the vendor's clock, by itself."""
PART = ".part"
LANE = "sandbox"


def always(world: World) -> None:
    """Hold what holds whatever happened."""
    world.look()
    whole(world)
    lock(world)


def whole(world: World) -> None:
    """Hold that a file under a final name is a whole answer to its request, or what the person put there."""
    for output, content in world.files().items():
        if output.endswith(PART):
            continue
        ours = [answers()[one] for one in world.owners.get(output, ())]
        if output in world.put:
            claim(content == world.put[output], f"{output}: what the person put there was changed")
        else:
            claim(content in ours, f"{output}: {len(content)} bytes that are no whole answer")
    for output in world.put:
        claim((world.root / output).exists(), f"{output}: what the person put there is gone")


def lock(world: World) -> None:
    """Hold that the lock names only files that were there, each the answer to its request."""
    path = world.root / "m.lock.json"
    if not path.exists():
        return
    for name, block in json.loads(path.read_bytes())["partitions"].items():
        hashes = {sha256(one).hexdigest() for one in world.seen.get(block["output"], ())}
        claim(
            block["sha256"] in hashes, f"the lock's {name} names a file that never was at {block['output']}"
        )
        answer = sha256(answers()[block["request_digest"]]).hexdigest()
        claim(block["sha256"] == answer, f"the lock's {name} names a file that is no answer")


def settled(world: World) -> set[str]:
    """Return the keys of what is done, with its file where it was put, whatever the manifest calls it now."""
    files = world.files()
    return {
        key
        for key, entry in world.ledger.entries.items()
        if entry.output and files.get(entry.output) == answers()[entry.digest]
    }


def of_run(world: World, ended: Ended, was_settled: set[str]) -> None:
    """Hold what a run must have kept to, however it ended."""
    what = {one.what.partition(" ")[0] for one in ended.befallen}
    replays(world)
    sent(world, ended, set() if "delete" in what else was_settled)
    if ended.exit is None:
        return
    told(world, ended)
    no_part(world)
    if ended.overwrite:
        world.put = {output: one for output, one in world.put.items() if _is(world, output, one)}
    if "full" in what:
        claim(ended.exit in (Exit.IO, Exit.CANNOT_CREATE), f"the disk was full, and the exit is {ended.exit}")
    elif ended.exit == Exit.CANNOT_CREATE:
        blocked(world, ended)
    elif not what and ended.purpose == "run":
        finished(world, ended)
    if "later" not in what:
        claim(ended.took_ms <= LONGEST_MS, f"the run lasted {ended.took_ms / 3_600_000:.1f} hours")


def sent(world: World, ended: Ended, was_settled: set[str]) -> None:
    """Hold that nothing is asked for what is done and there, and that each purpose sends only what it may."""
    for key in was_settled:
        claim(not world.ledger.asked[key], f"{key}: done, its file there, and asked again")
    steps = {one.step for one in world.vendor.asked[len(world.vendor.asked) - ended.requests :]}
    if ended.purpose == "detach":
        claim(steps <= {"create"}, f"a run that only makes jobs did {steps}")
    if ended.purpose in ("collect", "wait"):
        claim("create" not in steps, f"a run to {ended.purpose} made a job")


def _is(world: World, output: str, content: bytes) -> bool:
    path = world.root / output
    return path.exists() and path.read_bytes() == content


def blocked(world: World, ended: Ended) -> None:
    """Hold that nothing is sent where a file of the person is in the way, and that 73 says only that."""
    outputs = {one.output for one in world.ledger.partitions.values()}
    claim(outputs & world.put.keys(), "an output cannot be made, and nothing is in its way")
    claim(not ended.requests, f"{ended.requests} requests were sent, though an output cannot be made")


def finished(world: World, ended: Ended) -> None:
    """Hold that a run which nothing befalls brings all files, but for what only a person can want again."""
    files = world.files()
    for one in ended.outcomes:
        entry = world.ledger.entries[one.partition.key]
        if one.exit == Exit.VENDOR:
            lost = [job for job in entry.jobs if not world.vendor.holds(job)]
            claim(len(lost) > 1, f"{entry.key}: given up as {one.code}, after {len(lost)} jobs were lost")
            continue
        claim(one.exit == Exit.DONE, f"{one.partition.id}: {one.code}: {one.message}")
        claim(
            files.get(one.partition.output) == answers()[entry.digest], f"{one.partition.output} is not there"
        )


def told(world: World, ended: Ended) -> None:
    """Hold that a run knows at its end what its record will say: where all stands, and what is in doubt."""
    for key, track in ended.tracks.items():
        record = world.ledger.entries[key].track
        for name in ("state", "attempt", "possible_duplicate", "recreated", "stored"):
            one, other = getattr(track, name), getattr(record, name)
            claim(one == other, f"{key}: {name} is {one!r} in the run, and {other!r} in its record")


def no_part(world: World) -> None:
    """Hold that a run that ended by itself leaves nothing half, only a proven part that waits."""
    proven = {
        (one.track.stored.part, one.track.stored.sha256)
        for one in world.ledger.entries.values()
        if one.track.stored
    }
    for path, content in world.files().items():
        if path.endswith(PART):
            part = (path.rpartition("/")[2], sha256(content).hexdigest())
            claim(part in proven, f"{path} is left over")


def replays(world: World) -> None:
    """Hold that two replays of a journal give the same lane, and that it has all that was called durable."""
    path = world.root / ".care-export" / "journal.db"
    if not path.exists():
        return
    with Journal.open(path) as journal:
        first, second = _lane(world, journal), _lane(world, journal)
        tracks: dict[str, Track] = {}
        for event in journal.replay(LANE):
            tracks[event.key] = after(tracks.get(event.key) or Track(event.key), event)
    claim(first.tracks == second.tracks, "two replays of one journal give two lanes")
    claim(
        first.next(world.now()) == second.next(world.now()), "two replays of one journal do not go on alike"
    )
    for key, entry in world.ledger.entries.items():
        claim(entry.track == tracks.get(key, Track(key)), f"{key}: the journal lost what it said was durable")


def _lane(world: World, journal: Journal) -> Lane:
    lane = Lane(world.ledger.partitions, requests_per_minute=20, running=2, queued=5)
    for event in journal.replay(LANE):
        lane.apply(event)
    lane.resume()
    return lane


def peace(world: World) -> None:
    """Hold that everything comes to a good end where nothing happens any more, and that it stays so.

    What was lost twice needs a person's word first, and only a run can know that it was.
    """
    world.skew = world.vendor.hiccups = 0
    for output in tuple(world.put):
        world.delete(output)
    world.run()
    first, second = world.run(retry_failed=True), world.run()
    claim((first.exit, second.exit) == (Exit.DONE, Exit.DONE), f"in peace: {first.exit}, {second.exit}")
    claim(not second.requests, f"there was nothing left to do, and {second.requests} requests were sent")
    always(world)
    files = world.files()
    claim(not [one for one in files if one.endswith(PART) and _named(world, one)], "a part is left in peace")
    blocks = json.loads((world.root / "m.lock.json").read_bytes())["partitions"]
    asked = {one.id: one.output for one in world.ledger.partitions.values()}
    claim(set(blocks) == set(asked), f"the lock names {sorted(blocks)}, and {sorted(asked)} are done")
    claim(all(blocks[one]["output"] == asked[one] for one in asked), "the lock names other files")


def _named(world: World, path: str) -> bool:
    """Say whether a part is one of the present manifest's: of another one's, it waits for that."""
    return any(
        one.track.stored is not None and path.endswith(one.track.stored.part)
        for one in world.ledger.entries.values()
        if one.key in world.ledger.partitions
    )
