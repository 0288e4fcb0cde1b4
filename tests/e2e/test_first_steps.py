"""A first manifest: by flags, and at a real terminal, where a wrong answer is explained and asked again."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from runner.document import read
from runner.errors import Exit
from tests import canary
from tests.e2e.launch import ROOT, ran
from tests.e2e.terminal import Terminal
from tests.e2e.within import within

SCHEMA = "care-export.schema.json"
NO_BYTE = """\
import resource, sys
from runner.cli.command import outcome
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
code = outcome(sys.argv[1:])
resource.setrlimit(resource.RLIMIT_FSIZE, before)
sys.exit(code)
"""
"""The command, where no file takes a byte."""


@pytest.mark.parametrize(
    "arguments",
    [
        ("init", "first.yaml", "--report", "conversation", "--yes"),
        ("import", "line.txt", "--out", "first.yaml"),
    ],
)
def test_a_manifest_that_cannot_be_whole_is_absent(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """An empty or half one would be taken for a person's own, and keep the next try from its name."""
    query = "companyKey=abc&startTime=1777593600000&endTime=1780271999999&reportFormat=csv"
    url = f"https://api.example.com/api/public/reports/report/author?{query}"
    (tmp_path / "line.txt").write_text(f"curl -u 'me:secret' -X POST '{url}'\n")
    ended = ran([sys.executable, "-c", NO_BYTE, *arguments], tmp_path)
    assert ended.returncode == Exit.IO, ended.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["line.txt"]
    assert within(tmp_path, *arguments).returncode == Exit.DONE


