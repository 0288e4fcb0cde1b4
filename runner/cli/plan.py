"""`care-export plan`: what would be asked and written. Nothing is asked and nothing written."""

from __future__ import annotations

import shutil
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import click

from runner.cli import options
from runner.cli.costs import Cost, cost, plain, summary
from runner.cli.locks import committed
from runner.cli.passing import by_profile
from runner.cli.planning import Planned, planned
from runner.cli.streams import say, say_json, tell
from runner.cli.there import replaced
from runner.cli.world import now_ms
from runner.errors import Exit
from runner.glance import glance
from runner.plan import Partition, to_json
from runner.report.asked import NOTES
from runner.sink import Sink


@click.command()
@options.manifest
@options.only
@options.profile
@options.profiles
@options.out
@options.state
@options.shape("table")
def plan(
    manifest: str,
    only: tuple[str, ...],
    profile: str | None,
    profiles_file: str | None,
    out: Path,
    state: Path,
    shape: str,
) -> int:
    """Show what run would do, and what it costs: each request's window, in words and in UTC, and its file.

    Nothing is asked and nothing is written. How long it takes is reckoned from the limits, and from how long
    such jobs took before, as far as the journal knows.
    """
    made = planned(manifest, only=only, profile=profile, profiles_file=profiles_file)
    for warning in made.plan.warnings:
        tell(str(warning))
    locked = committed(made.path, required=False).get("partitions", {})
    for line in replaced(made.plan.partitions, Sink(out), locked):
        tell(line)
    seen = glance(state / "journal.db", [one.name for one in made.profiles])
    costs = [
        cost(one, partitions, seen[one.name], one.today_ms or now_ms())
        for one, partitions in by_profile(made)
    ]
    if shape == "json":
        say_json(to_json(made.plan) | {"price": [plain(one) for one in costs]})
    else:
        say("\n".join(table(made, costs, shutil.get_terminal_size().columns)))
    return Exit.DONE


def table(made: Planned, costs: Iterable[Cost], width: int) -> Iterator[str]:
    """Return the lines that show a plan to a person on a terminal of that width."""
    count = len(made.plan.partitions)
    yield f"{made.plan.manifest}: {count} file{'' if count == 1 else 's'}"
    for one in costs:
        for line in summary(one):
            yield from _wrapped(line, width)
    for _, several in groupby(made.plan.partitions, key=lambda one: (one.export, one.profile)):
        yield ""
        yield from _block(list(several), width)


def _block(partitions: Sequence[Partition], width: int) -> Iterator[str]:
    """Return the lines of one export at one profile: its name, then a line for each window, or two."""
    first = partitions[0]
    yield f"{first.export}: {first.report} as {first.format} from {first.profile}"
    rows = [(one.window.in_words(), one.window.in_utc(), one.output) for one in partitions]
    words, instants, files = (max(len(row[column]) for row in rows) for column in range(3))
    for word, instant, file in rows:
        if words + instants + files + 6 <= width:
            yield f"  {word:{words}}  {instant:{instants}}  {file}"
        else:
            yield from _stacked(f"{word:{words}}", instant, file, width)
    for label, times in Counter(label for one in partitions for label in one.labels).items():
        some = f" ({times} of {len(partitions)} files)" if times < len(partitions) else ""
        yield from _wrapped(f"note: {NOTES.get(label, label)}{some}", width)


def _stacked(word: str, instant: str, file: str, width: int) -> Iterator[str]:
    """Return a window that does not fit one line as two lines, or three."""
    if len(word) + len(instant) + 4 <= width:
        yield f"  {word}  {instant}"
    else:
        yield f"  {word.rstrip()}"
        yield f"    {instant}"
    yield f"    {file}"


def _wrapped(text: str, width: int) -> list[str]:
    """Return a sentence as lines of that width."""
    return textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="    ", break_long_words=False)
