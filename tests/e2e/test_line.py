"""The loop against the sandbox: what goes wrong there, and what becomes of it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.budget import MINUTE_MS
from runner.errors import Exit
from runner.events import Downloading, Event
from runner.execute import BARE, InLine, Pace, Threads
from runner.sandbox.clock import VirtualClock
from runner.sandbox.quirks import Quirks
from runner.sandbox.wire import Request, Response
from tests.e2e.line import Line

OUTPUT = "exports/raw_agent_states.csv"
PAGE = b"<html>please log in</html>"


def once(part: str, answer: Callable[[], Response], times: int = 1) -> Callable[[Request], Response | None]:
    """Return a fault that answers the first `times` requests whose target holds `part`."""
    left = [times]

    def fault(request: Request) -> Response | None:
        if part not in request.target or not left[0]:
            return None
        left[0] -= 1
        return answer()

    return fault


def page(status: int = 200, body: bytes = PAGE) -> Response:
    """Return an answer that is not the export."""
    return Response(status, (("content-length", str(len(body))),), (body,))


def test_a_lane_brings_its_file(tmp_path: Path) -> None:
    """From create to done; pieces of the download are told; nothing but the file is left in its folder."""
    line = Line(tmp_path)
    (track,) = line.run().tracks.values()
    assert track.state == "done"
    assert line.received == (tmp_path / OUTPUT).stat().st_size > 0
    assert os.listdir(tmp_path / "exports") == ["raw_agent_states.csv"]
    assert line.kinds()[0] == "intent"
    assert line.kinds()[-3:] == ["downloading", "stored", "done"]


def test_a_file_without_length_or_end_is_kept_with_a_warning(tmp_path: Path) -> None:
    """Where only the form shows that a file is whole, the record says so."""
    (track,) = Line(tmp_path, quirks=Quirks(no_content_length=True)).run().tracks.values()
    assert track.stored is not None
    assert (track.stored.proof, track.stored.warnings) == ("structure", (BARE,))


@pytest.mark.parametrize(("length", "state"), [((("content-length", "7"),), "done"), ((), "failed")])
def test_a_last_line_without_end_needs_a_length(
    tmp_path: Path, length: tuple[tuple[str, str], ...], state: str
) -> None:
    """A file whose last cell may go on is refused, unless the server said how long it is or where it ends."""
    line = Line(
        tmp_path, faults=lambda one: Response(200, length, (b"a,b\n1,2",)) if one.port == "storage" else None
    )
    (track,) = line.run().tracks.values()
    assert track.state == state
    assert (tmp_path / OUTPUT).exists() == (state == "done")
    if track.failure is not None:
        assert (track.failure.code, track.failure.exit) == ("E-UNPROVEN", Exit.UNTRUSTED)


def test_a_second_run_asks_for_nothing(tmp_path: Path) -> None:
    """The journal is replayed, and nothing is left to do."""
    Line(tmp_path).run()
    again = Line(tmp_path)
    again.run()
    assert again.events == []


def test_a_failed_job_does_not_stop_the_others(tmp_path: Path) -> None:
    """One report ends FAILED under PASS; the other file is there."""
    line = Line(
        tmp_path, "  - {report: author}\n  - {report: user}\n", Quirks(fail_reports=frozenset({"author"}))
    )
    states = [track.state for track in line.run().tracks.values()]
    assert states == ["failed", "done"]


def test_refused_credentials_end_the_lane_with_one_request(tmp_path: Path) -> None:
    """401: one POST, no retry."""
    line = Line(tmp_path, faults=once("raw_agent_states", lambda: page(401), 9))
    assert line.failure(line.run()) == ("E-CREDENTIALS", Exit.CREDENTIALS)
    assert line.kinds() == ["intent", "created"]


def test_a_page_instead_of_the_file_is_never_visible(tmp_path: Path) -> None:
    """A web page under a .csv name is fetched again a bounded number of times, then it is 76; no file."""
    line = Line(tmp_path, faults=once("/download", page, 9))
    assert line.failure(line.run()) == ("E-UNPROVEN", Exit.UNTRUSTED)
    assert os.listdir(tmp_path / "exports") == []


def test_a_cut_body_is_fetched_again(tmp_path: Path) -> None:
    """A body shorter than its Content-Length is no file; the next one is whole."""
    cut = Response(200, (("content-length", "8000"),), (b"agent_name\r\nx\r\n",))
    line = Line(tmp_path, faults=once("/download", lambda: cut))
    (track,) = line.run().tracks.values()
    assert track.state == "done"
    assert "unanswered" in line.kinds()


def test_an_expired_link_asks_the_status_again(tmp_path: Path) -> None:
    """403 of a download is followed by a poll, and by no second job."""
    line = Line(tmp_path, faults=once("/download", lambda: page(403)))
    (track,) = line.run().tracks.values()
    assert track.state == "done"
    assert line.kinds().count("intent") == 1
    assert "not_downloaded" in line.kinds()


@pytest.mark.parametrize("step", ["raw_agent_states", "/status"])
def test_a_foreign_address_in_an_answer_is_refused(tmp_path: Path, step: str) -> None:
    """A statusUrl or downloadUrl on another host is 76, and nothing is sent there."""
    body = (
        b'{"status":"PASS","result":{"workflowId":"w","runId":"r","statusUrl":"https://evil.example/status"}}'
        if step == "raw_agent_states"
        else b'{"status":"PASS","result":{"jobInfo":{"downloadUrl":"https://evil.example/d"},'
        b'"result":{"runnerState":"CLOSED","detail":"COMPLETED"}}}'
    )
    line = Line(tmp_path, faults=once(step, lambda: page(200, body)))
    assert line.failure(line.run()) == ("E-ORIGIN", Exit.UNTRUSTED)


def test_the_request_of_a_long_file_counts_from_when_the_first_of_it_came(tmp_path: Path) -> None:
    """How long the rest takes is no matter of the vendor's limit: it holds no other request up."""
    clocks: list[VirtualClock] = []

    def pace(clock: VirtualClock) -> InLine:
        clocks.append(clock)
        return InLine(clock.now_ms, clock.advance)

    line = Line(tmp_path, rate=1, pace=pace, sync=lambda file: clocks[0].advance(10_000))
    lane = line.run()
    (began,) = [event.at for event in line.events if isinstance(event, Downloading)]
    assert line.events[-1].at >= began + 10_000
    assert lane.budget.allowed_at(began + 10_000) == began + MINUTE_MS


