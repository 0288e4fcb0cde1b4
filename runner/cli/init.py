"""`care-export init`: a first manifest, by a short conversation or by flags. Nothing is sent."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import click

from runner import catalog, folders
from runner.cli import completions, options
from runner.cli.conversation import Again, asked, wrapped
from runner.cli.editors import COPY, completing, schema
from runner.cli.interview import Ground, by_flags
from runner.cli.planning import defined
from runner.cli.source import FOLDER
from runner.cli.streams import say, tell
from runner.cli.talk import by_talking
from runner.cli.whole import put, put_new
from runner.cli.world import environment, now_ms
from runner.errors import Exit, Refusal
from runner.plan import Plan
from runner.starting import Answers, flag, option, text, whole

SUFFIXES = (".yaml", ".yml")


@click.command()
@click.argument("file", metavar="[FILE]", required=False, shell_complete=completions.files)
@click.option("--report", metavar="REPORT", shell_complete=completions.reports, help="Which report.")
@click.option(
    "--metrics",
    metavar="NAMES",
    shell_complete=completions.columns,
    help="The columns, joined by commas; else all of them.",
)
@click.option(
    "--period", metavar="PERIOD", help="As 2026-06, 2026-Q2, 2026-06-15 or START..END; else the last month."
)
@click.option(
    "--timezone", metavar="ZONE", shell_complete=completions.zones, help="Where days begin; else UTC."
)
@click.option("--format", type=click.Choice(["csv", "json"]), help="What the file is; else csv.")
@click.option(
    "--split",
    type=click.Choice(["none", "day", "week", "month", "quarter"]),
    help="One file for each; else one for the whole period, where the API takes that.",
)
@click.option(
    "--parameter",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=completions.parameters,
    help="A parameter of the API; may be repeated.",
)
@click.option(
    "--profile",
    metavar="NAME",
    shell_complete=completions.profiles,
    help="Which company; else the default one.",
)
@options.profiles
@click.option("--yes", is_flag=True, help="Ask nothing: what no flag says is as this help says.")
def init(
    file: str | None, profiles_file: str | None, yes: bool, **flags: str | tuple[str, ...] | None
) -> int:
    """Write a first manifest, by a short conversation or by flags.

    FILE is where it goes: a path, or a name under manifests/. A file that is there is never overwritten, and
    nothing is sent.
    """
    if file is not None:
        _refuse_taken(placed(file))
    given = {name: one for name, one in flags.items() if one}
    ground = Ground(catalog.load(), defined(profiles_file), environment(), now_ms())
    ground.profile(str(given.get("profile", "")))
    talks = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    if talks:
        answers = by_talking(ground, given)
        path = placed(file) if file is not None else asked_place(ground, answers)
        say("")
    else:
        answers = by_flags(ground, given)
        path = placed(file or answers.report)
        _refuse_taken(path)
    made = _sound(ground, answers, path, told=talks)
    copied = _written(path, answers)
    _tell(path, made, copied=copied)
    return Exit.DONE


def placed(name: str) -> Path:
    """Return where a manifest of that name goes: a mere name under manifests/, where there is that folder."""
    path = Path(name if name.endswith(SUFFIXES) else f"{name}.yaml")
    return FOLDER / path if path.parent == Path() and "/" not in name and FOLDER.is_dir() else path


def asked_place(ground: Ground, answers: Answers) -> Path:
    """Ask a person where the manifest shall go, until the place is free and the name one that can be."""

    def take(said: str) -> Path:
        path = placed(said)
        if os.path.lexists(path):
            raise Again(f"{path} is there already; name another file")
        if wrong := ground.judged(answers, str(path)).about("FILE"):
            raise Again(*wrapped(wrong, shutil.get_terminal_size().columns))
        return path

    say("")
    names = (answers.report, *(f"{answers.report}-{number}" for number in range(2, 1000)))
    free = next(one for one in map(placed, names) if not os.path.lexists(one))
    return asked("File", take, str(free))


def _refuse_taken(path: Path) -> None:
    """Refuse a place where something is already."""
    if os.path.lexists(path):
        raise Refusal(
            Exit.CANNOT_CREATE,
            f"{path} is there already; nothing was written",
            advice="Name a file that is not there: init never overwrites one.",
        )


def _sound(ground: Ground, answers: Answers, path: Path, *, told: bool) -> Plan:
    """Return the plan of the manifest as it will be written; a usage error where that cannot be.

    `told` says that its warnings have been told.
    """
    found = ground.judged(answers, str(path))
    if found.plan is None:
        wrong = [f"{option(one)}: {one.message}" for one in found.problems if not one.warning]
        raise click.UsageError("\n".join(wrong), click.get_current_context())
    for one in () if told else found.problems:
        tell(f"{flag(one)}: warning: {one.message}")
    return found.plan


def _written(path: Path, answers: Answers) -> bool:
    """Write the manifest, and the schema where editors would not find it; say whether that was needed."""
    line, copy = completing(path)
    folders.make(path.parent)
    head = (line, f"See what this asks for, offline: care-export plan {shlex.quote(str(path))}")
    if copy:
        put(copy, schema())
    put_new(path, text(replace(answers, head=head)))
    return copy is not None


def _tell(path: Path, made: Plan, *, copied: bool) -> None:
    """Say what was written, what it asks for, and what to do next."""
    first, count = made.partitions[0], len(made.partitions)
    say(f"written: {path}")
    if copied:
        say(f"and {COPY} beside it, from which editors complete")
    files = "1 file" if count == 1 else f"{count} files"
    say(f"{files} from {first.profile}: {whole(made).in_words()}")
    if first.source == "sandbox":
        say("The sandbox makes its rows up; README.md says how to name your own company.")
    say(f"next: care-export run {shlex.quote(str(path))}")
