"""Windows in any zone: parts tile, forms agree, labels differ."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from runner.timeframe import Window, exceeds_months, split, window
from runner.window import iso
from runner.zones import day_start, local, names

ZONES = st.one_of(
    st.sampled_from(["America/Havana", "Asia/Beirut", "America/Sao_Paulo", "Africa/Cairo", "Pacific/Apia",
                     "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "America/Los_Angeles"]),
    st.sampled_from(sorted(names())),
)  # fmt: skip
DAYS = st.dates(date(2001, 9, 12), date(2040, 1, 1))
STEPS = st.one_of(st.sampled_from(["none", "day", "week", "month", "quarter"]), st.integers(1, 92))
INSTANTS = st.integers(1_000_200_000_000, 2_200_000_000_000)
MODEST = settings(max_examples=80, deadline=None)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Draw a window of up to a hundred days, on the day or across it."""
    zone, first = draw(ZONES), draw(DAYS)
    start = day_start(first, zone) + draw(st.one_of(st.just(0), st.integers(0, 86_399_999)))
    end = day_start(first + timedelta(days=draw(st.integers(2, 100))), zone)
    end += draw(st.one_of(st.just(0), st.integers(0, 86_399_999)))
    assume(start < end)
    return Window(start, end, zone)


@MODEST
@given(windows(), STEPS)
def test_the_parts_tile_the_window(whole: Window, step: str | int) -> None:
    """Whatever the zone, the parts of a split leave no gap, never overlap, and none is empty."""
    parts = split(whole, step)
    assert [parts[0].start_ms, *(one.end_ms for one in parts)] == [
        *(one.start_ms for one in parts),
        whole.end_ms,
    ]
    assert parts[0].start_ms == whole.start_ms
    assert all(one.start_ms < one.end_ms and one.timezone == whole.timezone for one in parts)


@MODEST
@given(windows(), STEPS)
def test_the_labels_of_parts_differ(whole: Window, step: str | int) -> None:
    """No two parts of a window have one label, so that their ids and names stay apart."""
    found = [one.label() for one in split(whole, step)]
    assert len(set(found)) == len(found)


@MODEST
@given(windows())
def test_a_day_never_spans_two(whole: Window) -> None:
    """A part of a split by day lies within one day of the zone's calendar, but for a fold over midnight."""
    for one in split(whole, "day"):
        first, last = (local(at, whole.timezone).date() for at in (one.start_ms, one.end_ms - 1))
        assert first == last or abs((last - first).days) == 1


@MODEST
@given(DAYS, ZONES)
@example(date(2024, 3, 10), "America/Havana")
def test_a_day_begins_when_the_one_before_has_ended(day: date, zone: str) -> None:
    """The first instant of a day shows that day or a later one, and the millisecond before an earlier one."""
    begins = day_start(day, zone)
    assert local(begins, zone).date() >= day
    assert local(begins - 1, zone).date() < day


@MODEST
@given(INSTANTS, INSTANTS, ZONES)
def test_every_way_to_write_an_instant_means_the_same(one: int, other: int, zone: str) -> None:
    """Epoch integer, epoch text and ISO text with an offset give one window."""
    assume(one != other)
    start, end = sorted((one, other))
    ways = [
        {"start": start, "end": end},
        {"start": str(start), "end": str(end)},
        {"start": iso(start, "UTC"), "end": iso(end, zone)},
    ]
    assert {window(dict(way), zone) for way in ways} == {Window(start, end, zone)}


@MODEST
@given(st.integers(2002, 2040), st.integers(1, 4), ZONES)
def test_a_quarter_is_three_months_and_no_more(year: int, quarter: int, zone: str) -> None:
    """A quarter holds exactly its months and never exceeds three of them, in any zone."""
    whole = window(f"{year}-Q{quarter}", zone)
    months = [window(f"{year}-{quarter * 3 + one:02d}", zone) for one in (-2, -1, 0)]
    assert split(whole, "month") == tuple(months)
    assert not exceeds_months(whole, 3)
    assert exceeds_months(Window(whole.start_ms, whole.end_ms + 2, zone), 3)
