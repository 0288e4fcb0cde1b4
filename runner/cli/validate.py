"""`care-export validate`: every problem of manifests, with its place. It asks and writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sized
from pathlib import Path

import click

from runner.cli import completions, options
from runner.cli.failures import refused
from runner.cli.planning import rehearsed
from runner.cli.source import found, load
from runner.cli.streams import say, tell
from runner.errors import Exit, Refusal


@click.command()
@click.argument(
    "manifests", metavar="MANIFEST...", nargs=-1, required=True, shell_complete=completions.manifests
)
@options.profiles
def validate(manifests: tuple[str, ...], profiles_file: str | None) -> int:
    """Show every problem of manifests as file:line:col: path: message, all at once.

    What depends on today is left to plan and run, so that a committed manifest stays valid.
    """
    _refuse_repeated(manifests)
    return max(_validated(name, profiles_file) for name in manifests)


def _refuse_repeated(names: tuple[str, ...]) -> None:
    """Refuse a manifest that is given twice, under whatever names."""
    paths = Counter(found(name)[0].resolve() for name in names)
    for path, times in paths.items():
        if times > 1:
            raise click.UsageError(f"{Path(path).name} is given {times} times", click.get_current_context())


def _validated(name: str, profiles_file: str | None) -> int:
    """Say that one manifest is valid, or tell its problems."""
    try:
        path, manifest = load(name)
        plan = rehearsed(manifest, profiles_file)
    except Refusal as refusal:
        if refusal.exit != Exit.DATA:
            raise
        return refused(refusal)
    for warning in plan.warnings:
        tell(str(warning))
    exports, partitions = _count(manifest.exports, "export"), _count(plan.partitions, "partition")
    say(f"{path}: valid ({exports}, {partitions})")
    return Exit.DONE


def _count(things: Sized, name: str) -> str:
    """Return how many there are, as 1 export or 2 exports."""
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"
