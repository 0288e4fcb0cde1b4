"""The sandbox's rows: in the window, filtered, all text, plausible."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from runner.sandbox import calendar
from runner.sandbox.ask import DAY_MS, Ask
from runner.sandbox.clock import START_MS
from runner.sandbox.columns import all_columns, columns
from runner.sandbox.conversations import born
from runner.sandbox.endpoints import ENDPOINTS
from runner.sandbox.render import render
from runner.sandbox.rows import rows

WEEK = Ask(report="conversation", start_ms=1_767_571_200_000, end_ms=1_768_175_999_999, as_of_ms=START_MS)
"""5 to 11 January 2026, UTC; it holds a first Monday, so a storm of 2,100 actions."""


def table(ask: Ask, seed: int = 1) -> list[dict[str, str]]:
    """Return the rows as dictionaries."""
    return [dict(zip(all_columns(ask.report), row, strict=True)) for row in rows(ask, seed)]


def asked(report: str, **changes: Any) -> Ask:
    """Ask for a week of a report, created conversations where that matters."""
    return replace(WEEK, **{"report": report, "conversations": "CREATED", **changes})


@pytest.mark.parametrize("report", ENDPOINTS)
def test_every_report_has_rows_of_text(report: str) -> None:
    """Each row has a text for every column, and the same seed brings the same rows; another seed others."""
    found = table(asked(report))
    assert found
    assert all(type(value) is str for row in found for value in row.values())
    assert found == table(asked(report))
    assert found != table(asked(report), seed=2)


@pytest.mark.parametrize("report", sorted(set(ENDPOINTS) - {"user", "team_performance"}))
def test_rows_lie_in_the_window_in_order(report: str) -> None:
    """Each row's instant is in the window, and rows come in order of time."""
    column = {
        "raw_agent_states": "start_time", "combined": "POST_TIME", "conversation": "CREATED_TIME",
        "raw_expert_help": "REQUESTED_TIME", "author": "FIRST_POST_TIME", "incoming_post": "POST_TIME",
        "response": "RESPONSE_TIME", "response_approval": "DECIDED_TIME", "raw_brand_posts": "POST_TIME",
        "team_performance_interval": "INTERVAL_START",
    }.get(report, "ACTION_TIME")  # fmt: skip
    times = [row[column] for row in table(asked(report))]
    assert min(times) >= "2026-01-05 00:00:00"
    assert max(times) <= "2026-01-11 23:59:59"
    assert report == "author" or times == sorted(times)


def test_the_end_is_inside() -> None:
    """A conversation created in the window's last millisecond is there; a millisecond less and it is not."""
    one = born(1, 20_460)[3]
    alone = asked("conversation", start_ms=one.created - 1, end_ms=one.created)
    assert str(one.id) in [row["CONVERSATION_ID"] for row in table(alone)]
    assert str(one.id) not in [
        row["CONVERSATION_ID"] for row in table(replace(alone, end_ms=one.created - 1))
    ]


def test_three_kinds_of_conversations() -> None:
    """CREATED by creation, CLOSED by closing, and by default those still open at the window's end."""
    created, closed, still = (
        table(asked("conversation", conversations=kind)) for kind in ("CREATED", "CLOSED", "OPEN_AT_END")
    )
    assert all("2026-01-05" <= row["CREATED_TIME"] < "2026-01-12" for row in created)
    assert all("2026-01-05" <= row["CLOSED_TIME"] < "2026-01-12" for row in closed)
    assert {row["STATUS"] for row in created} == {row["STATUS"] for row in closed} == {"CLOSED"}
    assert {row["STATUS"] for row in still} == {"NEW", "OPEN", "AWAITING_CUSTOMER"}
    assert not any(row["CLOSED_TIME"] for row in still)
    assert still == table(replace(WEEK, start_ms=WEEK.end_ms - 1))
    assert any(row["CREATED_TIME"] < "2026-01-11" for row in still)
    new = next(row for row in still if row["STATUS"] == "NEW")
    assert (new["ASSIGNEE_ID"], new["FIRST_RESPONSE_TIME"], new["RESPONSES"]) == ("", "", "0")


