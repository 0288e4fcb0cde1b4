"""The durable, local log of events: SQLite, append-only, never committed to git (it holds capability URLs).

An event is durable when `append` returns. Replaying a lane's events into a fresh `Lane` is all that a
restart is. A journal that cannot be read is refused, and nothing of it is deleted.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from runner import folders
from runner.errors import Exit, Refusal
from runner.events import Event, from_plain, to_plain

_VERSION = 1
_APPLICATION = 0x43415245
"""Marks the file as ours: a data base of something else is refused, not written to."""

_TABLE = """
CREATE TABLE IF NOT EXISTS event (
  number INTEGER PRIMARY KEY,
  lane TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, plain TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS event_lane ON event (lane, number);
"""


class Journal:
    """An open journal; use it as a context manager. Safe for threads: one writes at a time."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._turn = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> Journal:
        """Open or make the journal at `path`: the file 0600 in a folder 0700, whatever the umask.

        Raises Refusal: CANNOT_CREATE where it cannot be made or written, IO where it is damaged, is something
        else, or was written by a newer version.
        """
        _make_folder(path.parent)
        _make_file(path)
        try:
            connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise _damaged(path, error) from error
        try:
            _prepare(connection, path)
        except sqlite3.Error as error:
            connection.close()
            raise _damaged(path, error) from error
        except Refusal:
            connection.close()
            raise
        return cls(connection, path)

    def append(self, lane: str, event: Event) -> None:
        """Write one event of `lane`; durable on return. Refusal(IO) where the disk does not take it."""
        plain = json.dumps(to_plain(event), separators=(",", ":"))
        row = (lane, event.key, event.at, event.kind, plain)
        try:
            with self._turn:
                self._connection.execute(
                    "INSERT INTO event (lane, key, at, kind, plain) VALUES (?, ?, ?, ?, ?)", row
                )
        except sqlite3.Error as error:
            raise Refusal(
                Exit.IO,
                f"the journal {self._path} cannot be written: {error}",
                advice="Make room or repair the disk, then run the same command again: it goes on from here.",
                code="E-DISK",
            ) from error

    def replay(self, lane: str) -> Iterator[Event]:
        """Yield the events of `lane` in the order they were written; Refusal(IO) where one is unreadable."""
        query = "SELECT number, kind, key, at, plain FROM event WHERE lane = ? ORDER BY number"
        try:
            with self._turn:
                rows = self._connection.execute(query, (lane,)).fetchall()
            for number, kind, key, at, plain in rows:
                try:
                    event = from_plain(kind, key, at, json.loads(plain))
                except (ValueError, TypeError) as error:
                    raise _damaged(self._path, f"entry {number}: {error}") from error
                yield event
        except sqlite3.Error as error:
            raise _damaged(self._path, error) from error

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        self._connection.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def hold(folder: Path, lane: str) -> Iterator[None]:
    """Hold a lane against a second run, by a lock that the system frees when this process ends in any way.

    Raises Refusal: UNFINISHED, naming the holder's process, where another run has it; CANNOT_CREATE where the
    folder cannot be written.
    """
    _make_folder(folder)
    name = f"lane-{hashlib.sha256(lane.encode()).hexdigest()[:16]}"
    # The number of the process lies in a file of its own: taking a lock may empty the lock's file.
    lock, holder = FileLock(folder / f"{name}.lock", mode=0o600, thread_local=False), folder / f"{name}.pid"
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise _held(lane, holder) from None
    except OSError as error:
        raise _cannot_create(folder, error) from error
    try:
        holder.write_text(f"{os.getpid()}\n", encoding="ascii")
        yield
    finally:
        lock.release()


def _held(lane: str, holder: Path) -> Refusal:
    pid = "unknown"
    with suppress(OSError):
        pid = holder.read_bytes().decode("ascii", "replace").strip()[:20] or pid
    return Refusal(
        Exit.UNFINISHED,
        f"another run (process {pid}) is at work on {lane!r}",
        advice="Wait until it has ended, then run the same command again.",
        code="E-HELD",
    )


def _make_folder(folder: Path) -> None:
    try:
        folders.make(folder, 0o700)
        folder.chmod(0o700)
    except OSError as error:
        raise _cannot_create(folder, error) from error


def _make_file(path: Path) -> None:
    """Make the file before SQLite does, which would leave its mode to the umask."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _cannot_create(path, error) from error
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Set the safe modes, make the table in a new file, and judge one that was there."""
    application = _pragma(connection, "application_id")
    version = _pragma(connection, "user_version")
    known = _pragma_schema(connection)
    if application == _APPLICATION and version > _VERSION:
        raise Refusal(
            Exit.IO,
            f"the journal {path} was written by a newer version of this program",
            advice="Upgrade the program.",
            code="E-JOURNAL",
        )
    if known and application != _APPLICATION:
        raise _damaged(path, "it is a data base of something else")
    if (verdict := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
        raise _damaged(path, verdict)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    if not known:
        connection.executescript(
            f"BEGIN IMMEDIATE; PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_VERSION};"
            f"{_TABLE} COMMIT;"
        )


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _pragma_schema(connection: sqlite3.Connection) -> bool:
    """Say whether the file has any table at all."""
    return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def _damaged(path: Path, why: object) -> Refusal:
    return Refusal(
        Exit.IO,
        f"the journal {path} cannot be read: {why}",
        advice="Nothing was deleted. Move it aside to begin anew; jobs that it knows are then made again.",
        code="E-JOURNAL",
    )


def _cannot_create(path: Path, error: OSError) -> Refusal:
    return Refusal(Exit.CANNOT_CREATE, f"cannot make {path}: {error.strerror or error}")
