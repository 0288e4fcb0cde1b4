"""One request as another tool wrote it, before anybody asks what it means; and what is noticed. Pure.

Secrets that stand in it are kept out of every repr. Nothing here writes them anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from runner.foreign.headers import secrets_of
from runner.request import Pairs
from runner.sandbox.accounts import COMPANY_KEY, PASSWORD, USERNAME

Body = Literal["none", "form", "json", "multipart", "other"]
"""How a request carries its body."""

_PLACEHOLDER = re.compile(
    r"\[[^\]]*\]|<[^>]*>|\{\{.*\}\}|\$\{.*\}|\$\(.*\)|\$\w+|%\w+%|[*x.…]+|"
    r"((your|put|my|the|here|company|site|api|user|pass|word|name|key|e?mail|login|access|token)[-_ ]?)*",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something noticed: what it is about (a parameter, or a part), and if it is wrong or only notable."""

    message: str
    about: str = ""
    grave: bool = True


@dataclass(frozen=True, slots=True)
class Url:
    """An address taken apart; `host` with its port. Parts that it has not are empty; pairs are decoded."""

    scheme: str
    host: str
    path: str
    query: Pairs = field(repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `method` is empty where nothing says it. `others` are secrets in headers and cookies."""

    name: str
    url: Url
    method: str = ""
    form: Pairs = field(default=(), repr=False)
    body: Body = "none"
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    others: tuple[str, ...] = field(default=(), repr=False)
    remarks: tuple[Remark, ...] = ()

    def company_key(self) -> str:
        """Return the company's key as it stands there, wherever it stands."""
        return next((value for name, value in (*self.url.query, *self.form) if name == "companyKey"), "")

    def secrets(self) -> tuple[str, ...]:
        """Return what must not be shown: the key, user and password, tokens; no placeholders."""
        return real(dict.fromkeys((self.company_key(), self.username, self.password, *self.tokens())))

    def tokens(self) -> tuple[str, ...]:
        """Return all else that lets its holder in: in headers and cookies, and by its name in pairs."""
        return (*self.others, *secrets_of((*self.url.query, *self.form)))


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in one input: its kind and title, its requests, and what is notable about all of it."""

    kind: str
    title: str
    calls: tuple[Call, ...]
    remarks: tuple[Remark, ...] = ()


class Unread(ValueError):
    """An input cannot be read; `line` and `column` count from 1, `path` is the place in its data.

    Of a folder, `file` is the path of the file at fault within it.
    """

    def __init__(self, message: str, line: int = 1, column: int = 1, path: str = "") -> None:
        super().__init__(message)
        self.line, self.column, self.path, self.file = line, column, path, ""


@contextmanager
def within(file: str) -> Iterator[None]:
    """Let what cannot be read here name this file of a folder."""
    try:
        yield
    except Unread as unread:
        unread.file = unread.file or file
        raise


def real(texts: Iterable[str]) -> tuple[str, ...]:
    """Return those that are secrets: no placeholders, and not the sandbox's own, which protect nothing."""
    own = (COMPANY_KEY, USERNAME, PASSWORD)
    return tuple(one for one in texts if one not in own and not _PLACEHOLDER.fullmatch(one))


def sound(text: str) -> str:
    """Return text without halves of characters, which JSON can hold and no file can."""
    return text.encode("utf-8", "replace").decode()
