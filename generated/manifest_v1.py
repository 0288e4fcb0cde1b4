# Generated from specs/ by `make generate`; never edited by hand.
# fmt: off
# ruff: noqa

from __future__ import annotations

from typing import Annotated, Literal

from generated.base import Model
from pydantic import ConfigDict, Field, RootModel


class Profile(RootModel[str]):
    root: Annotated[str, Field(pattern="^\\w([\\w .-]{0,98}[\\w-])?$")]


class Output(Model):
    """
    Where files go.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    directory: Annotated[str | None, Field(max_length=500, min_length=1)] = None
    """
    Where files go, relative to where the command runs.
    """
    filename: Annotated[str | None, Field(max_length=500, min_length=1)] = None
    """
    Template of a file's path, e.g. {{ manifest }}/{{ export }}_{{ start | date }}.{{ format }}
    """


class Period1(Model):
    """
    2026, 2026-Q1, 2026-01, 2026-W05, 2026-01-15, or {start, end}; the end is not part of it.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    start: str | int
    """
    An ISO date, an ISO instant with an offset, or epoch milliseconds.
    """
    end: str | int
    """
    An ISO date, an ISO instant with an offset, or epoch milliseconds.
    """


class Split1(RootModel[int]):
    root: Annotated[int, Field(ge=1, le=92)]
    """
    Cut the period into windows: a calendar step, or a number of days.
    """


class Parameters(Model):
    """
    Parameters by the API's own names.
    """

    model_config = ConfigDict(
        extra="allow",
    )


class Metric(RootModel[str]):
    root: Annotated[str, Field(max_length=500, min_length=1)]


class Export(Model):
    """
    One report to export.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    id: Annotated[str | None, Field(pattern="^\\w([\\w .-]{0,98}[\\w-])?$")] = None
    """
    Name of this export. Left out: the report's id.
    """
    report: str
    """
    Which report to export.
    """
    metrics: Annotated[list[Metric] | None, Field(max_length=1000, min_length=1)] = None
    """
    Columns, by API name or UI name. Left out: all columns.
    """
    parameters: Parameters | None = None
    format: Literal["csv", "json"] | None = None
    """
    Format of the file. Left out: the vendor's default, json.
    """
    locale: Literal["en", "es", "fr", "de", "tr", "en_US"] | None = None
    """
    Language of the export. Left out: not sent.
    """
    split: Literal["none", "day", "week", "month", "quarter"] | Split1 | None = None
    """
    Cut the period into windows: a calendar step, or a number of days.
    """
    timezone: Annotated[str | None, Field(max_length=500, min_length=1)] = None
    """
    IANA zone of the period, and what the API formats dates in.
    """
    period: Period1 | str | int | None = None
    """
    2026, 2026-Q1, 2026-01, 2026-W05, 2026-01-15, or {start, end}; the end is not part of it.
    """
    profiles: Annotated[list[Profile] | None, Field(min_length=1)] = None
    """
    Companies, by their name in profiles.yaml.
    """
    open: bool | None = None
    """
    Allow a window that ends in the future; it cannot be reproduced.
    """
    split_anyway: bool | None = None
    """
    Split a report whose parts do not add up; each file is labelled.
    """
    method: Literal["GET", "POST"] | None = None
    """
    Left out: the one that the report uses by default.
    """
    filename: Annotated[str | None, Field(max_length=500, min_length=1)] = None
    """
    Template of the file's path under the output directory.
    """


class Defaults(Model):
    """
    What holds for every export that does not say otherwise.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    format: Literal["csv", "json"] | None = None
    """
    Format of the file. Left out: the vendor's default, json.
    """
    locale: Literal["en", "es", "fr", "de", "tr", "en_US"] | None = None
    """
    Language of the export. Left out: not sent.
    """
    split: Literal["none", "day", "week", "month", "quarter"] | Split1 | None = None
    """
    Cut the period into windows: a calendar step, or a number of days.
    """
    open: bool | None = None
    """
    Allow a window that ends in the future; it cannot be reproduced.
    """
    split_anyway: bool | None = None
    """
    Split a report whose parts do not add up; each file is labelled.
    """
    parameters: Parameters | None = None
    metrics: Annotated[list[Metric] | None, Field(max_length=1000, min_length=1)] = None
    """
    Columns, by API name or UI name. Left out: all columns.
    """


class Manifest(Model):
    """
    What to export, from when, into which files.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    version: Literal[1]
    """
    Version of this format.
    """
    name: Annotated[str | None, Field(pattern="^\\w([\\w .-]{0,98}[\\w-])?$")] = None
    """
    Name of the manifest. Left out: the file's name without its ending.
    """
    profiles: Annotated[list[Profile] | None, Field(min_length=1)] = None
    """
    Companies, by their name in profiles.yaml.
    """
    timezone: Annotated[str | None, Field(max_length=500, min_length=1)] = None
    """
    IANA zone of the period, and what the API formats dates in.
    """
    period: Period1 | str | int | None = None
    """
    2026, 2026-Q1, 2026-01, 2026-W05, 2026-01-15, or {start, end}; the end is not part of it.
    """
    output: Annotated[Output | None, Field(title="Output")] = None
    """
    Where files go.
    """
    defaults: Annotated[Defaults | None, Field(title="Defaults")] = None
    """
    What holds for every export that does not say otherwise.
    """
    exports: Annotated[list[Export], Field(max_length=10000, min_length=1)]
    """
    What to export.
    """
