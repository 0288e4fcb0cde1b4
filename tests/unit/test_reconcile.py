"""What a run makes of the files that are there already."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from runner.events import Done, Lost
from runner.reconcile import Standing, standing
from runner.report.lock import block
from runner.track import Track
from tests.unit.builders import partition, stored

ONE = partition()
PLANNED = Track("k")
DONE = Track("k", state="done", stored=stored())


def stands(track: Track, there: str | None, **changes: Any) -> Standing:
    """Return the standing of the one partition at instant 7."""
    given: dict[str, Any] = {"locked": None, "made": (), "overwrite": False, "at": 7} | changes
    return standing(changes.pop("one", ONE), track, there, **{k: v for k, v in given.items() if k != "one"})


def test_nothing_there_and_nothing_done_needs_nothing() -> None:
    """A first run has nothing to reconcile."""
    assert stands(PLANNED, None) == Standing()


def test_a_finished_file_that_is_gone_is_lost() -> None:
    """The journal says done, the disk does not: fetch it again."""
    assert stands(DONE, None).events == (Lost(key="k", at=7),)


def test_a_finished_file_with_its_hash_is_kept_without_a_word() -> None:
    """The same request and the same bytes are not asked for again."""
    assert stands(DONE, "c" * 64) == Standing()


def test_a_renamed_file_with_its_hash_is_noted_under_its_new_name() -> None:
    """A changed file name costs no request where the file is already there."""
    moved = replace(ONE, output="exports/new.csv")
    assert stands(DONE, "c" * 64, one=moved).events == (
        replace(stored(), at=7, output="exports/new.csv"),
        Done(key="k", at=7, output="exports/new.csv"),
    )


def test_a_file_that_the_committed_lock_proves_is_taken_over() -> None:
    """A fresh journal with the files and the lock of an earlier run asks for nothing."""
    locked = block(ONE, stored())
    events = stands(PLANNED, "c" * 64, locked=locked).events
    assert events == (stored(at=7, part=""), Done(key="k", at=7, output="exports/k.csv"))


def test_a_file_that_answers_another_request_is_replaced_only_if_it_is_ours() -> None:
    """What we made may be replaced; what we did not make is somebody's."""
    assert stands(PLANNED, "f" * 64, made={"f" * 64}) == Standing(over="f" * 64)
    assert "did not make" in stands(PLANNED, "f" * 64).problem


def test_a_file_that_was_edited_is_refused_or_made_again_by_flag() -> None:
    """An edit by hand is never overwritten unasked."""
    assert "changed after" in stands(DONE, "f" * 64).problem
    again = stands(DONE, "f" * 64, overwrite=True)
    assert again == Standing((Lost(key="k", at=7),), over="f" * 64)


def test_a_file_under_its_former_name_is_copied_and_not_asked_for() -> None:
    """Where the new name is free, or has a file of ours."""
    moved = replace(ONE, output="exports/new.csv")
    waits = replace(DONE, state="stored")
    for track in (DONE, waits):
        assert stands(track, None, one=moved, former=True) == Standing(copy=True)
        ours = stands(track, "f" * 64, one=moved, former=True, made={"f" * 64})
        assert ours == Standing(over="f" * 64, copy=True)
        assert stands(track, None, one=moved).events == (Lost(key="k", at=7),)
    assert stands(waits, None) == Standing()
