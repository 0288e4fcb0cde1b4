"""Files: whole or absent, inside the root or not at all."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runner.proof import Unproven
from runner.sink import Found, Sink, StoredFile

CONTENT = b"A,B\n1,2\n"
SHA = hashlib.sha256(CONTENT).hexdigest()


def stored(sink: Sink, output: str = "out/a.csv", content: bytes = CONTENT, key: str = "k") -> StoredFile:
    """Store content in two pieces."""
    return sink.store(key, output, [content[:3], content[3:]], "csv", ())


def names(folder: Path) -> list[str]:
    """Return the names in a folder."""
    return sorted(one.name for one in folder.iterdir())


def failing(number: int) -> Callable[[int], None]:
    """Return a sync that fails at its nth call, as a disk does."""
    calls = iter(range(1, 100))

    def sync(descriptor: int) -> None:
        if next(calls) == number:
            raise OSError(errno.EIO, "input/output error")
        os.fsync(descriptor)

    return sync


def test_a_stored_file_is_a_part_with_its_proofs(tmp_path: Path) -> None:
    """A stored file lies hidden beside its final name, for its owner only, with hash, size and rows."""
    one = stored(Sink(tmp_path))
    assert (one.output, one.bytes, one.sha256, one.rows) == ("out/a.csv", len(CONTENT), SHA, 1)
    assert one.columns == ("A", "B")
    assert names(tmp_path / "out") == [one.part]
    part = tmp_path / "out" / one.part
    assert part.read_bytes() == CONTENT
    assert stat.S_IMODE(part.stat().st_mode) == 0o600


def test_a_placed_file_is_all_that_is_left(tmp_path: Path) -> None:
    """After placing there is the final name, and no part."""
    sink = Sink(tmp_path)
    one = stored(sink, "a.csv")
    assert sink.place(one.part, "a.csv", one.sha256, over="")
    assert names(tmp_path) == ["a.csv"]
    assert sink.inspect("a.csv") == Found("file", SHA)


def test_placing_twice_is_harmless(tmp_path: Path) -> None:
    """Where the file with that hash is there already, placing succeeds, and a left-over part goes."""
    sink = Sink(tmp_path)
    one = stored(sink)
    assert sink.place(one.part, one.output, one.sha256, over="")
    assert sink.place(one.part, one.output, one.sha256, over="")
    again = stored(sink)
    assert sink.place(again.part, again.output, again.sha256, over="")
    assert names(tmp_path / "out") == ["a.csv"]


def test_a_part_that_is_gone_is_lost(tmp_path: Path) -> None:
    """Without the part, or without its directory, nothing is placed."""
    sink = Sink(tmp_path)
    assert not sink.place(".x.part", "out/a.csv", SHA, over="")
    one = stored(sink)
    (tmp_path / "out" / one.part).unlink()
    assert not sink.place(one.part, one.output, one.sha256, over="")


def test_a_part_with_other_bytes_is_lost(tmp_path: Path) -> None:
    """A part that is not what was stored is thrown away, never placed."""
    sink = Sink(tmp_path)
    one = stored(sink)
    (tmp_path / "out" / one.part).write_bytes(b"A,B\n")
    assert not sink.place(one.part, one.output, one.sha256, over=SHA)
    assert names(tmp_path / "out") == []


def test_only_the_file_that_was_named_is_replaced(tmp_path: Path) -> None:
    """A file that is there already stays, but for the one that was seen and judged."""
    sink = Sink(tmp_path)
    (tmp_path / "a.csv").write_text("mine")
    seen = sink.inspect("a.csv").sha256
    one = stored(sink, "a.csv")
    with pytest.raises(FileExistsError, match="another file is there already"):
        sink.place(one.part, "a.csv", one.sha256, over="")
    (tmp_path / "a.csv").write_text("mine, and newer")
    with pytest.raises(FileExistsError, match="another file is there already"):
        sink.place(one.part, "a.csv", one.sha256, over=seen)
    assert (tmp_path / "a.csv").read_text() == "mine, and newer"
    assert sink.place(one.part, "a.csv", one.sha256, over=sink.inspect("a.csv").sha256)
    assert (tmp_path / "a.csv").read_bytes() == CONTENT


def test_what_is_no_file_is_never_replaced(tmp_path: Path) -> None:
    """A directory or a link under the final name stays, whatever is said."""
    sink = Sink(tmp_path)
    one = stored(sink, "a.csv")
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(FileExistsError, match="what is there is a directory"):
        sink.place(one.part, "a.csv", one.sha256, over=SHA)


def test_a_directory_is_made_durable_once(tmp_path: Path) -> None:
    """One that is there may have been left by a run that was killed before it synced; one sync is enough."""
    (tmp_path / "out").mkdir()
    synced: list[int] = []
    sink = Sink(tmp_path, sync=lambda folder: synced.append(os.fstat(folder).st_ino))
    for output in ("out/a.csv", "out/b.csv"):
        assert sink.ready(output) == ""
    assert synced == [tmp_path.stat().st_ino]


def test_a_directory_that_is_made_again_is_synced_again(tmp_path: Path) -> None:
    """Somebody took it away in the middle of a run: the new one is as unsure as the first was."""
    synced: list[int] = []
    sink = Sink(tmp_path, sync=synced.append)
    for _ in range(2):
        assert sink.ready("out/a.csv") == ""
        (tmp_path / "out").rmdir()
    assert len(synced) == 2


def test_what_is_not_proven_leaves_nothing(tmp_path: Path) -> None:
    """A file that is not whole is removed, and the reason comes up."""
    with pytest.raises(Unproven, match="row 1 has 1 cells"):
        stored(Sink(tmp_path), content=b"A,B\n1")
    assert names(tmp_path / "out") == []


def test_a_download_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    """Whatever the chunks raise comes up, and the part is gone."""

    def chunks() -> Iterator[bytes]:
        yield b"A,B\n"
        raise OSError(errno.ENOSPC, "no space left on device")

    with pytest.raises(OSError, match="no space"):
        Sink(tmp_path).store("k", "out/a.csv", chunks(), "csv", ())
    assert names(tmp_path / "out") == []


@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_failed_sync_means_discard(tmp_path: Path, call: int) -> None:
    """Whether the new directory, the file or its directory could not be made durable: no part is left."""
    sink = Sink(tmp_path, sync=failing(call))
    with pytest.raises(OSError, match="input/output"):
        stored(sink)
    folder = tmp_path / "out"
    assert names(folder) == []


def test_a_part_that_a_crash_left_is_begun_anew(tmp_path: Path) -> None:
    """The part of a partition has always the same name; what an earlier run left there is not used."""
    sink = Sink(tmp_path)
    first = stored(sink)
    second = stored(sink, content=b"A\n1\n")
    assert first.part == second.part
    assert (tmp_path / "out" / second.part).read_bytes() == b"A\n1\n"
    assert stored(sink, key="other").part != first.part


def test_nothing_there_is_absent(tmp_path: Path) -> None:
    """A name that is free, in a directory that may be missing, is absent; nothing is made by looking."""
    assert Sink(tmp_path).inspect("a/b/c.csv") == Found("absent")
    assert Sink(tmp_path).inspect("c.csv") == Found("absent")
    assert names(tmp_path) == []


def test_what_is_in_the_way_is_said(tmp_path: Path) -> None:
    """A file or a link where a directory should be, and anything but a file at the end, block the output."""
    sink = Sink(tmp_path)
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert sink.inspect("file/a.csv") == Found("blocked", why="'file' on the way there is not a directory")
    assert sink.inspect("link/a.csv") == Found("blocked", why="'link' on the way there is a symbolic link")
    assert sink.inspect("pipe") == Found("blocked", why="what is there is no plain file")
    assert sink.inspect("x" * 300 + "/a.csv") == Found("blocked", why="File name too long")


def test_ready_makes_the_directory_and_leaves_no_file(tmp_path: Path) -> None:
    """Before anything is sent, a file is made and removed: what could fail later fails now."""
    sink = Sink(tmp_path)
    assert sink.ready("a/b/c.csv") == ""
    assert names(tmp_path / "a" / "b") == []
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o755 & ~umask()


def test_ready_says_why_not(tmp_path: Path) -> None:
    """An output that cannot be made is known before anything is sent."""
    (tmp_path / "file").write_text("x")
    assert "not a directory" in Sink(tmp_path).ready("file/a.csv")
    assert Sink(Path("/proc")).ready("care/a.csv") != ""


def test_sweep_removes_what_nobody_wants(tmp_path: Path) -> None:
    """Stale parts go; wanted ones, those in use, and everything that is not ours stay."""
    sink = Sink(tmp_path)
    wanted, stale, busy = (stored(sink, key=key).part for key in ("wanted", "stale", "busy"))
    folder = tmp_path / "out"
    (folder / ".note.part").write_text("not ours")
    (folder / f".{'0' * 32}.part").mkdir()
    with (folder / busy).open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        sink.sweep(["out/a.csv", "out/b.csv", "missing/c.csv"], {wanted})
    left = names(folder)
    assert stale not in left
    assert left == sorted([wanted, busy, ".note.part", f".{'0' * 32}.part"])


def umask() -> int:
    """Return the process's umask, unchanged."""
    current = os.umask(0o022)
    os.umask(current)
    return current