def test_flags_make_a_manifest_that_runs(tmp_path: Path) -> None:
    """Without a terminal nothing is asked; what is written validates, and the next command carries it out."""
    ended = within(
        tmp_path, "init", "q1", "--report", "conversation", "--metrics", "CONVERSATION_ID, Status",
        "--period", "2026-05", "--timezone", "Europe/Berlin", "--format", "json", "--split", "week",
        "--parameter", "conversationReportType=CREATED", "--parameter", "priorities=0,1",
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (Exit.DONE, "")
    assert ended.stdout.splitlines()[-1] == "next: care-export run q1.yaml"
    assert sorted(one.name for one in tmp_path.iterdir()) == [SCHEMA, "q1.yaml"]
    text = (tmp_path / "q1.yaml").read_text()
    assert text.startswith(f"# yaml-language-server: $schema={SCHEMA}\n")
    assert read(text.encode(), "q1.yaml").data == {
        "version": 1,
        "timezone": "Europe/Berlin",
        "period": "2026-05",
        "exports": [
            {
                "report": "conversation",
                "format": "json",
                "metrics": ["CONVERSATION_ID", "Status"],
                "parameters": {"conversationReportType": "CREATED", "priorities": [0, 1]},
                "split": "week",
            }
        ],
    }
    assert within(tmp_path, "validate", "q1.yaml").returncode == Exit.DONE
    ran = within(tmp_path, "run", "q1.yaml")
    assert ran.returncode == Exit.DONE
    assert "q1: 5 of 5 files" in ran.stdout


def test_one_flag_is_enough(tmp_path: Path) -> None:
    """The rest is as the help says: the last month of the profile's calendar, UTC, CSV, all columns."""
    ended = within(tmp_path, "init", "--report", "team_performance_interval", "--yes")
    assert ended.returncode == Exit.DONE
    text = (tmp_path / "team_performance_interval.yaml").read_text()
    assert "period: 2026-06\n" in text
    assert "parameters: {timeInterval: 86400000}" in text


def test_a_long_period_is_cut_where_its_parts_add_up(tmp_path: Path) -> None:
    """Without --split the coarsest that the API takes."""
    ended = within(tmp_path, "init", "--report", "author", "--period", "2025-07-01..2026-06-01", "x.yml")
    assert (ended.returncode, "are not" in ended.stderr or "do not add up" in ended.stderr) == (2, True)
    asked = ("--report", "response", "--period", "2025-07-01..2026-06-01")
    assert within(tmp_path, "init", *asked, "x.yml").returncode == Exit.DONE
    assert "    split: month\n" in (tmp_path / "x.yml").read_text()


def test_in_a_checkout_the_schema_is_the_checkout_s(tmp_path: Path) -> None:
    """A mere name goes under manifests/, and editors find the schema that lies there already."""
    (tmp_path / "manifests").mkdir()
    (tmp_path / "generated").symlink_to(ROOT / "generated")
    assert within(tmp_path, "init", "--report", "author").returncode == Exit.DONE
    first = (tmp_path / "manifests" / "author.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=../generated/schemas/manifest.v1.schema.json"
    assert [one.name for one in (tmp_path / "manifests").iterdir()] == ["author.yaml"]


def test_the_copied_schema_is_the_one_that_editors_need(tmp_path: Path) -> None:
    """It is made once, and lies there for the next manifest too."""
    for name in ("a", "b"):
        assert within(tmp_path, "init", name, "--report", "author").returncode == Exit.DONE
    own = json.loads((ROOT / "generated" / "schemas" / "manifest.v1.schema.json").read_text())
    assert json.loads((tmp_path / SCHEMA).read_text()) == own


@pytest.mark.parametrize("link", [False, True])
def test_nothing_that_is_there_is_overwritten(tmp_path: Path, link: bool) -> None:
    """Neither a file nor a link that leads nowhere; with a name, and by the report's own."""
    if link:
        (tmp_path / "author.yaml").symlink_to("nowhere")
    else:
        (tmp_path / "author.yaml").write_text("mine")
    for name in ((), ("author",), ("author.yaml",)):
        ended = within(tmp_path, "init", "--report", "author", *name)
        assert ended.returncode == Exit.CANNOT_CREATE
        assert "author.yaml is there already; nothing was written" in ended.stderr
    assert os.listdir(tmp_path) == ["author.yaml"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--report says which"),
        (("--report", "authr"), "did you mean 'author'?"),
        (("--report", "zzz"), "the reports are author, "),
        (("--report", "author", "--period", "2026-13"), "--period: 2026-13 is not in the calendar"),
        (("--report", "author", "--timezone", "Europe/Berlyn"), "--timezone: unknown timezone"),
        (("--report", "author", "--metrics", "TIMEZONE"), "--metrics: unknown column 'TIMEZONE'"),
        (("--report", "author", "--parameter", "priority=1"), "did you mean 'priorities'?"),
        (("--report", "author", "--parameter", "priorities"), "write NAME=VALUE"),
        (("--report", "author", "--parameter", "priorities=x"), "--parameter priorities: expected a whole"),
        (
            ("--report", "author", "--parameter", "priorities=1", "--parameter", "priorities=2"),
            "--parameter priorities stands there twice; of a list give all at once: priorities=1,2",
        ),
        (("--report", "author", "--metrics", ","), "E-USAGE: --metrics: '' is no column name\n'care-export"),
        (("--report", "author", "--split", "fortnight"), "'fortnight' is not one of"),
        (("--report", "author", "a*b"), "FILE: the file's name 'a*b' cannot name the manifest"),
        (("--reprot", "author"), "--report"),
    ],
)
def test_a_wrong_flag_is_named_and_nothing_is_written(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    """Exit code 2, with the closest word where there is one."""
    ended = within(tmp_path, "init", *arguments)
    assert ended.returncode == Exit.USAGE
    assert words in ended.stderr
    assert os.listdir(tmp_path) == []


def test_an_unknown_profile_is_78(tmp_path: Path) -> None:
    """As everywhere."""
    ended = within(tmp_path, "init", "--report", "author", "--profile", "acme")
    assert ended.returncode == Exit.PROFILES


def test_what_is_notable_is_told_by_flag(tmp_path: Path) -> None:
    """A column that no list has is taken, with a warning."""
    ended = within(tmp_path, "init", "--report", "author", "--metrics", "Assignee ID")
    assert ended.returncode == Exit.DONE
    assert ended.stderr.startswith("--metrics: warning: 'Assignee ID' is sent as ASSIGNEE_ID")


def test_a_conversation_explains_each_wrong_answer(tmp_path: Path) -> None:
    """It is asked again until the answer fits; what is written at the end is what was answered."""
    answers = [
        ("Report: ", "zzz", "the reports are author, "),
        ("Report: ", "agent", "1  raw_agent_states  Agent State"),
        ("Report: ", "99", "no list has shown a number 99"),
        ("Report: ", "conversation", "Raw Conversation. "),
        ("conversationReportType [OPEN_AT_END]: ", "ALL", "'ALL' is not one of OPEN_AT_END, "),
        ("conversationReportType [OPEN_AT_END]: ", "CREATED", "\n"),
        ("Format, csv or json [csv]: ", "xml", "'xml' is not one of csv, json"),
        ("Format, csv or json [csv]: ", "", "STATUS, TIME_ZONE; no list is complete."),
        ("Columns [all]: ", "?agent", "1  agent_name "),
        ("Columns [all]: ", "?weather", "no known column has that"),
        ("Columns [all]: ", "CONVERSATON_ID", "did you mean CONVERSATION_ID?"),
        ("Columns [all]: ", "Status, Assignee ID", "is sent as ASSIGNEE_ID"),
        ("(y or n) [y]: ", "perhaps", "write y or n"),
        ("(y or n) [y]: ", "n", "then once more"),
        ("Columns [all]: ", "Status, Assignee ID", "is sent as ASSIGNEE_ID"),
        ("(y or n) [y]: ", "", "In which time zone"),
        ("Time zone [Europe/Berlin]: ", "new york", "America/New_York"),
        ("Time zone [Europe/Berlin]: ", "Europe/Berlyn", "did you mean 'Europe/Berlin'?"),
        ("Time zone [Europe/Berlin]: ", "", "Which period?"),
        ("Period [2026-06]: ", "2026-13", "is not in the calendar"),
        ("Period [2026-06]: ", "2026-07", "ends in the future"),
        ("Period [2026-06]: ", "2025-07-01..2026-02-01", "That is 1 July 2025 to 31 January 2026 (Europe"),
        ("Split [month]: ", "fortnight", "expected one of none, day, week"),
        ("Split [month]: ", "none", "longer than 3 months"),
        ("Split [month]: ", "week", "\n"),
        ("File [conversation.yaml]: ", "taken.yaml", "taken.yaml is there already"),
        ("File [conversation.yaml]: ", "a*b", "cannot name the manifest"),
        ("File [conversation.yaml]: ", "", "next: care-export run conversation.yaml"),
    ]
    (tmp_path / "taken.yaml").write_text("mine")
    with Terminal(tmp_path, "init") as terminal:
        for question, said, then in answers:
            terminal.expect(question)
            terminal.say(said)
            terminal.expect(then)
        assert terminal.ended() == Exit.DONE
        assert max(map(len, terminal.seen.splitlines())) <= 80
    assert (tmp_path / "taken.yaml").read_text() == "mine"
    assert read((tmp_path / "conversation.yaml").read_bytes(), "x").data == {
        "version": 1,
        "timezone": "Europe/Berlin",
        "period": {"start": "2025-07-01", "end": "2026-02-01"},
        "exports": [
            {
                "report": "conversation",
                "format": "csv",
                "metrics": ["Status", "Assignee ID"],
                "parameters": {"conversationReportType": "CREATED"},
                "split": "week",
            }
        ],
    }


def test_enter_alone_makes_a_manifest_of_the_first_of_a_list(tmp_path: Path) -> None:
    """The list's numbers can be typed; every other question has an answer in brackets."""
    (tmp_path / "author.yaml").write_text("mine")
    with Terminal(tmp_path, "init") as terminal:
        terminal.expect("Report: ")
        terminal.say("3")
        terminal.expect("no list has shown a number 3; Enter lists all")
        terminal.say("")
        terminal.expect("14  user")
        terminal.say("15")
        terminal.expect("no list has shown a number 15")
        terminal.say("1")
        for question in ("Format", "Columns", "Time zone", "Period", "File [author-2.yaml]"):
            terminal.expect(question)
            terminal.say("")
        terminal.expect("next: care-export run author-2.yaml")
        assert terminal.ended() == Exit.DONE
        # Averages do not add up, so nobody is asked how to cut them.
        assert "Split" not in terminal.seen


def test_titles_single_hits_and_numbers_of_columns_are_answers(tmp_path: Path) -> None:
    """The vendor's names are taken, a search that finds one thing takes it, and numbers choose from lists."""
    with Terminal(tmp_path, "init", "r.yaml", "--format", "csv", "--timezone", "UTC") as terminal:
        terminal.expect("Report: ")
        terminal.say("Raw Conversation")
        terminal.expect("conversationReportType")
        terminal.say("")
        terminal.expect("Columns [all]: ")
        terminal.say("1")
        terminal.expect("no list has shown a number 1")
        terminal.say("?status")
        terminal.expect("1  STATUS")
        terminal.say("?weather")
        terminal.expect("no known column has that")
        terminal.say("1, TIME_ZONE")
        terminal.expect("Period [2026-06]: ")
        terminal.say("soon")
        terminal.expect("2026-01-01..2026-04-01")
        terminal.say("")
        terminal.expect("next: ")
        assert terminal.ended() == Exit.DONE
    assert "metrics: [STATUS, TIME_ZONE]" in (tmp_path / "r.yaml").read_text()
    with Terminal(tmp_path, "init", "s.yaml", "--report", "raw author", "--yes") as terminal:
        assert terminal.ended() == Exit.DONE
    with Terminal(tmp_path, "init", "t.yaml") as terminal:
        terminal.expect("Report: ")
        terminal.say("help request")
        terminal.expect("Raw Help Request. ")
        for question in ("Format", "Columns", "Time zone", "Period", "Split"):
            terminal.expect(question)
            terminal.say("")
        assert terminal.ended() == Exit.DONE


def test_what_flags_say_is_not_asked(tmp_path: Path) -> None:
    """A wrong report is asked for all the same; companies without a default one among them are a question."""
    (tmp_path / "profiles.yaml").write_text(
        f"version: 1\nprofiles: {{acme: {canary.profile('https://api.example.com')}}}\n"
    )
    flags = ("--report", "conversatio", "--format", "csv", "--metrics", "TIME_ZONE", "--timezone", "UTC")
    with Terminal(
        tmp_path, "init", "r.yaml", *flags, "--parameter", "conversationReportType=CLOSED"
    ) as terminal:
        terminal.expect("did you mean 'conversation'?")
        terminal.expect("Report: ")
        terminal.say("conversation")
        terminal.expect("Profile [acme]: ")
        terminal.say("acm")
        terminal.expect("'acm' is not one of acme, sandbox")
        terminal.say("sandbox")
        terminal.expect("Period [2026-06]: ")
        terminal.say("")
        terminal.expect("Split [none]: ")
        terminal.say("")
        assert terminal.ended() == Exit.DONE
    assert "profiles: [sandbox]\n" in (tmp_path / "r.yaml").read_text()


def test_flags_that_are_wrong_end_a_conversation_before_it_begins(tmp_path: Path) -> None:
    """Whatever else is answered, they would be refused at the end."""
    flags = ("--report", "author", "--metrics", "TIMEZONE", "--profile", "sandbox", "--split", "month")
    with Terminal(tmp_path, "init", *flags) as terminal:
        terminal.expect("--metrics: unknown column 'TIMEZONE'")
        assert terminal.ended() == Exit.USAGE
        assert "--split" not in terminal.seen


def test_a_split_that_does_not_fit_the_period_is_refused_at_the_end(tmp_path: Path) -> None:
    """What was given is kept, and what is wrong with it told."""
    flags = ("--report", "author", "--format", "csv", "--metrics", "TIME_ZONE", "--timezone", "UTC")
    with Terminal(tmp_path, "init", "a.yaml", *flags, "--profile", "sandbox", "--split", "week") as terminal:
        terminal.expect("Period [2026-06]: ")
        terminal.say("2026-05")
        terminal.expect("--split: author cannot be split")
        assert terminal.ended() == Exit.USAGE
    assert os.listdir(tmp_path) == []


def test_a_company_of_one_s_own_is_asked_for_real(tmp_path: Path) -> None:
    """Nothing is said of made-up rows then; the period is the last month of the real calendar."""
    (tmp_path / "profiles.yaml").write_text(
        f"version: 1\nprofiles: {{acme: {canary.profile('https://api.example.com')}}}\n"
    )
    ended = within(tmp_path, "init", "--report", "author", "--profile", "acme")
    assert ended.returncode == Exit.DONE
    assert "1 file from acme: " in ended.stdout
    assert "sandbox" not in ended.stdout


@pytest.mark.parametrize("key", [b"\x03", b"\x04"])
def test_a_conversation_can_be_left(tmp_path: Path, key: bytes) -> None:
    """Ctrl-C and Ctrl-D end as everywhere, and nothing is written."""
    with Terminal(tmp_path, "init") as terminal:
        terminal.expect("Report: ")
        # Between a question and the wait for its answer, Python would only note a signal.
        time.sleep(0.5)
        terminal.press(key)
        assert terminal.ended() == Exit.INTERRUPTED
        assert "care-export: interrupted" in terminal.seen
    assert os.listdir(tmp_path) == []


def test_sigterm_ends_a_conversation_as_everything(tmp_path: Path) -> None:
    """With 143, and nothing written."""
    with Terminal(tmp_path, "init") as terminal:
        terminal.expect("Report: ")
        # Between a question and the wait for its answer, Python would only note the signal.
        time.sleep(0.5)
        terminal.signal(signal.SIGTERM)
        assert terminal.ended() == Exit.TERMINATED
    assert os.listdir(tmp_path) == []
