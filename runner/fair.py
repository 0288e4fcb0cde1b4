"""PURE: the order in which partitions are created, so that no export waits for all of another."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, zip_longest

from runner.partition import Partition


def interleaved(partitions: Iterable[Partition]) -> list[Partition]:
    """Return the partitions in turns: the first of each export in the plan's order, then the second of each.

    A run that is stopped early then has something of every export.
    """
    by_export: dict[str, list[Partition]] = {}
    for one in partitions:
        by_export.setdefault(one.export, []).append(one)
    return [one for one in chain.from_iterable(zip_longest(*by_export.values())) if one is not None]
