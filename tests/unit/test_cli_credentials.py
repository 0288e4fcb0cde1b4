"""Credentials from the system's keyring, by the package of that name, which few machines have."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from runner.cli.credentials import credentials, from_keyring
from runner.cli.streams import begin, secrets_in
from runner.profiles import sandbox


class KeyringError(Exception):
    """What the package's failures are made from."""


class KeyringLocked(KeyringError):
    """One of them."""


class Backend:
    """A backend as the package has them, which keeps its entries in memory."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.locked = False

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a password."""
        self.entries[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        """Return a password; None where there is none."""
        if self.locked:
            raise KeyringLocked("the password is hunter22")
        return self.entries.get((service, username))


def test_an_entry_is_read_by_service_and_user() -> None:
    """The package is loaded when a secret is asked for, and not before."""
    backend = Backend()
    backend.set_password("care", "anna", "correct horse")
    loaded: list[str] = []

    def load(name: str) -> Any:
        loaded.append(name)
        return {"keyring": backend, "keyring.errors": SimpleNamespace(KeyringError=KeyringError)}[name]

    read = from_keyring(load)
    assert loaded == []
    assert read("care", "anna") == "correct horse"
    assert read("care", "otto") is None
    backend.locked = True
    with pytest.raises(OSError, match="KeyringLocked") as caught:
        read("care", "anna")
    assert "hunter22" not in str(caught.value)


def test_a_machine_without_the_package_says_so() -> None:
    """ImportError is what `runner.references` turns into the advice to install it."""

    def load(name: str) -> Any:
        return import_module(f"no_such_{name}")

    with pytest.raises(ImportError):
        from_keyring(load)("care", "anna")


def test_credentials_are_known_to_the_exits() -> None:
    """Whoever has credentials cannot forget to keep them out of what is told."""
    begin()
    assert credentials(sandbox()).password == "sandbox-password"
    assert secrets_in("Basic c2FuZGJveEBleGFtcGxlLmNvbTpzYW5kYm94LXBhc3N3b3Jk")
    begin()
