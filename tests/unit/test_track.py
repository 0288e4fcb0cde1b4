"""The way of one partition, event by event."""

from __future__ import annotations

import json

import pytest

from runner.errors import Exit
from runner.events import (
    Created,
    Done,
    Downloading,
    Event,
    Failed,
    Intent,
    Lost,
    NotDownloaded,
    Polled,
    Polling,
    Resumed,
    Stored,
    Unanswered,
)
from runner.steps import after, retry_after_ms
from runner.track import COOL_DOWN_MS, LINK_LIFE_MS, MAX_DOWNLOADS, MAX_ERRORS, MAX_WAITS, Track

KEY = "k"
STATUS_URL = "https://h/api/public/reports/report/w/r/status?companyKey=x"


def intent(attempt: int = 1, at: int = 0) -> Intent:
    """Return the event of a create that is about to leave."""
    return Intent(key=KEY, at=at, attempt=attempt, request_digest="d")


def created(
    at: int = 0, status: int = 200, body: str | None = None, retry_after: str = "", key: str = KEY
) -> Created:
    """Return the event of an answered create; a good one where nothing else is asked for."""
    result = {"workflowId": "w", "runId": "r", "downloadUrl": "", "statusUrl": STATUS_URL}
    good = json.dumps({"status": "PASS", "result": result})
    return Created(
        key=key, at=at, status=status, body=good if body is None else body, retry_after=retry_after
    )


def polled(
    at: int = 0,
    state: str = "RUNNING",
    detail: str = "",
    url: str = "",
    reason: str | None = None,
    status: int = 200,
    retry_after: str = "",
) -> Polled:
    """Return the event of an answered poll."""
    job = {"workflowId": "w", "downloadUrl": url}
    inner = {"runnerState": state, "detail": detail, "reason": reason}
    body = json.dumps({"status": "PASS", "result": [{"jobInfo": job, "result": inner}]})
    return Polled(key=KEY, at=at, status=status, body=body, retry_after=retry_after)


def stored(at: int = 0) -> Stored:
    """Return the event of a proven part file."""
    return Stored(
        key=KEY, at=at, part=".p", output="o", bytes=1, sha256="s", rows=1, rows_digest="r", columns=("A",),
        proof="length",
    )  # fmt: skip


def unanswered(step: str, *, sent: bool = True, code: str = "E-CUT", at: int = 0) -> Unanswered:
    """Return the event of a request without an answer."""
    return Unanswered(key=KEY, at=at, step=step, sent=sent, code=code, message="no answer")


def walk(*events: Event, track: Track | None = None) -> Track:
    """Return the track after all events."""
    track = track or Track(KEY)
    for event in events:
        track = after(track, event)
    return track


RUNNING = (intent(), created())
READY = (*RUNNING, polled(state="CLOSED", detail="COMPLETED", url="https://h/d"))


def test_the_straight_way_ends_in_done() -> None:
    """Create, poll, download, store, place: the states follow each other, and no effect is left busy."""
    track = walk(*RUNNING, Polling(key=KEY, at=1))
    assert (track.state, track.busy, track.status_url) == ("running", True, STATUS_URL)
    track = walk(polled(at=2), polled(at=3, state="CLOSED", detail="COMPLETED", url="u"), track=track)
    assert (track.state, track.download_url, track.busy) == ("ready", "u", False)
    track = walk(Downloading(key=KEY, at=4), stored(5), track=track)
    assert (track.state, track.stored) == ("stored", stored(5))
    track = walk(Done(key=KEY, at=6, output="o"), track=track)
    assert (track.state, track.failure, track.attempt) == ("done", None, 1)


def test_a_look_at_a_running_job_is_remembered() -> None:
    """When a job was last found running is kept: the next look and what is learned depend on it."""
    track = walk(*RUNNING, polled(at=40_000))
    assert (track.state, track.looked_at) == ("running", 40_000)


def test_completed_without_a_link_is_asked_again_and_bounded() -> None:
    """COMPLETED with an empty downloadUrl means: ask again a little later; for ever is an error, 76."""
    empty = polled(state="CLOSED", detail="COMPLETED")
    track = walk(*RUNNING, empty, empty)
    assert track.state == "running"
    track = walk(*[empty] * MAX_WAITS, track=track)
    assert track.failure is not None
    assert (track.failure.code, track.failure.exit) == ("E-NO-LINK", Exit.UNTRUSTED)


