"""One request and its answer over httpx: in time, over a connection of its own, and in our own words."""

from __future__ import annotations

import logging
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import httpx

from runner.client.body import Broken
from runner.client.deadline import Deadline
from runner.client.outcome import Distrusted, Missed, Timeouts, late, slow
from runner.decode import decoded
from runner.errors import visible
from runner.origin import Address

_ANSWER_CAP = 1 << 20
_ALWAYS = {"Accept-Encoding": "identity", "User-Agent": "care-export", "Connection": "close"}
_PORTS = {"http": 80, "https": 443}

PeerCheck = Callable[[str], None]
"""Given the IP address that a connection really leads to; raises where nothing may be sent there."""


class Exchanges:
    """Sends requests, each with a deadline. Safe for threads."""

    def __init__(
        self, transport: httpx.BaseTransport | None, timeouts: Timeouts, trust: ssl.SSLContext | None
    ) -> None:
        _silence()
        self._timeouts = timeouts
        self._live: set[Deadline] = set()
        self._turn = threading.Lock()
        self._stopped = False
        # The deadlines decide; httpx's own timeouts only stand behind them, and leave them time to say why.
        longest = max(timeouts.answer_s, timeouts.stall_s)
        self._http = httpx.Client(
            transport=transport,
            verify=trust or True,
            trust_env=False,
            follow_redirects=False,
            headers=_ALWAYS,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
            timeout=httpx.Timeout(2 * longest, connect=timeouts.answer_s, pool=None),
        )
        self._http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))

    @contextmanager
    def timed(self) -> Iterator[Deadline]:
        """Yield a deadline for one request, which `close` can cut."""
        with Deadline(self._timeouts.answer_s) as deadline:
            with self._turn:
                self._live.add(deadline)
            try:
                yield deadline
            finally:
                with self._turn:
                    self._live.discard(deadline)

    @contextmanager
    def sent(
        self,
        deadline: Deadline,
        method: str,
        url: httpx.URL,
        headers: Mapping[str, str],
        form: bytes = b"",
        check: PeerCheck | None = None,
    ) -> Iterator[httpx.Response]:
        """Send a request and yield its answer, the body unread.

        Raises httpx.TransportError, or what `check` raises. It sees the peer before anything is sent:
        names can change between a look-up and a connection.
        """

        def trace(event: str, info: Mapping[str, Any]) -> None:
            if event == "connection.connect_tcp.complete":
                _connected(info["return_value"], deadline, check)
                self._refuse_stopped(info["return_value"], deadline)
            elif event == "connection.start_tls.complete":
                _wrapped(info["return_value"])

        request = self._http.build_request(
            method, url, headers=dict(headers), content=form or None, extensions={"trace": trace}
        )
        try:
            response = self._http.send(request, stream=True)
        except UnicodeError as error:
            # What cannot be the name of any host fails before the look-up, and httpx lets that through.
            raise httpx.ConnectError("no such host") from error
        try:
            yield response
        finally:
            response.close()

    def arriving(self, response: httpx.Response, deadline: Deadline) -> Iterator[bytes]:
        """Yield the raw bytes of a file as they come, as long as they come fast enough; raises Broken."""
        stall, due = self._timeouts.stall_s, self._timeouts.stall_s * self._timeouts.least_bytes_per_s
        came = 0
        deadline.renew(stall)
        try:
            for chunk in response.iter_raw():
                came += len(chunk)
                if came >= due:
                    came = 0
                    deadline.renew(stall)
                yield chunk
        except httpx.TransportError as error:
            if not deadline.over:
                missed = told(error, deadline)
                raise Broken(missed.code, missed.message) from None
        # A shut socket also looks like the good end of a body without a length.
        if deadline.over:
            raise Broken(*slow(deadline.over, came, stall))

    def _refuse_stopped(self, stream: Any, deadline: Deadline) -> None:  # noqa: ANN401 - httpcore's
        """Send nothing over a new connection once all is cut off."""
        if self._stopped:
            deadline.cut("E-STOPPED")
            stream.close()
            raise httpx.ConnectError("stopped before anything was sent")

    def cut(self) -> None:
        """Cut off whatever is under way, on any thread; whatever is not connected yet sends nothing."""
        with self._turn:
            self._stopped = True
            live = tuple(self._live)
        for deadline in live:
            deadline.cut("E-STOPPED")

    def close(self) -> None:
        """Cut off whatever is under way, on any thread, and close; who begins later is at fault."""
        self.cut()
        self._http.close()


