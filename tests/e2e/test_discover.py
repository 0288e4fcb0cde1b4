"""`discover`: from one small export to the columns of a report, through the real lane."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runner.cli.world import now_ms
from runner.errors import Exit
from runner.sandbox.clock import ScaledClock
from runner.sandbox.server import Served, serve
from runner.sandbox.wire import Fault, Request, Response
from tests import canary
from tests.e2e.launch import ROOT, care_export


@contextmanager
def company(folder: Path, faults: Fault | None = None) -> Iterator[Served]:
    """Serve a company of today, and write profiles.yaml for it."""
    clock = ScaledClock(1000, now_ms(), time.monotonic)
    with serve(clock=clock, accounts=(canary.ACCOUNT,), faults=faults) as served:
        profile = canary.profile(served.api_origin)
        (folder / "profiles.yaml").write_text(f"version: 1\nprofiles: {{acme: {profile}}}\n")
        yield served


def checkout(folder: Path) -> Path:
    """Put the specs into a folder; return that of conversations."""
    shutil.copytree(ROOT / "specs" / "reports", folder / "specs" / "reports")
    return folder / "specs" / "reports" / "conversation.yaml"


def creates(served: Served) -> int:
    """Count the create requests so far."""
    return sum(one.path.endswith("/conversation") for one in served.application._memory.asked())


def test_new_columns_are_learned_by_one_request(tmp_path: Path) -> None:
    """First a look, then --write: the second asks nobody. The spec keeps its lines, and compiles."""
    spec = checkout(tmp_path)
    before = spec.read_text()
    with company(tmp_path) as served:
        ended = care_export(tmp_path, "discover", "conversation", "--profile", "acme")
        assert ended.returncode == Exit.DONE
        assert ended.stdout.startswith("conversation: 23 columns in the csv file of ")
        assert (
            "\n+  - {name: ASSIGNEE_ID, source: observed, note: Seen as a column of a CSV file.}\n"
            in ended.stdout
        )
        assert "new" not in ended.stdout
        assert spec.read_text() == before
        assert creates(served) == 1
        again = care_export(tmp_path, "discover", "conversation", "--profile", "acme", "--write")
        assert again.returncode == Exit.DONE
        assert again.stdout.startswith("Nothing was asked: ")
        assert "written: specs/reports/conversation.yaml; `make generate` compiles it" in again.stdout
        assert creates(served) == 1
    after = spec.read_text()
    assert [line for line in after.splitlines() if line in before.splitlines()] == before.splitlines()
    assert after.count("source: observed") == 20
    assert not (tmp_path / ".care-export" / "discover").exists()
    third = care_export(tmp_path, "discover", "conversation", "--profile", "acme", "--write")
    assert spec.read_text() == after
    assert third.returncode == Exit.DONE


def test_forgotten_means_asked_again(tmp_path: Path) -> None:
    """What the journal was told to forget, it does not answer with."""
    (tmp_path / "discover.yaml").write_text(
        "version: 1\ntimezone: UTC\nperiod: 2026-06-30\nexports: [{report: author, format: csv}]\n"
    )
    assert care_export(tmp_path, "discover", "user").returncode == Exit.DONE
    asked = ("discover", "author", "--period", "2026-06-30", "--progress", "plain")
    assert "asked for" in care_export(tmp_path, *asked).stderr
    assert "asked for" not in care_export(tmp_path, *asked).stderr
    forgotten = care_export(tmp_path, "forget", "discover.yaml", "--yes")
    assert forgotten.returncode == Exit.DONE, forgotten.stderr
    assert "asked for" in care_export(tmp_path, *asked).stderr


def test_the_sandbox_s_columns_are_shown_and_never_written(tmp_path: Path) -> None:
    """They are made up; what a checkout would learn from them is not even shown."""
    spec = checkout(tmp_path)
    before = spec.read_text()
    ended = care_export(tmp_path, "discover", "conversation", "--format", "json")
    assert ended.returncode == Exit.DONE
    assert "source: sandbox. These columns are made up" in ended.stdout
    assert "  + 'ASSIGNEE_ID': new\n" in ended.stdout
    assert "+++" not in ended.stdout
    refused = care_export(tmp_path, "discover", "conversation", "--write")
    assert (refused.returncode, "made up" in refused.stderr) == (Exit.USAGE, True)
    assert spec.read_text() == before


def test_outside_of_a_checkout_nothing_can_be_written(tmp_path: Path) -> None:
    """Nothing is asked then either."""
    with company(tmp_path) as served:
        ended = care_export(tmp_path, "discover", "conversation", "--profile", "acme", "--write")
        assert (ended.returncode, "is for a checkout" in ended.stderr) == (Exit.USAGE, True)
        assert creates(served) == 0


def test_a_spec_that_takes_no_line_is_told(tmp_path: Path) -> None:
    """65, and the spec stays as it is."""
    spec = checkout(tmp_path)
    spec.write_text("version: 1\nmetrics: [{name: A, source: G}]\nundocumented: []\n")
    with company(tmp_path):
        ended = care_export(tmp_path, "discover", "conversation", "--profile", "acme")
    assert (ended.returncode, "no line can be put into the list metrics" in ended.stderr) == (Exit.DATA, True)


def no_rows(request: Request) -> Response | None:
    """Answer a download with an empty list."""
    return (
        Response(200, (("content-type", "application/json"),), [b"[]"]) if request.port == "storage" else None
    )


def known_only(request: Request) -> Response | None:
    """Answer a download with the columns that the spec knows."""
    body = b"CONVERSATION_ID,STATUS\n1,2\n"
    return Response(200, (("content-type", "text/csv"),), [body]) if request.port == "storage" else None


def test_a_file_without_rows_is_explained(tmp_path: Path) -> None:
    """JSON has no header: without rows nothing can be learned."""
    with company(tmp_path, no_rows):
        ended = care_export(tmp_path, "discover", "conversation", "--profile", "acme", "--format", "json")
    assert ended.returncode == Exit.DONE
    assert "0 columns" in ended.stdout
    assert "try --format csv" in ended.stdout


def test_a_report_that_is_known_whole_is_said_to_be(tmp_path: Path) -> None:
    """One line, and no diff."""
    checkout(tmp_path)
    with company(tmp_path, known_only):
        ended = care_export(tmp_path, "discover", "conversation", "--profile", "acme")
    assert ended.stdout.splitlines()[1:] == ["The spec knows them all."]


def refusing(request: Request) -> Response | None:
    """Refuse each create request."""
    return Response(400, (), [b"no such report"]) if request.method == "POST" else None


def busy(request: Request) -> Response | None:
    """Never take a create request."""
    return Response(503, (("retry-after", "1"),), [b""]) if request.method == "POST" else None


@pytest.mark.parametrize(
    ("faults", "code", "words"),
    [(refusing, Exit.VENDOR, "E-REFUSED: "), (busy, Exit.UNFINISHED, "E-BUSY")],
)
def test_what_goes_wrong_ends_as_a_run_does(tmp_path: Path, faults: Fault, code: Exit, words: str) -> None:
    """With its code, what to do, and the exit code of the class."""
    with company(tmp_path, faults):
        ended = care_export(
            tmp_path, "discover", "conversation", "--profile", "acme", "--deadline", "3s", timeout=60
        )
    assert ended.returncode == code
    assert words in ended.stderr or "E-UNFINISHED" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("conversatoin",), "did you mean 'conversation'?"),
        (("conversation", "--period", "2026-13"), "--period: 2026-13 is not in the calendar"),
        (("conversation", "--period", "2026"), "--period: 2026 (UTC) is longer than 3 months"),
        (("conversation", "--parameter", "priority=1"), "did you mean 'priorities'?"),
    ],
)
def test_a_wrong_question_is_not_asked(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    """Exit code 2, with the closest word."""
    ended = care_export(tmp_path, "discover", *arguments)
    assert (ended.returncode, words in ended.stderr) == (Exit.USAGE, True)
    assert not (tmp_path / ".care-export").exists()
