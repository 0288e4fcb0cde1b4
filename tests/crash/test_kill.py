"""Kill -9 at every system call of a run of three exports, then run again.

A kill lands before its call is carried out, so what is outside of the process is the same wherever it lands
between two calls that change something there. A kill at each call that does, and at the last one, is a kill
everywhere. The others are taken too, a seeded sample of them, and so are moments of a run on threads.

Of about 1,130 calls after the state folder is begun 270 change something: 333 kills, 60 more on threads, and
three engines that are broken on purpose. 80 s of CPU; with -n 2, beside other work on two cores: 65 to 90 s.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator

import pytest

from tests.crash.invariant import recovered
from tests.crash.room import Room, entered
from tests.crash.stage import REPORTS, staged
from tests.crash.traced import Call, calls, changes

CHUNKS = 8
SAMPLE = 64
MOMENTS = 30
SEED = 3


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """Make one undisturbed run under strace."""
    with entered(tmp_path_factory.mktemp("kill")) as room:
        yield room


def points(room: Room) -> list[Call]:
    """Return where a run is killed: at each call that changes something, and at a sample of the rest."""
    rest = [one for one in room.calls if not changes(one) and one.name not in room.alike]
    sample = random.Random(SEED).sample(rest, min(SAMPLE, len(rest)))
    return [one for one in room.calls if changes(one)] + sample


def killed_at(room: Room, call: Call, fault: str = "") -> list[str]:
    """Kill a run at a call, look, run again, look again; return the faults."""
    with staged(room.nursery, room.folder) as stage:
        inject = f"inject={call.name}:signal=SIGKILL:when={call.number}"
        ended = stage.run(expressions=(f"trace={call.name}", inject), fault=fault)
        reached = sum(one.name == call.name for one in calls(stage.log, ended.process))
        if (ended.exit, reached) != (-signal.SIGKILL, call.number):
            return [f"{call}: void: exit {ended.exit} after {reached} calls; {ended.errors[-200:]}"]
        faults = recovered(stage, room.want)
        least, most = creates_due(room.calls, call)
        if not least <= (sent := stage.creates().total()) <= most:
            faults.append(f"{sent} creates, not {least} to {most}")
        return [f"{call}: {one}" for one in faults]


def creates_due(made: tuple[Call, ...], call: Call) -> tuple[int, int]:
    """Return how many creates a kill at `call` may cost, at least and at most.

    One more than there are partitions from when a POST has left until its answer is read, and none any more
    once the journal was synced after that.
    """
    at = made.index(call)
    for sent in (number for number, one in enumerate(made) if one.name == "sendto" and "POST" in one.text):
        read, durable = (
            next(number for number in range(sent, len(made)) if made[number].name == name)
            for name in ("recvfrom", "fdatasync")
        )
        if sent < at <= durable:
            return len(REPORTS) + (at <= read), len(REPORTS) + 1
    return len(REPORTS), len(REPORTS)


def test_the_points_are_all_there(room: Room) -> None:
    """Journal, part files, renames, folders, locks, connections: each kind of call is among the points."""
    named = {one.name for one in points(room)}
    kinds = (
        "mkdir openat flock pwrite64 fdatasync fsync write unlinkat renameat rename connect sendto recvfrom"
    )
    assert set(kinds.split()) <= named
    assert sum(changes(one) for one in room.calls) > 150
    assert not {one.name for one in room.calls if changes(one)} & room.alike


@pytest.mark.timeout(300)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_kill_at_any_system_call_loses_nothing_and_doubles_nothing(room: Room, chunk: int) -> None:
    """Same files, same lock, nothing left over; a second create only where nobody can tell, and flagged."""
    faults = [fault for call in points(room)[chunk::CHUNKS] for fault in killed_at(room, call)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("chunk", range(2))
def test_a_kill_at_any_moment_of_a_run_on_threads_is_survived_too(room: Room, chunk: int) -> None:
    """Where several requests are under way at once, the same holds for each of them."""
    dice, faults = random.Random(SEED + chunk), []
    with staged(room.nursery, room.folder) as stage:
        lasts = stage.run("threads").seconds
    for _ in range(MOMENTS):
        moment = dice.uniform(0, lasts)
        while (found := killed_after(room, moment)) is None:
            moment /= 2
        faults += found
    assert not faults, "\n".join(faults)


def killed_after(room: Room, moment: float) -> list[str] | None:
    """Kill a run so many seconds after it began; return the faults, None where it had ended before."""

    def kill(process: int) -> None:
        time.sleep(moment)
        os.kill(process, signal.SIGKILL)

    with staged(room.nursery, room.folder) as stage:
        if stage.run("threads", act=kill).exit != -signal.SIGKILL:
            return None
        return [f"after {moment:.4f} s: {one}" for one in recovered(stage, room.want)]


@pytest.mark.parametrize(
    ("fault", "name", "word"),
    [
        ("no intent", "recvfrom", "2 creates, and the record says"),
        ("late answer", "socket", "4 creates, not 3 to 3"),
        ("in place", "write", "is not whole"),
    ],
)
def test_the_harness_sees_a_broken_engine(room: Room, fault: str, name: str, word: str) -> None:
    """An engine that forgets an intent, keeps an answer back, or writes in place does not pass."""
    some = [one for one in room.calls if one.name == name][:4]
    faults = [one for call in some for one in killed_at(room, call, fault)]
    assert any(word in one for one in faults), faults
