"""A HAR, version 1.2: what a browser or a proxy recorded. Pure.

Names and values of a query stand there decoded; the address itself is read instead, which is what was sent.
"""

from __future__ import annotations

from runner.document import Json
from runner.foreign import address
from runner.foreign.call import Body, Call, Reading, Remark, Unread
from runner.foreign.curl import basic, pairs_in
from runner.foreign.data import MAX_CALLS, items, mapping, pairs, text
from runner.request import Pairs


def is_har(data: Json) -> bool:
    """Say whether data are a HAR."""
    return isinstance(mapping(mapping(data).get("log")).get("entries"), list)


def read(data: Json) -> Reading:
    """Return the requests of a HAR, each once: a page that polls asks the same many times."""
    log = mapping(mapping(data).get("log"))
    entries = items(log.get("entries"))
    if len(entries) > 20 * MAX_CALLS:
        raise Unread(f"over {20 * MAX_CALLS:,} entries; record a shorter session", path="log.entries")
    calls = [_call(index, mapping(mapping(one).get("request"))) for index, one in enumerate(entries)]
    creator = text(mapping(log.get("creator")).get("name"))
    return Reading("a HAR", f"recorded by {creator}" if creator else "", tuple(_once(calls)))


def _once(calls: list[Call]) -> list[Call]:
    """Return the calls without those that ask what an earlier one asked."""
    seen: dict[object, Call] = {}
    for one in calls:
        seen.setdefault((one.method, one.url, one.form), one)
    return list(seen.values())


def _call(index: int, request: dict[str, Json]) -> Call:
    """Return one entry's request."""
    url, username, password, remarks = address.read(text(request.get("url")))
    form, body, odd = _form(mapping(request.get("postData")))
    headers = {name.lower(): value for name, value in pairs(request.get("headers"), "name")}
    header = headers.get("authorization", "")
    user = basic(header)
    others = (header.partition(" ")[2], headers.get("cookie", ""))
    return Call(
        name=f"entry {index + 1}",
        url=url,
        method=text(request.get("method")).upper(),
        form=form,
        body=body,
        username=user[0] or username,
        password=user[1] or password,
        others=tuple(one for one in others if one),
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
