# Generated from specs/ by `make generate`; never edited by hand.
# fmt: off
# ruff: noqa

from __future__ import annotations

from typing import Annotated, Literal

from generated.base import Model
from pydantic import ConfigDict, Field, RootModel


class Agent(RootModel[int]):
    root: Annotated[int, Field(ge=1)]


class Team(RootModel[int]):
    root: Annotated[int, Field(ge=1)]


class Column(RootModel[str]):
    root: Annotated[str, Field(max_length=200, min_length=1)]


class LengthOfABucket(RootModel[int]):
    root: Annotated[int, Field(gt=604800000, title="Length of a bucket")]
    """
    Milliseconds. One of the listed lengths; anything longer than a week means monthly buckets.
    """


class UserRequest(Model):
    """
    What a request for the report User (user) may hold.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    startTime: Annotated[
        int, Field(ge=1000000000000, le=9999999999999, title="Start of the window")
    ]
    """
    Unix time in milliseconds, 13 digits. No time zone parameter moves it.
    """
    endTime: Annotated[
        int, Field(ge=1000000000000, le=9999999999999, title="End of the window")
    ]
    """
    Unix time in milliseconds, 13 digits. Whether it is inclusive is not documented; see end_offset_ms.
    """
    agentId: Annotated[list[Agent] | None, Field(min_length=1, title="Agents")] = None
    """
    Only these agents. How it combines with teamId is not known here.
    """
    teamId: Annotated[list[Team] | None, Field(min_length=1, title="Teams")] = None
    """
    Only these teams, by number. How it combines with agentId is not known here.
    """
    includeDisabled: Annotated[
        bool | None, Field(title="Also agents that are switched off")
    ] = None
    """
    Declared as a boolean for the user export and as text elsewhere; on the wire it is true or false in lower case.
    """
    locale: Annotated[
        Literal["en", "es", "fr", "de", "tr", "en_US"] | None,
        Field(min_length=1, title="Language of the export"),
    ] = None
    """
    No default is documented. Vendor samples also send en_US, which is not among the declared values.
    """
    reportFormat: Annotated[
        Literal["json", "csv"] | None, Field(min_length=1, title="Format of the file")
    ] = None
    """
    Lower case. One vendor sample writes it in capitals, although arguments are case-sensitive [R].
    """
    reportMetrics: Annotated[
        list[Column] | None, Field(min_length=1, title="Columns")
    ] = None
    """
    Only these columns, spelt as given. Absent means every column that the company has switched on.
    """
    timeInterval: Annotated[
        Literal[300000, 600000, 900000, 1800000, 3600000, 7200000, 14400000, 28800000, 43200000, 86400000, 604800000] | LengthOfABucket | None,
        Field(title="Length of a bucket"),
    ] = None
    """
    Milliseconds. One of the listed lengths; anything longer than a week means monthly buckets.
    """
