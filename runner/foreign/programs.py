"""Requests of programs that are not read: told apart, so that a person knows what to copy. Pure."""

from __future__ import annotations

import re

ALONE = "copy it as cURL (bash) in the browser, or give the URL alone"
"""What to do about it."""

_BEFORE = r"(?:^|[\s;&|$(])"
_LOOKS = (
    (
        "PowerShell",
        re.compile(r"\bInvoke-(WebRequest|RestMethod)\b|(?:^|[\s;|=(])(?:iwr|irm)\s", re.I | re.M),
    ),
    ("JavaScript", re.compile(r"\b(?:fetch|axios(?:\.\w{1,20})?|XMLHttpRequest|\$\.(?:ajax|get|post))\s?\(")),
    (
        "Python",
        re.compile(
            r"^(?:import|from) \w|\b(?:requests|httpx|session|client|urllib\.request)\.[A-Za-z]{3,20}\(", re.M
        ),
    ),
    ("wget", re.compile(rf"{_BEFORE}wget(?:\.exe)?\s", re.M)),
    ("HTTPie", re.compile(rf"{_BEFORE}(?:https?|xhs?)\s+(?:-|[A-Z]{{3,7}}\s|\S{{0,2}}https?://)", re.M)),
)


def looks_like(text: str) -> str:
    """Return the name of the program that a text is written for; empty where it looks like none."""
    return next((name for name, looks in _LOOKS if looks.search(text)), "")


def refusal(text: str) -> str:
    """Say why a text is not read that holds an address and more; nothing of it is repeated."""
    if name := looks_like(text):
        return f"this looks like {name}, which is not read; {ALONE}"
    return (
        "other text stands around the address, and nobody can tell what in it is a password; "
        f"{ALONE}, each address in one line"
    )
