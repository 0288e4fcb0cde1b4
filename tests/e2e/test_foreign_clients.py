"""The served sandbox, driven by clients that are not ours: curl, requests, and bare sockets."""

from __future__ import annotations

import csv
import io
import json
import logging
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from runner.sandbox.accounts import COMPANY_KEY, PASSWORD, USERNAME, Account
from runner.sandbox.clock import VirtualClock
from runner.sandbox.quirks import Quirks
from runner.sandbox.server import Served, serve
from runner.sandbox.wire import Request, Response

AUTH = (USERNAME, PASSWORD)
WINDOW = {"startTime": "1767571200000", "endTime": "1768175999999"}


CLOCK = VirtualClock()
"""The clock of the sandboxes here: jobs end when a test says so, and nothing expires on a slow machine."""


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """Serve a sandbox behind two free ports, without a limit on requests: its clock stands still."""
    with serve(clock=CLOCK, quirks=Quirks(over_rate="ignore")) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Let requests not log addresses: what a client that is not ours tells of itself is no leak of ours."""
    logger = logging.getLogger("urllib3")
    logger.setLevel(logging.WARNING)
    yield
    logger.setLevel(logging.NOTSET)


def curl(*arguments: str) -> str:
    """Run curl as a person would, and return what it prints."""
    done = subprocess.run(
        ["curl", "-sS", "--max-time", "20", *arguments], capture_output=True, timeout=30, check=True
    )
    return done.stdout.decode()


def test_curl_goes_the_tutorial_s_three_steps(served: Served, tmp_path: Path) -> None:
    """Create with -u and -X POST, ask statusUrl until CLOSED, fetch downloadUrl with -L."""
    window = "startTime=1767571200000&endTime=1768175999999"
    query = f"companyKey={COMPANY_KEY}&{window}&reportFormat=csv&locale=en_US"
    metrics = "&reportMetrics=CONVERSATION_ID&reportMetrics=STATUS&reportMetrics=ASSIGNEE_ID"
    user = f"{USERNAME}:{PASSWORD}"
    path = "/api/public/reports/report/conversation"
    created = curl("-u", user, "-X", "POST", f"{served.api_origin}{path}?{query}{metrics}")
    status_url = json.loads(created)["result"]["statusUrl"]
    running = json.loads(curl("-u", user, status_url))["result"]
    assert running[0]["result"]["runnerState"] == "RUNNING"
    CLOCK.advance(120_000)
    state = json.loads(curl("-u", user, status_url))["result"]
    assert state["result"]["detail"] == "COMPLETED"
    file = tmp_path / "file.csv"
    curl("-u", user, "-L", "-o", str(file), state["jobInfo"]["downloadUrl"])
    found = list(csv.reader(io.StringIO(file.read_bytes().decode(), newline=""), strict=True))
    assert found[0] == ["CONVERSATION_ID", "STATUS", "ASSIGNEE_ID"]
    assert len(found) > 30


def test_curl_that_sends_credentials_along_gets_no_file(served: Served) -> None:
    """With --location-trusted the storage sees the Authorization header, and refuses."""
    link = ready(served, "conversation")["jobInfo"]["downloadUrl"]
    code = curl(
        "-u", f"{USERNAME}:{PASSWORD}", "--location-trusted", "-o", "/dev/null", "-w", "%{http_code}", link
    )
    assert code == "400"


def test_curl_posts_a_form(served: Served) -> None:
    """The user export takes its parameters with -d, as the vendor's samples do."""
    url = f"{served.api_origin}/api/public/reports/report/user?companyKey={COMPANY_KEY}"
    text = curl("-u", f"{USERNAME}:{PASSWORD}", "-d", "startTime=1767571200000&endTime=1768175999999", url)
    assert json.loads(text)["status"] == "PASS"


def create(served: Served, report: str, **extra: str) -> requests.Response:
    """Create an export with the requests library."""
    url = f"{served.api_origin}/api/public/reports/report/{report}"
    query = {"companyKey": COMPANY_KEY, **WINDOW, **extra}
    return requests.post(url, params=query, auth=AUTH, timeout=10)


def ready(served: Served, report: str, **extra: str) -> dict[str, Any]:
    """Create an export, wait until it is ready, and return the inner result."""
    url = create(served, report, **extra).json()["result"]["statusUrl"]
    CLOCK.advance(600_000)
    return dict(requests.get(url, auth=AUTH, timeout=10).json()["result"])


@pytest.mark.parametrize("format", ["csv", "json"])
def test_requests_gets_a_file(served: Served, format: str) -> None:
    """The library drops credentials where the host's port changes, and follows the 307 to the file."""
    link = ready(served, "combined", reportFormat=format)["jobInfo"]["downloadUrl"]
    file = requests.get(link, auth=AUTH, timeout=10)
    assert [one.status_code for one in (*file.history, file)] == [307, 200]
    assert file.url.startswith(served.storage_origin)
    assert int(file.headers["Content-Length"]) == len(file.content)
    assert len(file.text) > 10_000


def test_a_file_without_length_comes_in_chunks() -> None:
    """HTTP/1.1 gets chunks; HTTP/1.0, which has none, the end of the connection."""
    with serve(clock=CLOCK, quirks=Quirks(no_content_length=True, bom=True)) as sandbox:
        link = ready(sandbox, "author", reportFormat="csv")["jobInfo"]["downloadUrl"]
        hop = requests.get(link, auth=AUTH, timeout=10, allow_redirects=False)
        where = urlsplit(hop.headers["Location"])
        file = requests.get(where.geturl(), timeout=10)
        assert file.headers["Transfer-Encoding"] == "chunked"
        assert file.content.startswith(b"\xef\xbb\xbf")
        old = talk(where.port, f"GET {where.path}?{where.query} HTTP/1.0\r\n\r\n".encode())
        assert old.partition(b"\r\n\r\n")[2] == file.content


