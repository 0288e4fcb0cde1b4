"""The durable, local log of events: SQLite, append-only, never committed to git (it holds capability URLs).

An event is durable when `append` returns. Replaying a lane's events into a fresh `Lane` is all that a
restart is. A journal that cannot be read is refused, and nothing of it is deleted. Room is kept beside it, so
that a full disk loses no answer.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType

from runner.errors import Exit, Refusal
from runner.events import Event, from_plain, to_plain
from runner.reserve import Reserve
from runner.state import cannot_create, make_file, make_folder, no_room

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


_WANTS_ROOM = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,  # how it tells a quota that is used up
    sqlite3.SQLITE_IOERR_FSYNC,  # how it tells a file system that allocates late
    sqlite3.SQLITE_IOERR_SHMSIZE,
)
_PAUSES_S = (0.0, 0.05, 0.15, 0.3, 0.5)
"""Between tries on a full disk: downloads under way meet it too, and give back what they had written."""


class Journal:
    """An open journal; use it as a context manager. Safe for threads: one writes at a time.

    `full` says that the disk took an event only once the room that was kept for it had been given back: what
    is under way may still be written, but nothing new may begin. `on_full` is called when that happens.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: Path,
        give_back: Callable[[], None],
        on_full: Callable[[], None],
    ) -> None:
        self.full = False
        self._connection = connection
        self._path = path
        self._give_back = give_back
        self._on_full = on_full
        self._turn = threading.Lock()

    @classmethod
    def open(cls, path: Path, on_full: Callable[[], None] = lambda: None) -> Journal:
        """Open or make the journal at `path`: the file 0600 in a folder 0700, whatever the umask.

        Raises Refusal: CANNOT_CREATE where it cannot be made or written, IO where there is no room, or where
        it is damaged, is something else, or was written by a newer version.
        """
        make_folder(path.parent)
        make_file(path)
        reserve = Reserve(path.with_name("reserve"))
        try:
            reserve.make()
        except OSError as error:
            raise cannot_create(path.with_name("reserve"), error) from error
        try:
            connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise _unusable(path, error) from error
        try:
            _prepare(connection, path)
        except sqlite3.Error as error:
            connection.close()
            raise _unusable(path, error) from error
        except Refusal:
            connection.close()
            raise
        return cls(connection, path, reserve.give_back, on_full)

    def append(self, lane: str, event: Event) -> None:
        """Write one event of `lane`; durable on return. Refusal(IO) where the disk does not take it."""
        plain = json.dumps(to_plain(event), separators=(",", ":"))
        try:
            with self._turn:
                self._insert((lane, event.key, event.at, event.kind, plain))
        except sqlite3.Error as error:
            raise no_room(f"the journal {self._path} cannot be written: {error}") from error

    def _insert(self, row: tuple[str, str, int, str, str]) -> None:
        """Write a row; on a full disk with the room that was kept, as soon as others give back theirs too."""
        pauses = iter(_PAUSES_S)
        while True:
            try:
                self._connection.execute(
                    "INSERT INTO event (lane, key, at, kind, plain) VALUES (?, ?, ?, ?, ?)", row
                )
                return
            except sqlite3.Error as error:
                pause = next(pauses, None)
                if pause is None or error.sqlite_errorcode not in _WANTS_ROOM:
                    raise
            self.full = True
            self._on_full()
            self._give_back()
            time.sleep(pause)

    def replay(self, lane: str) -> Iterator[Event]:
        """Yield the events of `lane` in the order they were written; Refusal(IO) where one is unreadable."""
        try:
            with self._turn:
                events = read(self._connection, self._path, lane)
            yield from events
        except sqlite3.Error as error:
            raise damaged(self._path, error) from error

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        self._connection.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read(connection: sqlite3.Connection, path: Path, lane: str) -> Iterator[Event]:
    """Return the events of `lane` in the journal at `path`, each made when it is asked for.

    Raises sqlite3.Error; the iterator raises Refusal(IO) where an event is unreadable.
    """
    query = "SELECT number, kind, key, at, plain FROM event WHERE lane = ? ORDER BY number"
    return _made(connection.execute(query, (lane,)).fetchall(), path)


def _made(rows: Iterable[tuple[int, str, str, int, str]], path: Path) -> Iterator[Event]:
    for number, kind, key, at, plain in rows:
        try:
            yield from_plain(kind, key, at, json.loads(plain))
        except (ValueError, TypeError) as error:
            raise damaged(path, f"entry {number}: {error}") from error


def judged(connection: sqlite3.Connection, path: Path) -> bool:
    """Say whether there is a journal in the file yet. Refusal(IO) where it is something else, or damaged."""
    application, version = _number(connection, "application_id"), _number(connection, "user_version")
    known = bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    if application == _APPLICATION and version > _VERSION:
        raise Refusal(
            Exit.IO,
            f"the journal {path} was written by a newer version of this program",
            advice="Upgrade the program.",
            code="E-JOURNAL",
        )
    if known and application != _APPLICATION:
        raise damaged(path, "it is a data base of something else")
    if (verdict := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
        raise damaged(path, verdict)
    return known


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Set the safe modes, make the table in a new file, and judge one that was there."""
    known = judged(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    if not known:
        connection.executescript(
            f"BEGIN IMMEDIATE; PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_VERSION};"
            f"{_TABLE} COMMIT;"
        )


def damaged(path: Path, why: object) -> Refusal:
    """Return the refusal of a journal that cannot be read."""
    return Refusal(
        Exit.IO,
        f"the journal {path} cannot be read: {why}",
        advice="Nothing was deleted. Move it aside to begin anew; jobs that it knows are then made again.",
        code="E-JOURNAL",
    )


def _unusable(path: Path, error: sqlite3.Error) -> Refusal:
    """Return the refusal of a journal that cannot be opened: the disk may be full, or the file is damaged."""
    if getattr(error, "sqlite_errorcode", None) in _WANTS_ROOM:
        return no_room(f"the journal {path} cannot be opened: {error}")
    return damaged(path, error)
