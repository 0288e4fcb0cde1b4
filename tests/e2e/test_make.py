"""The targets of the Makefile: what a person types stays one name, and a .venv is whole or made anew."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERBS = ("export", "plan", "status", "collect", "validate", "verify")


def executable(path: Path, text: str) -> None:
    """Write a shell script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a folder with the Makefile, its locks, and no .venv yet."""
    folder = tmp_path / "clone"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    return folder


@pytest.fixture
def ready(clone: Path) -> Path:
    """Return the same with a whole .venv, whose Python is the one that runs this test."""
    executable(clone / ".venv/bin/python", f'PYTHONPATH="{ROOT}" exec "{sys.executable}" "$@"')
    (clone / ".venv/.run").touch()
    return clone


def make(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run make in a folder as a person would."""
    own = os.environ  # noqa: TID251 - a make above this one must not be seen
    outer = {name: value for name, value in own.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=outer | environ, capture_output=True, text=True, timeout=60
    )


NAMES = (
    "q1.yaml; touch PWN",
    "$(shell touch PWN)",
    "${shell touch PWN}",
    "$$(touch PWN)",
    "`touch PWN`",
    "a b.yaml",
    "'; touch PWN; '",
    '"; touch PWN; "',
    "| touch PWN",
    "a\ntouch PWN",
    "$(error gone)",
    "--password=x",
    "%#\\:=",
)
"""Names that make or a shell would act upon, if they read them."""


@pytest.mark.parametrize(
    ("verb", "name"),
    [*(("validate", name) for name in NAMES), *((verb, name) for verb in VERBS for name in NAMES[:2])],
)
def test_a_name_is_one_argument_and_nothing_more(ready: Path, verb: str, name: str) -> None:
    """Neither make nor the shell reads what follows MANIFEST=; the program looks for a file of that name."""
    ended = make(ready, verb, f"MANIFEST={name}")
    assert "Error 66" in ended.stderr
    assert f"there is no manifest {name!r}" in ended.stderr
    assert not list(ready.glob("**/PWN*"))


@pytest.mark.parametrize("name", ["$(shell touch PWN)", "q1.yaml; touch PWN"])
def test_a_name_from_the_environment_is_as_safe(ready: Path, name: str) -> None:
    """MANIFEST may come as a variable of the environment too."""
    ended = make(ready, "plan", MANIFEST=name)
    assert f"there is no manifest {name!r}" in ended.stderr
    assert not list(ready.glob("**/PWN*"))


@pytest.mark.parametrize("option", ["PORT", "SEED", "SPEED"])
def test_the_settings_of_the_sandbox_are_as_safe(ready: Path, option: str) -> None:
    """A bad value reaches the program as it was typed, and is a usage error there."""
    ended = make(ready, "sandbox", f"{option}=1; $(shell touch PWN)")
    assert "Error 2" in ended.stderr
    assert "$(shell touch PWN)" in ended.stderr
    assert not list(ready.glob("**/PWN*"))


@pytest.mark.parametrize("verb", VERBS)
def test_a_missing_name_is_asked_for(ready: Path, verb: str) -> None:
    """Without MANIFEST= the target says how to give it."""
    assert f"which manifest? make {verb} MANIFEST=q1.yaml" in make(ready, verb).stderr


def test_make_alone_prints_the_targets(clone: Path) -> None:
    """Each target has one line, and nothing is set up for that."""
    ended = make(clone)
    targets = [line.split()[1] for line in ended.stdout.splitlines()]
    assert targets == [
        *("export", "plan", "status", "collect", "validate", "verify", "sandbox", "generate"),
        *(
            "check-generated",
            "lint",
            "tools",
            "test",
            "test-slow",
            "bench-schedule",
            "check",
            "docs",
            "build",
            "clean",
        ),
    ]
    assert not (clone / ".venv").exists()


def interpreter(folder: Path, pip: str) -> str:
    """Return a PYTHON that notes what it is asked, and whose `-m venv` makes one that runs `pip` for pip."""
    inner = f'case "$2" in pip) {pip};; esac'
    executable(folder / "inner", inner)
    executable(
        folder / "python",
        'echo "$@" >>asked; test "$2" = venv || exit 0; '
        "rm -rf .venv; mkdir -p .venv/bin; cp inner .venv/bin/python",
    )
    return f"PYTHON={folder}/python"


def test_a_half_made_venv_is_made_anew(clone: Path) -> None:
    """A set-up that was cut off leaves no stamp, says so, and the next make begins again, from nothing."""
    (clone / ".venv/bin").mkdir(parents=True)
    broken = make(clone, "plan", "MANIFEST=q1.yaml", interpreter(clone, "exit 1"))
    assert "setting up .venv (once, about" in broken.stderr
    assert "the next make begins it again" in broken.stderr
    assert not (clone / ".venv/.run").exists()
    whole = make(clone, "plan", "MANIFEST=q1.yaml", interpreter(clone, "exit 0"))
    assert whole.returncode == 0
    assert (clone / ".venv/.run").exists()
    assert (clone / "asked").read_text().count("-m venv --clear .venv") == 2


def test_a_whole_venv_is_left_alone(clone: Path) -> None:
    """The second make sets nothing up."""
    make(clone, "plan", "MANIFEST=q1.yaml", interpreter(clone, "exit 0"))
    again = make(clone, "plan", "MANIFEST=q1.yaml", "PYTHON=false")
    assert (again.returncode, again.stderr) == (0, "")


def test_a_venv_whose_python_is_gone_is_made_anew(clone: Path) -> None:
    """A stamp beside a Python that does not start is not believed."""
    python = interpreter(clone, "exit 0")
    make(clone, "plan", "MANIFEST=q1.yaml", python)
    (clone / ".venv/bin/python").unlink()
    assert make(clone, "plan", "MANIFEST=q1.yaml", python).returncode == 0
    assert (clone / "asked").read_text().count("-m venv") == 2


