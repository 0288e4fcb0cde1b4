"""Makes lanes ready to run: journal replayed, files looked at, client opened.

Whatever can be refused is refused here, before anything is sent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace

from runner import catalog
from runner.actions import Finished
from runner.budget import UNDER_WAY_MS
from runner.cli import streams
from runner.cli.credentials import credentials, credentials_of
from runner.cli.reach import STORAGE_ORIGIN, reach
from runner.cli.room import Prepared, Room
from runner.cli.streams import tell
from runner.cli.there import Traces, reconciled, sweep
from runner.cli.world import now_ms
from runner.errors import Exit, Refusal
from runner.events import Event
from runner.execute import LaneRun
from runner.fair import interleaved
from runner.holding import hold
from runner.lane import Lane
from runner.left import Left, left
from runner.plan import Partition
from runner.profiles import Credentials, Limits, Profile
from runner.report.words import many
from runner.shares import Claim, marks, shares
from runner.track import MINUTE_MS, TERMINAL

__all__ = ["STORAGE_ORIGIN", "opened", "prepared"]

COUNTED_MS = UNDER_WAY_MS + MINUTE_MS
"""How long a request counts at most."""
RECKONED_MS = 1_000
"""How often the time left is reckoned at most: it looks at every partition."""


def prepared(
    room: Room, asked: Sequence[tuple[Profile, Sequence[Partition]]], stack: ExitStack
) -> list[Prepared]:
    """Hold each profile's lane, replay the journal into it, and reconcile it with the files that are there.

    The lanes are held until `stack` is closed, and from before the replay: what another run is about to do
    cannot be read from its journal. Refusal 75 where another run holds one, 73 with every output that cannot
    be made, 78 where credentials are missing that are needed; nothing has been sent then.
    """
    for profile, _ in asked:
        stack.enter_context(hold(room.folder, profile.name))
    traces = Traces()
    replayed = [_replayed(room, profile, partitions, traces) for profile, partitions in asked]
    problems: list[str] = []
    lanes = [replace(one, over=dict(reconciled(room, one, traces, problems))) for one in replayed]
    sweep(room, lanes, traces)
    if problems:
        raise Refusal(
            Exit.CANNOT_CREATE,
            "\n".join([f"{len(problems)} of the outputs cannot be made; nothing was sent", *problems]),
        )
    tracks = {key: track for one in lanes for key, track in one.lane.tracks.items()}
    room.view.begins({key: track.state for key, track in tracks.items() if track.state in TERMINAL})
    return _shared(room, lanes)


def _shared(room: Room, lanes: Sequence[Prepared]) -> list[Prepared]:
    """Return the lanes with what each may use, where several have something to do, or just had.

    Profiles may be one user, or users of one company; that is known by their credentials only.
    """
    busy = [one for one in lanes if not isinstance(one.lane.next(one.at), Finished)]
    told = [one.profile.name for one in busy]
    idle = [one for one in lanes if one.profile.name not in told and one.last > one.at - COUNTED_MS]
    if not busy or len(busy) + len(idle) < 2:
        return list(lanes)
    had = credentials_of(one.profile for one in busy)
    named = {one.profile.name: replace(one, known=had[one.profile.name]) for one in busy}
    claims = [_claim(one, one.known) for one in named.values() if one.known]
    api = catalog.load().api.limits
    given = shares(claims, company_running=api.company_running, company_queued=api.company_queued)
    for one, limits in zip(busy, given, strict=True):
        if limits != one.profile.limits:
            named[one.profile.name] = _limited(room, named[one.profile.name], limits)
    _counted(room, list(named.values()), idle)
    return [named.get(one.profile.name, one) for one in lanes]


def _counted(room: Room, busy: Sequence[Prepared], idle: Sequence[Prepared]) -> None:
    """Let each lane count what others of its user have just sent, when all was divided otherwise.

    Of a lane that has nothing to do the credentials may be gone; then nobody can tell whose it is.
    """
    users = {one.profile.name: _claim(one, one.known).user for one in busy if one.known}
    for one in idle:
        with suppress(Refusal):
            users[one.profile.name] = _claim(one, credentials(one.profile)).user
    for other in (*busy, *idle):
        name = other.profile.name
        same = [one for one in busy if one is not other and users[one.profile.name] == users.get(name)]
        if same:
            since = min(one.at for one in same) - COUNTED_MS
            recent = [event for event in room.journal.replay(name) if event.at > since]
            for one in same:
                one.lane.budget.beside(event for event in recent if one.at - COUNTED_MS < event.at <= one.at)


def _claim(ready: Prepared, known: Credentials) -> Claim:
    user, company = marks(ready.profile.base_url, known)
    work = sum(track.state not in TERMINAL for track in ready.lane.tracks.values())
    return Claim(ready.profile.name, user, company, ready.profile.limits, work)


def _limited(room: Room, ready: Prepared, limits: Limits) -> Prepared:
    """Return the lane anew with these limits, as the journal has it now."""
    lane = _lane(room, ready.profile, list(ready.partitions.values()), limits)
    for event in room.journal.replay(ready.profile.name):
        lane.apply(event)
    lane.resume(retry_failed=room.retry_failed)
    return replace(ready, lane=lane)


def _lane(room: Room, profile: Profile, partitions: Sequence[Partition], limits: Limits) -> Lane:
    """Return a fresh lane."""
    return Lane(
        [one.key for one in interleaved(partitions)],
        requests_per_minute=limits.requests_per_minute,
        running=limits.running,
        queued=limits.queued,
        ahead=limits.ahead,
        purpose=room.purpose,
        repeat_unknown=(room.on_unknown or profile.on_unknown) == "repeat",
        prior_ms=catalog.load().api.build_guess_ms,
    )


def _replayed(room: Room, profile: Profile, partitions: Sequence[Partition], traces: Traces) -> Prepared:
    """Return the profile's lane as its journal left it; `traces` takes up what that knows of our files."""
    lane = _lane(room, profile, partitions, profile.limits)
    last = 0
    for event in room.journal.replay(profile.name):
        streams.learn(event)
        lane.apply(event)
        last = max(last, event.at)
        traces.note(event)
    at = beginning(profile, last)
    for resumed in lane.resumptions(at, retry_failed=room.retry_failed):
        room.journal.append(profile.name, resumed)
        lane.apply(resumed)
    lane.resume(retry_failed=room.retry_failed)
    return Prepared(profile, lane, {one.key: one for one in partitions}, at, last)


