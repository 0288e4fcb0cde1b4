"""JUnit XML: valid where the common readers are strictest, and nothing that a server says can break it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from runner.cli.streams import shown
from runner.events import Done, Failed, Intent
from runner.report.junit import junit
from runner.report.outcome import outcomes
from runner.report.story import story
from tests.unit.builders import partition, stored

KEYS = ("done", "vendor", "ours", "left")
NUMBER, DECIMAL = re.compile(r"\d+"), re.compile(r"\d+\.\d{3}")
SUITE = {"name", "tests", "failures", "errors", "skipped", "time", "timestamp"}
ORDER = ("skipped", "error", "failure", "system-out", "system-err")
"""What all of the common schemas (of Jenkins, of Ant and Maven, of GitLab's reader) allow, in their order."""


def xml(message: str = "boom", differences: tuple[str, ...] = ()) -> str:
    """Return the XML of a run with each kind of end, in two profiles."""
    several = [partition(key) for key in KEYS] + [partition("late", profile="acme")]
    events = [
        Intent(key="done", at=1_000, attempt=1, request_digest="d"),
        stored("done", at=2_500, warnings=(message,)),
        Done(key="done", at=2_600, output="x"),
        Failed(key="vendor", at=3_000, step="poll", code="E-JOB", message=message, exit=69),
        Failed(key="ours", at=4_000, step="place", code="E-IO", message=message, exit=74),
    ]
    told = story(events, [one.key for one in several])
    ended = outcomes(several, {key: life.track for key, life in told.lives.items()})
    return junit("q1", ended, told.lives, differences, shown)


def check(text: str) -> ElementTree.Element:
    """Return the root of a file that every common reader takes; AssertionError with what is wrong."""
    root = ElementTree.fromstring(text)  # noqa: S314 - our own
    assert (root.tag, root.attrib) == ("testsuites", {})
    for suite in root:
        assert suite.tag == "testsuite"
        assert set(suite.attrib) <= SUITE
        assert all(NUMBER.fullmatch(suite.attrib[one]) for one in ("tests", "failures", "errors", "skipped"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp", "2026-01-01T00:00:00"))
        for case in suite:
            assert case.tag == "testcase"
            assert set(case.attrib) == {"name", "classname", "time"}
            assert DECIMAL.fullmatch(case.attrib["time"])
            tags = [one.tag for one in case]
            assert tags == sorted(tags, key=ORDER.index)
            assert all(set(one.attrib) <= {"message", "type"} for one in case)
        tags = [one.tag for case in suite for one in case]
        counts = {one: int(suite.attrib[f"{one}s"]) for one in ("failure", "error")}
        assert counts == {one: tags.count(one) for one in counts}
        assert int(suite.attrib["skipped"]) == tags.count("skipped")
        assert int(suite.attrib["tests"]) == len(suite)
    return root


def test_each_end_has_its_element() -> None:
    """The vendor's doing is a failure, ours an error, what is to come skipped; warnings go to system-err."""
    first, second = check(xml())
    found = {case.attrib["name"]: [one.tag for one in case] for case in first}
    assert found == {
        "conversations/sandbox/done": ["system-err"],
        "conversations/sandbox/vendor": ["failure"],
        "conversations/sandbox/ours": ["error"],
        "conversations/sandbox/left": ["skipped"],
    }
    assert first[0].attrib["classname"] == "q1.sandbox.conversations"
    assert first[0].attrib["time"] == "1.600"
    assert first.attrib["timestamp"] == "1970-01-01T00:00:01"
    assert second.attrib["name"] == "q1/acme"
    assert "timestamp" not in second.attrib
    assert first[1][0].attrib == {"message": "boom", "type": "E-JOB"}


def test_a_lock_that_differs_is_a_failure_of_its_own() -> None:
    """Every file can be there, and the run fail all the same."""
    suite = check(xml(differences=("a: the rows differ", "b: the bytes differ")))[-1]
    assert suite.attrib["failures"] == "1"
    assert suite[0][0].text == "a: the rows differ\nb: the bytes differ"


@pytest.mark.parametrize(
    "message",
    ["<failure>]]>&amp;", "\x00\x1b[2J\x08", "\ufffe\uffff", "\ud800", "\u202e", "::error::x", "é 👩🏽‍💻"],
)
def test_what_a_server_says_cannot_break_it(message: str) -> None:
    """No sign that XML does not know, no element, and no command gets in."""
    text = xml(message, (message,))
    assert [len(one) for one in check(text)] == [len(one) for one in check(xml("boom", ("x",)))]
    assert "\n::" not in text
    text.encode()


def test_a_run_of_nothing_is_valid() -> None:
    """No partition, no suite."""
    assert len(check(junit("q1", (), {}, (), shown))) == 0
