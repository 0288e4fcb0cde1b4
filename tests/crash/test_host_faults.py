"""F01 to F20: what the machine can do to a run: disk, signals, journal, clock, descriptors, names.

Most cases are the real command: on a file system that is really full, under strace, killed by signals, or on
files that somebody has damaged. Where only our own clock, or a look-up, is to blame, it is a lane in memory.
The table of what and how it has to end is `lies/table.py`. Every call in turn, each moment of a signal and
each state of a disk are the other harnesses' matter.

Measured: 21 tests in 60 s on two cores.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

import httpx
import pytest

from runner import profiles
from runner.cli.reach import STORAGE_ORIGIN
from runner.client import Client, in_memory
from runner.errors import Exit
from runner.sandbox.application import Application
from runner.sandbox.clock import VirtualClock
from runner.sandbox.wire import Request, Response
from tests.crash.lies.office import Office, Vendor, vendor
from tests.crash.lies.rules import undisturbed
from tests.crash.lies.small_disk import filled, namespace
from tests.crash.lies.stand import ONE, step_of
from tests.crash.lies.table import exits, ids
from tests.e2e.launch import care_export, environment
from tests.e2e.line import Line

MANIFEST = """\
version: 1
name: m
timezone: UTC
period: 2026-05-04
output: {filename: "{{ export }}.{{ format }}"}
exports: [{report: raw_agent_states, format: csv}]
"""
RUN = ("run", "--progress", "plain", "m.yaml")
OUTPUT = Path("exports/raw_agent_states.csv")
Ended = CompletedProcess[str]


def ends(id: str, ended: Ended, *words: str) -> None:
    """Check the exit code of the list, the words that are told, and that there is no traceback."""
    assert ended.returncode in exits(id), ended
    told = ended.stdout + ended.stderr
    assert "Traceback" not in told
    for word in words:
        assert word in told, ended


@lru_cache
def whole() -> dict[Path, bytes]:
    """Return what a run leaves that nobody disturbs: the file, and the lock."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "m.yaml").write_text(MANIFEST)
        assert care_export(folder, *RUN).returncode == Exit.DONE
        return {path: (folder / path).read_bytes() for path in (OUTPUT, Path("m.lock.json"))}


def goes_on(folder: Path, creates: int = 1) -> Ended:
    """Run again, and check that all is there that an undisturbed run brings, and no more."""
    again = care_export(folder, *RUN)
    assert again.returncode == Exit.DONE, again
    for name, content in whole().items():
        assert (folder / name).read_bytes() == content
    assert os.listdir(folder / "exports") == [OUTPUT.name]
    assert intents(folder) <= creates
    return again


def intents(folder: Path) -> int:
    """Count the creates that the journal knows of."""
    with sqlite3.connect(folder / ".care-export" / "journal.db") as journal:
        (count,) = journal.execute("SELECT count(*) FROM event WHERE kind = 'intent'").fetchone()
    journal.close()
    return int(count)


def traced(folder: Path, *expressions: str) -> Ended:
    """Carry the command out under strace, with these of its arguments."""
    arguments = [word for one in expressions for word in (("-P", one[1:]) if one[0] == "@" else ("-e", one))]
    return subprocess.run(
        ["strace", "-f", "-qq", "-o", folder / "trace", *arguments, sys.executable, "-m", "runner", *RUN],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
    )


def part_of(folder: Path) -> str:
    """Return the path of the part file of a run in this folder, as an undisturbed run made it elsewhere."""
    (other := folder.parent / f"{folder.name}-other").mkdir()
    (other / "m.yaml").write_text(MANIFEST)
    assert traced(other, "trace=openat").returncode == Exit.DONE
    names = re.findall(r'"(\.[0-9a-f]{32}\.part)"', (other / "trace").read_text())
    # The first one only tries whether a file can be made there.
    return str(folder / "exports" / names[-1])


