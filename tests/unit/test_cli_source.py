"""What a person may name as a manifest, and what is read of it."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.cli.source import contents, found
from runner.document import MAX_BYTES
from runner.errors import Exit, Refusal


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Go into an empty folder that has a manifests/ with one manifest."""
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests/q1.yaml").write_bytes(b"version: 1\n")
    with contextlib.chdir(tmp_path):
        yield tmp_path


@pytest.mark.parametrize("name", ["manifests/q1.yaml", "q1.yaml", "q1", "./manifests/q1.yaml"])
def test_a_manifest_is_a_path_or_a_name_under_manifests(folder: Path, name: str) -> None:
    """The ending may be left out of a name."""
    assert found(name) == (Path("manifests/q1.yaml"), b"version: 1\n")


def test_what_lies_at_the_place_named_comes_first(folder: Path) -> None:
    """A path is a path, even where manifests/ has the same name."""
    (folder / "q1.yaml").write_bytes(b"here")
    assert found("q1.yaml") == (Path("q1.yaml"), b"here")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("q2.yaml", "there is no manifest 'q2.yaml'; did you mean 'q1.yaml'?"),
        ("nothing-like-it", "there is no manifest 'nothing-like-it'"),
        ("q1.yaml/x", "there is no manifest 'q1.yaml/x'"),
        ("manifests", "cannot read 'manifests': it is a folder, not a file"),
        ("", "cannot read '.': it is a folder, not a file"),
        ("/dev/zero", "cannot read '/dev/zero': it is a device, not a file"),
        ("a" * 300, "File name too long"),
        ("a\0b", "embedded null byte"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(folder: Path, name: str, words: str) -> None:
    """The exit code is 66, and a close name is offered."""
    with pytest.raises(Refusal) as refused:
        found(name)
    assert refused.value.exit == Exit.NO_INPUT
    assert words in refused.value.message


def test_profiles_are_not_offered_as_a_manifest(folder: Path) -> None:
    """profiles.yaml lies beside manifests but is none."""
    (folder / "profiles.yaml").touch()
    with pytest.raises(Refusal) as refused:
        found("profile.yaml")
    assert "profiles.yaml" not in refused.value.message


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    """A FIFO that nobody writes to is refused at once."""
    os.mkfifo(folder / "pipe")
    with pytest.raises(OSError, match="it is a pipe"):
        contents(folder / "pipe")


def test_a_socket_is_not_a_manifest(folder: Path) -> None:
    """Opening a socket's path fails with the system's own reason."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("here.sock")
        with pytest.raises(Refusal) as refused:
            found("here.sock")
    assert refused.value.exit == Exit.NO_INPUT


def test_of_a_huge_file_only_the_beginning_is_read(folder: Path) -> None:
    """One byte over the limit is enough to refuse it."""
    (folder / "huge").write_bytes(b"#" * (MAX_BYTES * 3))
    assert len(contents(folder / "huge")) == MAX_BYTES + 1
