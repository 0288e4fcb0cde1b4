"""Manifests written from requests, and requests written from manifests."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from runner import document
from runner.catalog import schema
from runner.foreign import shown, writing
from runner.foreign.call import Call
from runner.foreign.taken import Taken, slug
from runner.profiles import Reference, parse, sandbox
from tests import foreign
from tests.foreign import ACME, HOST, MAY, REPORT, manifest_of, planned, took


def export(query: str = "", name: str = "", report: str = "author") -> Taken:
    """Return a request as an export."""
    made = took(f"POST {REPORT}/{report}?companyKey=K&{MAY}{query}")
    assert isinstance(made, Taken)
    call: Call = replace(made.asked.call, name=name)
    return replace(made, asked=replace(made.asked, call=call))


def test_a_manifest_says_where_each_export_came_from() -> None:
    """The request's name, method and path, its window in words, and what was changed and why."""
    text = manifest_of(export("&timezone=UTC&foo=1&reportFormat=CSV", "Folder / My  request"))
    assert text == (
        "# Made by care-export import from a test.\n"
        "# `care-export validate` checks it, `care-export plan` shows what it asks for.\n"
        "version: 1\n"
        "timezone: UTC\n"
        "period: 2026-05\n"
        "exports:\n"
        "  # Folder / My request: POST /api/public/reports/report/author\n"
        "  # May 2026 (UTC)\n"
        "  # Not as it was: foo, reportFormat.\n"
        "  # foo: author does not take it; `care-export reports author` shows what it takes\n"
        "  # reportFormat: case counts: write csv, not CSV\n"
        "  - id: my-request\n"
        "    report: author\n"
        "    format: csv\n"
    )


def test_zone_and_period_stand_at_the_top_only_where_all_have_them() -> None:
    """One that names no zone must not get one: the API would write its dates otherwise."""
    text = manifest_of(export("&timezone=UTC"), export())
    assert "\ntimezone" not in text
    assert len(planned(text)) == 2
    assert [dict(one.request.query).get("timezone") for one in planned(text)] == ["UTC", None]


def test_ids_are_unique_and_from_the_names() -> None:
    """Of a name with nothing in it, and of one that is only a number, the report's."""
    names = ["A", "a", "x / A!", "entry 7", "request 2", "日本", ""]
    entries = writing.numbered([export(name=name) for name in names], [""] * len(names), str)
    assert [one.id for one in entries] == ["a", "a-2", "a-3", "author", "author-2", "author-3", "author-4"]
    assert len(slug("x" * 200)) == 60


def test_long_values_stand_in_lines_of_their_own() -> None:
    """Fifty columns are no line; neither are twenty parameters."""
    columns = [f"SOME_COLUMN_{number}" for number in range(50)]
    text = manifest_of(export("".join(f"&reportMetrics={one}" for one in columns)))
    assert max(map(len, text.splitlines())) <= 104
    assert planned(text)[0].metrics == tuple(columns)
    ids = "%2C".join(str(10**8 + number) for number in range(9))
    several = manifest_of(export(f"&workqueueIds={ids}&smartViewId=123456789&enableBusinessHour=true"))
    assert "    parameters:\n" in several
    assert (
        planned(several)[0].request
        == export(f"&workqueueIds={ids}&smartViewId=123456789&enableBusinessHour=true").partition.request
    )


def test_the_odd_instant_at_the_end_can_be_left_out() -> None:
    """A comment says how, since most addresses end on the first instant of the next day."""
    made = took(f"POST {REPORT}/user?companyKey=K\nstartTime=1777593600000&endTime=1780272000000")
    assert isinstance(made, Taken)
    text = manifest_of(made)
    assert 'period: {start: "2026-05-01T00:00:00Z", end: "2026-06-01T00:00:00.001Z"}' in text
    assert "  # To leave that instant out: period: 2026-05\n" in text


YAML = ["plain", "no", "null", "1", "1.5", "0x1", "a: b", "- a", "#", "", " ", "'", '"', "{", "[", "2026-05"]
ODD = ["\\", "12:30", "é", "😀", "\x7f", "\x85", "\u2028", "\u200b", "\ufeff", "\t", "\n", "a\\u0041", "<<"]


@pytest.mark.parametrize("text", [*YAML, *ODD])
def test_text_is_written_so_that_it_is_read_the_same(text: str) -> None:
    """In double quotes wherever a reader of YAML could take it for something else."""
    read = document.read(f"a: {writing.scalar(text)}\n".encode(), "a.yaml").data
    assert read == {"a": text}


