"""A call of JavaScript's fetch as browsers copy it: an address and a JSON object of settings. Pure.

No JavaScript is carried out: what a person has written by hand, with variables or functions, is not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from runner.document import Json
from runner.foreign import address
from runner.foreign.broken import Beside, only
from runner.foreign.call import Call
from runner.foreign.curl import pairs_in
from runner.foreign.data import mapping, text
from runner.foreign.headers import credentials

_OPEN = re.compile(r"(?:(?:const|let|var)\s{1,9}\w{1,99}\s{0,9}=\s{0,9})?(?:await\s{1,9})?fetch\s{0,9}\(\s*")
_COMMA = re.compile(r"\s*,\s*")
_CLOSE = re.compile(r"\s*,?\s*\)\s*[;,]?\s*")
_DECODER = json.JSONDecoder()


def is_fetch(text: str) -> bool:
    """Say whether a text begins with a call of fetch."""
    return bool(_OPEN.match(text.lstrip()))


def calls(source: str) -> Iterator[Call]:
    """Yield the requests of a text that is calls of fetch and nothing else; Beside where there is more."""
    at = len(source) - len(source.lstrip())
    while at < len(source):
        begun = _OPEN.match(source, at)
        if not begun:
            raise _beside(source, at)
        url, at = _data(source, begun.end())
        settings: Json = {}
        if not _CLOSE.match(source, at) and (comma := _COMMA.match(source, at)):
            settings, at = _data(source, comma.end())
        end = _CLOSE.match(source, at)
        if not end or not isinstance(url, str):
            raise _beside(source, at)
        yield _call(url, mapping(settings))
        at = end.end()


def _data(source: str, at: int) -> tuple[Json, int]:
    """Return the JSON that stands there, and where it ends."""
    try:
        return _DECODER.raw_decode(source, at)
    except (ValueError, RecursionError):
        raise _beside(source, at) from None


def _beside(source: str, at: int) -> Beside:
    return Beside(source.count("\n", 0, at) + 1)


def _call(url: str, settings: dict[str, Json]) -> Call:
    """Return one call as the request that it sends."""
    read, username, password, remarks = address.read(only(url).whole())
    headers = [(name.lower(), text(value)) for name, value in mapping(settings.get("headers")).items()]
    user, secret, others = credentials(headers)
    raw = text(settings.get("body"))
    as_json = "json" in dict(headers).get("content-type", "")
    form, body, odd = pairs_in(raw, "none" if not raw else "json" if as_json else "form")
    return Call(
        name="",
        url=read,
        method=(text(settings.get("method")) or "GET").upper(),
        form=form,
        body=body,
        username=user or username,
        password=secret or password,
        others=others,
        remarks=(*remarks, *odd),
    )
