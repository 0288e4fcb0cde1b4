"""Leads other parts into a verb: its own code, which finds them where it looks for the product's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import CellType, CodeType, FunctionType
from typing import Any


def led(body: Any, parts: Mapping[str, Any]) -> Callable[..., Any]:
    """Return a function of the same code that finds `parts`, by name, in the place of the product's.

    What a decorator has wrapped is wrapped again, by the decorator's own code.
    """
    assert isinstance(body, FunctionType)
    within, cells, names = getattr(body, "__wrapped__", None), body.__closure__, body.__globals__
    if within is None:
        missing = set(parts) - _names(body.__code__)
        assert not missing, f"`run` looks for {sorted(missing)} elsewhere now: lead them in there"
        names = {**names, **parts}
    else:
        own = CellType(led(within, parts))
        cells = tuple(own if one.cell_contents is within else one for one in cells or ())
    again = FunctionType(body.__code__, names, "run", body.__defaults__, cells)
    again.__kwdefaults__ = body.__kwdefaults__
    return again


def _names(code: CodeType) -> set[str]:
    """Return the names that a code looks up, with those of the functions and comprehensions within it."""
    within = [_names(one) for one in code.co_consts if isinstance(one, CodeType)]
    return set(code.co_names).union(*within)
