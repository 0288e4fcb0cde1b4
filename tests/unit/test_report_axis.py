"""Where things lie in the pictures: always inside, in order, and what is short can still be seen."""

from __future__ import annotations

from runner.report.axis import THINNEST, Axis, day_bars
from runner.report.series import Day
from runner.report.story import Span


def test_sittings_share_the_width_and_pauses_are_cut_short() -> None:
    """Time runs from the left edge to the right one; a pause takes 2 percent, however long it was."""
    axis = Axis([(0, 1_000), (900_000, 903_000)])
    assert [axis.at(0), axis.at(1_000), axis.at(900_000), axis.at(903_000)] == [0.0, 24.5, 26.5, 100.0]
    assert axis.at(450_000) == axis.at(900_000)
    assert axis.at(10**9) == 100.0
    assert [(one.x, one.width, one.kind) for one in axis.pauses()] == [(24.5, 2.0, "pause")]


def test_many_pauses_leave_room_for_what_happened() -> None:
    """All pauses together take no more than 30 percent."""
    axis = Axis([(one * 10_000, one * 10_000 + 100) for one in range(100)])
    assert sum(one.width for one in axis.pauses()) <= 30
    assert axis.at(99 * 10_000 + 100) == 100.0


def test_an_axis_of_nothing_and_of_an_instant() -> None:
    """No time has passed: everything lies at the edge, and nothing is divided by it."""
    assert Axis([]).pauses() == []
    assert Axis([(5, 5)]).at(5) == 0.0
    (bar,) = Axis([(5, 5)]).spans([Span("downloading", 5, 5)])
    assert (bar.x, bar.width) == (0.0, THINNEST)


def test_spans_are_drawn_by_phase() -> None:
    """Waiting is a thin line, work a block; what took an instant at the very end is inside the picture."""
    waiting, building, download = Axis([(0, 100_000)]).spans(
        [Span("waiting", 0, 50_000), Span("building", 50_000, 100_000), Span("downloading", 100_000, 100_000)]
    )
    assert (waiting.x, waiting.width, waiting.height) == (0.0, 50.0, 20)
    assert (building.x, building.width, building.height) == (50.0, 50.0, 80)
    assert (download.x, download.width) == (100 - THINNEST, THINNEST)


def test_minutes_are_bars_with_others_on_top() -> None:
    """A bar is as high as its share of the limit; a minute that lies in no sitting has none."""
    axis = Axis([(60_000, 180_000)])
    first, second, others = axis.minutes({1: 10, 2: 20, 9: 1}, {2: 5}, 25)
    assert (first.x, first.y, first.height) == (0.0, 60.0, 40.0)
    assert (second.x, second.height, second.kind) == (50.0, 80.0, "requests")
    assert (others.y, others.height, others.kind) == (0.0, 20.0, "others")


def test_days_are_bars_and_what_stands_out_is_marked() -> None:
    """The highest day leaves room for a mark; a gap has one at its foot, a day without number a ground."""
    days = [
        Day("2026-01-01", 10, 10, ""),
        Day("2026-01-02", 40, 10, "high"),
        Day("2026-01-03", 0, 10, "none"),
        Day("2026-01-04", None, 0, "no file"),
        Day("2026-01-05", None, 0, "not told"),
    ]
    bars = day_bars(days)
    assert [one.kind for one in bars] == ["rows", "high", "mark", "none", "mark", "no-file", "not-told"]
    assert all(0 <= one.y <= 100 and one.y + one.height <= 100.01 for one in bars)
    assert [one.title for one in bars if one.title] == [
        "2026-01-01: 10",
        "2026-01-02: 40, 10 is usual",
        "2026-01-03: 0, 10 is usual",
        "2026-01-04: no file",
        "2026-01-05: not told by its file",
    ]
    assert day_bars([]) == []
    assert {one.width for one in day_bars([Day("2026-01-01", 1, 1, "")] * 400)} == {0.25}
