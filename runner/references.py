"""PURE: where a secret is kept, and how it is had from there: an environment variable, a file, the keyring.

The environment, files and the keyring come in as arguments, so nothing here can read what it was not given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

SHORTEST_SECRET = 6
"""A shorter secret cannot be kept out of a message without spoiling the message."""

GET_KEYRING = (
    "in a clone `.venv/bin/python -m pip install keyring`, with pipx "
    "`pipx inject --include-apps care-export keyring`"
)
"""How the package is had that reads the keyring, into the very Python that runs this program."""

ReadFile = Callable[[str], tuple[bytes, int]]
"""Path -> content and mode bits; OSError where it cannot be read."""
ReadKeyring = Callable[[str, str], str | None]
"""Service and user -> secret, None where there is none. Raises OSError with a reason, or ImportError."""


class Unusable(Exception):
    """A secret that cannot be had, or not be used; the message says why, and never holds it."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a secret is: the variable, the file or the `SERVICE/USER` of the keyring that `name` says.

    Kind `value` is for the sandbox's own only: `name` is the secret.
    """

    kind: Literal["env", "file", "keyring", "value"]
    name: str

    def __str__(self) -> str:
        """Name the place, for people."""
        kinds = {"env": "the variable", "file": "the file", "keyring": "the keyring's entry"}
        return f"{kinds[self.kind]} {self.name}"


@dataclass(frozen=True, slots=True)
class Readers:
    """What a secret may be read from."""

    environ: Mapping[str, str]
    read_file: ReadFile
    read_keyring: ReadKeyring


def reference(text: str) -> Reference:
    """Read `${NAME}`, `file:/path` or `keyring:SERVICE/USER`; the schema lets nothing else through."""
    if text.startswith("${"):
        return Reference("env", text[2:-1])
    kind, _, name = text.partition(":")
    return Reference("keyring" if kind == "keyring" else "file", name)


def read(one: Reference, readers: Readers, *, secret: bool) -> str:
    """Return what a reference stands for. A `secret` must be long enough to be masked. Raises Unusable."""
    match one.kind:
        case "value":
            return one.name
        case "env":
            if one.name not in readers.environ:
                raise Unusable("is not set")
            value = readers.environ[one.name]
        case "file":
            value = _of_file(one.name, readers.read_file)
        case _:
            value = _of_keyring(one.name, readers.read_keyring)
    if why := _unfit(value, secret=secret):
        raise Unusable(why)
    return value


def _of_file(path: str, read_file: ReadFile) -> str:
    """Return a secret file's text without the line end that editors add."""
    try:
        content, mode = read_file(path)
        if mode & 0o077:
            raise Unusable("can be read by others: chmod 600")
        return content.decode().removesuffix("\n").removesuffix("\r")
    except OSError as error:
        raise Unusable(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Unusable("is not UTF-8") from error


def _of_keyring(name: str, read_keyring: ReadKeyring) -> str:
    """Return the entry of a service and a user; a user's name holds no slash."""
    service, _, user = name.rpartition("/")
    try:
        found = read_keyring(service, user)
    except ImportError as error:
        raise Unusable(f"needs a package that is not here: {GET_KEYRING}") from error
    except OSError as error:
        raise Unusable(f"cannot be read: {error.strerror}") from error
    if found is None:
        raise Unusable("is not there")
    return found


def _unfit(value: str, *, secret: bool) -> str:
    if not value:
        return "is empty"
    if re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", value):
        return "holds a line break or another control character"
    if value != value.strip():
        return "begins or ends with a space"
    if secret and len(value) < SHORTEST_SECRET:
        return f"is shorter than {SHORTEST_SECRET} characters: too short to be kept out of messages"
    return ""
