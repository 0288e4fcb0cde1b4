"""When a run begins."""

from __future__ import annotations

from dataclasses import replace

from runner import profiles
from runner.cli.lanes import beginning
from runner.cli.world import now_ms
from runner.track import MINUTE_MS

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
