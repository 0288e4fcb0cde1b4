"""The catalogue: frozen reports by name, and what a request of theirs would be like."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from importlib import resources
from typing import Any

import pytest

from runner import catalog
from runner.catalog import Buckets, Composition, Needs, Together

KNOWN = catalog.load()


def conversation() -> catalog.Report:
    """Return the report of the tutorial."""
    return KNOWN.reports["conversation"]


def test_it_is_read_once() -> None:
    """Loading twice gives the same object: nothing is parsed again."""
    assert catalog.load() is KNOWN


def test_it_is_frozen() -> None:
    """Neither a report nor the mapping of reports can be changed by who reads it."""
    with pytest.raises(FrozenInstanceError):
        conversation().title = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        KNOWN.reports["x"] = conversation()  # type: ignore[index]


def test_an_unknown_report_is_none() -> None:
    """A name that comes from a manifest raises nothing."""
    assert KNOWN.report("conversation") is conversation()
    assert KNOWN.report("conversations") is None


def test_the_first_operation_is_the_default() -> None:
    """Without a method the first operation is meant, which is POST for every report."""
    assert {one.operation(None).method for one in KNOWN.reports.values()} == {"POST"}
    assert conversation().operation(None).declared
    assert not conversation().operation("GET").declared


def test_a_method_that_a_report_does_not_take() -> None:
    """The error names the methods that there are."""
    with pytest.raises(ValueError, match="author takes POST, not GET"):
        KNOWN.reports["author"].operation("GET")


def test_a_parameter_by_its_name() -> None:
    """Names are case-sensitive, as the vendor's are."""
    locale = conversation().parameter("locale")
    assert locale is not None
    assert locale.allowed == ("en", "es", "fr", "de", "tr")
    assert locale.tolerated == ("en_US",)
    assert conversation().parameter("Locale") is None


@pytest.mark.parametrize(
    ("parameters", "kind"),
    [
        ({}, "snapshot"),
        ({"conversationReportType": "CREATED"}, "additive"),
        ({"conversationReportType": "CLOSED", "locale": "en"}, "additive"),
        ({"conversationReportType": "OPEN_AT_END"}, "snapshot"),
        ({"conversationReportType": "unheard of"}, "snapshot"),
        ({"conversationReportType": ["CREATED"]}, "snapshot"),
    ],
)
def test_composition_depends_on_what_is_asked(parameters: dict[str, Any], kind: str) -> None:
    """Conversations created or closed add up; those open at the end do not, and are the default."""
    assert conversation().composition_for(parameters) == kind


def test_rules_become_their_own_kinds() -> None:
    """Each kind of rule is one dataclass, so that a reader cannot forget one."""
    rules = KNOWN.reports["team_performance_interval"].rules
    assert [type(one) for one in rules] == [Needs, Together, Buckets]
    needs, _, buckets = rules
    assert isinstance(needs, Needs)
    assert (needs.companion, needs.value) == ("enableBusinessHour", True)
    assert isinstance(buckets, Buckets)
    assert buckets.month == (86_400_000, 604_800_000)


def test_what_the_api_is_like() -> None:
    """Host, paths, the end of a window on the wire, and metrics that no report owns."""
    api = KNOWN.api
    assert [one.base_url for one in api.hosts] == ["https://analytics-api.app.lithium.com"]
    assert (api.base_path, api.end_offset_ms, api.limits.queued) == ("/api/public", -1, 5)
    assert [(one.name, one.label, one.formats) for one in api.generic_metrics] == [
        ("TIME_ZONE", "Time Zone", None)
    ]
    assert KNOWN.reports["user"].metrics[0].formats == ("json",)


def test_schemas_come_from_the_package() -> None:
    """Request and file schemas are read by name; an unknown one is a missing file."""
    assert catalog.request_schema("user")["title"] == "UserRequest"
    assert catalog.schema("manifest.v1")["title"] == "Manifest"
    with pytest.raises(FileNotFoundError):
        catalog.request_schema("nothing")


def test_parse_takes_any_catalogue() -> None:
    """What `catalog.json` holds can be read without the package, for tests and for comparisons."""
    data = json.loads((resources.files("generated") / "catalog.json").read_bytes())
    assert catalog.parse(data) == KNOWN
    assert isinstance(KNOWN.reports["author"].composition, Composition)
