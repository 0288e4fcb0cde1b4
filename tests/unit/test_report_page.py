"""The page says what is so; what others say cannot get out of its place; all else it forbids itself."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from runner import catalog, profiles
from runner.cli.streams import shown
from runner.events import Created, Done, Event, Failed, Intent
from runner.partition import Partition
from runner.report.asked import asked
from runner.report.outcome import outcomes
from runner.report.page import Counted, Told, page, verdict
from runner.report.series import judged
from runner.report.story import story
from runner.request import Request
from tests.unit.builders import partition, plan_of, stored

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></title></svg><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "\x1b]0;owned\x07\x1b[2J",
    "\u202egnp.exe\u2066",
    "a\u200bb\ufeff\ud800",
    "::error::owned",
    "javascript:alert(1)",
    "&lt;b&gt; &#x3c;script&#x3e;",
)
VOID = {"meta", "link", "br", "img", "hr", "input", "line", "rect"}


class Reader(HTMLParser):
    """Reads a page: its elements with their attributes, its text, and whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        assert len({name for name, _ in attrs}) == len(attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID - {"rect"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that holds nothing."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element, which must be this one."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note text, but for the style."""
        if self.open and self.open[-1] != "style":
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of a name."""
        return [attrs for name, attrs in self.elements if name == tag]

    @property
    def said(self) -> str:
        """All text, with single spaces."""
        return " ".join(" ".join(self.text).split())


def told(*partitions: Partition, events: list[Event] | None = None, **changes: Any) -> Told:
    """Return what a report is made of: by default one partition that is done, and one that failed."""
    several = partitions or (partition("a"), partition("b"))
    plan = plan_of(*several)
    if events is None:
        events = [
            Intent(key="a", at=0, attempt=1, request_digest="d"),
            stored("a", at=100, warnings=("odd bytes",)),
            Done(key="a", at=200, output="exports/a.csv"),
            Intent(key="b", at=300, attempt=1, request_digest="d"),
            Failed(key="b", at=400, step="poll", code="E-JOB", message="boom", exit=69),
        ]
    found = story(events, [one.key for one in several])
    tracks = {key: life.track for key, life in found.lives.items()}
    made = Told(
        plan,
        (profiles.sandbox(),),
        asked(several, catalog.load()),
        {"sandbox": found},
        outcomes(several, tracks),
        {key: one.stored for key, one in tracks.items() if one.stored},
        (),
        (),
    )
    return replace(made, **changes)


def read(made: Told) -> Reader:
    """Return the page of a story, read."""
    return Reader(page(made, shown))


def test_the_page_says_how_it_ended_and_what_to_do() -> None:
    """The verdict, what failed with its code, and what to do about it."""
    said = read(told()).said
    assert "1 of 2 files is there; 1 failed." in said
    assert "E-JOB : boom" in said
    assert "`" not in said
    assert "<code>run --retry-failed</code> makes a new job." in page(told(), shown)
    assert "Warning: odd bytes" in said
    assert "Exit code 69" in said
    assert "c" * 64 in said
    assert "as long as the server said it is" in said


def test_the_page_says_what_was_asked() -> None:
    """In words: report, window with its zone, format, columns, parameters; several windows as one period."""
    query = (("priorities", "0"), ("priorities", "1"), ("locale", "en"), ("teamIds", "7"))
    one = partition(
        "a", request=Request("POST", "/x", query, (), "d" * 64), metrics=("STATUS",), labels=("note",)
    )
    said = read(told(one, events=[])).said
    assert (
        "Raw Conversation for January 2026 (UTC), in one file, as CSV, with the columns STATUS; "
        "priorities 0 and 1 and teamIds 7." in said
    )
    assert "Note: note" in said
    foreign = partition("b", report="made_up", export="x")
    assert (
        "made_up for January 2026 (UTC), in one file, as CSV, with every column."
        in read(told(foreign, events=[])).said
    )
    assert "cut into 2 files" in read(told(partition("a"), partition("b"), events=[])).said


@pytest.mark.parametrize(
    ("differences", "words"),
    [
        (None, "There was no lock before this run"),
        ((), "None: the same was asked, and the same came back."),
        (("a: the rows differ",), "a: the rows differ"),
    ],
)
def test_the_page_says_what_differs_from_the_last_lock(differences: Any, words: str) -> None:
    """No lock, the same, or each difference."""
    assert words in read(told(differences=differences)).said


def test_the_page_of_a_run_that_did_nothing_yet() -> None:
    """Nothing begun: no chart is drawn of nothing, and the page says that no file is there."""
    reader = read(told(events=[], differences=None))
    assert "not begun" in reader.said
    assert "There is no file yet." in reader.said
    assert "0 of 2 files are there; 2 are still to come." in reader.said
    assert not [one for one in reader.all("svg") if one.get("class") == "minutes"]


def test_the_page_shows_rows_per_day_in_picture_and_in_words() -> None:
    """The chart's text alternative says what it shows; every day stands in a table; so does the unknown."""
    made = told()
    days = judged({"2026-01-01": 10, "2026-01-02": 60, "2026-01-03": None})
    known = Counted(made.asked[0], days, ("CREATED",), ("No column has a date in every row.",))
    reader = read(replace(made, counted=(known, Counted(made.asked[0], (), (), ("Gone.",)))))
    (chart,) = [one for one in reader.all("svg") if one.get("class") == "days"]
    assert chart["role"] == "img"
    assert "70 rows on 2 days: 10 to 60 a day, median 35." in str(chart["aria-label"])
    assert "No file covers 2026-01-03." in reader.said
    assert "Days are told by the column CREATED." in reader.said
    assert "Gone." in reader.said
    assert "highest: 60 a day" in reader.said


@pytest.mark.parametrize(("kind", "judged_at_all"), [("CREATED", True), ("OPEN_AT_END", False), ("", False)])
def test_days_of_a_snapshot_are_not_called_odd(kind: str, judged_at_all: bool) -> None:
    """What the report is made of decides, as the specs say; the reason stands there."""
    query = (("conversationReportType", kind),) if kind else ()
    made = told(partition("a", request=Request("POST", "/x", query, (), "d" * 64)), events=[])
    assert (not made.asked[0].unalike) == judged_at_all
    days = judged({"2026-01-01": 10, "2026-01-02": 12})
    said = read(replace(made, counted=(Counted(made.asked[0], days, ("A",), ()),))).said
    assert ("No day is called out of the ordinary here." in said) != judged_at_all


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"2026-01-01": None, "2026-01-02": None}, "No file covers any of these days."),
        ({"2026-01-01": 0, "2026-01-02": 0}, "No rows on 2 days."),
        ({"2026-01-01": 71}, "71 rows on 1 day."),
    ],
)
def test_no_chart_is_drawn_where_it_would_show_nothing(rows: dict[str, int | None], words: str) -> None:
    """Without rows, or days to compare, the words say it all: no picture, legend, table or `highest: 0`."""
    made = told()
    reader = read(replace(made, counted=(Counted(made.asked[0], judged(rows), (), ()),)))
    assert words in reader.said
    assert "highest" not in reader.said
    assert "no rows, where some are usual" not in reader.said
    assert not [one for one in reader.all("svg") if one.get("class") == "days"]
    assert not [one for one in reader.all("table") if one.get("class") == "narrow"]


