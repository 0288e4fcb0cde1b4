"""Standard output and standard error that cannot spoil a run.

A reader that goes away (`| head`) is no failure of ours: what it no longer wants is dropped, and the run goes
on to its own result. A name that the terminal's character set lacks is written as an escape.
"""

from __future__ import annotations

import io
import json
import os
import sys
from typing import TYPE_CHECKING, TextIO

from runner.errors import Exit, visible

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

    from runner.document import Json


class Output(io.FileIO):
    """A file descriptor that forgives a reader that has gone; a full disk still raises OSError."""

    def write(self, data: ReadableBuffer) -> int:
        """Write the bytes; say that all were written where nobody reads them."""
        try:
            return super().write(data)
        except BrokenPipeError:
            return memoryview(data).nbytes


class Messages(io.FileIO):
    """A file descriptor for messages: where they cannot be written, the exit code still tells."""

    def write(self, data: ReadableBuffer) -> int:
        """Write the bytes, or drop them."""
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def calm() -> None:
    """Put calm streams into the place of the program's own; closed ones (`>&-`) lead nowhere from here on.

    A closed descriptor is filled first: the next file opened would get its number, and our words.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = _text(Output(1, "w", closefd=False), sys.stdout)
    sys.stderr = _text(Messages(2, "w", closefd=False), sys.stderr)


def _text(raw: io.FileIO, former: TextIO | None) -> TextIO:
    """Return a text stream over `raw` in the former one's character set, which never fails on a character."""
    encoding = former.encoding if former else "utf-8"
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding, errors="backslashreplace", line_buffering=raw.isatty()
    )


def closed(code: int) -> int:
    """Write out what is still held back and return the exit code: `code`, or 74 where output was lost."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if code == Exit.DONE:
            tell(f"care-export: standard output: {error.strerror}")
        return code or Exit.IO
    return code


def say(text: str) -> None:
    """Write lines that were asked for to standard output; control characters are made visible."""
    sys.stdout.write("".join(f"{visible(line)}\n" for line in text.split("\n")))


def say_json(data: Json) -> None:
    """Write data for programs to standard output; all ASCII, so that no character set can spoil it."""
    sys.stdout.write(json.dumps(data, indent=2) + "\n")


def tell(text: str) -> None:
    """Write lines about the run to standard error, at once; control characters are made visible."""
    sys.stderr.write("".join(f"{visible(line)}\n" for line in text.split("\n")))
    sys.stderr.flush()