def f01(folder: Path) -> None:
    """Fill the disk while a part is written: the part goes, the job is kept, the next run finishes."""
    if namespace():
        full = filled(folder, "download")
        assert full.lines == [*full.lines[:1], "exit 74", *full.lines[2:4], "exit 0", OUTPUT.name]
        assert "No space left" in full.told
        assert full.creates == 1
    # Where nobody may mount a small disk, and also where somebody may: as strace plays it.
    (folder / "m.yaml").write_text(MANIFEST)
    ended = traced(folder, f"@{part_of(folder)}", "inject=write:error=ENOSPC")
    ends("F01", ended, "No space left")
    assert os.listdir(folder / "exports") == []
    goes_on(folder)


def f02(folder: Path) -> None:
    """Fill the disk when the create arrives, and keep it full: the answer is kept all the same."""
    if namespace():
        full = filled(folder, "create")
        assert [one for one in full.lines if one.startswith("exit")] == ["exit 74", "exit 0"], full
        assert full.lines[-1] == OUTPUT.name
        assert "full" in full.told
        assert full.creates == 1
    # As strace plays it, from some write of the journal on. No reserve helps there, but nothing is doubled.
    for number in (3, 13, 23, 33):
        (one := folder / str(number)).mkdir()
        (one / "m.yaml").write_text(MANIFEST)
        wal = f"{one}/.care-export/journal.db-wal"
        ended = traced(one, f"@{wal}", f"inject=pwrite64:error=ENOSPC:when={number}+")
        ends("F02", ended)
        goes_on(one, creates=2)


def f03(folder: Path) -> None:
    """Let fsync of the part fail with EIO: it is never synced again, but thrown away."""
    (folder / "m.yaml").write_text(MANIFEST)
    ended = traced(folder, f"@{part_of(folder)}", "trace=fsync", "inject=fsync:error=EIO")
    ends("F03", ended, "Input/output error")
    assert (folder / "trace").read_text().count("fsync(") == 1
    assert os.listdir(folder / "exports") == []
    goes_on(folder)


def f04(folder: Path) -> None:
    """Forbid the rename: 73, and the part that is proven waits for its name."""
    (folder / "m.yaml").write_text(MANIFEST)
    calls = "rename,renameat,renameat2"
    ended = traced(folder, f"@{folder}/exports", f"inject={calls}:error=EACCES")
    ends("F04", ended, "Permission denied")
    assert not (folder / OUTPUT).exists()
    goes_on(folder)


def f05(folder: Path) -> None:
    """Kill it at calls that change something: the next run finishes. Each in turn: test_kill.py."""
    for number, (call, when) in enumerate(
        (("pwrite64", 30), ("fdatasync", 3), ("fdatasync", 8), ("fsync", 4), ("renameat", 1), ("unlinkat", 2))
    ):
        (one := folder / str(number)).mkdir()
        (one / "m.yaml").write_text(MANIFEST)
        ended = traced(one, f"trace={call}", f"inject={call}:signal=SIGKILL:when={when}")
        assert ended.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL), (call, when, ended)
        goes_on(one, creates=2)


@contextmanager
def hanging(folder: Path, step: str, answer: Callable[[threading.Event], Response | None]) -> Iterator[Hung]:
    """Yield a run whose first request of a step is under way: `answer` makes what comes, and may wait."""
    let_go = threading.Event()
    came = threading.Event()

    def fault(request: Request) -> Response | None:
        if step_of(request) != step or came.is_set():
            return None
        came.set()
        return answer(let_go)

    with vendor(faults=fault) as served:
        office = Office(folder, served.api.origin)
        with office.start() as process:
            try:
                assert came.wait(60)
                time.sleep(0.2)
                yield Hung(office, process, served)
            finally:
                let_go.set()
                process.kill()


class Hung:
    """A run that waits for an answer."""

    def __init__(self, office: Office, process: subprocess.Popen[str], served: Vendor) -> None:
        self.office = office
        self.process = process
        self.served = served

    def ended(self, within_s: float) -> Ended:
        """Return how it ended, in that time."""
        out, err = self.process.communicate(timeout=within_s)
        return CompletedProcess((), self.process.returncode, out, err)

    def goes_on(self, creates: int = 1) -> Ended:
        """Run again; the server is well by now."""
        again = self.office.run()
        assert again.returncode == Exit.DONE, again
        assert [one.name for one in (self.office.folder / "exports").iterdir()] == [OUTPUT.name]
        assert sum(one.method == "POST" for one in self.served.api.seen) == creates
        return again


