"""From what a person typed to a manifest and its path."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from runner import catalog, document
from runner.document import MAX_BYTES
from runner.errors import Exit, Refusal
from runner.manifest import Manifest, parse
from runner.wording import distance, nearest

FOLDER = Path("manifests")
"""Where a manifest is looked for that is not at the place named."""

_MACHINE = (errno.EIO, errno.ESTALE, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
"""Why a file cannot be read whose name and mode are right."""
_KINDS = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"))


def load(name: str) -> tuple[Path, Manifest]:
    """Return a manifest and its path. Refusal 66 where it is not there, 65 with every problem of it."""
    path, content = found(name)
    return path, parse(document.read(content, str(path)), catalog.load())


def found(name: str) -> tuple[Path, bytes]:
    """Return the path and the content of a manifest: a path, or a name under manifests/.

    Refusal 66 with the reason, or with the closest name, where there is none.
    """
    for path in (Path(name), FOLDER / name, FOLDER / f"{name}.yaml"):
        try:
            return path, contents(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError) as error:
            raise unreadable(path, error) from error
    raise Refusal(
        Exit.NO_INPUT,
        f"there is no manifest {name!r}{_meant(name)}",
        advice="MANIFEST is a path, or the name of a file under manifests/.",
    )


def contents(path: Path, most: int = MAX_BYTES) -> bytes:
    """Return what a regular file holds; of one that is too long, a byte more than the most it may have.

    A pipe or a device is never waited for. OSError where the file cannot be read or is of another kind.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            kind = next((word for of, word in _KINDS if of(mode)), "a device")
            raise OSError(0, f"it is {kind}, not a file")
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(most + 1)
    finally:
        os.close(handle)


def unreadable(path: Path, error: OSError | ValueError) -> Refusal:
    """Return the refusal of a path that cannot be read, with the reason; 74 where the machine fails."""
    reason = error.strerror if isinstance(error, OSError) else error
    failed = getattr(error, "errno", None) in _MACHINE
    return Refusal(Exit.IO if failed else Exit.NO_INPUT, f"cannot read {str(path)!r}: {reason}")


def _meant(name: str) -> str:
    """Say which manifest was meant, by the names without their endings: all of them end alike.

    Short names that differ in one letter, as q1 and q2, are near too.
    """
    stem, by_stem = Path(name).stem, {Path(one).stem: one for one in sorted(_names(), reverse=True)}
    short = [one for one in sorted(by_stem) if len(stem) > 1 and distance(stem, one) == 1]
    near = nearest(stem, by_stem) or next(iter(short), "")
    return f"; did you mean {by_stem[near]!r}?" if near else ""


def _names() -> Iterator[str]:
    """Name what could have been meant: the manifests here and under manifests/."""
    for folder in (Path(), FOLDER):
        for suffix in ("yaml", "yml", "json"):
            yield from (path.name for path in folder.glob(f"*.{suffix}") if path.name != "profiles.yaml")
