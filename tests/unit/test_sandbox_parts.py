"""The sandbox's small parts: clocks, accounts, chance, requests on the wire, memory, calendar."""

from __future__ import annotations

import pytest

from runner.sandbox import calendar, conversations
from runner.sandbox.accounts import DEFAULT_ACCOUNTS, Account, proven
from runner.sandbox.ask import DAY_MS
from runner.sandbox.clock import START_MS, ScaledClock, VirtualClock
from runner.sandbox.dice import Dice, weighted
from runner.sandbox.memory import LOG_LENGTH, MINUTE_MS, Memory, Seen
from runner.sandbox.wire import Request
from tests.sandbox_calls import basic


def test_the_virtual_clock_moves_only_when_moved() -> None:
    """It begins at the sandbox's own calendar, and nothing but advance() changes it."""
    clock = VirtualClock()
    assert clock.now_ms() == clock.now_ms() == START_MS == 1_782_864_000_000
    clock.advance(90_000)
    assert clock.now_ms() == START_MS + 90_000
    with pytest.raises(ValueError, match="back"):
        clock.advance(-1)


def test_the_scaled_clock_runs_faster_than_its_source() -> None:
    """A speed of 1000 makes a second of the source a thousand seconds of the sandbox."""
    seconds = iter([10.0, 10.0, 12.5])
    clock = ScaledClock(1000, START_MS, lambda: next(seconds))
    assert clock.now_ms() == START_MS
    assert clock.now_ms() == START_MS + 2_500_000
    with pytest.raises(ValueError, match="speed"):
        ScaledClock(0, START_MS, lambda: 0.0)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer abc",
        "Basic",
        "Basic %%%",
        "Basic ÄÖ",
        basic("Sandbox@example.com")["authorization"],
        basic(password="")["authorization"],
    ],
)
def test_what_proves_nobody(header: str) -> None:
    """No scheme but Basic, no bad base64, and no other case of the user's name is accepted."""
    assert proven(header, DEFAULT_ACCOUNTS) == ()


def test_one_user_may_have_two_companies() -> None:
    """All accounts of that user and password are proven; the companyKey then picks one."""
    both = (Account("u", "p", "A"), Account("u", "p", "B"), Account("u", "other", "C"))
    assert proven(basic("u", "p")["authorization"], both) == both[:2]


def test_chance_depends_on_its_parts_alone() -> None:
    """The first numbers of a seed are fixed for ever: another version of Python makes the same rows."""
    dice = Dice(1, "conversations", 20_454)
    assert [dice.between(0, 1000) for _ in range(5)] == [49, 503, 724, 6, 781]
    assert Dice(1, 23).roll() != Dice(12, 3).roll()


def test_weights_are_kept() -> None:
    """An item of three quarters comes about three times in four."""
    dice, among = Dice("weights"), weighted(("a", 3), ("b", 1))
    assert 2_850 < [dice.weighted(among) for _ in range(4_000)].count("a") < 3_150


def test_a_request_comes_apart() -> None:
    """Path, decoded parts, query and form are read from the raw target and body; + is a plus in a path."""
    one = Request(
        "POST",
        "/a/b%2Fc+d?x=1&x=%C3%A9+y&flag=#z",
        {"content-type": "application/x-www-form-urlencoded; charset=utf-8"},
        b"k=%2B&k=2",
    )
    assert one.path == "/a/b%2Fc+d"
    assert one.segments == ("a", "b/c+d")
    assert one.query == (("x", "1"), ("x", "é y"), ("flag", ""))
    assert one.form == (("k", "+"), ("k", "2"))


def test_an_absolute_target_is_read_by_its_path() -> None:
    """A proxy may send the whole URL in the request line."""
    assert Request("GET", "http://127.0.0.1:80/api/x?y=1").path == "/api/x"


def test_only_a_form_is_read_as_a_form() -> None:
    """A JSON body brings no parameters (quirk body-media-type)."""
    assert Request("POST", "/", {"content-type": "application/json"}, b'{"startTime": 1}').form == ()


