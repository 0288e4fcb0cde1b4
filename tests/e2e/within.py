"""The command in this very process: for tests of words and exit codes, without a start of Python each."""

from __future__ import annotations

import subprocess
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from runner.cli.command import outcome
from tests import canary


def within(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Carry out the arguments in a folder and return how that ended, as `launch.care_export` does."""
    out, err = StringIO(), StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err):
        code = outcome(arguments)
    canary.hear(out.getvalue(), err.getvalue())
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())
