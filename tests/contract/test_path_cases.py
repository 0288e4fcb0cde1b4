"""The bad inputs T46 to T49: what lies at an output's path already. All are known before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.sink import Sink


def stored(root: Path, output: str) -> tuple[Sink, str, str]:
    """Store a small file; return sink, part and hash."""
    sink = Sink(root)
    one = sink.store("k", output, [b"A\n1\n"], "csv", ())
    return sink, one.part, one.sha256


def test_t46_an_existing_directory(tmp_path: Path) -> None:
    """T46: a directory under the final name blocks the output, and stays."""
    (tmp_path / "a.csv").mkdir()
    assert Sink(tmp_path).inspect("a.csv").state == "blocked"
    sink, part, sha256 = stored(tmp_path, "a.csv")
    with pytest.raises(FileExistsError):
        sink.place(part, "a.csv", sha256, over=sha256)
    assert (tmp_path / "a.csv").is_dir()


def test_t47_a_link_to_a_file_outside(tmp_path: Path) -> None:
    """T47: a link under the final name blocks the output; the file behind it is unchanged."""
    outside, root = tmp_path / "outside.csv", tmp_path / "root"
    outside.write_text("mine")
    root.mkdir()
    (root / "a.csv").symlink_to(outside)
    assert Sink(root).inspect("a.csv").state == "blocked"
    sink, part, sha256 = stored(root, "a.csv")
    with pytest.raises(FileExistsError):
        sink.place(part, "a.csv", sha256, over=sha256)
    assert outside.read_text() == "mine"
    assert (root / "a.csv").is_symlink()


def test_t48_a_parent_that_is_a_link(tmp_path: Path) -> None:
    """T48: a link on the way blocks the output; nothing is written behind it."""
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    root.mkdir()
    (root / "exports").symlink_to(outside)
    sink = Sink(root)
    assert sink.inspect("exports/a.csv").state == "blocked"
    assert sink.ready("exports/deeper/a.csv") != ""
    with pytest.raises(NotADirectoryError):
        sink.store("k", "exports/a.csv", [b"A\n1\n"], "csv", ())
    assert list(outside.iterdir()) == []


def test_t49_a_file_that_is_not_ours(tmp_path: Path) -> None:
    """T49: a file that somebody else made stays as it is, unless overwriting is asked for."""
    (tmp_path / "a.csv").write_text("mine")
    assert Sink(tmp_path).inspect("a.csv").state == "file"
    sink, part, sha256 = stored(tmp_path, "a.csv")
    with pytest.raises(FileExistsError):
        sink.place(part, "a.csv", sha256, over="")
    assert (tmp_path / "a.csv").read_text() == "mine"
    assert sink.place(part, "a.csv", sha256, over=sink.inspect("a.csv").sha256)
    assert (tmp_path / "a.csv").read_text() == "A\n1\n"
