"""Parameters of one export, by the API's own names: which the report takes, their values, the rules. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from runner import buckets
from runner.catalog import Buckets, Catalog, Needs, Parameter, Report, Together, request_schema, schema
from runner.document import Json, Path
from runner.entry import Given
from runner.findings import Findings
from runner.judge import did_you_mean, found
from runner.scalars import shown
from runner.timeframe import TimeProblem, Window
from runner.wording import listed
from runner.zones import zone

CREDENTIALS = frozenset({"companyKey", "company_key", "username", "password"})
"""Keys that never stand in a manifest; `runner.manifest` refuses them wherever they are."""


def judge_parameters(
    given: Mapping[str, Given], report: Report, catalog: Catalog, findings: Findings
) -> None:
    """Judge which parameters the report takes, and their values; what is found goes to `findings`."""
    hints = schema("manifest.v1")["$defs"]["parameters"]["x-unknown"]
    for name, one in given.items():
        parameter = report.parameter(name)
        if name in CREDENTIALS:
            continue
        if name in hints:
            findings.refuse(one.path, f"{shown(name)} is no parameter of a manifest: {hints[name]}", key=True)
        elif parameter is None:
            findings.refuse(one.path, _unknown(name, report, catalog, hints), key=True)
        else:
            judge_value(one, parameter, report, findings)


def judge_value(given: Given, parameter: Parameter, report: Report, findings: Findings) -> None:
    """Judge one value as the request's schema does; warn where only samples carry it."""
    refused = found(given.value, request_schema(report.id)["properties"][parameter.name])
    for path, key, message in refused:
        findings.refuse((*given.path, *path), message, key)
    if not parameter.declared:
        findings.warn(
            given.path,
            f"{parameter.name} is not declared for {report.id}; only samples or side notes carry it",
            key=True,
        )
    if not refused and given.value in parameter.tolerated:
        allowed = listed(parameter.allowed or ())
        findings.warn(
            given.path, f"{shown(given.value)} is in vendor samples, but not declared: {allowed} are"
        )
    if not refused and parameter.name == "timezone":
        _judge_zone(given, findings)


def judge_own_key(
    given: Given, key: str, parameter: Parameter | None, report: Report, findings: Findings
) -> None:
    """Judge the value of a key of the manifest that stands for a parameter, such as locale."""
    if parameter is None:
        findings.refuse(given.path, f"{report.id} takes no {key}: leave it out", key=True)
    else:
        judge_value(given, parameter, report, findings)


def judge_rules(given: Mapping[str, Given], report: Report, at: Path, findings: Findings) -> None:
    """Judge the rules between parameters, and that all are there that the report needs.

    `at` is the place of the export. Window, columns and the company's key come from elsewhere.
    """
    for parameter in report.parameters:
        if parameter.required and parameter.name not in (*given, "companyKey", "startTime", "endTime"):
            allowed = f": {listed(parameter.allowed)}" if parameter.allowed else ""
            findings.refuse(at, f"{report.id} needs the parameter {parameter.name}{allowed}")
    for rule in report.rules:
        match rule:
            case Needs():
                if rule.parameter in given and not _is(given.get(rule.companion), rule.value):
                    findings.refuse(given[rule.parameter].path, rule.message, key=True)
            case Together():
                if all(name in given for name in rule.parameters):
                    note = findings.warn if rule.severity == "warning" else findings.refuse
                    note(given[rule.parameters[-1]].path, rule.message, key=True)
            case Buckets():
                pass
            case _:
                assert_never(rule)


def judge_buckets(
    given: Mapping[str, Given], report: Report, windows: Iterable[Window], findings: Findings
) -> None:
    """Judge the length of buckets against the windows of the export: one of a month, one of a week [O]."""
    for rule in report.rules:
        if not isinstance(rule, Buckets) or rule.parameter not in given:
            continue
        one = given[rule.parameter]
        if not isinstance(one.value, int) or not 0 < one.value <= rule.monthly_above:
            continue
        lengths = {buckets.days(window): window for window in windows}
        for _, window in sorted(lengths.items()):
            _judge_bucket(one, rule, report, window, findings)


def _judge_bucket(given: Given, rule: Buckets, report: Report, window: Window, findings: Findings) -> None:
    """Judge the length of buckets against a window."""
    days, count = buckets.days(window), buckets.count(window, given.value)
    fitting = listed(tuple(buckets.fitting(rule, report, window)))
    if days == 7 and given.value not in rule.week:
        findings.refuse(given.path, f"{rule.message}: for one week, write {fitting}")
    elif days in range(28, 32) and given.value not in rule.month:
        findings.refuse(given.path, f"{rule.message}: for one month, write {fitting}")
    elif count >= buckets.REFUSED:
        findings.refuse(
            given.path,
            f"the vendor refuses {buckets.REFUSED} buckets, and these are {count}: for {days} days, "
            f"write {fitting}, or a `split` into shorter windows",
        )
    elif days > 31 and given.value < min(rule.month):
        findings.warn(
            given.path, f"over {days} days these may be too many buckets: a month takes {listed(rule.month)}"
        )


def _is(given: Given | None, value: Json) -> bool:
    return given is not None and type(given.value) is type(value) and given.value == value


def _judge_zone(given: Given, findings: Findings) -> None:
    try:
        zone(given.value)
    except TimeProblem as problem:
        findings.refuse(given.path, str(problem))


def _unknown(name: str, report: Report, catalog: Catalog, hints: Mapping[str, str]) -> str:
    """Say what to do about a parameter that the report does not take."""
    own = [one.name for one in report.parameters if one.name not in hints]
    takers = [one.id for one in catalog.reports.values() if one.parameter(name)]
    near = did_you_mean(name, own)
    if takers:
        takes = "takes" if len(takers) == 1 else "take"
        return f"{report.id} does not take {shown(name)}; {', '.join(takers)} {takes} it{near}"
    if not near and (other := did_you_mean(name, hints)):
        meant = other.removeprefix("; did you mean '").removesuffix("'?")
        return f"unknown parameter {shown(name)}{other} ({hints[meant]})"
    return f"unknown parameter {shown(name)}{near or f'; {report.id} takes {listed(own, 20)}'}"