def test_many_files_with_one_fate_are_a_short_heading_and_a_list() -> None:
    """Three are named; from the fourth on all stand in a fold, so that a heading stays one."""
    for count, folds in ((3, 0), (4, 1), (60, 1)):
        several = [partition(f"k{number}") for number in range(count)]
        text = page(told(*several, events=[]), shown).partition('<section aria-labelledby="asked">')[0]
        assert text.count("<details") == folds
        assert (f"All {count} files of which this is so" in text) == bool(folds)
        assert all(one.id in text for one in several)
        assert ("and 57 more</h3>" in text) == (count == 60)


def test_a_period_that_is_not_over_is_noted_in_a_sentence() -> None:
    """The label of the lock is one word for programs."""
    said = read(told(partition("a", labels=("open",)), events=[])).said
    assert "Note: the period is not over when it is asked for; asked again, it can give other rows" in said


def test_long_tables_are_folded_and_the_fold_says_what_is_in_it() -> None:
    """From the 51st row on timeline and files are behind a line that sums them up; short ones stay open."""
    for count, folds in ((50, 0), (51, 2)):
        several = [partition(f"k{number}") for number in range(count)]
        events: list[Event] = []
        for number, one in enumerate(several):
            events += [
                Intent(key=one.key, at=1_000 * number, attempt=1, request_digest="d"),
                Created(key=one.key, at=1_000 * number, status=200, body=""),
                stored(one.key, at=100_000),
                Done(key=one.key, at=100_000, output=one.output),
            ]
        events.sort(key=lambda one: one.at)
        differences = tuple(f"number {number}" for number in range(count))
        reader = read(told(*several, events=events, differences=differences))
        assert len(reader.all("details")) == (folds and folds + 1)
        assert ("All 51 files of sandbox, one by one: waited " in reader.said) == bool(folds)
        assert ("All 51 files, 102 rows: each with its size, proof and SHA-256" in reader.said) == bool(folds)
        assert ("1 more difference" in reader.said) == bool(folds)
        assert reader.said.count("number ") == count


