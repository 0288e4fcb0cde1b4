# Generated from specs/ by `make generate`; never edited by hand.
# fmt: off
# ruff: noqa

from __future__ import annotations

from typing import Annotated, Literal

from generated.base import Model
from pydantic import ConfigDict, Field, RootModel


class Priority(RootModel[int]):
    root: Annotated[int, Field(ge=0, le=5)]


class Column(RootModel[str]):
    root: Annotated[str, Field(max_length=200, min_length=1)]


class WorkQueue(RootModel[int]):
    root: Annotated[int, Field(ge=1)]


class IncomingPostRequest(Model):
    """
    What a request for the report Raw Incoming Post (incoming_post) may hold.
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
    businessHourType: Annotated[
        bool | None, Field(title="Inside or outside business hours")
    ] = None
    """
    true: inside business hours only. false: outside only. Absent: around the clock. Needs enableBusinessHour: true.
    """
    enableBusinessHour: Annotated[
        bool | None, Field(title="Filter by business hours")
    ] = None
    """
    Switches the filter on. Business hours that a smart view has of its own win over it.
    """
    locale: Annotated[
        Literal["en", "es", "fr", "de", "tr", "en_US"] | None,
        Field(min_length=1, title="Language of the export"),
    ] = None
    """
    No default is documented. Vendor samples also send en_US, which is not among the declared values.
    """
    priorities: Annotated[
        list[Priority] | None, Field(min_length=1, title="Priorities")
    ] = None
    """
    Only these priorities. Absent means all.
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
    smartViewId: Annotated[int | None, Field(ge=1, title="Smart view")] = None
    """
    One id, not a name. Ids come from the Care instance, which is another host.
    """
    timezone: Annotated[
        str | None,
        Field(
            min_length=1,
            pattern="^[A-Za-z][A-Za-z0-9_+/-]{0,63}$",
            title="Time zone of the dates in the file",
        ),
    ] = None
    """
    A zone id such as America/Chicago. Formats dates only; it never moves the window.
    """
    timezoneOffset: Annotated[
        int | None,
        Field(ge=-86400000, le=86400000, title="Fixed offset of the dates in the file"),
    ] = None
    """
    Milliseconds ahead of UTC (behind is negative). Formats dates only, without daylight saving. UTC when absent. The bounds of one day are ours (inference).
    """
    workqueueIds: Annotated[
        list[WorkQueue] | None, Field(min_length=1, title="Work queues")
    ] = None
    """
    Only these work queues. Ids come from the Care instance, which is another host.
    """
