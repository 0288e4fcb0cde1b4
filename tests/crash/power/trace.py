"""Reads from the trace of a program what it did to one folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.power.disk import (
    ROOT,
    Change,
    Disk,
    Effect,
    Link,
    Resize,
    Said,
    State,
    Sync,
    Unlink,
    Write,
)
from tests.crash.power.strace import calls, quoted

_STDOUT = 1


def loaded(folder: Path) -> Disk:
    """Return what lies in a folder as a disk."""
    disk = Disk()
    numbers = {folder: ROOT}
    for number, path in enumerate(sorted(folder.rglob("*")), ROOT + 1):
        numbers[path] = number
        disk.folders[numbers[path.parent]][path.name] = number
        if path.is_dir():
            disk.folders[number] = {}
        else:
            disk.files[number] = path.read_bytes()
    return disk


def unlinked(disk: Disk, paths: Sequence[str]) -> tuple[list[Link], Disk]:
    """Return the effects that gave folders their names, and the disk as it was before them."""
    before, links = disk.copy(), []
    for path in paths:
        folder = ROOT
        for name in path.split("/")[:-1]:
            folder = disk.folders[folder][name]
        name = path.split("/")[-1]
        links.append(Link(folder, name, before.folders[folder].pop(name)))
    return links, before


def there(folder: Path) -> State:
    """Return what lies in a folder, by path."""
    return loaded(folder).state()


@dataclass
class _Open:
    """An open file: its number and the place where the next `write` goes."""

    number: int
    at: int = 0


@dataclass
class Reader:
    """Reads a trace of what was done in the folder `root`, on the disk as it was `before`.

    What it does not know is an error, where it concerns the folder; what happens elsewhere is passed over.
    """

    root: Path
    before: Disk
    effects: list[Effect] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.disk = self.before.copy()
        self._open: dict[int, _Open] = {}
        self._names: dict[int, str] = {}
        self._count = max([ROOT, *self.disk.files, *self.disk.folders])

    def read(self, lines: Sequence[str]) -> list[Effect]:
        """Return the effects of the trace, in order."""
        steps: dict[str, Callable[[list[str], int], None]] = {
            "openat": self._openat,
            "open": lambda words, result: self._openat(["AT_FDCWD", *words], result),
            "close": lambda words, _: self._closed(int(words[0])),
            "dup": self._doubled,
            "fcntl": self._controlled,
            "lseek": self._moved,
            "write": self._written,
            "pwrite64": lambda words, result: self._put(words, result, int(words[3])),
            "ftruncate": self._resized,
            "fallocate": self._allocated,
            "truncate": self._cut,
            "fsync": lambda words, _: self._synced(int(words[0])),
            "fdatasync": lambda words, _: self._synced(int(words[0])),
            "rename": lambda words, _: self._renamed("AT_FDCWD", words[0], "AT_FDCWD", words[1]),
            "renameat": lambda words, _: self._renamed(*words[:4]),
            "renameat2": lambda words, _: self._renamed(*words[:4]),
            "unlink": lambda words, _: self._removed("AT_FDCWD", words[0]),
            "rmdir": lambda words, _: self._removed("AT_FDCWD", words[0]),
            "unlinkat": lambda words, _: self._removed(*words[:2]),
            "mkdir": lambda words, _: self._made("AT_FDCWD", words[0]),
            "mkdirat": lambda words, _: self._made(*words[:2]),
        }
        for name, words, result in calls(lines):
            if name in steps:
                steps[name](words, result)
            else:
                assert not self._ours(words), f"the model knows no {name}"
        return self.effects

    def _do(self, change: Change) -> None:
        self.disk.apply(change)
        self.effects.append(change)

    def _ours(self, words: Sequence[str]) -> bool:
        """Say whether a call that is not known has anything to do with the folder."""
        numbers = {int(word) for word in words if word.isdecimal()}
        paths = [word for word in words if word.startswith('"')]
        return bool(numbers & self._open.keys()) or any(self._place("AT_FDCWD", path) for path in paths)

    def _place(self, start: str, path: str) -> tuple[int, str] | None:
        """Return the folder and the last name of a path; None where it lies elsewhere."""
        named = os.fsdecode(quoted(path))
        if start == "AT_FDCWD" or named.startswith("/"):
            named = os.path.normpath(self.root / named)
            if not named.startswith(f"{self.root}/"):
                return None
            folder, named = ROOT, named[len(str(self.root)) + 1 :]
        elif int(start) in self._open:
            folder = self._open[int(start)].number
        else:
            return None
        *way, last = named.split("/")
        for step in way:
            if step not in self.disk.folders[folder]:
                return None
            folder = self.disk.folders[folder][step]
        return folder, last

    def _openat(self, words: list[str], result: int) -> None:
        start, path, flags = words[:3]
        self._closed(result)
        if os.path.normpath(os.fsdecode(quoted(path))) == str(self.root) or (
            start == "AT_FDCWD" and quoted(path) == b"."
        ):
            self._open[result] = _Open(ROOT)
            return
        if (place := self._place(start, path)) is None:
            return
        assert "O_APPEND" not in flags, "the model knows no O_APPEND"
        folder, name = place
        if name not in self.disk.folders[folder]:
            self._count += 1
            self.disk.files[self._count] = self.before.files[self._count] = b""
            self._do(Link(folder, name, self._count))
        number = self.disk.folders[folder][name]
        self._names.setdefault(number, name)
        if "O_TRUNC" in flags and self.disk.files[number]:
            self._do(Resize(number, 0, name))
        self._open[result] = _Open(number)

    def _closed(self, descriptor: int) -> None:
        self._open.pop(descriptor, None)

    def _doubled(self, words: list[str], result: int) -> None:
        if int(words[0]) in self._open:
            self._open[result] = self._open[int(words[0])]

    def _controlled(self, words: list[str], result: int) -> None:
        if words[1].startswith("F_DUPFD"):
            self._doubled(words, result)

    def _moved(self, words: list[str], result: int) -> None:
        if int(words[0]) in self._open:
            self._open[int(words[0])].at = result

    def _written(self, words: list[str], result: int) -> None:
        if int(words[0]) == _STDOUT:
            self.effects.extend(Said(line) for line in quoted(words[1]).decode().splitlines())
        elif one := self._open.get(int(words[0])):
            self._put(words, result, one.at)
            one.at += result

    def _put(self, words: list[str], result: int, offset: int) -> None:
        if one := self._open.get(int(words[0])):
            content = quoted(words[1])[:result]
            self._do(Write(one.number, offset, content, self._names[one.number]))

    def _resized(self, words: list[str], result: int) -> None:
        if one := self._open.get(int(words[0])):
            self._do(Resize(one.number, int(words[1]), self._names[one.number]))

    def _allocated(self, words: list[str], result: int) -> None:
        if one := self._open.get(int(words[0])):
            assert words[1] == "0", "the model knows no mode of fallocate"
            size = max(len(self.disk.files[one.number]), int(words[2]) + int(words[3]))
            self._do(Resize(one.number, size, self._names[one.number]))

    def _cut(self, words: list[str], result: int) -> None:
        if place := self._place("AT_FDCWD", words[0]):
            self._do(Resize(self.disk.folders[place[0]][place[1]], int(words[1]), place[1]))

    def _synced(self, descriptor: int) -> None:
        if one := self._open.get(descriptor):
            self.effects.append(Sync(one.number))

    def _renamed(self, start: str, path: str, other_start: str, other: str) -> None:
        former, place = self._place(start, path), self._place(other_start, other)
        if former is None and place is None:
            return
        assert former is not None, "a rename from outside"
        assert place is not None, "a rename to outside"
        self._do(Link(*place, self.disk.folders[former[0]][former[1]], former))

    def _removed(self, start: str, path: str) -> None:
        if place := self._place(start, path):
            self._do(Unlink(*place))

    def _made(self, start: str, path: str) -> None:
        if place := self._place(start, path):
            self._count += 1
            self.disk.folders[self._count] = {}
            self.before.folders[self._count] = {}
            self._do(Link(*place, self._count))
