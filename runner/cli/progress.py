"""What a person sees while a run goes on: a projection of the events, live, as plain lines, or as NDJSON."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runner.cli.streams import say_row, shown, tell
from runner.events import (
    Adopted,
    Created,
    Done,
    Downloading,
    Event,
    Failed,
    Forgotten,
    Intent,
    Lost,
    NotDownloaded,
    Polled,
    Polling,
    Stored,
    Unanswered,
    to_plain,
)
from runner.left import Left
from runner.plan import Partition
from runner.report.words import duration
from runner.report.words import size as size

if TYPE_CHECKING:
    from rich.table import Table

Now = Callable[[], int]
MOST_ROWS = 8
"""More moving rows than this cost a core and calm nobody."""
REFRESH_HZ = 4
WORDS = {
    Intent: "asking",
    Created: "running",
    Polling: "running",
    Polled: "running",
    Downloading: "downloading",
    NotDownloaded: "running",
    Stored: "stored",
    Done: "done",
    Unanswered: "waiting",
    Failed: "failed",
    Lost: "waiting",
    Adopted: "running",
    Forgotten: "waiting",
}
"""The word a person reads for the partition's state after each event."""


@dataclass
class Board:
    """Where every partition stands, in words, made from the events alone.

    `at` is when an event was seen here, in epoch ms: the sandbox's own clock runs ahead of a person's.
    """

    partitions: Sequence[Partition]
    words: dict[str, str] = field(default_factory=dict)
    received: Counter[str] = field(default_factory=Counter)
    first_at: int = 0
    last_at: int = 0
    expected: dict[str, tuple[int, Left]] = field(default_factory=dict)
    """By lane: when its time left was reckoned, and what that was."""
    there: set[str] = field(default_factory=set)
    """What had ended before this run: it counts, but says nothing of the pace."""

    def begin(self, ended: Mapping[str, str]) -> None:
        """Take in what had ended before this run: `done` or `failed`, by key."""
        self.words |= ended
        self.there |= set(ended)

    def note(self, event: Event, at: int) -> None:
        """Take in one event, seen at `at`."""
        self.words[event.key] = WORDS[type(event)]
        self.there.discard(event.key)
        self.first_at = self.first_at or at
        self.last_at = max(self.last_at, at)
        if isinstance(event, Downloading):
            self.received[event.key] = 0

    def ended(self) -> int:
        """Count the partitions that are done or have failed."""
        return sum(word in ("done", "failed") for word in self.words.values())

    def reckoned(self, at: int) -> str:
        """Say how much time is left at `at`, as the lanes reckon it; empty where none does.

        Lanes run beside each other: the last one to end decides. Where nobody knows how long some jobs take,
        only what it takes at least is told.
        """
        guessed = any(one.guessed for _, one in self.expected.values())
        ends = [
            when + (one.least_ms if guessed else one.likely_ms) - at for when, one in self.expected.values()
        ]
        seconds = max(ends, default=0) / 1000
        if seconds < 1 or self.ended() >= len(self.partitions):
            return ""
        return f"{'at least' if guessed else 'about'} {duration(seconds)} left"

    def left(self, at: int = 0) -> str:
        """Say how much time is left: as reckoned, or by the pace so far; empty while nothing has ended.

        Where lanes reckon, the pace is left alone: once only downloads are left, it would say more than before.
        """
        if self.expected:
            return self.reckoned(at or self.last_at)
        ended, total = self.ended(), len(self.partitions)
        here = ended - len(self.there)
        if not here or ended >= total:
            return ""
        seconds = (self.last_at - self.first_at) / 1000 / here * (total - ended)
        return f"about {duration(seconds)} left"

    def summary(self, at: int = 0) -> str:
        """Return one line: how many have ended, what the others do, bytes, time left at `at`."""
        counts = Counter(self.words.values())
        parts = [f"{self.ended()} of {len(self.partitions)}"]
        parts += [
            f"{counts[word]} {word}"
            for word in ("asking", "running", "downloading", "failed")
            if counts[word]
        ]
        parts.append(size(sum(self.received.values())))
        return ", ".join(part for part in (*parts, self.left(at)) if part)


class Silent:
    """Shows nothing."""

    def __enter__(self) -> Silent:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def begins(self, ended: Mapping[str, str]) -> None:
        """Take in which partitions have ended before anything begins: `done` or `failed`, by key."""

    def observe(self, event: Event) -> None:
        """Take in one event."""

    def received(self, key: str, count: int) -> None:
        """Take in one piece of a download."""

    def expects(self, lane: str, at: int, left: Left) -> None:
        """Take in how much time a lane has left at `at` (epoch ms)."""


