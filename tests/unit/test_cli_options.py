"""The options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from runner.cli import options
from runner.cli.command import outcome
from runner.errors import Exit

SEEN: dict[str, Any] = {}


@click.command()
@options.manifest
@options.only
@options.profile
@options.profiles
@options.state
@options.out
@options.jobs
@options.deadline
@options.progress
@options.shape("table")
def verb(**given: object) -> int:
    """Take note of what came."""
    SEEN.clear()
    SEEN.update(given)
    return Exit.DONE


def test_what_is_not_said_has_its_default() -> None:
    """A manifest alone is enough."""
    assert outcome(["q1.yaml"], verb) == Exit.DONE
    assert SEEN["manifest"] == "q1.yaml"
    assert SEEN["only"] == ()
    assert (SEEN["out"], SEEN["state"]) == (Path("."), Path(".care-export"))
    assert (SEEN["deadline"], SEEN["progress"], SEEN["shape"]) == (None, "auto", "table")


@pytest.mark.parametrize("jobs", ["0", "-1", "abc", "1e9", "65", "", "1.5"])
def test_jobs_is_a_whole_number_from_1_to_64(jobs: str) -> None:
    """Anything else is a usage error."""
    assert outcome(["q1.yaml", "--jobs", jobs], verb) == Exit.USAGE


@pytest.mark.parametrize(
    "time",
    ["0", "-5", "nan", "inf", "1e400", "86401", "soon", "", "h", "25h", "5m1h", "1h30", "1.2.3s", "٣m"],
)
def test_a_deadline_is_above_0_and_at_most_a_day(time: str) -> None:
    """Anything else is a usage error, under both names of the option."""
    assert outcome(["q1.yaml", "--deadline", time], verb) == Exit.USAGE
    assert outcome(["q1.yaml", "--timeout", time], verb) == Exit.USAGE


@pytest.mark.parametrize(
    ("time", "seconds"), [("90s", 90), ("50m", 3000), ("2h", 7200), ("1h30m", 5400), ("90", 90), ("0.5", 0.5)]
)
def test_a_deadline_is_written_as_people_write_times(time: str, seconds: float) -> None:
    """With units, or plain seconds, which need not be whole."""
    assert outcome(["q1.yaml", "--deadline", time], verb) == Exit.DONE
    assert SEEN["deadline"] == seconds


def test_a_name_that_looks_like_an_option_comes_after_two_dashes() -> None:
    """`--` ends the options."""
    assert outcome(["--", "-x.yaml"], verb) == Exit.DONE
    assert SEEN["manifest"] == "-x.yaml"
