"""How a secret is met in real artefacts: the tests' own list, so that one missing in the program is found."""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
from collections.abc import Callable, Mapping
from urllib.parse import quote, quote_plus


def in_json(text: str, *, ascii_only: bool = True) -> str:
    """Return what stands between the quotes of a JSON text."""
    return json.dumps(text, ensure_ascii=ascii_only)[1:-1]


def within_base64(text: str, before: int) -> str:
    """Return what base64 of a longer text surely shows of this one, with so many bytes before it."""
    content = text.encode()
    written = base64.b64encode(bytes(before) + content).decode().rstrip("=")
    return written[-(-before * 8 // 6) : (before + len(content)) * 8 // 6]


WRITERS: Mapping[str, Callable[[str], str]] = {
    "plain": str,
    "percent": quote,
    "percent, no slash": lambda one: quote(one, safe=""),
    "percent, lower case": lambda one: re.sub("%..", lambda hexed: hexed[0].lower(), quote(one, safe="")),
    "form": quote_plus,
    "percent twice": lambda one: quote(quote(one, safe=""), safe=""),
    "JSON": in_json,
    "JSON, not only ASCII": lambda one: in_json(one, ascii_only=False),
    "JSON, slashes escaped": lambda one: in_json(one).replace("/", "\\/"),
    "HTML": html.escape,
    "HTML, quotes kept": lambda one: html.escape(one, quote=False),
    "HTML, decimal": lambda one: html.escape(one).replace("&#x27;", "&#39;"),
    "repr": lambda one: repr(one)[1:-1],
    "repr of bytes": lambda one: repr(one.encode())[2:-1],
    "backslashes": lambda one: one.encode("ascii", "backslashreplace").decode(),
    "shell": shlex.quote,
    "hex": lambda one: one.encode().hex(),
    "HEX": lambda one: one.encode().hex().upper(),
    "base64": lambda one: base64.b64encode(one.encode()).decode(),
    "base64 for URLs": lambda one: base64.urlsafe_b64encode(one.encode()).decode(),
    "base64 without padding": lambda one: base64.b64encode(one.encode()).decode().rstrip("="),
    "base64, percent": lambda one: quote(base64.b64encode(one.encode()).decode(), safe=""),
    "within base64, 1": lambda one: within_base64(one, 1),
    "within base64, 2": lambda one: within_base64(one, 2),
}
"""By its name, each way to write a secret."""
