"""What happened to each partition, from the events alone."""

from __future__ import annotations

import json

from runner.events import (
    Created,
    Done,
    Downloading,
    Event,
    Failed,
    Forgotten,
    Intent,
    Lost,
    Polled,
    Unanswered,
)
from runner.report.story import PAUSE_MS, Span, is_request, story
from tests.unit.builders import stored

MADE = '{"status": "PASS", "result": {"workflowId": "w", "runId": "r", "statusUrl": "https://h/s"}}'


def looked(key: str, at: int, url: str = "") -> Polled:
    """Return the answer to a look: the job runs, or is ready at an address."""
    told = (
        {"runnerState": "CLOSED", "detail": "COMPLETED"} if url else {"runnerState": "RUNNING", "detail": ""}
    )
    job = {"jobInfo": {"workflowId": "w", "downloadUrl": url}, "result": {**told, "reason": None}}
    return Polled(key=key, at=at, status=200, body=json.dumps({"status": "PASS", "result": [job]}))


def begun(key: str, at: int) -> list[Event]:
    """Return the events of a job that was made."""
    return [
        Intent(key=key, at=at, attempt=1, request_digest="d"),
        Created(key=key, at=at + 100, status=200, body=MADE),
    ]


def ended(key: str, at: int) -> list[Event]:
    """Return the events of a job that was found ready, fetched and put in place."""
    return [
        looked(key, at, "https://h/d"),
        Downloading(key=key, at=at + 200),
        stored(key, at=at + 500),
        Done(key=key, at=at + 600, output="x"),
    ]


def test_a_life_is_waiting_building_downloading() -> None:
    """Phases follow each other without a gap; the first wait is from the beginning of the sitting."""
    told = story([*begun("a", 1_000), *begun("b", 3_000), *ended("a", 9_000), *ended("b", 9_700)], ["a", "b"])
    assert told.sittings == ((1_000, 10_300),)
    assert told.lives["a"].spans == (
        Span("waiting", 1_000, 1_100),
        Span("building", 1_100, 9_000),
        Span("waiting", 9_000, 9_200),
        Span("downloading", 9_200, 9_600),
    )
    assert told.lives["b"].spans[0] == Span("waiting", 1_000, 3_100)
    assert told.lives["b"].spent("waiting") == 2_300
    assert told.lives["a"].requests == 3
    assert told.lives["a"].track.state == "done"


def test_what_has_not_begun_has_no_spans() -> None:
    """A partition without an event has not begun; no events at all make no sitting."""
    assert story([], ["a"]).lives["a"].spans == ()
    assert story([], ["a"]).sittings == ()
    assert story(begun("b", 5), ["a", "b"]).lives["a"].spans == ()


def test_a_long_silence_parts_two_sittings() -> None:
    """What was under way over a pause is drawn in both sittings, and the pause is in no sum."""
    later = 200 + PAUSE_MS
    told = story([*begun("a", 0), *ended("a", later)], ["a"])
    assert told.sittings == ((0, 100), (later, later + 600))
    assert told.lives["a"].spent("building") == 0
    events = [
        *begun("a", 0),
        looked("a", 50_000),
        *ended("a", later * 2),
    ]
    assert story(events, ["a"]).lives["a"].spans[1] == Span("building", 100, 50_000)


def test_what_is_still_under_way_lasts_until_the_last_event() -> None:
    """A cut-off run shows its open jobs up to its end."""
    told = story([*begun("a", 0), *begun("b", 7_000)], ["a", "b"])
    assert told.lives["a"].spans[-1] == Span("building", 100, 7_100)


def test_a_download_of_no_time_is_still_one() -> None:
    """On the sandbox's own clock a download takes no time; it has to be seen all the same."""
    quick = [
        looked("a", 9_000, "https://h/d"),
        Downloading(key="a", at=9_000),
        stored("a", at=9_000),
        Done(key="a", at=9_000, output="x"),
    ]
    assert story([*begun("a", 0), *quick], ["a"]).lives["a"].spans[-1] == Span("downloading", 9_000, 9_000)


def test_a_life_begins_anew_where_the_file_was_lost_or_forgotten() -> None:
    """What was before a loss is over: only the last life of a partition is told."""
    first = [*begun("a", 0), *ended("a", 5_000)]
    lost = story([*first, Lost(key="a", at=90_000)], ["a"])
    assert lost.lives["a"].requests == 0
    assert lost.lives["a"].spans == ()
    assert lost.sittings == ((90_000, 90_000),)
    again = story([*first, Forgotten(key="a", at=90_000), *begun("a", 91_000)], ["a"])
    assert again.lives["a"].requests == 1
    assert again.sittings == ((90_000, 91_100),)


def test_a_failure_that_a_later_run_took_up_again_goes_on() -> None:
    """That a run gives an old failure a new chance is no event; what it then does shows it."""
    failed = Failed(key="a", at=2_000, step="poll", code="E-IO", message="disk", exit=74)
    running = looked("a", 4_000)
    told = story([*begun("a", 0), failed, running, *ended("a", 6_000)], ["a"])
    assert told.lives["a"].spans[-1].phase == "downloading"
    assert Span("building", 4_000, 6_000) in told.lives["a"].spans
    assert story([*begun("a", 0), failed], ["a"]).lives["a"].track.state == "failed"


def test_requests_are_counted_by_minute_and_by_whose_they_are() -> None:
    """Other manifests' partitions share the budget, as long as we were at work."""
    told = story(
        [*begun("a", 60_000), *begun("x", 61_000), *ended("a", 119_900), *begun("x", 990_000)], ["a"]
    )
    assert told.requests == {1: 2, 2: 1}
    assert told.others == {1: 1}


def test_what_is_a_request() -> None:
    """A create by its intent, a look by its answer or by its missing, a download by its beginning."""
    unanswered = [
        Unanswered(key="a", at=1, step=step, sent=True, code="E-CUT", message="")
        for step in ("create", "poll")
    ]
    assert [is_request(one) for one in unanswered] == [False, True]
    assert [is_request(one) for one in ended("a", 1)] == [True, True, False, False]
