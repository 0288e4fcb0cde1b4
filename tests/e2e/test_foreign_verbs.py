"""explain, import and show as a person types them; curl carries out what show writes, against the sandbox."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
import requests

from runner.cli import foreign
from runner.cli.command import outcome
from runner.errors import Exit
from runner.sandbox.accounts import COMPANY_KEY, PASSWORD, USERNAME, Account
from runner.sandbox.clock import VirtualClock
from runner.sandbox.quirks import Quirks
from runner.sandbox.server import Served, serve
from tests import canary
from tests.e2e.launch import care_export, environment, ran
from tests.foreign import FOLDER, MAY, REPORT

COMMAND = f"{shlex.quote(sys.executable)} -m runner"
GOOD = f"{REPORT}/conversation?companyKey=[KEY]&{MAY}&conversationReportType=CLOSED&reportFormat=csv"
SECRETS = ("ACME-COMPANY-KEY-1", "analyst@acme.example", "hunter2-hunter2", "not-in-the-manifest")
CLOCK = VirtualClock()
RECORDED = Account("recorded@acme.example", "recorded-password", "RECORDED-KEY")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Path]:
    """Work in a folder of its own."""
    with chdir(tmp_path):
        yield tmp_path


def typed(capsys: Any, *arguments: str) -> tuple[int, str, str]:
    """Type a command; return how it ended and what it printed."""
    code = outcome(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def test_explain_a_good_address(here: Path, capsys: Any) -> None:
    """Nothing wrong is 0, and it says that nothing was sent."""
    code, out, err = typed(capsys, "explain", "--timezone", "Asia/Tokyo", GOOD)
    assert code == Exit.DONE
    assert out.startswith("conversation (Raw Conversation), which is asked by POST\n")
    assert "1 May 2026 09:00 +09:00" in out
    assert "Nothing was sent, and nothing is kept. `care-export import -` makes" in out
    code, out, _ = typed(capsys, "explain", f"{REPORT}/a/b-b/status?analyticsAccessToken=[TOKEN]")
    assert (code, out.splitlines()[-1]) == (Exit.DONE, "Nothing was sent, and nothing is kept.")
    assert err == ""


def test_explain_leaves_curl_s_options_to_curl(here: Path, capsys: Any) -> None:
    """Whatever follows `curl` is not ours, with or without `--`; ours may stand before it."""
    for before in ((), ("--",)):
        words = [
            "curl",
            "-u",
            "me@acme.example:hunter2-1",
            "-X",
            "POST",
            "--format",
            "x",
            f"{GOOD}&locale=fr",
        ]
        code, out, _ = typed(capsys, "explain", "--format=json", *before, *words)
        assert code == Exit.DATA
        data = json.loads(out)
        assert data["requests"][0]["parameters"]["locale"] == "fr"
        assert "hunter2-1" not in out
        assert "me@acme.example" not in out
        assert data["remarks"][0]["about"] == "credentials"
        assert data["remarks"][0]["wrong"]


def test_explain_never_repeats_a_secret(here: Path, capsys: Any) -> None:
    """Also where it stands in the place of another value, and in what is wrong with it."""
    query = f"companyKey=hunter2-1&hunter2-1=x&locale=hunter2-1&timezone=biscuit-9&{MAY}"
    text = f"curl -u u:hunter2-1 -H 'Cookie: biscuit-9' '{REPORT}/author?{query}'"
    code, out, err = typed(capsys, "explain", text)
    assert code == Exit.DATA
    assert "hunter2-1" not in out + err
    assert "biscuit-9" not in out + err
    assert "***" in out
    assert "the company key, user name, password and token or cookie stand in it" in " ".join(out.split())


@pytest.mark.parametrize("secret", ["hunter2-battery-staple", "hunter2 battery staple"])
def test_no_break_of_a_line_lets_a_secret_out(here: Path, capsys: Any, secret: str) -> None:
    """A text is broken where a hyphen or a space stands in the secret too, so it is masked before."""
    for before in range(40, 80):
        call = {"name": f"{'x' * before} {secret} y", "request": {"url": GOOD, "auth": a_user(secret)}}
        (here / "c.json").write_text(json.dumps({"info": {}, "item": [call]}))
        _, out, _ = typed(capsys, "explain", "c.json")
        assert "battery" not in out
        assert "***" in out


def test_no_cut_of_a_value_lets_a_secret_out(here: Path, capsys: Any) -> None:
    """A long value is cut, through a secret at its end too; what is left of that is known by the mark."""
    for before in range(40, 54):
        line = f"curl -u 'me@acme.example:hunter2-hunter2' '{GOOD}&startTime={'9' * before}hunter2-hunter2'"
        (here / "l.txt").write_text(line)
        for verb in ("explain", "import"):
            assert "hunter2" not in "".join(map(str, typed(capsys, verb, "l.txt")))


def a_user(password: str) -> dict[str, Any]:
    """Return how Postman keeps a user with this password."""
    return {"type": "basic", "basic": {"username": "me@acme.example", "password": password}}


def test_a_company_key_alone_is_only_worth_a_word(here: Path, capsys: Any) -> None:
    """Every address has one; without user and password it lets nobody in."""
    code, out, _ = typed(capsys, "explain", GOOD.replace("[KEY]", "ACME-KEY-77"))
    assert code == Exit.DONE
    assert "the company key stands in it" in out
    assert "ACME-KEY-77" not in out


def test_explain_several_requests(here: Path, capsys: Any) -> None:
    """Each is told by itself, and what holds for all at the end; a file may hold them."""
    (here / "lines.sh").write_text(
        f"curl -X POST “{GOOD}”\ncurl -X GET '{REPORT}/author?companyKey=[KEY]&{MAY}'\n"
    )
    code, out, _ = typed(capsys, "explain", "lines.sh")
    assert code == Exit.DATA
    assert out.index("request 1:") < out.index("request 2:") < out.index("a shell knows")


def test_explain_refuses_what_it_cannot_read(here: Path, capsys: Any) -> None:
    """In words, with a place and a code; an unknown zone is a usage error."""
    code, _, err = typed(capsys, "explain", "hello")
    assert code == Exit.DATA
    assert "the command line:1:1: this is no request; give a URL, a curl line" in err
    assert "E-FOREIGN" in err
    code, _, err = typed(capsys, "explain", "--timezone", "Mars/Olympus", GOOD)
    assert code == Exit.USAGE
    assert "--timezone: unknown timezone" in err


def test_explain_reads_standard_input(tmp_path: Path) -> None:
    """Without an argument or with -, so that no list of processes shows the secrets."""
    (tmp_path / "line").write_text(f"curl -X POST '{GOOD}'")
    for arguments in ("explain", "explain -", "import -"):
        ended = ran(["bash", "-c", f"{COMMAND} {arguments} < line"], tmp_path)
        assert ended.returncode == Exit.DONE
        assert "conversation" in ended.stdout
    assert care_export(tmp_path, "explain").returncode == Exit.DATA


def test_a_person_at_a_terminal_is_told_to_paste(tmp_path: Path) -> None:
    """Nobody waits in silence for what nobody types."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "runner", "explain"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        os.close(theirs)
        os.write(ours, f"{GOOD}\n\x04".encode())
        out, err = child.communicate(timeout=30)
    os.close(ours)
    canary.hear(out.decode(), err.decode())
    assert "Paste it here" in err.decode()
    assert out.decode().startswith("conversation")


