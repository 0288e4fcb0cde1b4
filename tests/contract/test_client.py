"""The client against a server that does what servers should not do. Nothing here leaves this machine."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import logging
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runner.answers import built_status_url
from runner.client import Body, Broken, Client, Distrusted, Got, Missed, Timeouts, in_memory
from runner.profiles import Credentials
from runner.request import Request
from runner.sandbox import wire as sandbox
from tests.contract.rawserver import Answer, Seen, Server, by_path, http, says, serving
from tests.tools import tool

CREDENTIALS = Credentials(company_key="key/+=", username="üser", password="pässword")
BASIC = "Basic " + base64.b64encode("üser:pässword".encode()).decode()
QUICK = Timeouts(answer_s=0.4, stall_s=0.4, least_bytes_per_s=1000)
POST = Request("POST", "/api/public/reports/report/conversation", (("reportFormat", "csv"),), (), "")
STATUS = "/api/public/reports/report/w/r/status"
FILE = b"A,B\n1,2\n" * 50


@contextmanager
def client_of(answer: Answer, **options: object) -> Iterator[tuple[Client, Server]]:
    """Serve an answer, and open a client on it."""
    with serving(answer) as server:
        client = Client(server.origin, CREDENTIALS, **options)  # type: ignore[arg-type]
        try:
            yield client, server
        finally:
            client.close()


def polled(answer: Answer, **options: object) -> Got | Missed | Distrusted:
    """Return what a status request brings."""
    with client_of(answer, **options) as (client, server):
        return client.poll(server.origin + STATUS)


def fetched(answer: Answer, **options: object) -> tuple[bytes, Body]:
    """Return a downloaded file and its body, read to the end."""
    with (
        client_of(answer, **options) as (client, server),
        client.download(f"{server.origin}/api/public/file") as body,
    ):
        assert isinstance(body, Body)
        return b"".join(body.chunks), body


def broken(answer: Answer, **options: object) -> str:
    """Return the code with which a download breaks."""
    with pytest.raises(Broken) as caught:
        fetched(answer, **options)
    return caught.value.code


def opened(answer: Answer, **options: object) -> object:
    """Return what a download is where it is no file."""
    with (
        client_of(answer, **options) as (client, server),
        client.download(f"{server.origin}/api/public/file") as got,
    ):
        return got


def code_of(outcome: object) -> str:
    """Return the code of a miss or a distrust."""
    assert isinstance(outcome, Missed | Distrusted)
    return outcome.code


# --- what goes out


def test_a_create_request_is_exactly_this() -> None:
    """The companyKey comes first, values are encoded, credentials are Basic over UTF-8, the body is empty."""
    with client_of(says(http(200, b"{}"))) as (client, server):
        assert client.create(POST) == Got(200, "{}", "")
    (seen,) = server.seen
    assert (seen.method, seen.body) == ("POST", b"")
    assert seen.target == "/api/public/reports/report/conversation?companyKey=key%2F%2B%3D&reportFormat=csv"
    assert seen.headers["authorization"] == BASIC
    assert seen.headers["accept-encoding"] == "identity"
    assert seen.headers["connection"] == "close"
    assert "content-type" not in seen.headers


def test_a_form_travels_in_the_body() -> None:
    """A form POST has the companyKey in its query and all else in its body."""
    form = Request("POST", "/api/public/reports/report/user", (), (("agentId", "1"), ("agentId", "2")), "")
    with client_of(says(http(200, b"{}"))) as (client, server):
        client.create(form)
    (seen,) = server.seen
    assert seen.body == b"agentId=1&agentId=2"
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    "target",
    [
        "/api/public/reports/report/w/23IS1%2BAnp%2F9%3D/status?analyticsAccessToken=oMqg%2FIw%3D%3D",
        "/api/public/reports/report/w/23+a=/status?companyKey=a+b%20c&x",
    ],
)
def test_a_url_of_the_server_is_sent_byte_for_byte(target: str) -> None:
    """What the server gave is sent as it is, whole or as a path of our own origin."""
    with client_of(says(http(200, b"{}"))) as (client, server):
        client.poll(server.origin + target)
        client.poll(target)
        with client.download(server.origin + target):
            pass
    assert [seen.target for seen in server.seen] == [target] * 3
    assert {seen.headers["authorization"] for seen in server.seen} == {BASIC}


def test_a_status_path_of_our_own_gets_the_company_key() -> None:
    """The documented path, built where the server gave no URL, carries the companyKey, encoded once."""
    with client_of(says(http(200, b"{}"))) as (client, server):
        client.poll(built_status_url("w", "r+/="))
    assert server.seen[0].target == ("/api/public/reports/report/w/r%2B%2F%3D/status?companyKey=key%2F%2B%3D")


def test_credentials_go_to_no_other_origin() -> None:
    """A statusUrl or downloadUrl of another origin is refused, and nothing arrives there."""
    with serving(says(http(200, b"{}"))) as elsewhere, client_of(says(http(200))) as (client, server):
        url = f"{elsewhere.origin}{STATUS}?analyticsAccessToken=secret1"
        refused = client.poll(url)
        with client.download(url) as download:
            assert code_of(download) == "E-ORIGIN"
        assert code_of(client.poll("https://[broken/")) == "E-ORIGIN"
        assert code_of(client.poll("https://127.0.0.1:port/")) == "E-ORIGIN"
        assert code_of(client.poll("//127.0.0.2/api/public/x")) == "E-ORIGIN"
    assert isinstance(refused, Distrusted)
    assert refused.code == "E-ORIGIN"
    assert "secret1" not in refused.message
    assert elsewhere.seen == server.seen == []


def test_cookies_are_never_kept() -> None:
    """A Set-Cookie has no effect on any later request."""
    with client_of(says(http(200, b"{}", set_cookie="a=b; Path=/"))) as (client, server):
        client.poll(STATUS)
        client.poll(STATUS)
    assert len(server.seen) == 2
    assert all("cookie" not in seen.headers for seen in server.seen)


def test_the_environment_has_no_say(tmp_path: Path) -> None:
    """Proxies, and passwords in a netrc file, that the environment names are not used."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    netrc.chmod(0o600)
    program = (
        "import sys; from runner.client import Client; from runner.profiles import Credentials\n"
        "print(Client(sys.argv[1], Credentials('key', 'user', 'pass')).poll('/api/public/x'))"
    )
    with serving(says(http(200, b"ours"))) as server:
        outside = {"NETRC": str(netrc), "HTTP_PROXY": "http://127.0.0.1:9"}
        done = subprocess.run(
            [sys.executable, "-c", program, server.origin],
            env=outside,
            capture_output=True,
            text=True,
            check=True,
        )
    assert "body='ours'" in done.stdout
    assert server.seen[0].headers["authorization"] == "Basic " + base64.b64encode(b"user:pass").decode()


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """No log record tells a URL, whatever level somebody has set."""
    with caplog.at_level(logging.DEBUG), client_of(says(http(200, b"{}"))) as (client, _):
        client.poll(STATUS)
    assert caplog.records == []


