"""A process that sends itself a signal when a verb has come to its n-th line of ours, and judges the end.

It has everything imported and bears a child for each trial, as `nursery.py` does.
`python -m tests.crash.lines FOLDER SEED TRIALS VERB...` prints one line for each fault that it found.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import click

from runner.cli import signals, streams
from runner.cli.command import command, outcome
from runner.errors import Exit
from tests.crash.nursery import warm
from tests.crash.stage import DAY, MANIFEST

OUT_S = 5.0
SMALL = MANIFEST.replace(DAY, "2026-05-04")
CURL = (
    "curl -u 'me:secret' -X POST 'https://api.example.com/api/public/reports/report/author"
    "?companyKey=abc&startTime=1777593600000&endTime=1780271999999&reportFormat=csv'\n"
)
RUN = ("run", "--progress", "none", "small.yaml")
SHOWN = ("--report", "r.html", "--junit", "j.xml", "--code-quality", "q.json")
TRIED: Mapping[str, tuple[Sequence[Sequence[str]], Sequence[str]]] = {
    "run": ((), (*RUN, *SHOWN)),
    "collect": (((*RUN, "--detach"),), ("collect", "--wait", "--progress", "none", "small.yaml")),
    "status": ((RUN,), ("status", "small.yaml")),
    "forget": ((RUN,), ("forget", "--yes", "small.yaml")),
    "verify": ((RUN,), ("verify", "small.yaml")),
    "report": ((RUN,), ("report", "small.yaml")),
    "validate": ((), ("validate", "small.yaml")),
    "plan": ((), ("plan", "small.yaml")),
    "show": ((), ("show", "small.yaml")),
    "doctor": ((), ("doctor", "small.yaml")),
    "explain": ((), ("explain", CURL.strip())),
    "import": ((), ("import", "line.txt", "--out", "made.yaml")),
    "init": ((), ("init", "made.yaml", "--report", "author", "--yes")),
    "discover": ((), ("discover", "author", "--progress", "none")),
    "reports": ((), ("reports",)),
    "drift": ((RUN,), ("drift", "--report", "raw_agent_states", "exports/agents.csv")),
    "complete": ((), ("complete", "bash")),
    "in place": ((), ("in-place",)),
}
"""What is carried out before each trial of a verb, and what then."""
CODES = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}
Tree = Mapping[str, bytes]


@click.command("in-place")
def in_place() -> int:
    """Be a verb that writes a file where it shall be: on it the harness must fail."""
    with Path("made.txt").open("w") as file:
        file.write("half\n")
        file.flush()
        file.write("whole\n")
    return 0


BROKEN = click.Group("care-export", {"in-place": in_place})


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: its exit code, how long it took, what it said, and how many lines it came to."""

    exit: int
    seconds: float
    errors: str
    lines: int


