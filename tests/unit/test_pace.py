"""The clock of a lane."""

from __future__ import annotations

import signal
import threading
import time

from runner.events import Event, Polling
from runner.lane import FILES_AT_ONCE
from runner.pace import HEARTBEAT_S, Threads, steady


def test_a_steady_clock_begins_where_it_is_told_to_and_goes_on_with_the_monotonic_one() -> None:
    """It counts milliseconds from its beginning; what the machine's calendar says is nothing to it."""
    seconds = iter([1_000.0, 1_000.0, 1_000.25, 1_002.0])
    clock = steady(5_000, lambda: next(seconds))
    assert [clock(), clock(), clock()] == [5_000, 5_250, 7_000]


def test_a_steady_clock_takes_the_machines_monotonic_one_by_itself() -> None:
    """Two looks in a row never go back."""
    clock = steady(5_000)
    first = clock()
    assert 5_000 <= first <= clock()


def test_a_wait_ends_in_time_whatever_signals_come() -> None:
    """Signals that fall on the end of a wait do not make it last for ever, when nothing is under way."""
    signals = threading.Event()
    former = signal.signal(signal.SIGUSR1, lambda number, frame: None)

    def storm(thread: int) -> None:
        while not signals.wait(0.0002):
            signal.pthread_kill(thread, signal.SIGUSR1)

    sender = threading.Thread(target=storm, args=(threading.get_ident(),))
    pace = Threads(lambda: 0)
    sender.start()
    try:
        began = time.monotonic()
        assert [pace.take(None) for _ in range(8)] == [[]] * 8
        assert time.monotonic() - began < 8 * HEARTBEAT_S + 5
    finally:
        signals.set()
        sender.join()
        signal.signal(signal.SIGUSR1, former)
        pace.close()


def test_no_request_waits_for_a_file_to_end() -> None:
    """There are threads for all files that a lane fetches at once, and for a minute's requests too."""
    began, ended = threading.Barrier(FILES_AT_ONCE + 20 + 1), threading.Event()
    pace = Threads(lambda: 0)

    def effect() -> Event:
        began.wait(10)
        ended.wait(10)
        return Polling(key="k", at=0)

    for _ in range(FILES_AT_ONCE + 20):
        pace.start(effect)
    began.wait(10)
    ended.set()
    pace.close()
