"""What Chromium's own DevTools recorded of a session with the sandbox, imported: see foreign/README.md.

`tests/browser/test_recording.py` records anew, and runs what import makes of it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from runner.cli.command import outcome
from runner.errors import Exit
from runner.request import Pairs, body, encoded, target
from tests import canary, foreign
from tests.browser.recording import CREATES
from tests.contract.test_vendor_samples import in_order
from tests.foreign import FOLDER

SECRETS = {"chromium.har": "company key", "chromium-sensitive.har": "company key, user name, password"}
"""Which credentials of ours stand in each file."""
KEY = canary.ACCOUNT.company_key
Sent = tuple[str, str, str]
"""Method, target and form of a create, as bytes of the wire would be in text; in the order of names."""


def imported(file: str, folder: Path, capsys: Any) -> tuple[str, str]:
    """Return the manifest that import makes of a recording, and what it tells."""
    with chdir(folder):
        assert (
            outcome(["import", str(FOLDER / file), "--out", "m.yaml", "--profiles-out", "p.yaml"])
            == Exit.DONE
        )
        out, err = capsys.readouterr()
        assert out == ""
        return Path("m.yaml").read_text(), err


def recorded(file: str) -> set[Sent]:
    """Return the creates of a recording by its text alone: what the browser sent by POST."""
    requests = [entry["request"] for entry in json.loads((FOLDER / file).read_text())["log"]["entries"]]
    return {
        (one["method"], _in_order(one["url"]), in_order(one.get("postData", {}).get("text", "")))
        for one in requests
        if one["method"] == "POST"
    }


def _in_order(url: str) -> str:
    """Return the target of an address, its query in order."""
    path, _, query = url.removeprefix("http://127.0.0.1:8080").partition("?")
    return f"{path}?{in_order(query)}"


def told(query: Pairs, form: Pairs) -> tuple[str, str]:
    """Return query and form as the browser was told to send them."""
    return in_order(encoded([("companyKey", KEY), *query])), in_order(encoded(form))


@pytest.mark.parametrize("file", SECRETS)
def test_a_recording_becomes_the_requests_that_the_browser_sent(
    file: str, tmp_path: Path, capsys: Any
) -> None:
    """All of them and no other, byte for byte after sorting, and with no change that import would tell of."""
    text, err = imported(file, tmp_path, capsys)
    planned = [one.request for one in foreign.planned(text)]
    sent = {(one.method, target(one, KEY), body(one).decode()) for one in planned}
    assert sent == recorded(file)
    assert len(sent) == len(planned)
    path = "/api/public/reports/report"
    asked = {("POST", f"{path}/{one.report}", *told(one.query, one.form)) for one in CREATES}
    assert {(method, *address.split("?"), form) for method, address, form in sent} == asked
    assert "changed on the way" not in err
    assert "not taken over" not in err


@pytest.mark.parametrize("file", SECRETS)
def test_the_rest_of_a_session_is_passed_over_by_name(file: str, tmp_path: Path, capsys: Any) -> None:
    """Looks and downloads, the storage, an icon, and what the browser asked beforehand: all are told."""
    _, err = imported(file, tmp_path, capsys)
    assert "a HAR (recorded by WebInspector): 3 exports taken over" in err
    reasons = Counter(re.findall(r"^  entry \d+: (.*)$", err, re.MULTILINE))
    assert reasons == {
        "is what a browser asks before it sends a request; it is no export": 1,
        "lists teams; it is no export": 1,
        "asks for the state of a job, which run does by itself": 3,
        "fetches the file of a job, which run does by itself": 3,
        # The icon of a page, and the three files at the storage.
        "is no request of this API": 4,
    }


@pytest.mark.parametrize(("file", "secrets"), SECRETS.items())
def test_no_secret_of_a_recording_comes_out(file: str, secrets: str, tmp_path: Path, capsys: Any) -> None:
    """Neither in the manifest nor in what is told, in any writing; it is told which ones the file holds."""
    text, err = imported(file, tmp_path, capsys)
    assert canary.in_folder(tmp_path) == []
    canary.hear(text, err)
    assert f"secrets in the input ({secrets}) were not written" in err
    assert "base_url: http://127.0.0.1:8080" in (tmp_path / "p.yaml").read_text()


def test_a_recording_holds_what_its_kind_is_to_hold() -> None:
    """Exported as it is offered first it has no password; tokens of the jobs are in neither file."""
    plain, sensitive = ((FOLDER / file).read_text() for file in SECRETS)
    assert canary.leaks(plain) == ["the company key (form)"]
    assert any("token of Basic" in one for one in canary.leaks(sensitive))
    planted = re.compile(r"the (company key|user name|password|pair of Basic|token of Basic) ")
    assert all(planted.match(one) for one in canary.leaks(sensitive))
