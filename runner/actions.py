"""What a lane can say is to be done next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from runner.events import Stored


@dataclass(frozen=True, slots=True)
class Create:
    """Ask the vendor for the partition's export; `attempt` counts from 1."""

    key: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Poll:
    """Ask for the state of the partition's job."""

    key: str
    url: str


@dataclass(frozen=True, slots=True)
class Download:
    """Fetch the partition's file into a part file and prove it."""

    key: str
    url: str


@dataclass(frozen=True, slots=True)
class Place:
    """Give the proven part file its final name."""

    key: str
    stored: Stored


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before `until` (epoch ms), or before an effect under way ends (None)."""

    until: int | None


@dataclass(frozen=True, slots=True)
class Finished:
    """Every partition has come to its end, for this run."""


Action = Create | Poll | Download | Place | Wait | Finished

Purpose = Literal["run", "detach", "collect", "wait"]
"""What a run is for. run: everything. detach: create what the vendor takes now. collect: look once at each
job and fetch what is ready. wait: fetch every job that is under way. Only the first two create."""
