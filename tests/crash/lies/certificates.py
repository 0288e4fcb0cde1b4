"""An authority of our own, and servers that it vouches for, more or less."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

Wrap = Callable[[socket.socket], ssl.SSLSocket]
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def authority(folder: Path) -> Path:
    """Make an authority in a folder, and return its certificate."""
    _openssl(
        "req", "-x509", *_KEY, "-keyout", f"{folder}/ca.key", "-out", f"{folder}/ca.pem", "-days", "2",
        "-subj", "/CN=an authority of our own",
    )  # fmt: skip
    return folder / "ca.pem"


def server(folder: Path, names: str = "IP:127.0.0.1,DNS:localhost", days: int = 2) -> Wrap:
    """Make a certificate for these names, signed by the folder's authority; return what wraps a connection.

    It is good for so many days; for fewer than none it has expired.
    """
    _openssl(
        "req", *_KEY, "-keyout", f"{folder}/server.key", "-out", f"{folder}/server.csr", "-subj", "/CN=server"
    )
    (folder / "names").write_text(f"subjectAltName={names}\n")
    _openssl(
        "x509", "-req", "-in", f"{folder}/server.csr", "-CA", f"{folder}/ca.pem", "-days", str(days),
        "-CAkey", f"{folder}/ca.key", "-out", f"{folder}/server.pem", "-extfile", f"{folder}/names",
    )  # fmt: skip
    return wrapping(folder / "server.pem", folder / "server.key")


def wrapping(certificate: Path, key: Path) -> Wrap:
    """Return what puts a server's TLS around a connection; unless `unwrap` is called, without a goodbye."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return lambda connection: context.wrap_socket(connection, server_side=True)


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
