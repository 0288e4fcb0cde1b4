"""The journal: durable, private, and never thrown away."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runner.errors import Exit, Refusal
from runner.events import Created, Event, Intent, Stored
from runner.journal import Journal, hold

INTENT = Intent(key="k", at=1, attempt=1, request_digest="d")
CREATED = Created(key="k", at=2, status=200, body='{"a": "é \\u0000"}', retry_after="3")
STORED = Stored(
    key="k",
    at=3,
    part=".p.part",
    output="a.csv",
    bytes=1,
    sha256="s",
    rows=1,
    rows_digest="r",
    columns=("A",),
    proof="length",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a journal may be made."""
    return tmp_path / "state" / "journal.db"


@pytest.fixture
def wide_umask() -> Iterator[None]:
    """Let everything be made for everybody, as far as the umask goes."""
    before = os.umask(0)
    yield
    os.umask(before)


def replayed(path: Path, lane: str = "acme") -> list[Event]:
    """Return all events of a lane, read anew."""
    with Journal.open(path) as journal:
        return list(journal.replay(lane))


def changed(path: Path, statement: str) -> None:
    """Change the file behind the journal's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


def refused(path: Path) -> Refusal:
    """Open a journal that must be refused."""
    with pytest.raises(Refusal) as caught:
        Journal.open(path)
    return caught.value


def test_events_come_back_in_their_order(path: Path) -> None:
    """What was appended is replayed, lane by lane, after the file was closed and opened again."""
    with Journal.open(path) as journal:
        for event in (INTENT, CREATED):
            journal.append("acme", event)
        journal.append("other", INTENT)
    with Journal.open(path) as journal:
        journal.append("acme", STORED)
    assert replayed(path) == [INTENT, CREATED, STORED]
    assert replayed(path, "other") == [INTENT]
    assert replayed(path, "nobody") == []


@pytest.mark.usefixtures("wide_umask")
def test_nobody_else_can_read_it(path: Path) -> None:
    """The folder is 0700 and every file in it 0600, whatever the umask: it holds capability URLs."""
    with Journal.open(path) as journal:
        journal.append("acme", CREATED)
        modes = {stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert modes == {0o600}


def test_a_folder_that_was_open_is_closed(path: Path) -> None:
    """A folder that was there already is made private."""
    path.parent.mkdir(mode=0o755)
    Journal.open(path).close()
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_many_threads_may_append(path: Path) -> None:
    """Appends from many threads are all there, each once."""
    with Journal.open(path) as journal:
        threads = [
            threading.Thread(
                target=lambda lane=f"l{number}": [journal.append(lane, INTENT) for _ in range(5)]
            )
            for number in range(4)
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert [len(list(journal.replay(f"l{number}"))) for number in range(4)] == [5] * 4


def test_a_newer_journal_is_refused(path: Path) -> None:
    """A journal of a later version is not touched; the advice is to upgrade."""
    Journal.open(path).close()
    changed(path, "PRAGMA user_version = 2")
    refusal = refused(path)
    assert refusal.exit is Exit.IO
    assert "newer version" in refusal.message
    assert "Upgrade" in refusal.advice


@pytest.mark.parametrize("content", [b"not a data base at all, but long enough to be one" * 20, b"SQLite f"])
def test_a_damaged_journal_is_refused_and_kept(path: Path, content: bytes) -> None:
    """What is no journal is refused, and not a byte of it is changed."""
    path.parent.mkdir()
    path.write_bytes(content)
    refusal = refused(path)
    assert refusal.exit is Exit.IO
    assert path.read_bytes() == content


def test_a_page_that_is_damaged_is_found(path: Path) -> None:
    """Damage in the middle is found on opening, before anything is sent."""
    with Journal.open(path) as journal:
        for _ in range(200):
            journal.append("acme", CREATED)
    content = bytearray(path.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    path.write_bytes(bytes(content))
    assert refused(path).exit is Exit.IO
    assert path.read_bytes() == bytes(content)


def test_a_data_base_of_something_else_is_refused(path: Path) -> None:
    """Another program's data base is not written to."""
    path.parent.mkdir()
    changed(path, "CREATE TABLE theirs (a)")
    assert "of something else" in refused(path).message


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET plain = '{' WHERE number = 1",
        "UPDATE event SET plain = '{}' WHERE number = 1",
        "UPDATE event SET kind = 'teleported' WHERE number = 1",
        "UPDATE event SET plain = CAST(X'FF' AS TEXT) WHERE number = 1",
    ],
)
def test_an_entry_that_cannot_be_read_is_refused(path: Path, statement: str) -> None:
    """A bad entry in the middle is never skipped: the run stops, and nothing is deleted."""
    with Journal.open(path) as journal:
        journal.append("acme", INTENT)
        journal.append("acme", CREATED)
    changed(path, statement)
    with pytest.raises(Refusal, match="cannot be read") as caught:
        replayed(path)
    assert caught.value.exit is Exit.IO
    changed(path, "DELETE FROM event WHERE number = 1")
    assert replayed(path) == [CREATED]


