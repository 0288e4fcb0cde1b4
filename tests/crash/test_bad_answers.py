"""R01 to R120: every bad answer of the reference's list, each a run of its own against a lying server.

The table of what and how it has to end is `lies/table.py`; how each answer is made stands in `creates.py`,
`polls.py`, `files.py` and `redirects.py` there. The rules of the matrix are checked here too.

Measured: 125 tests in 15 to 25 s on two cores.
"""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.contract.rawserver import http, says
from tests.crash.lies import creates, files, polls, redirects
from tests.crash.lies.cases import OUTPUT, Case
from tests.crash.lies.rules import kept
from tests.crash.lies.stand import standing
from tests.crash.lies.table import BY_ID, exits, ids
from tests.crash.lies.wire import Answer, Endless, port
from tests.e2e.launch import environment

CASES: dict[str, tuple[Case, ...]] = creates.CASES | polls.CASES | files.CASES | redirects.CASES
QUIET = {
    "R41": "the vendor itself declares text/plain for its JSON: a warning would come with every answer",
    "R114": "cells of customers begin with = - + @ all the time; the bytes are kept, as they came",
}
"""Where the list asks for a warning and there is none, and why."""


def test_every_id_has_a_case() -> None:
    """The list is complete, and nothing of it is left out."""
    assert ids("R") == [f"R{number:02}" for number in range(1, 121)]
    assert sorted(CASES) == sorted(ids("R"))


@pytest.mark.parametrize("id", ids("R"))
def test_a_bad_answer_ends_as_it_should(id: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code of the list, its warning, what the case checks beside, and every rule of the matrix."""
    for number, case in enumerate(CASES[id]):
        root = tmp_path / str(number)
        root.mkdir()
        with standing(root, lie=case.lie, exports=case.exports, **case.stand) as stand:
            case.prepare(stand)
            ended = stand.run(**({"stop": case.stop} if case.stop else {}))
            told = "".join(capsys.readouterr())
            assert ended.exit in exits(id), ended.outcomes
            kept(stand, ended, told, {OUTPUT: case.whole} if case.whole is not None else None)
            assert bool(ended.warnings) == (BY_ID[id].outcome == "OK+WARN" and id not in QUIET) or ended.exit
            case.also(stand, ended, told)


PROGRAM = """
import re, sys
from runner.client import Body, Broken, Client
from runner.profiles import Credentials
client = Client(sys.argv[1], Credentials("key-key", "user", "word-word"), size_cap=64 << 20)
if sys.argv[2] == "poll":
    print(client.poll("/api/public/x").code)
else:
    with client.download("/api/public/x") as body:
        try:
            for chunk in body.chunks:
                pass
        except Broken as error:
            print(error.code)
print(re.search("VmHWM:.*", open("/proc/self/status").read())[0])
"""
"""A client in a process of its own, so that the memory is its own too."""


@pytest.mark.parametrize(
    ("step", "answer", "code"),
    [
        ("poll", Endless(http(200, b"", content_length="200000000")), "E-ANSWER"),
        ("download", says(http(200, files.bomb(1 << 30), content_encoding="gzip")), "E-CONTENT"),
        (
            "download",
            says(http(200, gzip.compress(files.bomb(1 << 30)), content_encoding="gzip, gzip")),
            "E-CONTENT",
        ),
        ("download", Endless(files.HEAD + b"\r\n"), "E-CONTENT"),
    ],
    ids=["R40", "R77", "R78", "R106"],
)
def test_what_is_huge_takes_neither_memory_nor_time(step: str, answer: Answer, code: str) -> None:
    """200 MB of JSON, two bombs and a file without end: a whole process of 200 MB, within seconds."""
    began = time.monotonic()
    with port(answer) as server:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, server.origin, step],
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.stdout.startswith(code), done
    peak = re.search(r"VmHWM:\s+(\d+) kB", done.stdout)
    assert peak is not None
    assert int(peak[1]) < 200 << 10
    assert time.monotonic() - began < 10
