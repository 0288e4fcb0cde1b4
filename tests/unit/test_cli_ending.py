"""How a passage through the line is told at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

import pytest

from runner.cli.ending import Passage, concluded
from runner.cli.planning import planned
from runner.cli.stop import Stop
from runner.errors import Exit
from runner.report.outcome import outcomes
from runner.track import Track
from tests.e2e.launch import SMALL


@pytest.fixture
def passage(tmp_path: Path) -> Iterator[Passage]:
    """Return a run that was stopped before it began."""
    with chdir(tmp_path):
        Path("small.yaml").write_text(SMALL)
        made = planned("small.yaml")
        tracks = {one.key: Track(one.key) for one in made.plan.partitions}
        yield Passage(made, "run", tracks, outcomes(made.plan.partitions, tracks), {}, full=False)


def told(passage: Passage, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Conclude the passage; return the exit code and what was told."""
    code = concluded(passage, Stop(None), frozen=False, quiet=True)
    return code, capsys.readouterr().err


def test_what_is_not_finished_goes_on(passage: Passage, capsys: pytest.CaptureFixture[str]) -> None:
    """75, how much is left, and that the same command goes on."""
    code, said = told(passage, capsys)
    assert code == Exit.UNFINISHED
    assert "2 of 2 files are still to come: 2 to be asked for." in said
    assert "Run the same command again" in said


def test_a_full_disk_is_told_with_what_to_do(passage: Passage, capsys: pytest.CaptureFixture[str]) -> None:
    """74, whatever else is left over: first there must be room."""
    code, said = told(replace(passage, full=True), capsys)
    assert code == Exit.IO
    assert "E-DISK: the disk is full, so nothing new was begun. Make room" in said
    assert "Run the same command again" not in said
