"""Engines that are broken on purpose: a harness that does not fail on them is worth nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from runner.events import Created, Event, Intent
from runner.journal import Journal
from runner.sink import Sink, StoredFile


class NoIntent:
    """A journal that is not told what is about to be asked: after a crash nobody knows of the request."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def append(self, lane: str, event: Event) -> None:
        """Drop intents, keep the rest."""
        if not isinstance(event, Intent):
            self._journal.append(lane, event)


class LateAnswer:
    """A journal that takes an answer to a create in only when something else happens."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._held: list[Event] = []

    def append(self, lane: str, event: Event) -> None:
        """Hold an answer back until the event after it."""
        if isinstance(event, Created):
            self._held.append(event)
            return
        for one in (*self._held, event):
            self._journal.append(lane, one)
        self._held.clear()


class InPlace:
    """A sink that writes under the final name from the first byte on."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def store(
        self, key: str, output: str, chunks: Iterable[bytes], format: Any, metrics: tuple[str, ...]
    ) -> StoredFile:
        """Show each piece as it comes, then store as the whole one does."""
        shown = Path(output)
        shown.parent.mkdir(exist_ok=True)
        with shown.open("wb") as file:
            return self._sink.store(key, output, (_shown(file, one) for one in chunks), format, metrics)

    def place(self, part: str, output: str, sha256: str, *, over: str) -> bool:
        """Give the part its name, over what was shown."""
        return self._sink.place(part, output, sha256, over=over)


def _shown(file: Any, piece: bytes) -> bytes:
    for part in (piece[:7], piece[7:]):
        file.write(part)
        file.flush()
    return piece


class Hasty(threading.Event):
    """A wish to stop that is an order: what is under way is left where it is."""

    def __init__(self, wish: threading.Event) -> None:
        super().__init__()
        self._wish = wish

    def is_set(self) -> bool:
        """Leave at once where the wish is there."""
        if self._wish.is_set():
            raise KeyboardInterrupt
        return False
