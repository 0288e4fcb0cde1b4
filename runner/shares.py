"""PURE: what each lane of a run may use, where several profiles are one user, or users of one company.

The vendor counts requests, running and queued exports by user, and exports by company too [L, B]; a lane
knows of its own only. So what belongs to several lanes is divided beforehand, by how much each has to do.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from runner.errors import Exit, Refusal
from runner.profiles import Credentials, Limits
from runner.request import digest


@dataclass(frozen=True, slots=True)
class Claim:
    """What one lane would use if it were alone: its profile's limits, and how many partitions it has to do.

    `user` and `company` are marks of whose limits they are: equal for the same, and no secret can be read
    from them.
    """

    profile: str
    user: str
    company: str
    limits: Limits
    work: int


def marks(base_url: str, credentials: Credentials) -> tuple[str, str]:
    """Return the marks of the user and of the company that these credentials belong to at a host."""
    company = [base_url.lower(), credentials.company_key]
    return digest([*company, credentials.username]), digest(company)


def shares(claims: Sequence[Claim], *, company_running: int, company_queued: int) -> list[Limits]:
    """Return each lane's limits, so that together they stay within those of each user and each company.

    Each gets at least 1 of everything; where profiles of one user name different limits, the lowest holds.
    Refusal (78) where that cannot be: more profiles of one user or company than it may have requests or
    exports.
    """
    given = {one.profile: one.limits for one in claims}
    for several in _together(claims, lambda one: one.user):
        given.update(_of_user(several))
    for several in _together(claims, lambda one: one.company):
        given.update(_of_company(several, given, company_running, company_queued))
    return [given[one.profile] for one in claims]


def _together(claims: Iterable[Claim], by: Callable[[Claim], Hashable]) -> Iterable[list[Claim]]:
    """Return the claims that share a mark, two or more at a time."""
    groups: dict[Hashable, list[Claim]] = {}
    for one in claims:
        groups.setdefault(by(one), []).append(one)
    return [several for several in groups.values() if len(several) > 1]


def _of_user(several: Sequence[Claim]) -> Mapping[str, Limits]:
    """Return the limits of one user's lanes."""
    requests = min(one.limits.requests_per_minute for one in several)
    queued = min(one.limits.queued for one in several)
    running = min(one.limits.running for one in several)
    _refuse_crowd(several, min(requests, queued), "are the same user")
    work = [one.work for one in several]
    parts = zip(several, divided(requests, work), divided(running, work), divided(queued, work), strict=True)
    return {
        one.profile: replace(one.limits, requests_per_minute=rate, running=min(run, waiting), queued=waiting)
        for one, rate, run, waiting in parts
    }


def _of_company(
    several: Sequence[Claim], given: Mapping[str, Limits], running: int, queued: int
) -> Mapping[str, Limits]:
    """Return the limits of one company's lanes, which are no more than what was given to each as a user."""
    _refuse_crowd(several, queued, "belong to one company")
    own = [given[one.profile] for one in several]
    parts = zip(
        several,
        own,
        divided(running, [one.running for one in own]),
        divided(queued, [one.queued for one in own]),
        strict=True,
    )
    return {
        one.profile: replace(limits, running=min(limits.running, run), queued=min(limits.queued, waiting))
        for one, limits, run, waiting in parts
    }


def _refuse_crowd(several: Sequence[Claim], most: int, what: str) -> None:
    if len(several) > most:
        names = ", ".join(sorted(one.profile for one in several))
        raise Refusal(
            Exit.PROFILES,
            f"the profiles {names} {what}, for which the vendor takes {most} at a time; nothing was sent",
            advice="Run them one after the other, with --profile, or let the manifest name fewer.",
        )


def divided(total: int, weights: Sequence[int]) -> list[int]:
    """Return whole parts of `total`, at least 1 each, the rest by weight; their sum is `total`.

    Where there are more parts than `total`, each is 1.
    """
    weights = weights if any(weights) else [1] * len(weights)
    rest = max(total - len(weights), 0)
    exact = [rest * one / sum(weights) for one in weights]
    parts = [int(one) for one in exact]
    by_remainder = sorted(range(len(weights)), key=lambda number: parts[number] - exact[number])
    for number in by_remainder[: rest - sum(parts)]:
        parts[number] += 1
    return [1 + one for one in parts]
