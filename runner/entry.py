"""One entry of a manifest's `exports` as it is written, with what it inherits. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runner.document import Json, Path


@dataclass(frozen=True)
class Given:
    """A value that a manifest gives, and the place where."""

    value: Any
    path: Path


@dataclass(frozen=True)
class Entry:
    """One entry of `exports`. `unsound` are the places that a schema refused, and those that hold them."""

    top: Mapping[str, Json]
    path: Path
    data: Mapping[str, Json]
    unsound: frozenset[Path]

    def given(self, key: str) -> Given | None:
        """Return a key's value and where it stands: here, in `defaults`, in `output`, or at the top."""
        for data, path in (
            (self.data, self.path),
            (self.top.get("defaults"), ("defaults",)),
            (self.top.get("output"), ("output",)),
            (self.top, ()),
        ):
            if isinstance(data, dict) and key in data:
                return Given(data[key], (*path, key))
        return None

    def sound(self, key: str) -> Given | None:
        """Return a key's value and place if it is given and the schema has nothing against it."""
        given = self.given(key)
        return None if given is None or given.path in self.unsound else given

    def value(self, key: str, default: Json = None) -> Any:  # noqa: ANN401 - a schema has judged it
        """Return a key's value, or the default where it is not given or not sound."""
        given = self.sound(key)
        return default if given is None else given.value

    def parameters(self) -> dict[str, Given]:
        """Return the parameters: those of the export over those of the defaults."""
        merged: dict[str, Given] = {}
        for data, path in ((self.top.get("defaults"), ("defaults",)), (self.data, self.path)):
            written = data.get("parameters") if isinstance(data, dict) else None
            if isinstance(written, dict):
                merged |= {name: Given(one, (*path, "parameters", name)) for name, one in written.items()}
        return merged
