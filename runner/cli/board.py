"""Where every partition of a run stands, in words, and how much time is left: made from the events alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
)
from runner.left import Left
from runner.plan import Partition
from runner.report.words import duration, size

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

        Where lanes reckon, the pace says nothing: it would say more once only downloads are left.
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
