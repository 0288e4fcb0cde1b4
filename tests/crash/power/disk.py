"""PURE: what a weak file system may hold after a power cut, from the effects that came before it.

The model is weak on purpose: whatever was not synced may be lost, torn or zeroed, one by one, in any order. A
sync of a file makes its bytes and its size durable, not its name; names become durable by a sync of their
folder alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

ROOT = 0
"""The number of the folder that everything happens in."""
SECTOR, PAGE = 512, 4096
"""Disks write the one at once, and file systems the other."""
PASSING = (".lock", ".pid", "-shm", "reserve")
"""Ends of names of files in which nothing durable is kept: they are lost or there, empty, all at once."""

State = Mapping[str, bytes | None]
"""What lies where, by path: bytes of a file, None for a folder."""


@dataclass(frozen=True)
class Write:
    """Bytes were written into a file at an offset; `name` is the one it was made under."""

    file: int
    offset: int
    content: bytes
    name: str


@dataclass(frozen=True)
class Resize:
    """A file was cut, or made longer with zeros."""

    file: int
    size: int
    name: str


@dataclass(frozen=True)
class Link:
    """A name now leads to a file or a folder; `former` is the name that it had before, in a rename."""

    folder: int
    name: str
    target: int
    former: tuple[int, str] | None = None


@dataclass(frozen=True)
class Unlink:
    """A name is gone."""

    folder: int
    name: str


@dataclass(frozen=True)
class Sync:
    """Of a file or a folder, everything until now is durable."""

    target: int


@dataclass(frozen=True)
class Said:
    """The program told the world a line: from here on it is bound by it."""

    line: str


Change = Write | Resize | Link | Unlink
Effect = Change | Sync | Said


@dataclass
class Disk:
    """Files and folders by number. ROOT is there from the start."""

    files: dict[int, bytes | bytearray] = field(default_factory=dict)
    folders: dict[int, dict[str, int]] = field(default_factory=lambda: {ROOT: {}})

    def copy(self) -> Disk:
        """Return another disk with the same on it."""
        files: dict[int, bytes | bytearray] = {one: bytes(content) for one, content in self.files.items()}
        return Disk(files, {number: dict(names) for number, names in self.folders.items()})

    def apply(self, change: Change) -> None:
        """Carry out one change."""
        match change:
            case Write(file, offset, content):
                there = self._grown(file, offset)
                there[offset : offset + len(content)] = content
            case Resize(file, size):
                del self._grown(file, size)[size:]
            case Link(folder, name, target, former):
                if former and self.folders[former[0]].get(former[1]) == target:
                    del self.folders[former[0]][former[1]]
                self.folders[folder][name] = target
            case Unlink(folder, name):
                self.folders[folder].pop(name, None)

    def _grown(self, file: int, size: int) -> bytearray:
        """Return a file's bytes, to be changed; zeros fill it up to a size."""
        there = self.files[file]
        if isinstance(there, bytes):
            there = self.files[file] = bytearray(there)
        there.extend(bytes(max(size - len(there), 0)))
        return there

    def state(self) -> State:
        """Return what can be reached from the root, by path."""
        return dict(self._below(ROOT, ""))

    def _below(self, folder: int, path: str) -> Iterator[tuple[str, bytes | None]]:
        for name, target in self.folders[folder].items():
            yield path + name, bytes(self.files[target]) if target in self.files else None
            if target in self.folders:
                yield from self._below(target, f"{path}{name}/")


@dataclass(frozen=True)
class Cut:
    """One state after a cut that came when `done` effects had been made; `how` is what became of the rest."""

    done: int
    how: str
    state: State


def places(change: Change) -> tuple[int, ...]:
    """Return the files or folders of which each must be synced before the change is durable."""
    match change:
        case Write(file) | Resize(file):
            return (file,)
        case Link(folder, _, _, former):
            return (folder, *(former[:1] if former else ()))
        case unlink:
            return (unlink.folder,)


