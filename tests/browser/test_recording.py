"""A session that Chromium's DevTools record anew, there and back: imported, shown again, and run.

Sandbox, browser and DevTools are real, and nothing of the HAR is written by us; about 30 s in all. Without a
Chromium every test here fails; where one has other DevTools than those that were met, they are passed over,
and told. Recordings that are kept are read in `tests/contract`.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from runner.errors import Exit
from runner.request import encoded
from runner.sandbox.clock import START_MS, ScaledClock
from runner.sandbox.server import Served, serve
from tests import canary, foreign
from tests.browser.recording import CREATES, Other, Recording, recorded
from tests.contract.test_vendor_samples import in_order
from tests.e2e.launch import care_export

VARIABLES = {
    "CARE_COMPANY_KEY": canary.ACCOUNT.company_key,
    "CARE_USERNAME": canary.ACCOUNT.username,
    "CARE_PASSWORD": canary.ACCOUNT.password,
}
"""What the profiles.yaml of import names."""


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """Serve one sandbox for all tests of this file; its time goes sixty times as fast."""
    with serve(accounts=(canary.ACCOUNT,), clock=ScaledClock(60, START_MS, time.monotonic)) as running:
        yield running


@pytest.fixture(scope="module")
def recording(served: Served) -> Recording:
    """Record one session for all tests of this file."""
    try:
        return recorded(served, canary.ACCOUNT)
    except Other as other:
        pytest.skip(f"{other}; what those of Chromium 156 wrote is read in tests/contract")


@pytest.fixture(params=["sanitized", "sensitive"])
def folder(request: pytest.FixtureRequest, recording: Recording, tmp_path: Path) -> Path:
    """Import the recording of each kind into a folder of its own, and delete it."""
    har = tmp_path / "session.har"
    har.write_text(getattr(recording, request.param))
    ended = care_export(
        tmp_path, "import", "session.har", "--out", "session.yaml", "--profiles-out", "profiles.yaml"
    )
    har.unlink()
    assert (ended.returncode, ended.stdout) == (Exit.DONE, "")
    assert "3 exports taken over" in ended.stderr
    return tmp_path


def creates(served: Served) -> list[tuple[Any, ...]]:
    """Return the creates that the sandbox took so far: what reached it, whoever says what was sent."""
    with urlopen(f"{served.api_origin}/__sandbox/requests") as answer:
        seen = json.load(answer)
    return [
        (one["method"], one["path"], *(_in_order(one[part]) for part in ("query", "form")))
        for one in seen
        if one["method"] == "POST" and one["status"] == 200
    ]


def _in_order(pairs: list[list[str]]) -> list[list[str]]:
    return sorted(pairs, key=lambda pair: pair[0])


def shown(folder: Path, form: str) -> str:
    """Return the manifest's requests in a form of `show`."""
    ended = care_export(folder, "show", "session.yaml", "--as", form, environ=VARIABLES)
    assert ended.returncode == Exit.DONE, ended.stderr
    return ended.stdout


def sent(recording: Recording) -> set[tuple[str, str]]:
    """Return address and form of each create as DevTools wrote them; queries and forms in order."""
    entries = json.loads(recording.sensitive)["log"]["entries"]
    found = set()
    for request in (one["request"] for one in entries if one["request"]["method"] == "POST"):
        path, _, query = request["url"].partition("?")
        found.add((f"{path}?{in_order(query)}", in_order(request.get("postData", {}).get("text", ""))))
    return found


@pytest.mark.parametrize("form", ["curl", "url"])
def test_what_show_writes_is_read_as_what_was_recorded(folder: Path, form: str, recording: Recording) -> None:
    """The same creates: method, path, query and form."""
    made = [one for one in foreign.creates(recording.sensitive) if one[0] == "POST"]
    assert sorted(foreign.creates(shown(folder, form))) == sorted(made)
    assert len(made) == len(CREATES)


def test_addresses_of_show_are_those_that_were_recorded(folder: Path, recording: Recording) -> None:
    """Byte for byte in the order of names, with the key in the place of its variable."""
    key = encoded([("companyKey", canary.ACCOUNT.company_key)])
    text = shown(folder, "url").replace("companyKey=${CARE_COMPANY_KEY}", key)
    assert set(re.findall(r"^POST (\S+)\n?([^#\n]*)$", text, re.MULTILINE)) == sent(recording)


@pytest.mark.parametrize("folder", ["sanitized"], indirect=True)
def test_a_run_gets_the_files_that_the_browser_got(
    folder: Path, served: Served, recording: Recording
) -> None:
    """The sandbox sees the same creates once more, and gives the same bytes."""
    before = creates(served)
    ended = care_export(folder, "run", "session.yaml", environ=VARIABLES, timeout=100)
    assert ended.returncode == Exit.DONE, ended.stderr
    assert sorted(creates(served)[len(before) :]) == sorted(before[: len(CREATES)])
    made = [path.read_bytes() for path in (folder / "exports").rglob("*.*") if path.is_file()]
    assert sorted(made) == sorted(recording.files.values())
    assert {one.report for one in CREATES} == set(recording.files)
