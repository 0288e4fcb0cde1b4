"""The one door for lines that a CI takes for commands. Everything else that is told cannot be one.

Each piece of a note is masked and made visible before it is put into the line, and escaped there; so whatever
a server or a manifest says, the line is one command, and the one that was meant.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from runner.cli.streams import shown, tell
from runner.cli.world import environment
from runner.errors import Problem
from runner.report.ci import Note, command, limited, of_problem, refusal


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


def annotate_refusal(code: str, message: str, todo: str, problems: Iterable[Problem]) -> None:
    """Show the problems of a refusal at their places, and all of it in the summary of the step."""
    root = environment().get("GITHUB_WORKSPACE", "")
    made = [of_problem(one) for one in problems]
    notes = [Note(one.level, place(one.file, root), one.line, one.title, one.message) for one in made]
    annotate(notes)
    summarize(refusal(code, message, todo, notes, shown))


def summarize(text: str) -> None:
    """Add to the summary of GitHub's step, if it has one; where that fails, all else is as good as before."""
    if file := environment().get("GITHUB_STEP_SUMMARY"):
        try:
            with Path(file).open("a", encoding="utf-8") as summaries:
                summaries.write(f"{text}\n")
        except OSError as error:
            tell(f"warning: the summary of the step cannot be written: {error.strerror}")


def place(file: str, root: str) -> str:
    """Return a file's path as the CI knows it: below the folder of its checkout, where it lies there."""
    path = Path(file).absolute()
    return str(path.relative_to(root)) if root and path.is_relative_to(root) else file
