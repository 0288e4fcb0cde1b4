"""Runs a program under strace, and takes its lines apart."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_CALLS = (
    "open,openat,creat,close,dup,dup2,dup3,fcntl,lseek,write,pwrite64,writev,pwritev,pwritev2,sendfile,"
    "copy_file_range,ftruncate,truncate,fallocate,fsync,fdatasync,rename,renameat,renameat2,link,linkat,"
    "symlink,symlinkat,unlink,unlinkat,rmdir,mkdir,mkdirat"
)
_LINE = re.compile(r"(?P<pid>\d+) +(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)")


def traced(command: Sequence[str], folder: Path, environ: Mapping[str, str], log: Path) -> list[str]:
    """Run a command in a folder, which must end well; return the lines of its trace."""
    # -s: nothing that is written may be shortened. The seccomp filter stops at these calls alone.
    strace = ["strace", "-f", "-qq", "-xx", "-s", str(1 << 26), "--seccomp-bpf", "-o", str(log), "-e"]
    done = subprocess.run(
        [*strace, f"trace={_CALLS}", *command],
        cwd=folder,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return log.read_text("ascii").splitlines()


def calls(lines: Sequence[str]) -> Iterator[tuple[str, list[str], int]]:
    """Yield name, arguments and result of each call that did not fail, in the order in which they ended."""
    begun: dict[str, str] = {}
    for line in lines:
        pid, _, rest = line.partition(" ")
        if rest.endswith("<unfinished ...>"):
            begun[pid] = line.removesuffix("<unfinished ...>")
            continue
        if resumed := re.match(r" *<\.\.\. \w+ resumed>(.*)", rest):
            line = begun.pop(pid) + resumed[1]
        call = _LINE.match(line)
        if call and int(call["result"]) >= 0:
            yield call["name"], call["arguments"].split(", "), int(call["result"])


def quoted(word: str) -> bytes:
    r"""Return what a quoted argument stands for; strace was told to write every byte as \xNN."""
    return bytes.fromhex(word.strip('"').replace("\\x", ""))
