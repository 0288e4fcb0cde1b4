"""What comes in and what goes out, without a socket: requests and answers as plain values."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias
from urllib.parse import parse_qsl, unquote

Json: TypeAlias = Any
"""What `json.dumps` takes: these values are written and never read again."""
MOST_FIELDS = 1000
"""The most fields that a query or a form may have (the sandbox's own choice)."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `target` is the raw path and query, `headers` have lower-case names.

    `port` says which of the two origins was called: the API, or the storage behind the download address.
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    port: Literal["api", "storage"] = "api"

    @property
    def path(self) -> str:
        """The raw path, still percent-encoded, without origin, query and fragment."""
        path = self.target.partition("#")[0].partition("?")[0]
        if path.startswith(("http://", "https://")):
            return "/" + path.split("://", 1)[1].partition("/")[2]
        return path

    @property
    def segments(self) -> tuple[str, ...]:
        """The decoded parts of the path. A slash inside a part must come as %2F, and stays in its part."""
        return tuple(unquote(part, errors="replace") for part in self.path.split("/")[1:])

    @property
    def query(self) -> tuple[tuple[str, str], ...]:
        """The decoded query, in order. ValueError where it has too many fields."""
        return _pairs(self.target.partition("#")[0].partition("?")[2])

    @property
    def form(self) -> tuple[tuple[str, str], ...]:
        """The decoded form body; empty for any other content type. ValueError where it has too many fields.

        A JSON body is not read, though the OpenAPI document declares one: the reference page and all samples
        send a form (quirk body-media-type).
        """
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded":
            return ()
        return _pairs(self.body.decode("utf-8", errors="replace"))


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS))


@dataclass(frozen=True, slots=True)
class Response:
    """One answer. `body` may be made while it is read; without content-length its size is unknown."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: Iterable[bytes] = ()


Fault = Callable[[Request], Response | None]
"""Called before everything else. What it returns is the answer; None lets the request through.

Behind a port, a ConnectionError that it raises, or that its body raises when read, cuts the connection.
"""


def answer(
    status: int, data: Json, media_type: str = "application/json", *extra: tuple[str, str]
) -> Response:
    """Return an answer with a JSON body, whatever `media_type` calls it."""
    content = json.dumps(data, ensure_ascii=False).encode()
    headers = (("content-type", media_type), ("content-length", str(len(content))), *extra)
    return Response(status, headers, (content,))


def passed(result: Json, media_type: str = "application/json") -> Response:
    """Return the vendor's envelope of a good answer [O]."""
    return answer(200, {"status": "PASS", "request": None, "message": None, "result": result}, media_type)


def refused(status: int, message: str, *extra: tuple[str, str]) -> Response:
    """Return an error. No document prints one: an envelope with FAIL and a message is our own choice."""
    data = {"status": "FAIL", "request": None, "message": message, "result": None}
    return answer(status, data, "application/json", *extra)