def f06(folder: Path) -> None:
    """Interrupt it while a create is under way: the answer is waited for and kept."""

    def late(let_go: threading.Event) -> None:
        let_go.wait(1)

    with hanging(folder, "create", late) as run:
        run.process.send_signal(signal.SIGINT)
        ended = run.ended(5)
        ends("F06", ended)
        assert ended.returncode == Exit.INTERRUPTED
        assert run.office.kinds() == ["intent", "created"]
        run.goes_on()


def f07(folder: Path) -> None:
    """Terminate it in a download: out in 5 s, no part is left, the next run fetches the file."""

    def slow(let_go: threading.Event) -> Response:
        def body() -> Iterator[bytes]:
            for _ in range(100):
                yield b"agent_name,agent_id\r\n" * 100
                if let_go.wait(0.1):
                    return

        return Response(200, (("content-type", "text/csv"),), body())

    with hanging(folder, "download", slow) as run:
        run.process.send_signal(signal.SIGTERM)
        ended = run.ended(5)
        ends("F07", ended)
        assert ended.returncode == Exit.TERMINATED
        assert list((folder / "exports").iterdir()) == []
        run.goes_on()


def f08(folder: Path) -> None:
    """Interrupt it twice: the second ends it at once; all that is lost is the answer that did not come."""

    def never(let_go: threading.Event) -> None:
        let_go.wait(30)

    with hanging(folder, "create", never) as run:
        run.process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        run.process.send_signal(signal.SIGINT)
        ended = run.ended(2)
        ends("F08", ended)
        assert ended.returncode == Exit.INTERRUPTED
        assert "second job" in run.goes_on(creates=2).stderr


def f09(folder: Path) -> None:
    """Start a second run of the manifest: it names the first one, and sends nothing."""

    def never(let_go: threading.Event) -> None:
        let_go.wait(30)

    with hanging(folder, "create", never) as run:
        second = run.office.run()
        ends("F09", second, str(run.process.pid))
        assert len(run.served.api.seen) == 1


def stopped_before_its_name(folder: Path) -> Path:
    """Kill a run when its file is about to get its name, and return the journal's write-ahead log."""
    (folder / "m.yaml").write_text(MANIFEST)
    traced(folder, "trace=renameat", "inject=renameat:signal=SIGKILL:when=1")
    wal = folder / ".care-export" / "journal.db-wal"
    assert wal.stat().st_size > 4096
    return wal


def f10(folder: Path) -> None:
    """Tear the journal's last entry: SQLite cuts it off, silently; the job before it is known still.

    The list asks for a warning: what was torn was never durable, so there is nothing to warn of.
    """
    wal = stopped_before_its_name(folder)
    with wal.open("r+b") as file:
        file.truncate(wal.stat().st_size - 100)
    goes_on(folder)


def damaged(folder: Path, id: str, damage: Callable[[Path], None], *words: str) -> None:
    """Check that a journal that was damaged after a run is refused, and that nothing of it is changed."""
    (folder / "m.yaml").write_text(MANIFEST)
    assert care_export(folder, *RUN).returncode == Exit.DONE
    journal = folder / ".care-export" / "journal.db"
    damage(journal)
    before = journal.read_bytes()
    ends(id, care_export(folder, *RUN), "journal.db", *words)
    assert journal.read_bytes() == before
    assert (folder / OUTPUT).exists()


def sql(statement: str, *values: int) -> Callable[[Path], None]:
    """Return what changes a journal by SQL."""

    def change(journal: Path) -> None:
        connection = sqlite3.connect(journal)
        connection.execute(statement, values)
        connection.commit()
        connection.close()

    return change


def garble(journal: Path) -> None:
    """Write over a page in the middle."""
    with journal.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 4096)


