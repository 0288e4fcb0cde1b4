"""The vendor's samples, and files of real tools, there and back: the same request, byte for byte.

Each sample goes as printed: read, judged, written as a manifest, planned, and shown again in each form.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from runner.foreign import source
from runner.foreign.call import Reading
from runner.foreign.meaning import Judge
from runner.foreign.taken import Taken, taken
from runner.profiles import sandbox
from runner.request import Request, body, target
from runner.sandbox.accounts import COMPANY_KEY
from tests import foreign
from tests.contract.test_vendor_samples import SAMPLES, in_order, mended
from tests.foreign import FOLDER, FORMS, KNOWN, NOW_MS, REPORT
from tests.sandbox_calls import Caller, content, header

TAKEN = [pytest.param(one, id=one["id"]) for one in SAMPLES if "export" in one and one["id"] != "user-2"]
WRONG = [pytest.param(one, id=one["id"]) for one in SAMPLES if "export" not in one or one["id"] == "user-2"]


def printed(sample: dict[str, Any]) -> str:
    """Return a sample as the vendor prints it: a curl line."""
    report = sample.get("export", sample.get("refused", {}).get("export"))["report"]
    form = f" -d '{sample['form']}'" if "form" in sample else ""
    return f"curl -u username:password -X {sample['method']} '{REPORT}/{report}?{sample['query']}'{form}"


def took(sample: dict[str, Any]) -> Taken:
    """Return a sample as an export."""
    made = foreign.took(printed(sample))
    assert isinstance(made, Taken), made
    return made


@pytest.mark.parametrize("sample", TAKEN)
def test_a_sample_becomes_a_manifest_that_asks_for_the_same(sample: dict[str, Any]) -> None:
    """Import writes a manifest whose one request is the sample's, byte for byte after sorting."""
    (partition,) = foreign.planned(foreign.manifest_of(took(sample)))
    path = f"/api/public/reports/report/{sample['export']['report']}"
    assert partition.request.method == sample["method"]
    assert target(partition.request, "KEY") == f"{path}?{in_order(mended(sample['query'], sample))}"
    assert body(partition.request).decode() == in_order(mended(sample.get("form", ""), sample))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("sample", TAKEN)
def test_a_sample_survives_the_way_there_and_back(sample: dict[str, Any], form: str) -> None:
    """What show writes of it is read as the same request again, and import finds nothing to change."""
    (partition,) = foreign.planned(foreign.manifest_of(took(sample)))
    shown = foreign.written(form, [partition])
    assert foreign.creates(shown) == [_wire(partition.request)]
    again = [one for one in foreign.reading(shown).calls if "report/" in one.url.path]
    second = taken(Judge(KNOWN, NOW_MS).asked(again[0]), KNOWN, None)
    assert isinstance(second, Taken)
    assert second.changes == ()
    assert second.partition.request == partition.request


@pytest.mark.parametrize("sample", WRONG)
def test_a_sample_that_is_wrong_is_not_taken_over(sample: dict[str, Any]) -> None:
    """A window that ends before it starts, and fourteen digits, are told and not guessed at."""
    reasons = foreign.took(printed(sample))
    assert not isinstance(reasons, Taken)
    text = " ".join(one.message for one in reasons)
    assert "lies after endTime" in text or "14 digits, so the year 2503" in text


def test_what_is_mended_in_a_sample_is_said() -> None:
    """A sample with a defect in its print is read as it was meant, and the defect is among the problems."""
    for one in SAMPLES:
        if "mended" in one and one["id"] != "user-2":
            asked = foreign.asked(printed(one))
            assert foreign.said(asked) + foreign.noted(asked), one["id"]
            assert "&&" in one["mended"] or foreign.said(asked), one["id"]


def _wire(request: Request) -> tuple[str, str, Any, Any]:
    return request.method, request.path, request.query, request.form


# What real tools wrote: see foreign/README.md.


def environment() -> dict[str, str]:
    """Return the variables of the environment that goes with the collection."""
    return source.environment((FOLDER / "environment.json").read_bytes(), "environment.json")