# --- answers


@pytest.mark.parametrize("status", [200, 201, 302, 307, 401, 429, 503, 600, 999])
def test_every_status_is_an_answer(status: int) -> None:
    """Any status comes back as it is: nothing is followed, repeated or raised here."""
    with client_of(says(http(status, b"x", location="/api/public/y", retry_after="3"))) as (client, server):
        assert client.create(POST) == Got(status, "x", "3")
        assert len(server.seen) == 1


def test_retry_after_is_made_harmless() -> None:
    """The header is shown to people: it is short and visible."""
    outcome = polled(says(http(429, retry_after="a\x9b" + "b" * 500)))
    assert isinstance(outcome, Got)
    assert outcome.retry_after.startswith("a\\x9bb")
    assert len(outcome.retry_after) == 100


def test_bytes_that_are_no_text_stay_visible() -> None:
    """What is no UTF-8 is written as escapes, so that nothing is lost in the journal."""
    assert polled(says(http(200, b'{"a": "\xff\xc3\xa9"}'))) == Got(200, '{"a": "\\xffé"}', "")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (http(200, bytes((1 << 20) + 1)), "larger than"),
        (http(200, gzip.compress(bytes(1 << 24)), content_encoding="gzip"), "unpacks to far more"),
        (http(200, b"x", content_encoding="br"), "nobody asked for"),
    ],
    ids=["large", "bomb", "br"],
)
def test_an_answer_has_its_bounds(answer: bytes, why: str) -> None:
    """An answer beyond 1 MiB, packed or plain, or in an encoding we do not read, is not used."""
    outcome = polled(says(answer))
    assert isinstance(outcome, Distrusted)
    assert outcome.code == "E-ANSWER"
    assert why in outcome.message