def f11(folder: Path) -> None:
    """Damage an entry, or a page of the file: refused with 74, nothing is deleted."""
    for number, damage in enumerate((sql("UPDATE event SET plain = '{' WHERE kind = 'created'"), garble)):
        (one := folder / str(number)).mkdir()
        damaged(one, "F11", damage, "Nothing was deleted")


def f12(folder: Path) -> None:
    """Meet the journal of a newer version."""
    damaged(folder, "F12", sql("PRAGMA user_version = 99"), "newer version", "Upgrade")


def f13(folder: Path) -> None:
    """Remove the folder of the files in the middle: it is made again, at every step."""
    for step in ("create", "poll", "redirect", "download"):

        def fault(request: Request, step: str = step) -> None:
            if step_of(request) == step:
                shutil.rmtree(root / "exports", ignore_errors=True)

        (root := folder / step).mkdir()
        line = Line(root, ONE, faults=fault)
        lane = line.run()
        assert {track.state for track in lane.tracks.values()} == {"done"}
        assert (root / OUTPUT).read_bytes() == undisturbed(ONE)[str(OUTPUT)]
        assert line.kinds().count("intent") == 1


def f14(folder: Path) -> None:
    """Edit a file after the run: verify tells, run refuses, and makes it again by --overwrite alone."""
    (folder / "m.yaml").write_text(MANIFEST)
    assert care_export(folder, *RUN).returncode == Exit.DONE
    with (folder / OUTPUT).open("ab") as file:
        file.write(b"mine\r\n")
    assert care_export(folder, "verify", "m.yaml").returncode == Exit.DIFFERS
    refused = care_export(folder, *RUN)
    assert refused.returncode == Exit.CANNOT_CREATE
    assert "--overwrite" in refused.stderr
    ends("F14", care_export(folder, *RUN[:-1], "--overwrite", "m.yaml"))
    goes_on(folder)


def f15(folder: Path) -> None:
    """Let the clock have jumped since the job was made: 25 h ahead, a day back, to 1970.

    Within a run time is told by a clock that cannot jump; so what is left is a journal of another time.
    """
    for number, jump_h in enumerate((25, -24, -56 * 365 * 24)):
        with vendor() as served:
            office = Office(folder / str(number), served.api.origin)
            assert office.run("run", "--timeout", "1", "m.yaml").returncode == Exit.UNFINISHED
            # Our clock ahead by so much is a journal that is behind by so much.
            moved = sql("UPDATE event SET at = at - ?", jump_h * 3_600_000)
            moved(office.folder / ".care-export" / "journal.db")
            ended = office.run("run", "--timeout", "40", "m.yaml")
            ends("F15", ended)
            assert office.file.exists()
            assert sum(one.method == "POST" for one in served.api.seen) == 1


def f16(folder: Path) -> None:
    """Put the journal where nobody may write, not even root: refused before any request."""
    with vendor() as served:
        office = Office(folder, served.api.origin)
        ended = office.run("run", "--state", "/proc/1/state", "m.yaml")
        ends("F16", ended, "/proc/1/state")
        assert served.api.seen == []
    (locked := folder / "locked").mkdir(mode=0o500)
    if os.geteuid():
        ends("F16", care_export(folder, "run", "--state", str(locked / "state"), "m.yaml"))


FEW = """
import resource, sys
import runner.cli.run, runner.client, runner.sandbox.application
from runner.cli.command import outcome
if int(sys.argv[1]):
    resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[1])))
sys.exit(outcome(["run", "--progress", "plain", "m.yaml"]))
"""
"""The command with a limit on its descriptors, from the moment on at which its modules are there."""


