"""The lane decides: what is most urgent, what the budget and the slots allow, and when it is over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from runner.actions import Create, Download, Finished, Place, Poll, Purpose, Wait
from runner.budget import MINUTE_MS, UNDER_WAY_MS
from runner.errors import Exit
from runner.events import (
    Adopted,
    Done,
    Downloading,
    Event,
    Failed,
    Forgotten,
    Intent,
    NotDownloaded,
    Polling,
    Unanswered,
)
from runner.lane import FILES_AT_ONCE, Lane
from runner.track import LONGEST_WAIT_MS, MAX_WAITS, Track
from tests.unit.test_track import KEY, READY, STATUS_URL, created, intent, polled, stored


def lane(*keys: str, rate: int = 20, running: int = 2, queued: int = 5) -> Lane:
    """Return a lane with the vendor's limits."""
    return Lane(keys or (KEY,), requests_per_minute=rate, running=running, queued=queued)


def test_a_new_lane_creates_in_the_order_of_the_plan() -> None:
    """The first partition comes first; asking twice changes nothing."""
    one = lane("a", "b")
    assert one.next(0) == one.next(0) == Create("a", 1)


def test_a_partition_goes_through_all_actions() -> None:
    """Create, wait, poll, download, place, finished: one action at a time."""
    one = lane()
    one.apply(intent())
    assert one.next(0) == Wait(None)
    one.apply(created())
    assert one.next(0) == Wait(5_000)
    assert one.next(15_000) == Poll(KEY, STATUS_URL)
    one.apply(Polling(key=KEY, at=15_000))
    one.apply(polled(at=15_000, state="CLOSED", detail="COMPLETED", url="u"))
    assert one.next(15_000) == Download(KEY, "u")
    one.apply(Downloading(key=KEY, at=15_000))
    one.apply(stored())
    assert one.next(15_000) == Place(KEY, stored())
    one.apply(Done(key=KEY, at=15_000, output="o"))
    assert one.next(15_000) == Finished()


def test_files_that_take_long_hold_up_nothing_else() -> None:
    """A few are fetched beside each other; the next one that leaves has the earliest end of its link."""
    keys = [str(number) for number in range(12)]
    one = lane(*keys, "last", rate=100, running=12, queued=99)
    for at, key in enumerate(keys):
        one.apply(Intent(key=key, at=at, attempt=1, request_digest="d"))
        one.apply(created(key=key, at=at))
    for key in reversed(keys):
        one.apply(replace(polled(at=99, state="CLOSED", detail="COMPLETED", url=key), key=key))
    for key in keys[:FILES_AT_ONCE]:
        assert one.next(99) == Download(key, key)
        one.apply(Downloading(key=key, at=99))
    assert one.next(99) == Create("last", 1)
    one.apply(Intent(key="last", at=99, attempt=1, request_digest="d"))
    assert one.next(99) == Wait(None)
    one.apply(replace(stored(at=200), key="3"))
    assert one.next(200) == Place("3", replace(stored(at=200), key="3"))
    one.apply(Done(key="3", at=200, output="o"))
    assert one.next(200) == Download(keys[FILES_AT_ONCE], keys[FILES_AT_ONCE])


def test_the_queue_is_never_overfilled() -> None:
    """No more jobs stand at the vendor than the running slots and the two it advises to queue."""
    one = lane("a", "b", "c", running=1, queued=2)
    for key in ("a", "b"):
        one.apply(Intent(key=key, at=0, attempt=1, request_digest="d"))
    assert one.next(0) == Wait(None)


def test_the_budget_holds_in_every_minute() -> None:
    """After N requests the next one leaves a minute after the first of them was answered."""
    one = lane("a", "b", "c", rate=2)
    one.apply(Intent(key="a", at=0, attempt=1, request_digest="d"))
    one.apply(Intent(key="b", at=1_000, attempt=1, request_digest="d"))
    assert one.next(2_000) == Wait(None)
    one.apply(created(at=3_000, key="a"))
    one.apply(created(at=4_000, key="b"))
    assert one.next(4_000) == Wait(63_000)
    assert one.next(63_000) == Create("c", 1)


def test_a_pause_asked_for_by_the_vendor_holds_for_the_lane() -> None:
    """A 429 to one partition stops the requests of all for as long as it says."""
    one = lane(KEY, "b")
    one.apply(intent())
    one.apply(created(status=429, body="", retry_after="9"))
    assert one.next(0) == Wait(9_000)
    assert one.next(9_000) == Create(KEY, 2)


