"""The conversation of `init`: one question after the other, each answer judged before the next is asked."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import click

from runner import starting
from runner.catalog import Parameter, Report
from runner.cli.conversation import Again, agreed, asked, wrapped
from runner.cli.foreign import local_zone
from runner.cli.interview import Given, Ground, begun, fitted, unknown
from runner.cli.streams import say
from runner.starting import Answers
from runner.wording import listed

Item = TypeVar("Item")


def by_talking(ground: Ground, given: Given) -> Answers:
    """Return the answers of a person; what flags say is not asked."""
    say("Enter takes what stands in brackets. Nothing is written before the end.")
    talk = Talk(ground, given)
    wanted = given.get("report", "")
    report = starting.report_named(wanted, ground.catalog.reports) or talk.report(wanted)
    answers = begun(ground, report, given)
    _judge(ground, answers, given)
    if "profile" not in given:
        answers = talk.profile(answers)
    for parameter in starting.to_ask(report):
        if parameter.name not in answers.parameters:
            answers = talk.parameter(answers, parameter)
    for name, ask in talk.questions():
        if name not in given:
            answers = ask(answers, report)
    return answers


def _judge(ground: Ground, answers: Answers, given: Given) -> None:
    """Refuse flags that are wrong whatever is answered. Of a split nothing can be said before the period."""
    found = ground.judged(answers)
    wrong = [f"--{one}: {why}" for one in given if one != "split" for why in found.about(f"--{one}")]
    if wrong:
        raise click.UsageError("\n".join(wrong), click.get_current_context())


class Talk:
    """The questions. Each takes the answers so far, and returns them with one more."""

    def __init__(self, ground: Ground, given: Given) -> None:
        self._ground = ground
        self._given = given
        self._width = shutil.get_terminal_size().columns

    def questions(self) -> tuple[tuple[str, Callable[[Answers, Report], Answers]], ...]:
        """Return the questions that every report has, by the flag that answers each."""
        return (
            ("format", self.format),
            ("metrics", self.columns),
            ("timezone", self.timezone),
            ("period", self.period),
            ("split", self.split),
        )

    def report(self, wrong: str) -> Report:
        """Ask which report; `wrong` is what a flag said, if it said something unknown."""
        reports = self._ground.catalog.reports
        self._said(
            "",
            *([unknown(wrong, self._ground.catalog)] if wrong else []),
            "Which report? Its name, a number of the list, or words to search for; Enter lists all.",
        )
        shown: list[Report] = []

        def take(said: str) -> Report:
            if one := starting.report_named(said, reports) or _numbered(said, shown):
                return one
            if said.isdecimal():
                raise self._again(f"no list has shown a number {said}; Enter lists all")
            found = starting.reports_found(said, reports.values())
            if not found:
                raise self._again(unknown(said, self._ground.catalog))
            if len(found) == 1:
                return found[0]
            shown[:] = found
            raise Again(*starting.listed([(one.id, one.title) for one in found], self._width - 2))

        report = asked("Report", take)
        self._said(f"{report.title}. {report.composition.reason}")
        return report

    def profile(self, answers: Answers) -> Answers:
        """Ask which company, where several are defined and none is the default one."""
        names = sorted(self._ground.defined)
        if not names or "default" in names:
            return answers
        self._said("", f"Which company? {listed(names)}, or sandbox, which makes rows up.")

        def take(said: str) -> Answers:
            if said in (*names, "sandbox"):
                return replace(answers, profile=said)
            raise self._again(f"{said!r} is not one of {listed([*names, 'sandbox'])}")

        answers = asked("Profile", take, names[0])
        today = self._ground.today(answers.profile)
        return replace(answers, period=starting.last_month(today, "UTC"))

    def parameter(self, answers: Answers, parameter: Parameter) -> Answers:
        """Ask for a parameter that decides which rows there are."""
        self._said("", f"{parameter.title}? {parameter.note}", *self._choices(parameter))

        def take(said: str) -> Answers:
            value = starting.value(parameter, said)
            return self._good(
                replace(answers, parameters={**answers.parameters, parameter.name: value}), "--parameter"
            )

        return asked(parameter.name, take, starting.suggested(parameter))

    def _choices(self, parameter: Parameter) -> list[str]:
        return [f"One of {listed([*parameter.allowed])}."] if parameter.allowed else []

    def format(self, answers: Answers, report: Report) -> Answers:
        """Ask what the file shall be."""
        self._said("")
        return asked(
            "Format, csv or json", lambda said: self._good(replace(answers, format=said), "--format"), "csv"
        )

    def columns(self, answers: Answers, report: Report) -> Answers:
        """Ask for the columns; what no list has is taken once it is agreed to."""
        known = listed([one.name for one in (*report.metrics, *self._ground.catalog.api.generic_metrics)])
        self._said(
            "",
            f"Which columns? Names joined by commas; ?word searches. Known: {known}; no list is complete.",
        )
        shown: list[str] = []

        def take(said: str) -> Answers:
            if said.startswith("?"):
                raise self._columns_found(said[1:], report, shown)
            names = (
                tuple(self._column(one.strip(), shown) for one in said.split(",")) if said != "all" else ()
            )
            return self._good(replace(answers, metrics=names), "--metrics", agree=True)

        return asked("Columns", take, "all")

    def _column(self, said: str, shown: Sequence[str]) -> str:
        """Return a column as it was written, or the one of this number in the list that was shown last."""
        name = _numbered(said, shown)
        if name is None and said.isdigit():
            raise self._again(f"no list has shown a number {said}; ?word searches, and numbers what it finds")
        return name or said

    def _columns_found(self, words: str, report: Report, shown: list[str]) -> Again:
        """Return the list of what is found; `shown` holds it from here on, for who types its numbers."""
        found = starting.columns_found(words, self._ground.catalog, report)
        shown[:] = [one.name for one, _ in found] or shown
        rows = [(one.name, one.label or "", where) for one, where in found]
        return Again(*(starting.listed(rows, self._width - 2) if rows else ["no known column has that"]))

    def timezone(self, answers: Answers, report: Report) -> Answers:
        """Ask where days begin."""
        self._said("", "In which time zone do days begin? As Europe/Berlin; part of a name searches.")

        def take(said: str) -> Answers:
            tried = replace(answers, timezone=said)
            near = starting.zones_found(said)
            if said not in near and near and self._ground.judged(tried).about("--timezone"):
                raise Again(*near)
            return self._good(tried, "--timezone")

        return asked("Time zone", take, local_zone(self._ground.environ))

    def period(self, answers: Answers, report: Report) -> Answers:
        """Ask for the period; it is cut where the API does not take it whole."""
        self._said(
            "",
            "Which period? 2026, 2026-Q2, 2026-06, 2026-W05, 2026-06-15, or START..END (END not included).",
        )

        def take(said: str) -> Answers:
            tried = replace(answers, period=starting.period(said))
            if "split" in self._given:
                return self._good(tried, "--period")
            return self._good(fitted(self._ground, tried), "--period", "--split")

        suggested = starting.last_month(self._ground.today(answers.profile), answers.timezone)
        answers = asked("Period", take, suggested)
        if made := self._ground.judged(answers).plan:
            self._said(f"That is {starting.whole(made).in_words()}.")
        return answers

    def split(self, answers: Answers, report: Report) -> Answers:
        """Ask whether to cut the period, where its parts add up."""
        if report.composition_for(answers.parameters) != "additive":
            return answers
        self._said("", "One file for the whole period (none), or one for each day, week, month, quarter?")

        def take(said: str) -> Answers:
            return self._good(replace(answers, split=said), "--split", "--period")

        return asked("Split", take, answers.split)

    def _good(self, answers: Answers, *options: str, agree: bool = False) -> Answers:
        """Return the answers, or ask again where one of these options is wrong; what is notable is told."""
        found = self._ground.judged(answers)
        for one in options:
            if wrong := found.about(one):
                raise self._again(*wrong)
        if notable := found.warnings(*options):
            self._said(*(f"note: {one}" for one in notable))
            if agree and not agreed("Shall it be so?"):
                raise Again("then once more")
        return answers

    def _again(self, *words: str) -> Again:
        return Again(*wrapped(words, self._width - 2))

    def _said(self, *texts: str) -> None:
        for one in texts:
            say("\n".join(wrapped([one], self._width)))


def _numbered(said: str, shown: Sequence[Item]) -> Item | None:
    """Return what has this number in the list that was shown."""
    return shown[int(said) - 1] if said.isascii() and said.isdigit() and 0 < int(said) <= len(shown) else None
