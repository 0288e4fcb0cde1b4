"""A small HTTP server that does exactly what a test says, byte by byte, and remembers what it was sent."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Seen:
    """One request as it came over the wire; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[Seen, socket.socket], None]


@dataclass
class Server:
    """Where it listens, and what it has seen."""

    origin: str
    port: int
    seen: list[Seen] = field(default_factory=list)


def says(*pieces: bytes, pause: float = 0, hang: float = 0, reset: bool = False) -> Answer:
    """Return an answer that sends pieces with pauses between, then waits, then closes (or resets)."""

    def answer(seen: Seen, connection: socket.socket) -> None:
        for number, piece in enumerate(pieces):
            if number:
                time.sleep(pause)
            connection.sendall(piece)
        if hang:
            # Wait for as long, or until the client hangs up.
            connection.settimeout(hang)
            with contextlib.suppress(TimeoutError):
                connection.recv(1)
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return answer


def http(status: int, body: bytes = b"", **headers: str) -> bytes:
    """Return a whole answer with a Content-Length, unless `content_length` is given ("" for none)."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("content-length", str(len(body)))
    lines = [f"{name}: {value}" for name, value in named.items() if value]
    return "\r\n".join([f"HTTP/1.1 {status} X", *lines, "", ""]).encode() + body


def by_path(**answers: Answer) -> Answer:
    """Return an answer that depends on the last word of the path."""

    def answer(seen: Seen, connection: socket.socket) -> None:
        answers[seen.target.partition("?")[0].rpartition("/")[2]](seen, connection)

    return answer


@contextmanager
def serving(answer: Answer) -> Iterator[Server]:
    """Serve on a free port of this machine, one thread for each connection."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        server = Server(f"http://127.0.0.1:{port}", port)
        threads: list[threading.Thread] = []
        accepting = threading.Thread(target=_accept, args=(listening, server, answer, threads))
        accepting.start()
        try:
            yield server
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            for one in (accepting, *threads):
                one.join(5)


def _accept(
    listening: socket.socket, server: Server, answer: Answer, threads: list[threading.Thread]
) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        thread = threading.Thread(target=_talk, args=(connection, server, answer))
        threads.append(thread)
        thread.start()


def _talk(connection: socket.socket, server: Server, answer: Answer) -> None:
    # A client that hangs up in the middle is what many tests are about.
    with connection, contextlib.suppress(ConnectionError):
        seen = _read(connection)
        if seen is not None:
            server.seen.append(seen)
            answer(seen, connection)


def _read(connection: socket.socket) -> Seen | None:
    with connection.makefile("rb") as stream:
        words = stream.readline().decode("latin-1").split(" ")
        if len(words) != 3:
            return None
        headers: dict[str, str] = {}
        while line := stream.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        return Seen(words[0], words[1], headers, stream.read(int(headers.get("content-length", "0"))))
