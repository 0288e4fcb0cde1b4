"""`care-export discover`: which columns a report has, learned from a smallest export of all of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path
from typing import Literal

import click

from runner import catalog, drift, folders, starting
from runner.catalog import Catalog, Report
from runner.cli import completions, options
from runner.cli.interview import Ground, by_flags, unknown
from runner.cli.lanes import opened, prepared
from runner.cli.passing import carry_out
from runner.cli.planning import defined
from runner.cli.progress import on_screen
from runner.cli.room import Room
from runner.cli.stop import Stop
from runner.cli.streams import say, tell
from runner.cli.whole import put
from runner.cli.world import environment, now_ms
from runner.codes import advice
from runner.drift import Columns
from runner.errors import Exit, Refusal
from runner.events import Forgotten, Stored
from runner.glance import glance
from runner.holding import at_work
from runner.journal import Journal
from runner.plan import Partition
from runner.profiles import Profile
from runner.report.outcome import outcome
from runner.sink import Sink
from runner.state import make_folder

JOURNAL = "journal.db"
SPECS = Path("specs", "reports")
"""Where a checkout has its specs."""


@click.command()
@click.argument("report", metavar="REPORT", shell_complete=completions.reports)
@options.profile
@options.profiles
@click.option("--period", metavar="PERIOD", help="Of which time; else yesterday, UTC.")
@click.option("--format", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option(
    "--parameter",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=completions.parameters,
    help="A parameter of the API; may be repeated.",
)
@click.option("--write", is_flag=True, help="Write what is new into the spec of this checkout.")
@options.deadline
@options.state
@options.progress
def discover(
    report: str,
    profile: str | None,
    profiles_file: str | None,
    period: str | None,
    format: Literal["csv", "json"],
    parameter: tuple[str, ...],
    write: bool,
    deadline: float | None,
    state: Path,
    progress: str,
) -> int:
    """Learn which columns REPORT has at your company, from one export of one day.

    No public list is complete, so all columns are asked for, and the file's own are compared with the spec.
    The file is deleted; what was seen stays in the journal, and the same question is not asked again.
    """
    known = catalog.load()
    ground = Ground(known, defined(profiles_file), environment(), now_ms())
    company = ground.profile(profile or "")
    spec = SPECS / f"{_named(report, known).id}.yaml"
    if write:
        _refuse_to_write(spec, company)
    day = period or starting.yesterday(ground.today(profile or ""), "UTC")
    partition = _question(
        ground, report=report, profile=profile or "", period=day, format=format, parameter=parameter
    )
    stored = _remembered(partition, state)
    if stored is None:
        stored, code = _fetched(partition, company, state, deadline, progress)
        if stored is None:
            return code
    else:
        say("Nothing was asked: the journal knows the answer to this very request.")
    _delete(partition, state)
    found = drift.columns(stored.columns, known.reports[report], known, format, every=True)
    shows = company.source != "sandbox" and spec.is_file() and bool(found.new or found.labels)
    say("\n".join(_said(found, stored, partition, shows=shows)))
    if shows:
        _learn(spec, found, format, write=write)
    return Exit.DONE


def _named(report: str, known: Catalog) -> Report:
    """Return the report; a usage error with the closest one where there is none."""
    found = known.report(report)
    if found is None:
        raise click.UsageError(unknown(report, known), click.get_current_context())
    return found


def _question(ground: Ground, **asked: str | tuple[str, ...]) -> Partition:
    """Return the one request for all columns that these flags of `init` ask."""
    plan = ground.judged(by_flags(ground, {**asked, "split": "none"}), "discover.yaml").plan
    assert plan is not None  # noqa: S101 - by_flags refuses what cannot be planned
    return plan.partitions[0]


def _refuse_to_write(spec: Path, company: Profile) -> None:
    """Refuse to write what is made up, or where there is no spec."""
    context = click.get_current_context()
    if company.source == "sandbox":
        message = "--write: the sandbox's columns are made up, and are no facts for a spec; name a --profile"
        raise click.UsageError(message, context)
    if not spec.is_file():
        raise click.UsageError(f"--write is for a checkout: there is no {spec} here", context)


def _remembered(partition: Partition, state: Path) -> Stored | None:
    """Return what the journal knows of this request's file, however long ago it came."""
    stored = None
    for event in glance(state / JOURNAL, [partition.profile])[partition.profile]:
        if event.key == partition.key:
            stored = event if isinstance(event, Stored) else None if isinstance(event, Forgotten) else stored
    return stored


def _fetched(
    partition: Partition, company: Profile, state: Path, deadline: float | None, progress: str
) -> tuple[Stored | None, int]:
    """Have the file made, fetched and read as a run does; else say why not."""
    make_folder(state)
    root = _root(partition, state)
    folders.make(root, 0o700)
    with Stop(deadline) as stop, ExitStack() as stack:
        shown = on_screen(progress, [partition])
        stack.enter_context(shown)
        journal = stack.enter_context(Journal.open(state / JOURNAL, stop.closing.set))
        room = Room(Sink(root), journal, state, {}, 1, shown, stop)
        [ready] = prepared(room, [(company, [partition])], stack)
        carry_out([one for one in [opened(room, ready, stack)] if one], room)
    track = ready.lane.tracks[partition.key]
    ended = outcome(partition, track)
    if ended.exit != Exit.DONE:
        tell(f"{partition.id}: {ended.code}: {ended.message}")
        for line in advice([ended.code]):
            tell(line)
        return None, stop.exit if ended.exit == Exit.UNFINISHED else ended.exit
    return track.stored, Exit.DONE


def _root(partition: Partition, state: Path) -> Path:
    """Return the folder that the file is written to."""
    return state / "discover" / partition.key[:16]


def _delete(partition: Partition, state: Path) -> None:
    """Delete the file, also where whoever fetched it was stopped before that; not under a run at work."""
    root = _root(partition, state)
    if root.exists() and not at_work(state, partition.profile):
        shutil.rmtree(root)
        with suppress(OSError):
            root.parent.rmdir()


def _said(found: Columns, stored: Stored, partition: Partition, *, shows: bool) -> Iterator[str]:
    """Yield what was seen; what is new only where no diff `shows` it."""
    count = len(stored.columns)
    yield (
        f"{partition.report}: {count} column{'' if count == 1 else 's'} in the {partition.format} file of "
        f"{partition.window.in_words()}, from {partition.profile}; the file was read, and not kept"
    )
    if partition.source == "sandbox":
        yield "source: sandbox. These columns are made up; they say nothing of the vendor's."
    if not count:
        yield "Without rows a JSON file has no columns: try --format csv, or another --period."
    rest = replace(found, new=(), labels=()) if shows else found
    yield from (f"  {one}" for one in drift.lines(rest))
    if count and not found.differs:
        yield "The spec knows them all."


def _learn(spec: Path, found: Columns, format: str, *, write: bool) -> None:
    """Show what changes in the spec; write it if asked."""
    before = spec.read_bytes().decode()
    try:
        after = drift.learned(before, str(spec), found, format)
    except ValueError as error:
        way = "Write that list with an item a line, then discover again: nothing is asked twice."
        raise Refusal(Exit.DATA, str(error), advice=way) from error
    changes = unified_diff(before.splitlines(), after.splitlines(), str(spec), str(spec), lineterm="")
    say("\n".join(["", *changes]))
    if write:
        put(spec, after)
        say(f"\nwritten: {spec}; `make generate` compiles it, then commit both.")
    else:
        say("\nNothing was written; --write puts this into the spec.")
