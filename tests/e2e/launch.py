"""How the tests start the command: in a process of its own, in a folder of its own.

What it prints, and what the system's list of processes shows of it and of its children, is searched for
secrets.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tests import canary

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
    return kept | {"PYTHONPATH": str(ROOT)} | canary.VARIABLES | changes


def care_export(
    folder: Path, *arguments: str, environ: Mapping[str, str] | None = None, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder and return how it ended."""
    return ran([sys.executable, "-m", "runner", *arguments], folder, environ=environ, timeout=timeout)


def ran(
    arguments: Sequence[str], folder: Path, *, environ: Mapping[str, str] | None = None, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder and return how it ended; AssertionError where it lets a secret out."""
    process = subprocess.Popen(
        arguments,
        cwd=folder,
        env=environment(**(environ or {})),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="surrogateescape",
    )
    with process:
        out, err = _watched(process, timeout)
    canary.hear(out, err)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def _watched(process: subprocess.Popen[str], timeout: float) -> tuple[str, str]:
    """Return what a process prints; look now and then at what others see of it."""
    until = time.monotonic() + timeout
    while True:
        canary.hear(*command_lines(process.pid))
        try:
            return process.communicate(timeout=0.2)
        except subprocess.TimeoutExpired:
            if time.monotonic() >= until:
                process.kill()
                raise


def command_lines(pid: int) -> list[str]:
    """Return the command lines of a process and of all below it, as the list of processes shows them."""
    return [line for line, _ in listed(pid)]


def listed(pid: int) -> list[tuple[str, str]]:
    """Return command line and environment of a process and of all below it, as their owner can see them."""
    if not (line := _told(pid, "cmdline")):
        return []  # it has ended
    found = [(line, _told(pid, "environ"))]
    with suppress(OSError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in children.read_text().split():
                found += listed(int(child))
    return found


def _told(pid: int, what: str) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/{what}").read_bytes().decode("utf-8", "replace")
    return ""


def looked_at(process: subprocess.Popen[str]) -> dict[str, set[str]]:
    """Look at a process and all below it until it ends; return the environments of each command line."""
    found: dict[str, set[str]] = {}
    while process.poll() is None:
        for line, variables in listed(process.pid):
            found.setdefault(line, set()).add(variables)
        time.sleep(0.01)
    return found
