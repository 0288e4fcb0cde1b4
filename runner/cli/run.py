"""`care-export run`: the whole line. The same command goes on where an earlier one was stopped."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from runner.cli import after, options
from runner.cli.ending import concluded, differs
from runner.cli.locks import asked_differently
from runner.cli.notify import told_if_refused
from runner.cli.passing import begun, carried, passage
from runner.cli.progress import on_screen
from runner.cli.room import Room
from runner.cli.stop import Stop
from runner.cli.there import mark
from runner.journal import Journal
from runner.profiles import OnUnknown


@click.command()
@options.manifest
@options.only
@options.profile
@options.profiles
@click.option(
    "--detach", is_flag=True, help="Only make the jobs that the vendor's queue takes now; collect fetches."
)
@options.deadline
@click.option(
    "--retry-failed", is_flag=True, help="Ask again for what the vendor ended or refused in an earlier run."
)
@click.option(
    "--on-unknown",
    type=click.Choice(["repeat", "stop"]),
    help="Where a create request was never answered: send it once more, or stop. Else as the profile says.",
)
@click.option("--frozen", is_flag=True, help="Compare with the committed lock and leave that as it is.")
@click.option("--overwrite", is_flag=True, help="Replace files that are not this manifest's own.")
@options.out
@options.state
@options.jobs
@options.progress
@after.options
def run(
    manifest: str,
    only: tuple[str, ...],
    profile: str | None,
    profiles_file: str | None,
    detach: bool,
    deadline: float | None,
    retry_failed: bool,
    on_unknown: OnUnknown | None,
    frozen: bool,
    overwrite: bool,
    out: Path,
    state: Path,
    jobs: int,
    progress: str,
    wanted: after.Wanted,
) -> int:
    """Ask for everything that the manifest asks for, write the files and the lock; resume what was begun."""
    made, sink, before = begun(manifest, out, only, profile, profiles_file, frozen=frozen)
    with told_if_refused(made), ExitStack() as held:
        after.ready(wanted, made.path)
        if frozen and (rows := asked_differently(before, made.whole)):
            after.leave_differences(wanted, made, rows)
            return differs(rows)
        with (
            Stop(deadline) as stop,
            on_screen(progress, made.plan.partitions) as shown,
            Journal.open(state / "journal.db", stop.closing.set) as journal,
        ):
            room = Room(
                sink, journal, state, before.get("partitions", {}), jobs, shown, stop,
                overwrite=overwrite, purpose="detach" if detach else "run",
                retry_failed=retry_failed, on_unknown=on_unknown, manifest=mark(made.path, state),
            )  # fmt: skip
            lanes = carried(made, room, held)
        # The lanes are still held: another run's lock must not be older than this one's.
        ended = passage(made, room, lanes, before)
        code = concluded(ended, stop, frozen=frozen, quiet=progress == "json")
    return after.leave(wanted, ended, code, state=state, out=out)
