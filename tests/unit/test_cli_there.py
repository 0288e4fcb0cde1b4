"""What lies there already, and what becomes of it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runner import profiles
from runner.cli.lanes import prepared
from runner.cli.progress import Silent
from runner.cli.room import Room
from runner.cli.stop import Stop
from runner.cli.there import Traces, mark, replaced
from runner.errors import Refusal
from runner.events import Done, Downloading, Event, Lost, Stored
from runner.history import Maker
from runner.journal import Journal
from runner.partition import Partition
from runner.report.lock import block
from runner.sink import Sink
from tests.unit.builders import partition, stored

CONTENT = b"A,B\n1,2\n"
NAMED = partition(output="exports/one.csv")
RENAMED = replace(NAMED, output="exports/deep/two.csv")


def full(descriptor: int) -> None:
    """Sync nothing: the disk is full."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Open a journal."""
    with Journal.open(tmp_path / "state" / "journal.db") as opened:
        yield opened


def held(journal: Journal, root: Path, sync: Callable[[int], None] = os.fsync) -> Room:
    """Return the room of a run."""
    return Room(Sink(root, sync=sync), journal, root / "state", {}, 1, Silent(), Stop(None))


def look(room: Room, one: Partition) -> list[Event]:
    """Prepare a run of one partition; return what it journalled of it."""
    before = len(list(room.journal.replay("sandbox")))
    with ExitStack() as stack:
        prepared(room, [(profiles.sandbox(), [one])], stack)
    return list(room.journal.replay("sandbox"))[before:]


def put(room: Room, one: Partition, *, done: bool = True, content: bytes = CONTENT) -> Stored:
    """Store the partition's file, and give it its name where it is to be `done`."""
    made = room.sink.store(one.key, one.output, [content], one.format, ())
    fields: dict[str, Any] = {name: getattr(made, name) for name in made.__slots__}
    event = Stored(key=one.key, at=1, proof="length", **fields)
    room.journal.append("sandbox", event)
    if done:
        room.sink.place(made.part, one.output, made.sha256, over="")
        room.journal.append("sandbox", Done(key=one.key, at=1, output=one.output))
    return event


@pytest.mark.parametrize("done", [True, False])
def test_a_file_that_only_has_another_name_is_copied(tmp_path: Path, journal: Journal, done: bool) -> None:
    """Whether it has its former name or waits for it: it is stored anew, and no request is needed."""
    room = held(journal, tmp_path)
    was = put(room, NAMED, done=done)
    (event,) = look(room, RENAMED)
    assert isinstance(event, Stored)
    assert (event.output, event.sha256, event.proof) == (RENAMED.output, was.sha256, "length")
    assert (tmp_path / "exports" / "deep" / event.part).read_bytes() == CONTENT
    assert (tmp_path / "exports" / "one.csv").exists() == done
    assert not (tmp_path / "exports" / was.part).exists()


@pytest.mark.parametrize("done", [True, False])
def test_a_file_whose_former_one_is_gone_too_is_lost(tmp_path: Path, journal: Journal, done: bool) -> None:
    """Then it is fetched again."""
    room = held(journal, tmp_path)
    was = put(room, NAMED, done=done)
    (tmp_path / "exports" / ("one.csv" if done else was.part)).unlink()
    (event,) = look(room, RENAMED)
    assert isinstance(event, Lost)


@pytest.mark.parametrize(
    "change", [{"labels": ["adopted"]}, {"request_digest": "9" * 64}, {"sha256": "0" * 64}]
)
def test_only_what_the_lock_proves_is_copied_without_the_journal(
    tmp_path: Path, journal: Journal, change: dict[str, Any]
) -> None:
    """The same request, the same bytes, a job of ours: then nothing is asked for; else all is as new."""
    room = held(journal, tmp_path)
    known = block(NAMED, put_file(room.sink, NAMED))
    assert look(replace(room, locked={NAMED.id: known | change}), RENAMED) == []
    (event,) = look(replace(room, locked={NAMED.id: known}), RENAMED)
    assert isinstance(event, Stored)
    assert event.output == RENAMED.output


