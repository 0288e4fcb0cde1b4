"""What all trials of one process share: the nursery, and what an undisturbed run does and leaves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.crash.invariant import Tree
from tests.crash.stage import Nursery, staged, tree
from tests.crash.traced import Call, calls, shared


@dataclass(frozen=True)
class Room:
    """The nursery, the folder of its stages, and the undisturbed run.

    `want` is what that run leaves, `every` are its calls, and `alike` the names of those that other threads
    (the watchers of sockets) make too, so that a number alone does not say which call it is.
    """

    nursery: Nursery
    folder: Path
    want: Tree
    every: tuple[Call, ...]
    alike: frozenset[str]


@contextmanager
def entered(folder: Path) -> Iterator[Room]:
    """Make one undisturbed run under strace, in a room of its own."""
    with Nursery(folder) as nursery:
        with staged(nursery, folder / "stage") as stage:
            ended = stage.run(expressions=("decode-fds",))
            assert ended.exit == 0, ended
            want, made = tree(stage.folder), calls(stage.log, ended.process)
            alike = shared(stage.log, ended.process)
        yield Room(nursery, folder / "stage", want, tuple(made), alike)
