"""The shells themselves, with the script that `complete` prints: what the tabulator brings."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.e2e.launch import ROOT, SMALL, ran

_ASK = """\
PATH="$PWD:$PATH"
eval "$(care-export complete bash)"
COMP_WORDS=({words} "{last}")
COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
COMPREPLY=()
compopt() {{ echo compopt "$@"; }}
_care_export_completion care-export
IFS=' '; printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the command and a manifest in it."""
    program = tmp_path / "care-export"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m runner "$@"\n')
    program.chmod(0o755)
    (tmp_path / "q1.yaml").write_text(SMALL)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "last", "expected"),
    [
        ("care-export", "ver", ["verify"]),
        ("care-export run", "", ["q1.yaml"]),
        ("care-export run", "some/", ["compopt -o default", ""]),
        ("care-export run q1.yaml --only", "", ["created", "agents"]),
        ("care-export run --profile", "s", ["sandbox"]),
        ("care-export reports", "raw_e", ["raw_expert_help"]),
        ("care-export run q1.yaml", "--froz", ["--frozen"]),
        ("care-export run broken.yaml --only", "", [""]),
    ],
)
def test_bash_completes(folder: Path, words: str, last: str, expected: list[str]) -> None:
    """Verbs, manifests, exports, profiles, reports and options; nothing is said beside it."""
    ended = ran(["bash", "--norc", "-c", _ASK.format(words=words, last=last)], folder)
    assert ended.stderr == ""
    assert ended.stdout.splitlines() == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_takes_its_script(folder: Path, shell: str) -> None:
    """Its own parser has nothing against it."""
    if shutil.which(shell) is None:
        pytest.skip(f"asks {shell} itself, which is not installed here")
    ended = ran(
        ["sh", "-c", f'PATH="$PWD:$PATH"; care-export complete {shell} > it && {shell} -n it'], folder
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_fish_is_answered_in_its_own_form(folder: Path) -> None:
    """Where fish is not installed, what it would be told is looked at: the word, and its help."""
    ended = ran(
        ["./care-export"],
        folder,
        environ={
            "_CARE_EXPORT_COMPLETE": "fish_complete",
            "COMP_WORDS": "care-export ver",
            "COMP_CWORD": "ver",
        },
    )
    # Older releases of click part the three by a comma and a tabulator, newer ones by line ends.
    assert ended.stdout.replace("\n", "\t").replace(",", "\t", 1).startswith("plain\tverify\tCheck")


def test_zsh_is_answered_in_its_own_form(folder: Path) -> None:
    """Three lines for each word: its kind, itself, its help."""
    ended = ran(
        ["./care-export"],
        folder,
        environ={"_CARE_EXPORT_COMPLETE": "zsh_complete", "COMP_WORDS": "care-export ver", "COMP_CWORD": "1"},
    )
    assert ended.stdout.splitlines()[:2] == ["plain", "verify"]
