"""From what a person named to partitions of a plan."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import click

from runner.cli.planning import Planned
from runner.judge import did_you_mean
from runner.plan import Partition


def chosen(made: Planned, exports: Collection[str], partitions: Collection[str]) -> list[Partition]:
    """Return the partitions that are named, by their exports, by themselves, or by both; all where none are.

    A usage error, with the closest name, where there is no such export or no such partition of these exports.
    """
    for name in exports:
        _refuse_unknown("export", name, [one.id for one in made.manifest.exports])
    among = [one for one in made.plan.partitions if not exports or one.export in exports]
    for name in partitions:
        _refuse_unknown("partition", name, [one.id for one in among])
    return [one for one in among if not partitions or one.id in partitions]


def the_one(among: Sequence[Partition]) -> Partition:
    """Return the only partition; a usage error that lists them where there are several."""
    if len(among) > 1:
        listed = "\n".join(f"  --partition {one.id}" for one in among)
        message = f"this export has {len(among)} partitions; say which one is meant:\n{listed}"
        raise click.UsageError(message, click.get_current_context())
    return among[0]


def _refuse_unknown(what: str, name: str, known: list[str]) -> None:
    if name not in known:
        hint = did_you_mean(name, known) or f"; there are {', '.join(known[:20])}"
        raise click.UsageError(
            f"--{what} {name!r}: there is no such {what}{hint}", click.get_current_context()
        )