def test_a_pause_outlasts_a_restart() -> None:
    """Who is stopped while the vendor wants to be left alone does not ask at once when it is run again."""
    first, again = lane(KEY, "b"), lane(KEY, "b")
    journal: list[Event] = [intent(), created(at=1_000, status=429, body="", retry_after="200")]
    for event in journal:
        first.apply(event)
        again.apply(event)
    for resumed in again.resumptions(5_000):
        again.apply(resumed)
    again.resume()
    assert first.next(5_000) == again.next(5_000) == Wait(201_000)
    assert again.next(201_000) == Create(KEY, 2)


def test_refused_credentials_close_the_lane() -> None:
    """After a 401 no other partition asks: it would only be refused too."""
    one = lane(KEY, "b")
    one.apply(intent())
    one.apply(created(status=401, body=""))
    assert one.next(0) == Finished()
    one.resume()
    assert one.next(0) == Create(KEY, 2)


def test_each_run_counts_its_own_tries_in_a_replay_too() -> None:
    """Two refusals in each of two runs are no reason to make the job again, nor are they in the journal."""
    refused = [Downloading(key=KEY, at=1), NotDownloaded(key=KEY, at=2, status=403), READY[-1]] * 2
    journal: list[Event] = [*READY, *refused]
    for _ in range(3):
        one = lane(KEY)
        for event in journal:
            one.apply(event)
        (resumed,) = one.resumptions(3)
        one.apply(resumed)
        one.resume()
        assert isinstance(one.next(100_000), Download)
        journal += [resumed, *refused]


@pytest.mark.parametrize(
    ("events", "again"),
    [([intent()], 50_000), ([intent()], 90_000), ([*READY, Downloading(key=KEY, at=0)], 50_000)],
)
def test_what_a_kill_cut_off_counts_as_long_as_it_may_have_been_on_its_way(
    events: list[Event], again: int
) -> None:
    """It arrived before the next run began, and while the client would still have waited for its answer."""
    one = lane(KEY, rate=1)
    for event in events:
        one.apply(event)
    (resumed,) = one.resumptions(again)
    one.apply(resumed)
    one.resume()
    assert one.next(again) == Wait(min(again, UNDER_WAY_MS) + MINUTE_MS)


def test_a_closed_lane_lets_what_is_under_way_end() -> None:
    """A stop starts nothing new, and waits for effects; a proven part file still gets its name."""
    one = lane(KEY, "b")
    one.apply(intent())
    one.close()
    assert one.next(0) == Wait(None)
    one.apply(created())
    assert one.next(0) == Finished()
    one.apply(stored())
    assert one.next(0) == Place(KEY, stored())


def test_events_of_other_lanes_are_passed_over() -> None:
    """A journal may hold partitions that this manifest no longer asks for."""
    one = lane()
    one.apply(Failed(key="other", at=0, step="create", code="E", message="m", exit=Exit.IO))
    assert one.next(0) == Create(KEY, 1)


def test_an_expired_slot_is_waited_for_while_others_are_full() -> None:
    """With no room and nothing due but polls, the lane wakes for the next poll."""
    one = lane(KEY, "b", running=1, queued=1)
    one.apply(intent())
    one.apply(created())
    assert one.next(0) == Wait(5_000)


def test_a_run_that_detaches_fills_the_queue_and_leaves() -> None:
    """It creates what the vendor takes now; it looks at nothing, fetches nothing, and ends."""
    one = Lane((KEY, "b"), requests_per_minute=20, running=1, queued=1, purpose="detach")
    assert one.next(0) == Create(KEY, 1)
    one.apply(intent())
    assert one.next(0) == Wait(None)
    one.apply(created())
    assert one.next(0) == Finished()
    one.apply(polled(at=1, state="CLOSED", detail="COMPLETED", url="u"))
    assert one.next(1) == Create("b", 1)
    one.apply(Intent(key="b", at=1, attempt=1, request_digest="d"))
    one.apply(created(at=1, key="b"))
    assert one.next(1) == Finished()
    one.apply(stored())
    assert one.next(1) == Place(KEY, stored())


def test_a_run_that_detaches_ends_where_all_is_created() -> None:
    """With nothing left to create there is nothing left to do."""
    one = Lane((KEY,), requests_per_minute=20, running=2, queued=5, purpose="detach")
    one.apply(intent())
    one.apply(created())
    assert one.next(0) == Finished()


