# Generated from specs/ by `make generate`; never edited by hand.
# fmt: off
# ruff: noqa

from __future__ import annotations

from typing import Annotated, Literal

from generated.base import Model
from pydantic import ConfigDict, Field, RootModel


class Limits(Model):
    """
    What this profile may use; left out: the documented limits.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    requests_per_minute: Annotated[int | None, Field(ge=1, le=10000)] = None
    """
    Requests a minute.
    """
    running: Annotated[int | None, Field(ge=1, le=100)] = None
    """
    Jobs that run at a time.
    """
    queued: Annotated[int | None, Field(ge=1, le=1000)] = None
    """
    Jobs at a time, running or waiting.
    """
    ahead: Annotated[int | None, Field(ge=0, le=1000)] = None
    """
    Jobs that wait at the vendor behind the running ones.
    """


class Notify(RootModel[str]):
    root: Annotated[
        str,
        Field(
            pattern="^(\\$\\{[A-Za-z_][A-Za-z0-9_]{0,199}\\}|file:/[^\\u0000-\\u001f\\u007f]{1,4000}|keyring:[^\\u0000-\\u001f\\u007f]{1,200}/[^\\u0000-\\u001f\\u007f/]{1,200})$"
        ),
    ]
    """
    Who is told once how a run ended: a webhook, by a reference to its address, or a command, as a list of words, which gets the same JSON on its standard input.
    """


class Notify1Item(RootModel[str]):
    root: Annotated[str, Field(max_length=1000, min_length=1)]


class Notify1(RootModel[list[Notify1Item]]):
    root: Annotated[list[Notify1Item], Field(max_length=50, min_length=1)]
    """
    Who is told once how a run ended: a webhook, by a reference to its address, or a command, as a list of words, which gets the same JSON on its standard input.
    """


class Profile(Model):
    """
    One company at one host with one user.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    base_url: Annotated[str, Field(max_length=300, min_length=1)]
    """
    Scheme and host of the API; the admin screen of the company shows it.
    """
    company_key: Annotated[
        str,
        Field(
            pattern="^(\\$\\{[A-Za-z_][A-Za-z0-9_]{0,199}\\}|file:/[^\\u0000-\\u001f\\u007f]{1,4000}|keyring:[^\\u0000-\\u001f\\u007f]{1,200}/[^\\u0000-\\u001f\\u007f/]{1,200})$"
        ),
    ]
    """
    Reference to the company key: ${ENV}, file:/path or keyring:SERVICE/USER.
    """
    username: Annotated[
        str,
        Field(
            pattern="^(\\$\\{[A-Za-z_][A-Za-z0-9_]{0,199}\\}|file:/[^\\u0000-\\u001f\\u007f]{1,4000}|keyring:[^\\u0000-\\u001f\\u007f]{1,200}/[^\\u0000-\\u001f\\u007f/]{1,200})$"
        ),
    ]
    """
    Reference to the user name: ${ENV}, file:/path or keyring:SERVICE/USER.
    """
    password: Annotated[
        str,
        Field(
            pattern="^(\\$\\{[A-Za-z_][A-Za-z0-9_]{0,199}\\}|file:/[^\\u0000-\\u001f\\u007f]{1,4000}|keyring:[^\\u0000-\\u001f\\u007f]{1,200}/[^\\u0000-\\u001f\\u007f/]{1,200})$"
        ),
    ]
    """
    Reference to the password: ${ENV}, file:/path or keyring:SERVICE/USER.
    """
    limits: Annotated[Limits | None, Field(title="Limits")] = None
    """
    What this profile may use; left out: the documented limits.
    """
    on_unknown: Literal["repeat", "stop"] | None = None
    """
    What to do where the answer to a create request never came, so that the vendor may hold the job: send it once more, counted and flagged, or stop.
    """
    notify: Notify | Notify1 | None = None
    """
    Who is told once how a run ended: a webhook, by a reference to its address, or a command, as a list of words, which gets the same JSON on its standard input.
    """


class Profiles(Model):
    """
    Companies to export from. Holds references to secrets, never secrets.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    version: Literal[1]
    profiles: dict[str, Profile]
    """
    Profiles by name.
    """
