"""What a plan costs, as a person reads it before anything is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from runner.cli.costs import cost, plain, summary
from runner.events import Adopted, Created, Done, Event, Failed, Intent, Polled
from runner.plan import Partition
from runner.profiles import Limits, sandbox
from tests.e2e.line import planned
from tests.unit.test_track import created, polled, stored

ACME = replace(sandbox(), name="acme", source="live", limits=Limits())
HOUR_MS = 3_600_000
THREE = """\
  - {report: raw_agent_states}
  - {report: author}
  - {report: user}
"""


def three() -> Sequence[Partition]:
    """Return the partitions of a small plan."""
    return planned(THREE).partitions


def made(one: Partition, *, took: int | None = None) -> list[Event]:
    """Return the events of a partition's job, made at 0 and ended after `took` ms (None: not yet)."""
    span = one.window.end_ms - one.window.start_ms
    events: list[Event] = [
        Intent(key=one.key, at=0, attempt=1, request_digest="d", report=one.report, span_ms=span),
        replace(created(), key=one.key),
    ]
    if took is not None:
        ended = polled(at=took, state="CLOSED", detail="COMPLETED", url="u")
        events += [replace(polled(at=took - 2_000), key=one.key), replace(ended, key=one.key)]
        events += [replace(stored(took), key=one.key), Done(key=one.key, at=took, output="o")]
    return events


def test_the_stand_in_costs_no_request_over_the_network() -> None:
    """Its clock is its own, so no time is told either."""
    assert list(summary(cost(sandbox(), three(), (), 0))) == [
        "profile sandbox: 3 files, at least 9 requests, none over the network (source: sandbox)"
    ]


def test_before_the_first_run_the_time_is_a_guess_and_says_so() -> None:
    """Nobody documents how long a job takes."""
    assert list(summary(cost(ACME, three(), (), 0))) == [
        "profile acme: 3 files, at least 9 requests, all in one minute",
        "likely 12 requests and 4 min 00 s, if a job takes 2 min 00 s: nobody knows yet",
    ]


def test_what_is_done_is_not_paid_again_and_teaches() -> None:
    """The journal knows what is there, and how long such jobs took."""
    first, *_ = every = three()
    alike = [replace(one, report=first.report) for one in every]
    assert list(summary(cost(ACME, alike, made(first, took=62_000), 0))) == [
        "profile acme: 3 files, 1 of them done, at least 6 requests and 1 min 01 s",
        "likely 8 requests and 1 min 01 s, as jobs took before",
    ]
    assert list(summary(cost(ACME, [first], made(first, took=62_000), 0))) == [
        "profile acme: 1 file, 1 of them done; nothing is left to ask"
    ]


def test_jobs_of_an_earlier_run_are_told_and_those_whose_links_died() -> None:
    """A link lives for 24 hours; past them a job is asked for once more, made anew where it is gone."""
    events = made(three()[0]) + made(three()[1])
    assert list(summary(cost(ACME, three(), events, HOUR_MS)))[2:] == [
        "2 jobs are under way; the first link dies at 1970-01-02 00:00 UTC"
    ]
    assert list(summary(cost(ACME, three(), made(three()[0]), 25 * HOUR_MS)))[2:] == [
        "1 job of over 24 hours ago: asked for again, made anew where gone"
    ]


def test_when_the_first_link_dies_is_told_where_it_is_known() -> None:
    """Not of an adopted job: nobody knows when that was made. What is given up is no job under way."""
    first, second, _ = three()
    later = [replace(one, at=one.at + HOUR_MS) for one in made(second)]
    found = cost(ACME, three(), made(first) + later, 2 * HOUR_MS)
    assert (found.under_way, plain(found)["first_link_until"]) == (2, "1970-01-02T00:00:00Z")
    assert cost(ACME, [second], later, 2 * HOUR_MS).until == 25 * HOUR_MS
    taken = Adopted(key=first.key, at=HOUR_MS, status_url="/w/r/status", workflow_id="w")
    (*_, last) = summary(cost(ACME, three(), [taken], 2 * HOUR_MS))
    assert last == "1 job under way at the vendor: a file can be fetched for 24 hours"
    assert plain(cost(ACME, three(), [taken], 2 * HOUR_MS))["first_link_until"] is None
    ended = Failed(key=first.key, at=1, step="poll", code="E-JOB", message="m", exit=69)
    assert cost(ACME, three(), [*made(first), ended], HOUR_MS).under_way == 0


def test_the_price_for_programs() -> None:
    """Times in seconds, and whether they are guessed."""
    assert plain(cost(ACME, three(), made(three()[0]), 25 * HOUR_MS)) == {
        "profile": "acme",
        "files": 3,
        "to_come": 3,
        "under_way": 0,
        "expired_links": 1,
        "first_link_until": None,
        "least_requests": 9,
        "likely_requests": 12,
        "least_s": 0.0,
        "likely_s": 240.0,
        "guessed": True,
    }


def test_a_year_of_days_is_bound_by_requests() -> None:
    """Where jobs are short, the requests alone take the time."""
    one = three()[0]
    year = [replace(one, key=f"{number}") for number in range(360)]
    found = cost(ACME, year, made(one, took=11_000), 0)
    assert (found.price.least_ms, found.price.likely_requests) == (53 * 60_000, 1080)


def test_events_are_those_of_the_journal() -> None:
    """What the journal holds of other partitions is no part of the price."""
    other = replace(three()[0], key="other")
    events = [one for one in made(other) if isinstance(one, Intent | Created | Polled)]
    assert cost(ACME, three(), events, 0).under_way == 0
