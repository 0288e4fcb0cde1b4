"""What `care-export sandbox` says before it serves."""

from __future__ import annotations

import shlex
from urllib.parse import parse_qs, urlsplit

import pytest

from runner.cli.command import outcome
from runner.cli.sandbox import example
from runner.errors import Exit
from runner.sandbox.accounts import DEFAULT_ACCOUNTS
from runner.sandbox.clock import START_MS


def test_the_example_is_a_whole_curl_line() -> None:
    """A shell reads it as five words: user and password, method, and an address with all that is required."""
    words = shlex.split(example("http://127.0.0.1:8080"))
    account = DEFAULT_ACCOUNTS[0]
    assert words[:5] == ["curl", "-u", f"{account.username}:{account.password}", "-X", "POST"]
    address = urlsplit(words[5])
    assert (address.netloc, address.path) == (
        "127.0.0.1:8080",
        "/api/public/reports/report/conversation",
    )
    query = parse_qs(address.query)
    assert query["companyKey"] == [account.company_key]
    assert int(query["startTime"][0]) < int(query["endTime"][0]) < START_MS


@pytest.mark.parametrize(
    "arguments",
    [
        *(("--port", value) for value in ("-1", "65536", "http", "8080.5", "")),
        *(("--seed", value) for value in ("-1", "x", str(2**63))),
        *(("--speed", value) for value in ("0", "-1", "nan", "inf", "1e400", "1000001", "fast")),
    ],
)
def test_bad_settings_are_usage_errors(arguments: tuple[str, str]) -> None:
    """Nothing is served then."""
    assert outcome(["sandbox", *arguments]) == Exit.USAGE