def test_the_machine_s_zone(tmp_path: Path) -> None:
    """TZ where it names a zone, else what /etc/localtime leads to, else UTC."""
    link = tmp_path / "localtime"
    assert foreign.local_zone({"TZ": ":Asia/Tokyo"}, link) == "Asia/Tokyo"
    assert foreign.local_zone({"TZ": "CET-1CEST"}, link) == "UTC"
    link.symlink_to("/usr/share/zoneinfo/Europe/Berlin")
    assert foreign.local_zone({}, link) == "Europe/Berlin"
    link.unlink()
    link.symlink_to("/somewhere/else")
    assert foreign.local_zone({}, link) == "UTC"


def test_import_a_postman_collection(here: Path, capsys: Any) -> None:
    """A manifest that validates, profiles beside it, a word on each request that is no export, no secret."""
    code, out, err = typed(
        capsys,
        "import",
        str(FOLDER / "postman.json"),
        *("--environment", str(FOLDER / "environment.json")),
        *("--out", "care.yaml", "--profiles-out", "profiles.yaml", "--profile", "acme"),
    )
    assert code == Exit.DONE
    assert out == ""
    assert "a Postman collection (Care exports): 2 exports taken over" in err
    assert "  Teams: lists teams; it is no export" in err
    assert "Ask for the state: its address is the variable {{statusUrl}}, which" in " ".join(err.split())
    assert "  scripts: scripts of the collection are not run" in err
    assert "were not written" in err
    for path in (here / "care.yaml", here / "profiles.yaml"):
        assert not [one for one in SECRETS if one in path.read_text()]
    assert not [one for one in SECRETS if one in err]
    assert "company_key: ${ACME_COMPANY_KEY}" in (here / "profiles.yaml").read_text()
    code, out, err = typed(capsys, "validate", "care.yaml")
    assert (code, out) == (Exit.DONE, "care.yaml: valid (2 exports, 2 partitions)\n")
    code, out, _ = typed(capsys, "show", "care.yaml", "--as", "postman")
    assert code == Exit.DONE
    assert "{{companyKey}}" in out


