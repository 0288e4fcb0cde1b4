"""The catalogue against the facts: `catalog_facts.json` was taken from the reference, not from specs/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runner import catalog
from runner.catalog import Buckets, Needs, Together

FACTS: dict[str, Any] = json.loads((Path(__file__).parent / "catalog_facts.json").read_bytes())
KNOWN = catalog.load()
REPORTS = pytest.mark.parametrize("name", FACTS["reports"])


def test_there_are_fourteen_reports() -> None:
    """Every report of the reference is there, and no other."""
    assert list(KNOWN.reports) == sorted(FACTS["reports"])
    assert len(KNOWN.reports) == 14


@REPORTS
def test_each_operation_carries_each_parameter_where_the_vendor_wants_it(name: str) -> None:
    """Methods, path, required parameters, and query or form are as documented, for each operation."""
    report, facts = KNOWN.reports[name], FACTS["reports"][name]
    assert sorted(one.method for one in report.operations if one.declared) == sorted(
        one["method"] for one in facts["operations"]
    )
    declared = {one.name for one in report.parameters if one.declared}
    for fact in facts["operations"]:
        operation = report.operation(fact["method"])
        assert report.path == fact["path"]
        assert sorted(declared & operation.form) == fact["form"]
        assert sorted(declared - operation.form) == fact["query"]
        assert sorted(one.name for one in report.parameters if one.required) == fact["required"]


@REPORTS
def test_what_only_samples_carry_is_told_apart(name: str) -> None:
    """A parameter that no operation declares is marked, so that a manifest with it gets a warning."""
    undeclared = [one.name for one in KNOWN.reports[name].parameters if not one.declared]
    assert sorted(undeclared) == FACTS["reports"][name]["undeclared"]


@REPORTS
def test_no_metric_is_invented(name: str) -> None:
    """The metrics are those of the reference, spelt as there, and no list claims to be complete."""
    report = KNOWN.reports[name]
    assert [one.name for one in report.metrics] == FACTS["reports"][name]["metrics"]
    assert not report.metrics_complete
    assert report.undocumented


@REPORTS
def test_family_and_verification(name: str) -> None:
    """Only the marketing report is not declared by the vendor's OpenAPI document."""
    report = KNOWN.reports[name]
    assert report.family == FACTS["reports"][name]["family"]
    assert report.verified == (report.family == "care") == ("O" in report.sources)


@pytest.mark.parametrize("name", FACTS["parameters"])
def test_each_parameter_has_the_documented_style_and_values(name: str) -> None:
    """List style, allowed values and default are as documented, in every report that takes the parameter."""
    fact = FACTS["parameters"][name]
    found = [one for report in KNOWN.reports.values() if (one := report.parameter(name))]
    assert found
    for one in found:
        assert one.style == fact["style"]
        if one.type in ("string", "integer"):
            assert [str(value) for value in one.allowed or ()] == (fact["allowed"] or [])
        if name != "timezoneOffset":  # its default is the absence of an offset
            assert str(one.default).lower() == str(fact["default"]).lower()


def test_the_limits_are_the_documented_ones() -> None:
    """The program keeps to these limits, so they must be the vendor's."""
    assert vars(KNOWN.api.limits) == FACTS["limits"]


@REPORTS
def test_every_fact_has_a_source_that_is_explained(name: str) -> None:
    """No tag without its explanation, and no fact without a tag."""
    report = KNOWN.reports[name]
    tags = {*report.sources, *report.composition.sources}
    tags |= {one.source for one in report.operations} | {one.source for one in report.metrics}
    tags |= {tag for one in report.parameters for tag in one.sources} | {one.source for one in report.rules}
    assert tags <= set(KNOWN.api.sources)


def test_our_own_judgement_says_so() -> None:
    """How reports compose is documented nowhere: each verdict carries the tag of our own reasoning."""
    assert all("inference" in one.composition.sources for one in KNOWN.reports.values())


def test_rules_hold_where_their_parameters_are() -> None:
    """Each documented rule is given to the reports that declare its parameters."""
    for report in KNOWN.reports.values():
        common = report.parameter("businessHourType") is not None
        assert any(isinstance(one, Needs) for one in report.rules) == common
        pairs = [one.parameters for one in report.rules if isinstance(one, Together)]
        assert (("timezone", "timezoneOffset") in pairs) == common
        assert (("agentId", "teamId") in pairs) == (report.id == "user")
        buckets = [one for one in report.rules if isinstance(one, Buckets)]
        assert bool(buckets) == (report.id == "team_performance_interval")
