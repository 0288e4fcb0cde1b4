"""The views are made from the events alone."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from runner.cli.board import Board
from runner.cli.progress import Live, redraws, view
from runner.events import Created, Done, Downloading, Event, Failed, Intent, Lost, Unanswered
from runner.left import Left
from tests.unit.builders import partition, stored

PARTITIONS = [partition("a"), partition("b")]
STORY: list[Event] = [
    Intent(key="a", at=1_000, attempt=1, request_digest="d"),
    Created(key="a", at=2_000, status=200, body="secret"),
    Unanswered(key="a", at=2_500, step="poll", sent=True, code="E-CUT", message="cut"),
    Downloading(key="a", at=3_000),
    stored("a", at=4_000),
    Done(key="a", at=61_000, output="exports/a.csv"),
    Intent(key="b", at=61_000, attempt=2, request_digest="d"),
    Failed(key="b", at=62_000, step="poll", code="E-JOB", message="boom", exit=69),
]


def seen(live: Live, width: int = 80) -> list[str]:
    """Return the lines that the live view has on a screen of that width."""
    console = Console(width=width, file=io.StringIO())
    with console.capture() as shown:
        console.print(live.screen())
    return [line.rstrip() for line in shown.get().splitlines()]


def test_the_board_counts_and_guesses_the_time_left() -> None:
    """Time left follows from the pace so far; there is none before the first end and after the last."""
    board = Board(PARTITIONS)
    assert (board.left(), board.summary()) == ("", "0 of 2, 0 B")
    for event in STORY[:7]:
        board.note(event, event.at)
    assert board.left() == "about 1 min 00 s left"
    assert board.summary() == "1 of 2, 1 asking, 0 B, about 1 min 00 s left"
    board.note(STORY[7], 62_000)
    assert board.left() == ""


@pytest.mark.parametrize("choice", ["auto", "plain"])
def test_plain_lines_tell_what_begins_and_ends(choice: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal: one line a step, on standard error."""
    with view(choice, PARTITIONS, terminal=False, now=lambda: 1) as plain:
        for event in STORY:
            plain.observe(event)
        plain.received("a", 10)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "conversations/sandbox/a: asked for",
        "conversations/sandbox/a: poll brought no answer, E-CUT: cut",
        "conversations/sandbox/a: done, exports/a.csv (1 of 2)",
        "conversations/sandbox/b: asked for again (time 2)",
        "conversations/sandbox/b: failed, E-JOB: boom",
    ]


def test_what_is_there_already_counts_from_the_start(capsys: pytest.CaptureFixture[str]) -> None:
    """A rerun that finds six of sixteen files begins at 6 of 16; programs get a line for each of the six."""
    sixteen = [partition(str(number)) for number in range(16)]
    there = {str(number): "done" for number in range(6)}
    done = Done(key="6", at=61_000, output="exports/6.csv")
    for choice in ("auto", "plain", "json"):
        with view(choice, sixteen, terminal=choice == "auto", now=lambda: 1) as shown:
            shown.begins(there)
            if isinstance(shown, Live):
                assert seen(shown) == ["6 of 16, 0 B"]
            shown.observe(done)
            if isinstance(shown, Live):
                assert seen(shown)[0].startswith("7 of 16")
    out, err = capsys.readouterr()
    assert "done, exports/6.csv (7 of 16)" in err
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["event"] for row in rows] == ["there"] * 6 + ["done"]
    assert rows[0] == {"at": 1, "event": "there", "partition": "conversations/sandbox/0", "state": "done"}


def test_what_was_there_says_nothing_of_the_pace() -> None:
    """Time left follows from what this run did; a file that is found to be gone counts no longer."""
    board = Board([partition(key) for key in "abc"])
    board.begin({"a": "done"})
    assert (board.summary(), board.left()) == ("1 of 3, 0 B", "")
    board.note(Intent(key="b", at=0, attempt=1, request_digest="d"), 1_000)
    assert board.left() == ""
    board.note(Done(key="b", at=0, output="b.csv"), 61_000)
    assert board.left() == "about 1 min 00 s left"
    board.note(Lost(key="a", at=0), 62_000)
    assert board.summary().startswith("1 of 3")


def test_ndjson_has_a_line_an_event_and_no_body(capsys: pytest.CaptureFixture[str]) -> None:
    """Answers hold capability URLs, so their bodies never leave the journal."""
    with view("json", PARTITIONS, terminal=True, now=lambda: 1) as ndjson:
        for event in STORY:
            ndjson.observe(event)
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["event"] for row in rows] == [event.kind for event in STORY]
    assert rows[1] == {
        "at": 2000,
        "event": "created",
        "partition": "conversations/sandbox/a",
        "retry_after": "",
        "status": 200,
    }