def durable_from(effects: Sequence[Effect]) -> list[int]:
    """Return for each effect how many effects must be done until it is durable."""
    never = len(effects) + 1
    syncs: dict[int, int] = {}
    found = [0] * len(effects)
    for at in range(len(effects) - 1, -1, -1):
        match effects[at]:
            case Sync(target):
                syncs[target] = at + 1
            case Said():
                pass
            case change:
                found[at] = max(syncs.get(place, never) for place in places(change))
    return found


def cuts(before: Disk, effects: Sequence[Effect], *, singly: bool = True) -> Iterator[Cut]:
    """Yield every state that a cut may leave, the same one only once for each number of effects done.

    Without `singly` only two for each: all that was not synced is there, and all of it is lost.
    """
    durable = durable_from(effects)
    for done in range(len(effects) + 1):
        loose = [at for at in range(done) if durable[at] > done]
        seen = set()
        for how, fates in _fates(effects, loose, singly=singly):
            state = _left(before, effects[:done], fates)
            if (mark := digest(state)) not in seen:
                seen.add(mark)
                yield Cut(done, how, state)


def digest(state: State) -> bytes:
    """Return a hash of a state."""
    made = hashlib.sha256()
    for path in sorted(state):
        content = state[path]
        made.update(f"{path}\0{-1 if content is None else len(content)}\0".encode())
        made.update(content or b"")
    return made.digest()


def _left(before: Disk, effects: Sequence[Effect], fates: Mapping[int, Sequence[Change]]) -> State:
    """Return the state where each effect came about as `fates` says, and as it is where that says nothing."""
    disk = before.copy()
    for at, effect in enumerate(effects):
        if not isinstance(effect, Sync | Said):
            for change in fates.get(at, (effect,)):
                disk.apply(change)
    return disk.state()


def _fates(
    effects: Sequence[Effect], loose: Sequence[int], *, singly: bool
) -> Iterator[tuple[str, Mapping[int, Sequence[Change]]]]:
    """Yield what may become of the loose effects: all or none, each alone, all but each, each damaged."""
    lost: dict[int, Sequence[Change]] = dict.fromkeys(loose, ())
    yield "all is there", {}
    yield "all is lost", lost
    for at in loose if singly else ():
        effect = effects[at]
        assert not isinstance(effect, Sync | Said)
        if passing(effect):
            continue
        yield f"lost alone: {told(effect)}", {at: ()}
        yield f"there alone: {told(effect)}", {one: () for one in loose if one != at}
        for how, changes in _damaged(effect):
            yield f"{how}: {told(effect)}", {at: changes}


def passing(change: Change) -> bool:
    """Say whether a change is one of a file in which nothing durable is kept."""
    return change.name.endswith(PASSING)


def _damaged(change: Change) -> Iterator[tuple[str, Sequence[Change]]]:
    """Yield the ways in which a change may come about in part."""
    if isinstance(change, Link) and change.former:
        yield "both names", (Link(change.folder, change.name, change.target),)
    if not isinstance(change, Write):
        return
    whole, size = change.content, len(change.content)
    for length in sorted({min(size // 2, SECTOR), PAGE, size - 1}):
        if 0 < length < size:
            yield f"torn after {length} bytes", (_as(change, 0, whole[:length]),)
    for length in (SECTOR, PAGE):
        if length < size:
            # Blocks are written in any order: the size is there, and the first block is not.
            yield f"first {length} bytes missing", (_as(change, length, whole[length:]),)
    yield "zeroed", (_as(change, 0, bytes(size)),)


def _as(write: Write, skip: int, content: bytes) -> Write:
    return Write(write.file, write.offset + skip, content, write.name)


def told(effect: Effect) -> str:
    """Say in words what an effect is."""
    match effect:
        case Write(_, offset, content, name):
            return f"{len(content)} bytes at {offset} of {name}"
        case Resize(_, size, name):
            return f"size {size} of {name}"
        case Link(_, name, _, former):
            return f"{former[1]} renamed to {name}" if former else f"the name {name}"
        case Unlink(_, name):
            return f"{name} removed"
        case Sync(target):
            return f"sync of {target}"
        case said:
            return said.line
