"""What a word can become, as the shells ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from runner.cli.command import command, outcome
from runner.cli.complete import answered
from runner.cli.verbs import VERBS
from runner.errors import Exit

MANIFEST = """\
version: 1
period: 2026-05
timezone: UTC
exports: [{report: author}, {id: talks, report: conversation}, nonsense]
"""
PROFILE = "{base_url: https://api.example.com, company_key: '${A_B}', username: '${A_B}', password: '${A_B}'}"
Completed = Callable[..., list[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Go into a folder with manifests, a lock, and profiles."""
    (tmp_path / "manifests").mkdir()
    (tmp_path / "here.yaml").write_text(MANIFEST)
    (tmp_path / "manifests" / "q1.yaml").write_text(MANIFEST)
    (tmp_path / "manifests" / "q1.lock.json").write_text("{}")
    (tmp_path / "profiles.yaml").write_text(f"version: 1\nprofiles: {{acme: {PROFILE}}}\n")
    with chdir(tmp_path):
        yield tmp_path


def completed(*words: str) -> list[str]:
    """Return what the last word can become, after those before it."""
    *before, last = words
    found = ShellComplete(command, {}, "care-export", "").get_completions(before, last)
    return [one.value if one.type == "plain" else f"<{one.type}>" for one in found]


def test_verbs_and_options_are_completed() -> None:
    """All verbs in their order; options where a dash was typed; nothing unknown is an error."""
    assert completed("") == list(VERBS)
    assert completed("va") == ["validate"]
    assert completed("--v") == ["--version"]
    assert completed("run", "--onl") == ["--only"]
    assert completed("run", "--progress", "") == ["auto", "plain", "json", "none"]
    assert completed("nosuchverb", "va") == ["validate"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("verb", ["run", "plan", "validate", "collect", "verify", "report", "doctor"])
def test_manifests_are_completed_from_here_and_from_their_folder(verb: str) -> None:
    """A lock and the profiles are none; where nothing fits, the shell looks for files."""
    assert completed(verb, "") == ["here.yaml", "q1.yaml"]
    assert completed(verb, "q") == ["q1.yaml"]
    assert completed(verb, "elsewhere/") == ["<file>"]


def test_without_any_manifest_it_is_files(tmp_path: Path) -> None:
    """Also where there is no folder manifests/."""
    with chdir(tmp_path):
        assert completed("run", "") == ["<file>"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [(MANIFEST, ["author", "talks"]), ("- a list", []), ("exports: 1", []), ("{", []), (None, [])],
)
def test_exports_are_those_of_the_manifest(folder: Path, content: str | None, expected: list[str]) -> None:
    """Before or after the option; a manifest that cannot be read has none."""
    if content is None:
        (folder / "here.yaml").unlink()
    else:
        (folder / "here.yaml").write_text(content)
    assert completed("run", "here.yaml", "--only", "") == expected
    assert completed("run", "--only", "") == []


@pytest.mark.parametrize("broken", [False, True])
def test_profiles_are_those_that_are_defined(folder: Path, broken: bool) -> None:
    """And the sandbox, also where profiles.yaml cannot be read."""
    if broken:
        (folder / "profiles.yaml").write_text("version: 9")
    assert completed("run", "here.yaml", "--profile", "") == ["sandbox"] if broken else ["acme", "sandbox"]
    assert completed("run", "--profiles", "pro") == ["<file>"]


def test_reports_are_completed() -> None:
    """By their ids."""
    assert completed("reports", "raw_a") == ["raw_agent_states"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_the_shell_s_own(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It asks through the one variable, and names the command."""
    assert outcome(["complete", shell]) == Exit.DONE
    shown = capsys.readouterr()
    assert f"_CARE_EXPORT_COMPLETE={shell}_complete" in shown.out
    assert shown.err == ""


def test_another_shell_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """The message names those that there are."""
    assert outcome(["complete", "tcsh"]) == Exit.USAGE
    assert "'bash', 'zsh', 'fish'" in capsys.readouterr().err


@pytest.mark.parametrize("asked", ["tcsh_complete", "bash_source", "bash", ""])
def test_a_strange_question_is_answered_by_an_exit_code(asked: str) -> None:
    """Nothing is printed, which a shell would take for words."""
    assert answered(asked, click.Command("x")) == Exit.USAGE


def test_columns_and_parameters_are_those_of_the_report() -> None:
    """After a comma the next column, after = the values; without a report there is little to say."""
    asked = ("init", "--report", "conversation")
    assert completed(*asked, "--metrics", "") == ["CONVERSATION_ID", "STATUS", "TIME_ZONE"]
    assert completed(*asked, "--metrics", "STATUS,T") == ["STATUS,TIME_ZONE"]
    assert completed("init", "--metrics", "") == ["TIME_ZONE"]
    assert "priorities=" in completed(*asked, "--parameter", "p")
    assert completed(*asked, "--parameter", "reportFormat=c") == ["reportFormat=csv"]
    assert completed("init", "--parameter", "") == []
    assert completed("init", "--timezone", "Europe/Berl") == ["Europe/Berlin"]
