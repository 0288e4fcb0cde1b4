"""PURE: where credentials may go, where a redirect may lead, and what of an address may be shown.

Addresses come apart in `runner.client.address`, by the same parser that later connects, so that there is no
second opinion about what the host is.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from runner.errors import visible

PREFIX = "/api/public/"
"""The API's base path [O, G]."""

_WORD = re.compile(r"[a-z_]{1,32}")
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,39}")
_HIDDEN = "…"


@dataclass(frozen=True, slots=True)
class Address:
    """An address taken apart: `host` in lower case without brackets, `port` never left out."""

    scheme: str
    host: str
    port: int
    userinfo: str
    path: str


def refuse(address: Address, base: Address, prefix: str = PREFIX) -> str:
    """Return why the credentials of `base` must not go to `address`; empty where they may."""
    if address.userinfo:
        return "it carries a user name of its own"
    if address.scheme != base.scheme:
        return f"it is {_shown(address.scheme)}, and the profile's address is {base.scheme}"
    if (address.host, address.port) != (base.host, base.port):
        return f"it is at {_shown(address.host)}:{address.port}, not at the profile's own host and port"
    if ".." in unquote(address.path).split("/") or not address.path.startswith(prefix):
        return f"its path is not under {prefix}"
    return ""


def refuse_hop(address: Address, base: Address, resolved: Sequence[str]) -> str:
    """Return why a redirect must not be followed to `address`; empty where it may.

    `resolved` are the IP addresses that the host's name stands for; empty where nobody resolves (in memory).
    A profile on this machine may be led to this machine, and to nowhere else that is not public.
    """
    if address.userinfo:
        return "it carries a user name"
    near = is_loopback(base.host) and is_loopback(address.host)
    if address.scheme != "https" and not (near and address.scheme == "http"):
        return f"it is {_shown(address.scheme)}, not https"
    for one in (address.host, *resolved):
        if not (is_loopback(one) if near else _is_public(one)):
            return f"{_shown(address.host)} is not a public address"
    return ""


def is_loopback(host: str) -> bool:
    """Say whether a name or an IP address surely means this machine."""
    try:
        return _inner(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_public(host: str) -> bool:
    """Say whether an IP address is public; a name other than localhost is judged by what it resolves to."""
    try:
        inner = _inner(host)
    except ValueError:
        return host != "localhost"
    return inner.is_global and not inner.is_multicast


def _inner(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the IP address; the IPv4 one inside where IPv6 only wraps it (mapped, 6to4, NAT64)."""
    outer = ipaddress.ip_address(host)
    if isinstance(outer, ipaddress.IPv4Address):
        return outer
    if outer in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(outer) & 0xFFFFFFFF)
    return outer.ipv4_mapped or outer.sixtofour or outer


def safe_url(url: str) -> str:
    """Return what may be shown of an address: scheme, host, the plain words of the path, names of query keys.

    Values, ids and tokens become `…`; an address that cannot be read becomes a few words.
    """
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an unreadable address"
    path = "/".join(one if one == "" or _WORD.fullmatch(one) else _HIDDEN for one in parts.path.split("/"))
    names = [_key(pair) for pair in parts.query.split("&")] if parts.query else []
    query = "?" + "&".join(names) if names else ""
    origin = f"{parts.scheme}://{parts.hostname}{port}" if parts.hostname else parts.scheme
    return visible(origin)[:120] + path + query


def _key(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={_HIDDEN}" if equals and _KEY.fullmatch(name) else _HIDDEN


def _shown(text: str) -> str:
    return visible(text)[:100] or "nothing"