def _connected(stream: Any, deadline: Deadline, check: PeerCheck | None) -> None:  # noqa: ANN401 - httpcore's
    """Put a new connection under its deadline, and let its peer be judged."""
    made: socket.socket = stream.get_extra_info("socket")
    deadline.watch(made)
    if check is not None:
        try:
            check(bare(made.getpeername()[0]))
        except OSError as error:
            stream.close()
            raise httpx.ConnectError("the connection is gone before anything was sent") from error
        except BaseException:
            stream.close()
            raise


def _wrapped(stream: Any) -> None:  # noqa: ANN401 - httpcore's
    """Let a TLS connection that ends without its goodbye be an error: Python takes it for a good end.

    Where an answer has no length, that goodbye alone says that it was not cut.
    """
    stream.get_extra_info("socket").suppress_ragged_eofs = False


def told(error: httpx.TransportError, deadline: Deadline) -> Missed | Distrusted:
    """Say in our own words why there is no answer; httpx's may hold a URL."""
    connected = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
    if deadline.over:
        return late(deadline.over, sent=connected)
    if _in_chain(error, ssl.SSLCertVerificationError):
        return Distrusted("E-TLS", "the server's certificate cannot be trusted")
    if not connected:
        lost = _in_chain(error, socket.gaierror) or _in_chain(error, UnicodeError)
        return Missed(False, "E-CONNECT", "the host cannot be found" if lost else "no connection can be made")
    # h11 and httpcore have one class for both; only their words tell a cut answer from no HTTP at all.
    if isinstance(error, httpx.RemoteProtocolError) and not re.search("peer closed|disconnected", str(error)):
        return Missed(True, "E-PROTOCOL", "what came back is not HTTP as it should be")
    return Missed(True, "E-CUT", "the connection broke before the whole answer was there")


def _in_chain(error: BaseException | None, kind: type[BaseException]) -> bool:
    """Say whether an error, or one that it came from, is of a kind."""
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False


def text(response: httpx.Response) -> str:
    """Read an answer's body, 1 MiB at most. What is no UTF-8 stays visible, and is then no JSON either.

    Raises runner.decode.Undecodable.
    """
    encoding = response.headers.get("content-encoding", "")
    content = b"".join(decoded(response.iter_raw(), encoding, _ANSWER_CAP))
    return content.decode("utf-8", "backslashreplace")


def retry_after(response: httpx.Response) -> str:
    """Return the header's text, made visible and short."""
    return visible(response.headers.get("retry-after", ""))[:100]


def lower(headers: httpx.Headers) -> dict[str, str]:
    """Return headers by their lower-case names; repeated ones are joined by a comma."""
    return {name.lower(): value for name, value in headers.items()}


def address(url: str) -> Address:
    """Take a URL apart, as httpx reads it; ValueError where it cannot."""
    try:
        return apart(httpx.URL(url))
    except httpx.InvalidURL as error:
        raise ValueError(str(error)) from None


def apart(url: httpx.URL) -> Address:
    """Take a URL of httpx apart."""
    host = url.raw_host.decode("ascii").lower()
    port = url.port or _PORTS.get(url.scheme, 0)
    return Address(url.scheme, host, port, url.userinfo.decode("ascii", "replace"), url.path)


def bare(ip: object) -> str:
    """Return an IP address without the network interface that IPv6 may name behind a `%`."""
    return str(ip).partition("%")[0]


def _silence() -> None:
    """Keep httpx and httpcore from logging: their records hold whole URLs, and reason phrases unescaped."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
