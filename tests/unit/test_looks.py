"""When a job is looked at, and what is learned from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from runner.errors import Exit
from runner.events import Downloading, Event, Failed, Intent, NotDownloaded, Resumed
from runner.looks import (
    LATEST_AGAIN_MS,
    LATEST_FIRST_MS,
    LEFT_MS,
    REMEMBERED,
    SOONEST_AGAIN_MS,
    UNKNOWN_SHARE,
    Builds,
    Looks,
    kind_of,
)
from runner.steps import after
from runner.track import NO_LINK_WAIT_MS, Track
from tests.unit.test_track import created, polled

DAY_MS = 86_400_000
PRIOR_MS = 15_000


class Watch:
    """Looks, and the tracks whose events they are shown."""

    def __init__(self, running: int = 2, *, scarce: bool = False) -> None:
        self.looks = Looks(running, PRIOR_MS)
        self.tracks: dict[str, Track] = {}
        self.scarce = scarce

    def happen(self, event: Event) -> None:
        """Let an event happen."""
        before = self.tracks.get(event.key) or Track(event.key)
        self.tracks[event.key] = after(before, event)
        self.looks.moved(before, self.tracks[event.key], event, scarce=self.scarce)

    def make(self, key: str, at: int, report: str = "r", span_ms: int = DAY_MS) -> None:
        """Make a job."""
        self.happen(Intent(key=key, at=at, attempt=1, request_digest="d", report=report, span_ms=span_ms))
        self.happen(created(at=at, key=key))

    def look(self, key: str, at: int, *, ended: bool) -> None:
        """Look at a job."""
        answer = polled(at=at, state="CLOSED", detail="COMPLETED", url="u") if ended else polled(at=at)
        self.happen(replace(answer, key=key))

    def due(self, key: str) -> int:
        """Return when a job is due for a look."""
        return self.looks.due(self.tracks[key], scarce=self.scarce)


def learned(*times: int, scarce: bool = False) -> Watch:
    """Return looks that have seen jobs take so long, each found running two seconds before its end."""
    watch, at = Watch(scarce=scarce), 0
    for number, time in enumerate(times):
        key = f"earlier {number}"
        watch.make(key, at)
        watch.look(key, at + time - 2_000, ended=False)
        watch.look(key, at + time, ended=True)
        at += 10 * DAY_MS
    return watch


@pytest.mark.parametrize(
    ("spans", "same"),
    [((28, 29, 30, 31), True), ((90, 91, 92), True), ((1, 7), False), ((7, 31), False), ((31, 92), False)],
)
def test_windows_of_like_length_are_one_kind(spans: tuple[int, ...], *, same: bool) -> None:
    """All months are one kind and all quarters another; a day with 23 or 25 hours is a day."""
    assert (len({kind_of("r", days * DAY_MS) for days in spans}) == 1) is same
    assert kind_of("r", 23 * 3_600_000) == kind_of("r", 25 * 3_600_000) == ("r", 0)


def test_of_an_unknown_kind_one_job_is_looked_at_for_all() -> None:
    """The eldest is looked at soon and often; the others wait for the guess, or as long as it has run."""
    watch = Watch()
    watch.make("a", 0)
    watch.make("b", 0)
    assert (watch.due("a"), watch.due("b")) == (SOONEST_AGAIN_MS, PRIOR_MS)
    watch.look("a", 40_000, ended=False)
    assert (watch.due("a"), watch.due("b")) == (45_000, 40_000)
    watch.look("b", 40_000, ended=False)
    assert watch.due("b") == 40_000 * (1 + UNKNOWN_SHARE)


def test_a_known_kind_is_first_looked_at_when_it_may_be_done() -> None:
    """The first look comes a little before the time that such jobs took."""
    watch = learned(*[100_000] * 12)
    watch.make("a", 10_000_000_000)
    first = watch.due("a") - 10_000_000_000
    assert 85_000 <= first <= 99_000
    watch.scarce = True
    assert watch.due("a") - 10_000_000_000 == 100_000


def test_looks_at_a_late_job_grow_further_apart() -> None:
    """A job that has run for long may run for long: the gap grows with its age, from 5 to 60 seconds."""
    watch = learned(10_000)
    watch.make("a", 10_000_000_000)
    gaps = []
    for age in (10_000, 100_000, 300_000, 3_000_000):
        watch.look("a", 10_000_000_000 + age, ended=False)
        gaps.append(watch.due("a") - 10_000_000_000 - age)
    assert gaps == [SOONEST_AGAIN_MS, 12_000, 36_000, LATEST_AGAIN_MS]


def test_jobs_that_wait_at_the_vendor_are_not_looked_at() -> None:
    """Only so many run at a time; the next one counts as started when one of them has ended."""
    watch = learned(*[100_000] * 12)
    for key in "abc":
        watch.make(key, 10_000_000_000)
    assert watch.due("c") - 10_000_000_000 >= 4 * 90_000
    watch.look("a", 10_000_098_000, ended=False)
    watch.look("a", 10_000_100_000, ended=True)
    assert 10_000_185_000 <= watch.due("c") <= 10_000_199_000


def test_in_scarcity_the_next_job_counts_as_started_rather_late() -> None:
    """A look that comes too early is wasted: where requests are scarce the later guess is taken."""
    watch = learned(*[100_000] * 12, scarce=True)
    for key in "abc":
        watch.make(key, 10_000_000_000)
    watch.look("a", 10_000_090_000, ended=False)
    watch.look("a", 10_000_100_000, ended=True)
    assert watch.due("c") == 10_000_200_000


def test_a_job_of_another_length_helps_where_its_own_is_unknown() -> None:
    """A report whose months are known says more about its weeks than the guess does."""
    watch = learned(100_000)
    watch.make("a", 10_000_000_000, span_ms=7 * DAY_MS)
    assert watch.due("a") - 10_000_000_000 == 49_500
    watch.make("b", 10_000_000_000, report="other")
    assert watch.due("b") - 10_000_000_000 == SOONEST_AGAIN_MS


def test_a_late_first_look_teaches_nothing() -> None:
    """A job that was found done hours later may have been done long before."""
    watch = learned(10_000)
    before = watch.looks.expected("earlier 0")
    watch.make("a", 10_000_000_000)
    watch.look("a", 10_900_000_000, ended=True)
    assert watch.looks.expected("earlier 0") == before


def test_a_first_look_in_time_makes_the_next_one_sooner() -> None:
    """What was done when it was looked at may have been done before: the guess drifts down, never up."""
    watch = learned(*[100_000] * 12)
    for number in range(REMEMBERED):
        at = (number + 1) * 10_000_000_000
        watch.make(f"{number}", at)
        watch.look(f"{number}", watch.due(f"{number}"), ended=True)
    assert 20_000 < watch.looks.expected("0") < 70_000


def test_a_job_that_failed_teaches_no_time() -> None:
    """Only files that were made say how long making one takes."""
    watch = learned()
    watch.make("a", 0)
    watch.happen(replace(polled(at=3_000, state="CLOSED", detail="CANCELED"), key="a"))
    assert watch.looks.expected("a") == PRIOR_MS
    assert watch.looks.held(3_000) == 0


def test_a_job_that_was_not_made_now_is_looked_at_as_soon_as_allowed() -> None:
    """A link that is asked for again waits for nothing but what its partition says."""
    watch = Watch()
    assert watch.looks.due(Track("k", state="running", not_before=7), scarce=False) == 7


def test_what_left_before_it_was_known_to_run_is_passed_over() -> None:
    """A partition that ends without having run moves nothing."""
    watch = Watch()
    watch.happen(Failed(key="a", at=0, step="create", code="E", message="m", exit=69))
    assert watch.looks.held(0) == 0


def test_the_ends_to_come_follow_from_age_and_expectation() -> None:
    """Two jobs of a minute end twice a minute; once they are late, as often as their age says."""
    watch = learned(*[60_000] * REMEMBERED)
    watch.make("a", 10_000_000_000)
    watch.make("b", 10_000_000_000)
    assert 2 <= watch.looks.ends_per_minute(10_000_000_000) < 2.2
    assert watch.looks.ends_per_minute(10_000_240_000) == 0.5


def test_few_builds_are_trusted_less() -> None:
    """One job of ten minutes says little about the next; many say much."""
    few, many = Builds(), Builds()
    few.note(600, 600)
    for _ in range(REMEMBERED):
        many.note(600, 600)
    assert (few.soonest(), few.surely()) == (300, 600)
    assert many.soonest() > 570


def test_what_a_kind_usually_takes_can_be_asked() -> None:
    """Half of the jobs took that long at most; of a report that was never seen nobody knows."""
    watch = learned(20_000, 100_000, 600_000)
    assert watch.looks.build_ms("r", DAY_MS) == 99_000
    assert watch.looks.build_ms("other", DAY_MS) is None


def test_a_night_without_a_look_teaches_nothing() -> None:
    """A run that was stopped and goes on the next day must not take its jobs for ones that last a night."""
    watch = Watch()
    watch.make("a", 0)
    watch.make("b", 0)
    for key in ("a", "b"):
        watch.look(key, 5_000, ended=False)
    watch.look("a", DAY_MS, ended=True)
    watch.look("b", DAY_MS, ended=False)
    watch.make("c", 2 * DAY_MS)
    assert watch.looks.expected("c") == PRIOR_MS


def test_a_late_look_at_a_long_job_still_teaches() -> None:
    """Looked at every hour, as by a timetable: about as long as it took is known."""
    watch = Watch()
    watch.make("a", 0)
    for hour in (1, 2):
        watch.look("a", hour * 3_600_000, ended=False)
    watch.look("a", 3 * 3_600_000, ended=True)
    watch.make("b", DAY_MS)
    assert watch.looks.expected("b", surely=True) == 3 * 3_600_000


def test_a_look_at_a_job_that_waits_says_nothing_of_how_long_it_runs() -> None:
    """A job behind the running ones has not begun."""
    watch = Watch(running=1)
    watch.make("a", 0)
    watch.make("b", 0)
    watch.look("b", 60_000, ended=False)
    assert watch.looks.expected("b") == PRIOR_MS


def test_no_job_is_left_unseen_for_hours_because_another_one_took_a_day() -> None:
    """However long such jobs took, the first look comes within half an hour."""
    watch = learned(DAY_MS)
    watch.make("a", 100 * DAY_MS)
    assert watch.due("a") - 100 * DAY_MS == LATEST_FIRST_MS


def out_of_sight(watch: Watch, key: str, at: int) -> None:
    """Let looks at a job fail until it is left for the next run."""
    left = {"step": "poll", "code": "E-SERVER", "message": "m", "exit": Exit.UNFINISHED}
    watch.happen(Failed(key=key, at=at, **left))  # type: ignore[arg-type]


def test_a_job_that_cannot_be_looked_at_fills_its_place_for_a_while() -> None:
    """The vendor may run it all the same; but a place is not given up for ever, nor where it has ended."""
    watch = Watch()
    watch.make("a", 0)
    watch.make("b", 0)
    out_of_sight(watch, "a", 1_000)
    watch.happen(replace(polled(at=1_000, state="CLOSED", detail="COMPLETED"), key="b"))
    out_of_sight(watch, "b", 1_000)
    assert watch.looks.held(LEFT_MS) == 1
    assert list(watch.looks.leaves(LEFT_MS)) == [1_000 + LEFT_MS]
    assert watch.looks.held(1_000 + LEFT_MS) == 0


def test_a_job_without_a_link_yet_has_left_the_queue() -> None:
    """COMPLETED is its end: its place is free, its time is known, and only its link is asked for."""
    watch = Watch(running=1)
    watch.make("a", 0)
    watch.make("b", 0)
    watch.look("a", 9_000, ended=False)
    watch.happen(replace(polled(at=11_000, state="CLOSED", detail="COMPLETED"), key="a"))
    assert watch.looks.held(11_000) == 1
    assert watch.looks.expected("b", surely=True) == 11_000
    assert watch.due("a") == 11_000 + NO_LINK_WAIT_MS
    watch.look("a", 26_000, ended=True)
    assert watch.looks.held(26_000) == 1


def test_of_a_slow_kind_the_place_is_kept_longer() -> None:
    """As long as such jobs may take, within half an hour."""
    for took, kept in ((200_000, 4 * 200_000), (DAY_MS, LATEST_FIRST_MS)):
        watch = learned(took)
        watch.make("a", 100 * DAY_MS)
        out_of_sight(watch, "a", 100 * DAY_MS)
        assert list(watch.looks.leaves(100 * DAY_MS)) == [100 * DAY_MS + kept]


def test_a_job_taken_up_again_has_its_place_and_its_age() -> None:
    """The next run looks at it at once; found running, it is looked at as a job of its age."""
    watch = Watch()
    watch.make("a", 0)
    watch.look("a", 5_000, ended=False)
    out_of_sight(watch, "a", 40_000)
    watch.happen(Resumed(key="a", at=1_000_000))
    assert watch.looks.held(1_000_000) == 1
    assert watch.due("a") <= 1_000_000
    watch.look("a", 1_000_000, ended=False)
    assert watch.due("a") == 1_000_000 + LATEST_AGAIN_MS


def test_a_job_that_runs_again_is_not_asked_without_a_pause() -> None:
    """Told to be done and then to be running, it is looked at as any other that runs."""
    watch = Watch()
    watch.make("a", 0)
    watch.look("a", 100_000, ended=True)
    watch.happen(Downloading(key="a", at=100_000))
    watch.happen(NotDownloaded(key="a", at=100_000, status=403))
    assert watch.due("a") == 100_000
    watch.look("a", 100_000, ended=False)
    assert watch.due("a") >= 100_000 + SOONEST_AGAIN_MS
    assert watch.looks.held(100_000) == 1
