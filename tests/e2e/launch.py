"""How the tests start the command: in a process of its own, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]

SMALL = """\
version: 1
timezone: UTC
period: 2026-05
exports:
  - {id: created, report: conversation, format: csv, parameters: {conversationReportType: CREATED}}
  - {id: agents, report: raw_agent_states, format: json, period: 2026-05-04}
"""
"""A manifest of two small exports, from the sandbox."""


def environment(**changes: str) -> dict[str, str]:
    """Return this process's environment without our variables, with the repository's code, and changed."""
    own = os.environ  # noqa: TID251 - the command needs the PATH and the coverage of this run
    kept = {
        name: value for name, value in own.items() if not name.startswith(("CARE_EXPORT", "MAKE", "MFLAGS"))
    }
    return kept | {"PYTHONPATH": str(ROOT)} | changes


def care_export(
    folder: Path, *arguments: str, environ: Mapping[str, str] | None = None, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder and return how it ended."""
    return subprocess.run(
        [sys.executable, "-m", "runner", *arguments],
        cwd=folder,
        env=environment(**(environ or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        timeout=timeout,
    )