class Plain(Silent):
    """One line to standard error for each step that a person cares about; for logs."""

    def __init__(self, partitions: Sequence[Partition], now: Now) -> None:
        self._board = Board(partitions)
        self._now = now
        self._by_key = {one.key: one for one in partitions}
        self._lock = threading.Lock()

    def begins(self, ended: Mapping[str, str]) -> None:
        """Count them from the start."""
        with self._lock:
            self._board.begin(ended)

    def observe(self, event: Event) -> None:
        """Write a line where something has begun or ended."""
        with self._lock:
            self._board.note(event, self._now())
            if line := self._line(event):
                tell(f"{self._by_key[event.key].id}: {line}")

    def expects(self, lane: str, at: int, left: Left) -> None:
        """Keep it for the next line."""
        with self._lock:
            self._board.expected[lane] = at, left

    def _line(self, event: Event) -> str:
        match event:
            case Intent(attempt=attempt):
                return "asked for" if attempt == 1 else f"asked for again (time {attempt})"
            case Done(output=output):
                ended = f"{self._board.ended()} of {len(self._board.partitions)}"
                left = self._board.reckoned(self._now())
                return f"done, {output} ({ended}{', ' if left else ''}{left})"
            case Failed(code=code, message=message):
                return f"failed, {code}: {message}"
            case Unanswered(step=step, code=code, message=message):
                return f"{step} brought no answer, {code}: {message}"
            case _:
                return ""


class Ndjson(Silent):
    """One JSON object a line to standard output for each event; no URL, no body, no secret is in it."""

    def __init__(self, partitions: Sequence[Partition], now: Now) -> None:
        self._ids = {one.key: one.id for one in partitions}
        self._now = now
        self._lock = threading.Lock()

    def begins(self, ended: Mapping[str, str]) -> None:
        """Write a line for each, so that who counts the ends counts them all."""
        for key, state in ended.items():
            say_row({"at": self._now(), "event": "there", "partition": self._ids[key], "state": state})

    def observe(self, event: Event) -> None:
        """Write the event."""
        kept_back = ("body", "part", "status_url")
        plain = {name: value for name, value in to_plain(event).items() if name not in kept_back}
        row = {"event": event.kind, "partition": self._ids[event.key], "at": event.at, **plain}
        with self._lock:
            say_row(dict(sorted(row.items())))


class Live(Silent):
    """A calm live view on a terminal: at most eight moving rows and one line of sums, four times a second."""

    def __init__(self, partitions: Sequence[Partition], now: Now) -> None:
        from rich.console import Console
        from rich.live import Live as RichLive

        self._board = Board(partitions)
        self._now = now
        self._lock = threading.Lock()
        self._live = RichLive(
            get_renderable=self.table,
            console=Console(stderr=True),
            refresh_per_second=REFRESH_HZ,
            transient=True,
        )

    def __enter__(self) -> Live:
        self._live.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.__exit__(None, None, None)

    def begins(self, ended: Mapping[str, str]) -> None:
        """Count them from the start."""
        with self._lock:
            self._board.begin(ended)

    def observe(self, event: Event) -> None:
        """Take in one event; the view follows by itself."""
        with self._lock:
            self._board.note(event, self._now())

    def received(self, key: str, count: int) -> None:
        """Take in one piece of a download."""
        with self._lock:
            self._board.received[key] += count

    def expects(self, lane: str, at: int, left: Left) -> None:
        """Keep it for the line of sums."""
        with self._lock:
            self._board.expected[lane] = at, left

    def table(self) -> Table:
        """Return what is on the screen now."""
        from rich.markup import escape
        from rich.table import Table

        with self._lock:
            moving = [
                one
                for one in self._board.partitions
                if self._board.words.get(one.key, "done") not in ("done", "failed")
            ]
            table = Table.grid(padding=(0, 2))
            for one in moving[:MOST_ROWS]:
                count = self._board.received[one.key]
                table.add_row(escape(shown(one.id)), self._board.words[one.key], size(count) if count else "")
            table.add_row(self._board.summary(self._now()))
            return table


View = Silent


def view(choice: str, partitions: Sequence[Partition], *, terminal: bool, now: Now) -> View:
    """Return the view that was chosen; `auto` is live on a terminal and plain lines elsewhere.

    `now` tells epoch milliseconds as a person's clock does; the time left is guessed from it.
    """
    match choice:
        case "plain":
            return Plain(partitions, now)
        case "json":
            return Ndjson(partitions, now)
        case "none":
            return Silent()
        case _:
            return Live(partitions, now) if terminal else Plain(partitions, now)
