"""An OpenCollection: one file with everything, or a folder of YAML files, as Bruno 3 keeps it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from runner.document import Json
from runner.foreign import address
from runner.foreign.call import Body, Call, Reading, Remark, Unread, within
from runner.foreign.curl import pairs_in
from runner.foreign.data import MAX_CALLS, MAX_DEPTH, items, mapping, pairs, text
from runner.foreign.headers import credentials, secrets_of
from runner.foreign.postman import SCRIPTS
from runner.foreign.variables import Scope, in_path
from runner.request import Pairs

ROOTS = ("opencollection.yml", "opencollection.yaml")
"""The file of a folder that holds what is common to all."""
_SETTINGS = (*ROOTS, "folder.yml", "folder.yaml")


@dataclass(frozen=True)
class _Place:
    """Where one is in the tree: names of folders, what variables mean, and who asks."""

    names: tuple[str, ...]
    scope: Scope
    auth: Json


def is_opencollection(data: Json) -> bool:
    """Say whether data are an OpenCollection, or one request of a folder of them."""
    found = mapping(data)
    return "opencollection" in found or ("http" in found and "info" in found)


def is_environment(data: Json) -> bool:
    """Say whether data are the variables of an environment."""
    return isinstance(mapping(data).get("variables"), list) and not is_opencollection(data)


def environment(data: Json) -> dict[str, str]:
    """Return the variables of an environment's file."""
    return dict(_variables(mapping(data)))


def read(data: Json, given: Mapping[str, str]) -> Reading:
    """Return the requests of one file; `given` are an environment's variables, which win."""
    top = mapping(data)
    if "opencollection" not in top:
        return Reading("an OpenCollection request", "", (_call(top, _Place((), Scope(given), None)),))
    calls: list[Call] = []
    for one in _calls(items(top.get("items")), _inner(_Place((), Scope(), None), top, given), given):
        if len(calls) == MAX_CALLS:
            raise Unread(f"over {MAX_CALLS} requests; take the folders one by one", path="items")
        calls.append(one)
    remarks = (SCRIPTS,) if _scripted(top) else ()
    title = text(mapping(top.get("info")).get("name")) or text(top.get("name"))
    return Reading("an OpenCollection", title, tuple(calls), remarks=remarks)


def folder(files: Mapping[str, Json], given: Mapping[str, str]) -> Reading:
    """Return the requests of a folder of files, by their paths."""
    root = next((files[one] for one in ROOTS if one in files), None)
    calls, scripted = [], False
    for path in sorted(files, key=lambda one: (PurePosixPath(one).parent, _seq(files[one]), one)):
        data = files[path]
        parts = PurePosixPath(path).parts
        scripted |= _scripted(mapping(data))
        if parts[-1] in _SETTINGS or "environments" in parts[:-1] or "http" not in mapping(data):
            continue
        place = _inner(_Place((), Scope(), None), mapping(root), given)
        for above in reversed(PurePosixPath(path).parents[:-1]):
            there = (str(above / name) for name in _SETTINGS[2:])
            settings = next((files[one] for one in there if one in files), None)
            place = _Place((*place.names, above.name), place.scope, place.auth)
            place = _inner(place, mapping(settings), given)
        with within(path):
            calls.append(_call(mapping(data), place))
    title = text(mapping(mapping(root).get("info")).get("name"))
    return Reading("an OpenCollection folder", title, tuple(calls), remarks=(SCRIPTS,) if scripted else ())


def _seq(data: Json) -> int:
    seq = mapping(mapping(data).get("info")).get("seq")
    return seq if isinstance(seq, int) else 0


def _inner(place: _Place, node: dict[str, Json], given: Mapping[str, str]) -> _Place:
    """Return the place below a collection or a folder, with what these say for all below."""
    settings = mapping(node.get("request")) or mapping(node.get("base"))
    scope = place.scope.within({**dict(_variables(node)), **dict(_variables(settings)), **given})
    auth = settings.get("auth", node.get("auth"))
    return _Place(place.names, scope, place.auth if auth in (None, "inherit") else auth)


