"""What is asked, of whom, with which credentials; and where a download may lead."""

from __future__ import annotations

import base64
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from urllib.parse import quote

import httpx

from runner import request as asked
from runner.client.body import Body
from runner.client.deadline import Deadline
from runner.client.echo import Echo
from runner.client.exchange import Exchanges, apart, bare, lower, retry_after, text, told
from runner.client.outcome import Answer, Distrusted, Got, Missed, Timeouts, late
from runner.decode import Undecodable
from runner.origin import refuse, refuse_hop, safe_url
from runner.profiles import Credentials

_FILE_CAP = 50 << 30
_MOST_HOPS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_TIMEOUTS = Timeouts()

Resolve = Callable[[str, int], Sequence[str]]
"""Name and port of a host -> its IP addresses; OSError where it has none."""


class _Elsewhere(Exception):
    """A connection led to an address that a redirect must not lead to."""


class Client:
    """Requests of one profile at `base_url`. Safe for threads.

    `transport` replaces the network (see `in_memory`), `resolve` the look-up of a redirect's host; without a
    network nothing is looked up. `trust` judges certificates (see `trusted`), None as the usual authorities
    do. A file may have `size_cap` bytes.
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        *,
        transport: httpx.BaseTransport | None = None,
        trust: ssl.SSLContext | None = None,
        timeouts: Timeouts = _TIMEOUTS,
        resolve: Resolve | None = None,
        size_cap: int = _FILE_CAP,
    ) -> None:
        self._base_url = httpx.URL(base_url.rstrip("/"))
        self._base = apart(self._base_url)
        self._company_key = credentials.company_key
        pair = f"{credentials.username}:{credentials.password}".encode("utf-8", "surrogateescape")
        self._authorization = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        self._resolve = resolve or (_addresses if transport is None else _nowhere)
        self._size_cap = size_cap
        self._echo = Echo(credentials)
        self._exchanges = Exchanges(transport, timeouts, trust)

    def create(self, request: asked.Request) -> Answer:
        """Send a create request, with the company's key and the credentials. Never repeats it."""
        path = asked.target(request, self._company_key)
        form = asked.body(request)
        return self._echo.kept(self._ask(request.method, path, _FORM if form else {}, form))

    def poll(self, status_url: str) -> Answer:
        """Ask for a job's state at the URL that the server gave, which is sent byte for byte.

        A path without a query is the documented one, built by us: it gets the company's key.
        """
        if status_url.startswith("/") and "?" not in status_url:
            status_url += f"?companyKey={quote(self._company_key, safe='')}"
        return self._echo.kept(self._ask("GET", status_url, {}))

    @contextmanager
    def download(self, download_url: str) -> Iterator[Body | Answer]:
        """Open a file: the URL that the server gave, then at most five redirects without credentials.

        Yields the Body of a 200; Got (without body) for any other status; Missed or Distrusted. Reading the
        Body raises Broken.
        """
        with ExitStack() as stack:
            opened = self._followed(download_url, stack)
            yield opened if isinstance(opened, Body) else self._echo.kept(opened)

    def cut(self) -> None:
        """Cut off whatever is under way, on any thread; what begins later is cut off before it is sent."""
        self._exchanges.cut()

    def close(self) -> None:
        """Cut off whatever is under way, on any thread, and close."""
        self._exchanges.close()

    def _ask(self, method: str, url: str, headers: Mapping[str, str], form: bytes = b"") -> Answer:
        """Send one request with credentials to our own origin, and read its whole answer in time."""
        target = self._permitted(url)
        if isinstance(target, Distrusted):
            return target
        with self._exchanges.timed() as deadline:
            try:
                with self._exchanges.sent(
                    deadline, method, target, {**self._authorization, **headers}, form
                ) as response:
                    body = text(response)
            except httpx.TransportError as error:
                return told(error, deadline)
            except Undecodable as error:
                return Distrusted("E-ANSWER", f"the answer cannot be used: {error}")
            # A shut socket also looks like the good end of an answer without a length.
            if deadline.over:
                return late(deadline.over, sent=True)
            return Got(response.status_code, body, retry_after(response))

    def _permitted(self, url: str) -> httpx.URL | Distrusted:
        """Return the URL that credentials may go to; a mere path is one at our own origin."""
        try:
            target = httpx.URL(url)
            if target.is_relative_url:
                target = self._base_url.join(target)
            why = refuse(apart(target), self._base)
        except (httpx.InvalidURL, ValueError):
            return Distrusted("E-ORIGIN", "the server gave an address that cannot be read")
        if why:
            return Distrusted("E-ORIGIN", f"the server led to {safe_url(url)}, which is not trusted: {why}")
        return target

    def _followed(self, url: str, stack: ExitStack) -> Body | Answer:
        """Follow redirects until there is a file, or something else."""
        target: httpx.URL | Missed | Distrusted = self._permitted(url)
        headers = self._authorization
        for _ in range(_MOST_HOPS + 1):
            if not isinstance(target, httpx.URL):
                return target
            deadline = stack.enter_context(self._exchanges.timed())
            check = None if headers else self._peer_check(target)
            try:
                sent = self._exchanges.sent(deadline, "GET", target, headers, check=check)
                response = stack.enter_context(sent)
            except httpx.TransportError as error:
                return told(error, deadline)
            except _Elsewhere as error:
                return Distrusted("E-ORIGIN", f"the redirect is not followed: {error}")
            if response.status_code not in _REDIRECTS:
                return self._opened(response, deadline)
            target, headers = self._hop(response, target), {}
            stack.close()
        return Distrusted("E-REDIRECT", f"there were more than {_MOST_HOPS} redirects")

    def _hop(self, response: httpx.Response, current: httpx.URL) -> httpx.URL | Missed | Distrusted:
        """Return where a redirect leads, if that may be followed."""
        location = response.headers.get("location", "")
        if not location:
            return Distrusted("E-REDIRECT", f"HTTP {response.status_code} without an address to go on to")
        try:
            target = current.join(location)
            there = apart(target)
            # First what needs no look-up: an address that is refused by itself is not even asked for.
            why = refuse_hop(there, self._base, ()) or refuse_hop(
                there, self._base, self._resolve(there.host, there.port)
            )
        except OSError:
            return Missed(False, "E-CONNECT", f"the host of {safe_url(location)} cannot be found")
        except (httpx.InvalidURL, ValueError):
            return Distrusted("E-ORIGIN", "the redirect leads to an address that cannot be read")
        if why:
            return Distrusted("E-ORIGIN", f"the redirect to {safe_url(location)} is not followed: {why}")
        return target

    def _peer_check(self, target: httpx.URL) -> Callable[[str], None]:
        """Return the check of where a hop's connection really leads."""

        def check(peer: str) -> None:
            if why := refuse_hop(apart(target), self._base, (peer,)):
                raise _Elsewhere(why)

        return check

    def _opened(self, response: httpx.Response, deadline: Deadline) -> Body | Answer:
        """Return the body of a 200, still to be read, or what else the status means."""
        status = response.status_code
        if status == 200:
            raw = self._exchanges.arriving(response, deadline)
            return Body(raw, lower(response.headers), self._size_cap)
        if status in (204, 206):
            return Distrusted("E-CONTENT", f"HTTP {status} is not the whole file that was asked for")
        return Got(status, "", retry_after(response))


def _addresses(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(bare(sockaddr[0]) for *_, sockaddr in found)


def _nowhere(host: str, port: int) -> Sequence[str]:
    """Look nothing up: without a network a name leads nowhere but to the transport."""
    return ()
