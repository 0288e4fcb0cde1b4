"""The words of the catalogue: what a report consists of, as frozen data.

Source tags of facts are explained in `Api.sources`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind = Literal["additive", "snapshot", "aggregate", "bucketed"]
"""Whether the rows of two neighbouring windows add up to those of both: only where it is additive."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a report, by the vendor's own name.

    `style` is how a list is written: `single`, `repeated` or `comma`. Besides `allowed`, any number over
    `above` may be sent, and the `tolerated` values, which deserve a warning. `declared` is False where only
    samples or side texts carry it.
    """

    name: str
    title: str
    required: bool
    type: Literal["boolean", "integer", "string", "integers", "strings"]
    style: Literal["single", "repeated", "comma"]
    allowed: tuple[str | int | bool, ...] | None
    above: int | None
    tolerated: tuple[str | int | bool, ...]
    default: str | int | bool | None
    declared: bool
    note: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    """One way to create a report; what is not in `form` travels in the query."""

    method: Literal["GET", "POST"]
    declared: bool
    source: str
    form: frozenset[str]
    note: str


@dataclass(frozen=True)
class Metric:
    """One known column: its API name, its UI name where known, and the formats it is limited to, if any."""

    name: str
    label: str | None
    source: str
    formats: tuple[str, ...] | None
    note: str


@dataclass(frozen=True)
class Needs:
    """Where `parameter` is given, `companion` must be given with this `value`."""

    parameter: str
    companion: str
    value: str | int | bool
    message: str
    source: str


@dataclass(frozen=True)
class Together:
    """What to say where all these parameters are given: an error, or a warning."""

    parameters: tuple[str, ...]
    severity: Literal["warning", "error"]
    message: str
    source: str


@dataclass(frozen=True)
class Buckets:
    """The bucket lengths, in ms, that are allowed for a window of one month and of one week.

    A length over `monthly_above` means monthly buckets. Other windows are not documented.
    """

    parameter: str
    month: tuple[int, ...]
    week: tuple[int, ...]
    monthly_above: int
    message: str
    source: str


Rule: TypeAlias = Needs | Together | Buckets
"""A rule between parameters, or between a parameter and the window."""


@dataclass(frozen=True)
class Composition:
    """If splitting is valid: the kind, why, and for some values of one parameter another kind."""

    kind: Kind
    reason: str
    by: Mapping[str, Mapping[str, Kind]]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Host:
    """A documented host of the API."""

    id: str
    base_url: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Limits:
    """The documented limits: jobs are counted per user and per company, `queued` includes running ones."""

    requests_per_minute: int
    running: int
    queued: int
    company_running: int
    company_queued: int
    window_months: int
    window_days_warning: int
    history_months: int
    download_hours: int


@dataclass(frozen=True)
class Api:
    """What holds for all reports. `end_offset_ms` is added to a window's end to make endTime.

    `build_guess_ms` is how long an export of an unknown kind is taken to take.
    """

    base_path: str
    hosts: tuple[Host, ...]
    status_path: str
    timezones_path: str
    teams_path: str
    limits: Limits
    end_offset_ms: int
    build_guess_ms: int
    overflow_reason: str
    runner_states: tuple[str, ...]
    generic_metrics: tuple[Metric, ...]
    sources: Mapping[str, str]
    undocumented: tuple[str, ...]
