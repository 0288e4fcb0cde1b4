"""Let the system calls of a run of three exports fail, one at a time, then run again.

EIO at each call that can fail; ENOSPC at each that changes a file, a folder or a lock; EMFILE at each that
makes a descriptor. And a disk that is full for good from each entry of the journal on.

One write that finds the disk full costs no job: the journal gives its reserve up and tries again. Full for
good means here that no write succeeds any more, not even into that reserve. No disk is like that; there a
create whose answer cannot be kept is sent again, flagged, and so is one where the disk breaks (EIO).

Left out are the calls by which Python loads itself, those that give a lock of SQLite's back, and those by
which a request leaves (`sendto`, and what a socket is asked before it): no peer knows of a failure there, so
each costs the two minutes of the client's patience. What fails on the wire is what the server lies about, in
a harness of its own.

About 1,180 cases (ENOSPC 230 + 31, EIO 830, EMFILE 90); two at a time, beside other work on two cores, they
took 6 min 25 s.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from runner.errors import Exit
from tests.crash import invariant
from tests.crash.invariant import recovered
from tests.crash.room import Room, entered
from tests.crash.stage import Ended, staged
from tests.crash.traced import CONNECTED, Call, changes, failed

CHUNKS = 16
CODES = {Exit.DONE, Exit.CANNOT_CREATE, Exit.IO, Exit.UNFINISHED, Exit.PROFILES}
"""How a run may end whose machine fails: never with 70, which would be a fault of ours, nor with 1."""
ASKED_BY_CLICK = "access"
"""Whether the output's folder can be read is judged with the command line, and ends with 2."""
NEVER = "getpid gettid geteuid getrandom brk sigaltstack rt_sigaction clone3 exit_group"
"""Calls that do not fail, or that need no file and no peer."""
PATIENT = ("sendto", "poll", "ioctl")


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
    able = [one for one in room.every if _can_fail(one) and one.name not in room.alike]
    changing = [one for one in able if changes(one) and one.name not in CONNECTED]
    opening = [one for one in able if one.name in ("openat", "socket") or "F_DUPFD" in one.text]
    written = zip(room.every, room.every[1:], strict=False)
    firsts = [one for before, one in written if one.name == "pwrite64" != before.name]
    return [
        *(Case(one, "ENOSPC") for one in changing),
        *(Case(one, "EIO") for one in able),
        *(Case(one, "EMFILE") for one in opening),
        *(Case(one, "ENOSPC", on=True) for one in firsts),
    ]


def _can_fail(call: Call) -> bool:
    """Say whether a call is one that a run can notice the failure of, within its patience."""
    python = f"{sys.base_prefix}/" in call.text
    asks_socket = call.name in PATIENT and "socket:" in call.text
    gives_back = "F_UNLCK" in call.text
    return call.name not in NEVER.split() and not (python or asks_socket or gives_back)


def failed_at(room: Room, case: Case) -> list[str]:
    """Let a call fail, look, run again, look again; return the faults."""
    call, when = case.call, f"{case.call.number}{'+' if case.on else ''}"
    with staged(room.nursery, room.folder) as stage:
        inject = f"inject={call.name}:error={case.error}:when={when}"
        ended = stage.run(expressions=(f"trace={call.name}", inject))
        if not failed(stage.log):
            return [f"{case}: void: it did not fail; exit {ended.exit}: {ended.errors[-200:]}"]
        faults = told(ended, case)
        if ended.exit == Exit.DONE:
            faults += [f"{one}, after exit 0" for one in invariant.same_files(stage.folder, room.want)]
        faults += recovered(stage, room.want)
        if case.error == "ENOSPC" and not case.on and set((sent := stage.creates()).values()) != {1}:
            faults.append(f"a full disk cost a job: {dict(sent)}")
        return [f"{case}: {one}" for one in faults]


def told(ended: Ended, case: Case) -> list[str]:
    """Look that the run ended with a documented code and a sentence, and with no traceback."""
    codes = CODES | ({Exit.USAGE} if case.call.name == ASKED_BY_CLICK else set())
    faults = [] if ended.exit in codes else [f"exit {ended.exit}: {ended.errors[-300:]}"]
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
    assert {("EIO", name) for name in ("connect", "recvfrom", "fcntl", "newfstatat", "read")} <= named
    assert {("EMFILE", "openat"), ("EMFILE", "socket")} <= named


@pytest.mark.timeout(300)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_call_that_fails_costs_no_file_and_no_second_job(room: Room, chunk: int) -> None:
    """A documented exit code and a sentence; only whole files; the rerun ends as the undisturbed run does."""
    faults = [fault for case in cases(room)[chunk::CHUNKS] for fault in failed_at(room, case)]
    assert not faults, "\n".join(faults)