@pytest.mark.parametrize("kind", ["bruno", "opencollection.yml"])
def test_import_what_bruno_keeps(here: Path, capsys: Any, kind: str) -> None:
    """A folder, and a file: the same exports as from Postman."""
    given = str(FOLDER / "environment.json")
    code, out, err = typed(capsys, "import", str(FOLDER / kind), "--environment", given)
    assert code == Exit.DONE
    assert "2 exports taken over" in err
    assert "id: conversations-of-june" in out
    assert "period: 2026-06" in out
    assert not [one for one in SECRETS if one in out + err]
    assert "default:\n" in err


def test_import_never_overwrites(here: Path, capsys: Any) -> None:
    """Neither a manifest nor profiles, and it says so before it reads anything."""
    (here / "m.yaml").write_text("mine")
    for option in ("--out", "--profiles-out"):
        code, _, err = typed(capsys, "import", "nothing-there", option, "m.yaml")
        assert code == Exit.CANNOT_CREATE
        assert "m.yaml is there already; nothing was written" in err
    assert (here / "m.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--out", ""), "--out '' names no file"),
        (("--profiles-out", "d/"), "--profiles-out 'd/' names no file"),
        (("--out", "m.yaml", "--profiles-out", "./m.yaml"), "--out and --profiles-out name the same file"),
        (("--profile", "sandbox"), "--profile: `sandbox` is built in; choose another name"),
        (("--profile", "a/b"), "--profile: expected a name of at most 100 letters"),
    ],
)
def test_import_refuses_names_that_cannot_be(
    here: Path, capsys: Any, options: tuple[str, ...], words: str
) -> None:
    """Before anything is read or written, and by the option that says so."""
    (here / "old.txt").write_text(f"curl -X POST '{GOOD}'")
    code, out, err = typed(capsys, "import", "old.txt", *options)
    assert (code, out) == (Exit.USAGE, "")
    assert words in err
    assert [one.name for one in here.iterdir()] == ["old.txt"]


def test_import_makes_the_folders(here: Path, capsys: Any) -> None:
    """As run does for its files; where a file is in the way, nothing can be made."""
    (here / "r.txt").write_text(GOOD)
    code, _, err = typed(
        capsys, "import", "r.txt", "--out", "d/e/m.yaml", "--profiles-out", "p/profiles.yaml"
    )
    assert code == Exit.DONE
    assert "written: d/e/m.yaml" in err
    assert (here / "d/e/m.yaml").is_file()
    assert (here / "p/profiles.yaml").is_file()
    code, _, err = typed(capsys, "import", "r.txt", "--out", "r.txt/m.yaml")
    assert code == Exit.CANNOT_CREATE
    assert "E-PERMISSION" in err


def test_import_tells_what_is_wrong_and_takes_the_rest(here: Path, capsys: Any) -> None:
    """One wrong request ends with 65, but the others are there; what was changed is told, and the date."""
    (here / "r.sh").write_text(
        f"curl -X POST '{GOOD}&locale=EN&foo=1'\n"
        f"curl -X POST '{GOOD}&locale=en'\n"
        f"curl -X POST '{REPORT}/author?companyKey=[KEY]&startTime=1548979200000&endTime=1549979200000'\n"
        f"curl -X POST '{REPORT}/author?companyKey=[KEY]&startTime=5&endTime=6'\n"
        f"curl '{REPORT}/a/b/status?companyKey=[KEY]'\n"
        "curl https://example.com/x\n"
    )
    code, out, err = typed(capsys, "import", "r.sh")
    assert code == Exit.DATA
    assert out.count("  - id: ") == 2
    assert "not taken over: request 4" in err
    assert "  request 2: asks the same as request 1" in err
    assert "  request 1: locale, foo" in err
    assert "  request 5: asks for the state of a job" in err
    assert "  request 6: is no request of this API" in err
    assert "  today: the window begins more than 18 months back" in err


