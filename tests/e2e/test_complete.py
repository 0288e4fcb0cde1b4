"""The shells themselves, with the script that `complete` prints: what the tabulator brings."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.launch import ROOT, SMALL, ran
from tests.e2e.terminal import Terminal
from tests.tools import tool

CASES = [
    ("care-export ver", ["verify"]),
    ("care-export run ", ["q1.yaml"]),
    ("care-export run some/", ["some/file.txt"]),
    ("care-export run q1.yaml --only ", ["created", "agents"]),
    ("care-export run q1.yaml --only=", ["--only=created", "--only=agents"]),
    ("care-export run q1.yaml --only=cr", ["--only=created"]),
    ("care-export run --profile s", ["sandbox"]),
    ("care-export reports raw_e", ["raw_expert_help"]),
    ("care-export run q1.yaml --froz", ["--frozen"]),
    ("care-export run broken.yaml --only ", []),
    ("care-export init --report conversation --metrics STATUS,T", ["STATUS,TIME_ZONE"]),
    ("care-export init --report conversation --parameter reportFormat=c", ["reportFormat=csv"]),
]
"""A line that is typed, and the words that its last one can become."""
# The tabulator puts the next word in. Ctrl-T says what stands in the line, and takes it away.
BASH = """\
PS1='> '
bind 'set bell-style none' '"\\t": menu-complete'
bind -x '"\\C-t": printf "<<%s>>\\n" "$READLINE_LINE"; READLINE_LINE='
PATH="$PWD:$PATH"
eval "$(care-export complete bash)"
"""
ZSH = """\
PROMPT='> '
setopt menu_complete no_beep
say_line() { zle -I; print -r -- "<<$BUFFER>>"; BUFFER= }
zle -N say_line
bindkey '^T' say_line
PATH="$PWD:$PATH"
autoload -Uz compinit && compinit -D -u
eval "$(care-export complete zsh)"
"""
FISH = """\
set PATH $PWD $PATH
care-export complete fish | source
complete -C $argv[1]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the command, a manifest, and another file further down."""
    program = tmp_path / "care-export"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m runner "$@"\n')
    program.chmod(0o755)
    (tmp_path / "q1.yaml").write_text(SMALL)
    (tmp_path / "some").mkdir()
    (tmp_path / "some/file.txt").touch()
    return tmp_path


def after(shell: Terminal, line: str, tabulators: int) -> str:
    """Return what stands in a shell's line after a person typed it, and pressed the tabulator so often."""
    shell.press(f"{line}{chr(9) * tabulators}\x14".encode())
    shell.expect("<<")
    return shell.expect(">>")[:-2]


def offered(shell: Terminal, line: str) -> Iterator[str]:
    """Yield the words that a shell puts in for the last one of a line, one after the other."""
    before, _, _ = line.rpartition(" ")
    first = ""
    for tabulators in range(1, 9):
        became = after(shell, line, tabulators)
        # Back at the beginning: the line itself, or the first word. After an only word the next one begins.
        if became == line or (first and became.startswith(first)):
            return
        first = first or became
        yield became.removeprefix(f"{before} ").rstrip(" ")


@pytest.mark.parametrize(
    ("name", "file", "setting", "arguments"),
    [
        ("bash", "rc", BASH, ("--noprofile", "--rcfile", "rc", "-i")),
        ("zsh", ".zshrc", ZSH, ("--no-global-rcs", "-i")),
    ],
    ids=["bash", "zsh"],
)
def test_the_tabulator_brings_it(
    folder: Path, name: str, file: str, setting: str, arguments: tuple[str, ...]
) -> None:
    """Verbs, manifests, files, exports, profiles, reports, options and values; nothing is said beside it."""
    (folder / file).write_text(setting)
    program = ("env", f"ZDOTDIR={folder}", tool(name))
    with Terminal(folder, *arguments, program=program, columns=200) as shell:
        shell.expect("> ")
        assert [(line, list(offered(shell, line))) for line, _ in CASES] == CASES
        assert "care-export: " not in shell.seen


@pytest.mark.parametrize(("line", "expected"), CASES)
def test_fish_completes(folder: Path, line: str, expected: list[str]) -> None:
    """The same, as fish itself tells it, in its own order; nothing is said beside it."""
    ended = ran([tool("fish"), "--no-config", "-c", FISH, line], folder)
    words = [one.partition("\t")[0] for one in ended.stdout.splitlines()]
    assert (words, ended.stderr) == (sorted(expected), "")


def test_fish_shows_a_help_whole(folder: Path) -> None:
    """Behind the word, with the comma that is in it."""
    ended = ran([tool("fish"), "--no-config", "-c", FISH, "care-export disc"], folder)
    assert ended.stdout == "discover\tLearn which columns a report has, by one small export.\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_takes_its_script(folder: Path, shell: str) -> None:
    """Its own parser has nothing against it."""
    told = ran(["./care-export", "complete", shell], folder)
    (folder / "it").write_text(told.stdout)
    ended = ran([tool(shell), "-n", "it"], folder)
    assert (told.returncode, ended.returncode, ended.stderr) == (0, 0, "")


def answered(folder: Path, shell: str, words: str, last: str) -> list[str]:
    """Return the lines that a shell's script is given, asked as the script asks."""
    asked = {"_CARE_EXPORT_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": last}
    return ran(["./care-export"], folder, environ=asked).stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "last", "expected"),
    [
        ("care-export ver", "ver", "plain,verify\tCheck that the files are the ones in the lock; offline."),
        (
            "care-export discov",
            "discov",
            "plain,discover\tLearn which columns a report has, by one small export.",
        ),
        ("care-export run q1", "q1", "plain,q1.yaml"),
        ("care-export run --profile=s", "--profile=s", "plain,--profile=sandbox"),
        ("care-export run some/", "some/", "file,some/"),
    ],
)
def test_fish_is_answered_in_its_own_form(folder: Path, words: str, last: str, expected: str) -> None:
    """Also where fish is not installed: the kind, the word, and its help, whatever commas there are."""
    assert answered(folder, "fish", words, last) == [expected]


def test_zsh_is_answered_in_its_own_form(folder: Path) -> None:
    """Three lines for each word: its kind, itself, its help."""
    assert answered(folder, "zsh", "care-export ver", "1")[:2] == ["plain", "verify"]