@pytest.mark.parametrize("target", ["plan", "generate", "docs"])
def test_a_venv_that_is_a_link_is_never_set_up(clone: Path, tmp_path: Path, target: str) -> None:
    """What it leads to may be another checkout's: it stays as it is, and the fix is named."""
    (tmp_path / "other/bin").mkdir(parents=True)
    (clone / ".venv").symlink_to(tmp_path / "other")
    ended = make(clone, target, "MANIFEST=q1.yaml", f"PYTHON={sys.executable}")
    assert ended.returncode == 2
    assert ".venv is a link" in ended.stderr
    assert "rm .venv" in ended.stderr
    assert [str(one.relative_to(tmp_path)) for one in tmp_path.rglob("other/*")] == ["other/bin"]


def test_pages_are_not_added_through_a_link(ready: Path, tmp_path: Path) -> None:
    """A whole .venv may be used through a link, but what it lacks is not put into it."""
    (ready / ".venv").rename(tmp_path / "other")
    (ready / ".venv").symlink_to(tmp_path / "other")
    assert "which manifest?" in make(ready, "plan").stderr
    ended = make(ready, "docs", f"PYTHON={sys.executable}")
    assert ".venv is a link" in ended.stderr
    assert not (tmp_path / "other/.docs").exists()


def test_the_developers_venv_goes_on_top_of_a_whole_one(clone: Path) -> None:
    """What is there is kept: the second lock holds all of the first."""
    python = interpreter(clone, "exit 0")
    make(clone, "plan", "MANIFEST=q1.yaml", python)
    assert make(clone, "check-generated", python).returncode == 0
    assert (clone / "asked").read_text().splitlines()[-1] == "-m venv .venv"
    assert make(clone, "plan", "MANIFEST=q1.yaml", "PYTHON=false").returncode == 0


def test_the_pages_need_a_lock_of_their_own(clone: Path) -> None:
    """`make docs` adds what builds them to a whole .venv; who only exports never gets it."""
    python = interpreter(clone, "exit 0")
    make(clone, "plan", "MANIFEST=q1.yaml", python)
    executable(clone / ".venv/bin/properdocs", 'echo "$@" >built')
    assert make(clone, "docs", python).returncode == 0
    assert (clone / "built").read_text() == "build --strict\n"
    assert (clone / ".venv/.docs").exists()
    assert make(clone, "plan", "MANIFEST=q1.yaml", "PYTHON=false").returncode == 0


def test_locks_agree() -> None:
    """They go into one .venv on top of each other, so what two of them name has one version."""
    pins: dict[str, set[str]] = {}
    for lock in (ROOT / "requirements").glob("*.lock"):
        for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", lock.read_text(), re.MULTILINE):
            pins.setdefault(name, set()).add(version)
    assert {name: versions for name, versions in pins.items() if len(versions) > 1} == {}


def test_an_old_python_is_named(clone: Path) -> None:
    """Python 3.11 is the least; the message says what was found and how to name another one."""
    executable(clone / "old", 'case "$1" in -V) echo Python 3.9.2;; *) exit 1;; esac')
    ended = make(clone, "plan", "MANIFEST=q1.yaml", f"PYTHON={clone}/old")
    assert "Python 3.11 or newer is needed" in ended.stderr
    assert "is Python 3.9.2" in ended.stderr
    assert not (clone / ".venv").exists()


def test_a_missing_venv_module_is_named(clone: Path) -> None:
    """Debian has it in a package of its own; the message names it."""
    executable(clone / "bare", 'case "$2" in venv) exit 1;; esac')
    ended = make(clone, "plan", "MANIFEST=q1.yaml", f"PYTHON={clone}/bare")
    assert "apt-get install python3-venv" in ended.stderr


def test_tools_are_installed_once_and_run_nothing(clone: Path) -> None:
    """Once, from the lock, without a script of any package."""
    (clone / "tests/node/node_modules").mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "tests/node" / name, clone / "tests/node")
    executable(clone / "npm", f'echo "$@" >>asked; touch {clone}/tests/node/node_modules/.package-lock.json')
    path = f"{clone}:{os.defpath}"
    assert [make(clone, "tools", PATH=path).returncode for _ in range(2)] == [0, 0]
    (asked,) = (clone / "asked").read_text().splitlines()
    assert asked.startswith("ci --prefix tests/node --ignore-scripts ")


def test_a_missing_npm_is_named(clone: Path) -> None:
    """The message says what brings it."""
    shutil.copytree(ROOT / "tests/node", clone / "tests/node", ignore=shutil.ignore_patterns("node_modules"))
    (clone / "bare").mkdir()
    (clone / "bare/make").symlink_to(shutil.which("make") or "")
    assert "apt-get install nodejs npm" in make(clone, "tools", PATH=f"{clone}/bare").stderr


def test_clean_keeps_what_was_exported(ready: Path) -> None:
    """Only what make made goes: exports and the journal are the person's own."""
    for kept in ("exports/a.csv", ".care-export/journal.db"):
        (ready / kept).parent.mkdir()
        (ready / kept).touch()
    for folder in ("runner", "generated", "specs", "tests"):
        (ready / folder / "__pycache__").mkdir(parents=True)
    (ready / "tests/node/node_modules").mkdir(parents=True)
    assert make(ready, "clean").returncode == 0
    assert (ready / "exports/a.csv").exists()
    assert (ready / ".care-export/journal.db").exists()
    assert not (ready / ".venv").exists()
    assert not list(ready.glob("*/__pycache__"))
    assert not (ready / "tests/node/node_modules").exists()