def test_a_run_that_detaches_waits_for_the_budget() -> None:
    """A full minute delays the next create; it does not end the run."""
    one = Lane((KEY, "b"), requests_per_minute=1, running=2, queued=5, purpose="detach")
    one.apply(intent())
    one.apply(created())
    assert one.next(0) == Wait(60_000)


def test_a_run_that_collects_looks_once_and_fetches() -> None:
    """Each job is looked at once, at once; what is ready is fetched; nothing is created."""
    one = Lane((KEY, "b", "c"), requests_per_minute=20, running=2, queued=5, purpose="collect")
    one.apply(intent())
    one.apply(created())
    one.apply(Intent(key="b", at=0, attempt=1, request_digest="d"))
    one.apply(created(key="b"))
    one.resume()
    assert one.next(1) == Poll(KEY, STATUS_URL)
    one.apply(Polling(key=KEY, at=1))
    one.apply(polled(at=1))
    assert one.next(1) == Poll("b", STATUS_URL)
    one.apply(replace(polled(at=1, state="CLOSED", detail="COMPLETED", url="u"), key="b"))
    assert one.next(1) == Download("b", "u")
    one.apply(Failed(key="b", at=1, step="download", code="E", message="m", exit=Exit.IO))
    assert one.next(1) == Finished()


def test_a_run_that_waits_follows_what_is_under_way() -> None:
    """It creates nothing, and ends when the last job under way has ended."""
    one = Lane((KEY, "b"), requests_per_minute=20, running=2, queued=5, purpose="wait")
    one.apply(intent())
    one.apply(created())
    assert one.next(0) == Wait(5_000)
    one.apply(polled(at=5_000))
    assert one.next(5_000) == Wait(10_000)
    one.apply(Failed(key=KEY, at=5_000, step="poll", code="E", message="m", exit=Exit.VENDOR))
    assert one.next(5_000) == Finished()


def test_an_unanswered_create_is_left_to_a_person_where_that_is_wished() -> None:
    """With on_unknown: stop it is not sent again, in this run or the next, until a person says so."""
    one = Lane((KEY,), requests_per_minute=20, running=2, queued=5, repeat_unknown=False)
    one.apply(intent())
    one.resume()
    assert one.next(0) == Finished()
    failure = one.tracks[KEY].failure
    assert failure is not None
    assert (failure.code, failure.exit) == ("E-UNKNOWN", Exit.UNFINISHED)
    assert not one.tracks[KEY].given_up
    one.resume()
    assert one.next(0) == Finished()


def test_an_unanswered_create_is_sent_again_once_and_no_more() -> None:
    """The second time nobody answers it is given up; only a person can want a third."""
    one = lane()
    one.apply(intent())
    one.resume()
    assert one.next(0) == Create(KEY, 2)
    one.apply(intent(2))
    one.apply(Unanswered(key=KEY, at=0, step="create", sent=True, code="E-TIMEOUT", message="m"))
    assert one.next(0) == Finished()
    one.resume()
    assert one.next(0) == Finished()
    one.resume(retry_failed=True)
    assert one.next(0) == Create(KEY, 3)
    assert one.tracks[KEY].state == "unknown"


def test_creates_stop_after_three_without_an_answer() -> None:
    """Each may have made a job: the rest waits for the next run, and what runs is still fetched."""
    one = lane("a", "b", "c", "d", KEY)
    one.apply(intent())
    one.apply(created())
    for key in "abc":
        one.apply(Intent(key=key, at=0, attempt=1, request_digest="d"))
        one.apply(Unanswered(key=key, at=0, step="create", sent=True, code="E-TIMEOUT", message="m"))
    assert one.next(0) == Wait(5_000)
    assert one.next(20_000) == Poll(KEY, STATUS_URL)
    one.apply(Failed(key=KEY, at=0, step="poll", code="E", message="m", exit=Exit.IO))
    assert one.next(20_000) == Finished()


@pytest.mark.parametrize(
    ("status", "body"), [(500, ""), (502, "<html>"), (503, ""), (200, "no JSON"), (302, "")]
)
@pytest.mark.parametrize("repeat", [True, False])
def test_an_answer_that_does_not_tell_stops_creates_as_none_does(
    status: int, body: str, *, repeat: bool
) -> None:
    """A gateway's error, or what cannot be read, may stand for a job that was made: three, and no more."""
    one = Lane("abcde", requests_per_minute=20, running=2, queued=9, ahead=7, repeat_unknown=repeat)
    for key in "abc":
        assert one.next(0) == Create(key, 1)
        one.apply(Intent(key=key, at=0, attempt=1, request_digest="d"))
        one.apply(created(key=key, status=status, body=body))
    assert one.next(0) == Finished()
    assert one.next(60_000) == Finished()