def test_a_stop_in_a_download_leaves_no_file_and_goes_on_later(tmp_path: Path) -> None:
    """Stopped between two pieces: no part, no file; the next run finishes without a second job."""
    line = Line(tmp_path)

    def fault(request: Request) -> Response | None:
        if request.port == "storage":
            line.stop.set()
        return None

    line.faults = fault
    (track,) = line.run().tracks.values()
    assert track.state != "done"
    assert os.listdir(tmp_path / "exports") == []
    later = Line(tmp_path)
    (track,) = later.run().tracks.values()
    assert track.state == "done"
    assert "intent" not in later.kinds()


@pytest.mark.parametrize(
    ("error", "code", "exit"),
    [
        (errno.ENOSPC, "E-IO", Exit.IO),
        (errno.EACCES, "E-PERMISSION", Exit.CANNOT_CREATE),
    ],
)
def test_a_file_that_cannot_be_written(tmp_path: Path, error: int, code: str, exit: Exit) -> None:
    """A full disk and a missing right end the partition with their own codes; the job is kept."""

    def sync(descriptor: int) -> None:
        raise OSError(error, os.strerror(error))

    (tmp_path / "exports").mkdir()
    line = Line(tmp_path, sync=sync)
    assert line.failure(line.run()) == (code, exit)
    assert os.listdir(tmp_path / "exports") == []
    later = Line(tmp_path)
    later.run()
    assert "intent" not in later.kinds()
    assert (tmp_path / OUTPUT).exists()


def test_a_file_in_the_way_at_the_last_moment_is_not_overwritten(tmp_path: Path) -> None:
    """Somebody's file that appeared meanwhile keeps its bytes; 73."""

    def fault(request: Request) -> Response | None:
        if request.port == "storage":
            (tmp_path / OUTPUT).write_bytes(b"mine")
        return None

    (tmp_path / "exports").mkdir()
    line = Line(tmp_path, faults=fault)
    assert line.failure(line.run()) == ("E-EXISTS", Exit.CANNOT_CREATE)
    assert (tmp_path / OUTPUT).read_bytes() == b"mine"


