"""Partitions and events made by hand, for tests of what is made from them."""

from __future__ import annotations

from typing import Any

from runner.events import Stored
from runner.plan import Partition, Plan
from runner.request import Request
from runner.window import Window

WINDOW = Window(1_767_225_600_000, 1_769_904_000_000, "UTC")
"""January 2026 in UTC."""


def partition(key: str = "k", **changes: Any) -> Partition:
    """Return a partition of a conversation export."""
    request = Request("POST", "/api/public/reports/report/conversation", (("endTime", "1"),), (), "d" * 64)
    fields: dict[str, Any] = {
        "id": f"conversations/sandbox/{key}",
        "key": key,
        "export": "conversations",
        "report": "conversation",
        "profile": "sandbox",
        "source": "sandbox",
        "window": WINDOW,
        "request": request,
        "output": f"exports/{key}.csv",
        "format": "csv",
        "metrics": (),
        "labels": (),
    }
    return Partition(**fields | changes)


def plan_of(*partitions: Partition) -> Plan:
    """Return a plan of these partitions."""
    return Plan("q1", "a" * 64, "b" * 64, tuple(partitions), ())


def stored(key: str = "k", **changes: Any) -> Stored:
    """Return the event of a stored file of two rows."""
    fields: dict[str, Any] = {
        "at": 5,
        "part": ".p",
        "output": f"exports/{key}.csv",
        "bytes": 10,
        "sha256": "c" * 64,
        "rows": 2,
        "rows_digest": "e" * 64,
        "columns": ("A", "B"),
        "proof": "length",
    }
    return Stored(key=key, **fields | changes)