def beginning(profile: Profile, last: int) -> int:
    """Return the instant at which a run begins whose journal ends at `last` (epoch ms): never before that.

    The machine's clock may have been wrong, and a lane would wait until what it has seen is over. The
    sandbox's clock stands still between two runs, but for a minute: a job comes to its end then too.
    """
    if profile.today_ms is None:
        return max(now_ms(), last)
    return max(profile.today_ms, last + MINUTE_MS)


def opened(room: Room, ready: Prepared, stack: ExitStack) -> LaneRun | None:
    """Return the lane ready to run; None where nothing is left to do.

    Refusal 78 where credentials are missing, before anything is sent.
    """
    if isinstance(ready.lane.next(ready.at), Finished):
        return None
    known = ready.known or credentials(ready.profile)
    if (count := ready.lane.elsewhere) and room.purpose in ("run", "detach"):
        may = f"{many(count, 'job')} that are not asked for now may be under way"
        tell(f"{ready.profile.name}: {may}; they take places of the queue")
    client, pace = reach(ready.profile, known, ready.at)
    stack.callback(client.close)
    return LaneRun(
        name=ready.profile.name,
        lane=ready.lane,
        partitions=ready.partitions,
        client=client,
        sink=room.sink,
        journal=room.journal,
        pace=pace,
        observe=_observed(room, ready),
        received=room.view.received,
        stop=room.stop.event,
        closing=room.stop.closing,
        over=ready.over,
        manifest=room.manifest,
    )


def _observed(room: Room, ready: Prepared) -> Callable[[Event], None]:
    """Return what shows an event, once what it must not show is known; now and then, how much time is left.

    The sandbox in memory has a clock of its own, and no time to tell of.
    """
    told: float = 0 if ready.profile.source != "sandbox" and room.purpose in ("run", "wait") else math.inf

    def observe(event: Event) -> None:
        nonlocal told
        streams.learn(event)
        if event.at >= told + RECKONED_MS:
            told = event.at
            room.view.expects(ready.profile.name, event.at, _left(ready, event.at))
        if event.key in ready.partitions:
            room.view.observe(event)

    return observe


def _left(ready: Prepared, at: int) -> Left:
    """Return how much time a lane has left."""
    lane, limits = ready.lane, ready.profile.limits

    def build_ms(key: str) -> int | None:
        one = ready.partitions[key]
        return lane.build_ms(one.report, one.window.end_ms - one.window.start_ms)

    return left(
        lane.tracks.values(),
        build_ms,
        running=limits.running,
        requests_per_minute=limits.requests_per_minute,
        now=at,
    )