def test_a_part_file_that_is_gone_is_fetched_again(tmp_path: Path) -> None:
    """Stored, but the part was removed before the rename: lost, and fetched by its link."""
    line = Line(tmp_path)
    seen = line.events.append

    class Removing(list[object]):
        """Removes the part when `stored` is told, once."""

        done = False

        def append(self, event: object) -> None:
            seen(event)  # type: ignore[arg-type]
            if getattr(event, "kind", "") == "stored" and not self.done:
                self.done = True
                (tmp_path / "exports" / event.part).unlink()  # type: ignore[attr-defined]

    recorded = line.events
    line.events = Removing()  # type: ignore[assignment]
    (track,) = line.run().tracks.values()
    assert track.state == "done"
    assert [event.kind for event in recorded].count("stored") == 2
    assert "lost" in [event.kind for event in recorded]


def cut() -> Response:
    """Cut the connection instead of answering."""
    raise ConnectionError


@pytest.mark.parametrize(
    ("part", "creates"), [("raw_agent_states", 2), ("/status", 1), ("/download", 1), ("X-Amz", 1)]
)
def test_a_cut_connection_behind_a_port_is_survived(tmp_path: Path, part: str, creates: int) -> None:
    """Only a create whose answer never came is sent again, once and flagged; all else needs no second job."""
    line = Line(tmp_path, faults=once(part, cut), port=True)
    (track,) = line.run().tracks.values()
    assert (track.state, track.possible_duplicate) == ("done", creates == 2)
    assert line.kinds().count("intent") == creates


def test_what_an_effect_raises_reaches_the_lane() -> None:
    """A fault of ours in a thread is not swallowed: the lane's own thread raises it."""

    def broken() -> Event:
        raise LookupError("ours")

    pace = Threads(lambda: 0)
    pace.start(broken)
    pace.close()
    with pytest.raises(LookupError):
        pace.take(1_000)
    assert pace.take(0) == []


def jumps(line: Line, times: int) -> None:
    """Let so many downloads of a line begin a day and an hour too late."""
    clocks: list[VirtualClock] = []
    left = [times]

    def pace(clock: VirtualClock) -> Pace:
        clocks.append(clock)
        return InLine(clock.now_ms, clock.advance)

    def late(event: Event) -> None:
        if event.kind == "downloading" and left[0]:
            left[0] -= 1
            clocks[0].advance(25 * 3_600_000)

    line.pace = pace
    line.watch.append(late)


def test_a_link_that_has_expired_costs_one_new_job_with_the_reason_in_the_record(tmp_path: Path) -> None:
    """Past its 24 hours no answer brings it back: the job is made again, once, and the summary says why."""
    line = Line(tmp_path)
    jumps(line, 1)
    (track,) = line.run().tracks.values()
    assert (track.state, track.attempt, track.possible_duplicate) == ("done", 2, False)
    assert "expired" in track.recreated
    assert line.kinds().count("intent") == 2
    again = Line(tmp_path)
    (later,) = again.run().tracks.values()
    assert (again.kinds(), later.recreated) == ([], track.recreated)


def test_a_second_link_that_expires_ends_the_partition(tmp_path: Path) -> None:
    """One new job, no more: 69; only a person can want a third."""
    line = Line(tmp_path)
    jumps(line, 9)
    assert line.failure(line.run()) == ("E-EXPIRED", Exit.VENDOR)
    assert line.kinds().count("intent") == 2
    assert Line(tmp_path).run().tracks.popitem()[1].given_up


RETRIED = ("polling", "polled", "downloading", "not_downloaded")


def test_a_link_that_is_refused_early_is_asked_for_again_before_a_new_job_is_made(tmp_path: Path) -> None:
    """The status is asked for another link, three times; only when that fails too is there a second job."""
    line = Line(tmp_path, faults=once("/download", lambda: page(403), 4))
    (track,) = line.run().tracks.values()
    assert (track.state, track.attempt) == ("done", 2)
    first = line.kinds()[: line.kinds().index("intent", 1)]
    assert first[first.index("not_downloaded") + 1 :] == [*RETRIED, *RETRIED, *RETRIED]
