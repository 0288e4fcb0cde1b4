"""Which parts of a request let their holder in: headers above all. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator

_SECRET = re.compile(
    r"authorization|cookie|token|secret|passw|pwd|(api|company)[-_ ]?key|session|credential|^value$"
)
_NO_SECRET = re.compile(r"(url|uri|name|to|type|method|prefix|placement|at|id)$|^auto")
"""Settings of a way to ask, as the name of a token's header."""


def credentials(headers: Iterable[tuple[str, str]]) -> tuple[str, str, tuple[str, ...]]:
    """Return user and password of Basic, and all else that lets its holder in: tokens, keys, cookies."""
    user, password = "", ""
    others = []
    for title, value in headers:
        name, content = title.strip().lower(), value.strip()
        if name == "authorization":
            user, password = basic(content)
        if content and is_secret(name):
            others.append(_token(name, content))
    return user, password, tuple(others)


def is_secret(name: str) -> bool:
    """Say whether a header, a parameter or a key holds what lets its holder in, by its name."""
    lower = name.lower()
    return bool(_SECRET.search(lower)) and not _NO_SECRET.search(lower)


def secrets_of(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield those values of pairs that let their holder in."""
    return (value for name, value in pairs if value and is_secret(name))


def basic(header: str) -> tuple[str, str]:
    """Return the user and the password that an Authorization header carries, or two empty texts."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(token.strip(), validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return user, password


def _token(name: str, content: str) -> str:
    """Return the secret of a header: in an authorization the scheme before it is none."""
    return content.partition(" ")[2].strip() or content if name.endswith("authorization") else content
