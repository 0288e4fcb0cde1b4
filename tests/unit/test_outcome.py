"""How a run ends is read from the tracks."""

from __future__ import annotations

from runner.errors import Exit
from runner.events import Failed
from runner.report.outcome import exit_of, outcomes
from runner.track import Track
from tests.unit.builders import partition, stored

FAILURE = Failed(key="b", at=0, step="poll", code="E-JOB", message="boom", exit=Exit.VENDOR)


def test_the_gravest_partition_decides_and_the_others_are_done() -> None:
    """Failures of one partition do not stop the others, and the exit code is the gravest."""
    tracks = {
        "a": Track("a", state="done", stored=stored("a", warnings=("no rows",))),
        "b": Track("b", state="failed", failure=FAILURE),
        "c": Track("c", state="running", possible_duplicate=True, recreated="gone"),
    }
    ended = outcomes([partition("a"), partition("b"), partition("c")], tracks)
    assert [one.exit for one in ended] == [Exit.DONE, Exit.VENDOR, Exit.UNFINISHED]
    assert ended[0].warnings == ("no rows",)
    assert (ended[1].code, ended[1].message) == ("E-JOB", "boom")
    assert len(ended[2].warnings) == 2
    assert exit_of(ended) == Exit.VENDOR
    assert exit_of(ended[:1]) == exit_of([]) == Exit.DONE
