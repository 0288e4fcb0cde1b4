"""Reading a journal without touching it: beside a run, behind a killed one, and where there is none."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from runner.errors import Exit, Refusal
from runner.events import Intent
from runner.glance import glance
from runner.journal import Journal

INTENT = Intent(key="k", at=1, attempt=1, request_digest="d")
KILLED = """
import os, signal, sys
from pathlib import Path
from runner.events import Intent
from runner.journal import Journal
journal = Journal.open(Path(sys.argv[1]))
journal.append("acme", Intent(key="k", at=1, attempt=1, request_digest="d"))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a journal may be made."""
    return tmp_path / "state" / "journal.db"


def looked(path: Path) -> int:
    """Return how many events of a lane are seen; nothing in the folder may change by that."""
    before = standing(path.parent)
    seen = glance(path, ["acme", "other"])
    assert standing(path.parent) == before
    assert seen["other"] == []
    return len(seen["acme"])


def standing(folder: Path) -> list[tuple[str, int, int]]:
    """Return name, size and time of change of everything in a folder."""
    return sorted((one.name, one.stat().st_size, one.stat().st_mtime_ns) for one in folder.glob("*"))


def test_without_a_journal_nothing_is_known_and_nothing_made(path: Path) -> None:
    """No folder, no file: no events."""
    assert looked(path) == 0
    assert not path.parent.exists()


def test_beside_a_run_and_after_it(path: Path) -> None:
    """What a run has written is seen at once, while it holds the journal open, and when it has ended."""
    with Journal.open(path) as journal:
        journal.append("acme", INTENT)
        assert looked(path) == 1
        journal.append("acme", INTENT)
        assert looked(path) == 2
    assert looked(path) == 2


@pytest.mark.parametrize("gone", [(), ("journal.db-shm",)])
def test_behind_a_killed_run(path: Path, gone: tuple[str, ...]) -> None:
    """What was durable when a run was killed is seen; its log stays as it lies."""
    subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert path.with_name("journal.db-wal").stat().st_size
    for name in gone:
        (path.parent / name).unlink()
    seen = glance(path, ["acme"]) if gone else {"acme": [INTENT] * looked(path)}
    assert seen["acme"] == [INTENT]


def test_a_file_in_which_no_journal_is_yet(path: Path) -> None:
    """A run that was killed while it made the file has left nothing to read."""
    path.parent.mkdir()
    path.touch()
    assert looked(path) == 0


def test_a_file_that_may_only_be_read_is_enough(path: Path) -> None:
    """Nothing is written, so nothing need be writable."""
    with Journal.open(path) as journal:
        journal.append("acme", INTENT)
    path.chmod(0o400)
    os.chmod(path.parent, 0o500)
    try:
        assert looked(path) == 1
    finally:
        os.chmod(path.parent, 0o700)


def test_what_is_no_journal_is_refused(path: Path) -> None:
    """74, and not a byte changed: noise, or the data base of something else."""
    path.parent.mkdir()
    path.write_bytes(b"no data base, though it is long enough to be one" * 30)
    with pytest.raises(Refusal, match="cannot be read") as refusal:
        looked(path)
    assert refusal.value.exit is Exit.IO
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (a)")
    with pytest.raises(Refusal, match="of something else"):
        looked(path)