def test_a_full_queue_is_a_wait_not_a_failure() -> None:
    """A job pushed out by a full queue goes back to the start and waits."""
    track = walk(*RUNNING, polled(at=7, state="CLOSED", detail="FAILED", reason="running too many exports."))
    assert (track.state, track.not_before, track.failure) == ("planned", 60_007, None)


def test_a_failed_job_ends_with_the_vendors_reason() -> None:
    """CLOSED and FAILED under PASS is made once more after a pause, then a failure that shows the reason."""
    ended = polled(at=9, state="CLOSED", detail="FAILED", reason="boom")
    track = walk(*RUNNING, ended)
    assert (track.state, track.not_before) == ("planned", 9 + COOL_DOWN_MS)
    assert "boom" in track.recreated
    track = walk(*RUNNING, ended, track=track)
    assert track.failure is not None
    assert track.failure.exit == Exit.VENDOR
    assert "boom" in track.failure.message


def test_an_unknown_state_is_an_error() -> None:
    """A runnerState that no document names is never "still running"."""
    track = walk(*RUNNING, polled(state="PAUSED"))
    assert track.failure is not None
    assert track.failure.exit == Exit.UNTRUSTED


def test_too_many_requests_pauses_the_lane_for_as_long_as_asked() -> None:
    """429 is a wait for the whole lane, of a create as of a poll."""
    track = walk(intent(), created(at=5, status=429, body="", retry_after="7"))
    assert (track.state, track.pause_until) == ("planned", 7_005)
    track = walk(*RUNNING, polled(at=5, status=429, retry_after="8"))
    assert (track.state, track.pause_until) == ("running", 8_005)


def test_a_file_that_vanishes_before_it_has_its_name_is_not_fetched_for_ever() -> None:
    """Something on this machine takes it away: after a few times that is told; the next run tries anew."""
    track = walk(*READY)
    for _ in range(MAX_DOWNLOADS):
        assert track.failure is None
        track = walk(Downloading(key=KEY, at=1), stored(), Lost(key=KEY, at=2), track=track)
        assert track.stored is None
        track = track if track.failure else walk(READY[-1], track=track)
    assert track.failure is not None
    assert (track.failure.code, track.failure.exit) == ("E-IO", Exit.IO)
    assert track.resumed().state == "running"


def test_being_sent_away_for_ever_is_left_for_the_next_run() -> None:
    """A vendor that only ever answers 429 ends the partition with 75."""
    track = Track(KEY)
    for _ in range(MAX_WAITS):
        track = walk(intent(), created(status=429, body=""), track=track)
    assert track.failure is not None
    assert track.failure.exit == Exit.UNFINISHED


@pytest.mark.parametrize("event", [created(status=500, body=""), unanswered("create")])
def test_a_create_without_an_answer_is_repeated_once_and_flagged(event: Event) -> None:
    """Nobody can tell whether the job was made: one repeat, counted and flagged, then it is left, 75."""
    track = walk(intent(), event)
    assert (track.state, track.possible_duplicate) == ("unknown", False)
    again = walk(intent(2), created(), track=track)
    assert (again.state, again.possible_duplicate) == ("running", True)
    twice = walk(intent(2), event, track=track)
    assert twice.failure is not None
    assert twice.failure.exit == Exit.UNFINISHED


def test_a_replay_still_knows_of_a_create_repeated_after_a_crash() -> None:
    """Two intents with no answer between them: the flag is in the record, for each run to come."""
    track = walk(intent(), intent(2), created())
    assert (track.state, track.possible_duplicate) == ("running", True)


def test_a_create_that_never_left_is_simply_tried_again() -> None:
    """Without a connection no job can have been made, so nothing is flagged."""
    track = walk(intent(), unanswered("create", sent=False))
    assert (track.state, track.possible_duplicate) == ("planned", False)
    for _ in range(MAX_ERRORS - 1):
        track = walk(intent(), unanswered("create", sent=False), track=track)
    assert track.failure is not None
    assert track.failure.exit == Exit.UNFINISHED


def test_refused_credentials_end_with_77() -> None:
    """401 to a create is an end at once."""
    track = walk(intent(), created(status=401, body=""))
    assert track.failure is not None
    assert track.failure.exit == Exit.CREDENTIALS


