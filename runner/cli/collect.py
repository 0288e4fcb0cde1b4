"""`care-export collect`: fetches what jobs have made that are under way. It makes no job."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from runner.actions import Purpose
from runner.cli import after, options
from runner.cli.ending import concluded
from runner.cli.notify import told_if_refused
from runner.cli.passing import begun, carried, passage
from runner.cli.progress import on_screen
from runner.cli.room import Room
from runner.cli.stop import Stop
from runner.cli.there import mark
from runner.journal import Journal


@click.command()
@options.manifest
@options.only
@options.profile
@options.profiles
@click.option("--wait", is_flag=True, help="Wait until all jobs under way have ended.")
@options.deadline
@options.out
@options.state
@options.jobs
@options.progress
@after.options
def collect(
    manifest: str,
    only: tuple[str, ...],
    profile: str | None,
    profiles_file: str | None,
    wait: bool,
    deadline: float | None,
    out: Path,
    state: Path,
    jobs: int,
    progress: str,
    wanted: after.Wanted,
) -> int:
    """Look once at each job that is under way, and fetch what is ready; make no job.

    Ends with 0 where every file of the manifest is there, with 75 where some are still to come.
    """
    made, sink, before = begun(manifest, out, only, profile, profiles_file)
    with told_if_refused(made), ExitStack() as held:
        after.ready(wanted, made.path)
        with (
            Stop(deadline) as stop,
            on_screen(progress, made.plan.partitions) as shown,
            Journal.open(state / "journal.db", stop.closing.set) as journal,
        ):
            purpose: Purpose = "wait" if wait else "collect"
            locked = before.get("partitions", {})
            named = mark(made.path, state)
            room = Room(sink, journal, state, locked, jobs, shown, stop, purpose=purpose, manifest=named)
            lanes = carried(made, room, held)
        ended = passage(made, room, lanes, before)
        code = concluded(ended, stop, frozen=False, quiet=progress == "json")
    return after.leave(wanted, ended, code, state=state, out=out)
