"""A state machine: whatever happens to a person's exports, in any order, and a model that counts creates.

What is broken: runs, at any point of them (an event is written, a request is answered, a piece of a file is
written, something is synced, the lock is made), by a crash, a full disk, a second run, a clock that jumps by
a day, hours that pass, a vendor that loses jobs or files, a file that is deleted. Between runs all of that
too, files that a person changes, and a manifest that does: an export more or less, another parameter, other
file names. Runs are for everything, or only to make jobs, or only to fetch.

The lane, the client, the journal, the sink, the reconciling and the lock are the command's own; the vendor is
the sandbox in memory, and outlives every run. The model knows what was durable, what arrived, and what the
vendor can still deliver: `machine/ledger.py` says what a create may cost, `machine/verdict.py` what must hold
after every rule and every run. A crash leaves the disk as it was at that moment, with no lock held, as a kill
does. Each journey ends in peace: everything is there, and one more run sends nothing.

260 journeys of 4 to 25 steps, always the same ones; CARE_EXPORT_JOURNEYS=7 takes those of seed 7, and
CARE_EXPORT_JOURNEYS=random others each time. The last tests show that the harness can fail: eight engines,
each broken in one part, are found out by hand and by the machine itself.

Measured: 19 tests in 47 s of one core.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.crash.machine.broken import BROKEN
from tests.crash.machine.journey import Journey
from tests.crash.machine.ledger import Violation
from tests.crash.machine.world import World

JOURNEYS = os.environ.get("CARE_EXPORT_JOURNEYS", "")  # noqa: TID251 - chosen by who runs the tests
LENGTHS = {4: 150, 10: 80, 25: 30}
"""How many journeys of so many steps."""
COMMON = settings(
    derandomize=not JOURNEYS,
    deadline=None,
    database=None,
    print_blob=False,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Keep out of a failure's report what the locks have to tell."""
    caplog.set_level(logging.WARNING, "filelock")


@pytest.mark.timeout(600)  # a failure is made small first, which takes minutes
@pytest.mark.parametrize(("steps", "examples"), LENGTHS.items())
def test_whatever_happens_no_job_is_lost_or_doubled(steps: int, examples: int) -> None:
    """Short and long journeys: only whole files, creates within their bounds, and an end in peace."""
    factory = seed(int(JOURNEYS))(lambda: Journey()) if JOURNEYS.isdecimal() else Journey
    chosen = settings(COMMON, max_examples=examples, stateful_step_count=steps)
    run_state_machine_as_test(factory, settings=chosen)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_engine_is_found_out_by_hand(tmp_path: Path, name: str) -> None:
    """One crash, or none, is enough to see it; and the engine as it is passes there."""
    parts, way = BROKEN[name]
    (tmp_path / "real").mkdir()
    way(World(tmp_path / "real"))
    (tmp_path / "broken").mkdir()
    with pytest.raises(Violation):
        way(World(tmp_path / "broken", parts))


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_engine_is_found_out_by_the_machine(name: str) -> None:
    """The journeys come by it by themselves."""
    parts, _ = BROKEN[name]
    chosen = settings(
        COMMON, derandomize=True, max_examples=100, stateful_step_count=12, phases=[Phase.generate]
    )
    with pytest.raises(Violation):
        run_state_machine_as_test(lambda: Journey(parts), settings=chosen)
