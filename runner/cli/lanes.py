"""Makes lanes ready to run: journal replayed, files looked at, client opened.

Whatever can be refused is refused here, before anything is sent.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runner.actions import Finished
from runner.cli import streams
from runner.cli.credentials import credentials
from runner.cli.progress import View
from runner.cli.world import environment, now_ms
from runner.client import Client, in_memory, trusted
from runner.errors import Exit, Refusal
from runner.events import Event, Stored
from runner.execute import InLine, LaneRun, Pace, Threads
from runner.holding import hold
from runner.journal import Journal
from runner.lane import Lane
from runner.plan import Partition
from runner.profiles import Profile
from runner.reconcile import standing
from runner.sandbox.application import Application
from runner.sandbox.clock import VirtualClock
from runner.sink import Sink

SEED = 1
"""The seed of the in-memory sandbox: fixed, so that its locks can be committed."""
STORAGE_ORIGIN = "https://storage.sandbox.invalid"
"""Where the in-memory sandbox keeps its files: another host, as the vendor does."""


@dataclass(frozen=True)
class Room:
    """What all lanes of one run share."""

    sink: Sink
    journal: Journal
    folder: Path
    locked: Mapping[str, Any]
    overwrite: bool
    width: int
    view: View
    stop: threading.Event


@dataclass(frozen=True)
class Prepared:
    """One lane after replay and reconciling; `at` is its last event's instant, `replace` as in LaneRun."""

    profile: Profile
    lane: Lane
    partitions: Mapping[str, Partition]
    at: int
    replace: frozenset[str]


def prepared(
    room: Room, asked: Sequence[tuple[Profile, Sequence[Partition]]], stack: ExitStack
) -> list[Prepared]:
    """Hold each profile's lane, replay the journal into it, and reconcile it with the files that are there.

    The lanes are held until `stack` is closed, and from before the replay: what another run is about to do
    cannot be read from its journal. Refusal 75 where another run holds one, 73 with every output that cannot
    be made; nothing has been sent then.
    """
    for profile, _ in asked:
        stack.enter_context(hold(room.folder, profile.name))
    made: dict[str, set[str]] = defaultdict(set)
    replayed = [_replayed(room.journal, profile, partitions, made) for profile, partitions in asked]
    problems: list[str] = []
    lanes = [replace(one, replace=frozenset(_reconciled(room, one, made, problems))) for one in replayed]
    _sweep(room, lanes)
    if problems:
        raise Refusal(
            Exit.CANNOT_CREATE,
            "\n".join([f"{len(problems)} of the outputs cannot be made; nothing was sent", *problems]),
        )
    return lanes


def _sweep(room: Room, lanes: Sequence[Prepared]) -> None:
    """Remove part files of a killed run, but for those that are proven and wait for their name."""
    tracks = [(one.partitions[key], track) for one in lanes for key, track in one.lane.tracks.items()]
    wanted = {track.stored.part for _, track in tracks if track.state == "stored" and track.stored}
    room.sink.sweep([partition.output for partition, _ in tracks], wanted)


def _replayed(
    journal: Journal, profile: Profile, partitions: Sequence[Partition], made: dict[str, set[str]]
) -> Prepared:
    """Return the profile's lane as its journal left it.

    `made` takes up, by output path, every sha256 that the journal knows us to have put there.
    """
    limits = profile.limits
    lane = Lane(
        [one.key for one in partitions],
        requests_per_minute=limits.requests_per_minute,
        running=limits.running,
        queued=limits.queued,
    )
    last = 0
    for event in journal.replay(profile.name):
        streams.learn(event)
        lane.apply(event)
        last = max(last, event.at)
        if isinstance(event, Stored):
            made[event.output].add(event.sha256)
    lane.resume()
    at = now_ms() if profile.today_ms is None else max(profile.today_ms, last)
    return Prepared(profile, lane, {one.key: one for one in partitions}, at, frozenset())


def _reconciled(
    room: Room, ready: Prepared, made: Mapping[str, set[str]], problems: list[str]
) -> Iterator[str]:
    """Yield the keys whose final name may be taken over, noting events and problems on the way."""
    ours = {block["output"]: block["sha256"] for block in room.locked.values()}
    lane = ready.lane
    for one in ready.partitions.values():
        found = room.sink.inspect(one.output)
        if found.state == "blocked":
            problems.append(f"  {one.output}: {found.why}")
            continue
        stands = standing(
            one,
            lane.tracks[one.key],
            found.sha256 or None,
            room.locked.get(one.id),
            made.get(one.output, set()) | {ours.get(one.output, "")},
            overwrite=room.overwrite,
            at=ready.at,
        )
        if why := stands.problem or _unready(room, lane, one):
            problems.append(f"  {one.output}: {why}")
        for event in stands.events:
            room.journal.append(ready.profile.name, event)
            lane.apply(event)
        if stands.replace:
            yield one.key


def _unready(room: Room, lane: Lane, partition: Partition) -> str:
    """Say why an output that is still to be made cannot be; its directory is made on the way."""
    return "" if lane.tracks[partition.key].state == "done" else room.sink.ready(partition.output)


def opened(room: Room, ready: Prepared, stack: ExitStack) -> LaneRun | None:
    """Return the lane ready to run; None where nothing is left to do.

    Refusal 78 where credentials are missing, before anything is sent.
    """
    if isinstance(ready.lane.next(ready.at), Finished):
        return None
    client, pace = _reach(ready, room.width)
    stack.callback(client.close)
    return LaneRun(
        name=ready.profile.name,
        lane=ready.lane,
        partitions=ready.partitions,
        client=client,
        sink=room.sink,
        journal=room.journal,
        pace=pace,
        observe=_observed(room.view),
        received=room.view.received,
        stop=room.stop,
        replace=ready.replace,
    )


def _observed(view: View) -> Callable[[Event], None]:
    """Return what shows an event, once what it must not show is known."""

    def observe(event: Event) -> None:
        streams.learn(event)
        view.observe(event)

    return observe


def _reach(ready: Prepared, width: int) -> tuple[Client, Pace]:
    """Return the client of a profile and its clock: the sandbox's own in memory, or the real ones."""
    profile = ready.profile
    known = credentials(profile)
    if profile.source != "sandbox":
        trust = trusted(environment())
        return Client(profile.base_url, known, trust=trust), Threads(now_ms, width)
    clock = VirtualClock(ready.at)
    application = Application(
        seed=SEED, clock=clock, api_origin=profile.base_url, storage_origin=STORAGE_ORIGIN
    )
    client = Client(profile.base_url, known, transport=in_memory(application))
    return client, InLine(clock.now_ms, clock.advance)