def test_import_nothing_is_refused(here: Path, capsys: Any) -> None:
    """Where nothing can be taken over, nothing is written."""
    (here / "r.sh").write_text("curl https://example.com/x")
    code, out, err = typed(capsys, "import", "r.sh", "--out", "m.yaml")
    assert (code, out) == (Exit.DATA, "")
    assert "nothing in r.sh could be taken over" in err
    assert not (here / "m.yaml").exists()
    code, _, err = typed(capsys, "import", "missing")
    assert code == Exit.NO_INPUT
    code, _, err = typed(capsys, "import", "r.sh", "--environment", ".")
    assert code == Exit.NO_INPUT
    assert "it is a folder" in err
    (here / "bad.json").write_text("{")
    code, _, err = typed(capsys, "import", "r.sh", "--environment", "bad.json")
    assert code == Exit.DATA
    assert "bad.json:1:2: this is not JSON" in err


def test_import_keeps_companies_apart(here: Path, capsys: Any) -> None:
    """By their addresses and keys; each export names its profile, each profile has an address."""
    other = GOOD.replace("https://analytics-api.app", "https://other.app").replace("[KEY]", "OTHER-KEY-9")
    (here / "r.sh").write_text(
        f"curl -X POST '{GOOD}'\ncurl -X POST '{other}'\ncurl -X POST '/api{GOOD[42:]}'\n"
    )
    code, out, err = typed(capsys, "import", "r.sh")
    assert code == Exit.DONE
    assert re.findall(r"profiles: \[(.*)\]", out) == ["company-1", "company-2", "company-3"]
    assert "https://other.app.lithium.com" in err
    assert "OTHER-KEY-9" not in out + err


def test_import_tells_of_the_secrets_of_what_it_passes_over(here: Path, capsys: Any) -> None:
    """They stand in the file all the same: a create without a password, and the state of its job with one."""
    status = f"{REPORT}/a/b-b/status?companyKey=ACME-KEY-77"
    (here / "r.sh").write_text(f"curl -X POST '{GOOD}'\ncurl -u me:hunter2-1 '{status}'\n")
    code, out, err = typed(capsys, "import", "r.sh")
    assert code == Exit.DONE
    assert "secrets in the input (company key, user name, password) were not written" in err
    assert not re.search("ACME-KEY-77|hunter2-1", out + err)


def test_import_refuses_a_secret_in_the_place_of_a_value(here: Path, capsys: Any) -> None:
    """The manifest would hold it; nothing is written."""
    (here / "r.sh").write_text(f"curl -u me:HUNTER22 -X POST '{GOOD}&reportMetrics=HUNTER22'")
    code, out, err = typed(capsys, "import", "r.sh")
    assert (code, out) == (Exit.DATA, "")
    assert "the same text as one of its secrets" in err
    assert "HUNTER22" not in err


@pytest.mark.parametrize(
    "line",
    [
        "http POST '{}' -a me:S3cretPW1",
        "wget {} --user=me --password=S3cretPW1",
        'requests.post("{}", auth=("me","S3cretPW1"))',
        "{} and password is S3cretPW1",
        "{}\nS3cretPW1",
        "POST {} -a me:S3cretPW1",
    ],
)
def test_no_text_around_an_address_is_told_or_written(here: Path, capsys: Any, line: str) -> None:
    """It may hold a password that nobody knows for one: neither verb repeats it."""
    (here / "leak.txt").write_text(line.format(f"{GOOD}&reportMetrics=FOO"))
    for arguments in (("import", "leak.txt", "--out", "lk.yaml"), ("explain", "leak.txt")):
        code, out, err = typed(capsys, *arguments)
        assert (code, out) == (Exit.DATA, "")
        assert "copy it as cURL (bash) in the browser, or give the URL alone" in err
        assert "S3cret" not in err
    assert not (here / "lk.yaml").exists()


def test_a_folder_is_bounded(here: Path, capsys: Any) -> None:
    """Links and hidden files are passed over; too many files are refused."""
    (here / "b" / "node_modules").mkdir(parents=True)
    (here / "b" / ".hidden.bru").write_text("x")
    (here / "b" / "link.bru").symlink_to("/etc/passwd")
    (here / "b" / "node_modules" / "x.bru").write_text("x")
    (here / "b" / "r.bru").write_text(f"post {{\n  url: {GOOD}\n}}\n")
    code, out, _ = typed(capsys, "import", "b")
    assert code == Exit.DONE
    assert out.count("- id:") == 1
    (here / "many").mkdir()
    for number in range(foreign.MAX_FILES + 1):
        (here / "many" / f"{number}.bru").touch()
    code, _, err = typed(capsys, "import", "many")
    assert code == Exit.DATA
    assert "many holds too much" in err


