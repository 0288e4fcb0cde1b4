"""What must hold whatever broke: only whole files, one end, and no job made twice but where nobody can tell.

Each function returns the faults that it found, in words; none where all is well.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.events import Created, Event, Intent, Unanswered
from runner.steps import after
from runner.track import Track
from tests.crash.stage import LOCK, OUTPUTS, REPORTS, STATE, Ended, Stage, reports, tree

DOUBLE = "the vendor may hold a second job"
"""What a run says of each partition whose record has the flag `possible_duplicate`."""
Tree = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Known:
    """What a journal knows of the creates of one report.

    `intents` counts them; `due` says that no job is known, so that a rerun has to ask; `doubt` that nobody
    can tell whether the last one arrived; `flagged` that the record says `possible_duplicate`.
    """

    intents: int = 0
    due: bool = True
    doubt: bool = False
    flagged: bool = False


def known(events: Sequence[Event], want: Tree) -> dict[str, Known]:
    """Return what a journal knows, by report, as a later run would read it."""
    names = reports(want[LOCK])
    of_key = {event.key: names[event.request_digest] for event in events if isinstance(event, Intent)}
    found = {name: Known() for name in REPORTS}
    for key, name in of_key.items():
        own, track = [event for event in events if event.key == key], Track(key)
        for event in own:
            track = after(track, event)
        found[name] = _known(own, track.possible_duplicate)
    return found


def _known(events: Sequence[Event], flagged: bool) -> Known:
    intents = sum(isinstance(event, Intent) for event in events)
    match [event for event in events if isinstance(event, Intent | Created) or _unanswered(event)][-1]:
        case Created():
            return Known(intents, False, False, flagged)
        case Unanswered(sent=False):
            return Known(intents, True, False, flagged)
        case _:
            return Known(intents, True, True, flagged)


def _unanswered(event: Event) -> bool:
    return isinstance(event, Unanswered) and event.step == "create"


def whole(folder: Path, want: Tree) -> list[str]:
    """Look that only whole files have final names: the undisturbed run's, and a lock of its blocks."""
    found = tree(folder)
    faults = [
        f"{name} is not whole: {len(found[name])} of {len(want[name])} bytes, or others"
        for name in OUTPUTS
        if name in found and found[name] != want[name]
    ]
    if LOCK in found and not _part_of_lock(found[LOCK], want[LOCK]):
        faults.append(f"{LOCK} is not whole: {found[LOCK][:60]!r}")
    return faults


def _part_of_lock(found: bytes, want: bytes) -> bool:
    try:
        blocks = json.loads(found)["partitions"]
    except (ValueError, KeyError):
        return False
    return bool(blocks.items() <= json.loads(want)["partitions"].items())


def same_end(folder: Path, want: Tree) -> list[str]:
    """Look that files, lock and state folder are the undisturbed run's; nothing more, nothing less."""
    found = tree(folder)
    faults = [f"{name} is left over" for name in found.keys() - want.keys()]
    faults += [f"{name} is missing" for name in want.keys() - found.keys()]
    changed = [name for name in found.keys() & want.keys() if found[name] != want[name]]
    return faults + [f"{name} differs" for name in changed if name != "profiles.yaml"]


def same_files(folder: Path, want: Tree) -> list[str]:
    """Look that files and lock are the undisturbed run's, whatever lies in the state folder."""
    return [one for one in same_end(folder, want) if not one.startswith(STATE)]


def counted(stage: Stage, before: Sequence[Event], rerun: Ended, want: Tree) -> list[str]:
    """Count what the sandbox was asked for, against what the journal knew when the first run ended.

    An answered create is never sent again; one that was never begun is sent once and not flagged. Only where
    nobody can tell whether it arrived is it sent a second time: then the vendor has one job, or two, and the
    record says `possible_duplicate`, as does the run.
    """
    creates, was, now = stage.creates(), known(before, want), known(stage.journal(), want)
    faults = []
    for name in REPORTS:
        first, again = _split(name, creates, was, now)
        if again != was[name].due:
            faults.append(f"{name}: the rerun sent {again} creates on {was[name]}")
        if not 0 <= first <= was[name].intents:
            faults.append(f"{name}: the first run sent {first} creates on {was[name]}")
        if now[name].flagged != (was[name].flagged or was[name].doubt):
            faults.append(f"{name}: possible_duplicate is {now[name].flagged} after {was[name]}")
        if not 1 <= creates[name] <= 1 + now[name].flagged:
            faults.append(f"{name}: {creates[name]} creates, and the record says {now[name]}")
    if rerun.errors.count(DOUBLE) != sum(one.flagged for one in now.values()):
        faults.append(f"the rerun told of {rerun.errors.count(DOUBLE)} possible duplicates: {now}")
    return faults


def _split(
    name: str, creates: Counter[str], was: Mapping[str, Known], now: Mapping[str, Known]
) -> tuple[int, int]:
    """Return how many creates the first run and the rerun sent: the rerun sends one for each intent."""
    again = now[name].intents - was[name].intents
    return creates[name] - again, again


def ended_well(rerun: Ended) -> list[str]:
    """Look that the same command ended with 0."""
    if rerun.exit == 0:
        return []
    return [f"the rerun ended with {rerun.exit}: {rerun.errors[-300:]}"]


def recovered(stage: Stage, want: Tree) -> list[str]:
    """Look at what a run left that did not end well, and at what the rerun makes of it."""
    faults, before = whole(stage.folder, want), stage.journal()
    rerun = stage.run()
    faults += ended_well(rerun) or counted(stage, before, rerun, want)
    return faults + same_end(stage.folder, want)
