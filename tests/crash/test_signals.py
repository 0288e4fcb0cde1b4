"""SIGINT and SIGTERM at 200 seeded moments of a run of three exports on threads, then run again.

The sandbox takes its time over each create, so that many of the signals come while an answer is under way.

200 cases, and one engine that is broken on purpose: 45 s of CPU; measured, with -n 2 beside other
work on two cores, 43 to 75 s.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.errors import Exit
from runner.sandbox.wire import Request
from tests.crash import invariant
from tests.crash.room import Room, entered
from tests.crash.stage import REPORTS, Ended, Stage, staged

CHUNKS = 8
MOMENTS = 25
SEED = 7
CREATE_S = 0.04
"""How long the sandbox thinks about a create: about a third of a run is that."""
OUT_S = 5.0
CODES = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """Make one undisturbed run."""
    with entered(tmp_path_factory.mktemp("signals")) as room:
        yield room


def think(request: Request) -> None:
    """Let a create wait for its answer."""
    if request.path.rpartition("/")[2] in REPORTS:
        time.sleep(CREATE_S)


def listening(process: int) -> None:
    """Wait until the command hears SIGTERM: before that Python itself has not begun."""
    while not _caught(process) >> (signal.SIGTERM - 1) & 1:
        time.sleep(0.001)


def _caught(process: int) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1], 16) for line in lines if line.startswith("SigCgt"))


def interrupted(stage: Stage, number: signal.Signals, moment: float, fault: str = "") -> tuple[Ended, float]:
    """Send a signal that long after a run has begun; return how it ended, and how long that took."""
    sent = 0.0

    def send(process: int) -> None:
        nonlocal sent
        listening(process)
        time.sleep(moment)
        sent = time.monotonic()
        os.kill(process, number)

    ended = stage.run("threads", act=send, fault=fault)
    return ended, time.monotonic() - sent


def judged(stage: Stage, room: Room, ended: Ended, number: signal.Signals, took: float) -> list[str]:
    """Look at how the run ended, at what it left, and at what the rerun makes of it."""
    faults = [] if took < OUT_S else [f"out only after {took:.1f} s"]
    if ended.exit not in (CODES[number], Exit.DONE, Exit.UNFINISHED) or "Traceback" in ended.errors:
        faults.append(f"exit {ended.exit}: {ended.errors[-3000:]}")
    before = stage.journal()
    if doubts := [name for name, one in invariant.known(before, room.want).items() if one.doubt]:
        faults.append(f"the answers to the creates of {doubts} were not taken in")
    if ended.exit == Exit.DONE:
        faults += [f"{one}, after exit 0" for one in invariant.same_files(stage.folder, room.want)]
    faults += invariant.recovered(stage, room.want)
    if set((sent := stage.creates()).values()) != {1}:
        faults.append(f"not one create each: {dict(sent)}")
    return faults


@pytest.mark.timeout(300)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_signal_at_any_moment_stops_calmly_and_costs_no_job(room: Room, chunk: int) -> None:
    """Out in 5 s, with 130 or 143; what was asked is taken in first, so run and rerun make each job once."""
    dice, faults = random.Random(SEED + chunk), []
    with staged(room.nursery, room.folder, think) as stage:
        lasts = stage.run("threads").seconds
    for turn in range(MOMENTS):
        number, moment, stopped = (signal.SIGINT, signal.SIGTERM)[turn % 2], dice.uniform(0.002, lasts), False
        while not stopped:
            with staged(room.nursery, room.folder, think) as stage:
                ended, took = interrupted(stage, number, moment)
                found = judged(stage, room, ended, number, took)
            faults += [f"{number.name} after {moment:.4f} s: {one}" for one in found]
            # A run that was done before is looked at, too, but it is not the one that was to be stopped.
            stopped, moment = ended.exit != Exit.DONE, moment / 2
    assert not faults, "\n".join(faults)


def test_the_harness_sees_an_engine_that_leaves_at_once(room: Room) -> None:
    """A lane that does not wait for the answer to a create under way is found."""
    with staged(room.nursery, room.folder, lambda request: time.sleep(0.3)) as stage:
        ended, took = interrupted(stage, signal.SIGTERM, 0.2, "hasty")
        faults = judged(stage, room, ended, signal.SIGTERM, took)
    assert any("were not taken in" in one for one in faults), faults
