"""What doctor looks at, and how it tells."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from runner.cli import machine
from runner.cli.command import outcome
from runner.cli.doctor import answered, judged, lines
from runner.client import Answer, Distrusted, Got, Missed
from runner.client.knock import Knock
from runner.errors import Exit
from runner.health import Finding, ok, wrong
from runner.sandbox.accounts import COMPANY_KEY, PASSWORD, USERNAME
from runner.sandbox.server import serve
from tests.e2e.launch import care_export

Shown = Callable[..., tuple[int, str]]
ZONES = json.dumps({"result": [{"id": "Europe/Berlin"}, {"id": "UTC"}]})


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Go into an empty folder."""
    with chdir(tmp_path):
        yield tmp_path


@pytest.fixture
def shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> Shown:
    """Return what runs doctor, and gives its exit code and what it says."""

    def run(*arguments: str) -> tuple[int, str]:
        code = outcome(["doctor", *arguments])
        return code, capsys.readouterr().out

    return run


def company(folder: Path, base_url: str, password: str = PASSWORD) -> None:
    """Write profiles.yaml for the sandbox's company at an address, its secrets in files."""
    secrets = {"key": COMPANY_KEY, "name": USERNAME, "word": password}
    for name, secret in secrets.items():
        (folder / name).write_text(secret)
        (folder / name).chmod(0o600)
    (folder / "profiles.yaml").write_text(
        f"version: 1\nprofiles:\n  acme:\n    base_url: {base_url}\n    company_key: file:{folder}/key\n"
        f"    username: file:{folder}/name\n    password: file:{folder}/word\n"
    )


def seen(answer: Answer, *zones: str) -> list[Finding]:
    """Return what an answer to the list of time zones means."""
    return list(answered(answer, zones))


def test_an_empty_folder_is_well(shown: Shown, folder: Path) -> None:
    """Without profiles it is the sandbox that would be asked; nothing is left behind."""
    code, text = shown()
    assert code == Exit.DONE
    assert text.endswith("\nAll is well.\n")
    assert "profile sandbox  built in; it needs no credentials" in text
    assert list(folder.iterdir()) == []


def test_json_has_a_finding_for_each_line(shown: Shown) -> None:
    """Programs get level, subject, words, fix and exit code."""
    code, text = shown("--format", "json")
    found: list[dict[str, Any]] = json.loads(text)
    assert code == Exit.DONE
    assert all(list(one) == ["level", "about", "seen", "fix", "exit"] for one in found)
    assert [one["about"] for one in found][:3] == ["program", "time zones", "profile sandbox"]


def test_a_manifest_brings_its_profiles_and_zones(shown: Shown, folder: Path) -> None:
    """With --ask the zones are compared with the vendor's list; the sandbox answers in memory."""
    (folder / "q1.yaml").write_text(
        "version: 1\ntimezone: Europe/Berlin\nperiod: 2026-05\n"
        "exports: [{report: author}, {id: two, report: author, timezone: UTC}]\n"
    )
    code, text = shown("q1.yaml", "--ask")
    assert code == Exit.DONE
    assert "the server accepts the credentials" in text
    assert "has Europe/Berlin, UTC" in text


def test_a_manifest_that_is_wrong_is_told_and_the_rest_goes_on(shown: Shown, folder: Path) -> None:
    """The first problem, how many more there are, and the exit code of the manifest."""
    (folder / "q1.yaml").write_text("version: 1\nexports: [{report: authr}, {report: usr, format: xml}]\n")
    code, text = shown("q1.yaml")
    words = " ".join(text.split())
    assert code == Exit.DATA
    assert "q1.yaml:1:1: missing key" in words or "q1.yaml:2:" in words
    assert " more)" in words
    assert "1 thing wrong" in words


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--profile", "acmee"), Exit.PROFILES, "did you mean 'acme'?"),
        (("missing.yaml",), Exit.NO_INPUT, "there is no manifest"),
    ],
)
def test_what_is_not_there_is_told(
    shown: Shown, folder: Path, arguments: tuple[str, ...], code: Exit, words: str
) -> None:
    """A profile with the closest name, a manifest with what to do."""
    company(folder, "http://127.0.0.1:9")
    ended, text = shown(*arguments)
    assert (ended, words in " ".join(text.split())) == (code, True)


