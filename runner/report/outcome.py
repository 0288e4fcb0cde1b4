"""The end of a run in words and in one exit code, partition by partition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner import catalog
from runner.buckets import hint
from runner.errors import Exit, gravest
from runner.events import Failed
from runner.plan import Partition
from runner.track import Track


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one partition ended: its exit code, and a line for people where there is something to say."""

    partition: Partition
    exit: Exit
    code: str
    message: str
    warnings: tuple[str, ...]


def outcome(partition: Partition, track: Track) -> Outcome:
    """Return how a partition ended, from its track."""
    if track.state == "done":
        return Outcome(partition, Exit.DONE, "", "", _warnings(track))
    if track.failure is None:
        message = "not finished; run the same command again to go on"
        return Outcome(partition, Exit.UNFINISHED, "E-UNFINISHED", message, _warnings(track))
    failure = track.failure
    said = message_of(partition, failure)
    return Outcome(partition, Exit(failure.exit), failure.code, said, _warnings(track))


def message_of(partition: Partition, failure: Failed) -> str:
    """Return what is told of a failure, with what the catalogue adds: which lengths of buckets fit.

    It is the one message for whoever shows the failure, since the advice refers to it.
    """
    if failure.code != "E-BUCKETS":
        return failure.message
    return failure.message + hint(catalog.load().reports[partition.report], partition.window)


def _warnings(track: Track) -> tuple[str, ...]:
    said = list(track.stored.warnings) if track.stored else []
    if track.possible_duplicate:
        said.append("a create request went unanswered and was sent again: the vendor may hold a second job")
    if track.adopted:
        said.append("the job was started by hand and adopted: nobody can prove what it was asked")
    if track.recreated:
        said.append(f"the job was made a second time: {track.recreated}")
    return tuple(said)


def outcomes(partitions: Iterable[Partition], tracks: Mapping[str, Track]) -> tuple[Outcome, ...]:
    """Return how each partition ended, in the order of the plan."""
    return tuple(outcome(one, tracks[one.key]) for one in partitions)


def exit_of(ended: Iterable[Outcome]) -> Exit:
    """Return the exit code of the run: the gravest of its partitions."""
    return gravest(one.exit for one in ended)