def child(folder: Path, arguments: Sequence[str], at: int, number: int) -> int:
    """Be the command, which gets the signal at that line; 0 is at none. The lines are counted in a file."""
    os.chdir(folder)
    for stream, path in enumerate((os.devnull, f"{folder}.out", f"{folder}.err")):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644), stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    came = 0

    def count(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal came
        if event == "line":
            came += 1
            if came == at:
                os.kill(os.getpid(), number)
        return count

    def ours(frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        return count if "/runner/" in code.co_filename or code.co_name == "in_place" else None

    def act() -> int:
        sys.settrace(ours)
        return streams.closed(outcome(arguments, BROKEN if arguments[0] in BROKEN.commands else command))

    streams.calm()
    streams.watch()
    signals.hear()
    code = signals.concluded(act)
    sys.settrace(None)
    Path(f"{folder}.lines").write_text(str(came))
    return code


def born(folder: Path, arguments: Sequence[str], at: int = 0, number: int = signal.SIGTERM) -> Ended:
    """Carry the arguments out in a child; one that hangs is killed."""
    began = time.monotonic()
    if not (process := os.fork()):
        sys.exit(child(folder, arguments, at, number))
    while not (ended := os.waitpid(process, os.WNOHANG))[0]:
        if time.monotonic() > began + 4 * OUT_S:
            os.kill(process, signal.SIGKILL)
        time.sleep(0.002)
    errors, lines = Path(f"{folder}.err").read_text(), int(Path(f"{folder}.lines").read_text() or 0)
    return Ended(os.waitstatus_to_exitcode(ended[1]), time.monotonic() - began, errors, lines)


def tree(folder: Path) -> Tree:
    """Return every file by its name; of what tells the time or is the state only that it is whole."""
    found = {one.relative_to(folder).as_posix(): one for one in folder.rglob("*") if not one.is_dir()}
    return {name: _content(name, path) for name, path in found.items() if not name.endswith(("-wal", "-shm"))}


def _content(name: str, path: Path) -> bytes:
    content = path.read_bytes()
    if name.startswith(".care-export/"):
        return b""
    if name.endswith(".json"):
        json.loads(content)
    whole = name.endswith((".json", ".html", ".xml")) and content.endswith((b"}\n", b"]\n", b">\n", b">"))
    return b"" if whole else content


def judged(folder: Path, trial: Ended, well: Ended, number: int, before: Tree, after: Tree) -> list[str]:
    """Look at how a trial ended, and at what it left."""
    faults = [] if trial.seconds < OUT_S else [f"out only after {trial.seconds:.1f} s"]
    if trial.exit not in (CODES[signal.Signals(number)], well.exit):
        faults.append(f"exit {trial.exit}")
    new = [one for one in trial.errors.splitlines() if one not in well.errors.splitlines()]
    if "Traceback" in trial.errors or "Exception ignored" in trial.errors or (not new and trial.exit >= 130):
        faults.append(f"it said {trial.errors[-2000:]!r}")
    try:
        found = tree(folder)
    except ValueError as error:
        return [*faults, f"a file is not whole: {error}"]
    known = before.keys() | after.keys()
    wrong = [one for one in found if one in known and found[one] not in (before.get(one), after.get(one))]
    return faults + [f"{name} is not whole" for name in wrong]


def again(folder: Path, arguments: Sequence[str], well: Ended, after: Tree) -> list[str]:
    """Look at what the same command makes of what is there; one that never overwrites may refuse to."""
    rerun = born(folder, arguments)
    if rerun.exit == Exit.CANNOT_CREATE and "is there already" in rerun.errors:
        return []
    if rerun.exit != well.exit:
        return [f"the rerun ended with {rerun.exit}: {rerun.errors[-300:]}"]
    differs = {*after.items()} ^ {*tree(folder).items()}
    return [f"after the rerun {name} is left, missing or different" for name in {name for name, _ in differs}]


def trials(root: Path, verb: str, dice: random.Random, count: int) -> list[str]:
    """Try a verb at so many lines, closer to each other towards the end, where files are written."""
    prior, arguments = TRIED[verb]
    made, folder = root / "made", root / "work"

    def anew() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(made, folder)

    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    (made / "small.yaml").write_text(SMALL)
    (made / "line.txt").write_text(CURL)
    for one in prior:
        born(made, one)
    before = tree(made)
    anew()
    well, after = born(folder, arguments), tree(folder)
    faults: list[str] = []
    for turn in range(count):
        left = (turn + dice.random()) / count
        at, number = 1 + int(well.lines * (1 - left**2)), (signal.SIGINT, signal.SIGTERM)[turn % 2]
        anew()
        trial = born(folder, arguments, at, number)
        found = judged(folder, trial, well, number, before, after) or again(folder, arguments, well, after)
        faults += [f"{verb}, {number.name} at line {at} of {well.lines}: {one}" for one in found]
    return faults


def main(tell: Callable[[str], object] = sys.stdout.write) -> None:
    """Try the verbs that are named."""
    root, seed, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    (root / "small.yaml").write_text(SMALL)
    warm(root / "small.yaml")
    for verb in sys.argv[4:]:
        for fault in trials(root, verb, random.Random(seed), count):
            tell(f"{fault}\n")


if __name__ == "__main__":
    main()
