"""Secrets that must never be seen, and the search for them in everything that a test wrote.

Searched for are the planted credentials in every writing, what HTTP Basic makes of them and of the sandbox's
own, and by their looks the run ids, access tokens and signatures that the sandbox makes up as it goes. The
sandbox's user, password and company key alone are no secret: its help prints them.
"""

from __future__ import annotations

import base64
import json
import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from runner.sandbox import accounts
from runner.sandbox.accounts import Account
from tests.writings import WRITERS

ACCOUNT = Account('canary.user+"é@acme.example', 'canary p@ss w/ord+"é<&%', "CANARY/Company+Key==")
"""Credentials with every sign that some format writes otherwise."""
VARIABLES = {
    "CANARY_COMPANY_KEY": ACCOUNT.company_key,
    "CANARY_USERNAME": ACCOUNT.username,
    "CANARY_PASSWORD": ACCOUNT.password,
}
"""The same as the environment of every child that a test starts: whoever prints that, is found."""


def profile(base_url: str) -> str:
    """Return a profile at an address, with these credentials, as it stands in profiles.yaml."""
    return (
        f"{{base_url: '{base_url}', company_key: '${{CANARY_COMPANY_KEY}}', "
        "username: '${CANARY_USERNAME}', password: '${CANARY_PASSWORD}'}"
    )


def _basic(username: str, password: str) -> str:
    return base64.b64encode(f"{username}:{password}".encode()).decode()


_SECRETS = {
    "the company key": ACCOUNT.company_key,
    "the user name": ACCOUNT.username,
    "the password": ACCOUNT.password,
    "the pair of Basic": f"{ACCOUNT.username}:{ACCOUNT.password}",
    "the token of Basic": _basic(ACCOUNT.username, ACCOUNT.password),
    "the sandbox's token of Basic": _basic(accounts.USERNAME, accounts.PASSWORD),
}
WRITTEN = {
    write(secret): f"{name} ({how})" for name, secret in _SECRETS.items() for how, write in WRITERS.items()
}
"""What is searched for, and what it is."""
_LOOKS = {
    "an access token": re.compile(r"analyticsAccessToken(?:=|%3D)[\w%+/=-]{6}", re.IGNORECASE),
    "a signature": re.compile(r"X-Sandbox-Signature(?:=|%3D)[0-9a-f]{6}", re.IGNORECASE),
    "a run id": re.compile(r"(?:[A-Za-z0-9+/]|%2[BbFf]){160}"),
}
"""How the sandbox's own tokens look. No digest and no path is as long as a run id."""


def leaks(text: str) -> list[str]:
    """Return which secrets stand in a text, by their names."""
    found = {name for written, name in WRITTEN.items() if written in text}
    return sorted(found | {name for name, looks in _LOOKS.items() if looks.search(text)})


def hear(*texts: str) -> None:
    """Check what a test was told by the command; AssertionError with the names of the secrets in it."""
    for text in texts:
        assert not (found := leaks(text)), f"told: {', '.join(found)}"


def in_folder(folder: Path) -> list[str]:
    """Return a line for each secret in the names and contents of files below a folder.

    A journal holds the vendor's answers as they came: of its events only the messages are looked at. A file
    that is its owner's alone and holds one secret and nothing else is where a secret is kept.
    """
    lines = []
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        lines += [f"{name}: its name holds {one}" for one in leaks(name)]
        for text in _contents(path):
            lines += [f"{name}: {one}" for one in leaks(text)]
    return lines


def _contents(path: Path) -> Iterator[str]:
    """Yield the texts of a file that nobody may find a secret in."""
    with suppress(OSError):
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode):
            return
        if path.name.startswith("journal.db"):
            yield from _events(path) if path.suffix == ".db" else ()
            return
        text = path.read_bytes().decode("utf-8", "backslashreplace")
        if mode & 0o077 or text.strip("\r\n") not in _SECRETS.values():
            yield text


def _events(path: Path) -> Iterator[str]:
    """Yield the messages of a journal's events; nothing of what is no journal."""
    with suppress(sqlite3.Error, ValueError), closing(sqlite3.connect(path)) as journal:
        for (plain,) in journal.execute("SELECT plain FROM event"):
            yield json.loads(plain).get("message", "")