def test_a_poll_that_fails_is_tried_again() -> None:
    """5xx and missing answers to polls are tried again with growing pauses."""
    track = walk(*RUNNING, polled(at=1, status=500), unanswered("poll", at=2))
    assert (track.state, track.errors, track.failure) == ("running", 2, None)


def test_a_job_that_is_gone_is_made_again_only_once() -> None:
    """404 three times: made again once with the reason in the record; for the second time it is a failure."""
    gone = polled(status=404)
    track = walk(*RUNNING, gone, gone)
    assert track.state == "running"
    track = walk(gone, track=track)
    assert (track.state, bool(track.recreated)) == ("planned", True)
    track = walk(intent(2), created(), gone, gone, gone, track=track)
    assert track.failure is not None
    assert track.failure.code == "E-EXPIRED"


def test_an_expired_link_asks_the_status_first() -> None:
    """403 of a download asks the status for a new one; past 24 hours, refused again, the job is made anew."""
    refused = NotDownloaded(key=KEY, at=9, status=403)
    track = walk(*READY, Downloading(key=KEY, at=8), refused)
    assert (track.state, track.not_before) == ("running", 9)
    late, ready = NotDownloaded(key=KEY, at=LINK_LIFE_MS, status=410), READY[-1]
    track = walk(*READY, Downloading(key=KEY, at=8), late)
    assert (track.state, track.recreated) == ("running", "")
    track = walk(ready, Downloading(key=KEY, at=8), late, track=track)
    assert (track.state, track.recreated) == ("planned", "the download link has expired (HTTP 410)")


def test_a_cut_body_is_no_refused_link() -> None:
    """A download that broke does not use up the question for a new link."""
    late = NotDownloaded(key=KEY, at=LINK_LIFE_MS, status=410)
    assert walk(*READY, unanswered("download"), late).state == "running"


def test_a_second_job_has_as_many_chances_as_the_first() -> None:
    """What the links of the lost job used up is not held against the new one."""
    refused = NotDownloaded(key=KEY, at=9, status=403)
    again = (READY[-1], refused) * MAX_DOWNLOADS
    track = walk(*READY, refused, *again)
    assert track.recreated
    assert walk(intent(2), created(), READY[-1], refused, track=track).state == "running"


def test_other_refusals_of_a_download() -> None:
    """429 pauses the lane, 5xx waits, anything else is not to be trusted."""
    busy = walk(*READY, NotDownloaded(key=KEY, at=0, status=429, retry_after="5"))
    assert (busy.state, busy.pause_until) == ("ready", 5_000)
    ill = walk(*READY, NotDownloaded(key=KEY, at=0, status=502))
    assert (ill.state, ill.pause_until) == ("ready", 0)
    for status in (418, 600, 999):
        odd = walk(*READY, NotDownloaded(key=KEY, at=0, status=status))
        assert odd.failure is not None
        assert odd.failure.exit == Exit.UNTRUSTED


@pytest.mark.parametrize(
    ("code", "times", "exit"),
    [
        ("E-CUT", MAX_DOWNLOADS, Exit.UNTRUSTED),
        ("E-TIMEOUT", MAX_ERRORS, Exit.UNFINISHED),
        ("E-STOPPED", MAX_ERRORS, Exit.UNFINISHED),
    ],
)
def test_a_cut_body_is_fetched_again_whole_and_bounded(code: str, times: int, exit: Exit) -> None:
    """A body that is cut each time ends with 76; a network that is away for long, with 75."""
    track = walk(*READY, unanswered("download", code=code))
    assert track.state == "ready"
    for _ in range(times - 1):
        assert track.failure is None
        track = walk(unanswered("download", code=code), track=track)
    assert track.failure is not None
    assert track.failure.exit == exit


def test_a_lost_file_is_fetched_again_by_its_job() -> None:
    """If the link still lives, the vendor says, not our clock; without a job it begins at the start."""
    done = walk(*READY, stored(), Done(key=KEY, at=1, output="o"))
    assert after(done, Lost(key=KEY, at=2)).state == "running"
    assert after(done, Lost(key=KEY, at=LINK_LIFE_MS)).state == "running"
    taken = walk(stored(), Done(key=KEY, at=1, output="o"))
    assert after(taken, Lost(key=KEY, at=2)).state == "planned"


