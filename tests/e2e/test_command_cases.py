"""The bad inputs of the command line and of make, one test for each: C01 to C24.

None of them sends a request, hangs, or shows a traceback.
"""

from __future__ import annotations

import io
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir, closing, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from runner.cli.command import outcome
from runner.errors import Exit
from tests import canary
from tests.e2e.launch import ROOT, SMALL, care_export, ran
from tests.e2e.test_make import executable, make

Ended = subprocess.CompletedProcess[str]
COMMAND = f"{shlex.quote(sys.executable)} -m runner"


def ends(ended: Ended, code: Exit, *words: str) -> None:
    """Check the exit code, the words of the message, and that there is no traceback."""
    assert ended.returncode == code, ended.stderr
    assert "Traceback" not in ended.stderr
    for word in words:
        assert word in ended.stdout + ended.stderr


def is_done(folder: Path) -> None:
    """Check that the small manifest was carried out whole: two files, a lock, and no part files."""
    files = [path for path in folder.glob("exports/**/*") if path.is_file()]
    assert sorted(path.suffix for path in files) == [".csv", ".json"]
    assert len(list(folder.glob("*.lock.json"))) == 1


def sent_nothing(folder: Path) -> None:
    """Check that no file was written, and that no journal tells of a request."""
    assert not list(folder.glob("exports/**/*"))
    for path in folder.glob("**/journal.db"):
        with closing(sqlite3.connect(path)) as journal:
            assert journal.execute("SELECT count(*) FROM event").fetchone() == (0,)


def here(folder: Path, *arguments: str) -> Ended:
    """Run the command within this process, which is quicker where many values are tried."""
    out, err = io.StringIO(), io.StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err):
        code = outcome(arguments)
    canary.hear(out.getvalue(), err.getvalue())
    return Ended(arguments, code, out.getvalue(), err.getvalue())


def profile(folder: Path, base_url: str) -> Ended:
    """Run the small manifest with a profile at this address; return how the run ended."""
    (folder / "profiles.yaml").write_text(
        f"""\
version: 1
profiles:
  default:
    base_url: {base_url}
    company_key: ${{KEY}}
    username: ${{NAME}}
    password: ${{SECRET}}
"""
    )
    return here(folder, "run", "q1.yaml")


def c01(folder: Path) -> None:
    """Give no arguments: help, and a usage error."""
    ends(care_export(folder), Exit.USAGE, "Usage: care-export", "validate")


def c02(folder: Path) -> None:
    """Give an unknown option."""
    ends(care_export(folder, "run", "q1.yaml", "--fast"), Exit.USAGE, "--fast")


def c03(folder: Path) -> None:
    """Name a manifest that does not exist; the closest name is offered."""
    for verb in ("run", "plan", "validate", "verify"):
        ends(here(folder, verb, "q2.yaml"), Exit.NO_INPUT, "there is no manifest 'q2.yaml'", "q1.yaml")


def c04(folder: Path) -> None:
    """Name a folder."""
    (folder / "d.yaml").mkdir()
    ends(care_export(folder, "run", "d.yaml"), Exit.NO_INPUT, "it is a folder, not a file")


def c05(folder: Path) -> None:
    """Name an endless device: refused at once."""
    ends(care_export(folder, "run", "/dev/zero", timeout=20), Exit.NO_INPUT, "it is a device, not a file")


def c06(folder: Path) -> None:
    """Name a pipe that nobody writes to: refused at once."""
    os.mkfifo(folder / "pipe.yaml")
    ends(care_export(folder, "run", "pipe.yaml", timeout=20), Exit.NO_INPUT, "it is a pipe, not a file")


def c07(folder: Path) -> None:
    """Name a manifest that begins with a dash."""
    (folder / "-x.yaml").write_text(SMALL.replace("version: 1\n", "version: 1\nname: x\n"))
    ends(care_export(folder, "validate", "--", "-x.yaml"), Exit.DONE)
    ends(care_export(folder, "run", "./-x.yaml"), Exit.DONE)
    ends(care_export(folder, "run", "-x.yaml"), Exit.USAGE)


def c08(folder: Path) -> None:
    """Ask for an export that the manifest does not have: the message lists those that it has."""
    ends(care_export(folder, "run", "q1.yaml", "--only", "creatd"), Exit.USAGE, "created", "agents")


def c09(folder: Path) -> None:
    """Give --jobs no number from 1 to 64."""
    for jobs in ("0", "-1", "abc", "1e9"):
        ends(here(folder, "run", "q1.yaml", "--jobs", jobs), Exit.USAGE, "--jobs")


def c10(folder: Path) -> None:
    """Give --timeout no finite number above 0."""
    for seconds in ("0", "-5", "nan", "inf", "1e400"):
        ends(here(folder, "run", "q1.yaml", "--timeout", seconds), Exit.USAGE, "--timeout")


def c11(folder: Path) -> None:
    """Point --out at a file."""
    (folder / "taken").write_text("mine")
    ends(care_export(folder, "run", "q1.yaml", "--out", "taken"), Exit.CANNOT_CREATE, "taken")
    assert (folder / "taken").read_text() == "mine"


