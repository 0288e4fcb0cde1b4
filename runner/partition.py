"""The shapes of a plan: its partitions, and how it is printed as JSON. No companyKey is in any of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from runner.errors import Problem
    from runner.request import Request
    from runner.window import Window


@dataclass(frozen=True, slots=True)
class Partition:
    """One request to make and one file to write: an export, in a profile, over a window.

    `id` is for people and unique in a plan. `key` is the journal's: the sha256 of base URL, profile and
    request, with "#2" for the second equal one in a plan. `output` is a relative path with the output
    directory. `labels` say what a reader of the file must know: the export's own notes, and "open" where the
    window was not over when it was planned.
    """

    id: str
    key: str
    export: str
    report: str
    profile: str
    source: str
    window: Window
    request: Request
    output: str
    format: Literal["csv", "json"]
    metrics: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All partitions of a manifest: in its own order of exports, then profiles, then windows."""

    manifest: str
    manifest_digest: str
    catalog_digest: str
    partitions: tuple[Partition, ...]
    warnings: tuple[Problem, ...]


def to_json(plan: Plan) -> dict[str, Any]:
    """Return the plan as plain data, as `plan --format json` prints it."""
    return {
        "manifest": plan.manifest,
        "catalog_digest": plan.catalog_digest,
        "partitions": [asked_for(one) for one in plan.partitions],
    }


def asked_for(one: Partition) -> dict[str, Any]:
    """Return a partition as plain data: what is asked, of whom, over which window, and for which file."""
    window, asked = one.window, one.request
    return {
        "id": one.id,
        "export": one.export,
        "report": one.report,
        "profile": one.profile,
        "window": {
            "start_ms": window.start_ms,
            "end_ms": window.end_ms,
            "start": window.start,
            "end": window.end,
            "timezone": window.timezone,
        },
        "request": {
            "method": asked.method,
            "path": asked.path,
            "query": [list(pair) for pair in asked.query],
            "form": [list(pair) for pair in asked.form],
        },
        "request_digest": asked.digest,
        "output": one.output,
    }
