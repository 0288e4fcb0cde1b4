"""Chance from a seed: the same on every machine and every version of Python.

Only `Random.random()` is used, whose sequence Python promises to keep, and only arithmetic that rounds the
same everywhere; `choice`, `gauss` and their kin promise neither.
"""

from __future__ import annotations

import hashlib
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Weighted(Generic[T]):
    """Items, and where each one's share of the whole ends."""

    items: tuple[T, ...]
    edges: tuple[int, ...]


def weighted(*pairs: tuple[T, int]) -> Weighted[T]:
    """Return items with their whole-number weights."""
    return Weighted(tuple(item for item, _ in pairs), tuple(accumulate(weight for _, weight in pairs)))


def digest(*parts: object) -> bytes:
    """Return 32 bytes that depend on all the parts, in order."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()


class Dice:
    """Chance that depends on the given parts alone."""

    def __init__(self, *parts: object) -> None:
        self.roll = Random(int.from_bytes(digest(*parts)[:8])).random

    def between(self, low: int, high: int) -> int:
        """Return a whole number in [low, high)."""
        return low + int(self.roll() * (high - low))

    def often_low(self, low: int, high: int) -> int:
        """Return a whole number in [low, high), mostly a small one: waiting times look so."""
        one = self.roll()
        return low + int(one * one * one * (high - low))

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[int(self.roll() * len(items))]

    def weighted(self, among: Weighted[T]) -> T:
        """Return one of the items, by weight."""
        return among.items[bisect(among.edges, self.roll() * among.edges[-1])]
