"""The sandbox behind two ports of this machine: the API, and the storage that downloads are sent to."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Literal

from runner.sandbox.accounts import DEFAULT_ACCOUNTS, Account
from runner.sandbox.application import DEFAULT_SEED, Application
from runner.sandbox.clock import START_MS, Clock, ScaledClock
from runner.sandbox.quirks import Quirks
from runner.sandbox.wire import Fault, Request, Response, refused

HOST = "127.0.0.1"
MOST_BODY = 1024 * 1024
"""The longest request body."""
IDLE_S = 60.0
"""How long a silent connection is kept."""
_LEAVING_S = 5.0
Port = Literal["api", "storage"]


class _Connection(BaseHTTPRequestHandler):
    """One connection: reads requests, calls the application, writes answers."""

    server: _Server
    protocol_version = "HTTP/1.1"
    # What could not be read is answered with a status line too, not as HTTP/0.9.
    default_request_version = "HTTP/1.0"
    disable_nagle_algorithm = True
    timeout = IDLE_S
    wbufsize = 65_536

    def _serve(self) -> None:
        body = self._body()
        if isinstance(body, Response):
            self.close_connection = True
            self._write(body)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._write(self.server.answer(Request(self.command, self.path, headers, body, self.server.port)))

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Serve every method: the base class looks for `do_GET` and its kin."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _body(self) -> bytes | Response:
        """Return the request's body, or the answer to one that cannot be read."""
        if "transfer-encoding" in self.headers:
            return refused(411, "a body needs a Content-Length")
        length = self.headers.get("content-length", "0").strip()
        if not (length.isascii() and length.isdigit()):
            return refused(400, "Content-Length is not a number")
        if len(length) > 12 or int(length) > MOST_BODY:
            return refused(413, "the body is longer than 1 MiB")
        return self.rfile.read(int(length))

    def _write(self, response: Response) -> None:
        self.send_response(response.status)
        names = {name for name, _ in response.headers}
        chunked = "content-length" not in names and self.request_version != "HTTP/1.0"
        for name, value in response.headers:
            self.send_header(name, value)
        if chunked:
            self.send_header("transfer-encoding", "chunked")
        elif "content-length" not in names or self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self._write_body(response, chunked)
        self.wfile.flush()

    def _write_body(self, response: Response, chunked: bool) -> None:
        written = 0
        for piece in response.body:
            written += len(piece)
            self.wfile.write(_chunk(piece) if chunked else piece)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")
        elif dict(response.headers).get("content-length") != str(written):
            # A fault that sends too little: the reader must not wait for the rest.
            self.close_connection = True

    def version_string(self) -> str:
        """Return what the Server header says."""
        return "care-export-sandbox"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: what was asked stands in /__sandbox/requests."""


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""


class _Server(ThreadingHTTPServer):
    """One port. Its connections' threads end with it."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, number: int, port: Port) -> None:
        self.answer: Callable[[Request], Response]
        self.port = port
        self._open: dict[socket.socket, Thread] = {}
        super().__init__((HOST, number), _Connection)
        self.origin = f"http://{HOST}:{self.server_address[1]}"
        self._loop = Thread(target=self.serve_forever, args=(0.02,), daemon=True, name=f"sandbox {port}")

    def begin(self, answer: Callable[[Request], Response]) -> None:
        """Begin to answer with this."""
        self.answer = answer
        self._loop.start()

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        """Serve a connection on a thread of its own, and remember both until they end."""
        thread = Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        self._open = {one: other for one, other in self._open.items() if other.is_alive()} | {request: thread}
        thread.start()

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Say nothing where a connection broke, which a fault may do on purpose; show any other error."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def end(self) -> None:
        """Stop, cut what is still open, and wait for its threads."""
        self.shutdown()
        self._loop.join(_LEAVING_S)
        self.server_close()
        for connection, thread in self._open.items():
            _cut(connection)
            thread.join(_LEAVING_S)


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # It has ended by itself.


class Served:
    """A sandbox that answers on two ports until it is closed. A context manager."""

    def __init__(self, application: Application, api: _Server, storage: _Server) -> None:
        self.application = application
        self.api_origin = api.origin
        """Scheme, host and port of the API, as `http://127.0.0.1:41234`."""
        self.storage_origin = storage.origin
        self._servers = (api, storage)
        self._closed = False
        for one in self._servers:
            one.begin(application)

    def close(self) -> None:
        """Stop answering, and wait until all threads have ended. Calling it again does nothing."""
        if not self._closed:
            self._closed = True
            for one in self._servers:
                one.end()

    def __enter__(self) -> Served:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(
    *,
    port: int = 0,
    storage_port: int = 0,
    seed: int = DEFAULT_SEED,
    clock: Clock | None = None,
    accounts: Sequence[Account] = DEFAULT_ACCOUNTS,
    quirks: Quirks | None = None,
    faults: Fault | None = None,
) -> Served:
    """Serve a sandbox on this machine; port 0 takes a free one. OSError where a port is taken.

    Without a clock it runs in real time from the sandbox's own calendar on.
    """
    api = _Server(port, "api")
    try:
        storage = _Server(storage_port, "storage")
    except OSError:
        api.server_close()
        raise
    application = Application(
        seed=seed,
        clock=clock or ScaledClock(1, START_MS, time.monotonic),
        accounts=accounts,
        quirks=quirks,
        api_origin=api.origin,
        storage_origin=storage.origin,
        faults=faults,
    )
    return Served(application, api, storage)
