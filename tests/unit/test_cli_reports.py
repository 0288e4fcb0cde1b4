"""The catalogue as it is shown."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from runner import catalog
from runner.cli.command import outcome
from runner.cli.reports import in_full, to_json
from runner.errors import Exit

KNOWN = catalog.load()
CONVERSATION = KNOWN.reports["conversation"]


def full(report: catalog.Report, width: int = 100) -> str:
    """Return what is shown of one report."""
    return "\n".join(in_full(report, KNOWN.api.sources, width))


def test_every_report_has_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a name there is one line for each report, with its methods and its composition."""
    assert outcome(["reports"]) == Exit.DONE
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[: len(KNOWN.reports)]] == list(KNOWN.reports)
    assert len(KNOWN.reports) == 14
    assert max(map(len, lines)) <= 80


def test_json_is_the_whole_catalogue_in_the_promised_shape(capsys: pytest.CaptureFixture[str]) -> None:
    """Programs get a list of reports with exactly these keys."""
    assert outcome(["reports", "--format", "json"]) == Exit.DONE
    shown = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in shown] == list(KNOWN.reports)
    for one in shown:
        assert list(one) == [
            *("id", "title", "family", "methods", "path", "parameters", "metrics"),
            *("metrics_complete", "composition"),
        ]
        for parameter in one["parameters"]:
            keys = ["name", "in", "required", "type", "style", "allowed", "default"]
            assert list(parameter) == keys
            assert parameter["in"] in ("query", "form")
        for metric in one["metrics"]:
            assert list(metric) == ["name", "label", "source"]


def test_the_company_key_travels_in_the_query_of_every_report() -> None:
    """Also where the rest goes in the form: that is the one rule without an exception."""
    for report in KNOWN.reports.values():
        shown = to_json(report)["parameters"]
        assert isinstance(shown, list)
        places = {one["name"]: one["in"] for one in shown if isinstance(one, dict)}
        assert places["companyKey"] == "query"
    assert places["startTime"] == "form"


def test_one_report_may_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """JSON stays a list; for people it is the report in full."""
    assert outcome(["reports", "conversation", "--format", "json"]) == Exit.DONE
    assert json.loads(capsys.readouterr().out) == [to_json(CONVERSATION)]
    assert outcome(["reports", "conversation"]) == Exit.DONE
    assert capsys.readouterr().out.startswith("conversation: Raw Conversation (care)\n")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("conversations", "did you mean 'conversation'?"),
        ("zzzzzz", "the reports are author, "),
        ("", "there is no report ''"),
    ],
)
def test_an_unknown_report_is_a_usage_error(
    name: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the closest report, or all."""
    assert outcome(["reports", name]) == Exit.USAGE
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("report", KNOWN.reports.values(), ids=list(KNOWN.reports))
def test_a_report_in_full_fits_the_terminal(report: catalog.Report, width: int) -> None:
    """Nothing is wider than the terminal, and everything that is known has its place."""
    shown = full(report, width)
    assert max(map(len, shown.splitlines())) <= width
    for parameter in report.parameters:
        assert f"\n  {parameter.name}: " in shown
    for metric in report.metrics:
        assert f"\n  {metric.name}" in shown
    for title in ("Parameters", "Metrics", "Composition", "Not documented", "Sources"):
        assert f"\n\n{title}\n" in shown


def test_what_is_known_of_a_parameter_is_said() -> None:
    """Type, style, place, need, values and default stand beside the name."""
    shown = full(CONVERSATION, 400)
    assert "  companyKey: string; in the query; required. " in shown
    assert "  priorities: integers, joined by commas; in the query. " in shown
    assert "  reportMetrics: strings, repeated; in the query. " in shown
    assert "in the query; one of OPEN_AT_END, CLOSED, CREATED; default OPEN_AT_END. " in shown
    assert "in the query; default false. " in shown
    assert "or above 604800000; seen in samples only. " in shown
    assert "in the form; required. " in full(KNOWN.reports["user"], 400)


def test_what_is_not_documented_is_not_made_up() -> None:
    """An open list says so, and an empty one too; only a complete one ends silently."""
    assert "The list is not complete; nobody documents the rest." in full(CONVERSATION)
    assert "Nobody documents any." in full(replace(CONVERSATION, metrics=()))
    assert "documents the rest" not in full(replace(CONVERSATION, metrics_complete=True))


def test_other_ways_and_rules_are_told() -> None:
    """A method that no document declares is marked, and bucket lengths are listed."""
    assert "GET /api/public/reports/report/conversation (not declared)" in full(CONVERSATION)
    assert "timeInterval: 86400000, 604800000 for a window of a month, " in full(
        KNOWN.reports["team_performance_interval"], 400
    )
    assert "conversationReportType CREATED: additive" in full(CONVERSATION)