def test_a_folder_that_cannot_be_made_is_refused() -> None:
    """Where no folder can be made, the run ends before anything is sent."""
    assert refused(Path("/proc/care-export/journal.db")).exit is Exit.CANNOT_CREATE


def test_a_link_in_place_of_the_file_is_refused(path: Path, tmp_path: Path) -> None:
    """The journal is not written through a symbolic link."""
    path.parent.mkdir()
    path.symlink_to(tmp_path / "elsewhere.db")
    assert refused(path).exit is Exit.CANNOT_CREATE
    assert not (tmp_path / "elsewhere.db").exists()


def test_a_file_that_the_data_base_cannot_open_is_a_refusal(tmp_path: Path) -> None:
    """SQLite opens no path of more than 512 bytes, though the system does: 74 and a sentence, no 70."""
    refusal = refused(tmp_path.joinpath(*["deep down and " * 14] * 3) / "journal.db")
    assert refusal.exit is Exit.IO
    assert "unable to open" in refusal.message


def test_a_disk_that_takes_no_more_is_a_refusal(path: Path) -> None:
    """An event that cannot be made durable stops the run: nothing is done that would not be remembered."""
    with Journal.open(path) as journal:
        changed(path, "CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(FAIL, 'full'); END")
        with pytest.raises(Refusal, match="cannot be written") as caught:
            journal.append("acme", INTENT)
    assert caught.value.exit is Exit.IO


def test_a_lane_is_held_once(tmp_path: Path) -> None:
    """A second run of a lane is refused, naming the process; another lane is free; afterwards it is free."""
    with hold(tmp_path / "state", "acme"):
        with hold(tmp_path / "state", "other"):
            pass
        with (
            pytest.raises(Refusal, match=f"process {os.getpid()}") as caught,
            hold(tmp_path / "state", "acme"),
        ):
            pass
        assert caught.value.exit is Exit.UNFINISHED
    with hold(tmp_path / "state", "acme"):
        pass


def test_a_holder_without_a_number_is_unknown(tmp_path: Path) -> None:
    """Where the holder's number cannot be read, the lock holds all the same."""
    with hold(tmp_path, "acme"):
        for one in tmp_path.glob("*.pid"):
            one.unlink()
        with pytest.raises(Refusal, match="process unknown"), hold(tmp_path, "acme"):
            pass


def test_a_lock_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    """Where no lock can be taken, nothing is begun."""
    with hold(tmp_path, "acme"):
        pass
    (lock,) = tmp_path.glob("*.lock")
    lock.unlink()
    lock.mkdir()
    with pytest.raises(Refusal) as caught, hold(tmp_path, "acme"):
        pass
    assert caught.value.exit is Exit.CANNOT_CREATE


def test_a_process_that_dies_frees_its_lane(tmp_path: Path) -> None:
    """The system frees the lock of a process that ends in whatever way."""
    program = (
        "import os, pathlib, sys; from runner.journal import hold\n"
        "held = hold(pathlib.Path(sys.argv[1]), 'acme'); held.__enter__(); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False).returncode == 9
    with hold(tmp_path, "acme"):
        pass
