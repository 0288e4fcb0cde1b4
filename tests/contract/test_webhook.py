"""A message to a webhook: one request, no credentials, an end in time, and an address that nobody is told."""

from __future__ import annotations

import time

import pytest

from runner.client import post, trusted
from tests.contract.rawserver import Answer, http, says, serving

PLACE = "/services/T000/B000/verysecrettoken"


def sent(answer: Answer, seconds: float = 5) -> tuple[str, list[tuple[str, str, bytes]]]:
    """Return what posting to a server that answers so says, and what the server saw."""
    with serving(answer) as server:
        said = post(f"{server.origin}{PLACE}", b'{"a": 1}', None, seconds)
    return said, [(one.method, one.target, one.body) for one in server.seen]


def test_a_message_is_one_post_of_json() -> None:
    """Any 2xx is fine, whatever it says."""
    with serving(says(http(204))) as server:
        assert post(f"{server.origin}{PLACE}", b'{"a": 1}', trusted({}), 5) == ""
    (seen,) = server.seen
    assert (seen.method, seen.target, seen.body) == ("POST", PLACE, b'{"a": 1}')
    assert seen.headers["content-type"] == "application/json"
    assert "authorization" not in seen.headers
    assert "cookie" not in seen.headers


@pytest.mark.parametrize("status", [301, 307, 400, 404, 500])
def test_everything_else_is_a_failure_and_no_redirect_is_followed(status: int) -> None:
    """The status is told; where a redirect leads, nobody looks."""
    said, seen = sent(says(http(status, b"no", location="http://127.0.0.1:1/x")))
    assert said == f"it answered HTTP {status}"
    assert len(seen) == 1


@pytest.mark.parametrize(
    "url", ["http://example.com/x", "ftp://127.0.0.1/x", "no url", "https://a:b/", "", "file:///etc/passwd"]
)
def test_only_https_is_spoken_but_to_this_machine(url: str) -> None:
    """An address in the clear, or of another kind, is refused before anything is sent, and not repeated."""
    said = post(url, b"{}", None, 1)
    assert said in ("its address must begin with https://", "its address is not a URL")


def test_who_does_not_answer_is_left_in_time() -> None:
    """Silence and drops: the total is what was given."""
    for answer in (says(hang=20), says(*[b"H"] * 200, pause=0.1)):
        begun = time.monotonic()
        said, _ = sent(answer, seconds=0.5)
        assert said == "the whole answer did not come in time"
        assert time.monotonic() - begun < 5


def test_who_is_not_there_is_said() -> None:
    """No connection; the address is not in the message."""
    assert post(f"http://127.0.0.1:1{PLACE}", b"{}", None, 2) == "no connection can be made"
