"""What a run leaves behind beside files and lock, where it is asked for or a CI is there to take it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from runner import folders
from runner.cli import pages
from runner.cli.annotations import annotate, detected, place, summarize
from runner.cli.ending import Passage
from runner.cli.notify import notify, notify_refused, told_if_refused
from runner.cli.planning import Planned
from runner.cli.streams import shown
from runner.cli.whole import put
from runner.cli.world import environment
from runner.errors import Exit
from runner.report import lock as locks
from runner.report.ci import Note, notes, quality, summary
from runner.report.junit import junit
from runner.report.outcome import Outcome
from runner.report.page import page

GITLAB_FILE = Path("gl-code-quality-report.json")
"""Where GitLab's own jobs put theirs."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: files to write, and which CI to speak to."""

    report: Path | None
    junit: Path | None
    quality: Path | None
    ci: str

    def files(self) -> list[Path]:
        """Return every file that is to be written."""
        return [one for one in (self.report, self.junit, self.quality) if one]


def _file(*names: str, help: str) -> Callable[[Any], Any]:
    return click.option(*names, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help=help)


def options(verb: Callable[..., int]) -> Any:  # noqa: ANN401 - what click makes of it
    """Give a verb the options of what it leaves behind; it takes them as one `wanted`."""

    @_file("--report", help="Write an HTML report of the run.")
    @_file("--junit", help="Write JUnit XML: one test case for each file.")
    @_file("--code-quality", "quality", help="Write a GitLab code quality report.")
    @click.option(
        "--ci",
        type=click.Choice(["auto", "github", "gitlab", "none"]),
        default="auto",
        show_default=True,
        help="Speak to this CI: notes and a summary for GitHub, code quality for GitLab.",
    )
    @functools.wraps(verb)
    def carried_out(
        *, report: Path | None, junit: Path | None, quality: Path | None, ci: str, **rest: object
    ) -> int:
        which = detected(environment()) if ci == "auto" else ci
        quality = quality or (GITLAB_FILE if which == "gitlab" else None)
        return verb(wanted=Wanted(report, junit, quality, which), **rest)

    return carried_out


def ready(wanted: Wanted, manifest: Path) -> None:
    """Make the folders of what is to be written; a usage error where one would take another's place."""
    taken = {manifest.resolve(), locks.beside(manifest).resolve()}
    for one in wanted.files():
        if one.resolve() in taken:
            raise click.UsageError(f"{one} is written by something else already", click.get_current_context())
        taken.add(one.resolve())
        folders.make(one.absolute().parent)


def leave(wanted: Wanted, passage: Passage, code: int, *, state: Path, out: Path) -> int:
    """Write what is wanted of a passage that ended with `code`, tell whom it concerns, return it."""
    with told_if_refused(passage.made):
        _leave(wanted, passage, code, state, out)
    notify(passage, code)
    return code


def _leave(wanted: Wanted, passage: Passage, code: int, state: Path, out: Path) -> None:
    made, before, ended = passage.made, passage.before, passage.ended
    pages.keep_lock(state, made.path, before)
    if wanted.files() or wanted.ci == "github":
        one = pages.told(made, state, before, ended)
        rows = one.differences or () if code == Exit.DIFFERS else ()
        if wanted.report:
            put(wanted.report, page(pages.with_days(one, out), shown))
        if wanted.junit:
            lives = {key: life for story in one.stories.values() for key, life in story.lives.items()}
            put(wanted.junit, junit(made.plan.manifest, ended, lives, rows, shown))
        _note(wanted, made, ended, rows)
        if wanted.ci == "github":
            summarize(summary(one.plan.manifest, one.ended, one.stored, one.differences, shown))


def leave_differences(wanted: Wanted, made: Planned, rows: Sequence[str]) -> None:
    """Note that the manifest asks for something else than its lock, and tell; nothing was asked for."""
    _note(wanted, made, (), rows)
    notify_refused(made, Exit.DIFFERS, "E-DIFFERS")


def _note(wanted: Wanted, made: Planned, ended: Sequence[Outcome], rows: Sequence[str]) -> None:
    found = _notes(made, ended, rows)
    if wanted.quality:
        put(wanted.quality, quality(found, shown))
    if wanted.ci == "github":
        annotate(found)


def _notes(made: Planned, ended: Sequence[Outcome], rows: Sequence[str]) -> list[Note]:
    document = made.manifest.document
    lines = {
        one.id: document.place(("exports", number))[0] for number, one in enumerate(made.manifest.exports)
    }
    environ = environment()
    root = environ.get("GITHUB_WORKSPACE") or environ.get("CI_PROJECT_DIR") or ""
    return notes(place(str(made.path), root), ended, lines, rows)