def f17(folder: Path) -> None:
    """Let the descriptors run out, a little later each time: 74, until there are enough."""
    codes = []
    for limit in range(4, 24):
        (one := folder / str(limit)).mkdir()
        (one / "m.yaml").write_text(MANIFEST)
        ended = subprocess.run(
            [sys.executable, "-c", FEW, str(limit)],
            cwd=one,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        codes.append(ended.returncode)
        assert "Traceback" not in ended.stderr
        if ended.returncode == Exit.DONE:
            break
        ends("F17", ended)
        goes_on(one, creates=2)
    assert codes[-1] == Exit.DONE
    assert len(codes) > 3


class Nameless(httpx.BaseTransport):
    """A network that finds no host for 30 s, from a step's first request on."""

    def __init__(self, inner: httpx.BaseTransport, clock: VirtualClock, step: str) -> None:
        self._inner = inner
        self._clock = clock
        self._step = step
        self._until_ms = 0
        self.failures = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on, or fail as httpx does where a name cannot be looked up."""
        storage = request.url.host.startswith("storage.")
        asked = Request(request.method, request.url.path, port="storage" if storage else "api")
        if not self._until_ms and step_of(asked) == self._step:
            self._until_ms = self._clock.now_ms() + 30_000
        if self._clock.now_ms() < self._until_ms:
            self.failures += 1
            raise httpx.ConnectError("no such name") from socket.gaierror(-3, "Temporary failure")
        return self._inner.handle_request(request)


def f18(folder: Path) -> None:
    """Take all names away for 30 s: before the create, at a look, at the file. The run waits, and goes on."""
    credentials = profiles.resolve(profiles.sandbox(), {}, lambda path: (b"", 0))
    for step in ("create", "poll", "redirect", "download"):
        networks: list[Nameless] = []

        @contextmanager
        def reach(
            clock: VirtualClock, step: str = step, networks: list[Nameless] = networks
        ) -> Iterator[Client]:
            application = Application(
                clock=clock, api_origin=profiles.SANDBOX_URL, storage_origin=STORAGE_ORIGIN
            )
            networks.append(Nameless(in_memory(application), clock, step))
            with closing(Client(profiles.SANDBOX_URL, credentials, transport=networks[0])) as client:
                yield client

        (root := folder / step).mkdir()
        line = Line(root, ONE, reach=reach)
        lane = line.run()
        assert {track.state for track in lane.tracks.values()} == {"done"}, (step, line.events[-1])
        assert networks[0].failures >= 2
        assert not any(track.possible_duplicate for track in lane.tracks.values())
        assert (root / OUTPUT).read_bytes() == undisturbed(ONE)[str(OUTPUT)]


def f19(folder: Path) -> None:
    """Leave the part file of another run, and one of our own name: neither is used, both are gone."""
    part = Path(part_of(folder))
    (folder / "m.yaml").write_text(MANIFEST)
    (folder / "exports").mkdir()
    for path in (part, part.with_name(f".{'a' * 32}.part")):
        path.write_text("agent_name\r\nsomeone else's\r\n")
    ended = care_export(folder, *RUN)
    ends("F19", ended)
    goes_on(folder)


def f20(folder: Path) -> None:
    """Delete the lock, then the journal: what is left is enough to know the file; nothing is asked for."""
    with vendor() as served:
        office = Office(folder, served.api.origin)
        assert office.run().returncode == Exit.DONE
        sent, lock = len(served.api.seen), (folder / "m.lock.json").read_bytes()
        (folder / "m.lock.json").unlink()
        ends("F20", office.run())
        assert (folder / "m.lock.json").read_bytes() == lock
        shutil.rmtree(folder / ".care-export")
        ends("F20", office.run())
        assert len(served.api.seen) == sent


CASES: dict[str, Callable[[Path], None]] = {
    case.__name__.upper(): case
    for case in (
        f01, f02, f03, f04, f05, f06, f07, f08, f09, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20,
    )
}  # fmt: skip


def test_every_id_has_a_case() -> None:
    """The list is complete, and nothing of it is left out."""
    assert ids("F") == [f"F{number:02}" for number in range(1, 21)]
    assert sorted(CASES) == ids("F")


@pytest.mark.parametrize("id", ids("F"))
def test_the_machine_does_no_harm(id: str, tmp_path: Path) -> None:
    """Each ends with the exit code of the list; once the cause is gone, the next run brings the rest."""
    (folder := tmp_path / "run").mkdir()
    CASES[id](folder)
