"""The README shows what is so: its outputs, its manifest, its verbs and its exit codes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from runner.cli.command import VERBS
from runner.errors import Exit
from tests.e2e.launch import ROOT, care_export

README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    """Return the README's fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def test_the_first_output_is_what_the_command_prints(tmp_path: Path) -> None:
    """The quickstart prints these lines, in this order; what make says before is not among them."""
    (tmp_path / "manifests").mkdir()
    for name in ("quickstart.yaml", "quickstart.lock.json"):
        shutil.copy(ROOT / "manifests" / name, tmp_path / "manifests")
    shown = blocks("text")[0].splitlines()
    ended = care_export(tmp_path, "run", "--", "quickstart.yaml")
    assert ended.returncode == Exit.DONE
    assert [*ended.stderr.splitlines(), *ended.stdout.splitlines()] == shown


def test_the_manifest_that_is_explained_is_the_example() -> None:
    """The README's manifest is manifests/q1.yaml without its remarks."""
    q1 = (ROOT / "manifests" / "q1.yaml").read_text().splitlines()
    kept = [line for line in q1 if not line.startswith("#") or "yaml-language-server" in line]
    assert blocks("yaml")[0].splitlines() == kept


def test_the_problem_that_is_shown_is_what_a_person_sees(tmp_path: Path) -> None:
    """A typo in that manifest gives that line, with that place."""
    report = "    report: conversation\n"
    text = blocks("yaml")[0].replace(report, f"{report}    metrics: [CONVERSATON_ID]\n", 1)
    (tmp_path / "q1.yaml").write_text(text)
    ended = care_export(tmp_path, "validate", "q1.yaml")
    assert ended.returncode == Exit.DATA
    assert ended.stderr.splitlines()[0] == blocks("text")[1].strip()


def test_every_verb_and_every_exit_code_is_explained() -> None:
    """The two tables miss nothing and name nothing that is not there."""
    assert re.findall(r"^\| `care-export (\w+)", README, re.MULTILINE) == list(VERBS)
    codes = re.findall(r"^\| ([\d, ]+) \|", README, re.MULTILINE)
    assert sorted(int(code) for row in codes for code in row.split(",")) == sorted(Exit)
