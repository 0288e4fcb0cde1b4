"""A signal may come at any moment, also while the interrupted thread holds a lock."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from runner.cli.signals import Terminated
from runner.cli.stop import GRACE_S, Stop
from runner.errors import Exit


@pytest.mark.timeout(20)
def test_a_signal_while_a_thread_is_being_started_does_not_hang() -> None:
    """Starting a thread takes a lock of Python's: what hears the signal must start none."""
    lock = threading._active_limbo_lock  # type: ignore[attr-defined]
    with Stop(None) as stop:
        with lock:
            os.kill(os.getpid(), signal.SIGTERM)
        assert stop.event.is_set()
        assert stop.closing.wait(5)
        assert stop.exit == Exit.TERMINATED


@pytest.mark.timeout(20)
@pytest.mark.parametrize("signals", [1, 2])
def test_what_is_under_way_is_cut_off_after_a_while_or_at_the_second_signal(signals: int) -> None:
    """One signal leaves some seconds to end, two leave none."""
    cut, began = threading.Event(), time.monotonic()
    with Stop(None) as stop:
        stop.cuts = [cut.set]
        os.kill(os.getpid(), signal.SIGINT)
        if signals == 2:
            os.kill(os.getpid(), signal.SIGINT)
        assert cut.wait(10)
        assert (time.monotonic() - began >= GRACE_S) == (signals == 1)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("number", "kind"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)]
)
def test_a_third_signal_ends_what_cannot_be_cut_off(number: int, kind: type[KeyboardInterrupt]) -> None:
    """The second one raises nothing: what is cut off ends by itself, and an exception could lose a lock."""
    with Stop(None) as stop:
        stop.cuts = [lambda: None]
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), number)
        with pytest.raises(KeyboardInterrupt) as raised:
            os.kill(os.getpid(), number)
    assert raised.type is kind
    assert stop.exit == Exit.TERMINATED


def test_what_ended_in_time_is_not_cut_off() -> None:
    """The watch over a run ends with the run."""
    cut = threading.Event()
    with Stop(None) as stop:
        stop.cuts = [cut.set]
        os.kill(os.getpid(), signal.SIGINT)
    stop._watcher.join(5)
    assert not stop._watcher.is_alive()
    assert not cut.is_set()


@pytest.mark.timeout(20)
def test_a_deadline_comes_in_three_steps() -> None:
    """First nothing new begins, then downloads are broken off, then all is cut off; each in turn."""
    cut, began = threading.Event(), time.monotonic()
    with Stop(5) as stop:
        stop.cuts = [cut.set]
        assert stop.closing.wait(5)
        assert not stop.event.is_set()
        assert stop.event.wait(5)
        assert time.monotonic() - began < 5
        assert not cut.is_set()
        assert cut.wait(5)
    assert GRACE_S <= time.monotonic() - began < 9
    assert stop.exit == Exit.UNFINISHED
