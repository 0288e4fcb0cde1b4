"""What docs/ shows is so: commands are carried out, figures are in their table, links lead somewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.e2e.launch import ROOT
from tests.pages import VENDOR, Command, Ended, blocks, carried_out, renewed, schedule, steps

DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md"))
WITH_COMMANDS = [
    path for path in PAGES if any(isinstance(step, Command) for step in steps(path.read_text("utf-8")))
]
LINKED = [ROOT / "README.md", *PAGES]
NOT_RUN = {
    "docs/howto/columns.md": 1,
    "docs/howto/night.md": 1,
    "docs/howto/secrets.md": 2,
    "docs/index.md": 1,
    "docs/tutorial.md": 1,
}
"""How many blocks of a page are not carried out; each says why."""
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_EXTERNAL = ("https://", "http://")


def of(path: Path) -> str:
    """Return what a page is called in a test's name."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=of)
def test_each_command_does_what_its_page_says(page: Path, tmp_path: Path) -> None:
    """Every command ends as the page says and prints what it shows; `python -m tests.pages` renews that."""
    text = page.read_text("utf-8")
    ended = carried_out(text, tmp_path)
    assert [one.wrong() for one in ended if one.wrong()] == []
    assert len(ended) == sum(isinstance(step, Command) for step in steps(text))


def test_few_blocks_are_not_carried_out() -> None:
    """A block that nobody tries is counted here, and gives its reason."""
    left_out = {
        of(page): sum("not run" in block.remarks for block in blocks(page.read_text("utf-8")))
        for page in PAGES
    }
    assert {page: count for page, count in left_out.items() if count} == NOT_RUN


@pytest.mark.parametrize("page", PAGES, ids=of)
def test_nothing_passes_by_in_another_language(page: Path) -> None:
    """Commands stand in `console` blocks and manifests in files, so that none escapes the test above."""
    for block in blocks(page.read_text("utf-8")):
        assert block.language in ("console", "yaml", "json", "text", "")
        assert block.language != "yaml" or "file" in block.remarks
        assert block.language == "console" or not block.content.startswith("$ ")


@pytest.mark.parametrize("page", LINKED, ids=of)
def test_each_file_has_its_name_above_it(page: Path) -> None:
    """A remark is not seen by those who read: what a file is called stands in the words before it."""
    text = page.read_text("utf-8")
    for found in re.finditer(r"^<!-- file: (\S+) -->$", text, re.MULTILINE):
        assert Path(found[1]).name in text[: found.start()].rstrip("\n").split("\n\n")[-1]


def slugs(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as both the site and the usual forges make them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", LINKED, ids=of)
def test_links_lead_somewhere(page: Path) -> None:
    """The file is there, and so is the heading. Links to the outside are few, over https, and not fetched."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    for link in _LINK.findall(text):
        if link.startswith(_EXTERNAL):
            assert link.startswith("https://")
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in slugs(target), link


def test_the_figures_are_those_of_the_table() -> None:
    """What the page on limits says of 60 jobs stands in bench/SCHEDULE.md."""
    measured = schedule()
    ours = re.findall(
        r"^\| \w+ \|.*\| ours.*$", (ROOT / "bench/SCHEDULE.md").read_text("utf-8"), re.MULTILINE
    )
    assert ours
    assert all(row.endswith("| 0 | 0 |") for row in ours)
    shown = re.findall(
        r"^\| ([\dm][^|]*) \|( [\d.]+ ×.*) \|$", (DOCS / "explain/limits.md").read_text(), re.M
    )
    policies = ("ours, first run", "fixed 5 s", "fixed 15 s", "15 s x 1.2 to 120 s")
    builds = ("10 s", "120 s", "600 s", "log-normal 120 s")
    assert len(shown) == len(builds)
    for build, (_, cells) in zip(builds, shown, strict=True):
        for policy, cell in zip(policies, cells.split(" | "), strict=True):
            ratio, requests = map(float, re.findall(r"[\d.]+", cell))
            assert measured[build, "60", policy] == pytest.approx((ratio, requests), abs=0.5)
            assert measured[build, "60", policy][0] == pytest.approx(ratio, abs=0.0051)


@pytest.mark.parametrize(
    ("harness", "numbers"),
    [
        ("test_kill", ("1,230", "60")),
        ("test_power_cut", ("2,610", "1,350")),
        ("test_failing_calls", ("1,180",)),
        ("test_signals", ("200",)),
        ("test_server_lies", ("276",)),
        ("test_cut_downloads", ("8,200", "15,000")),
    ],
)
def test_the_cases_are_those_of_the_harnesses(harness: str, numbers: tuple[str, ...]) -> None:
    """How many cases the page on crashes names is what the harness says of itself."""
    text = (ROOT / "tests" / "crash" / f"{harness}.py").read_text("utf-8")
    said = ast.get_docstring(ast.parse(text)) or ""
    page = (DOCS / "explain/crash.md").read_text("utf-8")
    assert [one for one in numbers if one not in said or one not in page] == []


# The harness itself


def test_a_wrong_output_and_a_wrong_code_are_found(tmp_path: Path) -> None:
    """A page that shows what is not so fails, command by command; `...` stands for anything."""
    page = "```console\n$ echo one; echo 12:34\ntwo\n1...\n$ echo three\nt...e\n$ false\n```\n"
    page += "<!-- ends with: 1 -->\n```console\n$ echo \\\n  four; false\n```\n"
    ended = carried_out(page, tmp_path)
    assert [bool(one.wrong()) for one in ended] == [True, False, True, False]
    assert "; echo 12:34\none\n1...\n" in renewed(page, ended)


def test_a_page_is_one_shell_with_its_files(tmp_path: Path) -> None:
    """Files lie there before the next command, variables stay, and the vendor's address is a sandbox's."""
    page = "<!-- file: a/b.txt -->\n```text\nhello $HOME\n```\n```console\n$ X=$(cat a/b.txt)\n"
    page += f"$ echo $X /home/you\nhello $HOME /home/you\n$ echo {VENDOR} | wc -c\n```\n"
    first, second, third = carried_out(page, tmp_path)
    assert [first.wrong(), second.wrong(), third.code] == ["", "", 0]
    assert third.printed.strip() != str(len(VENDOR) + 1)


def test_only_console_blocks_are_commands() -> None:
    """What is not to be run, and what is only shown, is none."""
    page = "<!-- not run: no -->\n```console\n$ rm x\n```\n```text\n$ rm y\n```\n```console\n$ echo\n```\n"
    assert [step.text for step in steps(page) if isinstance(step, Command)] == ["echo"]
    assert Ended(Command("echo", "", 0, (0, 0)), 0, "\n").wrong() == ""
