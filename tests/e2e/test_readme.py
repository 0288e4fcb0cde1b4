"""The README shows what is so: its commands and outputs, its manifest, its help text and its figures."""

from __future__ import annotations

import re
from pathlib import Path

from runner.cli.verbs import VERBS
from runner.errors import Exit
from tests.e2e.launch import ROOT, care_export
from tests.pages import Command, blocks, carried_out, schedule, steps

README = (ROOT / "README.md").read_text("utf-8")


def shown(command: str) -> str:
    """Return what the README shows below a command."""
    return next(step.shown for step in steps(README) if isinstance(step, Command) and step.text == command)


def test_each_command_prints_what_is_shown(tmp_path: Path) -> None:
    """From top to bottom, in a folder like a fresh clone; `python -m tests.pages README.md` renews them."""
    ended = carried_out(README, tmp_path)
    assert [one.wrong() for one in ended if one.wrong()] == []
    assert len(ended) == sum(isinstance(step, Command) for step in steps(README))


def test_every_block_is_tried() -> None:
    """None is left out, and none is in a language that the test above passes by."""
    assert {block.language for block in blocks(README)} == {"console", "yaml"}
    assert not [block for block in blocks(README) if "not run" in block.remarks]
    assert all("file" in block.remarks for block in blocks(README) if block.language == "yaml")


def test_the_manifest_that_is_explained_is_the_example() -> None:
    """The README's manifest is manifests/q1.yaml: the places that it names are those of the file."""
    manifest = next(block for block in blocks(README) if block.language == "yaml")
    assert manifest.content == (ROOT / "manifests" / "q1.yaml").read_text()


def test_the_help_is_shown_as_it_is(tmp_path: Path) -> None:
    """The help text stands there whole, with every verb and every exit code; `...` hides nothing."""
    text = shown("care-export --help")
    assert text == care_export(tmp_path, "--help", environ={"COLUMNS": "80"}).stdout
    assert re.findall(r"^  (\w+)  +[A-Z]", text.split("Verbs:")[1], re.MULTILINE) == list(VERBS)
    codes = re.findall(r"\b\d+\b", text.split("Exit codes:")[1])
    assert sorted(map(int, codes)) == sorted(Exit)


def test_the_figures_are_those_of_the_table() -> None:
    """What the README says of 60 jobs of two minutes stands in bench/SCHEDULE.md."""
    measured = schedule()
    ratio, requests = measured["120 s", "60", "ours, first run"]
    _, fixed = measured["120 s", "60", "fixed 5 s"]
    words = r"take ([\d.]+) times the least .*?with ([\d.]+) requests.*?takes (\d+)\."
    said = re.search(words, README, re.DOTALL)
    assert said
    assert said.groups() == (f"{ratio:.2f}", f"{requests:.1f}", f"{fixed:.0f}")
