"""PURE: what the events of a lane come to: where each partition stands, since when, and what we have made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.events import Event, Stored
from runner.steps import after
from runner.track import Track


@dataclass(frozen=True, slots=True)
class Maker:
    """Who put a file at an output's path, by the journal: for which partition, and of which manifest.

    `manifest` is empty where that is not known: an older version did not write it down.
    """

    key: str
    manifest: str


@dataclass(frozen=True, slots=True)
class History:
    """What a journal says of a lane, of whatever manifests.

    `tracks` and `since` (epoch ms) are by journal key, `made` by output path: every sha256 that we put there,
    and who last did. `last` is the instant of the last event; 0 where there was none.
    """

    tracks: Mapping[str, Track]
    since: Mapping[str, int]
    made: Mapping[str, Mapping[str, Maker]]
    last: int

    def track(self, key: str) -> Track:
        """Return where a partition stands; one that nothing has happened to is planned."""
        return self.tracks.get(key) or Track(key)


def history(events: Iterable[Event]) -> History:
    """Return what these events come to, in their order."""
    tracks: dict[str, Track] = {}
    since: dict[str, int] = {}
    made: dict[str, dict[str, Maker]] = {}
    last = 0
    for event in events:
        before = tracks.get(event.key) or Track(event.key)
        track = tracks[event.key] = after(before, event)
        if track.state != before.state:
            since[event.key] = event.at
        if isinstance(event, Stored):
            made.setdefault(event.output, {})[event.sha256] = Maker(event.key, event.manifest)
        last = max(last, event.at)
    return History(tracks, since, made, last)