def test_a_packed_answer_is_read() -> None:
    """Packing that nobody asked for is undone."""
    assert polled(says(http(200, gzip.compress(b"{}"), content_encoding="gzip"))) == Got(200, "{}", "")


# --- no answers


def test_without_a_connection_nothing_was_sent() -> None:
    """A port where nobody listens: surely not sent, so that a create may be sent again."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    client = Client(f"http://127.0.0.1:{port}", CREDENTIALS)
    assert client.create(POST) == Missed(False, "E-CONNECT", "no connection can be made")
    client.close()


def test_a_host_that_no_name_can_have_is_not_found() -> None:
    """A host that cannot be looked up is told from one that does not answer."""
    client = Client(f"https://{'x' * 70}.example", CREDENTIALS)
    assert client.create(POST) == Missed(False, "E-CONNECT", "the host cannot be found")
    client.close()


def test_tls_with_a_server_that_has_none_sends_nothing() -> None:
    """Where TLS does not come about no request was sent, and plain text is never tried."""
    with serving(says(http(200))) as server:
        client = Client(server.origin.replace("http:", "https:"), CREDENTIALS, timeouts=QUICK)
        outcome = client.create(POST)
        client.close()
    assert isinstance(outcome, Missed)
    assert not outcome.sent
    # By chance a greeting of TLS holds the line ends by which this server tells a request.
    assert not [one for one in server.seen if one.method in ("GET", "POST")]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (says(), "E-CUT"),
        (says(reset=True), "E-CUT"),
        (says(b"HTTP/1.1 200 OK\r\nContent-Le"), "E-CUT"),
        (says(http(200, b'{"a":', content_length="80")), "E-CUT"),
        (says(b"SSH-2.0-OpenSSH\r\n\r\n"), "E-PROTOCOL"),
        (says(http(200, b"xx", content_length="1\r\nContent-Length: 2")), "E-PROTOCOL"),
        (says(http(200, b"", x="y" * 200_000)), "E-PROTOCOL"),
    ],
    ids=["closed", "reset", "headers cut", "body cut", "no HTTP", "two lengths", "huge header"],
)
def test_a_broken_answer_leaves_open_what_the_server_did(answer: Answer, code: str) -> None:
    """The request was sent, and nobody knows: `sent` is True, and the code tells how it broke."""
    with client_of(answer) as (client, server):
        outcome = client.create(POST)
        assert len(server.seen) == 1
    assert isinstance(outcome, Missed)
    assert (outcome.sent, outcome.code) == (True, code)


@pytest.mark.parametrize(
    "answer",
    [
        says(hang=1),
        says(*[bytes([one]) for one in http(200, b"{}")[:20]], pause=0.1),
        says(*[b"HTTP/1.1 100 Continue\r\n\r\n"] * 12, pause=0.1),
        says(http(200, content_length=""), *[b"x"] * 10, pause=0.1),
    ],
    ids=["silence", "headers drop by drop", "100 Continue without end", "body drop by drop"],
)
def test_the_deadline_is_a_total(answer: Answer) -> None:
    """However a server keeps a request waiting, it is over in time."""
    began = time.monotonic()
    with client_of(answer, timeouts=QUICK) as (client, _):
        outcome = client.create(POST)
        took = time.monotonic() - began
    assert outcome == Missed(True, "E-TIMEOUT", "the whole answer did not come in time")
    assert 0.3 < took < 1.8


def test_closing_cuts_what_is_under_way() -> None:
    """A stop does not wait for a slow server."""
    outcomes: list[object] = []
    with client_of(says(hang=1.5)) as (client, server):
        thread = threading.Thread(target=lambda: outcomes.append(client.poll(STATUS)))
        thread.start()
        while not server.seen:
            time.sleep(0.01)
        client.close()
        thread.join(0.5)
        assert not thread.is_alive()
    assert outcomes == [Missed(True, "E-STOPPED", "the request was stopped")]


def test_what_begins_after_a_cut_sends_nothing() -> None:
    """Whoever was just about to ask learns that surely nothing was sent, and is no fault of ours."""
    with client_of(says(http(200, b"{}"))) as (client, server):
        client.cut()
        assert client.create(POST) == Missed(False, "E-STOPPED", "the request was stopped")
        assert client.poll(STATUS) == Missed(False, "E-STOPPED", "the request was stopped")
        assert server.seen == []


def test_a_certificate_that_nobody_signed_is_not_trusted(tmp_path: Path) -> None:
    """A server that cannot prove its name gets no request."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    files = ("-keyout", str(key), "-out", str(certificate))
    subprocess.run(
        [tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", *files],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def shake() -> None:
            connection, _ = listening.accept()
            with connection, pytest.raises(ssl.SSLError):
                context.wrap_socket(connection, server_side=True)

        thread = threading.Thread(target=shake)
        thread.start()
        client = Client(f"https://127.0.0.1:{listening.getsockname()[1]}", CREDENTIALS)
        outcome = client.create(POST)
        client.close()
        thread.join()
    assert outcome == Distrusted("E-TLS", "the server's certificate cannot be trusted")


# --- files


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> Answer:
    """Return a chunked answer."""
    framed = [f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces]
    return says(http(200, content_length="", transfer_encoding="chunked"), *framed, end)


MD5 = base64.b64encode(hashlib.md5(FILE, usedforsecurity=False).digest()).decode()
SHA256 = base64.b64encode(hashlib.sha256(FILE).digest()).decode()
PACKED = gzip.compress(FILE)


@pytest.mark.parametrize(
    ("answer", "proof", "length"),
    [
        (says(http(200, FILE)), "length", len(FILE)),
        (says(http(200, FILE, content_md5=MD5)), "checksum", len(FILE)),
        (says(http(200, FILE, x_amz_checksum_sha256=SHA256, content_length="")), "checksum", None),
        (says(http(200, FILE, x_amz_checksum_sha256="c3Vt-2")), "length", len(FILE)),
        (chunked(FILE[:10], FILE[10:]), "framing", None),
        (says(http(200, FILE, content_length="")), "structure", None),
        (says(http(200, PACKED, content_encoding="gzip")), "length", len(PACKED)),
        (says(http(200, PACKED, content_encoding="gzip", content_length="")), "framing", None),
        (
            says(http(200, gzip.compress(FILE[:9]) + gzip.compress(FILE[9:]), content_encoding="gzip")),
            "length",
            len(gzip.compress(FILE[:9]) + gzip.compress(FILE[9:])),
        ),
    ],
)
def test_a_file_comes_with_the_strongest_proof_that_held(
    answer: Answer, proof: str, length: int | None
) -> None:
    """Checksum, length, framing, structure: what the server said of the file is checked, best first."""
    content, body = fetched(answer)
    assert content == FILE
    assert (body.proof, body.length) == (proof, length)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (says(http(200, FILE[:100], content_length="400")), "E-CUT"),
        (says(http(200, FILE[:100], content_length="400"), reset=True), "E-CUT"),
        (chunked(FILE, end=b""), "E-CUT"),
        (chunked(FILE, end=b"ff\r\nx"), "E-CUT"),
        (chunked(FILE, end=b"zz\r\n"), "E-PROTOCOL"),
        (says(http(200, FILE, content_md5=SHA256)), "E-CHECKSUM"),
        (says(http(200, FILE, x_amz_checksum_sha256=MD5)), "E-CHECKSUM"),
        (says(http(200, PACKED[:-9], content_encoding="gzip")), "E-CONTENT"),
        (says(http(200, PACKED + b"x", content_encoding="gzip")), "E-CONTENT"),
        (says(http(200, FILE, content_encoding="gzip")), "E-CONTENT"),
        (says(http(200, FILE, content_encoding="br")), "E-CONTENT"),
        (says(http(200, PACKED, content_encoding="gzip, gzip")), "E-CONTENT"),
    ],
)
def test_a_file_that_is_not_whole_breaks(answer: Answer, code: str) -> None:
    """Every way of ending early, and every wrong sum, is an error while reading, never a short file."""
    assert broken(answer) == code


