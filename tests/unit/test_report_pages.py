"""docs/reports/ says what the catalogue says: a page for each report, and an index."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs import catalogue
from runner import catalog, document, profiles
from runner.manifest import parse
from runner.plan import plan

ROOT = Path(__file__).parents[2]
KNOWN = catalog.load()
PAGES = catalogue.pages()
EACH = pytest.mark.parametrize("report", KNOWN.reports.values(), ids=list(KNOWN.reports))


def page(report: catalog.Report) -> str:
    """Return the page of a report."""
    return PAGES[f"reports/{report.id}.md"]()


def section(text: str, title: str) -> str:
    """Return a section of a page."""
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_there_is_a_page_for_each_report_and_an_index() -> None:
    """And the index links to each."""
    assert sorted(PAGES) == sorted(["reports/index.md", *(f"reports/{one}.md" for one in KNOWN.reports)])
    linked = re.findall(r"^\| \[`(\w+)`\]\((\w+)\.md\)", PAGES["reports/index.md"](), re.MULTILINE)
    assert linked == [(one, one) for one in KNOWN.reports]


@EACH
def test_a_page_says_all_that_is_known(report: catalog.Report) -> None:
    """Each way to ask, parameter, column, rule and gap has its line, and each source tag is explained."""
    text = page(report)
    assert all(f"{one.method} {report.path}\n" in text for one in report.operations)
    named = re.findall(r"^\| `(\w+)`(?: \(([a-z, ]+)\))?", section(text, "Parameters"), re.MULTILINE)
    assert [name for name, _ in named] == [one.name for one in report.parameters]
    assert ["required" in marks for _, marks in named] == [one.required for one in report.parameters]
    assert ["not declared" in marks for _, marks in named] == [not one.declared for one in report.parameters]
    columns = re.findall(r"^\| `(\w+)` ", section(text, "Columns"), re.MULTILINE)
    assert columns == [one.name for one in report.metrics]
    assert report.composition.reason in text
    assert section(text, "Rules").count("\n- ") == len(report.rules)
    assert all(f"- {one}\n" in text for one in (*report.notes, *report.undocumented))
    tags = {
        tag
        for found in re.findall(r"\[((?:[A-Z]|inference)(?:, (?:[A-Z]|inference))*)\]", text)
        for tag in found.split(", ")
    }
    assert tags <= set(re.findall(r"^- \*\*(\w+)\*\*: ", section(text, "Sources"), re.MULTILINE))


@EACH
def test_the_example_of_a_page_is_a_good_manifest(report: catalog.Report) -> None:
    """It validates, warns of nothing, and asks for that report."""
    text = re.findall(r"```yaml\n(.*?)```", page(report), re.DOTALL)[0]
    manifest = parse(document.read(text.encode(), f"{report.id}.yaml"), KNOWN)
    chosen = {one.id: (profiles.sandbox(),) for one in manifest.exports}
    made = plan(manifest, KNOWN, chosen, profiles.SANDBOX_TODAY_MS, lambda partition: False)
    assert [one.report for one in made.partitions] == [report.id]
    assert made.warnings == ()


@EACH
def test_no_cell_breaks_its_table(report: catalog.Report) -> None:
    """Each row has as many cells as its head."""
    for table in re.findall(r"(?:^\|.*\n)+", page(report), re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_a_page_of_no_report_is_drift(tmp_path: Path) -> None:
    """`--check` names it, and without it is taken away."""
    program = [sys.executable, str(ROOT / "docs" / "generate.py"), f"--docs={tmp_path}"]
    stray = tmp_path / "reports" / "gone.md"
    assert subprocess.run(program).returncode == 0
    assert subprocess.run([*program, "--check"]).returncode == 0
    stray.write_text("# Gone\n")
    ended = subprocess.run([*program, "--check"], capture_output=True, text=True)
    assert (ended.returncode, "docs/reports/gone.md" in ended.stderr) == (65, True)
    assert subprocess.run(program).returncode == 0
    assert not stray.exists()
