"""How errors are told at the end of a run: code, place, what was seen, and once what to do."""

from __future__ import annotations

import os
from contextlib import chdir
from pathlib import Path

import pytest

from runner.cli.command import outcome
from runner.codes import CODES
from runner.errors import Exit
from runner.holding import hold

BUCKETS = """\
version: 1
timezone: UTC
period: {start: 2026-05-04, end: 2026-05-07}
defaults: {format: csv, parameters: {timeInterval: 900000}}
exports:
  - {id: one, report: team_performance_interval}
  - {id: two, report: team_performance_interval, locale: en}
"""


def test_too_many_buckets_come_with_the_lengths_that_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing documents the window, so the vendor judges; it is told what to write, advice comes once."""
    with chdir(tmp_path):
        Path("q1.yaml").write_text(BUCKETS)
        assert outcome(["run", "--progress", "none", "q1.yaml"]) == Exit.VENDOR
    lines = capsys.readouterr().err.splitlines()
    told = "E-BUCKETS: the vendor does not compute so many buckets at once: 288; for this window of 3 days"
    fitting = "timeInterval may be 3600000, 7200000, 14400000, 28800000, 43200000, 86400000, 604800000"
    for name in ("one", "two"):
        assert f"{name}/sandbox/2026-05-04_2026-05-07: {told}, {fitting}" in lines
    assert lines.count(f"What to do about E-BUCKETS: {CODES['E-BUCKETS'].advice}") == 1


def test_the_lengths_that_fit_are_told_wherever_the_refusal_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The advice refers to the message: status, JUnit, the page and the notes of a CI show the same one."""
    with chdir(tmp_path):
        Path("q1.yaml").write_text(BUCKETS)
        files = ["--report", "q1.html", "--junit", "q1.xml", "--code-quality", "q1.json"]
        outcome(["run", "--progress", "none", "--ci", "github", *files, "q1.yaml"])
        told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("::error")]
        assert told
        told += [Path(one).read_text() for one in ("q1.html", "q1.xml", "q1.json")]
        for shape in ("table", "json"):
            assert outcome(["status", "--format", shape, "q1.yaml"]) == Exit.VENDOR
            told.append(capsys.readouterr().out)
    lengths = "288; for this window of 3 days, timeInterval may be 3600000"
    assert [one for one in told if lengths not in one] == []


def test_a_held_lane_names_its_code_and_its_holder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Code, what was seen, where, what to do."""
    with chdir(tmp_path):
        Path("q1.yaml").write_text(BUCKETS)
        with hold(Path(".care-export"), "sandbox"):
            assert outcome(["run", "--progress", "none", "q1.yaml"]) == Exit.UNFINISHED
    assert capsys.readouterr().err.splitlines() == [
        f"care-export: E-HELD: another run (process {os.getpid()}) is at work on 'sandbox'",
        "Wait until it has ended, then run the same command again.",
    ]
