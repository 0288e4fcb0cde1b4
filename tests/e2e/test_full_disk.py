"""What a disk that takes no more does to a lane: no job is lost, and none is made twice."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from runner.errors import Refusal
from runner.events import Event, Lost
from runner.execute import Threads
from runner.journal import Journal
from runner.sandbox.wire import Request
from tests.e2e.line import Line

THREE = "  - {report: raw_agent_states}\n  - {report: incoming_post}\n  - {report: user}\n"


def journalled(root: Path) -> list[tuple[str, str]]:
    """Return key and kind of every event that is in the journal."""
    with Journal.open(root / ".care-export" / "journal.db") as journal:
        return [(event.key, event.kind) for event in journal.replay("sandbox")]


def refuse(root: Path, condition: str) -> None:
    """Let the journal refuse every event of that condition, as a broken disk would."""
    with closing(sqlite3.connect(root / ".care-export" / "journal.db", isolation_level=None)) as other:
        other.execute(
            f"CREATE TRIGGER broken BEFORE INSERT ON event WHEN {condition} "
            "BEGIN SELECT RAISE(FAIL, 'broken'); END"
        )


@pytest.mark.parametrize("kind", ["intent", "downloading"])
def test_what_is_written_down_last_before_the_disk_is_full_does_not_begin(tmp_path: Path, kind: str) -> None:
    """Full at an intent or a download: it is not sent; the rerun goes on, and each job is made once."""
    line = Line(tmp_path, THREE)
    line.watch.append(lambda event: line.closing.set() if event.kind == kind else None)
    line.run()
    assert line.kinds()[-2:] == [kind, "unanswered"]
    later = Line(tmp_path, THREE)
    assert {track.state for track in later.run().tracks.values()} == {"done"}
    assert not any(track.possible_duplicate for track in later.run().tracks.values())
    sent = [key for key, kind in journalled(tmp_path) if kind == "created"]
    assert len(sent) == len(set(sent)) == 3


def test_what_is_under_way_when_the_disk_is_full_is_still_written_down(tmp_path: Path) -> None:
    """Two creates are under way: both answers are journalled, no third one is sent."""
    line = Line(tmp_path, THREE, port=True, pace=lambda clock: Threads(clock.now_ms))

    def full(request: Request) -> None:
        time.sleep(0.2)
        line.closing.set()

    line.faults = full
    line.run()
    kinds = [kind for _, kind in journalled(tmp_path)]
    assert kinds.count("intent") == kinds.count("created") > 1


def test_one_answer_that_cannot_be_written_does_not_lose_the_others(tmp_path: Path) -> None:
    """A broken journal ends the run; what comes after that is written down as far as it can be."""
    line = Line(tmp_path, THREE, port=True, pace=lambda clock: Threads(clock.now_ms))
    second = threading.Event()

    def broken(event: Event) -> None:
        if event.kind == "intent" and not line.events[:-1]:
            refuse(tmp_path, f"NEW.kind = 'created' AND NEW.key = '{event.key}'")
        elif event.kind == "intent":
            second.set()

    def slowly(request: Request) -> None:
        second.wait(10)
        if "raw_agent_states" not in request.target:
            time.sleep(0.3)

    line.watch.append(broken)
    line.faults = slowly
    with pytest.raises(Refusal, match="cannot be written"):
        line.run()
    kinds = [kind for _, kind in journalled(tmp_path)]
    assert kinds.count("created") == kinds.count("intent") - 1 > 0
    assert line.stop.is_set()


def test_a_fault_of_ours_does_not_lose_what_came_beside_it(tmp_path: Path) -> None:
    """An effect that raises ends its lane; the answers that came with it are written down before."""
    line = Line(tmp_path, THREE, port=True, pace=lambda clock: Threads(clock.now_ms))

    def broken(event: Event) -> None:
        if event.kind == "created":
            raise LookupError("ours")

    line.faults = lambda request: time.sleep(0.2)
    line.watch.append(broken)
    with pytest.raises(LookupError):
        line.run()
    kinds = [kind for _, kind in journalled(tmp_path)]
    assert kinds.count("intent") == kinds.count("created") > 1
    assert not line.stop.is_set()


def test_what_came_before_a_fault_of_ours_is_handed_over_first() -> None:
    """A fault in one thread does not take with it what another has brought."""
    pace = Threads(lambda: 0)

    def late() -> Event:
        time.sleep(0.05)
        raise LookupError("ours")

    pace.start(lambda: Lost(key="k", at=1))
    pace.start(late)
    pace.close()
    assert pace.take(0) == [Lost(key="k", at=1)]
    with pytest.raises(LookupError):
        pace.take(0)
