"""The account of a minute's requests."""

from __future__ import annotations

import random

import pytest

from runner.budget import MINUTE_MS, UNDER_WAY_MS, Budget
from runner.client import Timeouts


def test_a_request_counts_until_a_minute_after_its_answer() -> None:
    """The vendor counts it somewhere between its leaving and its answer, so the later instant is kept."""
    budget = Budget(1)
    budget.left("a", 0)
    assert budget.allowed_at(5_000) is None
    budget.answered("a", 9_000)
    assert budget.allowed_at(9_000) == 9_000 + MINUTE_MS
    assert budget.allowed_at(9_000 + MINUTE_MS) == 9_000 + MINUTE_MS


def test_an_answer_to_nothing_counts_nothing() -> None:
    """An event that ends no request (a file placed, a lost file) costs no budget."""
    budget = Budget(1)
    budget.answered("a", 0)
    assert budget.allowed_at(1) == 1


def test_a_download_counts_until_it_must_have_arrived() -> None:
    """Its request may be long on its way; but a file that takes an hour had been asked for by then."""
    budget = Budget(1)
    budget.streaming("a", 0)
    assert budget.allowed_at(10) == UNDER_WAY_MS + MINUTE_MS
    budget.answered("a", 3_600_000)
    assert budget.allowed_at(10) == UNDER_WAY_MS + MINUTE_MS
    assert budget.allowed_at(UNDER_WAY_MS + MINUTE_MS) == UNDER_WAY_MS + MINUTE_MS


def test_a_download_that_has_ended_had_arrived_by_then() -> None:
    """A small file counts until a minute after its end, as any other answer."""
    budget = Budget(1)
    budget.streaming("a", 0)
    budget.answered("a", 2_000)
    assert budget.allowed_at(2_000) == 2_000 + MINUTE_MS


def test_a_long_download_counts_no_longer_than_it_could_be_on_its_way() -> None:
    """While it still streams, others may leave."""
    budget = Budget(1)
    budget.streaming("a", 0)
    assert budget.allowed_at(UNDER_WAY_MS + MINUTE_MS) == UNDER_WAY_MS + MINUTE_MS


def test_a_download_counts_from_when_the_first_of_it_came() -> None:
    """Its request has arrived by then, however long the file takes; of no other request that is told."""
    budget = Budget(1)
    budget.streaming("a", 0)
    budget.arrived("a", 2_000)
    budget.arrived("b", 3_000)
    assert budget.allowed_at(5_000) == 2_000 + MINUTE_MS
    budget.answered("a", 50_000)
    assert budget.allowed_at(50_000) == 2_000 + MINUTE_MS


def test_a_request_of_a_killed_run_counts_beside_the_one_that_repeats_it() -> None:
    """A replay shows two that left for one partition: both have."""
    budget = Budget(2)
    budget.left("a", 1_000)
    budget.left("a", 30_000)
    budget.answered("a", 31_000)
    assert budget.allowed_at(31_000) == 1_000 + MINUTE_MS
    budget.streaming("a", 62_000)
    budget.settle()
    assert budget.allowed_at(62_000) == 31_000 + MINUTE_MS


def test_no_request_is_longer_on_its_way_than_the_client_waits() -> None:
    """After that it has arrived, or it is cut off."""
    assert Timeouts().answer_s * 1000 == UNDER_WAY_MS


def test_what_was_under_way_at_a_crash_counts_from_its_leaving() -> None:
    """After a replay nothing is under way; a request without an answer has still been counted there."""
    budget = Budget(1)
    budget.left("a", 1_000)
    budget.settle()
    assert budget.allowed_at(2_000) == 1_000 + MINUTE_MS


def test_looks_have_a_bound_of_their_own() -> None:
    """No more than so many looks a minute; other requests do not count there."""
    budget = Budget(20)
    budget.left("a", 0, poll=True)
    budget.answered("a", 0)
    budget.left("b", 1)
    assert budget.poll_allowed_at(5, 2) == 5
    assert budget.poll_allowed_at(5, 1) == MINUTE_MS
    assert budget.poll_allowed_at(MINUTE_MS, 1) == MINUTE_MS


@pytest.mark.parametrize("seed", range(20))
def test_no_minute_ever_holds_more_than_allowed(seed: int) -> None:
    """However long answers take, no 60 seconds see more than N arrivals at the vendor."""
    dice, budget, now, rate = random.Random(seed), Budget(5), 0, 5
    arrivals: list[int] = []
    pending: list[tuple[int, str]] = []
    for number in range(200):
        while (at := budget.allowed_at(now)) is None or at > now or len(pending) > 3:
            answer, _ = min(pending, default=(now, ""))
            now = max(now, answer) if at is None or len(pending) > 3 else at
            for done in sorted(one for one in pending if one[0] <= now):
                budget.answered(done[1], done[0])
                pending.remove(done)
        if dice.random() < 0.5:
            budget.left(str(number), now)
        else:
            budget.streaming(str(number), now)
        took = dice.randrange(1, 20_000)
        arrivals.append(now + dice.randrange(0, took))
        pending.append((now + took, str(number)))
        now += dice.randrange(0, 2_000)
    arrivals.sort()
    assert all(later - first >= MINUTE_MS for first, later in zip(arrivals, arrivals[rate:], strict=False))