def bruno() -> Reading:
    """Return what is read in Bruno's folder."""
    folder = FOLDER / "bruno"
    files = {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*.bru")}
    return source.of_folder(files, environment())


def file(name: str) -> Reading:
    """Return what is read in a file."""
    return source.of_bytes((FOLDER / name).read_bytes(), name, environment())


KEPT = {
    "postman": lambda: file("postman.json"),
    "opencollection": lambda: file("opencollection.yml"),
    "bruno": bruno,
}


@pytest.mark.parametrize("tool", KEPT)
def test_each_tool_keeps_the_same_requests(tool: str) -> None:
    """Folders, variables, inherited and own users, forms, and what is switched off are read alike in all."""
    reading = KEPT[tool]()
    assert reading.title == "Care exports"
    assert [one.message for one in reading.remarks] == ["scripts of the collection are not run"]
    calls = {one.name: one for one in reading.calls}
    june, actions = calls["Raw / Conversations of June"], calls["Raw / Actions (form)"]
    assert set(calls) - {june.name, actions.name} == {"Teams", "Ask for the state"}
    assert june.username == "analyst@acme.example"
    assert june.secrets() == ("ACME-COMPANY-KEY-1", "analyst@acme.example", "hunter2-hunter2")
    assert actions.username == "someone.else@acme.example"
    assert dict(actions.form)["timezone"] == "Etc/GMT+12"
    assert "locale" not in dict(june.url.query) | dict(actions.form)


@pytest.mark.parametrize("tool", KEPT)
def test_each_tool_s_requests_become_the_same_manifest(tool: str) -> None:
    """Two exports, each as it would be asked, with periods for people."""
    judge = Judge(KNOWN, NOW_MS)
    made = [taken(one, KNOWN, None) for one in map(judge.asked, KEPT[tool]().calls) if one.report]
    exports = [one for one in made if isinstance(one, Taken)]
    by_report = {one.partition.report: dict(one.entry) for one in exports}
    assert by_report["conversation"] == {
        "report": "conversation",
        "timezone": "America/Chicago",
        "period": "2026-06",
        "metrics": ["CONVERSATION_ID", "STATUS"],
        "parameters": {"conversationReportType": "CREATED"},
    }
    assert by_report["conversation_actions"]["period"] == {
        "start": "2026-06-01T00:00:00Z",
        "end": "2026-07-01T00:00:00Z",
    }
    assert [one.changes for one in exports] == [(), ()]


def test_newman_sent_what_was_planned_and_got_the_file() -> None:
    """Newman carried out what show wrote: as planned, no password to the storage, every test passed."""
    runs = json.loads((FOLDER / "newman.json").read_bytes())
    partitions = {one.id: one for one in foreign.planned((FOLDER / "newman.yaml").read_text(), sandbox())}
    assert all(one["passed"] for one in runs)
    for name, partition in partitions.items():
        steps = {one["name"].removesuffix(f" {name}"): one for one in runs if name in one["name"]}
        query = tuple(parse_qsl(steps["create"]["query"], strict_parsing=True))
        asked = partition.request
        assert (steps["create"]["method"], steps["create"]["path"]) == (asked.method, asked.path)
        assert query == (("companyKey", "SANDBOX-COMPANY-KEY"), *asked.query)
        assert tuple(map(tuple, steps["create"]["form"])) == asked.form
        assert [one["code"] for one in steps.values()] == [200, 200, 307, 200]
        assert [one["authorization"] for one in steps.values()] == [True, True, True, False]
        assert steps["fetch"]["sha256"] == _made_here(partition.request)


def _made_here(request: Request) -> str:
    """Return the sha256 of the file that the sandbox, in memory, makes for a request."""
    caller = Caller()
    headers = {**caller.headers, "content-type": "application/x-www-form-urlencoded"}
    created = caller.call(request.method, target(request, COMPANY_KEY), body(request), headers)
    link = caller.finish(created)["jobInfo"]["downloadUrl"]
    file = caller.follow(header(caller.follow(link), "location"))
    return hashlib.sha256(content(file)).hexdigest()
