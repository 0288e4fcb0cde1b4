"""The journal: durable, private, and never thrown away."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from runner.errors import Exit, Refusal
from runner.events import Created, Event, Intent, Stored
from runner.journal import Journal
from runner.reserve import SIZE

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


def test_a_journal_that_takes_nothing_is_a_refusal(path: Path) -> None:
    """An event that cannot be made durable stops the run: nothing is done that would not be remembered."""
    with Journal.open(path) as journal:
        changed(path, "CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(FAIL, 'full'); END")
        with pytest.raises(Refusal, match="cannot be written") as caught:
            journal.append("acme", INTENT)
    assert caught.value.exit is Exit.IO


def crowded(path: Path, free: Callable[[sqlite3.Connection], None]) -> tuple[Journal, list[str]]:
    """Return a journal in a data base that is as long as it may be, and what happens to its reserve.

    `free` is done to it when the reserve is given back.
    """
    Journal.open(path).close()
    connection = sqlite3.connect(path, isolation_level=None)
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    said: list[str] = []

    def give_back() -> None:
        said.append("given back")
        free(connection)

    return Journal(connection, path, give_back, lambda: said.append("full")), said


BIG = replace(CREATED, body="x" * 10_000)


def test_a_full_disk_takes_the_event_with_the_room_that_was_kept(path: Path) -> None:
    """The reserve is given back, the event is durable, and from then on the journal says that it is full."""
    journal, said = crowded(path, lambda connection: connection.execute("PRAGMA max_page_count = 99999"))
    with journal:
        assert not journal.full
        journal.append("acme", BIG)
        assert journal.full
        journal.append("acme", INTENT)
    assert said == ["full", "given back"]
    assert replayed(path) == [BIG, INTENT]


def test_a_disk_that_stays_full_is_a_refusal(path: Path) -> None:
    """Where even that does not help it is tried a few times, then it is 74 and says to make room."""
    journal, said = crowded(path, lambda connection: None)
    with journal, pytest.raises(Refusal, match="cannot be written: database or disk is full") as caught:
        journal.append("acme", BIG)
    assert (caught.value.exit, caught.value.code) == (Exit.IO, "E-DISK")
    assert "Make room" in caught.value.advice
    assert 2 < said.count("given back") < 10
    assert replayed(path) == []


def test_room_is_kept_before_anything_is_sent(path: Path) -> None:
    """The reserve lies beside the journal, as large on the disk as it says, and its owner's alone."""
    Journal.open(path).close()
    reserve = path.with_name("reserve").stat()
    assert reserve.st_blocks * 512 >= reserve.st_size == SIZE
    assert stat.S_IMODE(reserve.st_mode) == 0o600


def test_a_link_in_place_of_the_reserve_is_refused(path: Path, tmp_path: Path) -> None:
    """Nothing is written through a symbolic link."""
    path.parent.mkdir()
    path.with_name("reserve").symlink_to(tmp_path / "elsewhere")
    assert refused(path).exit is Exit.CANNOT_CREATE
    assert not (tmp_path / "elsewhere").exists()


NARROW = """
import resource, sys
from pathlib import Path
from runner.errors import Refusal
from runner.journal import Journal
from runner.reserve import SIZE
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), before[1]))
try:
    Journal.open(Path(sys.argv[1]))
except Refusal as refusal:
    print(int(refusal.exit), refusal.code, refusal.message, refusal.advice)
resource.setrlimit(resource.RLIMIT_FSIZE, before)
"""
"""Opens a journal while no file may be longer than so many bytes."""


@pytest.mark.parametrize(
    ("length", "before", "said"),
    [
        (1_000_000, False, "there is no room for"),
        (1_000_000, True, "there is no room for"),
        (1_000, True, "cannot be opened: disk I/O error"),
    ],
)
def test_a_disk_without_room_is_refused_before_anything_is_sent(
    path: Path, length: int, before: bool, said: str
) -> None:
    """74 and the advice to make room; a journal that is there is not called damaged, and stays as it is."""
    if before:
        with Journal.open(path) as journal:
            journal.append("acme", INTENT)
        if length > 1_000:
            path.with_name("reserve").unlink()
    arguments = [sys.executable, "-c", NARROW, str(path), str(length)]
    told = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
    assert told.startswith("74 E-DISK")
    assert said in told
    assert "Make room" in told
    if before:
        assert replayed(path) == [INTENT]
