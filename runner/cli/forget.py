"""`care-export forget`: lets go of what the journal knows of jobs, so that they are made anew."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import click

from runner.cli import options
from runner.cli.chosen import chosen
from runner.cli.ending import UNDER_WAY
from runner.cli.lanes import beginning
from runner.cli.planning import planned
from runner.cli.streams import say, tell
from runner.errors import Exit
from runner.events import Forgotten
from runner.history import history
from runner.holding import hold
from runner.journal import Journal
from runner.plan import Partition
from runner.report.words import many
from runner.track import Track

MAY_RUN = ("intent", "unknown", *UNDER_WAY)
"""States in which the vendor may hold a job that counts there."""


@click.command()
@options.manifest
@click.option("--export", "exports", multiple=True, metavar="ID", help="Only this export; may be repeated.")
@click.option(
    "--partition", "partitions", multiple=True, metavar="ID", help="Only this partition; may be repeated."
)
@options.profile
@options.profiles
@options.state
@click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can be asked.")
def forget(
    manifest: str,
    exports: tuple[str, ...],
    partitions: tuple[str, ...],
    profile: str | None,
    profiles_file: str | None,
    state: Path,
    yes: bool,
) -> int:
    """Forget what is known of a manifest's jobs, so that the next run begins them anew.

    Files and lock stay. A job that the vendor still runs goes on there, and nothing can take it over but
    `adopt`.
    """
    made = planned(manifest, profile=profile, profiles_file=profiles_file, proven=lambda one: True)
    wanted = chosen(made, exports, partitions)
    with ExitStack() as stack:
        for each in made.profiles:
            stack.enter_context(hold(state, each.name))
        journal = stack.enter_context(Journal.open(state / "journal.db"))
        past = {one.name: history(journal.replay(one.name)) for one in made.profiles}
        known = [(one, past[one.profile].track(one.key)) for one in wanted]
        known = [(one, track) for one, track in known if track != Track(one.key)]
        if not known:
            say(f"{made.plan.manifest}: nothing is known of these jobs, so there is nothing to forget")
            return Exit.DONE
        tell(f"{made.plan.manifest}: forgets {many(len(known), 'partition')}; files and lock stay")
        for line in _listed(known):
            tell(f"  {line}")
        if not (yes or _agreed()):
            say("nothing was forgotten")
            return Exit.DONE
        begins = {one.name: beginning(one, past[one.name].last) for one in made.profiles}
        for one, _ in known:
            journal.append(one.profile, Forgotten(key=one.key, at=begins[one.profile]))
    say(f"{made.plan.manifest}: {many(len(known), 'partition')} forgotten")
    return Exit.DONE


def _listed(known: list[tuple[Partition, Track]]) -> Iterator[str]:
    """Yield a line for each partition that is forgotten."""
    for one, track in known:
        since = f", made {datetime.fromtimestamp(track.created_at // 1000, UTC):%Y-%m-%d %H:%M} UTC"
        made = since if track.created_at else ""
        still = f"; a job{made} may still run at the vendor" if track.state in MAY_RUN else ""
        yield f"{one.id}: {track.state}{still}"


def _agreed() -> bool:
    """Ask the person at the terminal; a usage error where there is none."""
    if not sys.stdin.isatty():
        message = "nobody can be asked here: with --yes it is done unasked"
        raise click.UsageError(message, click.get_current_context())
    tell("Type yes to forget them:")
    return sys.stdin.readline().strip().lower() in ("y", "yes")
