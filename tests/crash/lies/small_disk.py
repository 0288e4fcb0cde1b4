"""The real command on a file system of eight megabytes that is really full, where one may be mounted."""

from __future__ import annotations

import errno
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from runner.sandbox.wire import Request, Response
from tests.crash.lies.office import Office, vendor
from tests.crash.lies.stand import step_of

NAMESPACES = (
    ("unshare", "--mount"),
    ("unshare", "--user", "--map-root-user", "--mount"),
)
"""Ways to a mount of one's own: for root, and for anybody where the system lets them."""
SCRIPT = """
mount -t tmpfs -o size=8m none "$1" && cp -r "$2/." "$1" && cd "$1" || exit 99
"$3" -m runner run --progress none m.yaml; echo "exit $?"; ls -A exports; rm filler
"$3" -m runner run --progress none m.yaml; echo "exit $?"; ls -A exports
"""


@lru_cache
def namespace() -> tuple[str, ...]:
    """Return the command that may mount here, or nothing."""
    for one in NAMESPACES:
        tried = subprocess.run([*one, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True)
        if tried.returncode == 0:
            return one
    return ()


@dataclass(frozen=True)
class Filled:
    """What two runs told, the first on a full disk; and how many creates the vendor was sent by each."""

    lines: list[str]
    told: str
    creates: int


def filled(folder: Path, step: str) -> Filled:
    """Run where the disk is full from the first request of a step on; then, with room again, once more.

    Something else goes on eating the disk meanwhile: at each request whatever has become free is taken too.
    """
    (disk := folder / "disk").mkdir()
    running: list[int] = []
    eaten: list[str] = []

    def fault(request: Request) -> Response | None:
        filler = Path(f"/proc/{running[0]}/root{disk}/filler")
        if filler.exists() or (step_of(request) == step and not eaten):
            eaten.append(step)
            _fill(filler)
        return None

    with vendor(faults=fault) as served:
        office = Office(folder / "work", served.api.origin)
        command = ["sh", "-c", SCRIPT, "sh", str(disk), str(office.folder), sys.executable]
        with subprocess.Popen(
            [*namespace(), *command],
            env=office.environ({}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            running.append(process.pid)
            out, told = process.communicate(timeout=100)
        creates = sum(one.method == "POST" for one in served.api.seen)
    return Filled(out.splitlines(), told, creates)


def _fill(path: Path) -> None:
    """Take all room that there is, to the last byte."""
    with path.open("ab", buffering=0) as file:
        size = 1 << 20
        while size:
            try:
                file.write(bytes(size))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                size //= 2
