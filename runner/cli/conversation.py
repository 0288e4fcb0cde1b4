"""Asks a person at a terminal: what was said wrong is explained, and asked again."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable
from typing import TypeVar

import click

from runner.cli.streams import say, shown

Taken = TypeVar("Taken")


class Again(Exception):
    """What was said is no answer: the lines say why, or show what was asked to be shown."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = lines


def asked(question: str, take: Callable[[str], Taken], default: str = "") -> Taken:
    """Ask until `take` takes the answer; it raises Again to say why it does not.

    Ctrl-C ends as everywhere, and so does the end of what is typed (Ctrl-D).
    """
    while True:
        said = _typed(question, default)
        try:
            return take(said.strip())
        except Again as again:
            say("\n".join(f"  {line}" for line in again.lines))


def agreed(question: str) -> bool:
    """Ask whether it shall be so; Enter says yes."""
    return asked(f"{question} (y or n)", _yes_or_no, "y")


def _yes_or_no(said: str) -> bool:
    if said.lower() in ("y", "yes"):
        return True
    if said.lower() in ("n", "no"):
        return False
    raise Again("write y or n")


def _typed(question: str, default: str) -> str:
    try:
        said: str = click.prompt(shown(question), default=default, show_default=bool(default))
    except click.Abort as end:
        # click makes one of Ctrl-C, of Ctrl-D and of SIGTERM; each ends as it would elsewhere.
        if isinstance(end.__context__, KeyboardInterrupt):
            raise end.__context__ from None
        raise KeyboardInterrupt from None
    return said


def wrapped(texts: Iterable[str], width: int) -> list[str]:
    """Return texts in lines of that width, less the indent that answers have."""
    return [
        line
        for text in texts
        for line in textwrap.wrap(text, max(width - 2, 40), break_long_words=False, break_on_hyphens=False)
    ]