def test_profiles_refer_to_secrets() -> None:
    """A variable for each; where no address is known, the documented one with a word about it."""
    text = writing.profiles({"default": "", "acme eu": "https://x.lithium.com", "1st": ""}, HOST)
    found = parse(document.read(text.encode(), "profiles.yaml"), schema("profiles.v1"))
    assert found["default"].company_key == Reference("env", "CARE_COMPANY_KEY")
    assert found["acme eu"].password == Reference("env", "ACME_EU_PASSWORD")
    assert found["1st"].username == Reference("env", "P_1ST_USERNAME")
    assert (found["default"].base_url, found["acme eu"].base_url) == (HOST, "https://x.lithium.com")
    assert "the admin screen shows yours" in text


def test_several_companies_stand_by_their_names() -> None:
    """One profile stands at the top; several stand at their exports."""
    one, other = export(name="a"), export("&locale=de", name="b")
    both = writing.manifest(writing.numbered([one, other], ["x", "y"], str), "t", str)
    assert both.count("profiles:") == 2
    alone = writing.manifest(writing.numbered([one, other], ["x", "x"], str), "t", str)
    assert "\nprofiles: [x]\n" in alone


def test_secrets_are_masked_where_names_hold_them() -> None:
    """Whoever names a request after its password does not find it in the manifest."""

    def mask(text: str) -> str:
        return text.replace("hunter2-1", "***")

    entries = writing.numbered([export(name="uses hunter2-1")], [""], mask)
    assert entries[0].id == "uses"
    assert "hunter2-1" not in writing.manifest(entries, "hunter2-1.json", mask)


def test_a_secret_is_shown_as_a_reference_of_each_kind() -> None:
    """A variable, a file that is read where the line runs, or the sandbox's own."""
    partitions = planned(manifest_of(export("&locale=de")))
    filed = replace(ACME, password=Reference("file", "/run/it's"), company_key=Reference("file", "/run/key"))
    text = foreign.written("curl", partitions, filed)
    assert """-u "$ACME_USERNAME":"$(cat '/run/it'"'"'s')" """.rstrip() in text
    assert 'companyKey="$(cat /run/key)"' in text
    assert "companyKey=[COMPANY_KEY]&" in foreign.written("url", partitions, filed)
    own = planned(manifest_of(export("&locale=de")), sandbox())
    assert "-u sandbox@example.com:sandbox-password" in foreign.written("curl", own, sandbox())
    assert "http://127.0.0.1:8080/api" in foreign.written("url", own, sandbox())


def test_several_profiles_do_not_share_their_variables() -> None:
    """In Postman and Hurl, each has variables of its own."""
    other = replace(ACME, name="o-ther")
    text = manifest_of(export("&locale=de"))
    both = [*planned(text), *planned(text, other)]
    made = json.loads(foreign.written("postman", both, ACME, other))
    names = [one["key"] for one in made["variable"]]
    assert "acme_companyKey" in names
    assert "o_ther_baseUrl" in names
    assert len(names) == len(set(names))
    assert "{{o_ther_company_key}}" in foreign.written("hurl", both, ACME, other)
    accounts = shown.accounts([ACME, other], "https://elsewhere.example")
    assert {one.base_url for one in accounts.values()} == {"https://elsewhere.example"}


def test_a_form_is_shown_apart_from_the_address() -> None:
    """Curl's -G would take the form into the address too, so the key goes there by --url-query."""
    made = took(f"POST {REPORT}/user?companyKey=K\n{MAY}&teamId=3&teamId=4")
    assert isinstance(made, Taken)
    partitions = planned(manifest_of(made))
    curl = foreign.written("curl", partitions)
    assert "--url-query companyKey=" in curl
    assert "--data 'endTime=1780271999999&startTime=1777593600000&teamId=3&teamId=4'" in curl
    lines = foreign.written("url", partitions).splitlines()
    assert lines[1:] == [
        f"POST {REPORT}/user?companyKey=${{ACME_COMPANY_KEY}}",
        "endTime=1780271999999&startTime=1777593600000&teamId=3&teamId=4",
    ]


def test_a_collection_goes_on_with_the_next_partition() -> None:
    """Whatever ends a job's way leads to the next one's create, and from the last one to the end."""
    text = manifest_of(export("&locale=de"), export("&locale=en"))
    made = json.loads(foreign.written("postman", planned(text)))
    first, last = made["item"]
    scripts = ["\n".join(event["script"]["exec"]) for item in first["item"] for event in item["event"]]
    assert sum(last["item"][0]["name"] in script for script in scripts) == 4
    ends = ["\n".join(event["script"]["exec"]) for item in last["item"] for event in item["event"]]
    assert sum("go(null)" in script for script in ends) == 4
    assert first["item"][2]["protocolProfileBehavior"] == {"followRedirects": False}
    assert first["item"][3]["request"]["auth"] == {"type": "noauth"}