def test_a_delivered_file_may_be_lost_as_often_as_it_likes() -> None:
    """That its job was once made again is no reason to give the next loss up; one on the way is."""
    track = walk(*READY, stored(), track=Track(KEY, recreated="gone"))
    assert after(track, Lost(key=KEY, at=3)).recreated == "gone"
    done = after(track, Done(key=KEY, at=2, output="o"))
    assert done.recreated == "gone"
    assert after(done, Lost(key=KEY, at=3)).recreated == ""


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ((intent(),), "unknown"),
        ((intent(), created(body="<html>")), "unknown"),
        ((*READY, Downloading(key=KEY, at=1)), "ready"),
        ((*READY, stored()), "stored"),
        ((*RUNNING, polled(state="CLOSED", detail="FAILED")), "planned"),
        ((*RUNNING, polled(state="PAUSED")), "running"),
        (RUNNING, "running"),
    ],
)
def test_a_restart_goes_on_where_the_journal_ends(events: tuple[Event, ...], state: str) -> None:
    """Nothing is under way after a restart; a create without its answer is unknown, failures get a chance."""
    track = walk(*events).resumed()
    assert (track.state, track.busy, track.failure) == (state, False, None)


@pytest.mark.parametrize(
    ("events", "resumes"),
    [
        ((), False),
        ((intent(),), True),
        (RUNNING, False),
        ((*RUNNING, Polling(key=KEY, at=1)), False),
        ((*RUNNING, polled(status=404)), True),
        ((*READY, Downloading(key=KEY, at=1)), True),
        ((*RUNNING, polled(state="CLOSED", detail="CANCELED")), False),
        ((*READY, stored(), Done(key=KEY, at=1, output="o")), False),
    ],
)
def test_a_restart_is_told_of_where_it_changes_anything(events: tuple[Event, ...], *, resumes: bool) -> None:
    """Tries that were counted, what was under way, a failure that gets a chance: not what only waits."""
    assert walk(*events).resumes() is resumes


def test_a_restart_may_give_another_chance_to_what_was_given_up() -> None:
    """With --retry-failed, and the event says so."""
    given_up = walk(*RUNNING, polled(state="CLOSED", detail="CANCELED"))
    assert given_up.resumes(retry_failed=True)
    assert after(given_up, Resumed(key=KEY, at=1)) == given_up
    assert after(given_up, Resumed(key=KEY, at=1, retry_failed=True)).state == "planned"


def test_a_create_that_nobody_can_read_is_repeated_once_and_flagged() -> None:
    """The vendor may hold a job behind an unreadable answer: the next run asks again, and that is all."""
    page = created(body="<html>")
    once = after(walk(intent(), page).resumed(), intent(2))
    assert once.possible_duplicate
    twice = after(once, page)
    assert twice.resumed() == twice
    assert twice.resumed(retry_failed=True).state == "unknown"


def test_a_failure_of_a_file_is_the_end_of_the_partition() -> None:
    """What the client or the sink calls final is final."""
    event = Failed(key=KEY, at=0, step="download", code="E-IO", message="no", exit=Exit.IO)
    assert walk(*READY, event).failure == event


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("2", 2_000),
        ("-5", 0),
        ("99999999", 300_000),
        ("abc", 60_000),
        ("NaN", 60_000),
        ("", 60_000),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 100_000),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ],
)
def test_retry_after_in_both_forms_is_capped(text: str, wait: int) -> None:
    """Seconds or a date, never negative, never above five minutes; nonsense counts as a minute."""
    assert retry_after_ms(text, 0) == wait


@pytest.mark.parametrize("asked", ["0", "-5", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_server_that_asks_for_no_wait_gets_a_longer_one_each_time(asked: str) -> None:
    """A clock behind ours, or a zero, must not make a storm of requests: 1 s, 2 s, 4 s and so on, capped."""
    track, waits = walk(*RUNNING), []
    for _ in range(MAX_WAITS - 1):
        at = 10**12 + sum(waits)
        track = after(track, polled(at=at, status=429, retry_after=asked))
        waits.append(track.not_before - at)
    assert waits[:4] == [1_000, 2_000, 4_000, 8_000]
    assert set(waits[9:]) == {300_000}
    assert track.pause_until == track.not_before
