"""What each lane may use, where lanes are of one user or of one company."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import Exit, Refusal
from runner.profiles import Credentials, Limits
from runner.shares import Claim, divided, marks, shares

VENDORS = {"company_running": 4, "company_queued": 50}


def claim(profile: str, user: str, company: str = "c", work: int = 1, limits: Limits | None = None) -> Claim:
    """Return a lane's claim."""
    return Claim(profile, user, company, limits or Limits(), work)


def test_a_lane_alone_keeps_its_limits() -> None:
    """Another company's lanes take nothing away."""
    claims = [claim("a", "anna", "one"), claim("b", "bert", "two")]
    assert shares(claims, **VENDORS) == [Limits(), Limits()]


def test_two_profiles_of_one_user_share_what_the_user_may() -> None:
    """20 requests, 2 running and 5 queued are the user's, not the profile's; more work gets more."""
    first, second = shares([claim("a", "anna", work=9), claim("b", "anna")], **VENDORS)
    assert first == Limits(17, 1, 4)
    assert second == Limits(3, 1, 1)


def test_the_lowest_of_different_limits_holds() -> None:
    """Two profiles of a user that name different limits: the more careful one is believed."""
    claims = [claim("a", "anna", limits=Limits(6, 2, 4)), claim("b", "anna", limits=Limits(20, 2, 5))]
    assert sum(one.requests_per_minute for one in shares(claims, **VENDORS)) == 6
    assert sum(one.queued for one in shares(claims, **VENDORS)) == 4


def test_the_users_of_a_company_share_its_queue() -> None:
    """Twelve users with five queued each would be sixty; the company takes fifty."""
    given = shares([claim(str(number), str(number)) for number in range(12)], **VENDORS)
    assert sum(one.queued for one in given) <= 50
    assert {one.requests_per_minute for one in given} == {20}
    assert min(one.queued for one in given) >= 4


@pytest.mark.parametrize(
    ("count", "users", "said"), [(6, 1, "are the same user"), (51, 51, "belong to one company")]
)
def test_more_lanes_than_places_are_refused_by_name(count: int, users: int, said: str) -> None:
    """78, with the names and the way out: not even one place each would be within the limit."""
    claims = [claim(f"p{number}", str(number % users)) for number in range(count)]
    with pytest.raises(Refusal, match=said) as refusal:
        shares(claims, **VENDORS)
    assert refusal.value.exit is Exit.PROFILES
    assert "p0, p1" in refusal.value.message
    assert "--profile" in refusal.value.advice


def test_marks_are_equal_for_the_same_and_hold_no_secret() -> None:
    """Same host, key and name: same user; another name: same company. The password plays no part."""
    anna = Credentials("the-key", "anna@example.com", "secret-1")
    user, company = marks("https://host", anna)
    assert (user, company) == marks("https://HOST", Credentials("the-key", "anna@example.com", "secret-2"))
    other, same = marks("https://host", Credentials("the-key", "bert@example.com", "secret-1"))
    assert (other != user, same) == (True, company)
    assert marks("https://elsewhere", anna)[1] != company
    assert marks("https://host", Credentials("another", "anna@example.com", "secret-1"))[1] != company
    assert "anna" not in user + company
    assert "key" not in user + company


limits = st.builds(Limits, st.integers(1, 40), st.integers(1, 6), st.integers(6, 12), st.integers(0, 3))
claims = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("cd"), limits, st.integers(0, 400)), max_size=12
).map(
    lambda rows: [
        Claim(str(number), user + company, company, own, work)
        for number, (user, company, own, work) in enumerate(rows)
    ]
)


@given(claims)
def test_together_they_stay_within_every_limit(asked: list[Claim]) -> None:
    """No sum is above what a user or a company may have, where one each is possible; each gets at least 1."""
    try:
        made = shares(asked, **VENDORS)
    except Refusal:
        return
    both = list(zip(asked, made, strict=True))
    for one, got in both:
        assert 1 <= got.requests_per_minute <= one.limits.requests_per_minute
        assert 1 <= got.running <= min(one.limits.running, got.queued)
        assert got.queued <= one.limits.queued
        assert got.ahead == one.limits.ahead
    for user in {one.user for one in asked}:
        own = [(one.limits, got) for one, got in both if one.user == user]
        for name in ("requests_per_minute", "running", "queued"):
            most = min(getattr(asked, name) for asked, _ in own)
            assert sum(getattr(got, name) for _, got in own) <= max(
                most, len(own) if name == "running" else 0
            )
    for company in {one.company for one in asked}:
        own_queued = [(one.limits.queued, got.queued) for one, got in both if one.company == company]
        assert len(own_queued) == 1 or sum(got for _, got in own_queued) <= 50


@given(st.integers(1, 100), st.lists(st.integers(0, 50), min_size=1, max_size=20))
def test_parts_are_at_least_one_and_make_the_whole(total: int, weights: list[int]) -> None:
    """Nothing is lost by rounding, and whoever has more to do never gets less."""
    parts = divided(total, weights)
    assert min(parts) >= 1
    assert sum(parts) == max(total, len(weights))
    for weight, part in zip(weights, parts, strict=True):
        assert all(part >= other for lighter, other in zip(weights, parts, strict=True) if lighter < weight)
