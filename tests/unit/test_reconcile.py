"""What a run makes of the files that are there already."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from runner.events import Done, Lost
from runner.history import Maker
from runner.reconcile import Standing, barred, standing
from runner.report.lock import block
from runner.track import Track
from tests.unit.builders import partition, stored

ONE = partition()
PLANNED = Track("k")
DONE = Track("k", state="done", stored=stored())


def stands(track: Track, there: str | None, **changes: Any) -> Standing:
    """Return the standing of the one partition at instant 7."""
    given: dict[str, Any] = {"locked": None, "barred": "no", "overwrite": False, "at": 7} | changes
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
    """What is ours may be replaced; what is barred is told."""
    assert stands(PLANNED, "f" * 64, barred="") == Standing(over="f" * 64)
    assert stands(PLANNED, "f" * 64) == Standing(problem="no")


def test_a_file_that_was_edited_is_refused_or_made_again_by_flag() -> None:
    """An edit by hand is never overwritten unasked."""
    assert stands(DONE, "f" * 64) == Standing(problem="no")
    again = stands(DONE, "f" * 64, overwrite=True)
    assert again == Standing((Lost(key="k", at=7),), over="f" * 64)


def test_a_file_under_its_former_name_is_copied_and_not_asked_for() -> None:
    """Where the new name is free, or has a file of ours."""
    moved = replace(ONE, output="exports/new.csv")
    waits = replace(DONE, state="stored")
    for track in (DONE, waits):
        assert stands(track, None, one=moved, former=True) == Standing(copy=True)
        ours = stands(track, "f" * 64, one=moved, former=True, barred="")
        assert ours == Standing(over="f" * 64, copy=True)
        assert stands(track, None, one=moved).events == (Lost(key="k", at=7),)
    assert stands(waits, None) == Standing()


def why(makers: dict[str, Maker], *, track: Track = PLANNED, locked: str = "") -> str:
    """Return why the one file there must not be replaced by a run of a.yaml."""
    return barred(ONE, track, "f" * 64, makers, [locked], "a.yaml")


def test_only_what_is_ours_and_of_this_manifest_may_be_replaced() -> None:
    """Ours by the key, by the manifest that the journal names, or by this manifest's own lock."""
    assert why({"f" * 64: Maker("k", "b.yaml")}) == ""
    assert why({"f" * 64: Maker("other", "a.yaml")}) == ""
    assert why({"f" * 64: Maker("other", "b.yaml")}, locked="f" * 64) == why({}, locked="f" * 64) == ""


def test_a_file_of_another_manifest_is_left_alone_and_told_whose_it_is() -> None:
    """As far as it is known: an older journal does not say which manifest it was."""
    for track in (PLANNED, DONE):
        assert "the file of manifest 'b.yaml' is there" in why({"f" * 64: Maker("x", "b.yaml")}, track=track)
    assert "of another request" in why({"f" * 64: Maker("x", "")})
    assert "--overwrite" in why({"f" * 64: Maker("x", "")})


def test_a_file_that_nobody_is_known_to_have_put_there_is_somebody_s() -> None:
    """It was changed by hand, or never was ours."""
    assert "did not make" in why({"c" * 64: Maker("k", "a.yaml")})
    assert "changed after" in why({}, track=DONE)
