"""From answers to a manifest, and what is wrong with an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from runner import catalog, document, profiles, starting
from runner.errors import Problem
from runner.manifest import parse
from runner.plan import Plan
from runner.profiles import SANDBOX_TODAY_MS
from runner.starting import Answers

KNOWN = catalog.load()
FULL = Answers(
    "conversation",
    {"start": "2026-01-01", "end": "2026-03-01"},
    "Europe/Berlin",
    "json",
    ("CONVERSATION_ID", "Assignee ID"),
    {"conversationReportType": "CREATED", "priorities": [0, 1], "enableBusinessHour": True},
    "month",
    "sandbox",
    ("one", "two"),
)
TEXT = """\
# one
# two
version: 1
profiles: [sandbox]
timezone: Europe/Berlin
period: {start: 2026-01-01, end: 2026-03-01}
exports:
  - report: conversation
    format: json
    metrics: [CONVERSATION_ID, "Assignee ID"]
    parameters: {conversationReportType: CREATED, priorities: [0, 1], enableBusinessHour: true}
    split: month
"""


def judged(answers: Answers, file: str = "q1.yaml") -> starting.Judged:
    """Judge answers as the sandbox would."""
    return starting.judged(answers, file, KNOWN, profiles.sandbox(), SANDBOX_TODAY_MS)


def planned(answers: Answers) -> Plan:
    """Return the plan of answers that are right."""
    made = judged(answers).plan
    assert made is not None
    return made


def test_the_text_says_what_was_answered() -> None:
    """Every answer has its line; what was not answered has none."""
    assert starting.text(FULL) == TEXT
    assert starting.text(Answers("author", "2026-06")) == (
        "version: 1\ntimezone: UTC\nperiod: 2026-06\nexports:\n  - report: author\n    format: csv\n"
    )
    assert "    split: 7\n" in starting.text(replace(FULL, split="7"))


def test_a_report_is_known_by_its_title_too() -> None:
    """As the vendor writes it, whatever its case; a part of a title is searched for, not taken."""
    for name in ("conversation", "Raw Conversation", "raw  conversation"):
        assert starting.report_named(name, KNOWN.reports) is KNOWN.reports["conversation"]
    assert starting.report_named("Raw Author", KNOWN.reports) is KNOWN.reports["author"]
    assert starting.report_named("Raw", KNOWN.reports) is None


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("soon", "2026-01-15, or 2026-01-01..2026-04-01"),
        ("2027-01", "so that it cannot be reproduced; end it by then"),
    ],
)
def test_what_is_wrong_with_a_period_names_what_can_be_typed(period: str, said: str) -> None:
    """Neither a mapping nor another key of the manifest can be typed as a period."""
    (why,) = judged(replace(FULL, period=period)).about("--period")
    assert why.endswith(said)


def test_the_plan_is_that_of_the_text() -> None:
    """What is judged is what is written, so a good answer stays good."""
    manifest = parse(document.read(TEXT.encode(), "q1.yaml"), KNOWN)
    made = planned(FULL)
    assert made.manifest_digest == manifest.digest
    assert len(made.partitions) == 2
    assert starting.whole(made).label() == "2026-01-01_2026-03-01"


@pytest.mark.parametrize("report", KNOWN.reports.values(), ids=list(KNOWN.reports))
def test_every_report_has_a_first_manifest(report: catalog.Report) -> None:
    """With what is suggested for its parameters, and the last month, there is nothing wrong."""
    values = {one.name: starting.value(one, starting.suggested(one)) for one in starting.to_ask(report)}
    period = starting.last_month(SANDBOX_TODAY_MS, "UTC")
    assert planned(Answers(report.id, period, parameters=values)).partitions


@pytest.mark.parametrize(
    ("change", "option", "words"),
    [
        ({"report": "convrsation"}, "--report", "did you mean conversation?"),
        ({"period": "2026-13"}, "--period", "is not in the calendar"),
        ({"period": "2026-07"}, "--period", "ends in the future"),
        ({"period": "2020-07"}, "--period", "holds nothing before"),
        ({"timezone": "Europe/Berlyn"}, "--timezone", "did you mean 'Europe/Berlin'?"),
        ({"format": "xml"}, "--format", "not one of csv, json"),
        ({"metrics": ("CONVERSATON_ID",)}, "--metrics", "did you mean CONVERSATION_ID?"),
        ({"metrics": ("",)}, "--metrics", "is no column name"),
        ({"parameters": {"priority": [1]}}, "--parameter", "did you mean 'priorities'?"),
        ({"parameters": {"priorities": ["high"]}}, "--parameter", "text 'high'"),
        ({"split": "fortnight"}, "--split", "'fortnight'"),
        ({"report": "team_performance"}, "--split", "cannot be split"),
        ({"period": {"start": "x", "end": "2026-03-01"}}, "--period", "is no instant"),
    ],
)
def test_what_is_wrong_is_wrong_with_its_option(change: dict[str, object], option: str, words: str) -> None:
    """So a person is asked again for that answer, and a script is told which flag."""
    plain = replace(FULL, metrics=(), parameters={"conversationReportType": "CREATED"})
    found = judged(replace(plain, **change))  # type: ignore[arg-type]
    assert found.plan is None
    assert any(words in one for one in found.about(option))


def test_a_name_that_no_manifest_can_have_is_wrong_with_the_file() -> None:
    """It belongs to no option."""
    assert "cannot name the manifest" in judged(FULL, "a*b.yaml").about("FILE")[0]
    assert starting.option(Problem("x", 1, 1, "version", "y")) == "FILE"


def test_warnings_are_told_apart() -> None:
    """A column that no list has is notable, and not wrong."""
    found = judged(FULL)
    assert found.about("--metrics") == []
    assert "is sent as ASSIGNEE_ID" in found.warnings("--metrics")[0]
    # Warnings stay where something else is wrong.
    assert judged(replace(FULL, period="2026-07")).warnings("--metrics")


def test_values_get_the_type_of_their_parameter() -> None:
    """What does not fit stays text, so that the manifest's own judgement explains it."""
    conversation = KNOWN.reports["conversation"].parameter
    assert starting.value(conversation("priorities"), "0, 1,x") == [0, 1, "x"]
    assert starting.value(conversation("enableBusinessHour"), "True") is True
    assert starting.value(conversation("enableBusinessHour"), "no") == "no"
    assert starting.value(conversation("smartViewId"), "12") == 12
    assert starting.value(conversation("smartViewId"), "-") == "-"
    assert starting.value(conversation("locale"), "12") == "12"
    assert starting.value(conversation("reportMetrics"), "A, B") == ["A", "B"]
    assert starting.value(None, "3") == "3"


