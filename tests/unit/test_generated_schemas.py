"""The generated schemas of manifests and of the vendor's answers: what they take, and what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generated.answers import CreateAnswer, StatusAnswer
from runner import catalog, document
from runner.judge import judge


def judged(text: str) -> list[str]:
    """Return the problems of a manifest, judged by the generated schema, with their paths."""
    read = document.read(f"version: 1\n{text}".encode(), "m.yaml")
    return [f"{one.path}: {one.message}" for one in judge(read.data, catalog.schema("manifest.v1"), read)]


def test_the_manifest_schema_takes_what_a_report_takes() -> None:
    """A whole manifest, with every key there is, passes."""
    whole = """
name: q1-2026
profiles: [sandbox]
timezone: America/Los_Angeles
period: 2026
output: {directory: exports, filename: "{{ report }}.{{ format }}"}
defaults: {format: csv, locale: en, split: 7, open: true, split_anyway: true, parameters: {priorities: [0]}}
exports:
  - {id: a, report: conversation, metrics: [STATUS, anything], parameters: {conversationReportType: CREATED}}
  - {report: user, method: GET, period: {start: 2026-01-01, end: 1767225600000}, split: none, filename: f}
  - {report: team_performance_interval, parameters: {timeInterval: 604800001}, profiles: [b], timezone: UTC}
"""
    assert judged(whole) == []


@pytest.mark.parametrize(
    ("export", "problem"),
    [
        ("{report: conversations}", "exports[0].report: 'conversations' is not one of"),
        (
            "{report: user, parameters: {timezone: UTC}}",
            "exports[0].parameters.timezone: unknown key 'timezone'",
        ),
        ("{report: user, parameters: {teamID: [1]}}", "did you mean 'teamId'?"),
        ("{report: user, parameters: {companyKey: s3cret}}", "belongs in profiles.yaml"),
        ("{report: user, parameters: {startTime: 1}}", "write it as period"),
        ("{report: user, parameters: {start_time: 1}}", "is made from period"),
        ("{report: user, reportFormat: csv}", "write it as format"),
        ("{report: author, parameters: {priorities: [6]}}", "6 is not between 0 and 5"),
        ("{report: author, parameters: {smartViewId: true}}", "expected a whole number"),
        ("{report: author, metrics: []}", "exports[0].metrics: the list is empty"),
        ("{report: conversation, metrics: STATUS}", "exports[0].metrics: expected a list"),
        ("{report: team_performance_interval, parameters: {timeInterval: 5}}", "one of 300000, 600000"),
        ("{report: author, split: fortnight}", "one of none, day, week, month, quarter"),
        ('{report: author, id: "a\\n"}', "a name of at most 100"),
        ("{report: author, period: {start: 2026-01-01}}", "exports[0].period: missing key 'end'"),
    ],
)
def test_the_manifest_schema_refuses_with_the_place(export: str, problem: str) -> None:
    """What a report does not take is refused once, at its place, and no secret is repeated."""
    problems = judged(f"exports: [{export}]")
    assert len(problems) == 1, problems
    assert problem in problems[0], problems
    assert "s3cret" not in problems[0]


def test_editors_are_offered_each_reports_own_metrics() -> None:
    """API names and labels of the known metrics stand in the branch of their report."""
    branches = catalog.schema("manifest.v1")["$defs"]["export"]["allOf"]
    by_report = {one["if"]["properties"]["report"]["const"]: one["then"]["properties"] for one in branches}
    offered = by_report["conversation"]["metrics"]["items"]["anyOf"][0]["enum"]
    assert offered == ["CONVERSATION_ID", "Conversation ID", "STATUS", "Status"]
    assert "metrics" not in by_report["author"]
    assert "conversationReportType" not in by_report["author"]["parameters"]["properties"]


ANSWERS = Path(__file__).resolve().parents[2] / "tests" / "contract" / "answers"


@pytest.mark.parametrize(
    ("name", "kind"),
    [(path.name, path.name.split("-")[0]) for path in sorted(ANSWERS.glob("[cs]*-*.json"))],
)
def test_the_answer_schemas_take_every_printed_answer(name: str, kind: str) -> None:
    """Object, list of one, text: schema and model of an answer take what the documents print."""
    content = json.loads((ANSWERS / name).read_bytes())["printed"]
    try:
        data = json.loads(content)
    except ValueError:
        assert name == "create-incoming-post.json"  # printed without its last brace
        return
    empty = document.Document(name, data, {(): (1, 1)}, {})
    assert judge(data, catalog.schema(f"answer.{kind}"), empty) == []
    model = {"create": CreateAnswer, "status": StatusAnswer}[kind]
    made = model.model_validate_json(content, strict=True)
    assert made.model_dump(mode="json", by_alias=True, exclude_unset=True) == data


@pytest.mark.parametrize("result", [7, [], [{}, {}], [7], {"jobInfo": 1}])
def test_the_answer_schemas_refuse_other_shapes(result: object) -> None:
    """No document prints a number, an empty list or two jobs as a result."""
    data: Any = {"status": "PASS", "result": result}
    empty = document.Document("answer", data, {(): (1, 1)}, {})
    assert judge(data, catalog.schema("answer.create"), empty)
    assert judge(data, catalog.schema("answer.status"), empty)
