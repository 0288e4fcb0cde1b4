"""One JSON message to an address that the owner of a profile chose. It carries no credentials."""

from __future__ import annotations

import ssl

import httpx

from runner.client.deadline import Deadline
from runner.client.exchange import Exchanges, apart, told
from runner.client.outcome import Timeouts
from runner.origin import is_loopback

_JSON = {"Content-Type": "application/json"}


def post(url: str, body: bytes, trust: ssl.SSLContext | None, seconds: float) -> str:
    """Send `body` and return why that failed, empty where it did not. The address is in no message.

    https only, but for this machine itself. A redirect is not followed: it would be another address.
    """
    try:
        target = httpx.URL(url)
        address = apart(target)
    except httpx.InvalidURL:
        return "its address is not a URL"
    if address.scheme != "https" and not (address.scheme == "http" and is_loopback(address.host)):
        return "its address must begin with https://"
    exchanges = Exchanges(None, Timeouts(answer_s=seconds), trust)
    try:
        with exchanges.timed() as deadline:
            return _sent(exchanges, deadline, target, body)
    finally:
        exchanges.close()


def _sent(exchanges: Exchanges, deadline: Deadline, target: httpx.URL, body: bytes) -> str:
    try:
        with exchanges.sent(deadline, "POST", target, _JSON, body) as response:
            return "" if response.is_success else f"it answered HTTP {response.status_code}"
    except httpx.TransportError as error:
        return told(error, deadline).message
