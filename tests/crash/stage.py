"""One trial's stage: a folder with a manifest of three exports, a served sandbox, and runs of the command.

The sandbox is a server in this process with a clock of its own, which each request moves by half a minute: so
a job is ready when it is first asked for, and how often is known. What was asked is read from outside, as
`GET /__sandbox/requests` tells it.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from runner.events import Event
from runner.journal import Journal
from runner.sandbox.accounts import COMPANY_KEY, PASSWORD, USERNAME
from runner.sandbox.clock import VirtualClock
from runner.sandbox.server import Served, serve
from runner.sandbox.wire import Request
from tests.crash.nursery import ERRORS, OUTPUT, Kind
from tests.crash.traced import attached
from tests.e2e.launch import environment

PROFILE = "acme"
TODAY = datetime.fromtimestamp(time.time_ns() // 10**9, UTC)
DAY = str((TODAY - timedelta(days=40)).date())
"""A day that is over, and within the vendor's history, whenever the tests run."""
MANIFEST = f"""\
version: 1
name: small
timezone: UTC
period: {DAY}
defaults: {{format: csv}}
output: {{filename: "{{{{ export }}}}.{{{{ format }}}}"}}
exports:
  - {{id: agents, report: raw_agent_states}}
  - {{id: posts, report: incoming_post}}
  - {{id: made, report: conversation, format: json, parameters: {{conversationReportType: CREATED}}}}
"""
REPORTS = ("raw_agent_states", "incoming_post", "conversation")
OUTPUTS = ("exports/agents.csv", "exports/posts.csv", "exports/made.json")
LOCK = "small.lock.json"
STATE = ".care-export"
ARGUMENTS = ("run", "--progress", "none", "--profile", PROFILE, "small.yaml")
PATIENCE_S = 30.0
"""A run that lasts longer than this hangs: it says where, is killed, and its trial fails."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its process, its exit code (below 0: the signal that killed it), and what it said."""

    process: int
    exit: int
    output: str
    errors: str
    seconds: float


class Nursery:
    """The process of `nursery.py`, which bears runs. One at a time; a context manager."""

    def __init__(self, folder: Path) -> None:
        manifest = folder / "small.yaml"
        manifest.write_text(MANIFEST.replace(DAY, "2026-05-04"))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery", manifest],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )

    def bear(
        self,
        folder: Path,
        kind: Kind,
        expressions: Sequence[str] = (),
        act: Callable[[int], None] | None = None,
        fault: str = "",
    ) -> Ended:
        """Run the command in `folder`, under strace where `expressions` are given.

        `act` is called with the number of the process once it runs. strace's log is `../log`.
        """
        wish = {
            "folder": str(folder), "arguments": ARGUMENTS, "pace": kind, "fault": fault,
            "halted": bool(expressions or act),
        }  # fmt: skip
        self._say(json.dumps(wish))
        number = int(self._hear())
        watchdog = threading.Timer(PATIENCE_S, _end, (number,))
        watchdog.start()
        began = time.monotonic()
        watcher = attached(number, folder.parent / "log", tuple(expressions)) if expressions else None
        if wish["halted"]:
            os.kill(number, signal.SIGCONT)
        if act is not None:
            act(number)
        code = int(self._hear())
        took = time.monotonic() - began
        watchdog.cancel()
        if watcher is not None:
            watcher.communicate(timeout=PATIENCE_S)
        self._say("")
        output, errors = ((folder.parent / name).read_text(errors="replace") for name in (OUTPUT, ERRORS))
        return Ended(number, code, output, errors, took)

    def _say(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{text}\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=PATIENCE_S)


def _end(process: int) -> None:
    """Let a process that hangs say where, then kill it."""
    os.kill(process, signal.SIGUSR1)
    time.sleep(0.5)
    os.kill(process, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Stage:
    """A folder to run in, the sandbox that is asked, and the nursery that bears the runs."""

    folder: Path
    served: Served
    nursery: Nursery

    def run(
        self,
        kind: Kind = "line",
        expressions: Sequence[str] = (),
        act: Callable[[int], None] | None = None,
        fault: str = "",
    ) -> Ended:
        """Run the command once; the arguments are those of `Nursery.bear`."""
        return self.nursery.bear(self.folder, kind, expressions, act, fault)

    @property
    def log(self) -> Path:
        """Return where strace wrote down the last traced run."""
        return self.folder.parent / "log"

    def creates(self) -> Counter[str]:
        """Count the creates that the sandbox took, by report."""
        direct = build_opener(ProxyHandler({}))
        with direct.open(f"{self.served.api_origin}/__sandbox/requests") as answer:
            asked = json.load(answer)
        made = (one["path"].rpartition("/")[2] for one in asked if one["method"] == "POST")
        return Counter(name for name in made if name in REPORTS)

    def journal(self) -> list[Event]:
        """Return the events that a later run would find, read from a copy."""
        if not (self.folder / STATE).exists():
            return []
        copy = self.folder.parent / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.folder / STATE, copy)
        with Journal.open(copy / "journal.db") as journal:
            return list(journal.replay(PROFILE))


@contextmanager
def staged(nursery: Nursery, root: Path, pause: Callable[[Request], None] | None = None) -> Iterator[Stage]:
    """Set a fresh stage under `root`, and take it away. `pause` is called with each request."""
    folder = root / "work"
    shutil.rmtree(root, ignore_errors=True)
    folder.mkdir(parents=True)
    clock = VirtualClock(int(TODAY.timestamp()) * 1000)

    def half_a_minute(request: Request) -> None:
        clock.advance(30_000)
        if pause is not None:
            pause(request)

    with serve(clock=clock, faults=half_a_minute) as served:
        _furnish(root, folder, served.api_origin)
        yield Stage(folder, served, nursery)
    shutil.rmtree(root)


def _furnish(root: Path, folder: Path, origin: str) -> None:
    """Write the manifest, the profile, and the secrets beside the folder."""
    names = {"company_key": COMPANY_KEY, "username": USERNAME, "password": PASSWORD}
    for name, text in names.items():
        (root / name).write_text(f"{text}\n")
        (root / name).chmod(0o600)
    references = ", ".join(f"{name}: 'file:{root / name}'" for name in names)
    (folder / "small.yaml").write_text(MANIFEST)
    (folder / "profiles.yaml").write_text(
        f"version: 1\nprofiles:\n  {PROFILE}: {{base_url: '{origin}', {references}}}\n"
    )


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file under a folder by its relative path; of the state folder only the names."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()}
    return {name: b"" if name.startswith(STATE) else path.read_bytes() for name, path in paths.items()}


@cache
def reports(lock: bytes) -> dict[str, str]:
    """Return the report of each request digest, as the lock of the undisturbed run tells it."""
    blocks = json.loads(lock)["partitions"].values()
    return {one["request_digest"]: one["report"] for one in blocks}