def test_a_company_is_reached_and_asked_only_with_ask(shown: Shown, folder: Path) -> None:
    """Without --ask the server sees a request without credentials; with it one more, and accepts it."""
    with serve() as served:
        company(folder, served.api_origin)
        code, text = shown("--profile", "acme")
        assert code == Exit.DONE
        assert [(one.method, one.path) for one in served.application._memory.asked()] == [("HEAD", "/")]
        assert "all three can be had: the file " in " ".join(text.split())
        assert "clock" in text
        code, text = shown("--profile", "acme", "--ask")
        assert code == Exit.DONE
        assert "has them all" in text


def test_credentials_that_are_refused_are_77(shown: Shown, folder: Path) -> None:
    """And the fix names the three references."""
    with serve() as served:
        company(folder, served.api_origin, "something-else")
        code, text = shown("--profile", "acme", "--ask")
    assert code == Exit.CREDENTIALS
    assert "Check the three references" in text


def test_credentials_that_cannot_be_had_are_78_and_nothing_is_asked(shown: Shown, folder: Path) -> None:
    """The message names the file, never what is in it."""
    with serve() as served:
        company(folder, served.api_origin)
        (folder / "word").chmod(0o644)
        code, text = shown("--profile", "acme", "--ask")
        assert len(served.application._memory.asked()) == 1
    assert code == Exit.PROFILES
    assert f"{folder}/word" in "".join(text.split())


def test_nobody_is_asked_where_nobody_answers(shown: Shown, folder: Path) -> None:
    """An address that is not reached is told once, and the credentials stay here."""
    company(folder, "http://127.0.0.1:9")
    code, text = shown("--profile", "acme", "--ask")
    assert code == Exit.UNFINISHED
    assert "127.0.0.1:9: Connection refused" in text
    assert "answer " not in text


def test_certificates_that_cannot_be_read_are_told(folder: Path) -> None:
    """SSL_CERT_FILE that names nothing is 78, as a run would end."""
    company(folder, "https://127.0.0.1:9")
    ended = care_export(folder, "doctor", "--profile", "acme", environ={"SSL_CERT_FILE": "/nowhere"})
    assert ended.returncode == Exit.PROFILES
    assert "SSL_CERT_FILE names '/nowhere'" in " ".join(ended.stdout.split())


@pytest.mark.parametrize(
    ("knock", "expected"),
    [
        (Knock("name", "the name is not found"), [("wrong", "address")]),
        (Knock("answer", "no HTTP", until=2_000_000_000), [("wrong", "address"), ("ok", "certificate")]),
        (Knock("certificate", "self-signed"), [("wrong", "certificate")]),
        (
            Knock("open", until=1_800_000_000, ahead_s=900.0),
            [("ok", "address"), ("ok", "certificate"), ("wrong", "clock")],
        ),
    ],
)
def test_how_far_a_knock_went_is_what_is_told(knock: Knock, expected: list[tuple[str, str]]) -> None:
    """What was seen on the way is told too."""
    found = list(judged(knock, "api.example.com:443", 1_700_000_000))
    assert [(one.level, one.about) for one in found] == expected


def test_an_answer_means_what_it_means_for_a_run() -> None:
    """Each kind has the level and the exit code that a run would end with."""
    assert [one.level for one in seen(Got(200, ZONES, ""), "UTC")] == ["ok", "ok"]
    assert [one.exit for one in seen(Got(403, "", ""))] == [Exit.CREDENTIALS]
    assert [one.level for one in seen(Got(429, "", "30"))] == ["warning"]
    assert [one.exit for one in seen(Got(404, "", ""))] == [Exit.VENDOR]
    assert [one.exit for one in seen(Missed(False, "E-CONNECT", "gone"))] == [Exit.UNFINISHED]
    assert [one.exit for one in seen(Distrusted("E-TLS", "no"))] == [Exit.UNTRUSTED]


def test_a_zone_that_the_vendor_lacks_is_a_warning() -> None:
    """With the nearest that it has."""
    lacking = seen(Got(200, ZONES, ""), "Europe/Berlyn", "UTC")[1:]
    assert [one.level for one in lacking] == ["warning"]
    assert "did you mean 'Europe/Berlin'?" in lacking[0].fix


@pytest.mark.parametrize("body", ["<html>", "[]", '{"result": [1]}', '{"result": null}', "{}"])
def test_a_strange_list_is_told_and_no_more(body: str) -> None:
    """The credentials were accepted; what came is shown as far as it fits."""
    assert [one.level for one in seen(Got(200, body, ""), "UTC")] == ["ok", "warning"]