def c12(folder: Path) -> None:
    """Point --out where nobody may write, not even root: refused before any request."""
    ends(care_export(folder, "run", "q1.yaml", "--out", "/proc/1"), Exit.CANNOT_CREATE)


def c13(folder: Path) -> None:
    """Give a password as an option; there is none, and what follows is not repeated."""
    ended = care_export(folder, "run", "q1.yaml", "--password", "hunter2")
    ends(ended, Exit.USAGE, "--password")
    assert "hunter2" not in ended.stdout + ended.stderr


def through_make(folder: Path, name: str) -> None:
    """Give a name to make export, and check that it stays one name."""
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    executable(folder / ".venv/bin/python", f'PYTHONPATH="{ROOT}" exec "{sys.executable}" "$@"')
    (folder / ".venv/.run").touch()
    ended = make(folder, "export", f"MANIFEST={name}")
    assert f"there is no manifest {name!r}" in ended.stderr
    assert "Error 66" in ended.stderr
    assert not list(folder.glob("**/PWN*"))


def c14(folder: Path) -> None:
    """Put a command behind the name."""
    through_make(folder, "q1.yaml; touch PWN")


def c15(folder: Path) -> None:
    """Give a name that make could expand."""
    through_make(folder, "$(shell touch PWN)")


def c16(folder: Path) -> None:
    """Give a name with a space."""
    through_make(folder, "a b.yaml")


def c17(folder: Path) -> None:
    """Close standard output, or let nobody read it: the run is whole all the same."""
    for number, tail in enumerate((">&-", "| head -0")):
        command = (
            f"{shlex.quote(sys.executable)} -m runner run q1.yaml --state s{number} --out o{number} {tail}"
        )
        script = f"set -o pipefail; {command}"
        ends(ran(["bash", "-c", script], folder), Exit.DONE)
        assert len(list((folder / f"o{number}").glob("**/*.csv"))) == 1
        assert len(list((folder / f"s{number}").glob("**/journal.db"))) == 1


def c18(folder: Path) -> None:
    """Resume without any state: it is a first run, and the second one has nothing to do."""
    ends(care_export(folder, "run", "q1.yaml"), Exit.DONE)
    is_done(folder)
    ends(care_export(folder, "run", "q1.yaml"), Exit.DONE)
    is_done(folder)


def c19(folder: Path) -> None:
    """Give a base URL without TLS, on another machine."""
    ends(profile(folder, "http://analytics.example.com"), Exit.PROFILES, "https")


def c20(folder: Path) -> None:
    """Give a base URL with a user and a password in it, which are not repeated."""
    ended = profile(folder, "https://someone:hunter2@analytics.example.com")
    ends(ended, Exit.PROFILES)
    assert "hunter2" not in ended.stdout + ended.stderr


def c21(folder: Path) -> None:
    """Give a base URL with a query, a fragment, a space or a line end."""
    for rest in ("?a=b", "#top", "/a b", "\\n"):
        ends(profile(folder, f'"https://analytics.example.com{rest}"'), Exit.PROFILES)


def c22(folder: Path) -> None:
    """Use names beyond ASCII, where the terminal has none of them."""
    (folder / "q1.yaml").write_text(SMALL.replace("id: created", "id: größe-日本"), encoding="utf-8")
    ascii_only = {"LC_ALL": "C", "LANG": "C", "PYTHONIOENCODING": "ascii:strict"}
    for verb in (["plan", "q1.yaml"], ["plan", "q1.yaml", "--format", "json"], ["run", "q1.yaml"]):
        ends(care_export(folder, *verb, environ=ascii_only), Exit.DONE)
    ends(care_export(folder, "run", "größe.yaml", environ=ascii_only), Exit.NO_INPUT)


def c23(folder: Path) -> None:
    """Start in a folder that is gone."""
    script = (
        f"mkdir gone && cd gone && rmdir ../gone && exec {shlex.quote(sys.executable)} -m runner run q1.yaml"
    )
    ends(ran(["sh", "-c", script], folder), Exit.NO_INPUT, "there is no manifest 'q1.yaml'")


def c24(folder: Path) -> None:
    """Give the same manifest twice on one command line, under two names."""
    ends(care_export(folder, "validate", "q1.yaml", "./q1.yaml"), Exit.USAGE, "q1.yaml is given 2 times")


CASES: dict[str, tuple[Callable[[Path], None], bool]] = {
    case.__name__.upper(): (case, sends)
    for case, sends in (
        (c01, False), (c02, False), (c03, False), (c04, False), (c05, False), (c06, False), (c07, True),
        (c08, False), (c09, False), (c10, False), (c11, False), (c12, False), (c13, False), (c14, False),
        (c15, False), (c16, False), (c17, True), (c18, True), (c19, False), (c20, False), (c21, False),
        (c22, True), (c23, False), (c24, False),
    )
}  # fmt: skip
"""Every case by its id, and whether it comes to a request at all."""


@pytest.mark.parametrize("case", CASES)
def test_the_command_line_survives(case: str, tmp_path: Path) -> None:
    """Each bad input ends with the exit code of its class, says why, and sends and writes nothing."""
    (tmp_path / "q1.yaml").write_text(SMALL)
    check, sends = CASES[case]
    check(tmp_path)
    if not sends:
        sent_nothing(tmp_path)
