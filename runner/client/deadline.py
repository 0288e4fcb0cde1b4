"""A total for one request: when it is over, the request's socket is shut down from outside.

No timeout of httpx is a total: headers or a body that come drop by drop, and `100 Continue` without end, each
renew it. Shutting the socket down wakes the blocked read within a millisecond. Name resolution is not
covered: nothing can interrupt it.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from time import monotonic
from types import TracebackType


class Deadline:
    """`seconds` from now until the watched socket is shut down; a context manager around one request.

    `over` is empty as long as the request could go on: then the code of `cut`, E-TIMEOUT where time was up.
    """

    def __init__(self, seconds: float) -> None:
        self.over = ""
        self._until = monotonic() + seconds
        self._ended = threading.Event()
        self._turn = threading.Lock()
        self._socket: socket.socket | None = None

    def watch(self, connected: socket.socket) -> None:
        """Watch over a socket, and begin to wait on a thread.

        A duplicate is kept: it is shut down together with the original, and cannot be closed or wrapped by
        TLS under our hands.
        """
        self._socket = connected.dup()
        threading.Thread(target=self._wait, name="deadline", daemon=True).start()

    def renew(self, seconds: float) -> None:
        """Give it `seconds` more, from now."""
        self._until = monotonic() + seconds

    def cut(self, code: str) -> None:
        """Shut the socket down now, for the reason that the code names; the first reason stays."""
        with self._turn:
            if self._socket is not None and not self.over and not self._ended.is_set():
                self.over = code
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Deadline:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._turn:
            self._ended.set()
            if self._socket is not None:
                self._socket.close()

    def _wait(self) -> None:
        while (left := self._until - monotonic()) > 0:
            if self._ended.wait(left):
                return
        self.cut("E-TIMEOUT")
