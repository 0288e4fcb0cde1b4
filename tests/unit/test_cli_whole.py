"""Files that a person keeps are whole or absent, whatever breaks on the way."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from runner.cli.whole import put, put_new


def interrupted(part: Path, path: Path) -> None:
    """Be broken off before the file has its name."""
    raise KeyboardInterrupt


def without_links(part: Path, path: Path) -> None:
    """Be a file system on which a file has one name."""
    raise OSError(errno.EPERM, "Operation not permitted")


def test_a_file_is_written_and_one_that_is_there_replaced(tmp_path: Path) -> None:
    """The last text is there, and nothing beside it."""
    put(tmp_path / "a", "first")
    put(tmp_path / "a", "second")
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {"a": "second"}


def test_a_file_that_cannot_have_its_name_leaves_nothing(tmp_path: Path) -> None:
    """The part file is gone when the error is told."""
    (tmp_path / "a").mkdir()
    with pytest.raises(IsADirectoryError):
        put(tmp_path / "a", "text")
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_what_is_broken_off_leaves_nothing(tmp_path: Path) -> None:
    """No half file, and no part file: the same command can be given again."""
    with pytest.raises(KeyboardInterrupt):
        put_new(tmp_path / "a", "text", interrupted)
    assert list(tmp_path.iterdir()) == []
    put_new(tmp_path / "a", "text")
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {"a": "text"}


def test_a_file_system_without_second_names_does_as_well(tmp_path: Path) -> None:
    """The file is whole there too."""
    put_new(tmp_path / "a", "text", without_links)
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {"a": "text"}


def test_a_file_that_is_there_is_never_replaced_by_a_new_one(tmp_path: Path) -> None:
    """Also one that came a moment ago, and the error names it."""
    (tmp_path / "a").write_text("theirs")
    with pytest.raises(FileExistsError, match=r"/a'$"):
        put_new(tmp_path / "a", "text")
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {"a": "theirs"}
