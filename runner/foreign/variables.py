"""Variables of a collection, `{{name}}`, put in where their value is known. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_NAME = re.compile(r"\{\{\s*([^{}]{1,100}?)\s*\}\}")
_DEEPEST = 5
"""A variable's value may hold another one, so many times."""
_LONGEST = 20_000
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
            made = _NAME.sub(lambda found: self.values.get(found[1], found[0]), text)
            if made == text or len(made) > _LONGEST:
                break
            text = made
        return text


def unknown(text: str) -> str:
    """Return the first variable of a text that has no value; empty where there is none."""
    found = _NAME.search(text)
    return found[1] if found else ""
