"""Where credentials may go, where redirects may lead, and what of an address may be shown."""

from __future__ import annotations

import pytest

from runner.client import address
from runner.origin import Address, refuse, refuse_hop, safe_url

BASE = address("https://good.example")
NEAR = address("http://127.0.0.1:8080")
TAIL = "/api/public/reports/report/w/r/status"


@pytest.mark.parametrize(
    "url",
    [
        f"https://good.example{TAIL}?analyticsAccessToken=a%3D%3D",
        f"HTTPS://GOOD.example:443{TAIL}",
    ],
)
def test_credentials_go_to_their_own_origin(url: str) -> None:
    """Scheme, host and port are compared as they are, whatever way they are written."""
    assert refuse(address(url), BASE) == ""


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (f"https://evil.example{TAIL}", "it is at evil.example:443"),
        (f"https://good.example@evil.example{TAIL}", "a user name of its own"),
        (f"https://user@good.example{TAIL}", "a user name of its own"),
        (f"https://good.example.evil.com{TAIL}", "it is at good.example.evil.com:443"),
        (f"http://good.example{TAIL}", "it is http"),
        (f"https://good.example:8443{TAIL}", "it is at good.example:8443"),
        (f"https://good.example\\@evil.example{TAIL}", "a user name of its own"),
        (f"https://good.example.{TAIL}", "it is at good.example.:443"),
        ("javascript:alert(1)", "it is javascript"),
        ("data:text/plain,x", "it is data"),
        ("file:///etc/passwd", "it is file"),
        ("http://169.254.169.254/latest", "it is http"),
        ("https://good.example/other", "not under /api/public/"),
        ("https://good.example/api/public/../../other", "not under /api/public/"),
        ("https://good.example/api/public/%2e%2e/other", "not under /api/public/"),
        ("//evil.example/x", "it is nothing"),
    ],
)
def test_credentials_go_nowhere_else(url: str, why: str) -> None:
    """Every way of leading credentials elsewhere is refused, and the reason is said."""
    assert why in refuse(address(url), BASE)


def test_an_address_that_cannot_be_read_is_a_value_error() -> None:
    """What httpx cannot read has no origin."""
    with pytest.raises(ValueError, match="port"):
        address("https://good.example:port/")


@pytest.mark.parametrize(
    ("url", "resolved"),
    [
        ("https://bucket.example/x?sig=1", ("93.184.216.34", "2606:2800:220:1::1")),
        ("https://bucket.example/x", ()),
        ("https://8.8.8.8/x", ("8.8.8.8",)),
    ],
)
def test_a_redirect_may_lead_to_a_public_place(url: str, resolved: tuple[str, ...]) -> None:
    """Any https host that resolves to public addresses only may hold the file."""
    assert refuse_hop(address(url), BASE, resolved) == ""


@pytest.mark.parametrize(
    ("url", "resolved"),
    [
        ("http://bucket.example/x", ("93.184.216.34",)),
        ("ftp://bucket.example/x", ()),
        ("https://user:pw@bucket.example/x", ()),
        ("https://127.0.0.1/x", ()),
        ("https://localhost/x", ()),
        ("https://10.0.0.1/x", ()),
        ("https://169.254.169.254/x", ()),
        ("https://[::1]/x", ()),
        ("https://[fe80::1]/x", ()),
        ("https://[::ffff:10.0.0.1]/x", ()),
        ("https://[64:ff9b::a00:1]/x", ()),
        ("https://[2002:a00:1::1]/x", ()),
        ("https://224.0.1.1/x", ()),
        ("https://bucket.example/x", ("93.184.216.34", "10.0.0.1")),
        ("https://2130706433/x", ("127.0.0.1",)),
    ],
)
def test_a_redirect_leads_nowhere_else(url: str, resolved: tuple[str, ...]) -> None:
    """Plain http, user names, and addresses that are not public are refused, written out or resolved."""
    assert refuse_hop(address(url), BASE, resolved) != ""


def test_a_profile_on_this_machine_may_be_led_to_this_machine() -> None:
    """The sandbox behind a port sends downloads to another port, over plain http."""
    assert refuse_hop(address("http://127.0.0.1:9/x"), NEAR, ("127.0.0.1",)) == ""
    assert refuse_hop(address("http://localhost:9/x"), NEAR, ("127.0.0.1", "::1")) == ""


def test_a_profile_on_this_machine_is_led_to_no_private_network() -> None:
    """A name that says this machine, and resolves to another, is refused."""
    assert refuse_hop(address("http://localhost:9/x"), NEAR, ("10.0.0.1",)) != ""
    assert refuse_hop(address("http://10.0.0.1/x"), NEAR, ()) != ""


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            "https://h.example/api/public/reports/report/cc645bd3-9def/23IS1%2B%3D/status?companyKey=K&x=1",
            "https://h.example/api/public/reports/report/…/…/status?companyKey=…&x=…",
        ),
        ("https://user:pw@h.example:8443/api", "https://h.example:8443/api"),
        ("https://h.example/?c2VjcmV0", "https://h.example/?…"),
        ("https://h.example/?c2VjcmV0LXRva2Vu$=1", "https://h.example/?…"),
        ("/api/public/SECRET1", "/api/public/…"),
        ("https://h.example:port/", "an unreadable address"),
        ("https://[::1/", "an unreadable address"),
        ("https://h\u202e.example/", "https://h\\u202e.example/"),
        ("data:secret1", "data…"),
    ],
)
def test_what_is_shown_of_an_address_holds_no_secret(url: str, shown: str) -> None:
    """Scheme, host, plain words of the path and names of query keys are shown; nothing else is."""
    assert safe_url(url) == shown


def test_a_port_is_never_left_out() -> None:
    """An address has the scheme's own port where none is written; an unknown scheme has 0."""
    assert address("https://h.example/a%2Fb") == Address("https", "h.example", 443, "", "/a/b")
    assert address("http://h.example").port == 80
    assert address("gopher://h.example").port == 0
