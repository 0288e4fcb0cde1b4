# Generated from specs/ by `make generate`; never edited by hand.
# fmt: off
# ruff: noqa

from __future__ import annotations

from typing import Annotated, Literal

from generated.base import Model
from pydantic import ConfigDict, Field, RootModel


class LockedWindow(Model):
    """
    Half-open: the end is not part of it.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    start_ms: int
    end_ms: int
    start: str
    end: str
    timezone: str


class QueryItem(RootModel[list[str]]):
    root: Annotated[list[str], Field(max_length=2, min_length=2)]


class FormItem(RootModel[list[str]]):
    root: Annotated[list[str], Field(max_length=2, min_length=2)]


class LockedRequest(Model):
    """
    As sent, without the company key.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    method: Literal["GET", "POST"]
    path: str
    query: list[QueryItem]
    form: list[FormItem]


class LockedPartition(Model):
    """
    What one partition asked and what came back.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    source: Literal["sandbox", "live"]
    profile: str
    export: str
    report: str
    window: Annotated[LockedWindow, Field(title="LockedWindow")]
    """
    Half-open: the end is not part of it.
    """
    request: Annotated[LockedRequest, Field(title="LockedRequest")]
    """
    As sent, without the company key.
    """
    request_digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    output: str
    bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    rows: Annotated[int, Field(ge=0)]
    rows_digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    columns: list[str]
    proof: Literal["checksum", "length", "framing", "structure"]
    labels: list[str]


class Lock(Model):
    """
    What was asked and what came back.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    version: Literal[1]
    manifest: str
    manifest_digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    catalog_digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    timezone_data: str
    program: str
    partitions: dict[str, LockedPartition]
