"""Templates of file names: what they give, and what is refused before anything runs."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest

from runner.filename import Fields, Moment, TemplateProblem, compile

LOS_ANGELES = "America/Los_Angeles"
FIELDS = Fields(
    manifest="q1-2026",
    export="Created Conversations",
    report="conversation",
    profile="acme",
    start=Moment(1767254400000, LOS_ANGELES),
    end=Moment(1775026800000, LOS_ANGELES),
    format="csv",
    index=3,
)


@pytest.mark.parametrize(
    ("template", "path"),
    [
        (
            "{{ manifest }}/{{ report }}_{{ start | date }}_{{ end | date }}.{{ format }}",
            "q1-2026/conversation_2026-01-01_2026-04-01.csv",
        ),
        ("{{profile}}-{{ index }}.csv", "acme-3.csv"),
        ("{{ start | date('%Y/%m/%d') }}/x", "2026/01/01/x"),
        ("{{ start | date('%Y%m%dT%H%M%S-%j-%G-%V-%u') }}", "20260101T000000-001-2026-01-4"),
        ("{{ end | last | date }}", "2026-03-31"),
        ("{{ start | year }} {{ start | month }} {{ start | quarter }} {{ start | week }}",
         "2026 2026-01 2026-Q1 2026-W01"),
        ("{{ end | last | quarter }}", "2026-Q1"),
        ("{{ start }}_{{ end | last }}", "2026-01-01_20260401T065959.999Z"),
        ("{{ export | lower }}", "created conversations"),
        ("{{ export | upper }}", "CREATED CONVERSATIONS"),
        ("{{ export | slug | upper }}", "CREATED-CONVERSATIONS"),
        ("plain.csv", "plain.csv"),
        ("{{- report -}}", "conversation"),
        ("x.csv\n", "x.csv\n"),
    ],
)  # fmt: skip
def test_templates_give_paths(template: str, path: str) -> None:
    """Every field and every filter gives what its name says, in the window's own zone."""
    assert compile(template).render(FIELDS) == path


def test_a_slug_keeps_letters_of_any_script() -> None:
    """A slug parts words by single dashes and never loses a script."""
    fields = replace(FIELDS, export=" Отчёт №5: Ünïcode__x! ")
    assert compile("{{ export | slug }}").render(fields) == "отчёт-no5-ünïcode-x"


@pytest.mark.parametrize(
    ("template", "column", "message"),
    [
        ("x{{ nope }}", 2, "unknown field 'nope'; fields are manifest, export, report"),
        ("{{ report }}{{ report | nope }}", 13, "unknown filter 'nope'; filters are date"),
        ("{% if 1 %}x{% endif %}", 1, "{% is not allowed"),
        ("ab{# note #}", 3, "{# is not allowed"),
        ("abc{{ report ", 4, "not closed"),
        ("{{ }}", 1, "cannot be read"),
        ("{{ ? }}", 1, "cannot be read"),
        ("{{ '}}' }}", 1, "cannot be read"),
        ("{{ " + "(" * 480 + "report" + ")" * 480 + "}}", 1, "cannot be read"),
        ("{{ 'text' }}", 1, "more than a field"),
        ("{{ report ~ export }}", 1, "more than a field"),
        ("{{ report, export }}", 1, "more than a field"),
        ("{{ report | date }}", 1, "the filter date is for start and end"),
        ("{{ start | upper }}", 1, "the filter upper is for text"),
        ("{{ start | date | last }}", 1, "the filter last is for start and end"),
        ("{{ report | slug('x') }}", 1, "does not take these arguments"),
        ("{{ start | date(pattern='%Y') }}", 1, "does not take these arguments"),
        ("{{ start | date(*report) }}", 1, "does not take these arguments"),
        ("{{ start | date(**report) }}", 1, "does not take these arguments"),
        ("{{ start | date('%Y', '%m') }}", 1, "does not take these arguments"),
        ("{{ start | date(report) }}", 1, "one pattern in quotes"),
        ("{{ start | date(5) }}", 1, "one pattern in quotes"),
        ("{{ start | date('%B') }}", 1, "one pattern in quotes"),
        ("{{ start | date('%') }}", 1, "one pattern in quotes"),
        ("{{ start | date('%%') }}", 1, "one pattern in quotes"),
        ("x" * 1001, 1001, "1001 characters, 1000 are allowed"),
    ],
)
def test_what_is_not_a_field_is_refused_with_its_column(template: str, column: int, message: str) -> None:
    """Only fields and our filters pass, and the problem names the column and the way to write it."""
    with pytest.raises(TemplateProblem, match=re.escape(message)) as wrong:
        compile(template)
    assert wrong.value.column == column


@pytest.mark.parametrize("value", ["a/b", "a\\b", "..", "a..b"])
def test_values_add_no_folder_and_no_step_up(value: str) -> None:
    """A slash, a backslash or two dots come from the template's own text alone."""
    with pytest.raises(TemplateProblem, match="only the template's own text") as wrong:
        compile("ab_{{ profile }}").render(replace(FIELDS, profile=value))
    assert wrong.value.column == 4


def test_a_value_that_is_not_named_does_not_matter() -> None:
    """A field that the template leaves out may hold anything."""
    assert compile("{{ report }}").render(replace(FIELDS, profile="../x")) == "conversation"


def test_values_are_no_templates() -> None:
    """What stands in a value is text, whatever marks it holds."""
    assert compile("{{ profile }}").render(replace(FIELDS, profile="{{ 1 }}{%")) == "{{ 1 }}{%"


def test_a_bomb_is_refused_at_once() -> None:
    """Loops and huge literals never run, so that they cost no time."""
    started = time.perf_counter()
    for bomb in ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
                 "{{ 'a'*10**10 }}"):  # fmt: skip
        with pytest.raises(TemplateProblem):
            compile(bomb)
    assert time.perf_counter() - started < 1
