"""`notify:` of a profile: told once, last of all; it can neither fail nor hold a run, and knows no secret."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

import pytest

from runner.cli.command import outcome
from runner.errors import Exit
from runner.holding import hold
from runner.sandbox.clock import START_MS, ScaledClock
from runner.sandbox.server import serve
from tests import canary
from tests.contract.rawserver import http, says, serving
from tests.e2e.launch import care_export

MANIFEST = """\
version: 1
name: small
timezone: UTC
period: 2026-05-04
defaults: {format: csv}
profiles: [acme, zeta]
output: {filename: "{{ export }}-{{ profile }}.{{ format }}"}
exports:
  - {id: agents, report: raw_agent_states}
"""


@contextmanager
def company(folder: Path, *notify: str, kept: str = "file") -> Iterator[Callable[..., None]]:
    """Serve a sandbox, with a profile in the folder for each of `notify`, which may be empty.

    Secrets are `kept` in files, or in the environment. Yields what writes the profiles anew with others.
    """
    secrets = {"company_key": canary.ACCOUNT.company_key, "password": canary.ACCOUNT.password}
    for name, value in (secrets | {"username": canary.ACCOUNT.username}).items():
        (folder / name).touch(0o600)
        (folder / name).write_text(value)
    clock = ScaledClock(1000, START_MS, time.monotonic)
    with serve(clock=clock, accounts=(canary.ACCOUNT,)) as served:

        def write(*several: str) -> None:
            lines = ["version: 1", "profiles:"]
            for name, told in zip(("acme", "zeta"), several, strict=False):
                lines += [f"  {name}:", f"    base_url: {served.api_origin}"]
                for one in (*secrets, "username"):
                    where = f"file:{folder}/{one}" if kept == "file" else f"${{CANARY_{one.upper()}}}"
                    lines.append(f"    {one}: {where}")
                lines += [f"    notify: {told}"] if told else []
            (folder / "profiles.yaml").write_text("\n".join([*lines, ""]))

        write(*notify)
        text = MANIFEST if len(notify) > 1 else MANIFEST.replace("[acme, zeta]", "[acme]")
        (folder / "small.yaml").write_text(text)
        yield write


def command(folder: Path, script: str) -> str:
    """Return a command as a list of words, which runs a script."""
    (folder / "tell").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "tell").chmod(0o755)
    return json.dumps([str(folder / "tell"), "two words", "$HOME"])


def test_a_webhook_is_told_once_for_all_profiles_that_name_it(tmp_path: Path) -> None:
    """One run, one message: counts, exit code, names; no address of the vendor and no secret."""
    with serving(says(http(200))) as server, company(tmp_path, "'${HOOK}'", "'${HOOK}'"):
        hook = f"{server.origin}/services/verysecrettoken"
        ended = care_export(tmp_path, "run", "small.yaml", environ={"HOOK": hook})
    assert ended.returncode == Exit.DONE
    (seen,) = server.seen
    body = json.loads(seen.body)
    assert body["text"] == "care-export: small ended with 0: All 2 files are there and proven whole."
    assert (body["exit"], body["done"], body["profiles"]) == (0, 2, ["acme", "zeta"])
    assert body["exports"] == [{"name": "agents", "done": 2, "failed": 0, "left": 0}]
    canary.hear(seen.body.decode())
    assert b"127.0.0.1" not in seen.body
    assert "verysecrettoken" not in ended.stdout + ended.stderr


def test_a_command_is_told_on_its_standard_input_without_our_secrets(tmp_path: Path) -> None:
    """Its words are read by no shell; lock and files are there before; failures are told too."""
    script = (
        'cat >told.json; echo "$1|$2" >words; env | grep -c CANARY >planted; env | grep -c ^PATH= >others'
    )
    script += "; ls exports *.lock.json >there"
    with company(tmp_path, command(tmp_path, script), kept="environment"):
        assert care_export(tmp_path, "run", "small.yaml").returncode == Exit.DONE
        assert json.loads((tmp_path / "told.json").read_text())["done"] == 1
        assert (tmp_path / "words").read_text() == "two words|$HOME\n"
        assert "small.lock.json" in (tmp_path / "there").read_text()
        assert [(tmp_path / name).read_text() for name in ("planted", "others")] == ["0\n", "1\n"]
        cut = care_export(tmp_path, "run", "--deadline", "0.001", "--state", "s", "--out", "o", "small.yaml")
        assert cut.returncode == Exit.UNFINISHED
        told = json.loads((tmp_path / "told.json").read_text())
        assert (told["exit"], told["left"]) == (75, 1)


def test_a_run_that_is_refused_is_told_of_once(tmp_path: Path) -> None:
    """Whatever it is, once the profile is known: the exit code is the run's, and no count is made up."""

    def told(*arguments: str) -> list[tuple[int, str]]:
        with chdir(tmp_path):
            code = outcome([*arguments, "--ci", "none", "--progress", "none", "small.yaml"])
        bodies = [json.loads(line) for line in (tmp_path / "told").read_text().splitlines()]
        (tmp_path / "told").unlink()
        assert [one["exit"] for one in bodies] == [code]
        assert (bodies[0]["files"], bodies[0]["profiles"], "done" in bodies[0]) == (1, ["acme"], False)
        assert f"ended with {code}: {bodies[0]['code']}: " in bodies[0]["text"]
        canary.hear(json.dumps(bodies))
        return [(code, bodies[0]["code"])]

    with company(tmp_path, command(tmp_path, f"cat >>{tmp_path}/told; echo >>{tmp_path}/told")):
        (tmp_path / "password").rename(tmp_path / "away")
        assert told("run") == [(78, "E-SECRET")]
        (tmp_path / "away").rename(tmp_path / "password")
        with hold(tmp_path / ".care-export", "acme"):
            assert told("run") == told("collect") == [(75, "E-HELD")]
        (tmp_path / "exports/agents-acme.csv").write_text("mine")
        assert told("run") == [(73, "E-OUTPUT")]
        (tmp_path / "full/.r.html.part").mkdir(parents=True)
        (tmp_path / "mine").write_text("in the way")
        assert told("run", "--overwrite", "--report", "mine/r.html") == [(73, "E-PERMISSION")]
        assert told("run", "--overwrite", "--report", "full/r.html") == [(73, "E-PERMISSION")]
        (tmp_path / "small.yaml").write_text(MANIFEST.replace("[acme, zeta]", "[acme]").replace("-04", "-05"))
        assert told("run", "--frozen") == [(3, "E-DIFFERS")]


