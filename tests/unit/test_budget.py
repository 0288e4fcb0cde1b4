"""The account of a minute's requests."""

from __future__ import annotations

import random

import pytest

from runner.budget import MINUTE_MS, UNDER_WAY_MS, Budget


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


def test_a_download_counts_from_its_leaving() -> None:
    """A file that takes an hour has reached the vendor at the beginning of it."""
    budget = Budget(1)
    budget.streaming(0)
    assert budget.allowed_at(10) == UNDER_WAY_MS + MINUTE_MS


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
        budget.left(str(number), now)
        took = dice.randrange(1, 20_000)
        arrivals.append(now + dice.randrange(0, took))
        pending.append((now + took, str(number)))
        now += dice.randrange(0, 2_000)
    arrivals.sort()
    assert all(later - first >= MINUTE_MS for first, later in zip(arrivals, arrivals[rate:], strict=False))