def test_a_full_disk_loses_no_file(tmp_path: Path, journal: Journal) -> None:
    """Where it cannot be copied it is not asked for anew: the next run copies it."""
    put(held(journal, tmp_path), NAMED)
    (tmp_path / "exports" / "deep").mkdir()
    with pytest.raises(Refusal, match="No space left"):
        look(held(journal, tmp_path, full), RENAMED)
    (event,) = look(held(journal, tmp_path), RENAMED)
    assert isinstance(event, Stored)


def test_a_file_that_is_no_table_any_more_is_lost(tmp_path: Path, journal: Journal) -> None:
    """It was one when it was made: what can no longer be proven is fetched again."""
    put(held(journal, tmp_path), replace(NAMED, format="json"), content=b'[{"A": 1}]')
    (event,) = look(held(journal, tmp_path), RENAMED)
    assert isinstance(event, Lost)


def test_a_part_is_swept_wherever_a_download_was_cut_off(tmp_path: Path, journal: Journal) -> None:
    """Its folder may be one that the manifest no longer names."""
    part = tmp_path / "exports" / f".{'0' * 32}.part"
    part.parent.mkdir()
    part.touch()
    room = held(journal, tmp_path)
    room.journal.append("sandbox", Downloading(key="k", at=1, output="exports/one.csv"))
    look(room, RENAMED)
    assert not part.exists()


def test_a_part_that_waits_for_its_name_is_not_swept(tmp_path: Path, journal: Journal) -> None:
    """Not even one of a partition that another manifest asks for."""
    room = held(journal, tmp_path)
    was = put(room, NAMED, done=False)
    look(room, replace(NAMED, key="other", id="other", output="exports/other.csv"))
    assert (tmp_path / "exports" / was.part).exists()


def test_traces_forget_a_part_that_has_its_name() -> None:
    """And a journal of an older version does not say where a download went."""
    traces = Traces()
    traces.note(Downloading(key="k", at=1))
    assert not traces.made
    traces.note(stored("k", part=".p", output="o", sha256="s"))
    assert traces.waiting == {"k": ".p"}
    traces.note(Done(key="k", at=2, output="o"))
    assert (dict(traces.made), traces.waiting) == ({"o": {"s": Maker("k", "")}}, {})


def test_what_is_in_the_way_is_told_and_nothing_is_sent(tmp_path: Path, journal: Journal) -> None:
    """A folder under the output's name."""
    (tmp_path / "exports" / "one.csv").mkdir(parents=True)
    with pytest.raises(Refusal, match=r"one\.csv"):
        look(held(journal, tmp_path), NAMED)


def test_a_manifest_is_called_as_it_lies_beside_the_state_folder(tmp_path: Path) -> None:
    """So the name lasts where both are moved together, and a manifest of another folder has another one."""
    state = tmp_path / ".care-export"
    assert mark(tmp_path / "q1.yaml", state) == "q1.yaml"
    assert mark(tmp_path / "manifests" / "q1.yaml", state) == "manifests/q1.yaml"


def test_what_is_replaced_is_told_in_one_line(tmp_path: Path) -> None:
    """Each window once, and not all of many names; nothing where the file is not the one of the lock."""
    sink = Sink(tmp_path)
    made = [replace(partition(f"k{number}"), output=f"exports/{number}.csv") for number in range(5)]
    locked = {one.id: block(one, put_file(sink, one)) for one in made}
    assert list(replaced(made, sink, locked)) == []
    moved = [replace(one, request=replace(one.request, digest="9" * 64)) for one in made]
    assert list(replaced(moved[:1], sink, locked)) == [
        "exports/0.csv: replaces the file of January 2026 (UTC)"
    ]
    assert list(replaced(moved, sink, locked)) == [
        "exports/0.csv, exports/1.csv, exports/2.csv and 2 more: replace the files of January 2026 (UTC)"
    ]
    (tmp_path / "exports" / "0.csv").write_text("mine")
    assert list(replaced(moved[:1], sink, locked)) == []


def put_file(sink: Sink, one: Partition) -> Stored:
    """Put a partition's file at its place."""
    made = sink.store(one.key, one.output, [CONTENT], one.format, ())
    sink.place(made.part, one.output, made.sha256, over="")
    fields: dict[str, Any] = {name: getattr(made, name) for name in made.__slots__}
    return Stored(key=one.key, at=1, proof="length", **fields)
