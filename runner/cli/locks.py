"""Reads the committed lock and compares a plan with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner import catalog, document
from runner.cli.source import unreadable
from runner.errors import Exit, Refusal
from runner.judge import judge
from runner.plan import Plan
from runner.report import lock as locks


def committed(manifest: Path, *, required: bool) -> Mapping[str, Any]:
    """Return the lock beside a manifest; an empty one where there is none and none is `required`.

    Refusal 66 where a required lock is not there, 65 where it is not a lock.
    """
    path = locks.beside(manifest)
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        if not required:
            return {}
        raise Refusal(
            Exit.NO_INPUT,
            f"there is no lock {str(path)!r} to compare with",
            advice="Run once without --frozen, and commit the lock that this writes.",
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error
    return _judged(content, path)


def _judged(content: bytes, path: Path) -> Mapping[str, Any]:
    """Return the lock's data; Refusal 65 with its problems where it is damaged."""
    read = document.Document(str(path), _parsed(content, path), {(): (1, 1)}, {})
    if problems := judge(read.data, catalog.schema("lock.v1"), read):
        raise Refusal(Exit.DATA, f"{path} is not a lock of this version", problems)
    assert isinstance(read.data, dict)  # noqa: S101 - the schema says so
    return read.data


def _parsed(content: bytes, path: Path) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(content)
    except ValueError as error:
        advice = "Take it from the last commit, or delete it to have it made again."
        raise Refusal(Exit.DATA, f"{path} is damaged: it is not JSON", advice=advice) from error


def asked_differently(lock: Mapping[str, Any], plan: Plan) -> list[str]:
    """Say which requests of the plan are not the ones of the lock; empty where all are."""
    blocks = lock["partitions"]
    planned = {one.id: one.request.digest for one in plan.partitions}
    rows = [
        f"{name}: is in the lock, but the manifest no longer asks for it"
        for name in blocks
        if name not in planned
    ]
    rows += [f"{name}: is not in the lock" for name in planned if name not in blocks]
    rows += [
        f"{name}: asks differently than the lock"
        for name, digest in planned.items()
        if name in blocks and blocks[name]["request_digest"] != digest
    ]
    return sorted(rows)