def test_a_report_that_makes_the_server_fail_holds_up_no_other_one() -> None:
    """What was answered by HTTP 500 is sent again after all others, in a later run too."""
    one = lane("a", "b", "c", queued=9)
    journal = [Intent(key="a", at=0, attempt=1, request_digest="d"), created(key="a", status=500, body="")]
    for event in journal:
        one.apply(event)
    for key in "bc":
        assert one.next(60_000) == Create(key, 1)
        one.apply(Intent(key=key, at=60_000, attempt=1, request_digest="d"))
        one.apply(created(key=key, at=60_000))
    assert one.next(60_000) == Create("a", 2)
    again = lane("a", "b", "c")
    for event in journal:
        again.apply(event)
    again.resume()
    assert again.next(60_000) == Create("b", 1)


def test_a_create_that_a_kill_cut_off_is_not_held_against_it() -> None:
    """It is sent again in its turn."""
    one = lane("a", "b")
    one.apply(Intent(key="a", at=0, attempt=1, request_digest="d"))
    for resumed in one.resumptions(1):
        one.apply(resumed)
    one.resume()
    assert one.next(1) == Create("a", 2)


def test_an_answer_says_that_creates_may_go_on() -> None:
    """Only creates without an answer in a row close the way."""
    one = lane("a", "b", "c", KEY)
    for key in ("a", "b", KEY, "c"):
        one.apply(Intent(key=key, at=0, attempt=1, request_digest="d"))
        if key == KEY:
            one.apply(created())
        else:
            one.apply(Unanswered(key=key, at=0, step="create", sent=True, code="E", message="m"))
    assert one.next(30_000) == Create("a", 2)


def test_a_full_queue_makes_the_lane_modest() -> None:
    """Where somebody else fills the same queue, fewer of our jobs stand in it until one of ours has ended."""
    one = lane(KEY, "b", "c", running=2, queued=5)
    for key in (KEY, "b"):
        one.apply(Intent(key=key, at=0, attempt=1, request_digest="d"))
        one.apply(created(key=key))
    pushed_out = polled(at=1, state="CLOSED", detail="FAILED", reason="too many exports")
    one.apply(replace(pushed_out, key="b"))
    assert one.next(1) != Create("c", 1)
    one.apply(polled(at=2, state="CLOSED", detail="COMPLETED", url="u"))
    one.apply(Downloading(key=KEY, at=2))
    assert one.next(2) == Create("c", 1)


def pushed_out(one: Lane, key: str, at: int) -> None:
    """Let a job be made that finds the queue full."""
    action = one.next(at)
    assert isinstance(action, Create)
    assert action.key == key
    one.apply(Intent(key=key, at=at, attempt=action.attempt, request_digest="d"))
    one.apply(created(key=key, at=at))
    one.apply(replace(polled(at=at, state="CLOSED", reason="too many exports"), key=key))


def test_a_full_queue_is_full_for_all() -> None:
    """One job at a time finds out whether there is room, after longer and longer waits, and not for ever."""
    one, now = lane("a", "b", "c"), 0
    waits = []
    for _ in range(MAX_WAITS - 1):
        pushed_out(one, "a", now)
        wait = one.next(now)
        assert isinstance(wait, Wait)
        assert wait.until is not None
        waits.append(wait.until - now)
        now = wait.until
    assert waits[:4] == [60_000, 120_000, 240_000, LONGEST_WAIT_MS]
    assert set(waits[4:]) == {LONGEST_WAIT_MS}
    pushed_out(one, "a", now)
    assert one.next(now) == Finished()
    one.resume()
    assert one.next(now) == Create("a", MAX_WAITS + 1)


def test_jobs_made_at_once_find_one_full_queue() -> None:
    """Three that are pushed out together are one reason to wait; one of ours that ends makes room at once."""
    one = lane("a", "b", "c", "d", "e")
    for key in "abcd":
        one.apply(Intent(key=key, at=0, attempt=1, request_digest="d"))
        one.apply(created(key=key))
    for key in "bcd":
        one.apply(replace(polled(at=9, state="CLOSED", reason="too many exports"), key=key))
    one.apply(replace(polled(at=10), key="a"))
    assert one.next(59_000) == Poll("a", STATUS_URL)
    one.apply(replace(polled(at=59_000, state="CLOSED", detail="COMPLETED", url="u"), key="a"))
    one.apply(Downloading(key="a", at=59_000))
    assert one.next(59_000) == Create("e", 1)


