"""Folders that are made to stay."""

from __future__ import annotations

import errno
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
        with pytest.raises(NotADirectoryError):
            folders.make(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        folders.make(Path("/proc/care-export"))


def test_a_file_system_that_syncs_no_folder_is_no_reason_to_stop() -> None:
    """What is there stays usable: nobody can make it more durable than it is."""
    folders.make(Path("/proc/self"))


def test_a_disk_that_breaks_is_told(tmp_path: Path) -> None:
    """Where the sync fails for any other reason, the folder may be gone after a power cut."""

    def breaks(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    for name in ("new", "new"):
        with pytest.raises(OSError, match="Input/output error"):
            folders.make(tmp_path / name, sync=breaks)