def talk(port: int | None, sent: bytes, host: str = "127.0.0.1") -> bytes:
    """Send bytes and return all that comes until the other side closes."""
    with socket.create_connection((host, port or 0), timeout=10) as connection:
        connection.sendall(sent)
        got = b""
        while piece := connection.recv(65_536):
            got += piece
        return got


def status_of(answer: bytes) -> int:
    """Return the status code of a raw answer."""
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nContent-Length: ten\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
        (b"NONSENSE\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 505),
        (b"GET /\xff\xfe HTTP/1.1\r\nConnection: close\r\n\r\n", 401),
        (b"BREW / HTTP/1.1\r\nConnection: close\r\n\r\n", 401),
        (b"HEAD /__sandbox/requests HTTP/1.1\r\nConnection: close\r\n\r\n", 405),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
    ],
)
def test_malformed_requests_get_an_answer(served: Served, sent: bytes, status: int, capfd: Any) -> None:
    """Whatever comes, the answer is a status, never a traceback; bodies are bounded."""
    got = talk(urlsplit(served.api_origin).port, sent)
    assert status_of(got) == status
    assert b"Traceback" not in got
    assert capfd.readouterr() == ("", "")


def test_a_client_that_goes_away_leaves_no_trace(served: Served, capfd: Any) -> None:
    """A connection cut in the middle of a request or an answer is nobody's error."""
    link = ready(served, "combined")["jobInfo"]["downloadUrl"]
    hop = requests.get(link, auth=AUTH, timeout=10, allow_redirects=False)
    where = urlsplit(hop.headers["Location"])
    for sent in (
        b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc",
        f"GET {where.path}?{where.query} HTTP/1.1\r\n\r\n".encode(),
    ):
        connection = socket.create_connection(("127.0.0.1", where.port or 0))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.sendall(sent)
        connection.close()
    assert requests.get(f"{served.api_origin}/__sandbox/requests", timeout=10).status_code == 200
    assert capfd.readouterr() == ("", "")


def test_a_fault_can_cut_and_shorten(capfd: Any) -> None:
    """A ConnectionError cuts the connection in silence; a short body ends with it; a bug shows."""

    def broken(request: Request) -> Response | None:
        if "cut" in request.path:
            raise ConnectionResetError
        if "bug" in request.path:
            raise RuntimeError("a bug")
        return Response(200, (("content-length", "10"),), (b"short",))

    with serve(faults=broken) as sandbox:
        number = urlsplit(sandbox.api_origin).port
        assert talk(number, b"GET /cut HTTP/1.1\r\n\r\n") == b""
        assert talk(number, b"GET /short HTTP/1.1\r\n\r\n").endswith(b"\r\n\r\nshort")
        assert capfd.readouterr() == ("", "")
        assert talk(number, b"GET /bug HTTP/1.1\r\n\r\n") == b""
        assert "RuntimeError: a bug" in capfd.readouterr().err


def test_a_connection_is_kept(served: Served) -> None:
    """Many requests go over one connection."""
    with requests.Session() as session:
        for _ in range(3):
            answer = session.get(f"{served.api_origin}/__sandbox/requests", timeout=10)
            assert answer.headers.get("Connection") is None
        raw = b"GET /__sandbox/requests HTTP/1.1\r\n\r\n"
        got = talk(
            urlsplit(served.api_origin).port, raw + raw.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        )
        assert got.count(b"HTTP/1.1 200") == 2


def test_closing_ends_everything() -> None:
    """Open connections are cut, threads end, ports are free, and closing twice is fine."""
    before = set(threading.enumerate())
    sandbox = serve()
    silent = socket.create_connection(("127.0.0.1", urlsplit(sandbox.api_origin).port or 0))
    assert requests.get(f"{sandbox.api_origin}/__sandbox/requests", timeout=10).json() == []
    sandbox.close()
    sandbox.close()
    assert silent.recv(1) == b""
    silent.close()
    assert set(threading.enumerate()) <= before
    number = urlsplit(sandbox.api_origin).port or 0
    with serve(port=number) as again:
        assert again.api_origin == sandbox.api_origin


def test_a_taken_port_is_refused(served: Served) -> None:
    """Neither port is taken from somebody else, and nothing is left open."""
    taken = urlsplit(served.api_origin).port or 0
    with pytest.raises(OSError, match="in use"):
        serve(port=taken)
    with pytest.raises(OSError, match="in use"):
        serve(storage_port=taken)


def test_several_accounts_and_faults_behind_a_port() -> None:
    """The server takes the same accounts and the same seam for faults as the application."""

    def ill(request: Request) -> Response | None:
        return (
            Response(503, (("retry-after", "1"), ("content-length", "0")))
            if "author" in request.path
            else None
        )

    with serve(accounts=(Account("a", "b", "C"),), faults=ill, clock=CLOCK, seed=7) as sandbox:
        url = f"{sandbox.api_origin}/api/public/reports/report/"
        asked = {"companyKey": "C", **WINDOW}
        assert requests.post(url + "author", params=asked, auth=("a", "b"), timeout=10).status_code == 503
        assert requests.post(url + "response", params=asked, auth=("a", "b"), timeout=10).status_code == 200
        assert requests.post(url + "response", params=asked, auth=AUTH, timeout=10).status_code == 401
