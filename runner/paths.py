"""Which relative paths an output may have: plain on every system, inside the folder, apart from each other.

Pure: the disk is not looked at. What is refused here would be unsafe, or another file, on some system that
the same manifest runs on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

NAME_MAX = 255
"""Bytes of UTF-8 in one part of a path, as file systems measure it."""

PATH_MAX = 4096 - 1024
"""Bytes in a whole relative path; the margin is for the folder it lies in."""

OURS = ("specs", "generated", "runner", ".care-export")
"""Folders at the top that an output may not lie in."""

_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9])")
_SPECIAL = '<>:"|?*'


@dataclass(frozen=True, slots=True)
class Collision:
    """Two paths, by their positions, that cannot both be written; `message` says why."""

    first: int
    second: int
    message: str


def check_path(text: str, taken: Collection[str] = ()) -> str | None:
    """Say what is wrong with a relative path of an output, or None.

    `taken` are paths that hold something else: the manifest, its lock, profiles.yaml.
    """
    if whole := _whole(text):
        return whole
    for name in text.split("/"):
        if problem := _name(name):
            return f"{text!r}: {problem}"
    if text.split("/")[0].casefold() in OURS:
        return f"{text!r} lies in {text.split('/')[0]}/, which belongs to the program"
    key = folded(text)
    if any(f"{folded(one)}/".startswith(f"{key}/") or key.startswith(f"{folded(one)}/") for one in taken):
        return f"{text!r} would lie over a file that the run reads or keeps"
    return None


def folded(path: str) -> str:
    """Return the path as the most forgiving file system compares it: no case, no forms of a character."""
    once = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", path).casefold())
    return unicodedata.normalize("NFKC", once.casefold())


def collisions(paths: Sequence[str]) -> Iterator[Collision]:
    """Yield each path that is an earlier one, or needs as a folder what another one is as a file."""
    keys = [folded(path) for path in paths]
    files: dict[str, int] = {}
    for position, key in enumerate(keys):
        first = files.setdefault(key, position)
        if first != position:
            yield Collision(first, position, _same(paths[first], paths[position]))
    for position, key in enumerate(keys):
        parts = key.split("/")
        for depth in range(1, len(parts)):
            if (file := files.get("/".join(parts[:depth]))) is not None:
                message = f"{paths[position]!r} needs a folder where {paths[file]!r} is a file"
                yield Collision(min(file, position), max(file, position), message)


def _same(first: str, second: str) -> str:
    if first == second:
        fields = "{{ start | date }}, {{ export }} or {{ profile }}"
        return f"{second!r} is written twice; put {fields} into the name"
    return f"{second!r} and {first!r} are one file where case and forms of a character do not count"


def _whole(text: str) -> str | None:
    """Say what is wrong with the path as one text."""
    if not text.strip():
        return "the path is empty"
    if hidden := [one for one in text if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]:
        return f"the path holds {hidden[0]!a}, a control or invisible character"
    if text.startswith("/"):
        return f"{text!r} is absolute; write it relative to the output directory"
    if "\\" in text:
        return f"{text!r} holds a backslash; folders are parted by /"
    if re.match(r"[A-Za-z]:", text):
        return f"{text!r} names a drive; write it relative to the output directory"
    if (size := len(text.encode())) > PATH_MAX:
        return f"the path has {size} bytes, {PATH_MAX} are allowed"
    return None


def _name(name: str) -> str | None:
    """Say what is wrong with one part of a path."""
    plain = unicodedata.normalize("NFKC", name)
    if plain.strip(" .") == "":
        return f"{name!r} is no name: a part of a path may not be empty, or only dots or spaces"
    if {"/", "\\"} & set(plain):
        return f"{name!r} is read as {plain!r} where forms of a character do not count"
    if name[0] in "-~":
        return f"{name!r} begins with {name[0]!r}, which programs read as an option or a home folder"
    if name[0] == " " or plain[-1] in " .":
        return f"{name!r} begins or ends with a space, or ends with a dot"
    if special := [one for one in name if one in _SPECIAL]:
        return f"{name!r} holds {special[0]!r}, which not every system allows in a name"
    if _DEVICES.fullmatch(plain.split(".")[0].rstrip().lower()):
        return f"{name!r} is the name of a device on Windows, whatever its ending"
    if plain.casefold() == ".git":
        return "an output may not lie under .git/"
    if (size := len(name.encode())) > NAME_MAX:
        return f"a part has {size} bytes, {NAME_MAX} are allowed"
    return None
