"""Who may call the sandbox: user, password and company key. They protect nothing and are no secret."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

USERNAME = "sandbox@example.com"
PASSWORD = "sandbox-password"  # noqa: S105 - the sandbox's own, in every README
COMPANY_KEY = "SANDBOX-COMPANY-KEY"


@dataclass(frozen=True, slots=True)
class Account:
    """One analytics user of one company. Several may share a company key, and its limits."""

    username: str
    password: str
    company_key: str


DEFAULT_ACCOUNTS = (Account(USERNAME, PASSWORD, COMPANY_KEY),)
"""The one account of a sandbox that was given no others."""


def proven(authorization: str, accounts: Iterable[Account]) -> tuple[Account, ...]:
    """Return the accounts that an Authorization header proves; one user may have several company keys.

    Case counts, as the vendor says.
    """
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ()
    try:
        given = base64.b64decode(encoded.strip(), validate=True)
    except ValueError:
        return ()
    return tuple(
        one for one in accounts if hmac.compare_digest(given, f"{one.username}:{one.password}".encode())
    )
