"""What one run works with, and its lanes once they are ready."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.actions import Purpose
from runner.cli.progress import View
from runner.cli.stop import Stop
from runner.journal import Journal
from runner.lane import Lane
from runner.plan import Partition
from runner.profiles import Credentials, OnUnknown, Profile
from runner.sink import Sink


@dataclass(frozen=True)
class Room:
    """What all lanes of one run share. `on_unknown` takes the place of what the profiles say.

    `width` is how many lanes run at a time, `manifest` what the journal calls the manifest that is run.
    """

    sink: Sink
    journal: Journal
    folder: Path
    locked: Mapping[str, Any]
    width: int
    view: View
    stop: Stop
    overwrite: bool = False
    purpose: Purpose = "run"
    retry_failed: bool = False
    on_unknown: OnUnknown | None = None
    manifest: str = ""


@dataclass(frozen=True)
class Prepared:
    """One lane after replay and reconciling; `at` is the instant it begins, `over` as in LaneRun.

    `last` is the instant of the journal's last event before that; `known` are the profile's credentials,
    where they had to be known already.
    """

    profile: Profile
    lane: Lane
    partitions: Mapping[str, Partition]
    at: int
    last: int = 0
    over: Mapping[str, str] = field(default_factory=dict)
    known: Credentials | None = None
