"""Whose certificates are believed: the usual authorities, or those that the environment names.

httpx would read the environment by itself, but then its proxies and its netrc too.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path

import httpx

from runner.errors import Exit, Refusal

FILE, FOLDER = "SSL_CERT_FILE", "SSL_CERT_DIR"
"""What OpenSSL, and most programs with it, read; for a company whose network has an authority of its own."""


def trusted(environ: Mapping[str, str]) -> ssl.SSLContext:
    """Return what certificates are judged by. Certificates are always judged.

    Raises Refusal (PROFILES), naming the variable, where it names nothing that can be used.
    """
    file, folder = environ.get(FILE), environ.get(FOLDER)
    if not (file or folder):
        return httpx.create_ssl_context(trust_env=False)
    if folder and not Path(folder).is_dir():
        raise _refused(FOLDER, folder, "there is no such folder")
    try:
        return ssl.create_default_context(cafile=file or None, capath=folder or None)
    except ssl.SSLError:
        raise _refused(FILE, file, "it holds no certificates") from None
    except OSError as error:
        raise _refused(FILE, file, error.strerror) from None


def _refused(name: str, value: str | None, why: str | None) -> Refusal:
    return Refusal(
        Exit.PROFILES,
        f"{name} names {value!r}, which cannot be used: {why}",
        advice=f"Correct {name}, or unset it: then the usual authorities are trusted.",
    )