@pytest.mark.parametrize("text", HOSTILE)
def test_what_others_say_stays_text(text: str) -> None:
    """Messages, columns, names, differences: none makes an element, an attribute, or a control character."""
    calm = told(events=[Failed(key="a", at=1, step="poll", code="E-JOB", message="calm", exit=69)])
    one = partition("a", export=text, id=text, output=text, metrics=(text,), labels=(text,))
    events: list[Event] = [
        Intent(key="a", at=0, attempt=1, request_digest="d"),
        stored("a", at=50, output=text, warnings=(text,), proof=text),
        Done(key="a", at=60, output=text),
        Failed(key="b", at=100, step="poll", code=text, message=text, exit=69),
    ]
    made = told(one, partition("b"), events=events, differences=(text,))
    counted = Counted(made.asked[0], judged({"2026-01-01": 1}), (text,), (text,))
    html = page(replace(made, counted=(counted,)), shown)
    reader = Reader(html)
    assert {name for name, _ in reader.elements} <= {name for name, _ in read(calm).elements} | {
        "strong", "details", "summary", "line", "code",
    }  # fmt: skip
    assert not reader.all("script")
    attributes = {name for _, attrs in reader.elements for name in attrs}
    assert not {name for name in attributes if name.startswith("on")}
    assert not attributes & {"style", "src", "srcset", "data", "action"}
    assert {one["href"] for one in reader.all("a")} == {
        "#content", "#failed", "#asked", "#differences", "#timeline", "#days", "#files",
    }  # fmt: skip
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html
    )


def test_the_page_allows_itself_nothing_but_its_own_style() -> None:
    """The policy names the digest of the one style, and no script, font or address is in the page."""
    html = page(told(), shown)
    reader = Reader(html)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [
        one["content"] for one in reader.all("meta") if one.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not re.search(r"url\(|@import|https?:", html)


def test_headings_tables_and_pictures_are_named_for_those_who_do_not_see() -> None:
    """Headings leave no level out, each table has a caption and scopes, each picture a name or is hidden."""
    reader = read(told())
    levels = [int(name[1]) for name, _ in reader.elements if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(reader.all("table")) == len(reader.all("caption"))
    assert all(one.get("scope") in ("col", "row") for one in reader.all("th"))
    assert all(one.get("aria-label") or one.get("aria-hidden") == "true" for one in reader.all("svg"))
    ids = [attrs["id"] for _, attrs in reader.elements if "id" in attrs]
    assert len(set(ids)) == len(ids)
    assert reader.all("html") == [{"lang": "en"}]


def test_secrets_are_masked_on_their_way_into_the_page() -> None:
    """Every text passes the one door that it is given."""
    made = told(differences=("hunter2secret was there",))
    html = page(made, lambda text: text.replace("hunter2secret", "***"))
    assert "hunter2secret" not in html
    assert "*** was there" in html


def test_the_same_story_gives_the_same_bytes() -> None:
    """No clock and no chance is in the page."""
    assert page(told(), shown) == page(told(), shown)


def test_other_manifests_requests_are_told() -> None:
    """Others' exports share the budget: that is said, and drawn."""
    events: list[Event] = [
        Intent(key="a", at=0, attempt=1, request_digest="d"),
        Intent(key="other", at=10, attempt=1, request_digest="d"),
        Created(key="a", at=90_000, status=500, body=""),
    ]
    reader = read(told(partition("a"), events=events))
    assert "Other manifests' exports share this budget." in reader.said
    assert [one for one in reader.all("rect") if one["class"] == "others"]


def test_the_verdict_is_one_sentence() -> None:
    """One, all, some: each in words that fit."""
    a, b, c = (partition(key) for key in "abc")
    done = [stored("a"), Done(key="a", at=1, output="x"), stored("b"), Done(key="b", at=1, output="x")]
    one = story(done, ["a", "b", "c"])
    tracks = {key: life.track for key, life in one.lives.items()}
    assert verdict(outcomes([a], tracks)) == "The file is there, whole."
    assert verdict(outcomes([a, b], tracks)) == "All 2 files are there and proven whole."
    assert verdict(outcomes([c], tracks)) == "0 of 1 file is there; 1 is still to come."
    lost = Failed(key="c", at=1, step="create", code="E-UNKNOWN", message="x", exit=75)
    unanswered = outcomes([a, c], tracks | {"c": tracks["c"].failed(lost)})
    assert verdict(unanswered) == "1 of 2 files is there; 1 got no answer."
    assert verdict(outcomes([a, c], tracks)) == "1 of 2 files is there; 1 is still to come."