def test_an_empty_word_is_not_this_folder(here: Path, capsys: Any) -> None:
    """A variable was empty; what lies in the current folder was not given."""
    (here / "r.bru").write_text(f"post {{\n  url: {GOOD}\n}}\n")
    for arguments in (("explain", ""), ("import", ""), ("import", "r.bru", "--environment", "")):
        code, out, err = typed(capsys, *arguments)
        assert (code, out) == (Exit.DATA, "")
        assert "there is nothing in it; give a URL" in err


def test_a_folder_without_such_files_is_refused_with_what_to_give(here: Path, capsys: Any) -> None:
    """A folder is read where Bruno or an OpenCollection is kept in it; Postman keeps a file."""
    (here / "c").mkdir()
    (here / "c" / "collection.json").write_text(a_collection(GOOD))
    code, _, err = typed(capsys, "import", "c")
    assert code == Exit.DATA
    assert "there is no file of Bruno or of an OpenCollection in it; give another tool's file itself" in err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sub/a.bru", b"\xff\x00\xfe"),
        ("sub/b.yml", b"a: &x 1"),
        ("c.bru", b"get {\n  url: x/?" + b"a=1&" * 1_001),
    ],
)
def test_the_file_of_a_folder_at_fault_is_named(here: Path, capsys: Any, name: str, content: bytes) -> None:
    """With many files one has to find it; its path is the one from here."""
    (here / "b" / "sub").mkdir(parents=True)
    (here / "b" / name).write_bytes(content)
    for arguments in (("import", "b"), ("explain", "b")):
        code, _, err = typed(capsys, *arguments)
        assert code == Exit.DATA
        assert f"b/{name}:1:" in err


@pytest.mark.parametrize("name", ["./old.tx", "~/none", "x.har", "x/old.txt", "OLD1.TXT", "/none"])
def test_a_file_that_is_not_there_is_no_address(here: Path, capsys: Any, name: str) -> None:
    """A word that looks like a file's name is one; import takes every word for one."""
    (here / "old.txt").write_text(GOOD)
    for verb in ("explain", "import"):
        code, out, err = typed(capsys, verb, name)
        assert (code, out) == (Exit.NO_INPUT, "")
        assert "E-NO-FILE: there is no file" in err
        assert ("; did you mean 'old.txt'?" in err) == (name in ("./old.tx", "OLD1.TXT"))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("import",), Exit.NO_INPUT),
        (("show",), Exit.NO_INPUT),
        (("import", "one"), Exit.USAGE),
        (("explain", "one", "--environment"), Exit.NO_INPUT),
        (("drift", "--openapi"), Exit.NO_INPUT),
    ],
)
def test_an_address_in_the_place_of_a_file_is_not_repeated(
    here: Path, capsys: Any, arguments: tuple[str, ...], code: Exit
) -> None:
    """Whoever gives an address where a file belongs is told so, without its values."""
    ended, out, err = typed(capsys, *arguments, f"https://me:hunter2-1@host/a?companyKey={SECRETS[0]}")
    assert (ended, out) == (code, "")
    assert "host/a?companyKey=…" in err
    assert not [one for one in (*SECRETS, "hunter2-1") if one in err]


def test_import_says_how_an_address_is_given(here: Path, capsys: Any) -> None:
    """Import takes a file; an address goes into one, or to standard input."""
    _, _, err = typed(capsys, "import", "https://host/a")
    assert err.splitlines()[0] == "care-export: E-NO-FILE: 'https://host/a' is an address and no file"
    assert "give - and paste it" in err


def test_a_path_of_the_api_is_an_address(here: Path, capsys: Any) -> None:
    """It begins as a file's name does, but nobody has such a file."""
    code, out, _ = typed(capsys, "explain", "/api/public/teams?companyKey=[KEY]")
    assert (code, out.splitlines()[0]) == (
        Exit.DONE,
        "the list of teams, whose numbers teamIds takes; it is no export",
    )


def test_an_address_that_leads_nowhere_is_wrong(here: Path, capsys: Any) -> None:
    """It asks for nothing that is known; of a recording, and behind a variable, it is left alone."""
    for text in ("https://analytics-api.app.lithium.com/api/x?companyKey=[KEY]", "https://example.com/"):
        code, out, _ = typed(capsys, "explain", text)
        assert code == Exit.DATA
        assert "path: it leads to no endpoint that is known" in out
    entries = [
        {"request": {"method": "GET", "url": url}}
        for url in (GOOD, "https://analytics-api.app.lithium.com/x")
    ]
    (here / "page.har").write_text(json.dumps({"log": {"entries": entries}}))
    for text in ("GET {{statusUrl}}", "curl $STATUS_URL", "page.har"):
        code, out, _ = typed(capsys, "explain", text)
        assert "it leads to no endpoint" not in out


