"""The lane decides: what is most urgent, what the budget and the slots allow, and when it is over."""

from __future__ import annotations

from runner.actions import Create, Download, Finished, Place, Poll, Wait
from runner.errors import Exit
from runner.events import Done, Downloading, Failed, Intent, Polling
from runner.lane import Lane
from tests.unit.test_track import KEY, STATUS_URL, created, intent, polled, stored


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
    assert one.next(0) == Wait(15_000)
    assert one.next(15_000) == Poll(KEY, STATUS_URL)
    one.apply(Polling(key=KEY, at=15_000))
    one.apply(polled(at=15_000, state="CLOSED", detail="COMPLETED", url="u"))
    assert one.next(15_000) == Download(KEY, "u")
    one.apply(Downloading(key=KEY, at=15_000))
    one.apply(stored())
    assert one.next(15_000) == Place(KEY, stored())
    one.apply(Done(key=KEY, at=15_000, output="o"))
    assert one.next(15_000) == Finished()


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


def test_refused_credentials_close_the_lane() -> None:
    """After a 401 no other partition asks: it would only be refused too."""
    one = lane(KEY, "b")
    one.apply(intent())
    one.apply(created(status=401, body=""))
    assert one.next(0) == Finished()
    one.resume()
    assert one.next(0) == Create(KEY, 2)


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
    assert one.next(0) == Wait(15_000)
