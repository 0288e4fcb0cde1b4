"""PURE: what a run makes of what is there already: a file, a track of the journal, a block of the lock.

A file is kept where it is proven to be the answer to the same request; it may be replaced where we made it
for this manifest; anything else is somebody's, and is not touched unless that is asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from runner.events import Done, Event, Lost, Stored
from runner.history import Maker
from runner.plan import Partition
from runner.track import Track


def barred(
    partition: Partition,
    track: Track,
    there: str,
    makers: Mapping[str, Maker],
    locked: Collection[str],
    manifest: str,
) -> str:
    """Say why the file `there` (its sha256) must not be replaced; empty where it is ours, of this manifest.

    By sha256, `makers` has who put which file at the output's path, and `locked` those that this manifest's
    lock names there. Two manifests may have come by one path: neither may take the other's file away.
    """
    maker = makers.get(there)
    own = maker and (maker.key == partition.key or (maker.manifest and maker.manifest == manifest))
    if own or there in locked:
        return ""
    if maker:
        whose = f"manifest {maker.manifest!r}" if maker.manifest else "another request or manifest"
        return f"the file of {whose} is there; call one of the two otherwise, or --overwrite replaces it"
    if track.state == "done":
        return "it was changed after it was made; --overwrite makes it again"
    return "a file is there that care-export did not make; --overwrite replaces it"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is to be done about one partition before its lane runs.

    `events` are journalled and applied; `over` is the sha256 of the file whose place the new one may take;
    `copy` wants the file copied from where it lies under its former name; `problem` says why the output
    cannot be made (empty: it can).
    """

    events: tuple[Event, ...] = ()
    over: str = ""
    copy: bool = False
    problem: str = ""


def standing(
    partition: Partition,
    track: Track,
    there: str | None,
    locked: Mapping[str, Any] | None,
    barred: str,
    *,
    overwrite: bool,
    at: int,
    former: bool = False,
) -> Standing:
    """Return what to do about a partition at `at` (epoch ms).

    `there` is the sha256 of the file at the output's path (None: no file), `locked` the partition's block of
    the committed lock, `barred` why that file must not be replaced (empty: it may). `former` says that the
    file which the journal knows of, or else the lock, lies whole under another name.
    """
    moved = track.state == "stored" and track.stored is not None and track.stored.output != partition.output
    lost = (Lost(key=partition.key, at=at),) if not former and (moved or track.state == "done") else ()
    if there is None:
        return Standing(lost, copy=former)
    if (moved or track.state == "done") and track.stored and track.stored.sha256 == there:
        if track.stored.output == partition.output:
            return Standing()
        return Standing(_kept(partition, replace(track.stored, at=at, output=partition.output)))
    if locked and locked["request_digest"] == partition.request.digest and locked["sha256"] == there:
        return Standing(_kept(partition, from_lock(partition, locked, at)))
    return Standing(problem=barred) if barred and not overwrite else Standing(lost, over=there, copy=former)


def _kept(partition: Partition, stored: Stored) -> tuple[Event, ...]:
    return stored, Done(key=partition.key, at=stored.at, output=partition.output)


def from_lock(partition: Partition, locked: Mapping[str, Any], at: int) -> Stored:
    """Return the event that the lock's block bears witness to."""
    return Stored(
        key=partition.key,
        at=at,
        part="",
        output=partition.output,
        bytes=locked["bytes"],
        sha256=locked["sha256"],
        rows=locked["rows"],
        rows_digest=locked["rows_digest"],
        columns=tuple(locked["columns"]),
        proof=locked["proof"],
    )