def test_a_file_has_a_size_cap() -> None:
    """An endless body is given up at the cap."""
    assert broken(chunked(*[FILE] * 20), size_cap=5000) == "E-CONTENT"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (says(http(200, content_length="900"), *[b"x"] * 12, pause=0.1), "E-SLOW"),
        (says(http(200, content_length=""), *[b"x"] * 12, pause=0.1), "E-SLOW"),
        (says(http(200, content_length="900"), hang=1.2), "E-TIMEOUT"),
    ],
    ids=["slow", "slow, without a length", "stalled"],
)
def test_a_file_must_come_fast_enough(answer: Answer, code: str) -> None:
    """Drops renew every timeout of httpx; here they are too slow, and silence is a timeout."""
    assert broken(answer, timeouts=QUICK) == code


def test_a_file_may_take_longer_than_an_answer() -> None:
    """A large file has no total: as long as it comes fast enough, it comes."""
    content, _ = fetched(
        says(http(200, content_length="6000"), *[b"x" * 1000] * 6, pause=0.12), timeouts=QUICK
    )
    assert len(content) == 6000


def test_a_stop_in_a_download_is_said() -> None:
    """A download that is cut by closing the client says so."""
    with client_of(says(http(200, b"A\n", content_length="9"), hang=0.5)) as (client, server):

        def read() -> None:
            with client.download(f"{server.origin}/api/public/file") as body:
                assert isinstance(body, Body)
                next(body.chunks)
                client.close()
                list(body.chunks)

        with pytest.raises(Broken) as caught:
            read()
    assert caught.value.code == "E-STOPPED"


