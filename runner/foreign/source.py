"""What an input is, by its looks, and all requests in it. Pure: bytes and files come in as arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from runner.contents import MAGIC
from runner.document import Json
from runner.foreign import bruno, fetch, har, httptext, opencollection, postman, programs, shell
from runner.foreign.address import plain
from runner.foreign.broken import Beside
from runner.foreign.call import Call, Reading, Remark, Unread, within
from runner.foreign.curl import NAMES, calls
from runner.foreign.data import MAX_BYTES, MAX_CALLS, mapping, of_json, of_yaml
from runner.redact import bare

KNOWN = (
    "a URL, a curl line, a Postman collection (version 2.1), a Bruno file or folder, a HAR, "
    "an OpenCollection, a Hurl file, or a fetch as a browser copies it"
)
"""What can be read."""
NOTHING = f"there is nothing in it; give {KNOWN}"
"""What is said of an input that is empty."""

_NO_TEXT = {**MAGIC, b"{\\rtf": "what a word processor writes"}

MOST_TEXT = 1_000_000
"""The most characters of a text of lines."""

_T = TypeVar("_T")
_METHOD = re.compile(r"[A-Z]{0,20}|[${%][\w${}%-]{0,60}")
"""A method in capitals, or a variable in its place."""
_CURL = re.compile(r"(?:^|[\s;&|$(])curl(\.exe)?\s", re.MULTILINE)
_YAML = re.compile(r"^(opencollection|info|http):", re.MULTILINE)
_LINK = re.compile(r"\[[^\]\n]{0,200}\]\(")
"""A link of Markdown, which begins as a list of JSON does."""


def of_words(words: Sequence[str], given: Mapping[str, str] | None = None) -> Reading:
    """Return the requests of a command line that a shell has already parted into words."""
    if len(words) == 1:
        return of_text(words[0], "", given)
    if words[0] in NAMES:
        mended = [plain(f" {one}") for one in words]
        remarks = tuple(dict.fromkeys(remark for _, found in mended for remark in found))
        found = tuple(calls([one[1:] for one, _ in mended]))
        return _some(Reading("a curl line", "", found, remarks=remarks))
    return of_text(" ".join(words), "")


def of_bytes(content: bytes, file: str, given: Mapping[str, str] | None = None) -> Reading:
    """Return the requests of a file's bytes; Unread where there are none that can be read."""
    return of_text(decoded(content), file, given)


def decoded(content: bytes) -> str:
    """Return bytes as text: UTF-8, or the UTF-16 that PowerShell writes."""
    if len(content) > MAX_BYTES:
        raise Unread(f"it has over {MAX_BYTES // 2**20} MiB; export less")
    if kind := next((what for begin, what in _NO_TEXT.items() if content.startswith(begin)), ""):
        raise Unread(f"this is {kind}, and no text; save it as plain text")
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unread("this is not text in UTF-8; save it as UTF-8", line) from None
    if "\0" in text:
        # What is no text at all, or UTF-16 without the mark that tells it.
        raise Unread("this is not text in UTF-8; save it as UTF-8", text.count("\n", 0, text.index("\0")) + 1)
    return text


def of_text(text: str, file: str, given: Mapping[str, str] | None = None) -> Reading:
    """Return the requests of a text; `file` is its name, `given` an environment's variables."""
    variables = dict(given or {})
    if not text.strip():
        raise Unread(NOTHING)
    begins = text.lstrip()
    if begins[0] in "{[" and not begins.startswith("{{") and not _LINK.match(begins):
        return _of_json(of_json(text), variables)
    if file.endswith(".bru") or bruno.is_bruno(text):
        return _some(bruno.read({file.rpartition("/")[2] or "request.bru": text}, variables))
    if _YAML.search(text) and "://" not in text.split("\n", 1)[0]:
        return _of_yaml(text, file, variables)
    if len(text) > MOST_TEXT:
        raise Unread(f"plain text of over {MOST_TEXT:,} characters; give fewer requests")
    return _some(_of_lines(*plain(text)))


def of_folder(files: Mapping[str, bytes], given: Mapping[str, str] | None = None) -> Reading:
    """Return the requests of a folder's files, by their paths within it: Bruno's, or an OpenCollection's."""
    texts = {}
    for path, content in files.items():
        with within(path):
            texts[path] = decoded(content)
    variables = dict(given or {})
    if bru := {path: text for path, text in texts.items() if path.endswith(".bru")}:
        return _some(bruno.read(bru, variables))
    if not texts:
        raise Unread(
            "there is no file of Bruno or of an OpenCollection in it; give another tool's file itself"
        )
    data = {}
    for path, text in texts.items():
        with within(path):
            data[path] = of_yaml(text, path)
    return _some(opencollection.folder(data, variables))