def test_the_silent_view_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """`--progress none` writes nothing at all."""
    with view("none", PARTITIONS, terminal=True, now=lambda: 1) as silent:
        silent.observe(STORY[0])
        silent.received("a", 1)
    assert capsys.readouterr() == ("", "")


def test_the_live_view_shows_what_moves_and_one_line_of_sums() -> None:
    """A partition is a row while it moves; the last row is the summary."""
    with view("auto", PARTITIONS, terminal=True, now=lambda: 1) as live:
        assert isinstance(live, Live)
        for event in STORY[:4]:
            live.observe(event)
        live.received("a", 2048)
        assert seen(live) == [
            "conversations/sandbox/a  downloading  2.0 KiB",
            "0 of 2, 1 downloading, 2.0 KiB",
        ]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_narrow_screen_still_tells_two_windows_apart(width: int) -> None:
    """Names that do not fit go on below, as their end is what differs; the sums have the whole width."""
    name = "conversations-of-all-agents/a-company/2026-05-0"
    several = [partition(str(day), id=f"{name}{day}_2026-05-0{day + 1}") for day in (1, 2)]
    with view("auto", several, terminal=True, now=lambda: 1) as live:
        assert isinstance(live, Live)
        for one in several:
            live.observe(Intent(key=one.key, at=0, attempt=1, request_digest="d"))
            live.received(one.key, 2048)
        lines = seen(live, width)
    assert max(map(len, lines)) <= width
    assert lines[-1] == "0 of 2, 2 asking, 4.0 KiB"
    rows = [line[: line.find("  ")] if "  " in line else line for line in lines[:-1]]
    assert "".join(rows) == "".join(one.id for one in several)


@pytest.mark.parametrize(
    ("environ", "seen"),
    [({}, True), ({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False), ({"TERM": "Unknown"}, False)],
)
def test_what_cannot_draw_a_line_anew_gets_plain_lines(environ: dict[str, str], seen: bool) -> None:
    """The live view would show nothing there, for as long as the run takes; a pipe gets lines anyway."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert redraws(Terminal(), environ) == seen
    assert not redraws(io.StringIO(), environ)


def test_where_only_downloads_are_left_no_time_is_told() -> None:
    """How large a file is nobody says, and the pace of whole exports would tell more than was left before."""
    board = Board(PARTITIONS)
    for event in STORY[:6]:
        board.note(event, event.at)
    assert board.left() == "about 1 min 00 s left"
    board.expected = {"a": (board.last_at, Left(0, 0, False))}
    assert board.left() == ""


def test_the_time_left_is_what_the_lanes_reckon() -> None:
    """The slowest lane decides; time that goes by counts; what nobody knows is told as the least only."""
    board = Board(PARTITIONS)
    board.expected = {"a": (1_000, Left(5_000, 90_000, False)), "b": (31_000, Left(0, 120_000, False))}
    assert board.left(31_000) == "about 2 min 00 s left"
    assert board.summary(91_000) == "0 of 2, 0 B, about 1 min 00 s left"
    assert board.left(1_000_000) == ""
    board.expected["a"] = (31_000, Left(30_000, 900_000, True))
    assert board.left(31_000) == "at least 30 s left"
    for event in (STORY[5], STORY[7]):
        board.note(event, event.at)
    assert board.left(31_000) == ""


@pytest.mark.parametrize("choice", ["plain", "none", "json"])
def test_lines_for_logs_tell_the_time_left(choice: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Where something is done, once it is known; the other views take it without a word."""
    with view(choice, PARTITIONS, terminal=False, now=lambda: 61_000) as lines:
        lines.expects("acme", 1_000, Left(0, 120_000, False))
        lines.observe(STORY[5])
    said = "done, exports/a.csv (1 of 2, about 1 min 00 s left)"
    assert (said in capsys.readouterr().err) == (choice == "plain")


def test_the_live_view_counts_the_time_left_down() -> None:
    """It is reckoned now and then, and shown as of now."""
    at = [11_000]
    with view("auto", PARTITIONS, terminal=True, now=lambda: at[0]) as live:
        assert isinstance(live, Live)
        live.expects("acme", 1_000, Left(0, 60_000, False))
        first = seen(live)
        at[0] = 21_000
        second = seen(live)
    assert (first, second) == (["0 of 2, 0 B, about 50 s left"], ["0 of 2, 0 B, about 40 s left"])