@pytest.mark.parametrize("status", [400, 403, 404, 410, 429, 500, 202])
def test_what_is_no_file_is_an_answer(status: int) -> None:
    """Any other status comes back for the lane to judge."""
    assert opened(says(http(status, b"<Error/>", retry_after="7"))) == Got(status, "", "7")


@pytest.mark.parametrize("status", [204, 206])
def test_a_part_that_nobody_asked_for_is_refused(status: int) -> None:
    """206 and 204 are successes for httpx; for us they are no whole file."""
    outcome = opened(says(f"HTTP/1.1 {status} X\r\n\r\n".encode()))
    assert code_of(outcome) == "E-CONTENT"


def test_a_download_that_is_cut_before_its_headers_is_a_miss() -> None:
    """Without headers there is nothing to read."""
    assert opened(says()) == Missed(True, "E-CUT", "the connection broke before the whole answer was there")


# --- redirects


def to(location: str, status: int = 307) -> Answer:
    """Return a redirect."""
    return says(http(status, location=location))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_without_credentials(status: int) -> None:
    """The storage gets a plain GET, its own URL byte for byte, and neither password nor cookie."""
    with serving(says(http(200, FILE))) as storage:
        location = f"{storage.origin}/bucket/a%2Fb.csv?X-Sig=a%2Bb%3D&e=1"
        answer = says(http(status, location=location, set_cookie="a=b"))
        content, _ = fetched(answer)
    assert content == FILE
    (seen,) = storage.seen
    assert (seen.method, seen.target) == ("GET", "/bucket/a%2Fb.csv?X-Sig=a%2Bb%3D&e=1")
    assert not {"authorization", "cookie", "referer"} & set(seen.headers)


def test_credentials_do_not_come_back_after_a_redirect() -> None:
    """A redirect to our own origin, relative or not, is followed without credentials too."""
    with (
        client_of(by_path(file=to("next"), next=says(http(200, FILE)))) as (client, server),
        client.download(f"{server.origin}/api/public/file") as body,
    ):
        assert isinstance(body, Body)
        assert b"".join(body.chunks) == FILE
    assert ["authorization" in seen.headers for seen in server.seen] == [True, False]


def test_five_redirects_are_the_most() -> None:
    """A loop ends after five redirects: six requests in all."""
    with (
        client_of(to("file")) as (client, server),
        client.download(f"{server.origin}/api/public/file") as outcome,
    ):
        assert code_of(outcome) == "E-REDIRECT"
    assert len(server.seen) == 6


def test_five_redirects_are_allowed() -> None:
    """Five redirects lead to a file."""

    def answer(seen: Seen, connection: socket.socket) -> None:
        count = len(seen.target) - len("/api/public/file")
        (says(http(200, FILE)) if count == 5 else to(seen.target + "x"))(seen, connection)

    assert fetched(answer)[0] == FILE


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("", "E-REDIRECT"),
        ("http://user:pw@127.0.0.1/x", "E-ORIGIN"),
        ("http://10.0.0.1/x", "E-ORIGIN"),
        ("http://169.254.169.254/latest", "E-ORIGIN"),
        ("http://bucket.example/x", "E-ORIGIN"),
        ("ftp://127.0.0.1/x", "E-ORIGIN"),
        ("http://[broken/", "E-ORIGIN"),
        (f"https://{'x' * 70}.example/", "E-CONNECT"),
        # httpx reads a Location before it is asked to, and calls this one no HTTP.
        ("http://127.0.0.1:port/", "E-PROTOCOL"),
    ],
)
def test_a_redirect_leads_nowhere_it_should_not(location: str, code: str) -> None:
    """Missing, unreadable, private or plain addresses are refused; nothing is sent there."""
    assert code_of(opened(to(location), resolve=lambda host, port: ("93.184.216.34",))) == code