def failing(number: int) -> Callable[..., None]:
    """Return what fails with this error, whatever it is asked."""

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


def test_a_file_system_that_cannot_sync_or_lock_is_wrong(tmp_path: Path) -> None:
    """Each step is named; nothing stays behind."""
    assert "cannot sync" in machine.kept(tmp_path, sync=failing(errno.EINVAL)).seen
    assert "cannot lock" in machine.kept(tmp_path, lock=failing(errno.ENOLCK)).seen
    twice = machine.kept(tmp_path, lock=lambda *_: None)
    assert (twice.level, twice.exit) == ("wrong", Exit.IO)
    assert machine.kept(tmp_path, lock=fcntl.flock).level == "ok"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_where_nothing_can_be_made_is_73(tmp_path: Path) -> None:
    """As a run would end there."""
    found = machine.kept(tmp_path / "missing")
    assert (found.level, found.exit) == ("wrong", Exit.CANNOT_CREATE)


def test_the_folder_above_is_looked_at_where_there_is_none_yet(tmp_path: Path) -> None:
    """Nothing is made by looking."""
    assert machine.nearest(tmp_path / "a" / "b") == tmp_path
    assert machine.nearest(tmp_path) == tmp_path
    room, kept = machine.disks(tmp_path / "a", tmp_path / "b")
    assert (room.about, kept.about) == ("room", "file system")
    assert room.seen.startswith(f"{tmp_path}/a and {tmp_path}/b: ")
    assert kept.seen.endswith(f" in {tmp_path}")


def test_each_thing_is_said_once(shown: Shown, folder: Path) -> None:
    """No two lines read the same, and no folder stands in two lines of one subject."""
    (folder / ".care-export").mkdir(0o700)
    _, text = shown("--format", "json")
    found = json.loads(text)
    assert len({one["seen"] for one in found}) == len(found)
    assert [one["about"] for one in found].count("state folder") == 1
    systems = [one["seen"] for one in found if one["about"] == "file system"]
    assert [one.rpartition(" in ")[2] for one in systems] == [str(folder), str(folder / ".care-export")]


def test_that_only_the_sandbox_was_looked_at_is_a_warning(shown: Shown, folder: Path) -> None:
    """Where companies are defined and none is the default; who names one, or the sandbox, is not warned."""
    company(folder, "http://127.0.0.1:9")
    text = " ".join(shown()[1].split())
    assert "only the sandbox was looked at: profiles.yaml defines acme, but no default" in text
    assert "Fix: Name one with --profile acme;" in text
    assert "All is well" not in text
    (folder / "q1.yaml").write_text(
        "version: 1\nperiod: 2026-05\ntimezone: UTC\nexports: [{report: author}]\n"
    )
    assert "only the sandbox" in " ".join(shown("q1.yaml")[1].split())
    assert "only the sandbox" not in shown("--profile", "sandbox")[1]
    (folder / "q1.yaml").write_text(
        "version: 1\nprofiles: [sandbox]\nperiod: 2026-05\ntimezone: UTC\nexports: [{report: author}]\n"
    )
    assert "only the sandbox" not in shown("q1.yaml")[1]


def test_a_journal_that_git_would_take_along_is_a_warning(tmp_path: Path) -> None:
    """Looked up in each .gitignore from the root down, and in git's own list."""
    team = tmp_path / "team"
    (tmp_path / ".git" / "info").mkdir(parents=True)
    team.mkdir()
    state = team / ".care-export"
    assert [one.level for one in machine.private(state)] == ["warning"]
    state.mkdir(0o755)
    state.chmod(0o755)
    (team / ".gitignore").write_text("/.care-export/\n")
    assert [(one.level, one.about) for one in machine.private(state)] == [
        ("warning", "state folder"), ("ok", "git"),
    ]  # fmt: skip
    (team / ".gitignore").unlink()
    (tmp_path / ".git" / "info" / "exclude").write_text(".care-export\n")
    assert [one.level for one in machine.private(state)] == ["warning", "ok"]


@pytest.mark.parametrize("width", [80, 120])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    """Long words and fixes are wrapped under their subject."""
    found = [ok("address", "x " * 100), wrong("profile acme", "y " * 80, "z " * 90, Exit.PROFILES)]
    told = list(lines(found, width))
    assert max(map(len, told)) <= width
    assert told[0].startswith("ok       address       x")
    assert any(line.lstrip().startswith("Fix: z") for line in told)
