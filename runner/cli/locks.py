"""Reads the committed lock, compares a plan with it, and looks that no secret gets into a new one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from runner import catalog, document
from runner.cli.source import unreadable
from runner.cli.streams import secrets_in
from runner.errors import Exit, Refusal
from runner.judge import judge
from runner.plan import Plan, to_json
from runner.report import lock as locks

_DIGEST = re.compile(r"[0-9a-f]{64}")


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
            advice="Run the manifest once, without --frozen, and commit the lock that this writes.",
            code="E-NO-LOCK",
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error
    return _judged(content, path)


def _judged(content: bytes, path: Path) -> Mapping[str, Any]:
    """Return the lock's data; Refusal 65 with its problems where it is damaged."""
    data, schema = _parsed(content, path), catalog.schema("lock.v1")
    read = document.Document(str(path), data, {(): (1, 1)}, {})
    if not sound(content, data) and (problems := judge(data, schema, read)):
        raise Refusal(Exit.DATA, f"{path} is not a lock of this version", problems, code="E-LOCK-DAMAGED")
    assert isinstance(data, dict)  # noqa: S101 - the schema says so
    return data


def sound(content: bytes, data: Any) -> bool:  # noqa: ANN401 - any JSON
    """Say whether data surely are a lock, by the generated model; where they are not, the schema says why.

    A lock has a block for each of thousands of files, and the schema takes a millisecond for each.
    """
    from pydantic import ValidationError

    from generated.lock_v1 import Lock

    try:
        Lock.model_validate_json(content, strict=True)
    except ValidationError:
        return False
    return type(data["version"]) is int  # True and 1.0 equal 1, and pass for it


def _parsed(content: bytes, path: Path) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        advice = "Take it from the last commit, or delete it to have it made again."
        message = f"{path} is damaged: it is not JSON"
        raise Refusal(Exit.DATA, message, advice=advice, code="E-LOCK-DAMAGED") from error


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


def sealed(lock: Mapping[str, Any], plan: Plan, before: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the lock, which holds no secret of this run; else Refusal 70, or 76 where a column does.

    It is refused, not masked: a lock with a mask in it would say what is not so. Words of the plan and of the
    committed lock came from no credential, as both are there before one is read, so they may stand there
    even where a company's key is its name.
    """
    spilled = _secrets(lock) - _secrets(to_json(plan)) - _secrets(before)
    if not spilled:
        return lock
    blocks = lock["partitions"]
    for name in blocks:
        if spilled & _secrets(blocks[name]["columns"]):
            message = f"{name}: a column that the vendor sent holds a secret of this run"
            raise Refusal(Exit.UNTRUSTED, f"{message}; the lock was not written", code="E-LEAK")
    raise Refusal(Exit.BUG, "the lock would hold a secret of this run; it was not written", code="E-LEAK")


def _secrets(data: Any) -> frozenset[str]:  # noqa: ANN401 - any JSON
    return secrets_in("\n".join(one for one in _texts(data) if not _DIGEST.fullmatch(one)))


def _texts(data: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Yield every text of a lock or a plan, keys too."""
    match data:
        case str():
            yield data
        case dict():
            for name, value in data.items():
                yield name
                yield from _texts(value)
        case list() | tuple():
            for value in data:
                yield from _texts(value)
        case _:
            pass
