"""Bruno's own files (.bru): one request, or a whole folder with its settings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from runner.foreign import address
from runner.foreign.call import Body, Call, Reading, Remark, within
from runner.foreign.curl import pairs_in
from runner.foreign.headers import credentials, secrets_of
from runner.foreign.postman import SCRIPTS
from runner.foreign.variables import Scope, in_path
from runner.request import Pairs

METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace", "connect", "http")
SETTINGS = ("collection.bru", "folder.bru")
"""Files of a folder that hold no request, but what holds for all below."""

_BLOCK = re.compile(r"([a-z][\w:-]*)\s*([{\[])\s*$")
_QUOTED = re.compile(r'"((?:\\.|[^"\\])*)"\s*:(.*)')


@dataclass
class _File:
    """A file as its blocks: lines of text by the block's name; pairs that are not switched off."""

    blocks: dict[str, list[str]] = field(default_factory=dict)

    def pairs(self, name: str) -> list[tuple[str, str]]:
        """Return the pairs of a block that are not switched off."""
        return list(_pairs(self.blocks.get(name, ())))

    def value(self, block: str, key: str) -> str:
        """Return a value of a block; empty where there is none."""
        return dict(self.pairs(block)).get(key, "")

    def text(self, name: str) -> str:
        """Return the text of a block."""
        return "\n".join(self.blocks.get(name, ()))


def is_bruno(text: str) -> bool:
    """Say whether a text is a Bruno file of some kind."""
    return bool(re.search(rf"^(meta|vars|auth|{'|'.join(METHODS)}) \{{\s*$", text, re.MULTILINE))


def is_request(text: str) -> bool:
    """Say whether a Bruno file holds a request, and so no environment."""
    return any(one in METHODS for one in _parsed(text).blocks)


def environment(text: str) -> dict[str, str]:
    """Return the variables of an environment's file."""
    return dict(_parsed(text).pairs("vars"))


def read(files: Mapping[str, str], given: Mapping[str, str]) -> Reading:
    """Return the requests of files, by their paths; `given` are an environment's variables, which win."""
    parsed = {path: _parsed(text) for path, text in files.items()}
    calls, scripted = [], False
    for path in sorted(parsed, key=lambda one: (PurePosixPath(one).parent, _order(parsed[one]), one)):
        name, file = PurePosixPath(path).name, parsed[path]
        scripted |= any(one.startswith("script") for one in file.blocks)
        if name in SETTINGS or "environments" in PurePosixPath(path).parts[:-1]:
            continue
        above = [parsed[one] for one in _above(path) if one in parsed]
        if method := next((one for one in METHODS if one in file.blocks), ""):
            with within(path):
                calls.append(_call(path, file, method, above, given))
    title = next((parsed[one].value("meta", "name") for one in ("collection.bru",) if one in parsed), "")
    kind = "a Bruno file" if len(files) == 1 else "a Bruno folder"
    return Reading(kind, title, tuple(calls), remarks=(SCRIPTS,) if scripted else ())


def _order(file: _File) -> int:
    seq = file.value("meta", "seq")
    return int(seq) if re.fullmatch(r"\d{1,9}", seq) else 0


def _above(path: str) -> Iterator[str]:
    """Yield the files of settings that hold for a request, the outermost first."""
    yield "collection.bru"
    for folder in reversed(PurePosixPath(path).parents):
        yield str(folder / "folder.bru")


def _parsed(text: str) -> _File:
    """Return a file's blocks. A block ends at a line that is its bracket alone."""
    file, name, closing = _File(), "", ""
    for line in text.replace("\r\n", "\n").split("\n"):
        if name and line == closing:
            name = ""
        elif name:
            file.blocks[name].append(line)
        elif found := _BLOCK.match(line):
            name, closing = found[1], "}" if found[2] == "{" else "]"
            file.blocks[name] = []
    return file