@pytest.mark.parametrize(
    ("changes", "column", "values"),
    [
        ({"priorities": frozenset({0, 1})}, "PRIORITY", {"0", "1"}),
        ({"queues": frozenset({15, 21})}, "WORK_QUEUE_ID", {"15", "21"}),
        ({"smart_view": 302}, "LANGUAGE", {"es", "fr", "de", "tr"}),
        ({"smart_view": 301}, "PRIORITY", {"0", "1"}),
    ],
)
@pytest.mark.parametrize("kind", ["CREATED", "OPEN_AT_END"])
def test_filters_really_filter(changes: dict[str, Any], column: str, values: set[str], kind: str) -> None:
    """What does not match is gone, and all that matches is there."""
    every = table(asked("conversation", conversations=kind))
    kept = table(asked("conversation", conversations=kind, **changes))
    assert kept == [row for row in every if row[column] in values]
    assert 0 < len(kept) < len(every)


def test_an_unknown_smart_view_matches_nothing() -> None:
    """The file then has no rows, and is well formed."""
    ask = asked("conversation", smart_view=1)
    assert table(ask) == []
    assert b"".join(render(ask, 1)) == b"[]"


def test_business_hours_split_everything_in_two() -> None:
    """Inside and outside together are all; inside holds only instants of working hours."""
    for report in ("incoming_post", "raw_agent_states", "conversation"):
        every, inside, outside = (table(asked(report, business=kind)) for kind in (None, True, False))
        assert len(inside) + len(outside) == len(every)
        assert len(inside) > len(outside)
    still = {"conversations": "OPEN_AT_END"}
    assert table(asked("conversation", business=True, **still)) != table(
        asked("conversation", business=False, **still)
    )


@pytest.mark.parametrize(
    "report",
    ["raw_agent_states", "team_performance", "team_performance_interval", "response_approval", "user"],
)
def test_teams_are_kept_apart(report: str) -> None:
    """A list of teams keeps those teams only."""
    column = "team_id" if report == "raw_agent_states" else "TEAM_ID"
    every, some = table(asked(report)), table(asked(report, teams=frozenset({6222, 7204})))
    assert {row[column] for row in some} == {"6222", "7204"}
    assert len(some) < len(every)


@pytest.mark.parametrize("report", ["team_performance", "response_approval", "user"])
def test_disabled_agents_come_only_when_asked_for(report: str) -> None:
    """Three agents have left by the sandbox's calendar."""
    column = "USER_ID" if report == "user" else "AGENT_ID"
    span = {"start_ms": WEEK.start_ms - 80 * DAY_MS}
    without, everyone = (
        {row[column] for row in table(asked(report, include_disabled=flag, **span))} for flag in (False, True)
    )
    gone = {"1005", "1105", "1204"}
    assert not without & gone
    assert everyone & gone
    assert without < everyone


def test_users_can_be_picked() -> None:
    """Agents and teams narrow the list together (the sandbox's own choice)."""
    found = table(asked("user", agents=frozenset({1001, 1101}), teams=frozenset({6222})))
    assert [row["USER_ID"] for row in found] == ["1001"]


def test_the_window_only_moves_a_user_s_times() -> None:
    """Another window has the same users, teams and roles, and other total times."""
    one, other = table(asked("user")), table(asked("user", end_ms=WEEK.start_ms + 2 * DAY_MS))
    fixed = [name for name in all_columns("user") if not name.startswith("TOTAL")]
    assert [[row[name] for name in fixed] for row in one] == [[row[name] for name in fixed] for row in other]
    assert one != other


def test_a_user_s_times_are_those_of_the_states() -> None:
    """The totals of a window with whole states are the sums of raw_agent_states."""
    ask = asked("raw_agent_states", start_ms=calendar.midnight(20_458), end_ms=calendar.midnight(20_461) - 1)
    sums: Counter[tuple[str, str]] = Counter()
    for row in table(ask):
        sums[row["agent_id"], row["state"]] += int(row["duration_millis"])
    for row in table(replace(ask, report="user")):
        for state in ("GREEN", "YELLOW", "RED"):
            assert int(row[f"TOTAL_{state}_STATE_TIME_MILLIS"]) == sums[row["USER_ID"], state]


def test_history_is_cut_at_the_documented_caps() -> None:
    """500 actions of a conversation, 2,000 with raiselimit; conversation_actions has people's only."""

    def most(ask: Ask) -> int:
        return max(Counter(row["CONVERSATION_ID"] for row in table(ask)).values())

    assert most(asked("conversation_history_action")) == 500
    assert most(asked("conversation_history_action", raise_limit=True)) == 2_000
    assert most(asked("conversation_actions")) < 50


def test_intervals_cover_the_window() -> None:
    """Each team has a row per interval, and the responses of all intervals are those of the window."""
    daily = table(asked("team_performance_interval", interval_ms=DAY_MS, include_disabled=True))
    whole = table(asked("team_performance", include_disabled=True))
    assert len(daily) == 7 * 5
    assert sum(int(row["RESPONSES"]) for row in daily) == sum(int(row["RESPONSES"]) for row in whole)
    assert daily[0]["INTERVAL_START"] == "2026-01-05 00:00:00"
    assert daily[-1]["INTERVAL_END"] == "2026-01-11 23:59:59"


