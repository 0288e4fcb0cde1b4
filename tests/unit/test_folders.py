"""Folders that are made to stay."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from runner import folders


def test_all_that_is_missing_is_made(tmp_path: Path) -> None:
    """The last folder gets the mode; those above it are the system's usual ones, and stay where they are."""
    for _ in range(2):
        folders.make(tmp_path / "a" / "b" / "c", 0o700)
    assert stat.S_IMODE((tmp_path / "a" / "b" / "c").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) & 0o700 == 0o700


def test_a_relative_folder_is_made_where_we_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name alone lies in the current folder, and that one is there."""
    monkeypatch.chdir(tmp_path)
    folders.make(Path())
    folders.make(Path("state"))
    assert (tmp_path / "state").is_dir()


def test_what_is_no_folder_is_in_the_way(tmp_path: Path) -> None:
    """A file, or a link that leads nowhere, is neither replaced nor followed."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("file", "file/below", "link"):
        with pytest.raises(FileExistsError):
            folders.make(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        folders.make(Path("/proc/care-export"))
