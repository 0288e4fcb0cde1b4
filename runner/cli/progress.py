"""What a person sees while a run goes on: a projection of the events, live, as plain lines, or as NDJSON."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from runner.cli.board import Board
from runner.cli.streams import say_row, shown, tell
from runner.cli.world import environment, now_ms
from runner.events import (
    Done,
    Event,
    Failed,
    Intent,
    Unanswered,
    to_plain,
)
from runner.left import Left
from runner.plan import Partition
from runner.report.words import size

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

Now = Callable[[], int]
MOST_ROWS = 8
"""More moving rows than this cost a core and calm nobody."""
REFRESH_HZ = 4
DUMB = ("dumb", "unknown")
"""Terminals that cannot draw a line anew, by TERM."""


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
            get_renderable=self.screen,
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

    def screen(self) -> Group:
        """Return what is on the screen now: what moves, and below it the line of sums, in full width."""
        from rich.console import Group

        with self._lock:
            return Group(self._moving(), self._board.summary(self._now()))

    def _moving(self) -> Table:
        """Return the rows that move. What tells two windows of an export apart is the end of their names."""
        from rich.markup import escape
        from rich.table import Table

        words = self._board.words
        moving = [
            one for one in self._board.partitions if words.get(one.key, "done") not in ("done", "failed")
        ]
        table = Table.grid(padding=(0, 2))
        table.add_column(overflow="fold")
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        for one in moving[:MOST_ROWS]:
            count = self._board.received[one.key]
            table.add_row(escape(shown(one.id)), words[one.key], size(count) if count else "")
        return table


View = Silent


def redraws(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Say whether the live view can be seen: on a dumb terminal, as of an editor, it would show nothing."""
    return stream.isatty() and environ.get("TERM", "").lower() not in DUMB


def on_screen(choice: str, partitions: Sequence[Partition]) -> View:
    """Return the view that was chosen, of this command on its own standard error."""
    return view(choice, partitions, terminal=redraws(sys.stderr, environment()), now=now_ms)


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
