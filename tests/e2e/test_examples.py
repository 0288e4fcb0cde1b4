"""Every manifest under manifests/ is run against the sandbox and compared with its committed lock."""

from __future__ import annotations

import shutil
from contextlib import chdir
from pathlib import Path

import pytest

from runner.cli.command import outcome
from runner.errors import Exit
from tests.e2e.launch import ROOT, care_export

MANIFESTS = sorted((ROOT / "manifests").glob("*.yaml"))


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.stem)
def test_an_example_gives_its_committed_lock(manifest: Path, tmp_path: Path) -> None:
    """A run in an empty folder writes the lock byte for byte; a second one changes nothing; verify agrees."""
    copy = tmp_path / "manifests" / manifest.name
    copy.parent.mkdir()
    shutil.copy(manifest, copy)
    lock, committed = copy.with_suffix(".lock.json"), manifest.with_suffix(".lock.json").read_text()
    with chdir(tmp_path):
        for _ in range(2):
            assert outcome(["run", "--progress", "none", manifest.name]) == Exit.DONE
            assert lock.read_text() == committed
        assert outcome(["verify", manifest.name]) == Exit.DONE


def test_the_lock_does_not_depend_on_where_and_how_it_was_made(tmp_path: Path) -> None:
    """Another time zone, language, hash seed, umask and folder: the same bytes."""
    committed = (ROOT / "manifests" / "q1.lock.json").read_bytes()
    for number, environ in enumerate(
        (
            {"TZ": "Asia/Kolkata", "LANG": "C", "PYTHONHASHSEED": "1", "COLUMNS": "40"},
            {"TZ": "America/Havana", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "77", "PYTHONUTF8": "0"},
        )
    ):
        folder = tmp_path / f"folder {number}"
        folder.mkdir()
        shutil.copy(ROOT / "manifests" / "q1.yaml", folder)
        ended = care_export(folder, "run", "q1.yaml", environ=environ)
        assert ended.returncode == Exit.DONE, ended.stderr
        assert (folder / "q1.lock.json").read_bytes() == committed
