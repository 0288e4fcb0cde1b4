"""Where requests of other tools come from: the command line, standard input, a file, a folder.

What is secret in them is known to the streams before anything is said.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NoReturn

from runner.cli import streams
from runner.cli.source import contents, unreadable
from runner.errors import Exit, Problem, Refusal
from runner.foreign import source
from runner.foreign.call import Reading, Unread
from runner.foreign.data import MAX_BYTES
from runner.foreign.variables import unknowns
from runner.judge import did_you_mean
from runner.zones import names

MAX_FILES = 2_000
"""The most files of a folder that are read."""
_KINDS = (".bru", ".yml", ".yaml")
_FILE = re.compile(
    r"(?!/api/)[./~][^\s?:]{0,999}|[^\s?:]{1,999}\.(txt|json|har|ya?ml|bru|hurl|http|curl|sh)", re.IGNORECASE
)
"""A word that names a file and no address; the paths of the API begin otherwise."""
_ZONE_FILE = Path("/etc/localtime")
_PASTED = (
    "Put the address into a file, or give - and paste it: as an argument a shell keeps it in its history."
)


def typed(words: Sequence[str], environment_file: str | None) -> tuple[str, Reading]:
    """Return the requests that were given on the command line, or that lie in the one file named there."""
    if not words or list(words) == ["-"] or _lies(words):
        return lying(words[0] if words else "-", environment_file)
    if len(words) == 1 and _FILE.fullmatch(words[0]):
        raise _absent(Path(words[0]))
    environ = None if environment_file is None else _environment(environment_file)
    return "the command line", _read("the command line", lambda: source.of_words(words, environ))


def _lies(words: Sequence[str]) -> bool:
    """Say whether words are the name of a file or a folder that is there."""
    one = words[0]
    return len(words) == 1 and "://" not in one and 0 < len(one) < 1000 and Path(one).exists()


def piped(environ: dict[str, str] | None = None) -> tuple[str, Reading]:
    """Return the requests that come on standard input; a person at a terminal is told to paste."""
    if sys.stdin.isatty():
        streams.tell("Paste it here, then press Enter and Ctrl-D.")
    content = sys.stdin.buffer.read(MAX_BYTES + 1)
    return "standard input", _read("standard input", lambda: source.of_bytes(content, "", environ))


def lying(name: str, environment_file: str | None) -> tuple[str, Reading]:
    """Return the requests of a file or a folder, or of standard input for `-`."""
    environ = None if environment_file is None else _environment(environment_file)
    if name == "-":
        return piped(environ)
    # A path of no letters is the current folder, and nobody means it: a variable was empty.
    path = Path(name) if name else _refuse("the command line", Unread(source.NOTHING))
    if path.is_dir():
        files = dict(_folder(path))
        return name, _read(name, lambda: source.of_folder(files, environ))
    if "://" in name and not path.exists():
        raise Refusal(Exit.NO_INPUT, f"{name!r} is an address and no file", advice=_PASTED)
    content = _contents(path)
    return name, _read(name, lambda: source.of_bytes(content, name, environ))


def _environment(name: str) -> dict[str, str]:
    content = _contents(Path(name)) if name else _refuse("--environment", Unread(source.NOTHING))
    try:
        return source.environment(content, name)
    except Unread as unread:
        _refuse(name, unread)


def _contents(path: Path) -> bytes:
    try:
        return contents(path, MAX_BYTES)
    except FileNotFoundError:
        raise _absent(path) from None
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error


def _absent(path: Path) -> Refusal:
    """Return the refusal of a file that is not there, with the name of its folder that is nearest."""
    try:
        there = list(islice(os.listdir(path.parent), MAX_FILES))
    except OSError:
        there = []
    return Refusal(Exit.NO_INPUT, f"there is no file {str(path)!r}{did_you_mean(path.name, there)}")


def _folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a folder that a collection is made of; links and hidden ones are passed over."""
    count = size = 0
    for base, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith(".") and one != "node_modules")
        for name in sorted(one for one in files if one.endswith(_KINDS) and not one.startswith(".")):
            path = Path(base, name)
            if path.is_symlink():
                continue
            content = _contents(path)
            count, size = count + 1, size + len(content)
            if count > MAX_FILES or size > MAX_BYTES:
                raise Refusal(Exit.DATA, f"{folder} holds too much; name a folder below it", code="E-FOREIGN")
            yield path.relative_to(folder).as_posix(), content


def _read(name: str, read: Callable[[], Reading]) -> Reading:
    """Return a reading, whose secrets are known from here on; or refuse with the place."""
    try:
        reading = read()
    except Unread as unread:
        _refuse(name, unread)
    for call in reading.calls:
        # A variable without a value is no secret, and a person has to be told its name.
        texts = (call.company_key(), call.username, call.password)
        key, username, password = ("" if unknowns(one) == [one] else one for one in texts)
        streams.know(key, username, password)
        for secret in call.secrets():
            streams.know(secret, "", "")
    return reading


def _refuse(name: str, unread: Unread) -> NoReturn:
    file = str(Path(name, unread.file)) if unread.file and Path(name).is_dir() else name
    problem = Problem(file, unread.line, unread.column, unread.path, str(unread))
    raise Refusal(Exit.DATA, f"{name} cannot be read", [problem], code="E-FOREIGN") from None


def local_zone(environ: Mapping[str, str], file: Path = _ZONE_FILE) -> str:
    """Return the name of the machine's own zone; UTC where it has none that is known."""
    named = environ.get("TZ", "").lstrip(":")
    if named in names():
        return named
    try:
        where = os.readlink(file).rpartition("zoneinfo/")[2]
    except OSError:
        where = ""
    return where if where in names() else "UTC"