def test_a_name_that_cannot_be_looked_up_is_refused() -> None:
    """A redirect to what can be no host's name is refused, by the system's own look-up."""
    assert code_of(opened(to(f"https://{'x' * 70}.example/"))) == "E-ORIGIN"


def test_a_host_that_resolves_to_a_private_address_is_refused() -> None:
    """A public name in front of a private address is refused before a connection."""
    outcome = opened(to("https://bucket.example/x"), resolve=lambda host, port: ("10.0.0.1",))
    assert code_of(outcome) == "E-ORIGIN"


def test_a_connection_that_leads_elsewhere_is_refused() -> None:
    """A name that is public when looked up, and private when connected to, gets nothing."""
    with serving(says(http(200))) as inside:
        location = f"https://127.1:{inside.port}/x"
        outcome = opened(to(location), resolve=lambda host, port: ("93.184.216.34",))
    assert code_of(outcome) == "E-ORIGIN"
    assert inside.seen == []


def test_a_connection_that_is_gone_at_once_is_a_miss() -> None:
    """A storage that resets unread sends nobody away for good: nothing was sent, and no file is at fault."""
    with serving(says()) as gone:
        location = f"{gone.origin}/x"
    with socket.create_server(("127.0.0.1", gone.port)) as listening:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        # The reset may come before or after the peer is looked at; before, sooner or later.
        codes = {code_of(opened(to(location))) for _ in range(40)}
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()
    assert "E-CONNECT" in codes
    assert codes <= {"E-CONNECT", "E-CUT"}


def test_a_host_that_cannot_be_found_is_a_miss() -> None:
    """A storage host without an address is worth another try."""

    def resolve(host: str, port: int) -> tuple[str, ...]:
        raise socket.gaierror(-2, "Name or service not known")

    outcome = opened(to("https://bucket.example/x?sig=secret1"), resolve=resolve)
    assert isinstance(outcome, Missed)
    assert (outcome.sent, outcome.code) == (False, "E-CONNECT")
    assert "secret1" not in outcome.message


# --- in memory


def test_an_application_can_stand_in_for_the_network() -> None:
    """Requests reach the application as they are, API and storage apart; nothing is looked up."""
    asked: list[sandbox.Request] = []

    def application(request: sandbox.Request) -> sandbox.Response:
        asked.append(request)
        if request.port == "storage":
            return sandbox.Response(200, (("Content-Length", "8"),), iter([FILE[:4], FILE[4:8]]))
        return sandbox.Response(307, (("location", "https://storage.sandbox.invalid/a%2Fb?c=%3D"),))

    client = Client("https://sandbox.invalid", CREDENTIALS, transport=in_memory(application))
    assert client.create(POST) == Got(307, "", "")
    with client.download("https://sandbox.invalid/api/public/file") as body:
        assert isinstance(body, Body)
        assert b"".join(body.chunks) == FILE[:8]
        assert body.proof == "length"
    client.close()
    assert [(one.method, one.target, one.port) for one in asked] == [
        ("POST", "/api/public/reports/report/conversation?companyKey=key%2F%2B%3D&reportFormat=csv", "api"),
        ("GET", "/api/public/file", "api"),
        ("GET", "/a%2Fb?c=%3D", "storage"),
    ]
    assert [one.headers.get("authorization") for one in asked] == [BASIC, BASIC, None]


def test_a_length_that_is_not_kept_is_a_cut_file() -> None:
    """The number of bytes is compared here too, whatever stands for the network."""

    def application(request: sandbox.Request) -> sandbox.Response:
        return sandbox.Response(200, (("content-length", "9"),), [FILE[:8]])

    client = Client("https://sandbox.invalid", CREDENTIALS, transport=in_memory(application))
    with client.download("/api/public/file") as body:
        assert isinstance(body, Body)
        with pytest.raises(Broken, match="after 8 of 9 bytes"):
            list(body.chunks)
    client.close()
