"""Kill -9 at every system call of a run of three exports, then run again.

Every call of the run's first thread is taken, the last one too; a kill lands before its call is carried out.
Moments of a run on threads are taken beside them.

About 1,230 kills (275 at calls that change something outside of the process), 60 more on threads, and three
engines that are broken on purpose. 280 s of CPU; with -n 2 on two cores, beside other work: 3 min 30 s.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.invariant import recovered
from tests.crash.room import Room, entered
from tests.crash.stage import LOCK, REPORTS, Ended, staged
from tests.crash.traced import Call, calls, changes, threads

CHUNKS = 16
MOMENTS = 30
SEED = 3


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """Make one undisturbed run under strace."""
    with entered(tmp_path_factory.mktemp("kill")) as room:
        yield room


def killed_at(room: Room, call: Call, fault: str = "") -> list[str]:
    """Kill a run at a call, look, run again, look again; return the faults."""
    with staged(room.nursery, room.folder) as stage:
        inject = f"inject={call.name}:signal=SIGKILL:when={call.number}"
        ended = stage.run(expressions=(f"trace={call.name}", inject), fault=fault)
        if void := not_killed(room, call, ended, stage.log):
            return [f"{call}: {void}"]
        faults = recovered(stage, room.want)
        least, most = creates_due(room, call)
        if not least <= (sent := stage.creates().total()) <= most:
            faults.append(f"{sent} creates, not {least} to {most}")
        return [f"{call}: {one}" for one in faults]


def not_killed(room: Room, call: Call, ended: Ended, log: Path) -> str:
    """Say why a trial showed nothing: the run did not die at that call. Empty where it did.

    How often threads make the calls that they have in common depends on the moment: where a run made one call
    less of that name than the undisturbed one, it came to its end, and there was nothing to be killed at.
    """
    made = [one for thread in threads(log) for one in calls(log, thread) if one.name == call.name]
    most = max((one.number for one in made), default=0)
    if (ended.exit, most) == (-signal.SIGKILL, call.number):
        return ""
    if call.name in room.alike and ended.exit == 0 and most < call.number:
        return ""
    return f"void: exit {ended.exit} after {most} calls; {ended.errors[-200:]}"


def creates_due(room: Room, call: Call) -> tuple[int, int]:
    """Return how many creates a kill at `call` may cost, at least and at most.

    One more than there are partitions from when a POST has left until its answer is read, and none any more
    once the journal was synced after that. A call that other threads make too may lie elsewhere.
    """
    if call.name in room.alike:
        return len(REPORTS), len(REPORTS) + 1
    made = room.every
    at = made.index(call)
    for sent in (number for number, one in enumerate(made) if one.name == "sendto" and "POST" in one.text):
        read, durable = (
            next(number for number in range(sent, len(made)) if made[number].name == name)
            for name in ("recvfrom", "fdatasync")
        )
        if sent < at <= durable:
            return len(REPORTS) + (at <= read), len(REPORTS) + 1
    return len(REPORTS), len(REPORTS)


def test_the_calls_are_all_there(room: Room) -> None:
    """Journal, part files, renames, folders, locks, connections: a run makes each kind of call."""
    kinds = (
        "mkdir openat flock pwrite64 fdatasync fsync write unlinkat renameat rename connect sendto recvfrom"
    )
    assert set(kinds.split()) <= {one.name for one in room.every}
    assert sum(changes(one) for one in room.every) > 150
    assert not {one.name for one in room.every if changes(one)} & room.alike


def test_a_lane_is_held_until_the_lock_is_written(room: Room) -> None:
    """A second run can begin only then: so of two runs the later one's lock is the one that stays."""
    said = [f"{one.name} {one.text}" for one in room.every]
    (written,) = (at for at, one in enumerate(said) if one.startswith("rename ") and LOCK in one)
    (freed,) = (at for at, one in enumerate(said) if one.startswith("flock ") and "LOCK_UN" in one)
    assert written < freed


@pytest.mark.timeout(300)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_kill_at_any_system_call_loses_nothing_and_doubles_nothing(room: Room, chunk: int) -> None:
    """Same files, same lock, nothing left over; a second create only where nobody can tell, and flagged."""
    faults = [fault for call in room.every[chunk::CHUNKS] for fault in killed_at(room, call)]
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
    some = [one for one in room.every if one.name == name][:4]
    faults = [one for call in some for one in killed_at(room, call, fault)]
    assert any(word in one for one in faults), faults
