"""Ports that do what no proper server would: refuse, reset unread, and say any bytes at all."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.contract.rawserver import Seen

Answer = Callable[[Seen, socket.socket], None]
HOST = "127.0.0.1"
PIECE = bytes([*range(65, 91)]) * 2521
"""64 KiB of letters, for bodies without an end."""


class OnTheWire(Exception):
    """Raised by a fault of the sandbox whose answer no `Response` can hold: `answer` writes the bytes."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("bytes instead of an answer")
        self.answer = answer


@dataclass
class Port:
    """One port: what it has seen, and how it behaves next.

    `unread` resets connections before a byte is read. `shut` and `open` make it refuse them, and take them
    again: a socket that only holds the number keeps it from anybody else meanwhile.
    """

    number: int
    answer: Answer
    seen: list[Seen] = field(default_factory=list)
    unread: bool = False
    wrap: Callable[[socket.socket], socket.socket] | None = None
    """Puts TLS around a connection."""
    _listening: socket.socket | None = None
    _threads: list[threading.Thread] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{'https' if self.wrap else 'http'}://{HOST}:{self.number}"

    def open(self) -> None:
        """Take connections; once more is harmless."""
        if self._listening is None:
            self._listening = socket.create_server((HOST, self.number), reuse_port=True, backlog=64)
            thread = threading.Thread(target=self._accept, args=(self._listening,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def shut(self) -> None:
        """Refuse connections; once more is harmless."""
        if self._listening is not None:
            self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None

    def end(self) -> None:
        """Stop, and wait for what is under way."""
        self.shut()
        for one in self._threads:
            one.join(5)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._talk, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _talk(self, connection: socket.socket) -> None:
        # A client that hangs up in the middle is what most of this is about.
        with contextlib.suppress(OSError):
            if self.unread:
                reset(connection)
                connection.close()
                return
            with self.wrap(connection) if self.wrap else connection as speaking:
                if (seen := read(speaking)) is not None:
                    self.seen.append(seen)
                    self.answer(seen, speaking)


@contextmanager
def port(answer: Answer) -> Iterator[Port]:
    """Yield a port of this machine that answers so until the end."""
    with socket.socket() as holding:
        holding.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holding.bind((HOST, 0))
        one = Port(holding.getsockname()[1], answer)
        one.open()
        try:
            yield one
        finally:
            one.end()


def read(connection: socket.socket) -> Seen | None:
    """Read one request; None where the connection ends before."""
    with connection.makefile("rb") as stream:
        words = stream.readline().decode("latin-1").split()
        if len(words) != 3:
            return None
        headers: dict[str, str] = {}
        while line := stream.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        return Seen(words[0], words[1], headers, stream.read(int(headers.get("content-length", "0"))))


def reset(connection: socket.socket) -> None:
    """Let the connection end with a reset instead of a proper end, once it is closed."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@dataclass
class Endless:
    """An answer whose body has no end; it counts what it could send before the client had enough."""

    head: bytes
    piece: bytes = PIECE
    sent: int = 0

    def __call__(self, seen: Seen, connection: socket.socket) -> None:
        """Send until nobody listens."""
        connection.sendall(self.head)
        while True:
            connection.sendall(self.piece)
            self.sent += len(self.piece)
