"""The one door for lines that a CI takes for commands. Everything else that is told cannot be one.

Each piece of a note is masked and made visible before it is put into the line, and escaped there; so whatever
a server or a manifest says, the line is one command, and the one that was meant.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from runner.cli.streams import shown
from runner.cli.world import environment
from runner.errors import Problem
from runner.report.ci import Note, command, limited, of_problem


def detected(environ: Mapping[str, str]) -> str:
    """Say which CI this is: `github`, `gitlab`, or `none` that is known here."""
    if environ.get("GITHUB_ACTIONS") == "true":
        return "github"
    return "gitlab" if environ.get("GITLAB_CI") == "true" else "none"


def annotate(notes: Iterable[Note]) -> None:
    """Show notes at their lines in GitHub's own way, on standard error."""
    for note in limited(list(notes)):
        sys.stderr.write(f"{command(note, shown)}\n")
    sys.stderr.flush()


def annotate_problems(problems: Iterable[Problem]) -> None:
    """Show the problems of a refusal at their places."""
    root = environment().get("GITHUB_WORKSPACE", "")
    made = [of_problem(one) for one in problems]
    annotate(Note(one.level, place(one.file, root), one.line, one.title, one.message) for one in made)


def place(file: str, root: str) -> str:
    """Return a file's path as the CI knows it: below the folder of its checkout, where it lies there."""
    path = Path(file).absolute()
    return str(path.relative_to(root)) if root and path.is_relative_to(root) else file
