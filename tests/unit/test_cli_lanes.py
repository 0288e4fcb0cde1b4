"""When a run begins, and what its lanes know of each other."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from runner import profiles
from runner.actions import Create, Wait
from runner.cli.lanes import beginning, prepared
from runner.cli.progress import Silent
from runner.cli.room import Room
from runner.cli.stop import Stop
from runner.cli.world import now_ms
from runner.events import Done, Intent
from runner.journal import Journal
from runner.profiles import Profile
from runner.references import Reference
from runner.sink import Sink
from runner.track import MINUTE_MS
from tests.unit import builders
from tests.unit.test_track import created

LIVE = replace(profiles.sandbox(), today_ms=None, source="live")


def test_a_run_begins_now() -> None:
    """Where the journal is older than now, it is now."""
    before = now_ms()
    assert before <= beginning(LIVE, before - 1) <= now_ms()


def test_a_run_never_begins_before_its_journal_ends() -> None:
    """After a clock that was a day ahead, nothing waits for a day."""
    ahead = now_ms() + 24 * 60 * MINUTE_MS
    assert beginning(LIVE, ahead) == ahead


def test_the_sandbox_begins_on_its_own_day_and_a_minute_after_its_journal() -> None:
    """Its jobs come to their end between two runs too."""
    today = profiles.SANDBOX_TODAY_MS
    assert beginning(profiles.sandbox(), 0) == today
    assert beginning(profiles.sandbox(), today) == today + MINUTE_MS


def lately(journal: Journal, profile: Profile, requests: int, at: int) -> None:
    """Let a profile have sent so many requests just before `at`."""
    for number in range(requests):
        key = f"{profile.name} {number}"
        journal.append(profile.name, Intent(key=key, at=at - 9, attempt=1, request_digest="d"))
        journal.append(profile.name, created(key=key, at=at - 5, status=400, body=""))


NOBODY = Reference("file", "/nowhere")


@pytest.mark.parametrize("idle", [False, True])
@pytest.mark.parametrize(("user", "waits"), [("same", True), ("other", False), ("", False)])
def test_a_lane_counts_what_others_of_its_user_have_just_sent(
    tmp_path: Path, user: str, *, waits: bool, idle: bool
) -> None:
    """Each has a share of the minute, but in a run before it may have been the other's, or all of it."""
    acme, zeta = replace(LIVE, name="acme"), replace(LIVE, name="zeta")
    if user != "same":
        zeta = replace(zeta, username=Reference("value", user) if user or not idle else NOBODY)
    asked = {one: builders.partition(one.name, profile=one.name) for one in (acme, zeta)}
    with ExitStack() as stack:
        journal = stack.enter_context(Journal.open(tmp_path / "state" / "journal.db"))
        room = Room(Sink(tmp_path), journal, tmp_path / "state", {}, 2, Silent(), Stop(None))
        at = now_ms()
        lately(journal, zeta, 20, at)
        if idle:
            (tmp_path / "exports").mkdir()
            (tmp_path / "exports/zeta.csv").write_bytes(b"")
            empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            journal.append("zeta", builders.stored("zeta", sha256=empty, at=at))
            journal.append("zeta", Done(key="zeta", at=at, output="exports/zeta.csv"))
        first, _ = prepared(room, [(profile, [one]) for profile, one in asked.items()], stack)
        assert isinstance(first.lane.next(first.at), Wait if waits else Create)
