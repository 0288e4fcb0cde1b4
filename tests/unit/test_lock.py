"""The lock says what was asked and what came back, and nothing about when, where or by whom."""

from __future__ import annotations

import fcntl
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from runner import catalog
from runner.document import Document
from runner.judge import judge
from runner.report import lock
from tests.unit.builders import partition, plan_of, stored

A, B = partition("a"), partition("b")
PLAN = plan_of(A, B)
FULL = lock.made(PLAN, {"a": stored("a"), "b": stored("b")}, None)


def test_the_lock_lies_beside_its_manifest() -> None:
    """q1.yaml has its lock in q1.lock.json."""
    assert lock.beside(Path("manifests/q1.yaml")) == Path("manifests/q1.lock.json")


def test_a_lock_fits_its_schema() -> None:
    """What is written is what the schema of the catalog says."""
    document = Document("q1.lock.json", json.loads(lock.text(FULL)), {(): (1, 1)}, {})
    assert judge(document.data, catalog.schema("lock.v1"), document) == []


def test_a_lock_holds_no_instant_and_no_url() -> None:
    """Two runs at different times write the same bytes."""
    later = lock.made(PLAN, {"b": stored("b", at=9, part=".q"), "a": stored("a", at=8)}, None)
    assert lock.text(later) == lock.text(FULL)
    assert "http" not in lock.text(FULL)


def test_a_part_of_a_run_takes_nothing_away() -> None:
    """A partition that was not made now keeps its block while it asks for the same; else it goes."""
    part = lock.made(PLAN, {"a": stored("a")}, FULL)
    assert part == FULL
    changed = plan_of(A, replace(B, request=replace(B.request, digest="9" * 64)))
    assert list(lock.made(changed, {"a": stored("a")}, FULL)["partitions"]) == [A.id]


def test_a_lock_is_judged_only_before_it_is_written(tmp_path: Path) -> None:
    """What lies there already is not judged again; what is refused is not written."""

    def refuse(found: lock.Lock) -> None:
        raise ValueError(found["manifest"])

    path = tmp_path / "q1.lock.json"
    with pytest.raises(ValueError, match="q1"):
        lock.write(path, FULL, refuse)
    assert list(tmp_path.iterdir()) == []
    assert lock.write(path, FULL)
    assert not lock.write(path, FULL, refuse)


def test_writing_the_same_lock_again_touches_nothing(tmp_path: Path) -> None:
    """The file keeps its bytes and is not even replaced; its mode does not depend on the umask."""
    path = tmp_path / "q1.lock.json"
    former = os.umask(0o077)
    try:
        assert lock.write(path, FULL)
    finally:
        os.umask(former)
    before = path.stat()
    assert not lock.write(path, FULL)
    assert path.stat().st_ino == before.st_ino
    assert before.st_mode & 0o777 == 0o644


def test_a_lock_that_cannot_be_written_leaves_no_part_behind(tmp_path: Path) -> None:
    """Where the final name is taken by a folder, nothing else is left."""
    path = tmp_path / "q1.lock.json"
    path.mkdir()
    with pytest.raises(IsADirectoryError):
        lock.write(path, FULL)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("there", [False, True])
def test_what_a_killed_run_left_of_a_lock_goes(tmp_path: Path, there: bool) -> None:
    """A part file of a run that was killed is taken over or removed, whether the lock is to change or not."""
    path, part = tmp_path / "q1.lock.json", tmp_path / ".q1.lock.json.part"
    if there:
        lock.write(path, FULL)
    part.write_text("{ half of a lock, and longer than the whole one" + " " * 9_000)
    assert lock.write(path, FULL) is not there
    assert path.read_text() == lock.text(FULL)
    assert list(tmp_path.iterdir()) == [path]


def test_two_runs_that_write_one_lock_wait_for_each_other(tmp_path: Path) -> None:
    """A part file that somebody writes to is left alone until it has its final name; then another is made."""
    path, part = tmp_path / "q1.lock.json", tmp_path / ".q1.lock.json.part"
    with part.open("wb") as other, ThreadPoolExecutor(1) as pool:
        fcntl.flock(other, fcntl.LOCK_EX)
        waiting = pool.submit(lock.write, path, FULL)
        with pytest.raises(TimeoutError):
            waiting.result(0.1)
        os.replace(part, path)
        fcntl.flock(other, fcntl.LOCK_UN)
        assert waiting.result(5)
    assert path.read_text() == lock.text(FULL)
    assert list(tmp_path.iterdir()) == [path]


def test_differences_are_said_in_words() -> None:
    """What differs is named: files, rows, blocks that are new or missing, another catalog."""
    other = lock.made(PLAN, {"a": stored("a", sha256="0" * 64, rows=3)}, None)
    assert lock.differences(FULL, FULL) == []
    assert lock.differences(FULL, other) == [
        f"{A.id}: the bytes, the number of rows differ (2 rows in the lock, 3 now)",
        f"{B.id}: is in the lock, but was not made now",
    ]
    assert lock.differences(other, FULL)[1] == f"{B.id}: was made now, but is not in the lock"
    moved = lock.made(plan_of(A), {"a": stored("a", output="x")}, None)
    assert lock.differences(moved, lock.made(plan_of(A), {"a": stored("a")}, None)) == [
        f"{A.id}: the file name differ"
    ]
    assert lock.differences(FULL, {**FULL, "catalog_digest": "1"}) == [
        "the catalogue of reports has changed since the lock was written"
    ]
    assert lock.differences(FULL, {**FULL, "manifest_digest": "1", "timezone_data": "1"}) == [
        f"timezone data: {FULL['timezone_data']} in the lock, 1 now",
        "the manifest has changed since the lock was written",
    ]