@pytest.mark.parametrize(
    ("others", "said"),
    [
        (1, "recording: 1 more request leads elsewhere, and nothing is said of that"),
        (300, "recording: 300 more requests lead elsewhere, and nothing is said of that"),
    ],
)
def test_of_a_recording_only_what_is_ours_is_explained(
    here: Path, capsys: Any, others: int, said: str
) -> None:
    """A browser asks a hundred hosts meanwhile; none of them is wrong, and they are only counted."""
    urls = [GOOD, *(f"https://host{number}.example/a?b=c" for number in range(others))]
    entries = [{"request": {"method": "POST", "url": url}} for url in urls]
    (here / "page.har").write_text(json.dumps({"log": {"entries": entries}}))
    code, out, _ = typed(capsys, "explain", "page.har")
    assert code == Exit.DONE
    assert said in out
    assert "host0.example" not in out
    (here / "page.har").write_text(json.dumps({"log": {"entries": entries[1:]}}))
    code, out, _ = typed(capsys, "explain", "page.har")
    assert code == Exit.DATA
    assert out.startswith("  recording: no request in it is one of this API\n")


def a_collection(url: str, *variables: str) -> str:
    """Return a collection of Postman with one request, or an environment with these variables."""
    if variables:
        values = [{"key": one, "value": two} for one, two in (each.split("=") for each in variables)]
        return json.dumps({"name": "E", "values": values})
    return json.dumps(
        {"info": {"name": "C"}, "item": [{"name": "r", "request": {"method": "POST", "url": url}}]}
    )


def test_variables_without_a_value_are_told(here: Path, capsys: Any) -> None:
    """The host of the profile is a guess then; with the environment they have one, and are not told."""
    url = GOOD.replace("analytics-api.app.lithium.com", "{{host}}").replace("[KEY]", "{{key}}")
    (here / "c.json").write_text(a_collection(url))
    (here / "e.json").write_text(a_collection("", "host=eu.app.lithium.com", "key=ACME-KEY-77"))
    code, _, err = typed(capsys, "import", "c.json")
    assert code == Exit.DONE
    said = "{{host}} and {{key}} have no value in it; give the environment file with --environment"
    assert said in " ".join(err.split())
    assert "base_url: https://{{" not in err
    code, _, err = typed(capsys, "import", "c.json", "--environment", "e.json")
    assert code == Exit.DONE
    assert "no value" not in err
    assert "base_url: https://eu.app.lithium.com" in err
    (here / "r.txt").write_text(f"POST {url}")
    _, _, err = typed(capsys, "import", "r.txt")
    assert "variables: {{host}} has no value in it; write the host in its place" in " ".join(err.split())


def test_explain_takes_an_environment_too(here: Path, capsys: Any) -> None:
    """As import does, from a file and from the command line; a collection is none."""
    url = f"{GOOD}&smartViewId={{{{view}}}}"
    text = a_collection(url)
    (here / "c.json").write_text(text)
    (here / "e.json").write_text(a_collection("", "view=7"))
    code, out, _ = typed(capsys, "explain", "c.json")
    assert code == Exit.DATA
    assert "{{view}} has no value here; give it with --environment" in " ".join(out.split())
    for given in ("c.json", text):
        code, out, _ = typed(capsys, "explain", "--environment", "e.json", given)
        assert code == Exit.DONE
        assert "smartViewId 7" in out
    code, _, err = typed(capsys, "explain", "--environment", "c.json", "c.json")
    assert code == Exit.DATA
    assert "c.json:1:1: this is no environment; give a collection as FILE" in err


MANIFEST = """\
version: 1
timezone: Europe/Berlin
period: 2026-05-04
exports:
  - id: created
    report: conversation
    format: csv
    parameters: {conversationReportType: CREATED, priorities: [0, 1]}
  - {id: users, report: user, format: json, parameters: {includeDisabled: true}}
"""


def test_show_names_what_is_there(here: Path, capsys: Any) -> None:
    """Only what is asked for; an unknown id, and an address that is none, are usage errors."""
    (here / "m.yaml").write_text(MANIFEST)
    code, out, _ = typed(capsys, "show", "m.yaml", "--as", "url", "--export", "users")
    assert code == Exit.DONE
    assert out.count("POST ") == 1
    one = "created/sandbox/2026-05-04_2026-05-05"
    code, out, _ = typed(capsys, "show", "m.yaml", "--as", "url", "--partition", one)
    assert out.splitlines()[1].startswith(f"# {one}: ")
    assert out.count("POST ") == 1
    code, _, err = typed(capsys, "show", "m.yaml", "--export", "user")
    assert code == Exit.USAGE
    assert "did you mean 'users'?" in err
    code, _, err = typed(capsys, "show", "m.yaml", "--partition", "x")
    assert "there are created/sandbox/2026-05-04_2026-05-05, users" in err
    code, _, err = typed(capsys, "show", "m.yaml", "--base-url", "ftp://x")
    assert code == Exit.USAGE
    assert "--base-url: the address must begin with https://" in err


