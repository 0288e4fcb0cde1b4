"""`discover`: from one small export to the columns of a report, through the real lane."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runner import catalog, starting
from runner.cli.planning import defined
from runner.cli.world import now_ms
from runner.document import Json
from runner.errors import Exit
from runner.events import Stored
from runner.journal import Journal
from runner.sandbox.clock import ScaledClock
from runner.sandbox.server import Served, serve
from runner.sandbox.wire import Fault, Request, Response
from runner.starting import Answers
from tests import canary
from tests.e2e.launch import ROOT, care_export
from tests.e2e.within import within

HOLDING = """\
import sys, time
from pathlib import Path
from runner.holding import hold
with hold(Path(sys.argv[1]), "sandbox"):
    print("held", flush=True)
    time.sleep(60)
"""
"""Another run of the sandbox's lane."""


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


def test_a_file_that_a_stopped_call_left_is_deleted_by_the_next(tmp_path: Path) -> None:
    """It holds a company's rows; the next call, which asks nobody, lets none of it lie; another run may."""
    asked = ("discover", "author", "--period", "2026-06-30", "--progress", "none")
    assert within(tmp_path, *asked).returncode == Exit.DONE
    state = tmp_path / ".care-export"
    with Journal.open(state / "journal.db") as journal:
        key = next(event.key for event in journal.replay("sandbox"))
    left = state / "discover" / key[:16] / "exports"
    left.mkdir(parents=True)
    (left / "author.csv").write_text("A\n")
    with subprocess.Popen([sys.executable, "-c", HOLDING, str(state)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert within(tmp_path, *asked).returncode == Exit.DONE
        assert left.exists()
        other.kill()
    assert within(tmp_path, *asked).stdout.startswith("Nothing was asked: ")
    assert not (state / "discover").exists()


def test_forgotten_means_asked_again(tmp_path: Path) -> None:
    """What the journal was told to forget, it does not answer with."""
    (tmp_path / "discover.yaml").write_text(
        "version: 1\ntimezone: UTC\nperiod: 2026-06-30\nexports: [{report: author, format: csv}]\n"
    )
    assert within(tmp_path, "discover", "user").returncode == Exit.DONE
    asked = ("discover", "author", "--period", "2026-06-30", "--progress", "plain")
    assert "asked for" in within(tmp_path, *asked).stderr
    assert "asked for" not in within(tmp_path, *asked).stderr
    forgotten = within(tmp_path, "forget", "discover.yaml", "--yes")
    assert forgotten.returncode == Exit.DONE, forgotten.stderr
    assert "asked for" in within(tmp_path, *asked).stderr


def test_the_sandbox_s_columns_are_shown_and_never_written(tmp_path: Path) -> None:
    """They are made up; what a checkout would learn from them is not even shown."""
    spec = checkout(tmp_path)
    before = spec.read_text()
    ended = within(tmp_path, "discover", "conversation", "--format", "json")
    assert ended.returncode == Exit.DONE
    assert "source: sandbox. These columns are made up" in ended.stdout
    assert "  + 'ASSIGNEE_ID': new\n" in ended.stdout
    assert "+++" not in ended.stdout
    refused = within(tmp_path, "discover", "conversation", "--write")
    assert (refused.returncode, "made up" in refused.stderr) == (Exit.USAGE, True)
    assert spec.read_text() == before


def test_outside_of_a_checkout_nothing_can_be_written(tmp_path: Path) -> None:
    """Nothing is asked then either."""
    with company(tmp_path) as served:
        ended = care_export(tmp_path, "discover", "conversation", "--profile", "acme", "--write")
        assert (ended.returncode, "is for a checkout" in ended.stderr) == (Exit.USAGE, True)
        assert creates(served) == 0


def remembered(folder: Path, *columns: str, format: str = "csv") -> tuple[str, ...]:
    """Write a journal that knows a file of these columns; return the words that ask for it again."""
    (folder / "profiles.yaml").write_text(
        f"version: 1\nprofiles: {{acme: {canary.profile('https://api.example.com')}}}\n"
    )
    day = starting.yesterday(now_ms(), "UTC")
    open_at_end: dict[str, Json] = {"conversationReportType": "OPEN_AT_END"}
    asked = Answers("conversation", day, format=format, parameters=open_at_end)
    company = defined(str(folder / "profiles.yaml"))["acme"]
    plan = starting.judged(asked, "discover.yaml", catalog.load(), company, now_ms()).plan
    assert plan is not None
    event = Stored(
        key=plan.partitions[0].key, at=now_ms(), part="x", output="x", bytes=1, sha256="0", rows=1,
        rows_digest="0", columns=columns, proof="length",
    )  # fmt: skip
    with Journal.open(folder / ".care-export" / "journal.db") as journal:
        journal.append("acme", event)
    return ("discover", "conversation", "--profile", "acme", "--period", day, "--format", format)


def test_a_spec_that_takes_no_line_is_told(tmp_path: Path) -> None:
    """65, and the spec stays as it is."""
    spec = checkout(tmp_path)
    text = "version: 1\nmetrics: [{name: A, source: G}]\nundocumented: []\n"
    spec.write_text(text)
    ended = within(tmp_path, *remembered(tmp_path, "NEW"), "--write")
    assert (ended.returncode, "no line can be put into the list metrics" in ended.stderr) == (Exit.DATA, True)
    assert spec.read_text() == text


def test_a_file_without_rows_is_explained(tmp_path: Path) -> None:
    """JSON has no header: without rows nothing can be learned."""
    ended = within(tmp_path, *remembered(tmp_path, format="json"))
    assert ended.returncode == Exit.DONE
    assert "0 columns" in ended.stdout
    assert "try --format csv" in ended.stdout


def test_a_report_that_is_known_whole_is_said_to_be(tmp_path: Path) -> None:
    """One line, and no diff."""
    checkout(tmp_path)
    ended = within(tmp_path, *remembered(tmp_path, "CONVERSATION_ID", "Status"))
    assert ended.stdout.splitlines()[2:] == ["The spec knows them all."]


def test_what_is_not_new_has_its_line_beside_the_diff(tmp_path: Path) -> None:
    """A name of the UI becomes a gap of the spec, not a column."""
    checkout(tmp_path)
    ended = within(tmp_path, *remembered(tmp_path, "conversation_id", "Assigned To"))
    shown = ended.stdout.splitlines()
    assert shown[2:4] == ["  ~ 'conversation_id': CONVERSATION_ID in the spec", "  - STATUS: not in the file"]
    assert "+  - the API name of the column Assigned To" in shown
    assert shown[-1] == "Nothing was written; --write puts this into the spec."


def refusing(request: Request) -> Response | None:
    """Refuse each create request."""
    return Response(400, (), [b"no such report"]) if request.method == "POST" else None


def busy(request: Request) -> Response | None:
    """Never take a create request."""
    return Response(503, (("retry-after", "1"),), [b""]) if request.method == "POST" else None


@pytest.mark.parametrize(
    ("faults", "code", "words"),
    [(refusing, Exit.VENDOR, "E-REFUSED: "), (busy, Exit.UNFINISHED, "E-UNFINISHED: ")],
)
def test_what_goes_wrong_ends_as_a_run_does(tmp_path: Path, faults: Fault, code: Exit, words: str) -> None:
    """With its code, what to do, and the exit code of the class."""
    with company(tmp_path, faults):
        ended = care_export(
            tmp_path, "discover", "conversation", "--profile", "acme", "--deadline", "3s", timeout=60
        )
    assert ended.returncode == code
    assert words in ended.stderr


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
    ended = within(tmp_path, "discover", *arguments)
    assert (ended.returncode, words in ended.stderr) == (Exit.USAGE, True)
    assert not (tmp_path / ".care-export").exists()
