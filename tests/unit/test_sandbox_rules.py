"""How the sandbox judges a create request."""

from __future__ import annotations

from typing import Any

import pytest

from runner.sandbox import rules
from runner.sandbox.ask import DAY_MS, Ask
from runner.sandbox.clock import START_MS
from runner.sandbox.columns import JSON_ONLY, KNOWN, columns
from runner.sandbox.endpoints import ENDPOINTS, find

START = 1_767_571_200_000
"""Monday 5 January 2026, UTC."""


def read(report: str = "conversation", history: int | None = 18, **asked: Any) -> Ask:
    """Judge a request of one week, changed by `asked`; None takes a parameter away."""
    given = {"startTime": START, "endTime": START + 7 * DAY_MS - 1, **asked}
    pairs = [
        (name, str(one))
        for name, value in given.items()
        for one in (value if isinstance(value, list) else [value])
        if one is not None
    ]
    return rules.read(report, pairs, START_MS, history)


def test_what_is_not_sent_has_the_documented_default() -> None:
    """JSON, all columns, open conversations, no filter, UTC."""
    ask = read()
    assert (ask.format, ask.metrics, ask.conversations) == ("json", (), "OPEN_AT_END")
    assert (ask.priorities, ask.business, ask.timezone, ask.offset_ms) == (None, None, "", 0)
    assert ask.last_ms == ask.end_ms


def test_rows_reach_no_further_than_the_last_midnight() -> None:
    """A window that ends in the future brings what is there (the sandbox's own choice)."""
    ask = read(startTime=START_MS - DAY_MS, endTime=START_MS + DAY_MS)
    assert ask.last_ms == START_MS


def test_every_list_is_read_in_its_own_style() -> None:
    """Comma lists for priorities, workqueueIds, teamIds; repeated keys for reportMetrics, teamId, agentId."""
    ask = read(priorities="0,3", workqueueIds="15,21,2", reportMetrics=["STATUS", "CONVERSATION_ID"])
    assert ask.priorities == {0, 3}
    assert ask.queues == {15, 21, 2}
    assert ask.metrics == ("STATUS", "CONVERSATION_ID")
    assert read("team_performance", teamIds="6222,7031").teams == {6222, 7031}
    user = read("user", teamId=[6222, 7031], agentId=[1001], includeDisabled="true")
    assert (user.teams, user.agents, user.include_disabled) == ({6222, 7031}, {1001}, True)


def test_other_parameters_are_read() -> None:
    """Zone, offset, smart view, type, cap, format, locale (en_US too, as the guide sends it)."""
    ask = read(
        timezone="America/Chicago", timezoneOffset=-3_600_000, smartViewId=301,
        conversationReportType="CLOSED", reportFormat="csv", locale="en_US",
        enableBusinessHour="true", businessHourType="false",
    )  # fmt: skip
    assert (ask.timezone, ask.offset_ms, ask.smart_view) == ("America/Chicago", -3_600_000, 301)
    assert (ask.conversations, ask.format, ask.business) == ("CLOSED", "csv", False)
    assert read("conversation_history_action", raiselimit="true").raise_limit


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"startTime": None}, "startTime is required"),
        ({"endTime": ""}, "endTime is required"),
        ({"startTime": 1_767_571_200}, "13 digits"),
        ({"endTime": 16_823_555_400_000}, "13 digits"),
        ({"endTime": START}, "before"),
        ({"startTime": START + 8 * DAY_MS}, "before"),
        ({"endTime": START + 93 * DAY_MS}, "three months"),
        ({"startTime": START - 400 * DAY_MS, "endTime": START - 390 * DAY_MS}, "18 months"),
        ({"reportFormat": "CSV"}, "reportFormat must be one of json, csv"),
        ({"locale": "EN"}, "locale"),
        ({"priorities": "0,6"}, "priorities"),
        ({"priorities": "0;1"}, "priorities"),
        ({"workqueueIds": "-1"}, "workqueueIds"),
        ({"smartViewId": [1, 2]}, "one id"),
        ({"timezone": "America/Chigaco"}, "timezone"),
        ({"timezone": ""}, "timezone"),
        ({"timezoneOffset": "1h"}, "timezoneOffset"),
        ({"timezoneOffset": 90_000_000}, "timezoneOffset"),
        ({"conversationReportType": "created"}, "conversationReportType"),
        ({"businessHourType": "true"}, "enableBusinessHour"),
        ({"businessHourType": "true", "enableBusinessHour": "false"}, "enableBusinessHour"),
        ({"enableBusinessHour": "True"}, "enableBusinessHour"),
        ({"reportMetrics": "status"}, "no column of conversation"),
        ({"reportMetrics": ["STATUS", "STATUS"]}, "twice"),
        ({"workqueueIds": ",".join(["123456789012"] * 2_000)}, "too long"),
    ],
)
def test_a_broken_rule_is_refused(asked: dict[str, Any], said: str) -> None:
    """Each documented rule is kept, and the answer names the parameter."""
    with pytest.raises(rules.Refused, match=said):
        read(**asked)