def test_what_the_vendor_ended_is_asked_again_only_by_wish() -> None:
    """A rerun does not spend a job on what the vendor refused, until a person says so."""
    one = lane()
    one.apply(intent())
    one.apply(created(status=400, body=""))
    one.resume()
    assert one.next(0) == Finished()
    one.resume(retry_failed=True)
    assert one.next(0) == Create(KEY, 2)


def test_an_adopted_job_is_followed() -> None:
    """A job that was started by hand takes the partition's place; nothing is created for it."""
    one = lane()
    one.apply(Adopted(key=KEY, at=0, status_url="u", workflow_id="w"))
    assert one.tracks[KEY].adopted
    assert one.next(5_000) == Poll(KEY, "u")


def test_a_forgotten_partition_begins_anew() -> None:
    """Nothing of its past is left; its job is made again."""
    one = lane()
    one.apply(intent())
    one.apply(created())
    one.apply(Forgotten(key=KEY, at=1))
    assert one.tracks[KEY] == Track(KEY)
    assert one.next(1) == Create(KEY, 1)


def beside(*, purpose: Purpose = "run") -> Lane:
    """Return a lane beside a job of another manifest, which fills the only place of the queue."""
    one = Lane((KEY,), requests_per_minute=20, running=1, queued=1, ahead=0, purpose=purpose)
    one.apply(Intent(key="x", at=0, attempt=1, request_digest="d"))
    one.apply(created(key="x"))
    one.resume()
    return one


def test_a_job_of_another_manifest_is_looked_at_for_its_place() -> None:
    """It stands in the same queue: once it is done, ours is made. Its file is not fetched."""
    one = beside()
    assert one.elsewhere == 1
    assert one.next(1_000) == Wait(30_000)
    assert one.next(30_000) == Poll("x", STATUS_URL)
    one.apply(Polling(key="x", at=30_000))
    assert one.next(30_000) == Wait(None)
    one.apply(replace(polled(at=30_000), key="x"))
    assert one.next(30_000) == Wait(60_000)
    one.apply(Polling(key="x", at=60_000))
    one.apply(replace(polled(at=60_000, state="CLOSED", detail="COMPLETED", url="u"), key="x"))
    assert one.elsewhere == 0
    assert one.next(60_000) == Create(KEY, 1)
    one.apply(intent(at=60_000))
    one.apply(created(at=60_000))
    assert one.next(60_000) == Wait(65_000)


def test_a_job_of_another_manifest_is_left_alone_where_there_is_room() -> None:
    """Who fetches only, and who has places left, has nothing to ask about it."""
    assert beside(purpose="wait").next(60_000) == Finished()
    one = lane()
    one.apply(Intent(key="x", at=0, attempt=1, request_digest="d"))
    one.apply(created(key="x"))
    one.resume()
    assert one.next(60_000) == Create(KEY, 1)
    one.apply(intent(at=60_000))
    one.apply(created(at=60_000))
    assert one.next(60_000) == Wait(65_000)


def test_who_only_makes_jobs_looks_once_at_those_in_the_way() -> None:
    """One that still runs keeps its place, and the run is over; one that is done leaves it to ours."""
    for state, then in (("RUNNING", Finished()), ("CLOSED", Create(KEY, 1))):
        one = beside(purpose="detach")
        assert one.next(1_000) == Poll("x", STATUS_URL)
        one.apply(Polling(key="x", at=1_000))
        detail = "COMPLETED" if state == "CLOSED" else ""
        one.apply(replace(polled(at=1_000, state=state, detail=detail, url="u"), key="x"))
        assert one.next(1_000) == then


def test_a_job_that_waits_for_its_link_holds_up_no_other_one() -> None:
    """Its place in the vendor's queue is free as soon as it is COMPLETED."""
    one = lane(KEY, "b", running=1, queued=1)
    one.apply(intent())
    one.apply(created())
    one.apply(polled(at=5_000, state="CLOSED", detail="COMPLETED"))
    assert one.next(5_000) == Create("b", 1)


