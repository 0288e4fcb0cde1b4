"""Cut the power at every point of a run, and go on from every state that a weak disk may then hold.

A run of three exports is traced, and so is a run of a changed manifest over an earlier one's files, journal
and lock. The traces name every effect on names and bytes in order; `power.disk` says what a disk may hold
when the power went at any point between: what was not synced is lost, torn or zeroed, one by one. On each
state the real command is run again. A line that the traced run printed was seen by the world, so it binds:
from its `intent` on the vendor may have the job, from `done` on the file is there.
About 2,610 and 1,350 states, and four broken variants on which it must fail: 120 s of one core, 60 s on two.
"""

from __future__ import annotations

from functools import cache

import pytest

from tests.crash.power.disk import Cut, Disk, Effect, Link, Sync, Write, cuts
from tests.crash.power.line import (
    MANIFEST,
    Trace,
    folder,
    left_wrong,
    recovered_wrong,
    trace,
)

FIRST = MANIFEST.replace("[CONVERSATION_ID]", "[CONVERSATION_ID, STATUS]").replace("  - {id: agents", "# ")
"""A manifest before it was changed: one export asks for other columns, another is not there yet."""
RUNS = {"first": "", "changed": FIRST}
SLICES = 8


@cache
def traced(name: str) -> Trace:
    """Return the traced run of that name; each process of the tests traces it once."""
    return trace(["-m", "runner"], RUNS[name])


def faults_of(run: Trace, states: list[Cut], most: int = 3) -> list[str]:
    """Recover from states until so many faults are found; return them with their places."""
    found: list[str] = []
    with folder() as place:
        for cut in states:
            wrong = recovered_wrong(run, cut, place / "line")
            found += [f"after effect {cut.done}, {cut.how}: {one}" for one in wrong]
            if len(found) >= most:
                break
    return found


@pytest.mark.parametrize("slice_", range(SLICES))
@pytest.mark.parametrize("name", RUNS)
def test_every_state_is_recovered_from(name: str, slice_: int) -> None:
    """The next run ends with 0, with the tree and the lock of the undisturbed one, and no job is made twice.

    But where the power went between the leaving of a create and the sync of its answer: there a job may be
    made once more, and then this run and every later one say so.
    """
    run = traced(name)
    assert len(run.cuts) > 1_000
    assert faults_of(run, list(run.cuts[slice_::SLICES])) == []


@pytest.mark.parametrize("name", RUNS)
def test_no_state_shows_half_a_file_or_breaks_a_word(name: str) -> None:
    """Under a final name there is never a part; what was said to be done is there; so is all, at the end."""
    run = traced(name)
    assert len(run.finals()) == 5
    assert [(cut, wrong) for cut in run.cuts if (wrong := left_wrong(run, cut))] == []


def test_a_folder_that_a_killed_run_left_unsynced_is_made_durable() -> None:
    """A run that finds its folders there cannot know whether their names are: it syncs them first."""
    run = trace(["-m", "runner"], begun=("state", "out", "out/exports"), singly=False)
    assert [(cut.done, wrong) for cut in run.cuts if (wrong := left_wrong(run, cut))] == []
    assert faults_of(run, list(run.cuts)) == []


def test_the_index_of_the_log_is_never_believed() -> None:
    """SQLite keeps an index of its log in a file that is never synced: whatever lies there does no harm."""
    run = traced("first")
    whole = [cut for cut in run.cuts if cut.how == "all is there" and "state/journal.db-wal" in cut.state]
    garbage = {"state/journal.db-shm": b"\x2d\xe2\x18\x00\xff\x01" * 6000}
    states = [Cut(cut.done, cut.how, {**cut.state, **garbage}) for cut in whole[::5]]
    assert len(states) > 20
    assert faults_of(run, states) == []


@pytest.mark.parametrize("variant", ["no file sync", "no folder sync", "in place"])
def test_a_careless_sink_is_found_out(variant: str) -> None:
    """Without the sync of files or of folders, or written in place, a word is broken or half a file shown."""
    run = trace(["-m", "tests.crash.power.broken", variant], singly=variant == "in place")
    wrong = {one for cut in run.cuts for one in left_wrong(run, cut)}
    expected = "is not there" if variant == "no folder sync" else "is there in part"
    assert any(one.startswith("out/exports/") and one.endswith(expected) for one in wrong)


def test_a_careless_journal_is_found_out() -> None:
    """Where an event is not durable when the run goes on, jobs are made twice and nobody is told."""
    run = trace(["-m", "tests.crash.power.broken", "no journal sync"], singly=False)
    found = " ".join(faults_of(run, [cut for cut in run.cuts if cut.how == "all is lost"], most=100))
    assert "made again, although the answer to its create was durable" in found
    assert "made twice, and nobody is told" in found


def test_a_write_without_syncs_may_end_in_any_way() -> None:
    """The model itself: unsynced bytes are lost, torn or zeroed, and a rename may outlive them."""
    effects: list[Effect] = [
        Link(0, ".part", 1),
        Write(1, 0, b"ab" * 300, ".part"),
        Link(0, "final", 1, (0, ".part")),
    ]
    found = {cut.state.get("final") for cut in cuts(Disk({1: b""}), effects) if cut.done == 3}
    assert {None, b"", b"ab" * 300, b"ab" * 150, b"ab" * 299 + b"a", bytes(600)} <= found


def test_a_write_with_every_sync_may_end_in_two_ways() -> None:
    """The model itself: with the file synced before the rename, its name leads to the whole or to nothing."""
    made, named = Link(0, ".part", 1), Link(0, "final", 1, (0, ".part"))
    effects: list[Effect] = [made, Write(1, 0, b"ab" * 300, ".part"), Sync(1), named, Sync(0)]
    found = list(cuts(Disk({1: b""}), effects))
    assert {cut.state.get("final") for cut in found} == {None, b"ab" * 300}
    assert [cut.state for cut in found if cut.done == 5] == [{"final": b"ab" * 300}]
