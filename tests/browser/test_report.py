"""The report in a real, headless Chromium: what people see, hear and print, and what it may not do.

Two pages are looked at: a real run of the sandbox, and one of bad ends and hostile words. They are opened at
the widths of a phone, a tablet and a desk, light and dark, judged by axe-core, walked through by keyboard,
read as a screen reader does, and printed. axe is shown pages that are broken on purpose, too. Driven over the
browser's own protocol; about 25 s in all. Without a Chromium every test here fails.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from runner.cli.command import outcome
from runner.cli.streams import shown
from runner.errors import Exit
from runner.events import Done, Event, Failed, Intent
from runner.report.page import Counted, page
from runner.report.series import judged
from tests.browser.chromium import Chromium, Page
from tests.e2e.launch import ROOT
from tests.unit.builders import partition, stored
from tests.unit.test_report_page import HOSTILE, told

WIDTHS = (360, 800, 1400)
AXE = (resources.files("axe_core_python") / "axe.min.js").read_text()
OWNED = "<img src=x onerror=window.owned=1><script>window.owned=1</script>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    """Start one Chromium for all tests of this file."""
    with Chromium() as running:
        yield running


def quarter(folder: Path) -> Path:
    """Return the report of a run of the example of a quarter, on the sandbox."""
    with chdir(folder):
        Path("q1.yaml").write_text((ROOT / "manifests/q1.yaml").read_text())
        run = ["run", "--progress", "none", "--ci", "none", "--report", "q1.html", "q1.yaml"]
        assert outcome(run) == Exit.DONE
    return folder / "q1.html"


def bad(folder: Path) -> Path:
    """Return the report of a run in which everything ended badly, in hostile words."""
    several = [
        partition("a"),
        *(partition(f"b{one}", export=f"{text} {OWNED}") for one, text in enumerate(HOSTILE)),
    ]
    events: list[Event] = [
        Intent(key="a", at=0, attempt=1, request_digest="d"),
        stored("a", at=90_000, output=OWNED, warnings=(OWNED,)),
        Done(key="a", at=90_000, output=OWNED),
        Intent(key="another manifest's", at=30_000, attempt=1, request_digest="d"),
    ]
    events += [
        Failed(
            key=one.key,
            at=100_000 * number,
            step="poll",
            code="E-JOB",
            message=f"{one.export} {'x' * 400}",
            exit=69,
        )
        for number, one in enumerate(several[1:-1], 1)
    ]
    made = told(*several, events=events, differences=HOSTILE)
    rows: dict[str, int | None] = {f"2026-01-{day:02}": 20 + day % 3 for day in range(1, 29)}
    days = judged(rows | {"2026-01-10": 90, "2026-01-15": 0, "2026-01-29": None})
    counted = (Counted(made.asked[0], days, (OWNED,), (OWNED,)), Counted(made.asked[1], (), (), (OWNED,)))
    file = folder / "bad.html"
    file.write_text(page(replace(made, counted=counted), shown))
    return file


def long(folder: Path) -> Path:
    """Return the report of a run of 360 files that differ from the lock."""
    several = [partition(f"k{number}") for number in range(360)]
    events: list[Event] = []
    for number, one in enumerate(several):
        events += [
            Intent(key=one.key, at=5_000 * number, attempt=1, request_digest="d"),
            stored(one.key, at=5_000 * number + 90_000),
            Done(key=one.key, at=5_000 * number + 90_000, output=one.output),
        ]
    events.sort(key=lambda one: one.at)
    made = told(*several, events=events, differences=tuple(f"{one.id}: the rows differ" for one in several))
    days = judged({f"2026-01-{day:02}": 20 for day in range(1, 29)})
    file = folder / "long.html"
    file.write_text(page(replace(made, counted=(Counted(made.asked[0], days, ("A",), ()),)), shown))
    return file


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the reports."""
    folder = tmp_path_factory.mktemp("reports")
    return {"quarter": quarter(folder), "bad": bad(folder), "long": long(folder)}


