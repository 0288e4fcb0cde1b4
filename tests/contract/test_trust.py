"""Whose certificates are believed, by what the environment says."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
from pathlib import Path

import certifi
import pytest

from runner.client import Body, Broken, Client, trusted
from runner.errors import Exit, Refusal
from runner.profiles import Credentials
from tests.contract.rawserver import http
from tests.tools import tool


def test_certificates_are_judged_whatever_the_environment_says(tmp_path: Path) -> None:
    """By the usual authorities, by a file of them, or by a folder: never by nobody."""
    for environ in (
        {},
        {"SSL_CERT_FILE": ""},
        {"SSL_CERT_FILE": certifi.where()},
        {"SSL_CERT_DIR": str(tmp_path)},
    ):
        context = trusted(environ)
        assert context.verify_mode == ssl.CERT_REQUIRED
        assert context.check_hostname
    assert trusted({"SSL_CERT_FILE": certifi.where()}).get_ca_certs()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("SSL_CERT_FILE", None, "No such file"),
        ("SSL_CERT_FILE", "no certificate", "it holds no certificates"),
        ("SSL_CERT_DIR", None, "there is no such folder"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(
    tmp_path: Path, name: str, content: str | None, why: str
) -> None:
    """E15: a variable that names nothing usable is 78 before anything is sent, not a traceback."""
    path = tmp_path / "authorities"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Refusal, match=f"^{name} names '{path}', which cannot be used: {why}") as caught:
        trusted({name: str(path)})
    assert caught.value.exit == Exit.PROFILES


def test_tls_that_ends_without_a_goodbye_is_a_cut(tmp_path: Path) -> None:
    """Where a file has no length, only the goodbye of TLS says that nobody cut it: without, it is no file."""
    certificate, key = tmp_path / "server.pem", tmp_path / "server.key"
    subprocess.run(
        [tool("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key),
         "-out", str(certificate)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for goodbye in (True, False):
                with context.wrap_socket(listening.accept()[0], server_side=True) as connection:
                    connection.recv(4096)
                    connection.sendall(http(200, b"A,B\n1,2\n", content_length=""))
                    if goodbye:
                        # The client hangs up without one of its own.
                        with contextlib.suppress(ssl.SSLError):
                            connection.unwrap()

        thread = threading.Thread(target=serve)
        thread.start()
        trust = trusted({"SSL_CERT_FILE": str(certificate)})
        origin = f"https://127.0.0.1:{listening.getsockname()[1]}"
        client = Client(origin, Credentials("key", "user", "word"), trust=trust)
        with client.download("/api/public/file") as body:
            assert isinstance(body, Body)
            assert b"".join(body.chunks) == b"A,B\n1,2\n"
        with client.download("/api/public/file") as body:
            assert isinstance(body, Body)
            with pytest.raises(Broken) as caught:
                list(body.chunks)
        client.close()
        thread.join()
    assert caught.value.code == "E-CUT"
