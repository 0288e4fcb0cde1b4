"""Reads a journal without changing anything: no lock is taken, nobody is waited for, no file is made.

A run may be at work on it meanwhile, or may have been killed.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

from runner.errors import Refusal
from runner.events import Event
from runner.journal import damaged, judged, read

_TRIES = 4
_PAUSE_S = 0.05


def glance(path: Path, lanes: Iterable[str]) -> Mapping[str, list[Event]]:
    """Return the events of these lanes as they are now; none where there is no journal.

    Refusal(IO) where it is damaged, is something else, or was written by a newer version.
    """
    lanes = list(lanes)
    for tried in range(1, _TRIES):
        if not path.exists():
            return {lane: [] for lane in lanes}
        try:
            return _read(path, lanes)
        except (sqlite3.Error, Refusal):
            # A run that begins or ends at this very moment moves events from one file to the other.
            time.sleep(_PAUSE_S * tried)
    try:
        return _read(path, lanes)
    except sqlite3.Error as error:
        raise damaged(path, error) from error


def _read(path: Path, lanes: Iterable[str]) -> Mapping[str, list[Event]]:
    uri = f"{path.absolute().as_uri()}?mode=ro{_how(path)}"
    with closing(sqlite3.connect(uri, uri=True, timeout=5, isolation_level=None)) as connection:
        if not judged(connection, path):
            return {lane: [] for lane in lanes}
        return {lane: list(read(connection, path, lane)) for lane in lanes}


def _how(path: Path) -> str:
    """Return how to open the file as it lies there.

    Beside a run, or behind a killed one, there are a log and its index, which is only read. Where there is no
    log, all is in the file itself, and SQLite must not make a log to find that out.
    """
    log, index = path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")
    if not log.exists() or not log.stat().st_size:
        return "&immutable=1"
    return "&readonly_shm=1" if index.exists() else ""
