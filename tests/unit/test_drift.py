"""What the columns of files say of a spec, and how new ones get into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner import catalog, document, drift
from runner.drift import Columns
from runner.judge import judge

KNOWN = catalog.load()
CONVERSATION, USER = KNOWN.reports["conversation"], KNOWN.reports["user"]
SPECS = sorted((Path(__file__).parents[2] / "specs" / "reports").glob("*.yaml"))
NOTHING = Columns((), (), (), (), ())


def compared(
    *seen: str, report: catalog.Report = CONVERSATION, format: str = "csv", every: bool = True
) -> Columns:
    """Compare columns with a report's spec."""
    return drift.columns(seen, report, KNOWN, format, every=every)


def test_names_and_known_labels_are_known() -> None:
    """By the API's name, by the UI's where a document gives both, and those that any report may have."""
    found = compared("CONVERSATION_ID", "Status", "Time Zone")
    assert found.known == ("CONVERSATION_ID", "Status", "Time Zone")
    assert not found.differs


def test_a_name_of_the_ui_is_not_guessed_into_one_of_the_api() -> None:
    """What has spaces or two cases stays a label: nobody knows its API name."""
    found = compared("CONVERSATION_ID", "STATUS", "ASSIGNEE_ID", "agent_name", "Assignee Name", "closedTime")
    assert found.new == ("ASSIGNEE_ID", "agent_name")
    assert found.labels == ("Assignee Name", "closedTime")
    assert found.differs


def test_another_writing_of_a_known_name_is_told() -> None:
    """Equal but for case and signs: it is neither new nor gone."""
    found = compared("conversation_id", "STATUS")
    assert found.otherwise == (("conversation_id", "CONVERSATION_ID"),)
    assert (found.new, found.gone) == ((), ())


def test_what_is_not_there_is_gone_only_where_all_was_asked_for() -> None:
    """A file of three columns says nothing of the others."""
    assert compared("STATUS").gone == ("CONVERSATION_ID",)
    assert not compared("STATUS", every=False).differs


def test_a_column_of_one_format_is_not_missed_in_the_other() -> None:
    """The user report has columns that only JSON files hold."""
    assert compared(report=USER).gone == ()
    assert len(compared(report=USER, format="json").gone) == len(USER.metrics)


def test_each_difference_has_a_line() -> None:
    """New, a label, written otherwise, gone."""
    found = Columns(("STATUS",), ("A_B",), ("Some Name",), (("status", "STATUS"),), ("C_D",))
    assert list(drift.lines(found)) == [
        "+ 'A_B': new",
        "+ 'Some Name': a name of the UI; its API name is not known",
        "~ 'status': STATUS in the spec",
        "- C_D: not in the file",
    ]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_spec_takes_new_columns_and_stays_a_spec(path: Path) -> None:
    """Only lines are added, after the last of their list; the result is judged as specs are."""
    before = path.read_text()
    found = Columns((), ("NEW_ONE", "x: y"), ("A Label", "Odd: 100 %"), (), ())
    after = drift.learned(before, path.name, found, "csv")
    kept = [line for line in before.splitlines() if line != "metrics: []"]
    assert [line for line in after.splitlines() if line in kept] == kept
    data = document.read(after.encode(), path.name)
    assert judge(data.data, catalog.schema("spec.v1"), data) == []
    assert isinstance(data.data, dict)
    metrics, gaps = data.data["metrics"], data.data["undocumented"]
    assert isinstance(metrics, list)
    assert isinstance(gaps, list)
    assert metrics[-2:] == [
        {"name": one, "source": "observed", "note": "Seen as a column of a CSV file."}
        for one in ("NEW_ONE", "x: y")
    ]
    assert gaps[-2:] == ["the API name of the column A Label", "the API name of the column Odd: 100 %"]
    assert "  - {name: NEW_ONE, source: observed, note: Seen as a column of a CSV file.}\n" in after


def test_what_stands_there_is_not_written_again() -> None:
    """The spec of conversations says already that a column's API name is not known."""
    before = next(path for path in SPECS if path.stem == "conversation").read_text()
    assert drift.learned(before, "x", Columns((), (), ("Assignee ID",), (), ()), "csv") == before
    assert drift.learned(before, "x", NOTHING, "csv") == before


def test_comments_and_order_stay() -> None:
    """A list at the end of the file too, and one with remarks between its items."""
    text = (
        "a: 1  # one\nmetrics:\n  # first\n  - {name: A}\n  - name: B\n    note: |\n      long\n# on\nb: 2\n"
    )
    made = drift.appended(text, "x", "metrics", [("{name: C}", {"name": "C"})])
    assert made == text.replace("# on\n", "  - {name: C}\n# on\n")
    assert drift.appended("k: []\n", "x", "k", [("c", "c")]) == "k:\n  - c\n"
    assert drift.appended("k:\n  - a\n", "x", "k", [("c", "c")]) == "k:\n  - a\n  - c\n"


@pytest.mark.parametrize("text", ["k: [a, b]\n", "k: [a,\n  b]\nc: 1\n", "k:\n- a\nc: 1\n"])
def test_a_list_in_another_form_is_left_alone(text: str) -> None:
    """It is said, and nothing is spoilt."""
    with pytest.raises(ValueError, match="no line can be put into the list k"):
        drift.appended(text, "x", "k", [("z", "z")])
    with pytest.raises(ValueError, match="k is no list"):
        drift.appended("k: a\n", "x", "k", [("z", "z")])