def test_jobs_that_cannot_be_looked_at_are_no_reason_for_more() -> None:
    """While the vendor's status is ill its queue is as full as before: no job is made to be pushed out."""
    keys = ("a", "b", "c", "d", "e")
    one = lane(*keys)
    for key in keys[:4]:
        assert one.next(0) == Create(key, 1)
        one.apply(Intent(key=key, at=0, attempt=1, request_digest="d"))
        one.apply(created(key=key))
    for key in keys[:4]:
        left = {"step": "poll", "code": "E-SERVER", "message": "m", "exit": Exit.UNFINISHED}
        one.apply(Failed(key=key, at=30_000, **left))  # type: ignore[arg-type]
    assert one.next(30_000) == Wait(630_000)
    assert one.next(630_000) == Create("e", 1)


def test_credentials_that_are_refused_for_another_manifest_are_refused_for_all() -> None:
    """Whose job it was makes no difference."""
    one = beside()
    one.apply(Polling(key="x", at=5_000))
    one.apply(replace(polled(at=5_000, status=401), key="x"))
    assert one.next(5_000) == Finished()


def test_a_report_that_is_forbidden_holds_up_no_other_one() -> None:
    """A 403 is that one's matter; in a later run it is asked for after all others."""
    one = lane(KEY, "b", "c")
    one.apply(intent())
    one.apply(created(status=403, body=""))
    assert one.next(0) == Create("b", 1)
    (resumed,) = one.resumptions(1)
    one.apply(resumed)
    one.resume()
    for key in ("b", "c", KEY):
        at = len(one.tracks)
        assert one.next(at) == Create(key, 2 if key == KEY else 1)
        one.apply(Intent(key=key, at=at, attempt=1, request_digest="d"))
        one.apply(created(key=key, at=at))


def test_after_three_that_are_forbidden_no_more_is_asked() -> None:
    """Then it is the company key; but not where one was let through."""
    keys = ("a", "b", "c", "d", "e")
    for first, then in ((403, Finished()), (200, Create("e", 1))):
        one = lane(*keys, queued=9)
        for key, status in zip(keys, (first, 403, 403, 403), strict=False):
            if isinstance(one.next(0), Create):
                one.apply(Intent(key=key, at=0, attempt=1, request_digest="d"))
                one.apply(created(key=key) if status == 200 else created(key=key, status=403, body=""))
        assert one.next(0) == then


def test_a_restarted_lane_has_the_budget_of_the_one_before() -> None:
    """Looks are in the journal by their answers alone: they count there too, or the vendor answers 429."""
    live, journal = lane("a", "b", rate=12), []
    events: list[Event] = [Intent(key=key, at=0, attempt=1, request_digest="d") for key in "ab"]
    events += [created(key=key) for key in "ab"]
    for at in range(10_000, 50_000, 10_000):
        events += [Polling(key="a", at=at), replace(polled(at=at + 100), key="a")]
        lost = {"step": "poll", "sent": True, "code": "E-CUT", "message": "m"}
        events += [Polling(key="b", at=at), Unanswered(key="b", at=at + 200, **lost)]  # type: ignore[arg-type]
    for event in events:
        live.apply(event)
        journal += [] if isinstance(event, Polling) else [event]
    again = lane("a", "b", rate=12)
    for event in journal:
        again.apply(event)
    for one in (live, again):
        one.resume()
    assert [again.next(at) for at in range(50_000, 120_000, 500)] == [
        live.next(at) for at in range(50_000, 120_000, 500)
    ]


def test_looks_leave_room_for_creates_and_downloads() -> None:
    """Jobs whose end is not near are not looked at so often that a create or download would have to wait."""
    one = lane("a", "b", "c", "d", rate=4, running=2, queued=2)
    for key in "ab":
        one.apply(Intent(key=key, at=0, attempt=1, request_digest="d"))
        one.apply(created(key=key))
    looks, now = [], 0
    while now < 600_000:
        match one.next(now):
            case Poll(key):
                looks.append(now)
                one.apply(Polling(key=key, at=now))
                one.apply(replace(polled(at=now), key=key))
            case Wait(until):
                assert until is not None
                assert until > now
                now = until
    late = [at for at in looks if at >= 120_000]
    assert max(sum(at <= other < at + 60_000 for other in late) for at in late) <= 3


def test_a_lane_tells_what_it_has_learned() -> None:
    """How long a kind of job took is known once one has ended, and not before."""
    one = lane()
    one.apply(replace(intent(), report="r", span_ms=86_400_000))
    one.apply(created())
    assert one.build_ms("r", 86_400_000) is None
    one.apply(polled(at=8_000))
    one.apply(polled(at=12_000, state="CLOSED", detail="COMPLETED", url="u"))
    assert one.build_ms("r", 86_400_000) == 10_000
