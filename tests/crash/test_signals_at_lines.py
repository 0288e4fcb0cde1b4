"""SIGINT and SIGTERM at lines of our own code, over all that each verb comes to, then the same command again.

12 lines of each of 17 verbs, and one verb that is broken on purpose: 45 s of CPU; measured beside
other work on two cores, 46 to 104 s.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.crash.lines import TRIED
from tests.e2e.launch import ran

SEED = 11
TRIALS = 12
CHUNKS = 4
VERBS = [one for one in TRIED if one != "in place"]


def faults(folder: Path, verbs: list[str], trials: int) -> list[str]:
    """Return what is wrong with how these verbs end."""
    told = [sys.executable, "-m", "tests.crash.lines", str(folder), str(SEED), str(trials), *verbs]
    ended = ran(told, folder, timeout=250)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_signal_at_any_line_ends_a_verb_calmly_and_leaves_nothing_half(tmp_path: Path, chunk: int) -> None:
    """One line, 130 or 143, out in 5 s; files are the old or the new ones, and a rerun does the rest."""
    assert faults(tmp_path, VERBS[chunk::CHUNKS], TRIALS) == []


def test_the_harness_sees_a_verb_that_writes_in_place(tmp_path: Path) -> None:
    """A file that is half there under its own name is found."""
    found = faults(tmp_path, ["in place"], 40)
    assert any("made.txt is not whole" in one for one in found), found
