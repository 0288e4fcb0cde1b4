"""The time left: no sooner than can be, and honest about what nobody knows."""

from __future__ import annotations

import pytest

from runner.left import Left, left
from runner.price import GUESS_MS, price
from runner.track import Track

SECOND = 1_000
MINUTE = 60_000


def reckon(
    *tracks: Track, build: int | None = MINUTE, running: int = 2, rate: int = 20, now: int = 0
) -> Left:
    """Return the time left where every job takes so long."""
    return left(tracks, lambda key: build, running=running, requests_per_minute=rate, now=now)


def planned(count: int) -> list[Track]:
    """Return partitions that nothing has happened to."""
    return [Track(f"{one}") for one in range(count)]


def test_nothing_left_takes_no_time() -> None:
    """No partition, or only ended ones."""
    assert reckon() == Left(0, 0, False)
    assert reckon(Track("a", "done"), Track("b", "failed"), Track("c", "stored")) == Left(0, 0, False)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 50])
@pytest.mark.parametrize(("build", "rate"), [(MINUTE, 20), (SECOND, 3), (None, 20)])
def test_before_anything_began_it_is_the_price(count: int, build: int | None, rate: int) -> None:
    """What is told beforehand and what is told at the beginning is the same."""
    told = price([build] * count, running=2, requests_per_minute=rate)
    assert reckon(*planned(count), build=build, rate=rate) == Left(
        told.least_ms, told.likely_ms, told.guessed
    )


def test_time_that_a_job_has_run_counts() -> None:
    """Two run since 20 seconds, two wait behind them."""
    jobs = [Track(key, "running", created_at=0) for key in "ab"] + planned(2)
    assert reckon(*jobs, now=20 * SECOND) == Left(100 * SECOND, 100 * SECOND, False)


def test_jobs_start_in_the_order_in_which_they_were_made() -> None:
    """Of three jobs at the vendor only two run: the youngest begins when the first of them ends."""
    jobs = [Track(key, "running", created_at=at) for key, at in (("c", 30), ("a", 10), ("b", 20))]
    assert reckon(*jobs, now=30 * SECOND).least_ms == 90 * SECOND + 10


def test_a_late_job_may_take_longer_still() -> None:
    """At least it ends at once; likely it takes a quarter of its usual time more."""
    assert reckon(Track("a", "running", created_at=0), now=10 * MINUTE) == Left(0, 15 * SECOND, False)


def test_requests_can_be_what_all_waits_for() -> None:
    """Ten files that are ready need ten requests; at three a minute that is three whole minutes."""
    ready = [Track(f"{one}", "ready") for one in range(10)]
    assert reckon(*ready, rate=3) == Left(3 * MINUTE, 3 * MINUTE, False)


def test_a_partition_that_must_wait_begins_later() -> None:
    """A job that is left alone for two minutes cannot have ended before."""
    assert reckon(Track("a", not_before=2 * MINUTE)).least_ms == 3 * MINUTE


def test_what_nobody_knows_is_said() -> None:
    """Without a build time nothing is least, a guess is likely, and it is called that."""
    assert reckon(Track("a", "running"), build=None) == Left(0, GUESS_MS, True)
