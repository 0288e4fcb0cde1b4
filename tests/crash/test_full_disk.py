"""The disk fills up at any moment of a run: no job is lost by that, and none is made twice.

Two ways. By strace, three writes in a row to the journal's log are refused with ENOSPC, at `MOMENTS` moments
spread over the whole run. And on a real small file system (tmpfs, where this machine lets a user mount one)
something else fills the disk to the last byte just when the vendor makes a job. After each the rerun must
bring every file, with one create request for each and no possible duplicate. About 60 s on two cores.

A journal that tries only once fails here: set `runner.journal._PAUSES_S` to nothing.
"""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from collections import Counter
from pathlib import Path

import pytest

from runner.errors import Exit
from runner.glance import glance
from runner.history import history
from runner.reserve import SIZE
from tests.e2e.launch import care_export, environment, ran

MANIFEST = """\
version: 1
name: small
timezone: UTC
period: 2026-05
defaults: {format: csv, split: week}
output: {filename: "{{ export }}_{{ index }}.{{ format }}"}
exports: [{report: raw_agent_states}, {report: incoming_post}]
"""
FILES = 10
ARGUMENTS = ("run", "--progress", "none", "small.yaml")
MOMENTS = 24
JOURNAL = Path(".care-export/journal.db")


def traced(folder: Path, *expressions: str) -> subprocess.CompletedProcess[str]:
    """Carry the manifest out under strace, which looks at the journal's log alone."""
    log = folder / f"{JOURNAL}-wal"
    options = [one for expression in expressions for one in ("-e", expression)]
    command = ["strace", "-f", "-qq", "-o", "strace.txt", "-P", str(log), *options]
    return ran([*command, sys.executable, "-m", "runner", *ARGUMENTS], folder)


def judge(folder: Path) -> None:
    """Carry the manifest out with room on the disk: every file is there, and every job was made once."""
    ended = care_export(folder, *ARGUMENTS)
    assert ended.returncode == Exit.DONE, ended.stderr
    events = glance(folder / JOURNAL, ["sandbox"])["sandbox"]
    made = Counter(event.key for event in events if event.kind == "created")
    assert (len(made), set(made.values())) == (FILES, {1})
    assert not any(track.possible_duplicate for track in history(events).tracks.values())
    assert len(list((folder / "exports").iterdir())) == FILES
    assert (folder / ".care-export/reserve").stat().st_blocks * 512 >= SIZE


@pytest.fixture(scope="module")
def writes(tmp_path_factory: pytest.TempPathFactory) -> int:
    """Count the writes to the log of an undisturbed run."""
    folder = tmp_path_factory.mktemp("undisturbed")
    (folder / "small.yaml").write_text(MANIFEST)
    assert traced(folder, "trace=pwrite64").returncode == Exit.DONE
    return len(re.findall("pwrite64", (folder / "strace.txt").read_text()))


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_write_to_the_journal_finds_no_room(tmp_path: Path, writes: int, moment: int) -> None:
    """The entry is written with the room that was kept; the run ends with 74 and its reason, or was over."""
    (tmp_path / "small.yaml").write_text(MANIFEST)
    first, last = 12, writes - 3
    number = first + (last - first) * moment // (MOMENTS - 1)
    some = f"inject=pwrite64:error=ENOSPC:when={number}..{number + 2}"
    ended = traced(tmp_path, "trace=pwrite64", some)
    assert "INJECTED" in (tmp_path / "strace.txt").read_text()
    assert ended.returncode == Exit.IO, ended.stderr
    assert "E-DISK" in ended.stderr
    judge(tmp_path)


FILLED = r"""
import sys
from contextlib import suppress
from pathlib import Path
from tests.e2e.line import Line

DAYS = [f"2026-05-{day:02}" for day in range(1, 31)]
EXPORTS = "".join(f"  - {{id: d{day}, report: raw_agent_states, period: {day}}}\n" for day in DAYS)
moment, requests = int(sys.argv[1]), 0

def fill(request):
    global requests
    requests += "raw_agent_states" in request.target
    if requests == moment:
        with suppress(OSError), open("filler", "wb", buffering=0) as filler:
            while True:
                filler.write(bytes(1024))

line = Line(Path(), EXPORTS, faults=fill)
line.run()
print("stopped" if line.closing.is_set() else "went on", line.kinds().count("created"))
Path("filler").unlink()
tracks = Line(Path(), EXPORTS).run().tracks.values()
states = {track.state for track in tracks}
doubled = any(track.possible_duplicate for track in tracks)
print("then", states, max(track.attempt for track in tracks), doubled)
"""
SMALL_DISK = 'mount -t tmpfs -o size=12m none disk && cd disk && exec "$@"'


def may_mount() -> bool:
    """Say whether this machine lets a user mount a file system in a name space of its own."""
    tried = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs none /mnt"]
    try:
        return subprocess.run(tried, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not may_mount(), reason="this machine lets no user mount a small file system")
@pytest.mark.parametrize("moment", [1, 2, 5, 20, 29])
def test_something_fills_the_disk_while_a_job_is_made(tmp_path: Path, moment: int) -> None:
    """Its answer is written all the same, nothing new begins, and the rerun makes each job once."""
    (tmp_path / "disk").mkdir()
    program = [sys.executable, "-c", textwrap.dedent(FILLED), str(moment)]
    ended = subprocess.run(
        ["unshare", "-rm", "sh", "-c", SMALL_DISK, "sh", *program],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.stdout == f"stopped {moment}\nthen {{'done'}} 1 False\n", ended
