"""Has a profile's credentials from where they are kept, and keeps them out of everything that is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from runner import profiles
from runner.cli import streams
from runner.cli.source import contents
from runner.cli.world import environment
from runner.errors import Refusal
from runner.profiles import Credentials, Profile
from runner.references import Readers, ReadKeyring, Reference, read


def credentials(profile: Profile) -> Credentials:
    """Return the profile's credentials, which no exit lets through from here on. Refusal 78."""
    found = profiles.resolve(profile, environment(), _of_file, from_keyring())
    streams.know(found.company_key, found.username, found.password)
    return found


def credentials_of(several: Iterable[Profile]) -> dict[str, Credentials]:
    """Return the credentials of profiles by their names. Refusal 78 that tells of each without them."""
    found: dict[str, Credentials] = {}
    wrong: list[Refusal] = []
    for profile in several:
        try:
            found[profile.name] = credentials(profile)
        except Refusal as error:
            wrong.append(error)
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        said = [f"{len(wrong)} profiles cannot be used; nothing was sent", *(one.message for one in wrong)]
        raise Refusal(wrong[0].exit, "\n  ".join(said), code=wrong[0].code)
    return found


def keep_out(several: Iterable[Profile]) -> None:
    """Keep the profiles' credentials out of all that is told from here on, as far as they can be had here.

    What a server said in an earlier run may repeat them, and is told again by who asks nobody. A keyring is
    left alone: it may ask a person in turn, and nothing is to be sent.
    """
    for profile in several:
        if "keyring" not in (profile.company_key.kind, profile.username.kind, profile.password.kind):
            with suppress(Refusal):
                credentials(profile)


def secret(one: Reference) -> str:
    """Return a secret that belongs to no API. Raises Unusable."""
    return read(one, Readers(environment(), _of_file, from_keyring()), secret=True)


def _of_file(name: str) -> tuple[bytes, int]:
    """Return what a secret's file holds, and its mode."""
    path = Path(name)
    return contents(path), path.stat().st_mode


def from_keyring(load: Callable[[str], Any] = import_module) -> ReadKeyring:
    """Return what reads the system's keyring, by the package of that name, which is loaded when it is asked.

    Of what the package says when it fails, only the kind of failure is told.
    """

    def read(service: str, user: str) -> str | None:
        keyring, errors = load("keyring"), load("keyring.errors")
        try:
            found: str | None = keyring.get_password(service, user)
        except errors.KeyringError as error:
            raise OSError(0, type(error).__name__) from error
        return found

    return read