def test_three_months_are_fine_in_any_zone() -> None:
    """The longest quarter of a zone with a change of clocks passes, and so does 18 months back to the day."""
    autumn = 1_756_710_000_000  # 1 September 2025, 00:00 in Los Angeles
    assert read(startTime=autumn, endTime=autumn + 91 * DAY_MS + 3_600_000 - 1).start_ms == autumn
    berlin = 1_735_686_000_000  # 1 January 2025, 00:00 in Berlin
    assert read(startTime=berlin, endTime=berlin + DAY_MS).start_ms == berlin


def test_history_can_be_endless() -> None:
    """The vendor's own samples are years old; a switch lets them in."""
    assert (
        read(history=None, startTime=1_551_441_600_000, endTime=1_556_712_000_000).start_ms
        == 1_551_441_600_000
    )


def interval(days: float, ms: int) -> Ask:
    """Ask for intervals over so many days."""
    end = START + int(days * DAY_MS) - 1
    return read("team_performance_interval", endTime=end, timeInterval=ms)


@pytest.mark.parametrize(
    ("days", "ms"),
    [
        (31, DAY_MS),
        (28, 7 * DAY_MS),
        (31, 3_600_000_000),
        (7, 28_800_000),
        (7, 43_200_000),
        (7, DAY_MS),
        (89, DAY_MS),
        (1, 900_000),
    ],
)
def test_intervals_that_fit(days: float, ms: int) -> None:
    """Month and week rules as printed, a vendor sample's 89 daily ones, and months above a week."""
    assert interval(days, ms).interval_ms == ms


@pytest.mark.parametrize(
    ("days", "ms", "count"),
    [(31, 43_200_000, 62), (7, 3_600_000, 168), (7, 7 * DAY_MS, 1), (3, 300_000, 864)],
)
def test_too_many_buckets(days: float, ms: int, count: int) -> None:
    """What does not fit gets the one printed error text, with the number of buckets."""
    with pytest.raises(
        rules.TooManyBuckets, match=rf"Too many buckets \({count}\) requested\. Select a larger"
    ):
        interval(days, ms)


def test_the_printed_number_of_buckets() -> None:
    """Hourly over 31 days plus one makes the 745 of the printed error."""
    with pytest.raises(rules.TooManyBuckets) as caught:
        read("team_performance_interval", endTime=START + 31 * DAY_MS, timeInterval=3_600_000)
    assert str(caught.value) == (
        "Unable to hydrate filter for export info: com.lithium.socialweb.analytics.webapp.models.filter."
        "HydrationException: Too many buckets (745) requested. Select a larger interval?"
    )


def test_an_interval_is_required_and_listed() -> None:
    """team_performance_interval needs timeInterval, and an unlisted value under a week is an error."""
    with pytest.raises(rules.Refused, match="timeInterval is required"):
        read("team_performance_interval")
    with pytest.raises(rules.Refused, match="none of the allowed"):
        interval(7, 86_400_001)


def test_parameters_in_the_wrong_place_are_not_seen() -> None:
    """Form POSTs read the form but for raiselimit, all others the query; what is not declared is ignored."""
    query, form = (
        (("startTime", "q"), ("raiselimit", "q"), ("nonsense", "q")),
        (("startTime", "f"), ("raiselimit", "f")),
    )
    assert rules.seen("conversation_history_action", "POST", query, form) == (
        ("raiselimit", "q"),
        ("startTime", "f"),
    )
    assert rules.seen("conversation", "POST", query, form) == (("startTime", "q"),)
    assert rules.seen("conversation_actions", "GET", query, form) == (("startTime", "q"),)
    assert rules.seen("conversation", "POST", (("timeInterval", "1"), ("teamIds", "1")), ()) == ()


def test_reports_are_found_by_path() -> None:
    """Only raw_brand_posts has the marketing path, and only there."""
    assert find(("conversation",)) == "conversation"
    assert find(("marketing", "raw_brand_posts")) == "raw_brand_posts"
    assert [
        find(one) for one in (("raw_brand_posts",), ("marketing", "conversation"), ("nothing",), ("",))
    ] == [None] * 4


def test_columns_begin_with_the_documented_ones() -> None:
    """Known names first, spelt as documented; the five totals of user only in JSON; no name twice."""
    assert len(ENDPOINTS) == 14
    for report in ENDPOINTS:
        names = columns(report, "json")
        assert names[: len(KNOWN.get(report, ()))] == KNOWN.get(report, ())
        assert len(set(names)) == len(names)
    assert "ASSIGNEE_ID" in columns("conversation", "csv")
    assert set(columns("user", "json")) - set(columns("user", "csv")) == set(JSON_ONLY["user"])
    with pytest.raises(rules.Refused, match="no column"):
        read("user", reportFormat="csv", reportMetrics="TOTAL_MOBILE_TIME_MILLIS")
