"""The answers that `init` needs as flags give them, and what they are judged by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import click

from runner import profiles, starting
from runner.catalog import Catalog, Report
from runner.judge import did_you_mean
from runner.profiles import Profile
from runner.starting import Answers, Judged

Given = Mapping[str, Any]
"""What flags say, by their names."""


@dataclass(frozen=True)
class Ground:
    """What answers are judged by: the reports, the profiles, the environment and the instant."""

    catalog: Catalog
    defined: Mapping[str, Profile]
    environ: Mapping[str, str]
    now_ms: int

    def profile(self, name: str) -> Profile:
        """Return the profile that is meant; without a name, the one that a run would take."""
        return profiles.choose([name] if name else None, self.defined, self.environ)[0]

    def today(self, name: str) -> int:
        """Return today on that profile's calendar."""
        return self.profile(name).today_ms or self.now_ms

    def judged(self, answers: Answers, file: str = "manifest.yaml") -> Judged:
        """Judge the manifest that the answers make."""
        return starting.judged(answers, file, self.catalog, self.profile(answers.profile), self.now_ms)


def by_flags(ground: Ground, given: Given) -> Answers:
    """Return the answers of flags, and for the rest what the help promises. Wrong ones are usage errors."""
    context = click.get_current_context()
    if "report" not in given:
        message = "without a conversation, --report says which; `care-export reports` lists them"
        raise click.UsageError(message, context)
    report = starting.report_named(given["report"], ground.catalog.reports)
    if report is None:
        raise click.UsageError(f"--report: {unknown(given['report'], ground.catalog)}", context)
    answers = begun(ground, report, given)
    missing = {one.name: starting.value(one, starting.suggested(one)) for one in starting.to_ask(report)}
    answers = replace(answers, parameters={**missing, **answers.parameters})
    answers = answers if "split" in given else fitted(ground, answers)
    problems = ground.judged(answers).problems
    wrong = dict.fromkeys(f"{starting.flag(one)}: {one.message}" for one in problems if not one.warning)
    if wrong:
        raise click.UsageError("\n".join(wrong), context)
    return answers


def unknown(name: str, catalog: Catalog) -> str:
    """Say that there is no such report, with the closest one, or all."""
    hint = did_you_mean(name, catalog.reports) or f"; the reports are {', '.join(catalog.reports)}"
    return f"there is no report {name!r}{hint}"


def begun(ground: Ground, report: Report, given: Given) -> Answers:
    """Return the answers that flags give; for the period, what is suggested."""
    zone, profile = given.get("timezone", "UTC"), given.get("profile", "")
    suggested = starting.last_month(ground.today(profile), "UTC")
    written = given.get("metrics", "")
    return Answers(
        report.id,
        starting.period(given.get("period", suggested)),
        zone,
        given.get("format", "csv"),
        tuple(one.strip() for one in written.split(",")) if written else (),
        _parameters(given.get("parameter", ()), report),
        given.get("split", "none"),
        profile,
    )


def _parameters(pairs: Sequence[str], report: Report) -> dict[str, Any]:
    """Return the parameters of flags; a usage error where one stands there twice, of which one would win."""
    found: dict[str, Any] = {}
    for name, value in (_parameter(one, report) for one in pairs):
        if name in found:
            message = f"--parameter {name} stands there twice; of a list give all at once: {name}=1,2"
            raise click.UsageError(message, click.get_current_context())
        found[name] = value
    return found


def _parameter(pair: str, report: Report) -> tuple[str, Any]:
    name, equals, written = pair.partition("=")
    if not equals:
        raise click.UsageError(f"--parameter {pair!r}: write NAME=VALUE", click.get_current_context())
    return name, starting.value(report.parameter(name), written)


def fitted(ground: Ground, answers: Answers) -> Answers:
    """Return the answers with the coarsest split that nothing is wrong with; with none, where none helps."""
    for step in starting.STEPS:
        tried = replace(answers, split=step)
        if not ground.judged(tried).about("--split", "--period"):
            return tried
    return replace(answers, split="none")
