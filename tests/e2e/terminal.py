"""A terminal of our own, to talk to the command as a person does."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from tests import canary
from tests.e2e.launch import environment

OURS = (sys.executable, "-m", "runner")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Terminal:
    """The command, or another `program`, with a terminal for its three streams. A context manager.

    `seen` is what it showed so far, without the codes that move the cursor.
    """

    def __init__(
        self, folder: Path, *arguments: str, columns: int = 80, program: Sequence[str] = OURS
    ) -> None:
        self.seen = ""
        self._at = 0
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self._process = subprocess.Popen(
            [*program, *arguments],
            cwd=folder,
            env=environment(TERM="xterm", LANG="C.UTF-8", TZ="Europe/Berlin"),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)

    def expect(self, words: str, seconds: float = 20) -> str:
        """Wait until the words are shown; return what was shown since the last ones, with them."""
        until = time.monotonic() + seconds
        while (found := self.seen.find(words, self._at)) < 0:
            if time.monotonic() > until or not self._read(until):
                raise AssertionError(f"{words!r} was not shown in {self.seen[self._at :]!r}")
        came, self._at = self.seen[self._at : found + len(words)], found + len(words)
        return came

    def say(self, words: str) -> None:
        """Type words, and Enter."""
        os.write(self._ours, f"{words}\n".encode())

    def press(self, key: bytes) -> None:
        """Press a key, as Ctrl-C."""
        os.write(self._ours, key)

    def signal(self, number: int) -> None:
        """Send the command a signal."""
        self._process.send_signal(number)

    def ended(self, seconds: float = 20) -> int:
        """Read to the end and return the exit code."""
        until = time.monotonic() + seconds
        while self._read(until):
            pass
        return self._process.wait(max(until - time.monotonic(), 0.1))

    def _read(self, until: float) -> bool:
        """Take up what is shown next; False at the end."""
        ready, _, _ = select.select([self._ours], [], [], max(until - time.monotonic(), 0))
        try:
            came = os.read(self._ours, 65_536) if ready else b""
        except OSError:
            came = b""
        self.seen = _ESCAPES.sub("", self.seen + came.decode("utf-8", "replace").replace("\r\n", "\n"))
        return bool(came)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)
        canary.hear(self.seen)