def environment(content: bytes, file: str) -> dict[str, str]:
    """Return the variables of an environment's file: Postman's, Bruno's, or an OpenCollection's."""
    text = decoded(content)
    if text.lstrip().startswith("{"):
        data = of_json(text)
        return postman.environment(_variables(data, postman.is_environment(data)))
    if file.endswith(".bru") or bruno.is_bruno(text):
        return bruno.environment(_variables(text, not bruno.is_request(text)))
    data = of_yaml(text, file)
    return opencollection.environment(_variables(data, opencollection.is_environment(data)))


def _variables(data: _T, well: bool) -> _T:
    """Return what holds variables; a collection, or anything else, is refused in its place."""
    if not well:
        raise Unread("this is no environment; give a collection as FILE, its variables with --environment")
    return data


def _of_json(data: Json, given: dict[str, str]) -> Reading:
    """Return the requests of JSON data, of whatever tool they are."""
    if har.is_har(data):
        return _some(har.read(data))
    if postman.is_postman(data):
        return _some(postman.read(data, given))
    if opencollection.is_opencollection(data):
        return _some(opencollection.read(data, given))
    if postman.is_environment(data):
        raise Unread("this is a Postman environment; give the collection, and this with --environment")
    if postman.is_old(data):
        raise Unread("this is a Postman collection of version 1; open it in Postman and export it as v2.1")
    if "openapi" in mapping(data) or "swagger" in mapping(data):
        raise Unread("this is a description of an API; `care-export reports` shows all that it can ask for")
    raise Unread(f"this is JSON, but of no known kind; give {KNOWN}")


def _of_yaml(text: str, file: str, given: dict[str, str]) -> Reading:
    data = of_yaml(text, file or "the input")
    if not opencollection.is_opencollection(data):
        raise Unread(f"this is YAML, but no OpenCollection; give {KNOWN}")
    return _some(opencollection.read(data, given))


def _some(reading: Reading) -> Reading:
    """Return a reading that has a request, in a bounded number of them; no name shows what lets one in.

    Postman calls a request by its address, and keeps that name where the address has variables since.
    """
    if not reading.calls:
        raise Unread(f"there is no request in {reading.kind}")
    if len(reading.calls) > MAX_CALLS:
        raise Unread(f"over {MAX_CALLS} requests; give fewer")
    alone = len(reading.calls) == 1
    names = (bare(one.name) or ("" if alone else f"request {at}") for at, one in enumerate(reading.calls, 1))
    named = (replace(_methodical(one), name=name) for one, name in zip(reading.calls, names, strict=True))
    return replace(reading, title=bare(reading.title), calls=tuple(named))


def _methodical(call: Call) -> Call:
    """Return a request without what stands in the place of its method and is none: it may be anything."""
    if _METHOD.fullmatch(call.method):
        return call
    remark = Remark("what stands there is no method, and is not repeated; write POST or GET", "method")
    return replace(call, method="", remarks=(*call.remarks, remark))


def _of_lines(text: str, remarks: list[Remark]) -> Reading:
    """Return the requests of plain text: fetches, curl lines, requests in lines, or addresses."""
    try:
        if fetch.is_fetch(text):
            return Reading("a fetch of JavaScript", "", tuple(fetch.calls(text)), remarks=tuple(remarks))
        if httptext.is_lines(text):
            kind = "a Hurl file" if httptext.is_hurl(text) else "a request"
            return Reading(kind, "", tuple(httptext.calls(text)), remarks=tuple(remarks))
        if _CURL.search(shell.unprompted(text)):
            words = shell.split(text)
            found = tuple(_commands(words.commands))
            return Reading("a curl line", "", found, remarks=(*remarks, *words.remarks))
        return Reading("a URL", "", tuple(httptext.addresses(text)), remarks=tuple(remarks))
    except Beside as beside:
        # A single word of a path, or words without an address, are more likely no request at all.
        nothing = "://" not in text and not programs.looks_like(text)
        why = f"this is no request; give {KNOWN}" if nothing else programs.refusal(text)
        raise Unread(why, beside.line) from None


def _commands(commands: Sequence[Sequence[str]]) -> Iterator[Call]:
    """Yield the requests of those commands that are curl's, behind whatever stands before it."""
    for words in commands:
        start = next((index for index, word in enumerate(words) if word.rpartition("/")[2] in NAMES), None)
        if start is not None:
            yield from calls(words[start:])
