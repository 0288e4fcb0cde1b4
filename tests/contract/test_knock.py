"""Knocking at an address: each way in which it can fail has its own step, and nothing secret is sent."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runner.cli.world import now_ms
from runner.client import address, trusted
from runner.client.knock import Knock, _authority, knock
from tests.contract.rawserver import Answer, http, says, serving
from tests.tools import tool

TRUST = trusted({})


def now() -> int:
    """Return the instant 2026-01-01T00:00:00Z, always."""
    return 1_767_225_600_000


def knocked(answer: Answer, seconds: float = 5) -> Knock:
    """Knock at a server that answers so; what it was sent must hold no credentials."""
    with serving(answer) as server:
        found = knock(address(server.origin), TRUST, now, seconds)
        for one in server.seen:
            assert (one.method, one.target) == ("HEAD", "/")
            assert set(one.headers) == {"host", "user-agent", "connection"}
            assert one.headers["host"] == f"127.0.0.1:{server.port}"
    return found


@pytest.mark.parametrize("status", [200, 401, 500])
def test_any_answer_is_an_answer_and_its_date_tells_the_time(status: int) -> None:
    """The server's clock is compared with ours, whatever it says otherwise."""
    found = knocked(says(http(status, date="Thu, 01 Jan 2026 00:10:00 GMT")))
    assert found == Knock("open", ahead_s=600.5)


@pytest.mark.parametrize("date", ["", "yesterday", "Thu, 99 Jan 2026 00:00:00 GMT"])
def test_an_answer_without_a_proper_date_tells_no_time(date: str) -> None:
    """It is an answer all the same."""
    assert knocked(says(http(200, date=date))) == Knock("open")


@pytest.mark.parametrize("pieces", [[b"SSH-2.0-x\r\n"], [b""]])
def test_what_is_no_http_is_no_answer(pieces: list[bytes]) -> None:
    """Another kind of server is told as such."""
    assert knocked(says(*pieces)) == Knock("answer", "no HTTP comes back")


def test_a_server_that_dawdles_is_given_up() -> None:
    """The time is a total: an answer that comes drop by drop does not renew it."""
    began = time.monotonic()
    found = knocked(says(*[b"H"] * 40, pause=0.1), seconds=0.5)
    assert found.step == "answer"
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 64 + ".invalid"])
def test_a_name_that_is_not_there_is_told(host: str) -> None:
    """Also one that can be no name at all."""
    assert knock(address(f"https://{host}"), TRUST, now) == Knock("name", "the name is not found")


def test_a_port_that_nobody_listens_on_is_told() -> None:
    """With the system's own words."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        found = knock(address(f"http://127.0.0.1:{port}"), TRUST, now)
    assert found == Knock("connection", "Connection refused")


def test_ipv6_is_written_in_brackets() -> None:
    """As the Host header wants it; where there is no IPv6, there is no connection."""
    assert knock(address("http://[::1]:9"), TRUST, now).step == "connection"
    assert _authority(address("http://[::1]:9")) == "[::1]:9"


@contextmanager
def over_tls(folder: Path, *, end: bytes = b"") -> Iterator[tuple[str, Path]]:
    """Serve one connection over TLS with a certificate of its own; give its address and the certificate."""
    certificate, key = folder / "server.pem", folder / "server.key"
    subprocess.run(
        [tool("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "10", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            # A client that does not trust us, or has seen enough, hangs up in the middle.
            with contextlib.suppress(OSError), listening.accept()[0] as plain:
                if end:
                    plain.sendall(end)
                    return
                with context.wrap_socket(plain, server_side=True) as connection:
                    connection.recv(4096)
                    connection.sendall(http(401, date="Thu, 01 Jan 2026 00:00:00 GMT"))

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}", certificate
        thread.join(5)


def test_a_trusted_certificate_says_until_when(tmp_path: Path) -> None:
    """Ten days from when it was made."""
    with over_tls(tmp_path) as (origin, certificate):
        found = knock(address(origin), trusted({"SSL_CERT_FILE": str(certificate)}), now)
    assert (found.step, found.ahead_s) == ("open", 0.5)
    assert found.until is not None
    assert 9 < (found.until - now_ms() / 1000) / 86_400 <= 10


def test_a_certificate_that_nobody_trusts_ends_it(tmp_path: Path) -> None:
    """With the reason; nothing is asked for."""
    with over_tls(tmp_path) as (origin, _):
        found = knock(address(origin), TRUST, now)
    assert (found.step, found.until) == ("certificate", None)
    assert "self" in found.why


def test_a_server_that_does_not_speak_tls_is_told(tmp_path: Path) -> None:
    """As one does that speaks plain HTTP at the port."""
    with over_tls(tmp_path, end=b"HTTP/1.1 400 X\r\n\r\n") as (origin, _):
        found = knock(address(origin), TRUST, now)
    assert found.step == "answer"
    assert found.why.startswith("no TLS: ")
