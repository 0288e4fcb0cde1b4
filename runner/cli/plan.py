"""`care-export plan`: what would be asked and written. Nothing is asked and nothing written."""

from __future__ import annotations

import shutil
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

import click

from runner.cli import options
from runner.cli.planning import Planned, planned
from runner.cli.streams import say, say_json, tell
from runner.errors import Exit
from runner.plan import Partition, to_json
from runner.profiles import Profile

LEAST_REQUESTS = 2
"""To create a job, and to ask for its state once. The file itself comes from elsewhere."""

LINK_HOURS = 24
"""How long the address of a file is good [G, S]."""


@click.command()
@options.manifest
@options.only
@options.profile
@options.profiles
@options.shape("table")
def plan(
    manifest: str, only: tuple[str, ...], profile: str | None, profiles_file: str | None, shape: str
) -> int:
    """Show what run would do: each request's window, in words and in UTC, and its file."""
    made = planned(manifest, only=only, profile=profile, profiles_file=profiles_file)
    for warning in made.plan.warnings:
        tell(str(warning))
    if shape == "json":
        say_json(to_json(made.plan))
    else:
        say("\n".join(table(made, shutil.get_terminal_size().columns)))
    return Exit.DONE


def table(made: Planned, width: int) -> Iterator[str]:
    """Return the lines that show a plan to a person on a terminal of that width."""
    count = len(made.plan.partitions)
    yield f"{made.plan.manifest}: {count} file{'' if count == 1 else 's'}"
    for profile in made.profiles:
        asked = [one for one in made.plan.partitions if one.profile == profile.name]
        yield from _wrapped(summary(profile, len(asked)), width)
    for _, several in groupby(made.plan.partitions, key=lambda one: (one.export, one.profile)):
        yield ""
        yield from _block(list(several), width)


def summary(profile: Profile, files: int) -> str:
    """Return what a profile is asked: how many requests at least, and how long they take under its limits."""
    requests = files * LEAST_REQUESTS
    asked = f"profile {profile.name}: {files} file{'' if files == 1 else 's'}, at least {requests} requests"
    if profile.source == "sandbox":
        return f"{asked}, none over the network (source: sandbox)"
    rate = profile.limits.requests_per_minute
    minutes = -(-requests // rate)
    risk = f", over the {LINK_HOURS} hours that a link lasts" if minutes > LINK_HOURS * 60 else ""
    return f"{asked}, so at least {minutes} min at {rate} a minute{risk}"


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
        yield from _wrapped(f"note: {label}{some}", width)


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