def test_intervals_above_a_week_are_months() -> None:
    """Any number above a week means calendar months [O]; the last one ends with the window."""
    ask = asked(
        "team_performance_interval",
        start_ms=1_767_225_600_000,
        end_ms=1_774_000_000_000,
        interval_ms=3_600_000_000,
    )
    found = sorted({(row["INTERVAL_START"][:10], row["INTERVAL_END"][:10]) for row in table(ask)})
    assert found == [("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28"), ("2026-03-01", "2026-03-20")]


def test_a_zone_formats_dates_and_moves_nothing() -> None:
    """The same conversations, shown at the zone's clock, or at a fixed offset; TIME_ZONE says which."""
    utc, chicago, offset = (
        table(asked("conversation", **change))
        for change in ({}, {"timezone": "America/Chicago"}, {"offset_ms": 19_800_000})
    )
    assert len(utc) == len(chicago) == len(offset)
    assert [row["CREATED_TIME"] for row in (utc[0], chicago[0], offset[0])] == [
        "2026-01-05 09:41:38", "2026-01-05 03:41:38", "2026-01-05 15:11:38",
    ]  # fmt: skip
    assert {row["TIME_ZONE"] for row in (*utc, *chicago, *offset)} == {"UTC", "America/Chicago", "+05:30"}
    assert table(asked("conversation", offset_ms=-3_600_000))[0]["TIME_ZONE"] == "-01:00"


def test_csv_survives_a_strict_reader() -> None:
    """Commas, quotes, line breaks, emoji, right-to-left script come through; the header has API names."""
    ask = asked("combined", format="csv")
    text = b"".join(render(ask, 1)).decode()
    found = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert tuple(found[0]) == columns("combined", "csv")
    assert [dict(zip(found[0], row, strict=True)) for row in found[1:]] == table(ask)
    assert text.endswith("\r\n")
    written = "".join(row["CONTENT"] for row in table(ask))
    assert all(sign in written for sign in (",", '"', "\n", "\r\n", "🙏", "שלום", "شكرًا"))


def test_json_is_an_array_of_text() -> None:
    """One object per row, columns in order."""
    ask = asked("user")
    found = json.loads(b"".join(render(ask, 1)))
    assert found == table(ask)
    assert tuple(found[0]) == columns("user", "json")


def test_chosen_columns_come_in_the_asked_order() -> None:
    """One column or several, in CSV and JSON; a mark before a CSV file only when asked for."""
    several = asked("conversation", format="csv", metrics=("STATUS", "CONVERSATION_ID"))
    assert b"".join(render(several, 1)).startswith(b"STATUS,CONVERSATION_ID\r\nCLOSED,")
    single = asked("conversation", metrics=("STATUS",))
    assert set(json.loads(b"".join(render(single, 1)))[0]) == {"STATUS"}
    assert next(render(several, 1, bom=True)).startswith(b"\xef\xbb\xbfSTATUS")


def test_a_file_comes_in_pieces() -> None:
    """No piece is much longer than 64 KiB of text, whatever the file's size."""
    pieces = list(render(asked("conversation_history_action", raise_limit=True, format="csv"), 1))
    assert len(pieces) > 3
    assert max(map(len, pieces)) < 200_000
    assert len(list(render(asked("conversation_history_action"), 1))) > 3


def test_a_window_of_the_future_is_empty() -> None:
    """Rows reach as far as the data do."""
    ahead = {"start_ms": START_MS + DAY_MS, "end_ms": START_MS + 2 * DAY_MS}
    assert [
        table(asked(report, **ahead)) for report in ("incoming_post", "raw_agent_states", "raw_brand_posts")
    ] == [[]] * 3


def test_the_same_bytes_for_ever() -> None:
    """The files of all reports for one week are fixed: another machine or version of Python changes nothing.

    Changing the sandbox's data changes this digest, and all committed locks of examples.
    """
    sha = sha256()
    for report in ENDPOINTS:
        for format in ("csv", "json"):
            ask = replace(WEEK, report=report, format=format, timezone="Europe/Berlin")
            for piece in render(ask, 1):
                sha.update(piece)
    assert sha.hexdigest() == "8ff9f12822da54edf2924321069a4122b713a0ed805c58922b6df37fa5c6912e"
