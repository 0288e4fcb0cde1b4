"""Files that a person keeps, whole or absent: a manifest, a spec, a report."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

Link = Callable[[Path, Path], None]


def put(path: Path, text: str) -> None:
    """Write a file whole or not at all; one that is there is replaced."""
    _by_a_part(path, text, lambda part: os.replace(part, path))


def put_new(path: Path, text: str, link: Link = os.link) -> None:
    """Write a file whole or not at all; FileExistsError where something is there already.

    `link` gives a file a second name; it is an argument so that a test can let it fail.
    """

    def place(part: Path) -> None:
        try:
            link(part, path)
        except OSError:
            # Something is there, as the next line finds too; or this file system has no second names.
            path.touch(exist_ok=False)
            os.replace(part, path)

    _by_a_part(path, text, place)


def _by_a_part(path: Path, text: str, place: Callable[[Path], None]) -> None:
    """Write a part file beside the file, and let it be placed; whatever happens, it is gone then.

    It always has the same name, so that what a killed run left is taken over.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        place(part)
    finally:
        with suppress(OSError):
            part.unlink()