def _variables(node: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Yield the variables of a node; a value may stand in a mapping of its own."""
    for one in items(node.get("variables")):
        entry = mapping(one)
        value = entry.get("value")
        inner = value.get("data") if isinstance(value, dict) else value
        if not entry.get("disabled"):
            yield text(entry.get("name")), text(inner)


def _calls(nodes: list[Json], place: _Place, given: Mapping[str, str]) -> Iterator[Call]:
    """Yield the requests below a folder, or below the collection itself."""
    if len(place.names) > MAX_DEPTH:
        raise Unread(f"folders stand more than {MAX_DEPTH} deep in one another", path="items")
    for one in nodes:
        node = mapping(one)
        name = text(mapping(node.get("info")).get("name")) or text(node.get("name")) or "unnamed"
        below = _Place((*place.names, name), place.scope, place.auth)
        if "items" in node:
            yield from _calls(items(node["items"]), _inner(below, node, given), given)
        else:
            yield _call(node, place)


def _call(node: dict[str, Json], place: _Place) -> Call:
    """Return one request; what it asks stands under `http`, in older files in the node itself."""
    http = mapping(node.get("http")) or node
    name = text(mapping(node.get("info")).get("name")) or text(node.get("name"))
    scope = place.scope.within(dict(_variables(mapping(node.get("runtime")))))
    url, username, password, remarks = address.read(scope.filled(_url(http)))
    form, body, odd = _form(http.get("body"), scope)
    auth = http.get("auth", "inherit")
    auth = place.auth if auth == "inherit" else auth
    user = _basic(auth, scope)
    headers = ((one, scope.filled(value)) for one, value in pairs(http.get("headers"), "name"))
    *other, others = credentials(headers)
    return Call(
        name=" / ".join((*place.names, name)),
        url=url,
        method=text(http.get("method")).upper(),
        form=form,
        body=body,
        username=user[0] or other[0] or username,
        password=user[1] or other[1] or password,
        others=(*others, *map(scope.filled, _tokens(auth))),
        remarks=(*remarks, *odd),
    )


def _url(http: dict[str, Json]) -> str:
    """Return the address, with the parameters that are not switched off where they are listed."""
    params = http.get("params")
    listed = mapping(params) if isinstance(params, dict) else _by_kind(params)
    url = in_path(text(http.get("url")), dict(pairs(listed.get("path"), "name")))
    if not isinstance(listed.get("query"), list):
        return url
    joined = "&".join(f"{name}={value}" for name, value in pairs(listed["query"], "name"))
    return url.partition("?")[0] + (f"?{joined}" if joined else "")


def _by_kind(params: Json) -> dict[str, Json]:
    """Return a list of parameters by their kinds; one that names none belongs to the query."""
    kinds = ("query", "path") if isinstance(params, list) else ()
    return {
        kind: [one for one in items(params) if mapping(one).get("type", "query") == kind] for kind in kinds
    }


def _form(body: Json, scope: Scope) -> tuple[Pairs, Body, list[Remark]]:
    """Return the pairs of a body; older files have a form's list right there."""
    if isinstance(body, list):
        body = {"type": "form-urlencoded", "data": body}
    found = mapping(body)
    match text(found.get("type")):
        case "form-urlencoded" | "multipart-form" as kind:
            filled = tuple(
                (scope.filled(name), scope.filled(value)) for name, value in pairs(found.get("data"), "name")
            )
            return filled, "form" if kind == "form-urlencoded" else "multipart", []
        case "json" | "text" as kind:
            raw = scope.filled(text(found.get("data"))).strip()
            return pairs_in(raw, "json" if kind == "json" else "form")
        case "" | "none":
            return (), "none", []
        case _:
            return (), "other", []


def _basic(auth: Json, scope: Scope) -> tuple[str, str]:
    """Return user and password of Basic; its keys may stand in a mapping of their own."""
    found = mapping(auth)
    if found.get("type") != "basic":
        return "", ""
    keys = mapping(found.get("basic")) or found
    return scope.filled(text(keys.get("username"))), scope.filled(text(keys.get("password")))


def _tokens(auth: Json) -> Iterator[str]:
    """Yield what ways of asking that are not Basic carry; the keys may stand in a mapping of their own."""
    found = mapping(auth)
    inner = mapping(found.get(text(found.get("type")))) or found
    if found.get("type") != "basic":
        yield from secrets_of((name, text(value)) for name, value in inner.items())


def _scripted(node: dict[str, Json], depth: int = 0) -> bool:
    """Say whether a script hangs on the collection, a folder or a request."""
    here = (mapping(node.get("runtime")), mapping(node.get("request")), node)
    below = (mapping(one) for one in items(node.get("items")))
    return any(one.get("scripts") for one in here) or (
        depth < MAX_DEPTH and any(_scripted(one, depth + 1) for one in below)
    )
