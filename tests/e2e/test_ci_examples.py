"""The ready-made CI files: what they say is safe; what they run is run here, on the sandbox, in a copy."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runner import document
from runner.errors import Exit
from runner.journal import Journal
from tests.e2e.launch import ROOT, ran
from tests.e2e.test_make import executable
from tests.unit.test_report_junit import check

FOLDER = ROOT / "examples/ci"
JOURNAL = Path(".care-export/journal.db")


def read(name: str) -> Any:
    """Return a CI file as plain data."""
    return document.read((FOLDER / name).read_bytes(), name).data


def steps() -> list[dict[str, Any]]:
    """Return the steps of the workflow."""
    found: list[dict[str, Any]] = read("github.yml")["jobs"]["export"]["steps"]
    return found


def scripts(name: str) -> list[str]:
    """Return the commands of a CI file, in order."""
    if name == "gitlab.yml":
        several: list[str] = read(name)["care-export"]["script"]
        return several
    return [one["run"] for one in steps() if "run" in one]


def clone(folder: Path) -> Path:
    """Return a copy of the repository, as far as the commands need it, whose .venv is ours."""
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    shutil.copytree(ROOT / "manifests", folder / "manifests")
    executable(folder / ".venv/bin/python", f'PYTHONPATH="{ROOT}" exec "{sys.executable}" "$@"')
    (folder / ".venv/.run").touch()
    return folder


def carried_out(name: str, folder: Path, **changes: str) -> list[subprocess.CompletedProcess[str]]:
    """Run the commands of a CI file as the CI does, up to the first that fails; `changes` replace words."""
    environ = {"GITHUB_ACTIONS": "", "GITLAB_CI": "", "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    environ["GITHUB_ACTIONS" if name == "github.yml" else "GITLAB_CI"] = "true"
    ended = []
    for script in scripts(name):
        for old, new in changes.items():
            script = script.replace(old.replace("_", " "), new)
        ended.append(ran(["bash", "-eo", "pipefail", "-c", script], folder, environ=environ))
        if ended[-1].returncode:
            break
    return ended


def creates(folder: Path) -> int:
    """Count the create requests that a folder's journal knows of."""
    with Journal.open(folder / JOURNAL) as journal:
        return sum(event.kind == "intent" for event in journal.replay("sandbox"))


@pytest.mark.parametrize("name", ["github.yml", "gitlab.yml"])
def test_its_commands_do_what_they_promise(name: str, tmp_path: Path) -> None:
    """Each command succeeds; every artefact that is handed out is there, and is what the CI reads."""
    folder = clone(tmp_path / "clone")
    assert [one.returncode for one in carried_out(name, folder)] == [Exit.DONE, Exit.DONE]
    assert [one.attrib["failures"] for one in check((folder / "out/junit.xml").read_text())] == ["0"]
    assert "All 2 files are there" in (folder / "out/report.html").read_text()
    assert list((folder / "exports").rglob("*.csv"))
    if name == "github.yml":
        assert "All 2 files are there" in (folder / "summary.md").read_text()
    else:
        assert json.loads((folder / "out/quality.json").read_text()) == []


@pytest.mark.parametrize("name", ["github.yml", "gitlab.yml"])
def test_a_cut_off_run_goes_on_in_the_next_one(name: str, tmp_path: Path) -> None:
    """The next run has of the first one only what the cache keeps; and no job is made twice."""
    first = clone(tmp_path / "first")
    cut = carried_out(name, first, **{"--deadline_3000": "--detach"})
    assert cut[-1].returncode == Exit.DONE
    assert creates(first) == 2
    assert not list((first / "exports").rglob("*.csv"))
    second = clone(tmp_path / "second")
    (kept,) = {one["with"]["path"] for one in steps() if "cache" in one.get("uses", "")}
    shutil.copytree(first / kept, second / kept)
    assert carried_out(name, second)[-1].returncode == Exit.DONE
    assert creates(second) == 2
    assert len(list((second / "exports").rglob("*.csv"))) == 2