def test_the_minute_slides() -> None:
    """20 requests fit into any 60 seconds; a refused one does not count; each user has a budget."""
    memory = Memory()
    assert [memory.wait_ms("a", at) for at in range(20)] == [0] * 20
    assert memory.wait_ms("a", 30_000) == 30_000
    assert memory.wait_ms("b", 30_000) == 0
    assert memory.wait_ms("a", MINUTE_MS) == 0
    assert memory.wait_ms("a", MINUTE_MS) == 1


def test_the_log_is_bounded() -> None:
    """The oldest request goes when there are more than the log holds; the newest is last."""
    memory = Memory()
    for at in range(LOG_LENGTH + 5):
        memory.note(Seen("GET", "/", (), (), 200, at))
    asked = memory.asked()
    assert (len(asked), asked[0].at, asked[-1].at) == (LOG_LENGTH, 5, LOG_LENGTH + 4)


@pytest.mark.parametrize(
    ("instant", "opens"),
    [
        (1_767_625_200_000, 0),  # Monday 5 January 2026, 09:00 in Chicago
        (1_767_618_000_000, 3_600_000),  # the same day, 07:00
        (1_767_668_400_000, 36_000_000),  # the same day, 21:00: Tuesday 08:00 is 11 hours away, less one
        (1_768_082_400_000, 147_600_000 - 21_600_000),  # Saturday 10 January 16:00, which has just closed
    ],
)
def test_the_next_opening(instant: int, opens: int) -> None:
    """Working hours are open at once; otherwise the next working day's opening is meant."""
    found = calendar.next_open(instant)
    assert calendar.is_open(found)
    if opens == 0:
        assert found == instant
    else:
        assert found > instant
        assert not calendar.is_open(instant)


def test_holidays_are_closed() -> None:
    """On 1 January, 4 July, Thanksgiving, Christmas and Sundays nobody works."""
    for year, month, day in ((2026, 1, 1), (2025, 11, 27), (2025, 12, 25), (2026, 7, 4), (2026, 1, 4)):
        number = next(
            one
            for one in range(20_300, 20_700)
            if calendar.date_of(one).timetuple()[:3] == (year, month, day)
        )
        assert calendar.hours(number) is None
        assert calendar.day_of(calendar.midnight(number)) == number
        assert calendar.day_of(calendar.midnight(number + 1) - 1) == number


def test_every_working_day_has_20_to_60_conversations_or_so() -> None:
    """Volumes have a weekly rhythm and seasons, and stay moderate."""
    counts = {day: len(conversations.born(1, day)) for day in range(20_400, 20_500)}
    working = [n for day, n in counts.items() if calendar.date_of(day).weekday() < 5 and calendar.hours(day)]
    sundays = [n for day, n in counts.items() if calendar.date_of(day).weekday() == 6]
    assert min(working) >= 20
    assert max(working) <= 65
    assert max(sundays) < min(working)


def test_a_conversation_lives_in_order_and_not_too_long() -> None:
    """Asked before answered, answered in working hours or minutes after, closed last, all within its life."""
    for day in (20_446, 20_454, 20_600):
        for one in conversations.born(1, day):
            instants = [message.at for message in one.messages]
            assert instants == sorted(instants)
            assert instants[0] == one.created
            assert one.created < one.first_response <= instants[-1] < one.closed
            assert one.closed < calendar.midnight(day) + (conversations.LIFE_DAYS - 1) * DAY_MS
            assert all(
                calendar.is_open(m.at - 540_000) or calendar.is_open(m.at)
                for m in one.messages
                if not m.incoming
            )


def test_a_conversation_s_state_follows_its_messages() -> None:
    """New until the first response, then waiting for the customer or open again, at last closed."""
    one = next(one for one in conversations.born(1, 20_460) if len(one.messages) > 2)
    states = [
        conversations.status(one, at) for at in (one.created, *(m.at for m in one.messages[1:3]), one.closed)
    ]
    assert states == ["NEW", "AWAITING_CUSTOMER", "OPEN", "CLOSED"]
