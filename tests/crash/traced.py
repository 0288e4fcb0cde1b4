"""strace: which system calls a run makes, and how one of them is made to fail or to be the last.

strace counts the calls of each name by thread, from when it was attached. The runs that are traced here have
one thread that does everything, so name and number say which call is meant.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

_BEGUN = re.compile(r"^(\d+) +(\w+)\((.*)")
_HERE = re.compile(r'^AT_FDCWD<[^>]*>, (?="/)')
"""Where the process stands, before a path that does not begin there."""
_CHANGING = """
mkdir mkdirat rmdir rename renameat renameat2 link linkat unlink unlinkat symlink symlinkat
write writev pwrite64 pwritev truncate ftruncate fallocate fsync fdatasync sync_file_range msync
chmod fchmod fchmodat chown fchown fchownat utimensat flock exit_group
"""
CONNECTED = ("socket", "connect", "sendto", "sendmsg", "recvfrom", "recvmsg", "shutdown")
CHANGING = frozenset((*_CHANGING.split(), *CONNECTED))


@dataclass(frozen=True, slots=True)
class Call:
    """The `number`-th call of that name (from 1), and how strace writes it."""

    name: str
    number: int
    text: str

    def within(self, folder: str) -> bool:
        """Say whether the call is about something in a folder; strace must have decoded the descriptors."""
        return folder in _HERE.sub("", self.text)

    def __str__(self) -> str:
        """Name the call as a person would look for it."""
        return f"{self.name} #{self.number}: {self.name}({self.text[:100]}"


def calls(log: Path, process: int) -> list[Call]:
    """Return the calls of a process' first thread, in their order."""
    counts: Counter[str] = Counter()
    made = []
    for line in log.read_text(errors="replace").splitlines():
        if (begun := _BEGUN.match(line)) and int(begun[1]) == process:
            counts[begun[2]] += 1
            made.append(Call(begun[2], counts[begun[2]], begun[3]))
    return made


def threads(log: Path) -> frozenset[int]:
    """Return the numbers of the threads that made calls."""
    begun = (_BEGUN.match(line) for line in log.read_text(errors="replace").splitlines())
    return frozenset(int(one[1]) for one in begun if one)


def failed(log: Path) -> int:
    """Return how many calls were made to fail."""
    return log.read_text(errors="replace").count("(INJECTED)")


def shared(log: Path, process: int) -> frozenset[str]:
    """Return the names of calls that other threads than the first one make."""
    begun = (_BEGUN.match(line) for line in log.read_text(errors="replace").splitlines())
    return frozenset(one[2] for one in begun if one and int(one[1]) != process)


def changes(call: Call) -> bool:
    """Say whether a call changes anything outside of the process: a file, a folder, a connection, a lock."""
    return call.name in CHANGING or (call.name == "openat" and "O_CREAT" in call.text)


def attached(process: int, log: Path, expressions: tuple[str, ...]) -> subprocess.Popen[str]:
    """Attach strace to a halted process and return it once it watches; it ends with the process."""
    arguments = [f"--{one}" if one == "decode-fds" else f"-e{one}" for one in expressions]
    watcher = subprocess.Popen(
        ["strace", "-f", "-s16", "-o", log, *arguments, "-p", str(process)],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert watcher.stderr is not None
    said = watcher.stderr.readline()
    assert "attached" in said, f"strace does not attach (ptrace may be forbidden here): {said}"
    return watcher
