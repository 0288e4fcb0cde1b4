# Generated from specs/ by `make generate`; never edited by hand.
# fmt: off
# ruff: noqa

from __future__ import annotations

from typing import Annotated, Literal

from generated.base import Model
from pydantic import ConfigDict, Field, RootModel


class Column(RootModel[str]):
    root: Annotated[str, Field(max_length=200, min_length=1)]


class RawBrandPostsRequest(Model):
    """
    What a request for the report Raw Brand Posts (raw_brand_posts) may hold.
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
    reportFormat: Annotated[
        Literal["json", "csv"] | None, Field(min_length=1, title="Format of the file")
    ] = None
    """
    Lower case. One vendor sample writes it in capitals, although arguments are case-sensitive [R].
    """
    locale: Annotated[
        Literal["en", "es", "fr", "de", "tr", "en_US"] | None,
        Field(min_length=1, title="Language of the export"),
    ] = None
    """
    No default is documented. Vendor samples also send en_US, which is not among the declared values.
    """
    reportMetrics: Annotated[
        list[Column] | None, Field(min_length=1, title="Columns")
    ] = None
    """
    Only these columns, spelt as given. Absent means every column that the company has switched on.
    """
