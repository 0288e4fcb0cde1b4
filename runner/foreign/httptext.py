"""Requests as lines of text: bare addresses, `METHOD ADDRESS` with a form below, and Hurl files. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from runner.foreign import address, broken
from runner.foreign.call import Call, Remark
from runner.foreign.curl import pairs_in
from runner.foreign.headers import credentials

_START = re.compile(r"(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+(\S.*)")
_SECTION = re.compile(r"\[(\w+)\]$")
_HURL = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|(.))")
_ANSWER = re.compile(r"HTTP(/[\d.]+)? [\d*]+$")
_FORM = re.compile(r"[^\s=&]+=\S*")
_SECTIONS = {
    "QueryStringParams": "query", "Query": "query", "FormParams": "form", "Form": "form",
    "BasicAuth": "basic",
}  # fmt: skip


@dataclass
class _Lines:
    """One request, so far."""

    method: str
    url: broken.Pieces
    section: str = "address"
    query: list[tuple[str, str]] = field(default_factory=list)
    form: list[tuple[str, str]] = field(default_factory=list)
    user: tuple[str, str] = ("", "")
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""
    other: bool = False


def is_lines(text: str) -> bool:
    """Say whether a text holds requests of the form `METHOD ADDRESS`."""
    return any(_START.match(line) for line in text.splitlines())


def is_hurl(text: str) -> bool:
    """Say whether a text is a Hurl file: it has sections, or answers that are expected."""
    return any(_SECTION.match(line) or _ANSWER.match(line) for line in text.splitlines())


def addresses(text: str) -> Iterator[Call]:
    """Yield the addresses of a text, which may be broken over lines; Beside where more is there."""
    for one in broken.addresses(text):
        url, username, password, remarks = address.read(one)
        if username:
            remarks.append(Remark("the address holds a user name", "address"))
        yield Call("", url, username=username, password=password, remarks=tuple(remarks))


def calls(text: str) -> Iterator[Call]:
    """Yield the requests of a text of lines; Beside where more than an address stands behind a method."""
    request: _Lines | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if start := _START.match(line):
            if request:
                yield _made(request)
            words = start[2].rsplit(None, 1)
            http = len(words) > 1 and words[1].startswith("HTTP/")
            request = _Lines(start[1], broken.only(words[0] if http else start[2], number))
        elif request and not line.startswith("#"):
            _line(request, line)
    if request:
        yield _made(request)


def _line(request: _Lines, line: str) -> None:
    """Take a line of a request: more of its address, a section, a pair of one, a header, or the form."""
    if request.section == "address" and line and request.url.goes_on(line, new_line=True):
        request.url.add(line, new_line=True)
        return
    request.section = "" if request.section == "address" else request.section
    if line.startswith("HTTP"):
        request.section = "answer"
    elif section := _SECTION.match(line):
        known = _SECTIONS.get(section[1], "other")
        request.section = request.section if request.section == "answer" else known
    elif line and request.section in ("", "headers"):
        _header(request, line)
    elif line:
        _pair(request, *_split(line))


def _header(request: _Lines, line: str) -> None:
    """Take a header, or a line of the body; of a body that is no form nothing is kept."""
    name, colon, value = line.partition(":")
    if re.fullmatch(r"[\w-]+", name) and colon:
        request.section = "headers"
        request.headers.append((name, value))
    elif _FORM.fullmatch(line):
        request.body = line
    else:
        request.other = True


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
    url, username, password, remarks = address.read(request.url.whole())
    form, body, odd = pairs_in(request.body, "form" if request.body else "none")
    if request.form:
        form, body = tuple(request.form), "form"
    user, secret, others = credentials(request.headers)
    return Call(
        name="",
        url=address.with_query(url, request.query),
        method=request.method,
        form=form,
        body="other" if request.other else body,
        username=request.user[0] or user or username,
        password=request.user[1] or secret or password,
        others=others,
        remarks=(*remarks, *odd),
    )
