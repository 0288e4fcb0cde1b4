"""The bad inputs of class T, one test each: a template or a path is refused before any request.

T46 to T49 are left out here: they need a disk with something on it, and are tried with the sink.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from runner.filename import Fields, Moment, TemplateProblem, check_path, collisions, compile

FIELDS = Fields(
    "q1", "e", "conversation", "acme", Moment(1767225600000, "UTC"), Moment(1769904000000, "UTC"), "csv", 1
)
TAKEN = ("manifests/q1.yaml", "manifests/q1.lock.json", "profiles.yaml")


def template(*texts: str) -> Callable[[], None]:
    """Return a check that each template is refused, with a column."""

    def refused() -> None:
        for text in texts:
            with pytest.raises(TemplateProblem) as wrong:
                compile(text)
            assert wrong.value.column >= 1

    return refused


def value(text: str) -> Callable[[], None]:
    """Return a check that this value of a field is refused by the template that names it."""

    def refused() -> None:
        with pytest.raises(TemplateProblem, match="only the template's own text"):
            compile("{{ profile }}.csv").render(replace(FIELDS, profile=text))

    return refused


def path(*texts: str) -> Callable[[], None]:
    """Return a check that the template passes and each path that it gives is refused."""

    def refused() -> None:
        for text in texts:
            assert check_path(compile(text).render(FIELDS), TAKEN) is not None, text

    return refused


def fine(text: str) -> Callable[[], None]:
    """Return a check that a path is taken."""

    def taken() -> None:
        assert check_path(compile(text).render(FIELDS), TAKEN) is None

    return taken


def together(first: str, second: str) -> Callable[[], None]:
    """Return a check that each path is fine alone and the two collide."""

    def refused() -> None:
        assert (check_path(first), check_path(second)) == (None, None)
        assert [(one.first, one.second) for one in collisions([first, second])] == [(0, 1)]

    return refused


CASES: dict[str, Callable[[], None]] = {
    "T01": template("{{ nope }}"),
    "T02": template("{{ ''.__class__.__mro__ }}"),
    "T03": template("{{ ''|attr('__class__') }}"),
    "T04": template("{{ '{0.__class__}'.format(1) }}"),
    "T05": template("{% set f='{0.__class__}'.format %}{{ f(1) }}"),
    "T06": template("{{ cycler.__init__.__globals__ }}", "{{ lipsum.__globals__ }}"),
    "T07": template("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"),
    "T08": template("{{ 'a'*10**10 }}"),
    "T09": template("{{ 'a'|center(10**10) }}"),
    "T10": template("{{ '%10000000000d'|format(1) }}"),
    "T11": template("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"),
    "T12": template("{% include '/etc/passwd' %}"),
    "T13": template("{{ range(9)|random }}"),
    "T14": template("{{ now() }}"),
    "T15": template("{{ "),
    "T16": template("{{ 1|nope }}"),
    "T17": template("{{ 1//0 }}"),
    "T18": path(""),
    "T19": path("   "),
    "T20": path(".", ".."),
    "T21": path("../x.csv"),
    "T22": path("a/../../x.csv"),
    "T23": path("/etc/x.csv"),
    "T24": path("C:\\x.csv", "C:x.csv"),
    "T25": path("\\\\server\\share\\x.csv"),
    "T26": path("a\0b.csv"),
    "T27": path("a\nb.csv", "x.csv\n", "a\x1b[31mb.csv"),
    "T28": path("-x.csv", "~x.csv", "a/-x.csv"),
    "T29": path("x.", "x ", "a./x.csv"),
    "T30": path("CON.csv", "nul", "aux.tar.gz", "COM1", "a/lpt9.csv"),
    "T31": path("a:b.csv", "ab:c.csv"),
    "T32": path("x<y>|?.csv", 'x".csv', "x*.csv"),
    "T33": path("a" * 256),
    "T34": path("é" * 128),
    "T35": fine("a" * 253),
    "T36": lambda: _longer_than(4096),
    "T37": together("a/x.csv", "a/x.csv"),
    "T38": together("x.csv", "X.CSV"),
    "T39": together("caf\u00e9.csv", "cafe\u0301.csv"),
    "T40": together("Straße.csv", "STRASSE.csv"),
    "T41": together("a", "a/b.csv"),
    "T42": path("．．／x"),
    "T43": path("a\u202ecsv.exe"),
    "T44": value("a/b"),
    "T45": value(".."),
    "T50": path(
        ".git/hooks/x",
        "specs/x.csv",
        "generated/x.csv",
        "runner/x.csv",
        ".care-export/x",
        *TAKEN,
        "SPECS/x.csv",
    ),
}


def _longer_than(size: int) -> None:
    problem = check_path("a/" * (size // 2) + "x")
    assert problem is not None
    assert "bytes" in problem


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_bad_name_is_refused_before_anything_is_sent(case: Callable[[], None]) -> None:
    """Each case ends as the list of bad inputs says."""
    case()


def test_no_case_is_left_out_unsaid() -> None:
    """All of T01 to T50 are here, but those that need a disk."""
    on_disk = {"T46", "T47", "T48", "T49"}
    assert {f"T{number:02d}" for number in range(1, 51)} - on_disk == set(CASES)