def test_a_wrong_command_line_is_for_who_wrote_it(tmp_path: Path) -> None:
    """It never ran, so nobody else hears of it."""
    with company(tmp_path, command(tmp_path, f"cat >{tmp_path}/told")), chdir(tmp_path):
        assert outcome(["run", "--ci", "none", "--report", "small.yaml", "small.yaml"]) == Exit.USAGE
    assert not (tmp_path / "told").exists()


def test_a_refused_run_ends_as_it_would_where_nobody_can_be_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The warning says who was not told; code and advice are those of the refusal."""
    with company(tmp_path, "['false']"), chdir(tmp_path):
        (tmp_path / "password").unlink()
        assert outcome(["run", "--ci", "none", "--progress", "none", "small.yaml"]) == Exit.PROFILES
    err = capsys.readouterr().err
    assert "warning: the command of acme was not told how the run ended: it ended with 1" in err
    assert "care-export: E-SECRET: " in err


WHYS = {
    "'${NOT_SET_ANYWHERE}'": "the variable NOT_SET_ANYWHERE is not set",
    "file:/nowhere": "the file /nowhere cannot be read: No such file or directory",
    "file:{folder}/hook": "no connection can be made",
    "[/nowhere/at/all]": "it cannot be started: No such file or directory",
    "['false']": "it ended with 1",
    '["a\\0b"]': "ValueError",
}
"""What can be written under `notify`, and why nobody is told by it."""


def test_who_cannot_be_told_is_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is what it would have been; each says why, and none shows an address."""
    hook = tmp_path / "hook"
    hook.touch(0o600)
    hook.write_text("http://127.0.0.1:1/verysecret")
    with company(tmp_path, "") as made, chdir(tmp_path):
        assert outcome(["run", "--ci", "none", "--progress", "none", "small.yaml"]) == Exit.DONE
        for notify, why in WHYS.items():
            made(notify.format(folder=tmp_path) if "folder" in notify else notify)
            assert outcome(["run", "--ci", "none", "--progress", "none", "small.yaml"]) == Exit.DONE
            err = capsys.readouterr().err
            assert f"of acme was not told how the run ended: {why}" in err
            assert "verysecret" not in err


def test_nobody_holds_a_run(tmp_path: Path) -> None:
    """Ten seconds, and the run ends: a command is killed with all it started."""
    with company(tmp_path, command(tmp_path, "sleep 60 & echo $! >child; sleep 60")):
        begun = time.monotonic()
        ended = care_export(tmp_path, "run", "small.yaml")
        assert 10 <= time.monotonic() - begun < 25
    assert ended.returncode == Exit.DONE
    assert "warning: the command of acme was not told how the run ended: it took too long" in ended.stderr
    child = Path("/proc") / (tmp_path / "child").read_text().strip()
    state = (child / "stat").read_text().split()[2] if child.exists() else "gone"
    assert state in ("gone", "Z", "X")


def test_a_webhook_is_never_written_down(tmp_path: Path) -> None:
    """An address in profiles.yaml is refused, and not repeated: whoever has it can write to the chat."""
    with company(tmp_path, "https://hooks.example.com/verysecrettoken"):
        ended = care_export(tmp_path, "run", "small.yaml")
    assert ended.returncode == Exit.PROFILES
    assert "profiles.yaml:8:" in ended.stderr
    assert "a reference to a webhook's address" in ended.stderr
    assert "verysecrettoken" not in ended.stderr
    with company(tmp_path, "[]"):
        assert care_export(tmp_path, "run", "small.yaml").returncode == Exit.PROFILES
