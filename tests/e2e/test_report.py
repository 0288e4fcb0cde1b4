"""`run --report` and its kin, and the verb `report`: what is asked for is written, in a CI and elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

import pytest

from runner.cli.annotations import detected, place
from runner.cli.command import outcome
from runner.cli.pages import last_lock, opened, reasons, told, with_days
from runner.cli.planning import planned
from runner.errors import Exit
from tests import canary
from tests.e2e.launch import care_export
from tests.unit.test_report_junit import check
from tests.unit.test_report_page import Reader

MANIFEST = """\
version: 1
name: small
timezone: UTC
period: {start: 2026-05-04, end: 2026-05-06}
defaults: {format: csv}
output: {filename: "{{ export }}.{{ format }}"}
exports:
  - {id: posts, report: incoming_post}
  - {id: agents, report: raw_agent_states, metrics: [agent_id]}
"""
LOCK, POSTS = Path("small.lock.json"), Path("exports/posts.csv")
NOWHERE = dict.fromkeys(
    ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "GITLAB_CI", "CI_PROJECT_DIR"), ""
)
"""The environment of no CI: these tests may themselves run in one."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    """Work in an empty folder that holds one small manifest."""
    with chdir(tmp_path):
        Path("small.yaml").write_text(MANIFEST)
        yield tmp_path


def run(*arguments: str) -> int:
    """Run the small manifest without a view, and outside of any CI."""
    return outcome(["run", "--progress", "none", "--ci", "none", *arguments, "small.yaml"])


def in_ci(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command with the environment of a CI."""
    return care_export(folder, *arguments, "small.yaml", environ=NOWHERE | environ)


def test_a_run_leaves_what_is_asked_for() -> None:
    """Report, JUnit, code quality, in a folder that is made; the verb writes the same report later."""
    wanted = ["--report", "out/r.html", "--junit", "out/j.xml", "--code-quality", "out/q.json"]
    assert run(*wanted) == Exit.DONE
    said = Reader(Path("out/r.html").read_text()).said
    assert "All 2 files are there and proven whole." in said
    assert "Days are told by the column POST_TIME." in said
    assert "exports/agents.csv: no column has a date in every row." in said
    assert "There was no lock before this run" in said
    assert [one.attrib["tests"] for one in check(Path("out/j.xml").read_text())] == ["2"]
    assert json.loads(Path("out/q.json").read_text()) == []
    assert outcome(["report", "small.yaml"]) == Exit.DONE
    assert Path("small.report.html").read_bytes() == Path("out/r.html").read_bytes()
    assert not list(Path("out").glob(".*"))


def test_nothing_is_left_where_nobody_asks() -> None:
    """Files, lock and the private folder: no report is written unasked."""
    assert run() == Exit.DONE
    assert sorted(os.listdir()) == [".care-export", "exports", "small.lock.json", "small.yaml"]


def test_the_report_compares_with_the_lock_before_the_run() -> None:
    """The last run's own lock is no news: what differs is told from the one before it."""
    assert run() == Exit.DONE
    data = json.loads(LOCK.read_text())
    data["partitions"]["posts/sandbox/2026-05-04_2026-05-06"] |= {"rows": 1}
    LOCK.write_text(json.dumps(data))
    assert run() == Exit.DONE
    assert outcome(["report", "small.yaml", "--to", "a.html"]) == Exit.DONE
    assert "posts/sandbox/2026-05-04_2026-05-06: the number of rows differ" in Path("a.html").read_text()
    last_lock(Path(".care-export"), Path("small.yaml")).unlink()
    assert outcome(["report", "small.yaml", "--to", "a.html"]) == Exit.DONE
    assert "None: the same was asked" in Path("a.html").read_text()


def test_a_lock_that_cannot_be_kept_spoils_no_run() -> None:
    """It is only for the report."""
    Path(".care-export").mkdir(0o700)
    Path(".care-export/before").write_text("in the way")
    assert run() == Exit.DONE


