"""Whose certificates are believed, by what the environment says."""

from __future__ import annotations

import ssl
from pathlib import Path

import certifi
import pytest

from runner.client import trusted
from runner.errors import Exit, Refusal


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
