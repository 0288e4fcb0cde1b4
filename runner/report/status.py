"""PURE: where every partition of a manifest stands: for people, and for programs (`status.v1`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from runner.errors import Exit, gravest
from runner.partition import Partition
from runner.report.outcome import message_of, outcome
from runner.report.words import duration, is_one, links, part
from runner.track import LINK_LIFE_MS, Track

WORDS = {"intent": "asking"}
"""What a state is called where that is not its own name."""
STATES = ("planned", "asking", "unknown", "running", "ready", "downloading", "stored", "done", "failed")
"""In the order of a partition's way."""
_WITH_LINK = ("running", "ready", "downloading")


@dataclass(frozen=True, slots=True)
class Row:
    """Where one partition stands at `now`, and `since` when (epoch ms; None: nothing has happened to it).

    `problem` says why its file cannot be made, if that is so.
    """

    partition: Partition
    track: Track
    since: int | None
    now: int
    problem: str = ""

    @property
    def state(self) -> str:
        """Return the word for the state."""
        return WORDS.get(self.track.state, self.track.state)

    @property
    def link_until(self) -> int | None:
        """Return until when the link of the job's file lives, counted from creation.

        None without a job, and for one that was adopted: nobody knows when that was created.
        """
        known = self.track.state in _WITH_LINK and not self.track.adopted
        return self.track.created_at + LINK_LIFE_MS if known else None


def first_links(rows: Sequence[Row]) -> list[tuple[str, int, int]]:
    """Return for each profile how many jobs have a link that lives, and when the first dies (epoch ms)."""
    found: dict[str, list[int]] = {}
    for row in rows:
        if row.link_until is not None and row.link_until > row.now:
            found.setdefault(row.partition.profile, []).append(row.link_until)
    return [(profile, len(ends), min(ends)) for profile, ends in found.items()]


def exit_of(rows: Sequence[Row]) -> Exit:
    """Return the exit code: 0 all is there, 75 something is still to come, else the gravest failure."""
    exits = {outcome(row.partition, row.track).exit for row in rows}
    return Exit.UNFINISHED if Exit.UNFINISHED in exits else gravest(exits)


def to_json(manifest: str, rows: Sequence[Row]) -> dict[str, Any]:
    """Return all of it as plain data."""
    counts = Counter(row.state for row in rows)
    return {
        "version": 1,
        "manifest": manifest,
        "exit": int(exit_of(rows)),
        "sums": {"partitions": len(rows), **{state: counts[state] for state in STATES}},
        "links": [
            {"profile": profile, "jobs": jobs, "first_until": _instant(until)}
            for profile, jobs, until in first_links(rows)
        ],
        "partitions": [_plain(row) for row in rows],
    }


def _plain(row: Row) -> dict[str, Any]:
    one, track, until = row.partition, row.track, row.link_until
    failure = track.failure
    return {
        "id": one.id,
        "export": one.export,
        "profile": one.profile,
        "output": one.output,
        "state": row.state,
        "since": _instant(row.since),
        "link_until": _instant(until),
        "link_left_s": None if until is None else max(until - row.now, 0) // 1000,
        "attempts": track.attempt,
        "possible_duplicate": track.possible_duplicate,
        "recreated": track.recreated or None,
        "adopted": track.adopted,
        "failure": failure
        and {
            "step": failure.step,
            "code": failure.code,
            "message": message_of(one, failure),
            "exit": failure.exit,
            "needs_retry_failed": track.given_up,
        },
        "problem": row.problem or None,
    }


def _instant(at: int | None) -> str | None:
    """Write an instant as 2026-07-01T00:01:10Z."""
    return None if at is None else f"{datetime.fromtimestamp(at // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


HEAD = ("partition", "state", "for", "link for", "")


def lines(manifest: str, rows: Sequence[Row], width: int) -> Iterator[str]:
    """Return the lines that tell all of it to a person on a terminal of that width."""
    counts = Counter(row.state for row in rows)
    told = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])
    done, total = counts["done"], len(rows)
    yield f"{manifest}: {part(done, total, 'file')} {'is' if is_one(done, total) else 'are'} there ({told})"
    for profile, jobs, until in first_links(rows):
        yield f"{profile}: {links(jobs, until)}"
    yield ""
    table = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(cells[column]) for cells in table) for column in range(len(HEAD))]
    stacked = sum(widths) + 2 * len(widths) > width
    for cells, row in zip(table, [None, *rows], strict=True):
        name, *others = (f"{cell:{wide}}" for cell, wide in zip(cells, widths, strict=True))
        yield from (line.rstrip() for line in _laid(name, "  ".join(others), stacked=stacked))
        if row and row.problem:
            yield f"    its file cannot be made: {row.problem}"
        if row and row.track.failure:
            yield f"    {row.track.failure.code}: {message_of(row.partition, row.track.failure)}"


def _laid(name: str, others: str, *, stacked: bool) -> tuple[str, ...]:
    """Return a row as one line, or as two where one would be too long."""
    return (f"  {name}", f"    {others}") if stacked else (f"  {name}  {others}",)


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    until = row.link_until
    left = "" if until is None else duration((until - row.now) / 1000) if until > row.now else "expired"
    age = "" if row.since is None else duration(max(row.now - row.since, 0) / 1000)
    return row.partition.id, row.state, age, left, ", ".join(_notes(row.track))


def _notes(track: Track) -> Iterator[str]:
    """Yield what there is to say beside the state."""
    if track.attempt > 1:
        yield f"asked for {track.attempt} times"
    if track.possible_duplicate:
        yield "possible duplicate"
    if track.recreated:
        yield f"made again: {track.recreated}"
    if track.adopted:
        yield "adopted"