def _pairs(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of a block; a value between ''' goes over several lines."""
    rest = iter(lines)
    for line in rest:
        name, value = _pair(line.strip().removeprefix("~"))
        if value.startswith("'''"):
            several = [value[3:]]
            while not several[-1].rstrip().endswith("'''") or several == [""]:
                if (after := next(rest, None)) is None:
                    break
                several.append(after.strip())
            value = "\n".join(several).strip().removesuffix("'''").strip()
        if name and not line.lstrip().startswith("~"):
            yield name, value


def _pair(line: str) -> tuple[str, str]:
    """Return the two sides of a line; an empty name where it is no pair."""
    if quoted := _QUOTED.match(line):
        return re.sub(r"\\(.)", r"\1", quoted[1]), quoted[2].strip()
    name, colon, value = line.partition(":")
    return (name.strip() if colon else ""), value.strip()


def _call(path: str, file: _File, method: str, above: Sequence[_File], given: Mapping[str, str]) -> Call:
    """Return the request of a file."""
    scope = Scope()
    for one in (*above, file):
        scope = scope.within(dict(one.pairs("vars:pre-request")))
    scope = scope.within(given)
    url, username, password, remarks = address.read(scope.filled(_url(file, method)))
    form, body, odd = _form(file, method, scope)
    user = _basic(file, file.value(method, "auth"), above, scope)
    *other, others = credentials((name, scope.filled(value)) for name, value in file.pairs("headers"))
    folders = PurePosixPath(path).parts[:-1]
    return Call(
        name=" / ".join((*folders, file.value("meta", "name") or PurePosixPath(path).stem)),
        url=url,
        method=(file.value(method, "method") if method == "http" else method).upper(),
        form=form,
        body=body,
        username=user[0] or other[0] or username,
        password=user[1] or other[1] or password,
        others=(*others, *map(scope.filled, _tokens((*above, file)))),
        remarks=(*remarks, *odd),
    )


def _url(file: _File, method: str) -> str:
    """Return the address, with the parameters that are not switched off where they are listed."""
    url = in_path(file.value(method, "url"), dict(file.pairs("params:path")))
    for block in ("params:query", "query"):
        if block in file.blocks:
            query = "&".join(f"{name}={value}" for name, value in file.pairs(block))
            return url.partition("?")[0] + (f"?{query}" if query else "")
    return url


def _form(file: _File, method: str, scope: Scope) -> tuple[Pairs, Body, list[Remark]]:
    """Return the pairs of the body that the request uses."""
    match file.value(method, "body"):
        case "formUrlEncoded" | "multipartForm" as mode:
            block = "body:form-urlencoded" if mode == "formUrlEncoded" else "body:multipart-form"
            found = tuple((scope.filled(name), scope.filled(value)) for name, value in file.pairs(block))
            return found, "form" if mode == "formUrlEncoded" else "multipart", []
        case "json":
            return pairs_in(scope.filled(file.text("body:json")), "json")
        case "text":
            return pairs_in(scope.filled(file.text("body:text")).strip(), "form")
        case "" | "none":
            return (), "none", []
        case _:
            return (), "other", []


def _basic(file: _File, mode: str, above: Sequence[_File], scope: Scope) -> tuple[str, str]:
    """Return user and password: the request's own, or those of the nearest folder that has some."""
    found = file if mode == "basic" else None
    if mode == "inherit":
        modes = [one for one in above if one.value("auth", "mode") not in ("", "inherit")]
        found = modes[-1] if modes and modes[-1].value("auth", "mode") == "basic" else None
    if found is None:
        return "", ""
    user, password = (scope.filled(found.value("auth:basic", key)) for key in ("username", "password"))
    return user, password


def _tokens(files: Sequence[_File]) -> Iterator[str]:
    """Yield what ways of asking that are not Basic carry, in a request and the settings above it."""
    for file in files:
        for block in (one for one in file.blocks if one.startswith("auth:") and one != "auth:basic"):
            yield from secrets_of(file.pairs(block))
