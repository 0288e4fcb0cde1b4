"""PURE: what is told of a run to somebody who was not there: counts and names, no address and no secret."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from runner.codes import CODES
from runner.errors import Exit
from runner.events import Stored
from runner.partition import Partition
from runner.report.outcome import Outcome
from runner.report.page import verdict

LEFT = "E-UNFINISHED"


def notice(
    manifest: str,
    code: int,
    ended: Sequence[Outcome],
    stored: Mapping[str, Stored],
    clean: Callable[[str], str],
) -> bytes:
    """Return the message as JSON. `text` is for chats, which show nothing else; the rest is for programs."""
    rows = [file for one in ended if (file := stored.get(one.partition.key))]
    text = f"care-export: {manifest} ended with {code}: {verdict(ended)}"
    body = {
        "version": 1,
        "text": clean(text),
        "manifest": clean(manifest),
        "exit": code,
        "files": len(ended),
        **_counts(ended),
        "rows": sum(one.rows for one in rows),
        "bytes": sum(one.bytes for one in rows),
        "profiles": sorted({clean(one.partition.profile) for one in ended}),
        "exports": [
            {"name": clean(name), **_counts([one for one in ended if one.partition.export == name])}
            for name in dict.fromkeys(one.partition.export for one in ended)
        ],
    }
    return json.dumps(body).encode()


def refused(
    manifest: str, exit: int, code: str, partitions: Sequence[Partition], clean: Callable[[str], str]
) -> bytes:
    """Return the message of a run that was refused: nothing was counted, so there are no counts in it.

    What the code means is told, not what was seen: that may name files of this machine.
    """
    body = {
        "version": 1,
        "text": clean(f"care-export: {manifest} ended with {exit}: {code}: {CODES[code].means}"),
        "manifest": clean(manifest),
        "exit": exit,
        "code": code,
        "files": len(partitions),
        "profiles": sorted({clean(one.profile) for one in partitions}),
    }
    return json.dumps(body).encode()


def _counts(ended: Sequence[Outcome]) -> dict[str, int]:
    """Count what is there, what failed and what is to come."""
    kinds = Counter(_kind(one) for one in ended)
    return {name: kinds[name] for name in ("done", "failed", "left")}


def _kind(one: Outcome) -> str:
    if one.exit == Exit.DONE:
        return "done"
    return "left" if one.code == LEFT else "failed"
