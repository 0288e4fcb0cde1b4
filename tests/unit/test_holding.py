"""A lane is held by one process at a time, and by none that is dead."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runner.errors import Exit, Refusal
from runner.holding import at_work, hold


def test_a_lane_is_held_once(tmp_path: Path) -> None:
    """A second run of a lane is refused, naming the process; another lane is free; afterwards it is free."""
    with hold(tmp_path / "state", "acme"):
        with hold(tmp_path / "state", "other"):
            pass
        with (
            pytest.raises(Refusal, match=f"process {os.getpid()}") as caught,
            hold(tmp_path / "state", "acme"),
        ):
            pass
        assert caught.value.exit is Exit.UNFINISHED
    with hold(tmp_path / "state", "acme"):
        pass


def test_a_holder_without_a_number_is_unknown(tmp_path: Path) -> None:
    """Where the holder's number cannot be read, the lock holds all the same."""
    with hold(tmp_path, "acme"):
        for one in tmp_path.glob("*.pid"):
            one.unlink()
        with pytest.raises(Refusal, match="process unknown"), hold(tmp_path, "acme"):
            pass


def test_who_looks_whether_a_run_is_at_work_holds_nothing(tmp_path: Path) -> None:
    """The number of the last holder tells; of one that is gone, of ourselves and of no number, nobody is."""
    assert not at_work(tmp_path, "acme")
    with hold(tmp_path, "acme"):
        assert not at_work(tmp_path, "acme")
        (holder,) = tmp_path.glob("*.pid")
        for number, there in (
            ("1", True),
            (f"{os.getppid()}", True),
            ("0", False),
            ("x", False),
            ("9" * 30, False),
        ):
            holder.write_text(number)
            assert at_work(tmp_path, "acme") == there
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    holder.write_text(f"{gone.pid}")
    assert not at_work(tmp_path, "acme")
    before = sorted(tmp_path.iterdir())
    with hold(tmp_path, "acme"):
        assert sorted(tmp_path.iterdir()) == before


def test_a_lock_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    """Where no lock can be taken, nothing is begun."""
    with hold(tmp_path, "acme"):
        pass
    (lock,) = tmp_path.glob("*.lock")
    lock.unlink()
    lock.mkdir()
    with pytest.raises(Refusal) as caught, hold(tmp_path, "acme"):
        pass
    assert caught.value.exit is Exit.CANNOT_CREATE


def test_a_process_that_dies_frees_its_lane(tmp_path: Path) -> None:
    """The system frees the lock of a process that ends in whatever way."""
    program = (
        "import os, pathlib, sys; from runner.holding import hold\n"
        "held = hold(pathlib.Path(sys.argv[1]), 'acme'); held.__enter__(); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False).returncode == 9
    with hold(tmp_path, "acme"):
        pass