def test_a_report_without_a_run_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a journal there is nothing to tell, and none is made."""
    assert outcome(["report", "small.yaml"]) == Exit.NO_INPUT
    assert "no run to report on" in capsys.readouterr().err
    assert not Path(".care-export").exists()


def test_a_file_that_changed_is_not_counted() -> None:
    """Rows per day are those of the file that was fetched, or none; what is missing is said."""
    assert run() == Exit.DONE
    POSTS.write_text("POST_TIME\n2026-05-04\n")
    assert outcome(["report", "small.yaml"]) == Exit.DONE
    said = Reader(Path("small.report.html").read_text()).said
    assert "exports/posts.csv: the file is gone, or is no longer the one that was fetched." in said


def test_a_file_that_does_not_tell_its_days_is_named_and_is_no_gap() -> None:
    """Where its rows lie in other days than its window, its days are not told; the other file's are."""
    split = MANIFEST.replace("incoming_post}", "incoming_post, split: day}")
    Path("small.yaml").write_text(split.replace("export }}", "export }}{{ start | date }}"))
    assert run("--only", "posts") == Exit.DONE
    one = told(planned("small.yaml", only=("posts",)), Path(".care-export"), None)
    first, second = one.asked[0].partitions
    elsewhere = replace(second, window=replace(second.window, start_ms=1_000, end_ms=86_400_000))
    asked = replace(one.asked[0], partitions=(first, elsewhere))
    (counted,) = with_days(replace(one, asked=(asked,)), Path()).counted
    assert [day.mark for day in counted.days] == ["", "not told"]
    assert counted.why[0].startswith(
        "exports/posts2026-05-05.csv: no column has dates that lie in the window"
    )


def test_what_ended_stands_in_the_order_of_the_plan() -> None:
    """A run tells it lane by lane; its report lists files as `report` does later."""
    assert run() == Exit.DONE
    made = planned("small.yaml")
    later = told(made, Path(".care-export"), None).ended
    assert [one.partition.export for one in later] == ["posts", "agents"]
    assert told(made, Path(".care-export"), None, later[::-1]).ended == later


def test_reasons_are_shared_and_only_so_many_are_told() -> None:
    """Files with one reason stand together; what is left over is counted."""
    assert reasons({"gone": ["a", "b"], "cut": ["c"]}) == ("a and b: gone.", "c: cut.")
    many = reasons({str(number): ["a"] for number in range(10)})
    assert (len(many), many[-1]) == (9, "And 2 more files.")


def test_a_report_of_a_part_has_uncovered_days() -> None:
    """A file that is not there, or tells nothing, leaves days without a number; others keep theirs."""
    Path("small.yaml").write_text(
        MANIFEST.replace("incoming_post}", "incoming_post, split: day}").replace(
            "export }}", "export }}{{ start | date }}"
        )
    )
    assert run("--only", "posts") == Exit.DONE
    Path("exports/posts2026-05-05.csv").write_text("gone")
    assert outcome(["report", "--only", "posts", "small.yaml"]) == Exit.DONE
    said = Reader(Path("small.report.html").read_text()).said
    assert "Their files do not tell of 2026-05-05." in said
    assert "exports/posts2026-05-05.csv: the file is gone" in said
    assert (
        run("--deadline", "0.001", "--state", "new", "--out", "new", "--report", "cut.html")
        == Exit.UNFINISHED
    )
    assert "No file covers any of these days." in Reader(Path("cut.html").read_text()).said


def test_days_of_a_snapshot_are_not_judged() -> None:
    """Open conversations at the end of a month are mostly young: their days name no outlier."""
    text = MANIFEST.replace("end: 2026-05-06", "end: 2026-07-01").replace(
        "incoming_post}", "conversation, parameters: {conversationReportType: OPEN_AT_END}}"
    )
    Path("small.yaml").write_text(text)
    assert run("--only", "posts", "--report", "r.html") == Exit.DONE
    said = Reader(Path("r.html").read_text()).said
    assert "No day is called out of the ordinary here. Without conversationReportType" in said
    assert "Out of the ordinary:" not in said


