"""The network in memory, with a note of who was called: for cases that are about https and about names."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from runner.client import in_memory
from runner.sandbox.wire import Request, Response
from tests.contract.rawserver import Seen


class Recording(httpx.BaseTransport):
    """Calls a sandbox, and keeps each request with the one that it went to.

    `ports` are the lists of what the API, the storage, and everybody else has seen, with the origin of the
    first two.
    """

    def __init__(
        self, application: Callable[[Request], Response], ports: dict[str, list[Seen]], others: list[Seen]
    ) -> None:
        self._inner = in_memory(application)
        self._ports = ports
        self._others = others

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Keep the request and pass it on; who is not known answers with a page."""
        url = request.url
        headers = {name.lower(): value for name, value in request.headers.items()}
        seen = Seen(request.method, str(url.raw_path, "ascii"), headers, request.read())
        known = self._ports.get(f"{url.scheme}://{url.host}{'' if url.port in (None, 443) else url.port}")
        (self._others if known is None else known).append(seen)
        if known is None:
            return httpx.Response(200, stream=httpx.ByteStream(b"<html>What is your password?</html>"))
        return self._inner.handle_request(request)
