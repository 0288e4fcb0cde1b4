"""A Postman collection, version 2.1 (and 2.0): folders, variables, authorization, forms. Pure.

Scripts are not run. What they would have set is told by a remark of its own where a request needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from runner.document import Json
from runner.foreign import address
from runner.foreign.call import Body, Call, Reading, Remark, Unread
from runner.foreign.curl import pairs_in
from runner.foreign.data import MAX_CALLS, MAX_DEPTH, enabled, items, mapping, pairs, text
from runner.foreign.headers import credentials, secrets_of
from runner.foreign.variables import Scope, in_path
from runner.request import Pairs

SCRIPTS = Remark("scripts of the collection are not run", "scripts", grave=False)


@dataclass(frozen=True)
class _Place:
    """Where one is in the tree: names of folders, what variables mean, and who asks."""

    names: tuple[str, ...]
    scope: Scope
    auth: Json


def is_postman(data: Json) -> bool:
    """Say whether data are a Postman collection, as exported or as Postman's own API gives it."""
    found = _collection(data)
    return "item" in found and "info" in found


def is_old(data: Json) -> bool:
    """Say whether data are a collection of version 1: its requests lie in one list, by ids."""
    found = _collection(data)
    return "item" not in found and isinstance(found.get("requests"), list)


def is_environment(data: Json) -> bool:
    """Say whether data are a Postman environment."""
    return isinstance(mapping(data).get("values"), list)


def environment(data: Json) -> dict[str, str]:
    """Return the variables of a Postman environment that are switched on."""
    return dict(pairs(mapping(data).get("values"), "key"))


def read(data: Json, given: dict[str, str]) -> Reading:
    """Return the requests of a collection; `given` are an environment's variables, which win."""
    top = _collection(data)
    title = text(mapping(top.get("info")).get("name"))
    own = dict(pairs(top.get("variable"), "key"))
    calls: list[Call] = []
    for one in _calls(top, _Place((), Scope(own), top.get("auth")), given):
        if len(calls) == MAX_CALLS:
            raise Unread(f"over {MAX_CALLS} requests; export the folders one by one")
        calls.append(one)
    remarks = (SCRIPTS,) if _scripted(top) else ()
    return Reading("a Postman collection", title, tuple(calls), remarks=remarks)


def _collection(data: Json) -> dict[str, Json]:
    found = mapping(data)
    return mapping(found["collection"]) if "collection" in found else found


def _calls(node: dict[str, Json], place: _Place, given: dict[str, str]) -> Iterator[Call]:
    """Yield the requests below a folder, or below the collection itself."""
    if len(place.names) > MAX_DEPTH:
        raise Unread(f"folders stand more than {MAX_DEPTH} deep in one another")
    for one in items(node.get("item")):
        entry = mapping(one)
        own = {**dict(pairs(entry.get("variable"), "key")), **given}
        auth = entry.get("auth") or place.auth
        inner = _Place((*place.names, text(entry.get("name")) or "unnamed"), place.scope.within(own), auth)
        if "item" in entry:
            yield from _calls(entry, inner, given)
        else:
            yield _call(entry.get("request"), inner)


def _call(request: Json, place: _Place) -> Call:
    """Return one request; one of only an address is a GET."""
    found = mapping(request) if not isinstance(request, str) else {"url": request}
    filled = place.scope.filled
    url, username, password, remarks = address.read(filled(_url(found.get("url"))))
    form, body, odd = _form(mapping(found.get("body")), place.scope)
    auth = found.get("auth") or place.auth
    user = _basic(auth, place.scope)
    headers = ((name, filled(value)) for name, value in pairs(found.get("header"), "key"))
    *other, others = credentials(headers)
    return Call(
        name=" / ".join(place.names),
        url=url,
        method=filled(text(found.get("method")) or "GET").upper(),
        form=form,
        body=body,
        username=user[0] or other[0] or username,
        password=user[1] or other[1] or password,
        others=(*others, *map(filled, _tokens(auth))),
        remarks=(*remarks, *odd),
    )


def _url(url: Json) -> str:
    """Return an address: its parts where they are kept, since only they say what is switched off."""
    if isinstance(url, str):
        return url
    found = mapping(url)
    address = text(found.get("raw"))
    if "query" in found:
        query = "&".join(f"{name}={value}" for name, value in pairs(found["query"], "key"))
        address = (address.partition("?")[0] or _joined(found)) + (f"?{query}" if query else "")
    return in_path(address, dict(pairs(found.get("variable"), "key")))


def _joined(url: dict[str, Json]) -> str:
    """Return what stands before the query, put together from its parts."""
    host, path = url.get("host"), url.get("path")
    at = ".".join(map(text, host)) if isinstance(host, list) else text(host)
    below = "/".join(map(text, path)) if isinstance(path, list) else text(path).lstrip("/")
    scheme = text(url.get("protocol"))
    port = text(url.get("port"))
    return f"{f'{scheme}://' if scheme else ''}{at}{f':{port}' if port else ''}/{below}"


def _form(body: dict[str, Json], scope: Scope) -> tuple[Pairs, Body, list[Remark]]:
    """Return the pairs of a body. Those of a form are kept unencoded by Postman."""
    if body.get("disabled"):
        return (), "none", []
    match body.get("mode"):
        case "urlencoded" | "formdata" as mode:
            entries = body.get("urlencoded" if mode == "urlencoded" else "formdata")
            found = tuple((scope.filled(name), scope.filled(value)) for name, value in pairs(entries, "key"))
            kind: Body = "form" if mode == "urlencoded" else "multipart"
            return found, kind if found else "none", []
        case "raw":
            raw = scope.filled(text(body.get("raw")))
            as_json = raw.lstrip().startswith("{")
            return pairs_in(raw, ("json" if as_json else "form") if raw.strip() else "none")
        case None | "none":
            return (), "none", []
        case _:
            return (), "other", []


def _basic(auth: Json, scope: Scope) -> tuple[str, str]:
    """Return user and password: version 2.1 keeps them as a list of keys, 2.0 as a mapping."""
    found = mapping(auth).get("basic")
    values = dict(pairs(found, "key")) if isinstance(found, list) else mapping(found)
    user, password = (scope.filled(text(values.get(key))) for key in ("username", "password"))
    return user, password


def _tokens(auth: Json) -> Iterator[str]:
    """Yield what ways of asking that are not Basic carry: a bearer's token, the value of an API key."""
    kind = text(mapping(auth).get("type"))
    found = mapping(auth).get(kind)
    values = dict(pairs(found, "key")) if isinstance(found, list) else mapping(found)
    if kind != "basic":
        yield from secrets_of((name, text(value)) for name, value in values.items())


def _scripted(node: dict[str, Json], depth: int = 0) -> bool:
    """Say whether a script hangs on the collection, a folder or a request."""
    below = (mapping(one) for one in items(node.get("item")))
    return any(mapping(one.get("script")).get("exec") for one in enabled(node.get("event"))) or (
        depth < MAX_DEPTH and any(_scripted(one, depth + 1) for one in below)
    )
