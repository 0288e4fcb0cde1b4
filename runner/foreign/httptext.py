"""Requests as lines of text: bare addresses, `METHOD ADDRESS` with a form below, and Hurl files. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from runner.foreign import address
from runner.foreign.call import Call, Remark
from runner.foreign.curl import basic, pairs_in

_START = re.compile(r"(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+(\S.*)")
_SECTION = re.compile(r"\[(\w+)\]$")
_HURL = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|(.))")
_ANSWER = re.compile(r"HTTP(/[\d.]+)? [\d*]+$")
_SECTIONS = {
    "QueryStringParams": "query", "Query": "query", "FormParams": "form", "Form": "form",
    "BasicAuth": "basic",
}  # fmt: skip


@dataclass
class _Lines:
    """One request, so far."""

    method: str
    url: str
    section: str = ""
    query: list[tuple[str, str]] = field(default_factory=list)
    form: list[tuple[str, str]] = field(default_factory=list)
    user: tuple[str, str] = ("", "")
    body: str = ""


def is_lines(text: str) -> bool:
    """Say whether a text holds requests of the form `METHOD ADDRESS`."""
    return any(_START.match(line) for line in text.splitlines())


def is_hurl(text: str) -> bool:
    """Say whether a text is a Hurl file: it has sections, or answers that are expected."""
    return any(_SECTION.match(line) or _ANSWER.match(line) for line in text.splitlines())


def addresses(text: str) -> Iterator[Call]:
    """Yield the addresses of a text, each of which may have been broken over lines."""
    text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    for piece in re.split(r"(?=\bhttps?://)", text):
        if piece.strip():
            url, username, password, remarks = address.read(piece)
            if username:
                remarks.append(Remark("the address holds a user name", "address"))
            yield Call("", url, username=username, password=password, remarks=tuple(remarks))


def calls(text: str) -> Iterator[Call]:
    """Yield the requests of a text of lines."""
    request: _Lines | None = None
    for raw in text.splitlines():
        line = raw.strip()
        if start := _START.match(line):
            if request:
                yield _made(request)
            words = start[2].rsplit(None, 1)
            http = len(words) > 1 and words[1].startswith("HTTP/")
            request = _Lines(start[1], words[0] if http else start[2])
        elif request and line and not line.startswith("#"):
            _line(request, line)
    if request:
        yield _made(request)


def _line(request: _Lines, line: str) -> None:
    """Take a line of a request: a section, a pair of one, a header, or the form."""
    if line.startswith("HTTP"):
        request.section = "answer"
    elif section := _SECTION.match(line):
        known = _SECTIONS.get(section[1], "other")
        request.section = request.section if request.section == "answer" else known
    elif request.section in ("", "headers"):
        name, colon, value = line.partition(":")
        if re.fullmatch(r"[\w-]+", name) and colon:
            request.section = "headers"
            if name.lower() == "authorization":
                request.user = basic(value.strip())
        else:
            request.body = line
    else:
        _pair(request, *_split(line))


def _pair(request: _Lines, name: str, value: str) -> None:
    match request.section:
        case "query":
            request.query.append((name, value))
        case "form":
            request.form.append((name, value))
        case "basic":
            request.user = (name, value)
        case _:
            pass


def _split(line: str) -> tuple[str, str]:
    """Return a pair of a Hurl section; a colon within `{{…}}` or behind a backslash parts nothing."""
    found = re.match(r"((?:\\.|[^\\:])*):\s*(.*)", line)
    name, value = (found[1], found[2]) if found else (line, "")
    return _unescaped(name), _unescaped(value)


def _unescaped(text: str) -> str:
    return _HURL.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text)


def _made(request: _Lines) -> Call:
    """Return the request that the lines mean."""
    url, username, password, remarks = address.read(request.url)
    form, body, odd = pairs_in(request.body, "form" if request.body else "none")
    if request.form:
        form, body = tuple(request.form), "form"
    return Call(
        name="",
        url=address.with_query(url, request.query),
        method=request.method,
        form=form,
        body=body,
        username=request.user[0] or username,
        password=request.user[1] or password,
        remarks=(*remarks, *odd),
    )