def violations(page: Page) -> list[Any]:
    """Return what axe-core holds against a page: the rule, and the first element that breaks it."""
    page.evaluate(f"{AXE};0")
    options = {
        "resultTypes": ["violations"],
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    }
    found = page.evaluate(f"axe.run({json.dumps(options)}).then(one => JSON.stringify(one.violations))")
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in json.loads(found)]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["quarter", "bad"])
def test_axe_has_nothing_against_it(
    browser: Chromium, pages: dict[str, Path], name: str, width: int, dark: bool
) -> None:
    """At each width, light and dark, with all folds open; and nothing is wider than the screen."""
    with browser.page(pages[name], width=width, dark=dark) as shown:
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        shown.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(shown) == []


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        ("document.documentElement.lang = ''", "html-has-lang"),
        ("document.querySelector('svg.days').removeAttribute('aria-label')", "svg-img-alt"),
        ("document.querySelector('h2').outerHTML = '<h5>x</h5>'", "heading-order"),
        ("document.querySelector('main').outerHTML = '<div></div>'", "landmark-one-main"),
        ("document.title = ''", "document-title"),
        ("document.adoptedStyleSheets = [Object.assign(new CSSStyleSheet(), {})];"
         "document.adoptedStyleSheets[0].replaceSync('.soft, p { color: #999 }')", "color-contrast"),
    ],
)  # fmt: skip
def test_axe_finds_what_is_broken(browser: Chromium, pages: dict[str, Path], broken: str, rule: str) -> None:
    """A judge that cannot say no is none: each fault that is made is found."""
    with browser.page(pages["bad"], width=800) as shown:
        shown.evaluate(f"{broken};0")
        assert rule in [one for one, _ in violations(shown)]


@pytest.mark.parametrize("name", ["quarter", "bad"])
def test_it_asks_nobody_and_runs_nothing(browser: Chromium, pages: dict[str, Path], name: str) -> None:
    """One file is read, no fault noted, nothing hostile came alive; without script it is the same."""
    with browser.page(pages[name], width=800) as shown:
        assert shown.requests == [pages[name].as_uri()]
        assert shown.notes == []
        assert shown.evaluate("window.owned") is None
        assert shown.evaluate("document.scripts.length + document.images.length") == 0
        text = shown.evaluate("document.body.innerText")
    with browser.page(pages[name], width=800, script=False) as shown:
        (root,) = [one for one in shown.tree() if one["role"]["value"] == "RootWebArea"]
        assert root["name"]["value"] in (
            "q1-2026: All 18 files are there and proven whole.",
            "q1: " + bad_verdict(text),
        )


def bad_verdict(text: str) -> str:
    """Return the sentence that stands under the first heading."""
    return str(text.split("\n\n")[1])


def test_its_policy_is_kept_by_the_browser(browser: Chromium, pages: dict[str, Path]) -> None:
    """Whatever got in could neither run, nor load, nor send; our own style is the only one that is taken."""
    with browser.page(pages["quarter"], width=800) as shown:
        assert shown.evaluate("getComputedStyle(document.querySelector('.verdict')).fontWeight") == "600"
        shown.evaluate(
            "document.body.insertAdjacentHTML('beforeend', '<img src=\"http://127.0.0.1:9/x\">"
            '<p style="color: red" id=styled>x</p><iframe src="http://127.0.0.1:9/y"></iframe>\');'
            "const one = document.createElement('script'); one.text = 'window.owned = 1';"
            "document.body.append(one);"
            "fetch('http://127.0.0.1:9/z').catch(() => 0)"
        )
        shown.evaluate("new Promise(later => setTimeout(later, 200))")
        assert shown.evaluate("window.owned") is None
        assert shown.evaluate("getComputedStyle(document.getElementById('styled')).color") != "rgb(255, 0, 0)"
        refused = " ".join(shown.notes)
        for directive in ("img-src", "style-src", "frame-src", "script-src", "connect-src"):
            assert directive in refused


def test_it_is_walked_through_by_keyboard(browser: Chromium, pages: dict[str, Path]) -> None:
    """First the way past the head; then each link and each fold, in order, with a frame that is seen."""
    with browser.page(pages["quarter"], width=800) as shown:
        shown.press("Tab")
        assert shown.evaluate("document.activeElement.className") == "skip"
        assert shown.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
        places = []
        for _ in range(40):
            shown.press("Tab")
            name, width, top = shown.evaluate(
                "(one => [one.tagName, getComputedStyle(one).outlineWidth,"
                " one.getBoundingClientRect().top + scrollY])"
                "(document.activeElement)"
            )
            if name == "BODY":
                break
            assert name in ("A", "SUMMARY")
            assert width == "3px"
            places.append(top)
        assert places == sorted(places)
        assert len(places) == shown.evaluate("document.querySelectorAll('nav a, summary').length")
    with browser.page(pages["quarter"], width=800) as shown:
        shown.press("Tab")
        shown.press("Enter")
        assert shown.evaluate("document.activeElement.id") == "content"