@pytest.mark.parametrize("form", ["curl", "url", "hurl", "postman"])
def test_show_says_how_the_sandbox_is_started(here: Path, capsys: Any, form: str) -> None:
    """Nothing answers at its address by itself; another address needs no such word."""
    (here / "m.yaml").write_text(MANIFEST)
    code, out, _ = typed(capsys, "show", "m.yaml", "--as", form)
    assert code == Exit.DONE
    said = "At http://127.0.0.1:8080 answers the sandbox: care-export sandbox --port 8080"
    assert said in (json.loads(out)["info"]["description"] if form == "postman" else out.splitlines()[0])
    code, out, _ = typed(capsys, "show", "m.yaml", "--as", form, "--base-url", "https://eu.example")
    assert "care-export sandbox" not in out


def test_show_uses_profiles_where_there_are_some(here: Path, capsys: Any) -> None:
    """Those of profiles.yaml; without one, those that are named are taken on trust."""
    (here / "m.yaml").write_text(f"profiles: [acme-eu, sandbox]\n{MANIFEST}")
    code, out, _ = typed(capsys, "show", "m.yaml", "--as", "url", "--base-url", "https://eu.example/")
    assert code == Exit.DONE
    assert "https://eu.example/api/public" in out
    assert "${ACME_EU_COMPANY_KEY}" in out
    (here / "profiles.yaml").write_text(
        "version: 1\nprofiles:\n  acme-eu: {base_url: 'https://eu.lithium.com', company_key: '${K}', "
        "username: '${U}', password: 'file:/run/p'}\n"
    )
    code, out, _ = typed(capsys, "show", "m.yaml")
    assert '-u "$U":"$(cat /run/p)"' in out
    assert "https://eu.lithium.com/api" in out


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """Serve a sandbox with an account whose secrets hold every sign that a shell knows."""
    accounts = (canary.ACCOUNT, RECORDED)
    with serve(clock=CLOCK, accounts=accounts, quirks=Quirks(over_rate="ignore")) as sandbox:
        yield sandbox


def seen(served: Served) -> list[dict[str, Any]]:
    """Return the creates that the sandbox has seen."""
    found = requests.get(f"{served.api_origin}/__sandbox/requests", timeout=10).json()
    return [one for one in found if "/report/" in one["path"] and "/status" not in one["path"]]


def test_what_show_writes_is_carried_out_by_curl(here: Path, served: Served) -> None:
    """Bash and curl send exactly the plan's requests, whatever signs the secrets hold."""
    (here / "m.yaml").write_text(MANIFEST)
    variables = {key: "${" + f"CANARY_{key.upper()}" + "}" for key in ("company_key", "username", "password")}
    profile = {"base_url": served.api_origin, **variables}
    (here / "profiles.yaml").write_text(json.dumps({"version": 1, "profiles": {"default": profile}}))
    planned = json.loads(care_export(here, "plan", "m.yaml", "--format", "json").stdout)["partitions"]
    script = care_export(here, "show", "m.yaml").stdout
    ended = subprocess.run(
        ["bash", "-ec", script], env=environment(), capture_output=True, timeout=30, check=True
    )
    assert [json.loads(line)["status"] for line in re.findall(r"\{.*?\}\}", ended.stdout.decode())] == [
        "PASS"
    ] * 2
    for one, partition in zip(seen(served)[-2:], planned, strict=True):
        asked = partition["request"]
        assert (one["method"], one["path"], one["status"]) == (asked["method"], asked["path"], 200)
        query = [pair for pair in one["query"] if pair[0] != "companyKey"]
        assert (query, one["form"]) == (asked["query"], asked["form"])


