"""The command, broken on purpose where a power cut shows it and kill -9 does not: `VARIANT run ...`."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click

from runner.cli import passing, streams
from runner.cli.command import outcome
from runner.cli.run import run
from runner.journal import Journal
from runner.proof import Format, prove
from runner.sink import Sink, StoredFile
from tests.crash.led import led


def folders_only(descriptor: int) -> None:
    """Sync no file."""
    if stat.S_ISDIR(os.fstat(descriptor).st_mode):
        os.fsync(descriptor)


def files_only(descriptor: int) -> None:
    """Sync no folder."""
    if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
        os.fsync(descriptor)


class InPlace:
    """A sink that writes under the final name from the first byte on, and syncs with care."""

    def __init__(self, root: Path) -> None:
        self._root = root
        sink = Sink(root)
        self.inspect, self.ready, self.sweep = sink.inspect, sink.ready, sink.sweep

    def store(
        self, key: str, output: str, chunks: Iterable[bytes], format: Format, metrics: tuple[str, ...]
    ) -> StoredFile:
        """Write the file where it belongs, and prove it there."""
        content = b"".join(chunks)
        with (self._root / output).open("w+b") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            proven = prove(file, format, metrics)
        sha256 = hashlib.sha256(content).hexdigest()
        of_content = (proven.rows, proven.rows_digest, proven.columns, proven.warnings)
        return StoredFile("", output, len(content), sha256, *of_content)

    def place(self, part: str, output: str, sha256: str, *, over: str) -> bool:
        """Make the name durable."""
        folder = os.open((self._root / output).parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        return self.inspect(output).sha256 == sha256


def careless(path: Path, *others: Any) -> Journal:
    """Open a journal that syncs nothing."""
    journal = Journal.open(path, *others)
    journal._connection.execute("PRAGMA synchronous = OFF")
    return journal


def with_sink(sink: Any) -> Mapping[str, Any]:
    """Return how a run begins, with another sink."""
    return {"begun": led(passing.begun, {"Sink": sink})}


BROKEN: Mapping[str, Mapping[str, Any]] = {
    "no file sync": with_sink(partial(Sink, sync=folders_only)),
    "no folder sync": with_sink(partial(Sink, sync=files_only)),
    "in place": with_sink(InPlace),
    "no journal sync": {"Journal": SimpleNamespace(open=careless)},
}
"""What each variant puts in the place of the product's own parts."""


def main() -> int:
    """Be the command, but for the parts of the variant."""
    variant, *arguments = sys.argv[1:]
    group = click.Group("care-export")
    group.add_command(click.Command("run", callback=led(run.callback, BROKEN[variant]), params=run.params))
    streams.calm()
    return streams.closed(outcome(arguments, group))


if __name__ == "__main__":
    sys.exit(main())
