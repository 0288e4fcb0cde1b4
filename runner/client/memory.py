"""The sandbox in place of the network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import httpx

from runner.client.exchange import lower
from runner.sandbox.wire import Request, Response


def in_memory(application: Callable[[Request], Response]) -> httpx.BaseTransport:
    """Return a transport that calls a sandbox application.

    A host that begins with `storage.` is the application's storage, every other its API.
    """
    return _InMemory(application)


class _InMemory(httpx.BaseTransport):
    def __init__(self, application: Callable[[Request], Response]) -> None:
        self._application = application

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on, and its answer back, as they are."""
        answer = self._application(
            Request(
                method=request.method,
                target=request.url.raw_path.decode("ascii"),
                headers=lower(request.headers),
                body=request.read(),
                port="storage" if request.url.host.startswith("storage.") else "api",
            )
        )
        return httpx.Response(answer.status, headers=list(answer.headers), stream=_Pieces(answer.body))


class _Pieces(httpx.SyncByteStream):
    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces
