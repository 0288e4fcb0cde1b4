"""Files: whole or absent. The third of the three effects; it decides nothing.

A part file in the final directory -> write, count, hash -> fsync -> prove -> (the caller journals) -> rename
-> fsync the directory. Every directory on the way is opened without following symbolic links, so that nothing
is ever written outside of the root. Bytes are never changed.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from runner.proof import Format, prove

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_PART = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_PIECE = 1 << 20
_PART_NAME = re.compile(r"\.[0-9a-f]{32}\.part")


@dataclass(frozen=True, slots=True)
class Found:
    """What lies at an output's path: nothing, a file with its sha256, or something in the way (`why`)."""

    state: Literal["absent", "file", "blocked"]
    sha256: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A whole, proven part file. `part` is its name, beside `output`; the rest as in `events.Stored`."""

    part: str
    output: str
    bytes: int
    sha256: str
    rows: int
    rows_digest: str
    columns: tuple[str, ...]
    warnings: tuple[str, ...]


class Sink:
    """Writes outputs under `root`. An output is a relative posix path that `runner.filename` has judged.

    `sync` makes a file or a directory durable; it is an argument so that a test can let it fail.
    """

    def __init__(self, root: Path, *, sync: Callable[[int], None] = os.fsync) -> None:
        self._root = root
        self._sync = sync
        self._durable: set[str] = set()

    def inspect(self, output: str) -> Found:
        """Say what lies at the path. Writes nothing, follows no symbolic link."""
        try:
            with self._directory(output) as folder:
                return _found(folder, PurePosixPath(output).name)
        except FileNotFoundError:
            return Found("absent")
        except OSError as error:
            return Found("blocked", why=error.strerror or type(error).__name__)

    def ready(self, output: str) -> str:
        """Make the output's directory and try to make a file there; return why that cannot be, or nothing."""
        try:
            with self._directory(output, make=True) as folder:
                name = _part_name("ready", output)
                _discard(folder, name)
                os.close(os.open(name, _PART, 0o600, dir_fd=folder))
                os.unlink(name, dir_fd=folder)
        except OSError as error:
            return error.strerror or type(error).__name__
        return ""

    def store(
        self, key: str, output: str, chunks: Iterable[bytes], format: Format, metrics: tuple[str, ...]
    ) -> StoredFile:
        """Write `chunks` to a part file beside the output, make it durable and prove it.

        Raises Unproven, OSError, or what `chunks` raises; the part file is then gone.
        """
        part = _part_name(key, output)
        with self._directory(output, make=True) as folder:
            _discard(folder, part)
            descriptor = os.open(part, _PART, 0o600, dir_fd=folder)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                size, sha256 = _written(descriptor, chunks)
                self._sync(descriptor)
                with os.fdopen(descriptor, "rb", closefd=False) as file:
                    proven = prove(file, format, metrics)
                self._sync(folder)
            except BaseException:
                _discard(folder, part)
                raise
            finally:
                os.close(descriptor)
        return StoredFile(
            part, output, size, sha256, proven.rows, proven.rows_digest, proven.columns, proven.warnings
        )

    def copied(
        self, key: str, source: str, output: str, format: Format, metrics: tuple[str, ...]
    ) -> StoredFile:
        """Store what lies at the path `source` once more, as `store` does."""
        with self._directory(source) as folder:
            descriptor = os.open(PurePosixPath(source).name, _READ, dir_fd=folder)
            with os.fdopen(descriptor, "rb") as file:
                return self.store(key, output, iter(lambda: file.read(_PIECE), b""), format, metrics)

    def place(self, part: str, output: str, sha256: str, *, over: str) -> bool:
        """Give the part file its final name, durably. True also where a file with `sha256` is there already.

        False where the part is lost: gone, or no longer the bytes that were stored. `over` is the sha256 of
        the one file whose place it may take. Raises FileExistsError where any other is in the way, or
        something that is no file at all.
        """
        name = PurePosixPath(output).name
        try:
            with self._directory(output) as folder:
                final = _found(folder, name)
                if final.sha256 == sha256:
                    _discard(folder, part)
                    self._sync(folder)
                    return True
                if _found(folder, part).sha256 != sha256:
                    _discard(folder, part)
                    return False
                if final.state == "blocked" or (final.state == "file" and final.sha256 != over):
                    raise FileExistsError(errno.EEXIST, final.why or "another file is there already")
                os.rename(part, name, src_dir_fd=folder, dst_dir_fd=folder)
                self._sync(folder)
                return True
        except FileNotFoundError:
            return False

    def sweep(self, outputs: Iterable[str], wanted: Collection[str] = ()) -> None:
        """Remove part files from the outputs' directories, but none `wanted`, and none still written to."""
        for output in sorted({f"{PurePosixPath(one).parent}/x" for one in outputs}):
            with suppress(OSError), self._directory(output) as folder:
                for name in os.listdir(folder):
                    if _PART_NAME.fullmatch(name) and name not in wanted:
                        _discard_stale(folder, name)

    @contextmanager
    def _directory(self, output: str, *, make: bool = False) -> Iterator[int]:
        """Open the output's directory, step by step from the root; no step may be a symbolic link."""
        folder = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            path = PurePosixPath()
            for name in PurePosixPath(output).parent.parts:
                path /= name
                if make:
                    self._make(name, folder, str(path))
                deeper = _opened(name, folder)
                os.close(folder)
                folder = deeper
            yield folder
        finally:
            os.close(folder)

    def _make(self, name: str, folder: int, path: str) -> None:
        """Make one directory durably; one that a killed run left may still lack that, so it is synced."""
        try:
            os.mkdir(name, 0o755, dir_fd=folder)
        except FileExistsError:
            if path in self._durable:
                return
        self._sync(folder)
        self._durable.add(path)


def _opened(name: str, folder: int) -> int:
    """Open a directory inside `folder`; NotADirectoryError in plain words for a link or a file."""
    try:
        return os.open(name, _DIRECTORY, dir_fd=folder)
    except NotADirectoryError as error:
        link = stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
        what = "a symbolic link" if link else "not a directory"
        raise NotADirectoryError(error.errno, f"{name!r} on the way there is {what}") from None


def _found(folder: int, name: str) -> Found:
    try:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return Found("absent")
    if stat.S_ISREG(mode):
        return Found("file", sha256=_sha256(folder, name))
    what = {stat.S_IFLNK: "a symbolic link", stat.S_IFDIR: "a directory"}.get(
        stat.S_IFMT(mode), "no plain file"
    )
    return Found("blocked", why=f"what is there is {what}")


def _sha256(folder: int, name: str) -> str:
    with os.fdopen(os.open(name, _READ, dir_fd=folder), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _written(descriptor: int, chunks: Iterable[bytes]) -> tuple[int, str]:
    """Write all chunks; return how many bytes they were, and their sha256."""
    size, digest = 0, hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    return size, digest.hexdigest()


def _part_name(key: str, output: str) -> str:
    """Return the part's name: always the same for a partition, so that a later run finds what was left."""
    return f".{hashlib.sha256(f'{key} {output}'.encode()).hexdigest()[:32]}.part"


def _discard(folder: int, name: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)


def _discard_stale(folder: int, name: str) -> None:
    """Remove a part file, unless somebody is writing to it, or it is no file."""
    with suppress(OSError), os.fdopen(os.open(name, _READ, dir_fd=folder), "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(name, dir_fd=folder)
