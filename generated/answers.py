# Generated from specs/ by `make generate`; never edited by hand.
# fmt: off
# ruff: noqa

from __future__ import annotations

from typing import Annotated, Any

from generated.base import Model
from pydantic import ConfigDict, Field, RootModel


class Job(Model):
    """
    A job, with its addresses; the generic endpoint's example has only the two ids.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    workflowId: str
    runId: str
    """
    Holds + / and =.
    """
    downloadUrl: str | None = None
    """
    Empty until ready; filled early in some examples.
    """
    statusUrl: str | None = None


class JobInfo(Model):
    """
    A job, with its addresses; the generic endpoint's example has only the two ids.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    workflowId: str | None = None
    runId: str | None = None
    """
    Holds + / and =.
    """
    downloadUrl: str | None = None
    """
    Empty until ready; filled early in some examples.
    """
    statusUrl: str | None = None


class State(Model):
    """
    How far the job is.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    runnerState: str
    """
    RUNNING or CLOSED; CLOSED covers failure too.
    """
    reason: str | None = None
    detail: str | None = None
    """
    COMPLETED or FAILED with CLOSED.
    """
    details: str | None = None
    """
    Older spelling of detail.
    """
    currentCount: Any | None = None
    totalCount: Any | None = None
    lastAcknowledgeTime: Any | None = None


class Result(RootModel[list[Job]]):
    root: Annotated[list[Job], Field(max_length=1, min_length=1)]
    """
    An object, a list of one, or a text on a bad request.
    """


class CreateAnswer(Model):
    """
    Answer to a create request.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    status: str | None = None
    """
    PASS on success; PASS does not mean that the job went well.
    """
    request: Any | None = None
    """
    null in every example.
    """
    message: Any | None = None
    """
    null in every example.
    """
    result: Job | Result | str | None
    """
    An object, a list of one, or a text on a bad request.
    """


class Progress(Model):
    """
    A job and its state.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    jobInfo: JobInfo
    result: State


class Result1(RootModel[list[Progress]]):
    root: Annotated[list[Progress], Field(max_length=1, min_length=1)]
    """
    An object, a list of one, or a text on a bad request.
    """


class StatusAnswer(Model):
    """
    Answer to a status request.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    status: str | None = None
    """
    PASS on success; PASS does not mean that the job went well.
    """
    request: Any | None = None
    """
    null in every example.
    """
    message: Any | None = None
    """
    null in every example.
    """
    result: Progress | Result1 | str | None
    """
    An object, a list of one, or a text on a bad request.
    """
