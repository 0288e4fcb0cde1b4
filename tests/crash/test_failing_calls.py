"""Let the system calls of a run of three exports fail, one at a time, then run again.

ENOSPC and EIO at each call that changes a file, a folder or a lock; EIO at each that opens a connection or
reads from one, and at a seeded sample of those that only read in the run's own folders; EMFILE at each that
makes a descriptor there. And a disk that is full for good from each entry of the journal on.

One write that finds the disk full costs no job: the journal gives its reserve up and tries again. Full for
good means here that no write succeeds any more, not even into that reserve. No disk is like that; there a
create whose answer cannot be kept is sent again, flagged, and so is one where the disk breaks (EIO).

A `sendto` that fails is left out: no peer knows of it, so it costs the two minutes of the client's patience
each time. What fails on the wire is what the server lies about, in a harness of its own.

About 560 cases (ENOSPC 225 + 31, EIO 241, EMFILE 64): 135 s of CPU; measured, with -n 2 beside other work on
two cores, 150 to 220 s.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from runner.errors import Exit
from tests.crash import invariant
from tests.crash.invariant import recovered
from tests.crash.room import Room, entered
from tests.crash.stage import STATE, Ended, staged
from tests.crash.traced import CONNECTED, Call, changes, failed

CHUNKS = 10
SAMPLE = 60
SEED = 5
CODES = {Exit.DONE, Exit.CANNOT_CREATE, Exit.IO, Exit.UNFINISHED}
"""How a run may end whose machine fails: never with 70, which would be a fault of ours, nor with 1."""
PATIENT = "sendto"


@dataclass(frozen=True, slots=True)
class Case:
    """One call and how it fails; `on` lets all later ones of its name fail too."""

    call: Call
    error: str
    on: bool = False

    def __str__(self) -> str:
        """Name the case."""
        return f"{self.error}{' from here on' if self.on else ''} at {self.call}"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """Make one undisturbed run under strace."""
    with entered(tmp_path_factory.mktemp("failing")) as room:
        yield room


def cases(room: Room) -> list[Case]:
    """Return every case, in an order that spreads the kinds over the chunks."""
    inside = [one for one in room.calls if one.within(f"{room.folder}/work") or STATE in one.text]
    changing = [one for one in room.calls if changes(one) and one.name not in ("exit_group", *CONNECTED)]
    online = [one for one in room.calls if one.name in CONNECTED and one.name != PATIENT]
    reading = [one for one in inside if not changes(one) and one.name not in room.alike]
    opening = [one for one in (*inside, *online) if one.name in ("openat", "socket") or "F_DUPFD" in one.text]
    sample = random.Random(SEED).sample(reading, min(SAMPLE, len(reading)))
    written = zip(room.calls, room.calls[1:], strict=False)
    firsts = [one for before, one in written if one.name == "pwrite64" != before.name]
    return [
        *(Case(one, "ENOSPC") for one in changing),
        *(
            Case(one, "EIO")
            for one in (*changing, *online, *sample)
            if one in firsts or one.name != "pwrite64"
        ),
        *(Case(one, "EMFILE") for one in opening),
        *(Case(one, "ENOSPC", on=True) for one in firsts),
    ]


def failed_at(room: Room, case: Case) -> list[str]:
    """Let a call fail, look, run again, look again; return the faults."""
    call, when = case.call, f"{case.call.number}{'+' if case.on else ''}"
    with staged(room.nursery, room.folder) as stage:
        inject = f"inject={call.name}:error={case.error}:when={when}"
        ended = stage.run(expressions=(f"trace={call.name}", inject))
        if not failed(stage.log):
            return [f"{case}: void: it did not fail; exit {ended.exit}: {ended.errors[-200:]}"]
        faults = told(ended)
        if ended.exit == Exit.DONE:
            faults += [f"{one}, after exit 0" for one in invariant.same_files(stage.folder, room.want)]
        faults += recovered(stage, room.want)
        if case.error == "ENOSPC" and not case.on and set((sent := stage.creates()).values()) != {1}:
            faults.append(f"a full disk cost a job: {dict(sent)}")
        return [f"{case}: {one}" for one in faults]


def told(ended: Ended) -> list[str]:
    """Look that the run ended with a documented code and a sentence, and with no traceback."""
    faults = [] if ended.exit in CODES else [f"exit {ended.exit}: {ended.errors[-300:]}"]
    if "Traceback" in ended.errors or "fault of care-export" in ended.errors:
        faults.append(f"it shows its inside: {ended.errors[-600:]}")
    if ended.exit and not ended.errors.strip():
        faults.append(f"exit {ended.exit} without a word")
    return faults


def test_the_cases_are_all_there(room: Room) -> None:
    """Journal, part files, renames, folders and locks fail, each with each error that it can have."""
    named = {(one.error, one.call.name) for one in cases(room)}
    kinds = "mkdir mkdirat openat flock pwrite64 fdatasync fsync write unlinkat renameat rename ftruncate"
    assert {(error, name) for error in ("ENOSPC", "EIO") for name in kinds.split()} <= named
    assert {("EIO", name) for name in ("connect", "recvfrom", "fcntl", "newfstatat")} <= named
    assert {("EMFILE", "openat"), ("EMFILE", "socket")} <= named


@pytest.mark.timeout(300)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_call_that_fails_costs_no_file_and_no_second_job(room: Room, chunk: int) -> None:
    """A documented exit code and a sentence; only whole files; the rerun ends as the undisturbed run does."""
    faults = [fault for case in cases(room)[chunk::CHUNKS] for fault in failed_at(room, case)]
    assert not faults, "\n".join(faults)
