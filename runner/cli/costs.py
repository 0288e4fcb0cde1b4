"""What a plan costs: requests and time, reckoned from the limits and from what the journal has learned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from runner.events import Event
from runner.lane import Lane
from runner.plan import Partition
from runner.price import GUESS_MS, Price
from runner.price import price as reckoned
from runner.profiles import Profile
from runner.report.words import duration, links
from runner.track import LINK_LIFE_MS
from runner.window import iso

LINK_HOURS = LINK_LIFE_MS // 3_600_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What one profile's part of a plan costs. `files` are all of them; the price is of those still to come.

    `under_way` jobs are at the vendor; the links of `expired` ones have died: each is asked for once more.
    The first link of those under way dies at `until` (epoch ms; 0 where none is known: of an adopted job
    nobody knows when it was created).
    """

    profile: Profile
    files: int
    price: Price
    under_way: int
    expired: int
    until: int = 0


def cost(profile: Profile, partitions: Sequence[Partition], events: Iterable[Event], now: int) -> Cost:
    """Return what a profile's partitions cost at `now` (epoch ms), given the events of its journal."""
    limits = profile.limits
    lane = Lane(
        [one.key for one in partitions],
        requests_per_minute=limits.requests_per_minute,
        running=limits.running,
        queued=limits.queued,
    )
    for event in events:
        lane.apply(event)
    to_come = [one for one in partitions if lane.tracks[one.key].state != "done"]
    builds = [lane.build_ms(one.report, one.window.end_ms - one.window.start_ms) for one in to_come]
    price = reckoned(builds, running=limits.running, requests_per_minute=limits.requests_per_minute)
    tracks = [lane.tracks[one.key] for one in to_come]
    jobs = [one for one in tracks if one.status_url and not one.given_up]
    expired = sum(now - one.created_at >= LINK_LIFE_MS for one in jobs)
    ends = [one.created_at + LINK_LIFE_MS for one in jobs if not one.adopted]
    until = min((end for end in ends if end > now), default=0)
    return Cost(profile, len(partitions), price, len(jobs) - expired, expired, until)


def plain(one: Cost) -> dict[str, Any]:
    """Return a cost as `plan --format json` prints it; times in seconds."""
    return {
        "profile": one.profile.name,
        "files": one.files,
        "to_come": one.price.files,
        "under_way": one.under_way,
        "expired_links": one.expired,
        "first_link_until": iso(one.until // 1000 * 1000, "UTC") if one.until else None,
        "least_requests": one.price.least_requests,
        "likely_requests": one.price.likely_requests,
        "least_s": one.price.least_ms / 1000,
        "likely_s": one.price.likely_ms / 1000,
        "guessed": one.price.guessed,
    }


def summary(one: Cost) -> Iterator[str]:
    """Return what a profile is asked: how many requests, and how long they take under its limits."""
    price, profile = one.price, one.profile
    there = f", {one.files - price.files} of them done" if price.files < one.files else ""
    begin = f"profile {profile.name}: {one.files} file{'' if one.files == 1 else 's'}{there}"
    if not price.files:
        yield f"{begin}; nothing is left to ask"
        return
    asked = f"{begin}, at least {price.least_requests} requests"
    if profile.source == "sandbox":
        yield f"{asked}, none over the network (source: sandbox)"
        return
    yield asked + (f" and {duration(price.least_ms / 1000)}" if price.least_ms else ", all in one minute")
    why = f"if a job takes {duration(GUESS_MS / 1000)}: nobody knows yet"
    likely = f"likely {price.likely_requests} requests and {duration(price.likely_ms / 1000)}"
    yield f"{likely}, {why if price.guessed else 'as jobs took before'}"
    if one.until:
        yield links(one.under_way, one.until)
    elif one.under_way:
        yield f"{_jobs(one.under_way)} under way at the vendor: a file can be fetched for {LINK_HOURS} hours"
    if one.expired:
        yield f"{_jobs(one.expired)} of over {LINK_HOURS} hours ago: asked for again, made anew where gone"


def _jobs(count: int) -> str:
    return f"{count} job{'' if count == 1 else 's'}"