@pytest.mark.parametrize("name", ["github.yml", "gitlab.yml"])
def test_a_run_that_fails_fails_the_job_and_leaves_its_report(name: str, tmp_path: Path) -> None:
    """Exit codes reach the CI; what is handed out says why."""
    folder = clone(tmp_path / "clone")
    lock = folder / "manifests/quickstart.lock.json"
    data = json.loads(lock.read_text())
    data["partitions"]["raw-conversations/sandbox/2026-02-01_2026-05-01"]["rows"] = 1
    lock.write_text(json.dumps(data))
    assert carried_out(name, folder)[-1].returncode == Exit.DIFFERS
    assert "the number of rows differ" in (folder / "out/report.html").read_text()
    assert check((folder / "out/junit.xml").read_text())[-1].attrib["failures"] == "1"


def test_github_gets_the_least_rights_and_known_actions() -> None:
    """Read the contents, nothing else; each action by its major version; no untrusted trigger."""
    workflow = read("github.yml")
    assert workflow["permissions"] == {"contents": "read"}
    assert set(workflow["on"]) == {"workflow_dispatch", "schedule"}
    assert all("permissions" not in job for job in workflow["jobs"].values())
    actions = [one["uses"] for one in steps() if "uses" in one]
    assert all(re.fullmatch(r"actions/[a-z/-]+@v\d+", one) for one in actions)
    assert workflow["jobs"]["export"]["timeout-minutes"] == 60
    assert workflow["concurrency"]["cancel-in-progress"] is False


def test_the_journal_is_restored_before_and_saved_whatever_happens() -> None:
    """Restored before the run, saved after it under a key of its own, even where the run failed."""
    uses = [one.get("uses", "").partition("@")[0] for one in steps()]
    (run,) = [number for number, one in enumerate(steps()) if "runner run" in one.get("run", "")]
    restore, save = uses.index("actions/cache/restore"), uses.index("actions/cache/save")
    assert restore < run < save
    before, after = steps()[restore]["with"], steps()[save]["with"]
    assert before["path"] == after["path"] == ".care-export"
    assert before["key"] == after["key"]
    assert before["key"].startswith(before["restore-keys"])
    assert "run_id" in after["key"]
    assert "run_attempt" in after["key"]
    assert [one.get("if") for one in steps()[run + 1 :]] == ["always()", "always()"]
    cache = read("gitlab.yml")["care-export"]["cache"]
    assert (cache["paths"], cache["when"]) == ([".care-export/"], "always")
    assert read("gitlab.yml")["care-export"]["artifacts"]["when"] == "always"


def test_one_run_at_a_time_whatever_the_branch() -> None:
    """Runs of two branches share no journal, but one user of the vendor, and so its limits."""
    assert read("github.yml")["concurrency"]["group"] == "care-export"
    assert read("gitlab.yml")["care-export"]["resource_group"] == "care-export"


def test_gitlab_saves_what_a_run_knows_and_runs_it_again() -> None:
    """The script ends before the job, whose end leaves no time to save; 75 alone is repeated."""
    job = read("gitlab.yml")["care-export"]
    assert (job["timeout"], job["variables"]["RUNNER_SCRIPT_TIMEOUT"]) == ("1 hour", "55m")
    assert job["retry"] == {"max": 2, "exit_codes": Exit.UNFINISHED}


def test_secrets_are_in_the_environment_of_one_step_only() -> None:
    """No secret stands in a command, which logs and lists of processes show."""
    text = (FOLDER / "github.yml").read_text()
    for one in steps():
        assert "${{" not in one.get("run", "")
        assert ("secrets" in json.dumps(one.get("env", {}))) == ("runner run" in one.get("run", ""))
    assert text.count("secrets.") == 3
    assert not re.search("(KEY|PASSWORD|USERNAME)\\s*[:=]", (FOLDER / "gitlab.yml").read_text())


def test_the_deadline_is_before_the_end_of_the_job() -> None:
    """A run that stops by itself can still save what it knows."""
    for name, minutes in (("github.yml", 60), ("gitlab.yml", 60)):
        (seconds,) = re.findall(r"--deadline (\d+)", " ".join(scripts(name)))
        assert int(seconds) <= (minutes - 5) * 60
