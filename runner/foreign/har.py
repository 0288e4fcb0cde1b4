"""A HAR, version 1.2: what a browser or a proxy recorded. Pure.

Names and values of a query stand there decoded; the address itself is read instead, which is what was sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from runner.document import Json
from runner.foreign import address
from runner.foreign.call import Body, Call, Reading, Remark, Unread
from runner.foreign.curl import pairs_in
from runner.foreign.data import MAX_CALLS, items, mapping, pairs, text
from runner.foreign.headers import credentials
from runner.request import Pairs

KIND = "a HAR"
"""What a HAR is called."""
_NO_HTTP = re.compile(r"(data|blob|about|file|filesystem|wss?|[a-z-]+-extension):", re.IGNORECASE)
"""Addresses of what a page shows without asking the API; those of pictures can be longer than any other."""


def is_har(data: Json) -> bool:
    """Say whether data are a HAR."""
    return isinstance(mapping(mapping(data).get("log")).get("entries"), list)


def read(data: Json) -> Reading:
    """Return the requests of a HAR, each once: a page that polls asks the same many times."""
    log = mapping(mapping(data).get("log"))
    entries = items(log.get("entries"))
    if len(entries) > 20 * MAX_CALLS:
        raise Unread(f"over {20 * MAX_CALLS:,} entries; record a shorter session", path="log.entries")
    remarks: list[Remark] = []
    calls = list(_calls(entries, remarks))
    creator = text(mapping(log.get("creator")).get("name"))
    title = f"recorded by {creator}" if creator else ""
    return Reading(KIND, title, tuple(_once(calls)), tuple(remarks))


def _calls(entries: list[Json], remarks: list[Remark]) -> Iterator[Call]:
    """Yield the requests that can be read; a browser records those of all other pages too."""
    for number, one in enumerate(entries, 1):
        request = mapping(mapping(one).get("request"))
        if _NO_HTTP.match(text(request.get("url"))):
            continue
        try:
            yield _call(f"entry {number}", request)
        except Unread as error:
            remarks.append(Remark(f"{error}; it was not read", f"entry {number}"))


def _once(calls: list[Call]) -> list[Call]:
    """Return each request once, with the password where any of its kind has one.

    A browser sends a request without one first, and again once the person has typed it in.
    """
    seen: dict[object, Call] = {}
    for one in calls:
        key = (one.method, one.url, one.form)
        if key not in seen or (one.password and not seen[key].password):
            seen[key] = one
    return list(seen.values())


def _call(name: str, request: dict[str, Json]) -> Call:
    """Return one entry's request."""
    url, username, password, remarks = address.read(text(request.get("url")))
    form, body, odd = _form(mapping(request.get("postData")))
    user, secret, others = credentials(pairs(request.get("headers"), "name"))
    return Call(
        name=name,
        url=url,
        method=text(request.get("method")).upper(),
        form=form,
        body=body,
        username=user or username,
        password=secret or password,
        others=others,
        remarks=(*remarks, *odd),
    )


def _form(data: dict[str, Json]) -> tuple[Pairs, Body, list[Remark]]:
    """Return the pairs of a body: its text as sent where it is kept, else its parameters."""
    kind, raw = text(data.get("mimeType")), text(data.get("text"))
    if "json" in kind:
        return pairs_in(raw, "json")
    if raw and "urlencoded" in kind:
        return pairs_in(raw, "form")
    found = tuple(pairs(data.get("params"), "name"))
    if found:
        return found, "multipart" if "multipart" in kind else "form", []
    return (), "other" if raw else "none", []
