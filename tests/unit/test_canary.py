"""The search for secrets finds them: in what is told, in files and their names, at the end of any test."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from runner.sandbox.accounts import COMPANY_KEY, PASSWORD, USERNAME
from tests import canary
from tests.e2e.launch import ROOT, command_lines, environment
from tests.sandbox_calls import Caller, basic, content, data
from tests.writings import WRITERS


@pytest.mark.parametrize("writer", WRITERS)
def test_each_writing_of_each_secret_is_found(writer: str) -> None:
    """Twelve writings and more, each within other text."""
    write = WRITERS[writer]
    for secret in (canary.ACCOUNT.company_key, canary.ACCOUNT.username, canary.ACCOUNT.password):
        assert canary.leaks(f"x{write(secret)}y")
    assert len(WRITERS) >= 12


def test_the_sandbox_s_own_tokens_are_found_by_their_looks() -> None:
    """Run id, access token, signature, and the header of Basic; what is masked or plain is not."""
    caller = Caller()
    created = caller.create()
    run_id = data(created)["result"]["runId"]
    link = caller.finish(created)["jobInfo"]["downloadUrl"]
    location = dict(caller.follow(link).headers)["location"]
    assert canary.leaks(run_id) == canary.leaks(f"{run_id[:170]}...") == ["a run id"]
    assert canary.leaks(link.replace(run_id, "")) == ["a run id", "an access token"]
    assert "a signature" in canary.leaks(location)
    assert any("sandbox's token" in one for one in canary.leaks(basic()["authorization"]))
    assert canary.leaks("analyticsAccessToken=\u2026 analyticsAccessToken=***") == []
    assert canary.leaks(f"{USERNAME}:{PASSWORD} {COMPANY_KEY} {'ab12' * 32}") == []


def test_a_folder_is_searched(tmp_path: Path) -> None:
    """A name, a content, an event's message; not the answers in a journal, nor a secret's own file."""
    root = tmp_path / "searched"
    (root / ".care-export").mkdir(parents=True)
    (root / "secret").write_text(f"{canary.ACCOUNT.password}\n")
    (root / "secret").chmod(0o600)
    with closing(sqlite3.connect(root / ".care-export" / "journal.db")) as journal:
        journal.execute("CREATE TABLE event (plain TEXT)")
        journal.execute("INSERT INTO event VALUES (?)", ('{"body": "analyticsAccessToken=abcdef"}',))
        journal.commit()
        assert canary.in_folder(root) == []
        journal.execute("INSERT INTO event VALUES (?)", ('{"message": "analyticsAccessToken=abcdef"}',))
        journal.commit()
    (root / "q1.lock.json").write_text(f"x {COMPANY_KEY} {canary.ACCOUNT.username}")
    (root / "analyticsAccessToken=abcdef.csv").write_text("")
    found = canary.in_folder(root)
    assert [line.partition(":")[0] for line in found if "user name" not in line] == [
        ".care-export/journal.db",
        "analyticsAccessToken=abcdef.csv",
    ]
    assert any(line.startswith("q1.lock.json: the user name") for line in found)
    for path in sorted(root.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def test_what_others_see_of_a_process_is_read() -> None:
    """The command line of a process, and those of its children."""
    script = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()', 'of-the-child'])"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE) as process:
        lines: list[str] = []
        while len(lines) < 2:
            lines = command_lines(process.pid)
        process.communicate(b"\n")
    assert "of-the-child" in lines[1]


LEAKING = """
import logging
from pathlib import Path
import httpx
from tests import canary

TOKEN = "=".join(["analyticsAccessToken", "abcdef"])
def test_quiet(tmp_path): (tmp_path / "x").write_text("nothing")
def test_prints(): print(canary.ACCOUNT.password)
def test_takes_what_it_printed(capsys):
    print(canary.ACCOUNT.username)
    capsys.readouterr()
def test_takes_what_it_wrote(capfd):
    print(canary.ACCOUNT.username)
    capfd.readouterr()
def test_logs(): logging.getLogger("httpx").info("GET https://h/x?" + TOKEN)
def test_writes(tmp_path): (tmp_path / "x").write_text(canary.ACCOUNT.company_key)
def test_names(tmp_path): (tmp_path / TOKEN).touch()
"""


def test_a_test_that_lets_a_secret_out_fails(tmp_path: Path) -> None:
    """The conftest of the suite, at work on tests that leak in every way: each of them fails, no other."""
    (tmp_path / "test_leaking.py").write_text(LEAKING)
    arguments = [
        "-p",
        "tests.conftest",
        "-p",
        "no:cacheprovider",
        "-q",
        "--log-level=DEBUG",
        f"--rootdir={tmp_path}",
    ]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments, "-c", "/dev/null", str(tmp_path / "test_leaking.py")],
        env=environment(PYTHONPATH=str(ROOT)), cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "7 passed, 6 errors" in ended.stdout
    assert ended.stdout.count("ERROR at teardown") == 6
    assert "test_quiet" not in ended.stdout


def test_content_is_searched_by_bytes_too() -> None:
    """The sandbox's answers hold what is searched for: the search would find them in a file."""
    assert canary.leaks(content(Caller().create()).decode())
