"""Standard output and standard error that cannot spoil a run, and let no secret out.

A reader that goes away (`| head`) is no failure of ours: what it no longer wants is dropped, and the run goes
on to its own result. A name that the terminal's character set lacks is written as an escape.

Whatever we say passes the one redactor here, and can be no command to a CI. The streams themselves pass
everything through it once more: tracebacks, warnings, logs, and what a library prints.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
import threading
import traceback
from typing import TYPE_CHECKING, TextIO

from runner.errors import Exit, harmless, visible
from runner.redact import Redactor, pair, tokens

if TYPE_CHECKING:
    from pathlib import Path

    from _typeshed import ReadableBuffer

    from runner.document import Json


_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"<>]+")
_turn = threading.Lock()
_redactor = Redactor()


def begin() -> None:
    """Forget every secret: one command knows its own only."""
    global _redactor
    _redactor = Redactor()


def know(company_key: str, username: str, password: str) -> None:
    """Keep these credentials out of everything from here on, and what HTTP Basic makes of them.

    A user name is no secret, but personal; one of less than six characters stays as it is.
    """
    with _turn:
        _redactor.learn(company_key, username, password, *pair(username, password))


def learn(event: object) -> None:
    """Keep out what the vendor's answer or address in this event, if any, lets its holder in with."""
    url = getattr(event, "status_url", "")
    if body := json.dumps({"statusUrl": url}) if url else getattr(event, "body", ""):
        with _turn:
            _redactor.learn(*tokens(body))


def secrets_in(text: str) -> frozenset[str]:
    """Return the secrets that stand in a text, in whatever writing."""
    return _redactor.found(text)


def masked(text: str) -> str:
    """Return a text without secrets; what is broken into lines afterwards has to pass here before."""
    return _redactor(text)


def shown(text: str) -> str:
    """Return one line as it may be shown: without a secret, a character that plays tricks, or a command."""
    return harmless(visible(_redactor(text)))


def _json(data: Json, indent: int | None = None) -> str:
    """Return JSON without secrets, all ASCII; `##[` in it is written so that no CI takes it for a command."""
    return re.sub(r"#(?=#\w*\[)", r"\\u0023", json.dumps(_masked(data), indent=indent))


def _masked(data: Json) -> Json:
    match data:
        case str():
            return _redactor(data)
        case dict():
            return {_redactor(name): _masked(value) for name, value in data.items()}
        case list():
            return [_masked(value) for value in data]
        case _:
            return data


class Calm(io.FileIO):
    """A file descriptor to write to, on which errors of the kind `forgiven` lose what is written, no more.

    It is asked nowhere how far it has come: a system that cannot tell spoils nothing.
    """

    def __init__(self, file: int | Path, forgiven: type[OSError], *, closefd: bool = True) -> None:
        super().__init__(file, "w", closefd=closefd)
        self._forgiven = forgiven

    def write(self, data: ReadableBuffer) -> int:
        """Write the bytes; say that all were written where the error is a forgiven one."""
        try:
            return super().write(data)
        except self._forgiven:
            return memoryview(data).nbytes

    def seekable(self) -> bool:
        """Return False, without a question to the system."""
        return False


def calm() -> None:
    """Put calm streams into the place of the program's own; closed ones (`>&-`) lead nowhere from here on.

    A closed descriptor is filled first: the next file opened would get its number, and our words. A reader
    that has gone is forgiven, a full disk is not. Messages may be lost in any way: the exit code still tells.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = _text(Calm(1, BrokenPipeError, closefd=False), sys.stdout)
    sys.stderr = _text(Calm(2, OSError, closefd=False), sys.stderr)


class Guarded(io.TextIOWrapper):
    """A text stream that masks every secret on its way out, whoever writes it."""

    def write(self, text: str) -> int:
        """Write the text without secrets; say that all of it was written."""
        super().write(_redactor(text))
        return len(text)


def _text(raw: io.FileIO, former: TextIO | None) -> TextIO:
    """Return a text stream over `raw` in the former one's character set, which never fails on a character."""
    encoding = former.encoding if former else "utf-8"
    return Guarded(io.BufferedWriter(raw), encoding, errors="backslashreplace", line_buffering=raw.isatty())


def watch() -> None:
    """Let what nobody catches be told like everything else, in this thread and in all others."""
    sys.excepthook = lambda kind, error, trace: tell(traced(error))
    threading.excepthook = lambda caught: tell(traced(caught.exc_value or caught.exc_type()))


def traced(error: BaseException) -> str:
    """Return a traceback. Of an address in it, only what may be shown of one."""
    from runner.origin import safe_url

    told = "".join(traceback.format_exception(error)).rstrip()
    return _URL.sub(lambda found: safe_url(found[0]), told)


def closed(code: int) -> int:
    """Write out what is still held back and return the exit code: `code`, or 74 where output was lost."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if code == Exit.DONE:
            tell(f"care-export: E-IO: standard output: {error.strerror}")
        return code or Exit.IO
    return code


def say(text: str) -> None:
    """Write lines that were asked for to standard output, as they may be shown."""
    sys.stdout.write(_lines(text))


def say_json(data: Json) -> None:
    """Write data for programs to standard output; all ASCII, so that no character set can spoil it."""
    sys.stdout.write(_json(data, indent=2) + "\n")


def say_row(data: Json) -> None:
    """Write one line of JSON to standard output, at once."""
    sys.stdout.write(_json(data) + "\n")
    sys.stdout.flush()


def tell(text: str) -> None:
    """Write lines about the run to standard error, at once, as they may be shown."""
    sys.stderr.write(_lines(text))
    sys.stderr.flush()


def _lines(text: str) -> str:
    return "".join(f"{shown(line)}\n" for line in text.split("\n"))
