"""`care-export verify`: are the files the ones in the lock? Nothing is asked and nothing written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from runner.cli import options
from runner.cli.locks import asked_differently, committed
from runner.cli.planning import planned
from runner.cli.source import found
from runner.cli.streams import say, tell
from runner.errors import Exit
from runner.report.words import is_one, part
from runner.sink import Sink


@click.command()
@options.manifest
@options.profile
@options.profiles
@options.out
def verify(manifest: str, profile: str | None, profiles_file: str | None, out: Path) -> int:
    """Compare the files with the manifest's committed lock; ends with 3 where one differs."""
    path, _ = found(manifest)
    lock = committed(path, required=True)
    plan = planned(manifest, profile=profile, profiles_file=profiles_file, proven=lambda one: True).whole
    rows = [*asked_differently(lock, plan), *_changed(Sink(out), lock["partitions"])]
    for row in rows:
        tell(row)
    files = len(lock["partitions"])
    if rows:
        verb = "differs" if is_one(len(rows), files) else "differ"
        tell(f"{path}: E-DIFFERS: {part(len(rows), files, 'file')} {verb} from the lock")
        return Exit.DIFFERS
    every = "the file is the one" if files == 1 else f"all {files:,} files are the ones"
    say(f"{path}: {every} in the lock")
    return Exit.DONE


def _changed(sink: Sink, blocks: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each file that is not there, or is another one."""
    for name in sorted(blocks):
        output, there = blocks[name]["output"], sink.inspect(blocks[name]["output"])
        if there.state == "absent":
            yield f"{name}: {output} is not there"
        elif there.state == "blocked":
            yield f"{name}: {output}: {there.why}"
        elif there.sha256 != blocks[name]["sha256"]:
            yield f"{name}: {output} has been changed since the lock was written"