def test_a_screen_reader_is_told_what_the_pictures_show(browser: Chromium, pages: dict[str, Path]) -> None:
    """Landmarks, headings by level, tables with names and headers at every width, charts in words."""
    for width in (360, 1400):
        with browser.page(pages["quarter"], width=width) as shown:
            nodes = [(one["role"]["value"], one.get("name", {}).get("value", "")) for one in shown.tree()]
        roles = [role for role, _ in nodes]
        assert {"main", "navigation", "banner", "contentinfo"} <= set(roles)
        charts = [name for role, name in nodes if role in ("image", "img", "figure", "graphics-document")]
        assert any(
            "Rows per day of incoming-posts (sandbox). 4,811 rows on 90 days" in name for name in charts
        )
        assert any("Requests a minute of sandbox: at most" in name for name in charts)
        assert all(charts)
        tables = [name for role, name in nodes if role == "table"]
        assert "Each file with what proves that it is whole" in tables
        assert roles.count("rowheader") >= 36


def test_it_prints(browser: Chromium, pages: dict[str, Path]) -> None:
    """On paper: no navigation, dark on white even where the screen is dark, heads of tables repeated."""
    with browser.page(pages["quarter"], width=800, media="print", dark=True) as shown:
        assert shown.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
        assert shown.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert (
            shown.evaluate("getComputedStyle(document.querySelector('thead')).display")
            == "table-header-group"
        )


@pytest.mark.parametrize("width", WIDTHS)
def test_light_and_dark_differ_and_follow_the_system(
    browser: Chromium, pages: dict[str, Path], width: int
) -> None:
    """Paper and ink change places; what is drawn keeps three times the light of its ground, or a third."""
    seen = []
    for dark in (False, True):
        with browser.page(pages["bad"], width=width, dark=dark) as shown:
            paper = shown.evaluate("getComputedStyle(document.body).backgroundColor")
            seen.append(paper)
            for kind in ("rows", "waiting", "building", "downloading", "high", "mark", "others"):
                fill = shown.evaluate(f"getComputedStyle(document.querySelector('rect.{kind}')).fill")
                assert contrast(fill, paper) >= 3, (kind, dark, fill, paper)
    assert seen == ["rgb(255, 255, 255)", "rgb(18, 22, 28)"]


def test_a_command_is_not_broken_in_two(browser: Chromium, pages: dict[str, Path]) -> None:
    """`run --retry-failed` is copied from the page: it stands on one line, wherever a line happens to end."""
    with browser.page(pages["bad"], width=360) as shown:
        lines = shown.evaluate(
            "[...document.querySelectorAll('p:has(code)')].flatMap(one => [...Array(20).keys()].flatMap("
            "less => { one.style.width = `${300 - 5 * less}px`;"
            " return [...one.querySelectorAll('code')].map(code => code.getClientRects().length) }))"
        )
        assert set(lines) == {1}


@pytest.mark.parametrize("media", ["screen", "print"])
@pytest.mark.parametrize("width", WIDTHS)
def test_hundreds_of_files_do_not_bury_the_days(
    browser: Chromium, pages: dict[str, Path], width: int, media: str
) -> None:
    """Their tables are folded, on paper too; the lines that stand for them are read there."""
    with browser.page(pages["long"], width=width, media=media) as shown:
        top = "document.querySelector('#days').getBoundingClientRect().top + scrollY"
        assert shown.evaluate(top) < 6_000
        assert shown.evaluate("document.documentElement.scrollHeight") < 9_000
        seen = shown.evaluate("document.body.innerText")
        assert "All 360 files of sandbox, one by one: waited" in seen
        assert "310 more differences" in seen
        assert "exports/k7.csv" not in seen


def test_a_folded_table_is_opened_by_keyboard(browser: Chromium, pages: dict[str, Path]) -> None:
    """And whoever prints the page then has it on paper."""
    with browser.page(pages["long"], width=360) as shown:
        shown.evaluate("document.querySelector('#timeline ~ details.long summary').focus()")
        shown.press("Enter")
        assert "January 2026" in shown.evaluate(
            "document.querySelector('#timeline ~ details.long').innerText"
        )
        shown.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert shown.evaluate("document.documentElement.scrollWidth") <= 360
        assert violations(shown) == []
    with browser.page(pages["long"], width=800, media="print") as shown:
        shown.evaluate("document.querySelector('#timeline ~ details.long').open = true")
        assert "conversations" in shown.evaluate(
            "document.querySelector('details.long[open] table').innerText"
        )


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG reckons it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of `rgb(r, g, b)`."""
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