def test_days_to_come_are_not_judged() -> None:
    """A window that is not over ends in days without rows, which are no gap."""
    text = MANIFEST.replace("start: 2026-05-04, end: 2026-05-06", "start: 2026-06-15, end: 2026-07-10")
    Path("small.yaml").write_text(text.replace("  - {id", "  - {open: true, id"))
    assert run("--only", "posts", "--report", "r.html") == Exit.DONE
    said = Reader(Path("r.html").read_text()).said
    assert "Not over when it was asked: from 2026-07-01 on." in said
    assert "No rows on" not in said
    Path("small.yaml").write_text(
        Path("small.yaml").read_text().replace("start: 2026-06-15", "start: 2026-07-02")
    )
    assert run("--only", "posts", "--report", "r.html", "--overwrite") == Exit.DONE
    assert "Not over when it was asked: from 2026-07-02 on." in Reader(Path("r.html").read_text()).said


def test_a_target_that_something_else_writes_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The manifest, its lock, and two wishes for one file: a usage error before anything is asked."""
    for wanted in (
        ["--report", "small.yaml"],
        ["--junit", "small.lock.json"],
        ["--report", "x", "--junit", "./x"],
    ):
        assert run(*wanted) == Exit.USAGE
    assert "is written by something else already" in capsys.readouterr().err
    assert not Path("exports/posts.csv").exists()


def test_a_target_that_cannot_be_written_is_said() -> None:
    """The files and the lock are there all the same; no half of a report is left."""
    Path("taken").mkdir()
    Path("taken/r.html").mkdir()
    assert run("--report", "taken/r.html") == Exit.USAGE
    Path("full").mkdir()
    Path("full/.r.html.part").mkdir()
    assert run("--report", "full/r.html") == Exit.CANNOT_CREATE
    assert LOCK.exists()
    assert POSTS.exists()


def test_github_is_told_at_the_manifests_lines(folder: Path) -> None:
    """Detected by itself: notes on standard error, a summary added to the step's; exit codes stay."""
    github = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(folder),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
    }
    (folder / "summary.md").write_text("before\n")
    cut = in_ci(folder, "run", "--deadline", "0.001", **github)
    assert cut.returncode == Exit.UNFINISHED
    assert "\n::warning file=small.yaml,line=8,title=posts%3A E-UNFINISHED::" in cut.stderr
    whole = in_ci(folder, "run", **github)
    assert whole.returncode == Exit.DONE
    assert "::" not in whole.stderr
    text = (folder / "summary.md").read_text()
    assert text.startswith("before\n## small: 0 of 2 files are there; 2 are still to come")
    assert "## small: All 2 files are there and proven whole" in text


def test_a_summary_that_cannot_be_written_is_a_warning(folder: Path) -> None:
    """The run is as good as it was; without a place for a summary none is written."""
    assert in_ci(folder, "run", "--ci", "github").returncode == Exit.DONE
    ended = in_ci(folder, "run", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(folder))
    assert ended.returncode == Exit.DONE
    assert "warning: the summary of the step cannot be written: Is a directory" in ended.stderr


def test_a_refused_manifest_is_noted_at_its_problems(folder: Path) -> None:
    """Whatever verb refuses it; the summary of the step has the problems too."""
    Path("small.yaml").write_text(MANIFEST.replace("incoming_post", "incoming_pst\u202e"))
    github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    for verb in ("validate", "run"):
        ended = in_ci(folder, verb, **github)
        assert ended.returncode == Exit.DATA
        (line,) = [one for one in ended.stderr.splitlines() if one.startswith("::")]
        assert line.startswith("::error file=small.yaml,line=8,title=care-export::exports[0].report: unknown")
        assert "\u202e" not in line
        text = (folder / "summary.md").read_text()
        assert text.startswith("## E-MANIFEST&#58; ")
        assert "| small.yaml:8 | error&#58; exports&#91;0&#93;.report&#58; unknown" in text
        assert "\u202e" not in text
        (folder / "summary.md").unlink()


