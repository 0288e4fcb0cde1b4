"""What a CI shows: at the manifest's lines, and whatever a server says, each note is one command."""

from __future__ import annotations

import json
import re

import pytest

from runner.cli.streams import shown
from runner.errors import Problem
from runner.events import Done, Failed
from runner.report.ci import (
    MOST_NOTES,
    MOST_ROWS,
    Note,
    command,
    limited,
    notes,
    of_problem,
    quality,
    refusal,
    summary,
)
from runner.report.outcome import Outcome, outcomes
from runner.report.story import story
from tests.unit.builders import partition, stored

HOSTILE = (
    "a\n::error::owned",
    "\r::set-env name=PATH::x",
    "%0A::warning::x",
    "::stop-commands::t",
    "a,line=1::b",
    "##[error]x",
    "<script>",
    "| a | b |",
    "[x](javascript:y)",
    "\x1b[2J",
    "`$(x)`",
    "@everyone #1",
)


def ended(message: str = "boom", count: int = 2) -> tuple[Outcome, ...]:
    """Return the ends of a run: one file there, some failed, one to come."""
    several = [partition("done"), *(partition(f"f{one}") for one in range(count)), partition("left")]
    events = [stored("done"), Done(key="done", at=6, output="x")] + [
        Failed(key=f"f{one}", at=7, step="poll", code="E-JOB", message=message, exit=69)
        for one in range(count)
    ]
    told = story(events, [one.key for one in several])
    return outcomes(several, {key: life.track for key, life in told.lives.items()})


def test_a_note_stands_at_the_line_of_its_export() -> None:
    """One note for each export and code; what is to come is a warning; a lock that differs has its own."""
    made = notes("q1.yaml", ended(), {"conversations": 12}, ("a: rows differ",))
    assert [(one.level, one.line, one.title) for one in made] == [
        ("error", 12, "conversations: E-JOB"),
        ("warning", 12, "conversations: E-UNFINISHED"),
        ("error", 1, "the lock: E-DIFFERS"),
    ]
    assert "boom. What to do: " in made[0].message
    assert made[2].message == "Differs in 1 place: a: rows differ"
    assert notes("q1.yaml", ended(), {}, ())[0].line == 1


def test_a_code_without_advice_is_noted_without_it() -> None:
    """A code that nothing explains still has its note."""
    (one, *_) = ended()
    strange = Outcome(one.partition, ended()[1].exit, "E-STRANGE", "odd", ())
    assert notes("m", [strange], {}, ())[0].message.endswith("odd.")


def test_a_problem_of_a_file_is_noted_at_its_place() -> None:
    """Where a manifest is refused, each problem stands at its line."""
    assert of_problem(Problem("a.yaml", 3, 5, "exports[0]", "no")) == Note(
        "error", "a.yaml", 3, "care-export", "exports[0]: no"
    )
    assert of_problem(Problem("a.yaml", 3, 5, "", "hm", warning=True)).level == "warning"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_note_is_one_command_and_the_one_that_was_meant(text: str) -> None:
    """Nothing in a file's name, a title or a message ends the line, a property, or begins another command."""
    line = command(Note("error", text, 3, text, text), shown)
    assert re.fullmatch(r"::error file=[^:,\r\n]*,line=3,title=[^:,\r\n]*::[^\r\n]*", line)
    assert not re.search(r"\n\s*::|##\[", line)


def test_no_more_notes_than_are_shown() -> None:
    """GitHub drops the eleventh without a word, so the tenth says how many there are."""
    several = [Note("error", "m", one, f"{one}", "x") for one in range(30)]
    shown_ones = limited(several)
    assert len(shown_ones) == MOST_NOTES
    assert shown_ones[-1].title == "21 more notes"
    assert limited(several[:3]) == several[:3]
    assert limited([]) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_the_summary_is_markdown_that_nobody_else_writes(text: str) -> None:
    """A server's words make no link, element, table cell, mention or line."""
    said = summary("q1", ended(text), {}, (text,), shown)
    rows = [line for line in said.splitlines() if line.startswith("| conv")]
    assert len(rows) == 3
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 3 for line in rows)
    assert "<script" not in said
    assert "](" not in said
    assert "\n::" not in said


def test_the_summary_says_how_it_ended_and_what_there_is() -> None:
    """Verdict, what is not there and why, what to do, files, differences."""
    file = stored("done")
    said = summary("q1", ended(), {"done": file}, (), shown)
    assert "## q1: 1 of 4 files is there; 2 failed and 1 is still to come." in said
    assert "| conversations/sandbox/f0 | E-JOB: boom |" in said
    assert "- **E-JOB**:" in said
    assert f"| exports/done.csv | 2 | 10 B | {file.sha256} |" in said
    assert "The lock is the same as before." in said
    alone = summary("q1", ended()[:1], {"done": file}, None, shown)
    assert "not there" not in alone
    assert "lock" not in alone


@pytest.mark.parametrize("text", HOSTILE)
def test_the_summary_of_a_refusal_is_markdown_that_nobody_else_writes(text: str) -> None:
    """Problems with their places, each in its row, and no more than GitHub takes."""
    note = Note("error", text, 3, "care-export", f"{text}\nsecond line")
    said = refusal("E-MANIFEST", text, text, [note] * (MOST_ROWS + 1), shown)
    rows = [line for line in said.splitlines() if line.endswith(" |")]
    assert len(rows) == MOST_ROWS + 1
    assert all(line.count("|") == 3 for line in rows)
    assert "<script" not in said
    assert "](" not in said
    assert "And 1 more." in said
    outputs = refusal(
        "E-OUTPUT", "2 cannot be made\na.csv: no folder\nb.csv: is there", "Move them.", (), shown
    )
    assert outputs.splitlines() == [
        "## E-OUTPUT&#58; 2 cannot be made", "", "- a.csv&#58; no folder", "- b.csv&#58; is there", "",
        "Move them.",
    ]  # fmt: skip


def test_a_code_that_nothing_explains_has_no_advice() -> None:
    """Only what is known is advised."""
    (one, *_) = ended()
    said = summary("q1", [Outcome(one.partition, ended()[1].exit, "E-STRANGE", "odd", ())], {}, None, shown)
    assert "E-STRANGE: odd" in said
    assert "- **" not in said


def test_a_summary_of_thousands_stays_small() -> None:
    """More than 1 MiB is refused whole, so only so many rows are written, and the rest is counted."""
    said = summary("q1", ended("x" * 200, 5_000), {}, tuple("d" * 300 for _ in range(9_000)), shown)
    assert len(said.encode()) < 1 << 20
    assert f"And {5_001 - MOST_ROWS:,} more." in said


def test_code_quality_is_what_gitlab_reads() -> None:
    """Each finding has its place, its severity and a fingerprint that stays the same from run to run."""
    found = notes("q1.yaml", ended(), {"conversations": 12}, ("a",))
    rows = json.loads(quality(found, shown))
    assert [(one["check_name"], one["severity"]) for one in rows] == [
        ("E-JOB", "major"),
        ("E-UNFINISHED", "minor"),
        ("E-DIFFERS", "major"),
    ]
    assert rows[0]["location"] == {"path": "q1.yaml", "lines": {"begin": 12}}
    assert len({one["fingerprint"] for one in rows}) == 3
    assert (
        rows[0]["fingerprint"]
        == json.loads(quality(notes("q1.yaml", ended("other"), {"conversations": 12}, ()), shown))[0][
            "fingerprint"
        ]
    )
    assert json.loads(quality([], shown)) == []
