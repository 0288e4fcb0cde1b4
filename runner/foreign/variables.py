"""Variables of a collection, `{{name}}` and `/:name` in a path, put in where their value is known. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_NAME = re.compile(r"\{\{\s{0,9}([^{}\s][^{}]{0,99}?)\s{0,9}\}\}")
_SEGMENT = re.compile(r"(?<=/):(\w[\w-]{0,99})(?=/|$)")
_DEEPEST = 5
"""A variable's value may hold another one, so many times."""
_LONGEST = 1_000_000
"""A text may grow to so many characters; variables that multiply each other end there."""


@dataclass(frozen=True)
class Scope:
    """What variables mean at one place of a collection; an inner place wins over an outer one."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    def within(self, values: Mapping[str, str]) -> Scope:
        """Return the scope of an inner place with these values of its own."""
        return Scope({**self.values, **values}) if values else self

    def filled(self, text: str) -> str:
        """Return a text with the variables put in whose values are known; the others stay as they are."""
        for _ in range(_DEEPEST):
            names = [found[1] for found in _NAME.finditer(text) if found[1] in self.values]
            if not names or len(text) + sum(len(self.values[one]) for one in names) > _LONGEST:
                break
            text = _NAME.sub(lambda found: self.values.get(found[1], found[0]), text)
        return text


def in_path(address: str, values: Mapping[str, str]) -> str:
    """Return an address with the values of its path's variables put in; one without a value stays."""
    path, question, query = address.partition("?")
    return _SEGMENT.sub(lambda found: values.get(found[1]) or found[0], path) + question + query


def unknowns(text: str) -> list[str]:
    """Return all variables of a text that have no value, as they stand there."""
    return [found[0] for found in _NAME.finditer(text)]


def unknown(text: str) -> str:
    """Return the first variable of a text that has no value; empty where there is none."""
    found = _NAME.search(text)
    return found[1] if found else ""
