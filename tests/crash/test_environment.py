"""E01 to E18: what the environment, and the secrets in it, can do to a run of the real command.

Each id is a case of its own: a command in a process, against a sandbox behind ports, or against a port that
only notes what it is sent. The table of what and how it has to end is `lies/table.py`.

Measured: 19 tests in 30 s on two cores; most of it is waiting for the first look at a job.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from runner.sandbox.accounts import COMPANY_KEY, USERNAME, Account
from tests.contract.rawserver import http, says
from tests.crash.lies import certificates
from tests.crash.lies.office import GONE, Office, vendor
from tests.crash.lies.rules import shapes
from tests.crash.lies.table import exits, ids
from tests.crash.lies.wire import port

Ended = CompletedProcess[str]


def ends(id: str, ended: Ended, *words: str) -> None:
    """Check the exit code of the list, the words that are told, and that there is no traceback."""
    assert ended.returncode in exits(id), ended
    told = ended.stdout + ended.stderr
    assert "Traceback" not in told
    for word in words:
        assert word in told, ended


def refused(id: str, folder: Path, *words: str, hidden: str = "", **changes: str) -> None:
    """Check that the command refuses to begin with these variables: nothing is sent, `hidden` is not told."""
    with port(says(http(200, b"{}"))) as server:
        ended = Office(folder, server.origin).run(**changes)
        assert server.seen == []
    ends(id, ended, *words)
    assert not hidden or hidden not in ended.stdout + ended.stderr
    assert not (folder / "exports" / "raw_agent_states.csv").exists()


def e01(folder: Path) -> None:
    """Leave the user name out: the variable is named."""
    refused("E01", folder, "ACME_USER", "is not set", ACME_USER=GONE)


def e02(folder: Path) -> None:
    """Leave the password out."""
    refused("E02", folder, "ACME_PASSWORD", "is not set", ACME_PASSWORD=GONE)


def e03(folder: Path) -> None:
    """Leave the company key out."""
    refused("E03", folder, "ACME_KEY", "is not set", ACME_KEY=GONE)


def e04(folder: Path) -> None:
    """Set the password to nothing."""
    refused("E04", folder, "ACME_PASSWORD", "is empty", ACME_PASSWORD="")


def e05(folder: Path) -> None:
    """Let the password end with a line break, as `$(cat file)` of some shells does."""
    refused("E05", folder, "ACME_PASSWORD", "line break", hidden="hunter77", ACME_PASSWORD="hunter77\n")


def e06(folder: Path) -> None:
    """Put a colon into the user name: HTTP Basic cannot carry it."""
    refused("E06", folder, "ACME_USER", "colon", ACME_USER="ann:bob")


def e07(folder: Path) -> None:
    """Put control characters into user name and password; a NUL comes from a file only."""
    refused("E07", folder / "a", "ACME_USER", ACME_USER="ann\r\nX-Evil: 1")
    refused("E07", folder / "b", "ACME_PASSWORD", hidden="hunter77", ACME_PASSWORD="hunter77\rx")
    with port(says(http(200, b"{}"))) as server:
        office = Office(folder / "c", server.origin)
        secret = folder / "c" / "secret"
        secret.write_bytes(b"hunter77\0x")
        secret.chmod(0o600)
        office.profile(server.origin, reference=f"file:{secret}")
        ended = office.run()
        assert server.seen == []
    ends("E07", ended, "secret", "control character")
    assert "hunter77" not in ended.stdout + ended.stderr


def arrives(id: str, folder: Path, password: str, **changes: str) -> None:
    """Check that a run with this password reaches the server, which knows no other one, and tells nothing."""
    with vendor(account=Account(USERNAME, password, COMPANY_KEY)) as served:
        office = Office(folder, served.api.origin, password=password)
        ended = office.run("run", "--progress", "json", "m.yaml", **changes)
        ends(id, ended)
        assert office.file.exists()
        again = office.run("run", "--progress", "plain", "m.yaml", **changes)
        ends(id, again)
        assert all("authorization" not in one.headers for one in served.storage.seen)
    written = [one for one in folder.rglob("*") if one.is_file() and one.name != "profiles.yaml"]
    texts = [one.read_bytes().decode("utf-8", "replace") for one in written]
    told = "".join((ended.stdout, ended.stderr, again.stdout, again.stderr, *map(str, written), *texts))
    assert not [shape for shape in shapes(password) if shape in told]


def e08(folder: Path) -> None:
    """Use a password beyond ASCII: it reaches the server intact, as UTF-8."""
    arrives("E08", folder, "pässwörd-密码-🔑")


def e09(folder: Path) -> None:
    """Use a password of three characters: it could not be kept out of messages."""
    refused("E09", folder, "ACME_PASSWORD", "too short", hidden="'abc'", ACME_PASSWORD="abc")


def e10(folder: Path) -> None:
    """Use a password that every encoding writes in another way: none of them is in anything written."""
    arrives("E10", folder, 'p@ss w/ord+"é<&%')


def wrong_address(id: str, folder: Path, address: str) -> None:
    """Check that a profile with this address is refused."""
    ended = Office(folder, address).run()
    ends(id, ended, "must begin with https://")


def e11(folder: Path) -> None:
    """Leave the scheme out."""
    wrong_address("E11", folder, "analytics-api.example.com")


def e12(folder: Path) -> None:
    """Use another scheme."""
    wrong_address("E12", folder, "ftp://analytics-api.example.com")


def e13(folder: Path) -> None:
    """Let ~/.netrc, and NETRC, have other credentials for the host: they are not looked at."""
    home = folder / "home"
    home.mkdir()
    for name in (".netrc", "other"):
        (home / name).write_text("machine 127.0.0.1 login ann password else\ndefault login a password b\n")
        (home / name).chmod(0o600)
    arrives("E13", folder / "work", "right-password", HOME=str(home), NETRC=str(home / "other"))


def e14(folder: Path) -> None:
    """Name a proxy in every way: it is not used at all, so nothing can reach it.

    The list allows CONNECT without credentials. A proxy of the environment is a stranger on the way to a
    password; until a profile can name one, there is none.
    """
    authority = certificates.authority(folder)
    wrap = certificates.server(folder)
    with port(says(http(502))) as proxy, vendor(wrap=wrap) as served:
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
        office = Office(folder / "work", served.api.origin)
        ended = office.run(SSL_CERT_FILE=str(authority), **dict.fromkeys(names, proxy.origin))
        ends("E14", ended)
        assert office.file.exists()
        assert served.api.origin.startswith("https://")
        assert proxy.seen == []


def e15(folder: Path) -> None:
    """Let SSL_CERT_FILE name what is not there, or what is no certificate."""
    (folder / "text").write_text("no certificate")
    for number, path in enumerate(("missing.pem", "text")):
        name = str(folder / path)
        refused("E15", folder / str(number), "SSL_CERT_FILE", path, SSL_CERT_FILE=name)


def e16(folder: Path) -> None:
    """Meet certificates that prove nothing: the run ends at once, and not a byte of HTTP was sent.

    Expired, of another host, signed by a stranger, signed by nobody; each is tried once, and with TLS.
    """
    authority = certificates.authority(folder)
    (stranger := folder / "stranger").mkdir()
    certificates.authority(stranger)
    own = certificates.wrapping(authority, folder / "ca.key")
    known = {"SSL_CERT_FILE": str(authority)}
    for number, (wrap, variables) in enumerate(
        (
            (certificates.server(folder, days=-1), known),
            (certificates.server(folder, names="DNS:analytics.example.com,IP:127.0.0.2"), known),
            (certificates.server(stranger), known),
            (own, {}),
        )
    ):
        hands: list[socket.socket] = []
        with port(says(http(200, b"{}"))) as server:
            server.wrap = counting(wrap, hands)
            ended = Office(folder / str(number), server.origin).run(**variables)
            assert server.seen == []
        ends("E16", ended, "E-TLS", "certificate")
        assert len(hands) == 1


def counting(wrap: certificates.Wrap, hands: list[socket.socket]) -> certificates.Wrap:
    """Return what wraps a connection and keeps it, shaken or not."""

    def wrapping(connection: socket.socket) -> object:
        hands.append(connection)
        return wrap(connection)

    return wrapping  # type: ignore[return-value]


def e17(folder: Path) -> None:
    """Write `${HOME}` into values of a manifest: it is not expanded, and fits nowhere."""
    with port(says(http(200, b"{}"))) as server:
        office = Office(folder, server.origin)
        good = (folder / "m.yaml").read_text()
        for line in ("name: ${HOME}", "timezone: ${TZ}", "period: ${DAY}", "profiles: ['${WHO}']"):
            key = line.partition(":")[0]
            kept = [one for one in good.splitlines() if not one.startswith(f"{key}:")]
            (folder / "m.yaml").write_text("\n".join([*kept, line, ""]))
            ended = office.run(TZ="UTC", DAY="2026-05-04", WHO="acme")
            ends("E17", ended, "m.yaml:")
        assert server.seen == []


def e18(folder: Path) -> None:
    """Take HOME away and give a relative folder for the journal."""
    with vendor() as served:
        office = Office(folder, served.api.origin)
        ended = office.run("run", "--state", "deep/state", "m.yaml", HOME=GONE, XDG_CACHE_HOME=GONE)
        ends("E18", ended)
        assert office.file.exists()
        assert (folder / "deep" / "state" / "journal.db").exists()


CASES: dict[str, Callable[[Path], None]] = {
    case.__name__.upper(): case
    for case in (e01, e02, e03, e04, e05, e06, e07, e08, e09, e10, e11, e12, e13, e14, e15, e16, e17, e18)
}


def test_every_id_has_a_case() -> None:
    """The list is complete, and nothing of it is left out."""
    assert ids("E") == [f"E{number:02}" for number in range(1, 19)]
    assert sorted(CASES) == ids("E")


@pytest.mark.parametrize("id", ids("E"))
def test_the_environment_does_no_harm(id: str, tmp_path: Path) -> None:
    """Each ends with the exit code of the list, says which variable is meant, and never what is in it."""
    CASES[id](tmp_path)
