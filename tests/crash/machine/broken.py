"""Engines that are broken on purpose, each in one part, and the way on which it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from runner.actions import Purpose
from runner.events import Created, Event, Resumed
from runner.lane import Lane
from runner.sink import Found
from tests.crash.machine.moments import Mishap
from tests.crash.machine.parts import Parts
from tests.crash.machine.wishes import Wishes
from tests.crash.machine.world import World


class Passing:
    """A part that passes all on to the real one, but for what a broken one does otherwise."""

    def __init__(self, real: Any, otherwise: Mapping[str, Callable[..., Any]]) -> None:
        self._real = real
        self._otherwise = otherwise

    def __getattr__(self, name: str) -> Any:
        return self._otherwise.get(name) or getattr(self._real, name)


def forgets_created(journal: Any, world: World) -> Any:
    """Return a journal that loses the answers to creates."""

    def append(lane: str, event: Event) -> None:
        if not isinstance(event, Created):
            journal.append(lane, event)

    return Passing(journal, {"append": append})


def forgets_jobs(journal: Any, world: World) -> Any:
    """Return a journal that keeps everything, and of which a run reads nothing about a job it had."""

    def replay(lane: str) -> Iterator[Event]:
        return iter(())

    return Passing(journal, {"replay": replay})


def forgets_doubt(lane: Lane, world: World) -> Lane:
    """Return the lane as if no create had been under way when the last run was killed: nothing is flagged."""
    for key, track in lane.tracks.items():
        if track.state == "unknown":
            lane.tracks[key] = replace(track, state="planned")
    return lane


def forgets_resumptions(journal: Any, world: World) -> Any:
    """Return a journal that does not say where a run took a partition up again."""

    def append(lane: str, event: Event) -> None:
        if not isinstance(event, Resumed):
            journal.append(lane, event)

    return Passing(journal, {"append": append})


def in_place(sink: Any, world: World) -> Any:
    """Return a sink that writes under the final name from the first byte on."""

    def store(key: str, output: str, chunks: Iterable[bytes], *rest: Any) -> Any:
        return sink.store(key, output, _shown(world.root / output, chunks), *rest)

    def place(part: str, output: str, sha256: str, *, over: str) -> bool:
        return bool(sink.place(part, output, sha256, over=over))

    return Passing(sink, {"store": store, "place": place})


def _shown(path: Path, chunks: Iterable[bytes]) -> Iterator[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb", buffering=0) as file:
        for chunk in chunks:
            file.write(chunk)
            yield chunk


def blind(sink: Any, world: World) -> Any:
    """Return a sink that sees no file."""
    return Passing(sink, {"inspect": lambda output: Found("absent")})


def untidy(sink: Any, world: World) -> Any:
    """Return a sink that leaves the parts of killed runs where they are."""
    return Passing(sink, {"sweep": lambda outputs, wanted=(): None})


Way = Callable[[World], object]


def _then(
    *mishaps: Mishap, change: Callable[[Wishes], object] = lambda wishes: None, purpose: Purpose = "run"
) -> Way:
    """Run while something happens; change the manifest; run again in peace."""

    def way(world: World) -> None:
        world.run(mishaps=mishaps)
        change(world.wishes)
        world.run(purpose)

    return way


def _fewer(wishes: Wishes) -> None:
    del wishes.hours["agents"]


ANSWERED = Mishap("answer create", 1, "crash")
LOOKED = Mishap("answer poll", 1, "crash")
CUT = Mishap("piece", 2, "crash")
BESIDE = Mishap("request poll", 1, "second")
BROKEN: Mapping[str, tuple[Parts, Way]] = {
    "a journal that loses the answers to creates": (Parts(journal=forgets_created), _then(LOOKED)),
    "a run that does not read what is under way": (Parts(journal=forgets_jobs), _then(LOOKED)),
    "a lane that repeats a create without a flag": (Parts(lane=forgets_doubt), _then(ANSWERED)),
    "a journal that does not tell runs apart": (
        Parts(journal=forgets_resumptions), _then(ANSWERED, purpose="collect"),
    ),
    "a sink that writes in place": (Parts(sink=in_place), _then(CUT)),
    "a sink that sees no file": (Parts(sink=blind), _then()),
    "a sink that does not sweep": (Parts(sink=untidy), _then(CUT, change=_fewer)),
    "a second run that holds another lock": (Parts(second=".elsewhere"), _then(BESIDE)),
}  # fmt: skip
"""What is broken, by its name: the parts of the run, and what has to happen for it to show."""
