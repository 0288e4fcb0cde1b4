"""The command as a process: what it loads, what it prints where, and how signals end it."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runner import __version__
from runner.errors import Exit
from tests.e2e.launch import SMALL, care_export, environment, ran

COMMAND = f"{shlex.quote(sys.executable)} -m runner"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one small manifest."""
    (tmp_path / "q1.yaml").write_text(SMALL)
    return tmp_path


def shell(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a bash script in a folder."""
    return ran(["bash", "-c", script], folder)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], []])
def test_help_loads_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    """What is only needed by a verb is loaded by that verb."""
    heavy = ("httpx", "jsonschema", "jinja2", "pydantic", "rich", "yaml")
    script = (
        "import sys\nfrom runner.cli.command import outcome\n"
        f"outcome({arguments!r})\nprint([one for one in {heavy!r} if one in sys.modules], file=sys.stderr)"
    )
    ended = ran([sys.executable, "-c", script], tmp_path)
    assert ended.stderr == "[]\n"


def test_the_version_is_the_package_s(tmp_path: Path) -> None:
    """One line, on standard output."""
    ended = care_export(tmp_path, "--version")
    assert (ended.returncode, ended.stdout) == (Exit.DONE, f"care-export {__version__}\n")


def test_plan_for_programs_is_pure_json(folder: Path) -> None:
    """Standard output holds JSON and nothing else; the company key appears nowhere."""
    ended = care_export(folder, "plan", "q1.yaml", "--format", "json")
    assert ended.returncode == Exit.DONE
    plan = json.loads(ended.stdout)
    assert list(plan) == ["manifest", "catalog_digest", "partitions", "price"]
    assert [one["export"] for one in plan["partitions"]] == ["created", "agents"]
    assert "company" not in ended.stdout.lower()


def test_plan_for_people_has_no_colours_in_a_pipe(folder: Path) -> None:
    """Window in words and in UTC, and the file; no escapes."""
    ended = care_export(folder, "plan", "q1.yaml")
    assert ended.returncode == Exit.DONE
    assert "\x1b" not in ended.stdout
    for words in ("May 2026 (UTC)", "2026-05-01T00:00:00Z to 2026-06-01T00:00:00Z", ".csv", "4 May 2026"):
        assert words in ended.stdout


@pytest.mark.parametrize("verb", ["plan", "validate"])
def test_offline_verbs_write_nothing(folder: Path, verb: str) -> None:
    """A plan and a validation leave the folder as it was."""
    assert care_export(folder, verb, "q1.yaml").returncode == Exit.DONE
    assert [path.name for path in folder.iterdir()] == ["q1.yaml"]


def test_a_full_disk_is_told(folder: Path) -> None:
    """Output that was asked for and lost is a failure, in one line."""
    for verb in ("reports", "--help"):
        ended = shell(folder, f"{COMMAND} {verb} >/dev/full")
        assert ended.returncode == Exit.IO
        assert re.match(r"care-export: .*No space left on device\n", ended.stderr)


def test_messages_that_cannot_be_written_change_nothing(folder: Path) -> None:
    """The exit code tells what standard error could not."""
    assert shell(folder, f"{COMMAND} nonsense 2>/dev/full").returncode == Exit.USAGE


def test_a_refusal_is_not_hidden_by_a_full_disk(folder: Path) -> None:
    """The gravest news stays the exit code."""
    (folder / "bad.yaml").write_text("version: 99\n")
    ended = shell(folder, f"{COMMAND} validate q1.yaml bad.yaml >/dev/full")
    assert ended.returncode == Exit.DATA


def test_a_reader_that_leaves_does_not_hide_the_result(folder: Path) -> None:
    """`| head -0` ends quietly, with the verb's own exit code."""
    (folder / "bad.yaml").write_text("version: 99\n")
    for arguments, code in (("reports", 0), ("--help", 0), ("validate q1.yaml bad.yaml", 65)):
        ended = shell(folder, f"{COMMAND} {arguments} 2>/dev/null | head -0; exit ${{PIPESTATUS[0]}}")
        assert (ended.returncode, ended.stderr) == (code, "")


def test_a_fault_of_ours_shows_more_on_request(tmp_path: Path) -> None:
    """CARE_EXPORT_TRACEBACK=1 adds the traceback to the one line."""
    script = (
        "import click, sys\nfrom runner.cli.command import outcome\n"
        "def end():\n    raise ValueError\n"
        "sys.exit(outcome([], click.Command('ending', callback=end)))"
    )
    ended = ran([sys.executable, "-c", script], tmp_path, environ={"CARE_EXPORT_TRACEBACK": "1"})
    assert ended.returncode == Exit.BUG
    assert ended.stderr.startswith("Traceback")
    assert (
        "E-BUG: this is a fault of care-export, please report it: ValueError at command.py:" in ended.stderr
    )


@contextmanager
def served(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """Serve the sandbox; give the process, its address, and the curl line that it printed."""
    with subprocess.Popen(
        [sys.executable, "-m", "runner", "sandbox", *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            first = process.stdout.readline()
            lines = iter(process.stdout.readline, "")
            curl = next(line.strip() for line in lines if line.strip().startswith("curl "))
            yield process, first.split()[0], curl
            process.send_signal(signal.SIGINT)
            process.wait(20)
        finally:
            process.kill()


def test_the_sandbox_answers_the_line_that_it_prints(folder: Path) -> None:
    """The curl line can be pasted as it is, and creates a job."""
    with served(folder, "--seed", "7", "--speed", "1000") as (_, origin, curl):
        asked = [*shlex.split(curl), "-sS", "--max-time", "20"]
        answer = json.loads(subprocess.run(asked, capture_output=True, check=True, timeout=30).stdout)
        assert origin.startswith("http://127.0.0.1:")
        assert answer["status"] == "PASS"
        assert answer["result"]["runId"]


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        (signal.SIGINT, Exit.INTERRUPTED, "care-export: interrupted\n"),
        (signal.SIGTERM, Exit.TERMINATED, "care-export: ended by SIGTERM\n"),
    ],
)
def test_a_signal_ends_the_sandbox_calmly(
    folder: Path, number: signal.Signals, code: Exit, words: str
) -> None:
    """One line, its own exit code, and the port is free again."""
    with served(folder) as (process, origin, _):
        process.send_signal(number)
        assert process.wait(20) == code
        assert process.stderr is not None
        assert process.stderr.read() == words
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(("127.0.0.1", int(origin.rpartition(":")[2])))


def test_a_port_that_is_taken_is_named(folder: Path) -> None:
    """The message says which port, why, and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = care_export(folder, "sandbox", "--port", str(port))
    assert ended.returncode == Exit.IO
    assert ended.stderr == (
        f"care-export: E-PORT: port {port} cannot be had: Address already in use\n"
        "Without --port a free one is taken.\n"
    )


def test_two_streams_that_are_closed_take_no_file_with_them(folder: Path) -> None:
    """With 0, 1 and 2 closed, the numbers are filled before a file could get one of them."""
    ended = shell(folder, f"{COMMAND} run q1.yaml >&- 2>&- <&-")
    assert ended.returncode == Exit.DONE
    assert os.listdir(folder / ".care-export")
