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
@options.timeout
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
    assert (SEEN["timeout"], SEEN["progress"], SEEN["shape"]) == (None, "auto", "table")


@pytest.mark.parametrize("jobs", ["0", "-1", "abc", "1e9", "65", "", "1.5"])
def test_jobs_is_a_whole_number_from_1_to_64(jobs: str) -> None:
    """Anything else is a usage error."""
    assert outcome(["q1.yaml", "--jobs", jobs], verb) == Exit.USAGE


@pytest.mark.parametrize("seconds", ["0", "-5", "nan", "inf", "1e400", "86401", "soon"])
def test_timeout_is_finite_above_0_and_at_most_a_day(seconds: str) -> None:
    """Anything else is a usage error."""
    assert outcome(["q1.yaml", "--timeout", seconds], verb) == Exit.USAGE


def test_timeout_may_be_a_part_of_a_second() -> None:
    """Seconds need not be whole."""
    assert outcome(["q1.yaml", "--timeout", "0.5"], verb) == Exit.DONE
    assert SEEN["timeout"] == 0.5


def test_a_name_that_looks_like_an_option_comes_after_two_dashes() -> None:
    """`--` ends the options."""
    assert outcome(["--", "-x.yaml"], verb) == Exit.DONE
    assert SEEN["manifest"] == "-x.yaml"
