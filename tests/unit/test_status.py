"""Where partitions stand, as it is shown."""

from __future__ import annotations

from dataclasses import replace

from runner.errors import Exit
from runner.events import Failed
from runner.report.status import Row, exit_of, lines, to_json
from runner.track import LINK_LIFE_MS, Track
from tests.unit.builders import partition

DONE = Row(partition("k"), Track("k", state="done"), 5, 10)
RUNNING = Row(partition("r"), Track("r", state="running", attempt=1, created_at=1_000), 1_000, 61_000)


def failed(exit: Exit) -> Row:
    """Return a row that ended badly."""
    failure = Failed(key="f", at=1, step="poll", code="E-X", message="why", exit=exit)
    return Row(partition("f"), Track("f", state="failed", failure=failure), 1, 10)


def test_what_is_still_to_come_decides_before_what_failed() -> None:
    """75 as long as a rerun brings something; then the gravest; 0 where all is there, or none is asked."""
    assert exit_of([]) == exit_of([DONE]) == Exit.DONE
    assert exit_of([DONE, RUNNING, failed(Exit.VENDOR)]) == Exit.UNFINISHED
    assert exit_of([DONE, failed(Exit.UNFINISHED), failed(Exit.VENDOR)]) == Exit.UNFINISHED
    assert exit_of([DONE, failed(Exit.VENDOR), failed(Exit.IO)]) == Exit.IO


def test_a_link_lives_a_day_from_the_creation() -> None:
    """How long it still does, and that it does no more."""
    late = replace(RUNNING, now=1_000 + LINK_LIFE_MS)
    assert to_json("m", [RUNNING])["partitions"][0]["link_left_s"] == 24 * 3600 - 60
    assert to_json("m", [late])["partitions"][0]["link_left_s"] == 0
    assert "23 h 59 min" in "\n".join(lines("m", [RUNNING], 100))
    assert "expired" in "\n".join(lines("m", [late], 100))


def test_when_the_first_link_of_a_profile_dies_is_told() -> None:
    """The oldest job decides; what has died, and what was adopted, does not count."""
    younger = replace(RUNNING, track=replace(RUNNING.track, created_at=61_000))
    old = replace(RUNNING, track=replace(RUNNING.track, created_at=61_000 - LINK_LIFE_MS))
    taken = replace(RUNNING, track=replace(RUNNING.track, created_at=10, adopted=True))
    other = replace(RUNNING, partition=partition("o", profile="acme"))
    rows = [DONE, younger, RUNNING, old, taken, other]
    assert to_json("m", rows)["links"] == [
        {"profile": "sandbox", "jobs": 2, "first_until": "1970-01-02T00:00:01Z"},
        {"profile": "acme", "jobs": 1, "first_until": "1970-01-02T00:00:01Z"},
    ]
    assert list(lines("m", rows, 100))[1:4] == [
        "sandbox: 2 jobs are under way; the first link dies at 1970-01-02 00:00 UTC",
        "acme: 1 job is under way; its link dies at 1970-01-02 00:00 UTC",
        "",
    ]
    assert to_json("m", [DONE, old, taken])["links"] == []


def test_what_is_unusual_is_noted() -> None:
    """Repeated, perhaps doubled, made again, adopted: each in a word."""
    odd = replace(
        RUNNING.track, attempt=2, possible_duplicate=True, recreated="the link has expired", adopted=True
    )
    said = "\n".join(lines("m", [replace(RUNNING, track=odd)], 200))
    assert "asked for 2 times, possible duplicate, made again: the link has expired, adopted" in said
