"""A process that has everything imported and bears runs of the command: a run then begins in milliseconds.

It reads one wish a line from standard input (JSON: `folder`, `arguments`, `pace`, `fault`, `halted`) and
answers with the child's number, then with how the child ended. The child is the command itself, from
`outcome` on, with one thing exchanged: the clock of its lanes. Waits of minutes cost nothing here.

- `line`: effects one after the other on a clock that only waits move. One thread does everything, so the
  system calls of two runs are the same, and one of them can be named by its number.
- `threads`: effects on threads as in a live run, on a clock that runs `SPEED` times as fast as the day.

A `fault` is one of `FAULTS`: an engine that is broken on purpose, on which the harnesses must fail.
"""

from __future__ import annotations

import faulthandler
import gc
import io
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, redirect_stdout
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import click
import httpcore  # noqa: F401 - httpx loads it late

from runner.cli import lanes, passing, room, signals, streams
from runner.cli.command import outcome
from runner.cli.run import run
from runner.execute import InLine, LaneRun, Pace, Threads
from runner.sandbox.clock import ScaledClock, VirtualClock
from tests.crash import broken
from tests.crash.led import led

SPEED = 1000.0
OUTPUT, ERRORS = "stdout.txt", "stderr.txt"
"""Where a child's two streams lie, in the folder above its own."""
Kind = Literal["line", "threads"]
FAULTS: Mapping[str, Callable[[LaneRun], LaneRun]] = {
    "": lambda made: made,
    "no intent": lambda made: replace(made, journal=broken.NoIntent(made.journal)),
    "late answer": lambda made: replace(made, journal=broken.LateAnswer(made.journal)),
    "in place": lambda made: replace(made, sink=broken.InPlace(made.sink)),
    "hasty": lambda made: replace(made, stop=broken.Hasty(made.stop)),
}


def pace(kind: Kind, at: int) -> Pace:
    """Return the clock of a lane that goes on at `at` (epoch ms)."""
    if kind == "line":
        clock = VirtualClock(at)
        return InLine(clock.now_ms, clock.advance)
    fast = ScaledClock(SPEED, at, time.monotonic)
    return Threads(fast.now_ms, 8, SPEED)


def hurried(kind: Kind, fault: str = "") -> click.Command:
    """Return the verb `run` with its own body, where each lane that it opens gets the clock of that kind."""

    def opened(one: room.Room, ready: room.Prepared, stack: ExitStack) -> LaneRun | None:
        made = lanes.opened(one, ready, stack)
        last = max((event.at for event in one.journal.replay(ready.profile.name)), default=0)
        return made and FAULTS[fault](replace(made, pace=pace(kind, max(ready.at, last))))

    group = click.Group("care-export")
    body = led(run.callback, {"carried": led(passing.carried, {"opened": opened})})
    group.add_command(click.Command("run", callback=body, params=run.params))
    return group


def child(wish: dict[str, Any]) -> int:
    """Be the command: the same steps as `runner.cli.main`, in the wish's folder."""
    os.chdir(wish["folder"])
    _stream(0, os.devnull, os.O_RDONLY)
    _stream(1, f"../{OUTPUT}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    _stream(2, f"../{ERRORS}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    faulthandler.register(signal.SIGUSR1, file=2)
    verbs = hurried(wish["pace"], wish["fault"])
    if wish["halted"]:
        os.kill(os.getpid(), signal.SIGSTOP)
    streams.calm()
    streams.watch()
    signals.hear()
    return signals.concluded(lambda: streams.closed(outcome(wish["arguments"], verbs)))


def _stream(number: int, path: str, flags: int) -> None:
    opened = os.open(path, flags, 0o644)
    os.dup2(opened, number)
    os.close(opened)


def warm(manifest: Path) -> None:
    """Carry the manifest out on the sandbox in memory, so that no child needs to load what is loaded late."""
    with TemporaryDirectory() as folder, redirect_stdout(io.StringIO()):
        places = [option for name in ("out", "state") for option in (f"--{name}", f"{folder}/{name}")]
        copy = Path(folder, "warm.yaml")
        copy.write_bytes(manifest.read_bytes())
        assert outcome(["run", "--progress", "none", *places, str(copy)]) == 0
    gc.freeze()


def main() -> None:
    """Bear children until standard input ends. A dead one's number holds until the next wish."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    warm(Path(sys.argv[1]))
    while line := sys.stdin.readline():
        wish = json.loads(line)
        number = os.fork()
        if not number:
            sys.exit(child(wish))
        if wish["halted"]:
            os.waitid(os.P_PID, number, os.WSTOPPED)
        print(number, flush=True)  # noqa: T201 - the answer
        ended = os.waitid(os.P_PID, number, os.WEXITED | os.WNOWAIT)
        assert ended is not None
        died = ended.si_code in (os.CLD_KILLED, os.CLD_DUMPED)
        print(-ended.si_status if died else ended.si_status, flush=True)  # noqa: T201 - the answer
        sys.stdin.readline()
        os.waitpid(number, 0)


if __name__ == "__main__":
    main()