def test_a_recorded_session_becomes_the_manifest(
    here: Path, served: Served, capsys: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A HAR of a whole session, from create to file: the creates are the exports, the rest is passed over."""
    caplog.set_level("WARNING", "urllib3")
    session = Recorder((RECORDED.username, RECORDED.password))
    url = f"{served.api_origin}/api/public/reports/report"
    key = {"companyKey": RECORDED.company_key}
    window = {"startTime": "1777867200000", "endTime": "1777953599999"}
    asked = {"timezone": "Etc/GMT+4", "reportFormat": "csv", "reportMetrics": ["CONVERSATION_ID", "STATUS"]}
    created = session.call("POST", f"{url}/conversation", params={**key, **window, **asked})
    session.call("POST", f"{url}/user", params=key, data={**window, "teamId": ["6222", "7031"]})
    status = created.json()["result"]["statusUrl"]
    session.call("GET", status)
    CLOCK.advance(600_000)
    ready = session.call("GET", status).json()["result"]
    session.call("GET", ready["jobInfo"]["downloadUrl"])
    (here / "session.har").write_text(json.dumps(session.har()))
    code, out, err = typed(capsys, "import", "session.har", "--out", "m.yaml")
    assert (code, out) == (Exit.DONE, "")
    assert "2 exports taken over" in err
    (here / "session.har").unlink()
    assert not re.search("RECORDED-KEY|recorded-password|recorded@", err + (here / "m.yaml").read_text())
    code, out, _ = typed(capsys, "plan", "m.yaml", "--format", "json")
    first, second = (one["request"] for one in json.loads(out)["partitions"])
    made = [[name, value] for name, values in {**window, **asked}.items() for value in _listed(values)]
    assert first["query"] == sorted(made, key=lambda pair: pair[0])
    both = [["endTime", window["endTime"]], ["startTime", window["startTime"]]]
    assert second["form"] == [*both, ["teamId", "6222"], ["teamId", "7031"]]
    assert "    timezone: Etc/GMT+4\n    period: 2026-05-04\n" in (here / "m.yaml").read_text()


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


class Recorder:
    """Calls a server and keeps what was sent and what came back, as a browser's HAR does."""

    def __init__(self, auth: tuple[str, str]) -> None:
        self.session = requests.Session()
        self.session.auth = auth
        self.entries: list[dict[str, Any]] = []

    def call(self, method: str, url: str, **more: Any) -> requests.Response:
        """Send one request; each hop of a redirect is an entry of its own."""
        answer = self.session.request(method, url, timeout=10, **more)
        self.entries += [self.entry(one) for one in (*answer.history, answer)]
        return answer

    def entry(self, answer: requests.Response) -> dict[str, Any]:
        """Return one entry, with all that version 1.2 wants to be there."""
        sent = answer.request
        query = requests.utils.urlparse(sent.url or "").query
        pairs = [one.partition("=") for one in query.split("&") if one]
        request: dict[str, Any] = {
            "method": sent.method,
            "url": sent.url,
            "httpVersion": "HTTP/1.1",
            "headers": [{"name": name, "value": value} for name, value in sent.headers.items()],
            "queryString": [
                {"name": name, "value": requests.utils.unquote(value)} for name, _, value in pairs
            ],
            "cookies": [],
            "headersSize": -1,
            "bodySize": len(sent.body or ""),
        }
        if sent.body:
            text = sent.body if isinstance(sent.body, str) else sent.body.decode()
            request["postData"] = {"mimeType": sent.headers["Content-Type"], "text": text}
        content = {"size": len(answer.content), "mimeType": answer.headers.get("Content-Type", "")}
        response = {
            "status": answer.status_code,
            "statusText": answer.reason,
            "httpVersion": "HTTP/1.1",
            "headers": [{"name": name, "value": value} for name, value in answer.headers.items()],
            "cookies": [],
            "content": {**content, "text": answer.text},
            "redirectURL": answer.headers.get("Location", ""),
            "headersSize": -1,
            "bodySize": len(answer.content),
        }
        timings = {"send": 0, "wait": 1, "receive": 0}
        return {
            "startedDateTime": "2026-07-01T00:00:00.000Z",
            "time": 1,
            "request": request,
            "response": response,
            "cache": {},
            "timings": timings,
        }

    def har(self) -> dict[str, Any]:
        """Return the log."""
        creator = {"name": "a test", "version": "1"}
        return {"log": {"version": "1.2", "creator": creator, "pages": [], "entries": self.entries}}


def test_the_sandbox_s_own_example_is_explained_and_taken_over(here: Path, capsys: Any) -> None:
    """What the sandbox prints as an example has nothing wrong, and its account is no secret."""
    line = f"curl -u '{USERNAME}:{PASSWORD}' -X POST '{GOOD.replace('[KEY]', COMPANY_KEY)}'".replace(
        "https://analytics-api.app.lithium.com", "http://127.0.0.1:8080"
    )
    code, out, _ = typed(capsys, "explain", line)
    assert code == Exit.DONE, out
    (here / "line").write_text(line)
    code, _, err = typed(capsys, "import", "line")
    assert code == Exit.DONE
    assert "were not written" not in err
    assert "http://127.0.0.1:8080" in err
