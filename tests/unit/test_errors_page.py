"""docs/errors.md says what the registry says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from runner.codes import CODES

ROOT = Path(__file__).parents[2]


def generate(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program that writes the page, as make does."""
    program = [sys.executable, str(ROOT / "docs" / "generate.py"), *arguments]
    return subprocess.run(program, capture_output=True, text=True)


def test_what_is_committed_is_what_the_registry_says() -> None:
    """`--check` on the repository itself finds no drift."""
    ended = generate("--check")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_drift_is_told_and_mended(tmp_path: Path) -> None:
    """A missing or an edited page ends with 65 and says what to run; that writes it anew."""
    folder, page = f"--docs={tmp_path}", tmp_path / "errors.md"
    for damage in (None, "edited"):
        if damage:
            page.write_text(page.read_text() + damage)
        ended = generate("--check", folder)
        assert (ended.returncode, "make generate" in ended.stderr) == (65, True)
        assert generate(folder).returncode == 0
        assert generate("--check", folder).returncode == 0
    assert page.read_text() == (ROOT / "docs" / "errors.md").read_text()


def test_each_code_has_a_row_and_a_section() -> None:
    """The table's links lead to the sections."""
    page = (ROOT / "docs" / "errors.md").read_text()
    assert re.findall(r"^## (E-[A-Z-]+)$", page, re.MULTILINE) == list(CODES)
    assert re.findall(r"^\| \[(E-[A-Z-]+)\]", page, re.MULTILINE) == list(CODES)
