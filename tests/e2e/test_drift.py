"""`drift`: the specs beside real files, a lock, and the vendor's document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runner.errors import Exit
from tests.e2e.launch import SMALL
from tests.e2e.within import within
from tests.unit.test_openapi import document

MANIFEST = """\
version: 1
timezone: UTC
period: 2026-06-30
defaults: {format: csv}
exports:
  - {report: conversation, parameters: {conversationReportType: CREATED}}
  - {id: some, report: conversation, metrics: [STATUS], parameters: {conversationReportType: CREATED}}
  - {id: gone, report: author, format: json}
"""


def test_files_are_compared_with_the_spec_of_their_report(tmp_path: Path) -> None:
    """All columns of all files together; what is not there is gone only where the files are complete."""
    (tmp_path / "a.csv").write_text("CONVERSATION_ID,Assignee ID\n1,2\n")
    (tmp_path / "b.csv").write_text("CONVERSATION_ID,STATE\n1,2\n")
    (tmp_path / "c.json").write_text('[{"STATUS": 1, "status_text": 2}]')
    (tmp_path / "d.json").write_text("[]")
    asked = ("drift", "--report", "conversation", "a.csv", "b.csv", "c.json", "d.json")
    ended = within(tmp_path, *asked)
    assert ended.returncode == Exit.DIFFERS
    assert ended.stdout.splitlines() == [
        "conversation (csv, 2 files): 2 differences",
        "  + 'STATE': new",
        "  + 'Assignee ID': a name of the UI; its API name is not known",
        "conversation (json, 1 file): 1 difference",
        "  + 'status_text': new",
    ]
    ended = within(tmp_path, *asked, "--complete", "--format", "json")
    assert ended.returncode == Exit.DIFFERS
    shown = json.loads(ended.stdout)
    assert shown["openapi"] == []
    assert [(one["format"], one["gone"]) for one in shown["columns"]] == [
        ("csv", ["STATUS"]),
        ("json", ["CONVERSATION_ID"]),
    ]


def test_files_that_agree_end_with_0(tmp_path: Path) -> None:
    """One line says so; another writing of a name is a difference."""
    (tmp_path / "a.csv").write_text("CONVERSATION_ID,Status\n1,2\n")
    asked = ("drift", "a.csv", "--report", "conversation", "--complete")
    ended = within(tmp_path, *asked)
    assert (ended.returncode, ended.stdout) == (Exit.DONE, "conversation (csv, 1 file): as the specs say\n")
    (tmp_path / "a.csv").write_text("conversation_id,Status\n1,2\n")
    ended = within(tmp_path, *asked)
    assert (ended.returncode, ended.stdout.splitlines()[1:]) == (
        Exit.DIFFERS,
        ["  ~ 'conversation_id': CONVERSATION_ID in the spec"],
    )
    shown = json.loads(within(tmp_path, *asked, "--format", "json").stdout)
    assert shown["columns"][0]["otherwise"] == [{"seen": "conversation_id", "spec": "CONVERSATION_ID"}]


def test_a_lock_says_what_its_files_hold(tmp_path: Path) -> None:
    """The sandbox's files are left out; those of a company count, and of three columns nothing is missed."""
    (tmp_path / "q1.yaml").write_text(MANIFEST)
    assert within(tmp_path, "run", "q1.yaml").returncode == Exit.DONE
    ended = within(tmp_path, "drift", "--manifest", "q1.yaml")
    assert (ended.returncode, ended.stdout) == (
        Exit.DONE,
        "3 files of the sandbox left out: those columns are made up.\n",
    )
    lock = tmp_path / "q1.lock.json"
    text = lock.read_text().replace('"source": "sandbox"', '"source": "live"')
    lock.write_text(text.replace('"report": "author"', '"report": "of_another_version"'))
    ended = within(tmp_path, "drift", "--manifest", "q1.yaml")
    assert ended.returncode == Exit.DIFFERS
    assert ended.stdout.startswith("conversation (csv, 2 files): 20 differences\n  + 'ASSIGNEE_ID': new\n")
    assert "left out" not in ended.stdout


def test_the_vendor_s_document_is_compared(tmp_path: Path) -> None:
    """The same says nothing; a change is one line, at 80 columns at most."""
    data = document()
    (tmp_path / "api.json").write_text(json.dumps(data))
    ended = within(tmp_path, "drift", "--openapi", "api.json")
    assert (ended.returncode, ended.stdout) == (Exit.DONE, "api.json: as the specs say\n")
    data["paths"]["/reports/report/of_a_very_long_name_that_nobody_has_heard_of_before"] = {"post": {}}
    (tmp_path / "api.json").write_text(json.dumps(data))
    ended = within(tmp_path, "drift", "--openapi", "api.json")
    assert ended.returncode == Exit.DIFFERS
    assert ended.stdout.splitlines()[0] == "api.json: 1 difference"
    shown = json.loads(within(tmp_path, "drift", "--openapi", "api.json", "--format", "json").stdout)
    assert [one["kind"] for one in shown["openapi"]] == ["new"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), Exit.USAGE, "name files with --report"),
        (("a.csv",), Exit.USAGE, "FILEs and --report go together"),
        (("--report", "author"), Exit.USAGE, "FILEs and --report go together"),
        (("a.csv", "--report", "athor"), Exit.USAGE, "did you mean 'author'?"),
        (("none.csv", "--report", "author"), Exit.NO_INPUT, "cannot read 'none.csv'"),
        ((".", "--report", "author"), Exit.NO_INPUT, "cannot read '.'"),
        (("bad.csv", "--report", "author"), Exit.NO_INPUT, "is no whole file of an export in CSV: row 1 "),
        (("--manifest", "q1.yaml"), Exit.NO_INPUT, "E-NO-LOCK"),
        (("--openapi", "none.json"), Exit.NO_INPUT, "cannot read 'none.json'"),
        (("--openapi", "a.csv"), Exit.NO_INPUT, "a.csv is no OpenAPI document: "),
        (("--openapi", "large.json"), Exit.NO_INPUT, "it has over 16 MiB"),
    ],
)
def test_what_cannot_be_compared_is_told(
    tmp_path: Path, arguments: tuple[str, ...], code: Exit, words: str
) -> None:
    """With the exit code of its class, and the reason."""
    (tmp_path / "q1.yaml").write_text(SMALL)
    (tmp_path / "a.csv").write_text("A,B\n1,2\n")
    (tmp_path / "bad.csv").write_text("A,B\n1\n")
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate((16 << 20) + 1)
    ended = within(tmp_path, "drift", *arguments)
    assert (ended.returncode, words in ended.stderr) == (code, True), ended.stderr