def test_periods_are_written_as_people_do() -> None:
    """Two instants with dots between."""
    assert starting.period("2026-Q1") == "2026-Q1"
    assert starting.period("2026-01-01 .. 2026-02-01") == {"start": "2026-01-01", "end": "2026-02-01"}


def test_the_last_month_and_day_are_over() -> None:
    """In the zone's own calendar."""
    assert starting.last_month(SANDBOX_TODAY_MS, "UTC") == "2026-06"
    assert starting.last_month(SANDBOX_TODAY_MS, "America/Los_Angeles") == "2026-05"
    assert starting.yesterday(SANDBOX_TODAY_MS, "UTC") == "2026-06-30"
    assert starting.yesterday(SANDBOX_TODAY_MS, "America/Los_Angeles") == "2026-06-29"


def test_what_decides_on_the_rows_is_asked_for() -> None:
    """Required parameters, and those that make another kind of file."""
    names = {one: [each.name for each in starting.to_ask(KNOWN.reports[one])] for one in KNOWN.reports}
    assert {one: some for one, some in names.items() if some} == {
        "conversation": ["conversationReportType"],
        "team_performance_interval": ["timeInterval"],
    }
    assert starting.suggested(starting.to_ask(KNOWN.reports["team_performance_interval"])[0]) == "86400000"
    smart = KNOWN.reports["conversation"].parameter("smartViewId")
    assert smart is not None
    assert starting.suggested(smart) == ""


def test_reports_are_found_by_words() -> None:
    """Names first, then everything else that is known of them."""
    reports = KNOWN.reports.values()
    found = [one.id for one in starting.reports_found("agent", reports)]
    assert found[0] == "raw_agent_states"
    assert "user" in found
    assert [one.id for one in starting.reports_found("", reports)] == list(KNOWN.reports)
    assert starting.reports_found("weather", reports) == []


def test_columns_are_found_by_words_with_where_they_are_known() -> None:
    """This report's first; spaces and underscores are the same."""
    conversation = KNOWN.reports["conversation"]
    found = starting.columns_found("id", KNOWN, conversation)
    assert (found[0][0].name, found[0][1]) == ("CONVERSATION_ID", "conversation")
    assert ("agent_id", "raw_agent_states") in [(one.name, where) for one, where in found]
    assert [one.name for one, _ in starting.columns_found("time zone", KNOWN, conversation)] == ["TIME_ZONE"]
    assert starting.columns_found("weather", KNOWN, conversation) == []


def test_zones_are_found_by_a_part_of_their_name() -> None:
    """As people write it."""
    assert "America/New_York" in starting.zones_found("new york")


def test_lists_fit_the_terminal() -> None:
    """Numbered, in columns, cut where they are too long."""
    rows = [("a", "long " * 30), ("bbb", "short")]
    first, second = starting.listed(rows, 40)
    assert first.startswith("   1  a    long")
    assert len(first) <= 40
    assert second == "   2  bbb  short"
