"""Secrets stay in: against a server that tells everything it knows, in every writing, wherever it can.

What is told is searched in each test by the suite's own conftest; here it is also seen that something was
there to be masked.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runner.errors import Exit
from runner.events import Created
from runner.glance import glance
from runner.redact import MASK
from runner.sandbox.clock import START_MS, ScaledClock
from runner.sandbox.server import serve
from runner.sandbox.wire import Request, Response
from tests import canary
from tests.e2e.launch import care_export, environment, listed, looked_at
from tests.writings import WRITERS

MANIFEST = """\
version: 1
timezone: UTC
period: 2026-05-04
profiles: [acme]
output: {filename: "{{ export }}.{{ format }}"}
exports: [{id: agents, report: raw_agent_states, format: csv}]
"""
SECRETS = (canary.ACCOUNT.company_key, canary.ACCOUNT.username, canary.ACCOUNT.password)
EVERYTHING = [write(one) for one in SECRETS for write in WRITERS.values()]
Fault = Callable[[Request], Response | None]


def said(status: int, data: object, *headers: tuple[str, str]) -> Response:
    """Return an answer of JSON."""
    return Response(status, headers, [json.dumps(data).encode()])


@contextmanager
def company(folder: Path, faults: Fault | None = None) -> Iterator[None]:
    """Serve a company whose credentials are the canaries, and write manifest and profiles for it."""
    clock = ScaledClock(1000, START_MS, time.monotonic)
    with serve(clock=clock, accounts=(canary.ACCOUNT,), faults=faults) as served:
        (folder / "q1.yaml").write_text(MANIFEST)
        profile = (
            canary.profile(served.api_origin).removesuffix("}") + ", limits: {requests_per_minute: 9999}}"
        )
        text = f"version: 1\nprofiles:\n  acme: {profile}\n"
        (folder / "profiles.yaml").write_text(text, encoding="utf-8")
        yield


def at(step: str, answer: Callable[[Request], Response]) -> Fault:
    """Return a fault that answers one step of the three with what is given."""

    def fault(request: Request) -> Response | None:
        last = request.segments[-1]
        here = last if last in ("status", "download") else "create"
        return answer(request) if request.port == "api" and here == step else None

    return fault


@pytest.mark.parametrize("progress", ["plain", "json"])
def test_a_run_of_a_company_tells_no_secret(tmp_path: Path, progress: str) -> None:
    """From the environment to files and lock: nothing of it is seen, in any view; the run is whole."""
    with company(tmp_path):
        ended = care_export(tmp_path, "run", "--progress", progress, "q1.yaml")
    assert ended.returncode == Exit.DONE, ended.stderr
    assert (tmp_path / "exports" / "agents.csv").exists()


def begun(folder: Path, *arguments: str, **environ: str) -> subprocess.Popen[str]:
    """Start the command with an open standard input; what it prints is thrown away."""
    return subprocess.Popen(
        [sys.executable, "-m", "runner", *arguments],
        cwd=folder,
        env=environment(**environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )


@pytest.mark.parametrize("kept", ["environment", "file"])
def test_the_list_of_processes_shows_no_secret(tmp_path: Path, kept: str) -> None:
    """Neither of a run nor of whom it tells: that one is given no secret, wherever the run has them from."""
    (tmp_path / "tell").write_text("#!/bin/sh\nsleep 0.3\n")
    (tmp_path / "tell").chmod(0o755)
    unset = dict.fromkeys(canary.VARIABLES, "") if kept == "file" else {}
    with company(tmp_path):
        profiles = tmp_path / "profiles.yaml"
        text = profiles.read_text().replace("limits:", f"notify: ['{tmp_path}/tell'], limits:")
        for name, secret in canary.VARIABLES.items() if kept == "file" else ():
            (tmp_path / name).touch(0o600)
            (tmp_path / name).write_text(secret)
            text = text.replace(f"${{{name}}}", f"file:{tmp_path}/{name}")
        profiles.write_text(text)
        with begun(tmp_path, "run", "q1.yaml", **unset) as process:
            seen = looked_at(process)
    assert process.returncode == Exit.DONE
    canary.hear(*seen)
    assert any("runner" in line for line in seen)
    (told,) = (variables for line, variables in seen.items() if f"{tmp_path}/tell" in line)
    # What the tests were themselves begun with is nobody's doing here.
    ours = {f"{name}={value}" for name, value in environment(**unset).items() if name not in canary.VARIABLES}
    given = {one for variables in told for one in variables.split("\0")}
    canary.hear(*(given - ours))
    assert any(one.startswith("PATH=") for one in given)


def test_an_address_on_standard_input_is_in_no_list_of_processes(tmp_path: Path) -> None:
    """`adopt -` is shown as it was typed, before the address is given and after."""
    with company(tmp_path):
        address = by_hand(tmp_path)
        assert canary.leaks(address)
        with begun(tmp_path, "adopt", "q1.yaml", "-", "--export", "agents") as process:
            assert process.stdin is not None
            before = listed(process.pid)
            process.stdin.write(address)
            process.stdin.close()
            seen = looked_at(process)
    assert process.returncode == Exit.DONE
    lines = [line for line, _ in before] + list(seen)
    assert any("adopt" in line for line in lines)
    canary.hear(*lines)


def by_hand(folder: Path) -> str:
    """Make the job of the one export elsewhere; return the address of its status."""
    assert care_export(folder, "run", "--detach", "--state", "hand", "q1.yaml").returncode == Exit.DONE
    events = glance(folder / "hand" / "journal.db", ["acme"])["acme"]
    (created,) = (one for one in events if isinstance(one, Created))
    return str(json.loads(created.body)["result"]["statusUrl"])


def test_what_a_server_repeats_is_masked(tmp_path: Path) -> None:
    """Refusals that quote the credentials, each in another writing: each is shown, with a mask in it."""
    left = iter(EVERYTHING)
    fault = at("create", lambda request: said(400, {"message": f"no use for {next(left)}, sorry"}))
    with company(tmp_path, fault):
        exports = "".join(
            f"  - {{id: e{number}, report: raw_agent_states, format: csv}}\n"
            for number in range(len(EVERYTHING))
        )
        (tmp_path / "q1.yaml").write_text(MANIFEST.partition("exports:")[0] + "exports:\n" + exports)
        ended = care_export(tmp_path, "run", "--progress", "none", "q1.yaml")
    assert ended.returncode == Exit.VENDOR
    lines = [line for line in ended.stderr.splitlines() if "E-REFUSED: HTTP 400: no use for " in line]
    assert len(lines) == len(EVERYTHING)
    assert not [line for line in lines if MASK not in line or not line.endswith(", sorry")]


def test_what_a_server_repeated_is_masked_by_whoever_tells_it_again(tmp_path: Path) -> None:
    """Later commands send nothing and need no credentials; nothing that they write tells one all the same."""
    left = iter(SECRETS * 4)

    def quoting(request: Request) -> Response:
        return said(400, {"message": f"no use for {next(left)}, sorry"})

    with company(tmp_path, at("create", quoting)):
        first = care_export(tmp_path, "run", "q1.yaml")
        everything = ("--report", "r.html", "--junit", "j.xml", "--code-quality", "q.json")
        again = care_export(tmp_path, "run", *everything, "q1.yaml")
        github = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
        collected = care_export(tmp_path, "collect", "--ci", "github", "q1.yaml", environ=github)
        table = care_export(tmp_path, "status", "q1.yaml")
        data = care_export(tmp_path, "status", "--format", "json", "q1.yaml")
    for ended in (first, again, collected, table, data):
        assert f"no use for {MASK}, sorry" in re.sub(r"\s+", " ", ended.stdout + ended.stderr)
    for name in ("r.html", "j.xml", "q.json", "summary.md"):
        assert f"no use for {MASK}, sorry" in html.unescape((tmp_path / name).read_text())


def test_credentials_that_were_changed_since_stay_masked(tmp_path: Path) -> None:
    """Nobody knows the old password any more: so it was masked before it was kept."""
    fault = at("create", lambda request: said(400, {"message": f"no use for {canary.ACCOUNT.password}"}))
    with company(tmp_path, fault):
        care_export(tmp_path, "run", "q1.yaml")
        new = {"CANARY_PASSWORD": "another one", "CANARY_COMPANY_KEY": "another-key"}
        ended = care_export(tmp_path, "status", "q1.yaml", environ=new)
    assert f"no use for {MASK}" in re.sub(r"\s+", " ", ended.stdout)


def test_what_is_left_of_a_secret_that_was_cut_off_is_masked(tmp_path: Path) -> None:
    """A long message would end in the middle of a password: it is masked before it is cut."""
    for cut in (290, 294):  # nine characters of it would be left, and five, which are too few to tell
        message = "x " * (cut // 2) + canary.ACCOUNT.password
        fault = at("create", lambda request, message=message: said(400, {"message": message}))  # type: ignore[misc]
        with company(tmp_path, fault):
            ended = care_export(tmp_path, "run", "q1.yaml")
        assert f"x {MASK}\n" in ended.stderr


def test_a_job_s_own_tokens_are_masked_in_the_reason_of_its_end(tmp_path: Path) -> None:
    """Run id and address come back in the reason of a failure, decoded and not: they are known by then."""

    def failed(request: Request) -> Response:
        run_id = request.segments[-2]
        reason = f"{run_id} at {request.target}"
        ended = {"runnerState": "CLOSED", "reason": reason, "detail": "BROKEN"}
        return said(200, {"status": "PASS", "result": [{"jobInfo": {}, "result": ended}]})

    with company(tmp_path, at("status", failed)):
        ended = care_export(tmp_path, "run", "q1.yaml")
    assert "E-JOB" in ended.stderr
    assert MASK in ended.stderr
    again = care_export(tmp_path, "run", "q1.yaml", environ={"CARE_EXPORT_TRACEBACK": "1"})
    assert again.returncode != Exit.DONE


def test_a_column_that_is_a_secret_never_gets_into_the_lock(tmp_path: Path) -> None:
    """76, the partition is named, and there is no lock: a masked one would say what is not so."""
    body = f"agent_name,{canary.ACCOUNT.company_key}\r\na,b\r\n".encode()
    whole = Response(200, (("content-length", str(len(body))),), [body])
    with company(tmp_path, at("download", lambda request: whole)):
        ended = care_export(tmp_path, "run", "q1.yaml")
    assert ended.returncode == Exit.UNTRUSTED, ended.stderr
    assert "E-LEAK: agents/acme/2026-05-04_2026-05-05: a column" in ended.stderr
    assert not list(tmp_path.glob("*.lock.json"))
    (tmp_path / "exports" / "agents.csv").unlink()


def test_no_server_speaks_to_the_ci(tmp_path: Path) -> None:
    """Workflow commands, colours and bidirectional signs in a message: shown, and harmless."""
    words = "x\n::error::y\n##[group]z\n##vso[task.x]\x1b[31m\u202e\u2028::stop-commands::q\U000e0041"
    with company(tmp_path, at("create", lambda request: said(400, {"message": words}))):
        for progress in ("plain", "json"):
            ended = care_export(tmp_path, "run", "--progress", progress, "q1.yaml")
            told = ended.stdout + ended.stderr
            assert not [line for line in told.splitlines() if line.lstrip().startswith("::")]
            assert not [sign for sign in ("##[", "##vso[", "\x1b", "\u202e", "\u2028") if sign in told]
            assert "\\x1b[31m\\u202e\\u2028" in told