def test_a_refusal_without_a_place_is_in_the_summary_too(folder: Path) -> None:
    """A run that never began says there why, and what to do; elsewhere nothing is written."""
    github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    assert in_ci(folder, "run", "--frozen", **github).returncode == Exit.NO_INPUT
    text = (folder / "summary.md").read_text()
    assert text.startswith("## E-NO-LOCK&#58; there is no lock")
    assert "Run the manifest once, without --frozen" in text
    assert "| place |" not in text


def test_a_frozen_run_that_differs_is_noted(capsys: pytest.CaptureFixture[str]) -> None:
    """Asked or answered differently: both are a failure, in JUnit, in notes and in code quality."""
    assert run() == Exit.DONE
    data = json.loads(LOCK.read_text())
    data["partitions"]["posts/sandbox/2026-05-04_2026-05-06"] |= {"rows": 1}
    LOCK.write_text(json.dumps(data))
    assert run("--frozen", "--ci", "github", "--junit", "j.xml", "--code-quality", "q.json") == Exit.DIFFERS
    assert "::error file=small.yaml,line=1,title=the lock%3A E-DIFFERS::" in capsys.readouterr().err
    assert check(Path("j.xml").read_text())[-1].attrib["failures"] == "1"
    assert [one["check_name"] for one in json.loads(Path("q.json").read_text())] == ["E-DIFFERS"]
    Path("small.yaml").write_text(MANIFEST.replace("start: 2026-05-04", "start: 2026-05-05"))
    assert run("--frozen", "--ci", "github") == Exit.DIFFERS
    assert "title=the lock%3A E-DIFFERS::Differs in" in capsys.readouterr().err


def test_gitlab_gets_code_quality(folder: Path) -> None:
    """Where GitLab's own jobs put theirs; `--ci none` asks for silence."""
    quality = folder / "gl-code-quality-report.json"
    assert in_ci(folder, "run", "--ci", "none", GITLAB_CI="true").returncode == Exit.DONE
    assert not quality.exists()
    assert in_ci(folder, "run", GITLAB_CI="true").returncode == Exit.DONE
    assert json.loads(quality.read_text()) == []


def test_which_ci_this_is() -> None:
    """Only what says `true` counts; paths are told as the checkout knows them."""
    assert [detected({"GITHUB_ACTIONS": "true"}), detected({"GITLAB_CI": "true"})] == ["github", "gitlab"]
    assert [detected({}), detected({"GITHUB_ACTIONS": "false"})] == ["none", "none"]
    assert [place("a/b.yaml", str(Path.cwd() / "a")), place("a/b.yaml", ""), place("a/b.yaml", "/x")] == [
        "b.yaml", "a/b.yaml", "a/b.yaml",
    ]  # fmt: skip


def test_only_plain_files_are_read(folder: Path) -> None:
    """A pipe or a link in a file's place is refused, and nobody waits for it."""
    os.mkfifo(folder / "pipe")
    (folder / "link").symlink_to(folder / "small.yaml")
    for name in ("pipe", "link"):
        with pytest.raises(OSError, match=r"it is no file|symbolic links"):
            opened(folder / name)


def test_no_secret_is_in_a_report(folder: Path) -> None:
    """The verb knows the profile's credentials where it can have them, and masks them in what others said."""
    (folder / "profiles.yaml").write_text(
        f"version: 1\nprofiles:\n  acme: {canary.profile('https://127.0.0.1:1')}\n"
    )
    text = MANIFEST.replace("timezone: UTC", "profiles: [acme]\ntimezone: UTC")
    (folder / "small.yaml").write_text(text)
    assert care_export(folder, "run", "small.yaml", "--deadline", "1").returncode == Exit.UNFINISHED
    assert care_export(folder, "report", "small.yaml").returncode == Exit.DONE
    canary.hear((folder / "small.report.html").read_text())
    bare = (folder / "profiles.yaml").read_text().replace("${CANARY_PASSWORD}", "keyring:a/b")
    (folder / "profiles.yaml").write_text(bare)
    assert care_export(folder, "report", "small.yaml").returncode == Exit.DONE
