"""`care-export run` and `verify`, from manifest to lock, on the sandbox in memory."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, chdir, contextmanager
from pathlib import Path

import pytest

from runner import catalog, document, profiles
from runner.cli.command import outcome
from runner.cli.stop import Stop
from runner.errors import Exit
from runner.holding import hold
from runner.journal import Journal
from runner.manifest import parse
from runner.plan import plan
from runner.report import lock
from runner.sandbox.clock import START_MS, ScaledClock
from runner.sandbox.server import serve
from runner.sandbox.wire import Request
from tests import canary
from tests.e2e.launch import environment
from tests.unit import builders

MANIFEST = """\
version: 1
name: small
timezone: UTC
period: 2026-05-04
defaults: {format: csv}
output: {filename: "{{ export }}.{{ format }}"}
exports:
  - {id: agents, report: raw_agent_states}
  - {id: posts, report: incoming_post}
"""
AGENTS, POSTS = Path("exports/agents.csv"), Path("exports/posts.csv")
LOCK = Path("small.lock.json")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    """Work in an empty folder that holds one small manifest."""
    with chdir(tmp_path):
        Path("small.yaml").write_text(MANIFEST)
        yield tmp_path


def run(*arguments: str) -> int:
    """Run the small manifest without a view."""
    return outcome(["run", "--progress", "none", *arguments, "small.yaml"])


def requests() -> list[str]:
    """Return the kind of each request that the journal knows of."""
    with Journal.open(Path(".care-export/journal.db")) as journal:
        kinds = [event.kind for event in journal.replay("sandbox")]
    return [one for one in kinds if one in ("intent", "polled", "downloading")]


def creates() -> int:
    """Count the create requests that the journal knows of."""
    return requests().count("intent")


def test_a_run_leaves_files_a_lock_and_says_whose_data_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Files, rows, lock, source: in three lines; a rerun says that nothing changed."""
    assert run() == Exit.DONE
    out = capsys.readouterr().out
    assert "small: 2 of 2 files" in out
    assert "lock: small.lock.json (written)" in out
    assert "source: sandbox" in out
    assert {one["source"] for one in json.loads(LOCK.read_text())["partitions"].values()} == {"sandbox"}
    assert run() == Exit.DONE
    assert "(unchanged)" in capsys.readouterr().out
    assert creates() == 2


def test_ndjson_has_standard_output_to_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """With --progress json every line of standard output is JSON."""
    assert outcome(["run", "--progress", "json", "small.yaml"]) == Exit.DONE
    kinds = [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()]
    assert kinds.count("done") == 2
    assert outcome(["run", "--progress", "json", "small.yaml"]) == Exit.DONE
    assert [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()] == ["there"] * 2


@pytest.mark.parametrize("option", ["--out", "--state"])
def test_a_file_in_the_place_of_a_folder_is_called_no_folder(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither its owner nor its mode is what is wrong with it."""
    for place in ("/dev/null", "/dev/null/below", "small.yaml"):
        assert run(option, place) == Exit.CANNOT_CREATE
        err = capsys.readouterr().err
        assert "no folder" in err
        assert "owner" not in err


def test_frozen_says_the_same_or_names_what_differs(capsys: pytest.CaptureFixture[str]) -> None:
    """--frozen ends with 3 where the files differ from the committed lock, and leaves that as it is."""
    assert run("--frozen") == Exit.NO_INPUT
    assert run() == run("--frozen") == Exit.DONE
    assert "(the same)" in capsys.readouterr().out
    data = json.loads(LOCK.read_text())
    data["partitions"]["agents/sandbox/2026-05-04_2026-05-05"] |= {"rows": 1, "sha256": "0" * 64}
    LOCK.write_text(json.dumps(data))
    before = LOCK.read_bytes()
    assert run("--frozen") == Exit.DIFFERS
    assert "agents/sandbox/2026-05-04_2026-05-05: the bytes" in capsys.readouterr().err
    assert LOCK.read_bytes() == before
    assert run("--frozen", "--only", "posts") == Exit.DONE


def test_frozen_sends_nothing_where_the_manifest_asks_differently(capsys: pytest.CaptureFixture[str]) -> None:
    """What can be seen before the first request is seen then."""
    run()
    Path("small.yaml").write_text(MANIFEST.replace("id: posts", "id: others, locale: en"))
    assert run("--frozen") == Exit.DIFFERS
    err = capsys.readouterr().err
    assert "others/sandbox/2026-05-04_2026-05-05: is not in the lock" in err
    assert "posts/sandbox/2026-05-04_2026-05-05: is in the lock, but the manifest no longer asks" in err
    Path("small.yaml").write_text(MANIFEST.replace("id: posts", "id: posts, locale: en"))
    assert run("--frozen") == Exit.DIFFERS
    assert "asks differently" in capsys.readouterr().err
    assert creates() == 2


def test_only_leaves_the_rest_of_the_lock_alone() -> None:
    """A run of one export keeps the other's block."""
    run()
    before = LOCK.read_bytes()
    assert run("--only", "agents") == Exit.DONE
    assert LOCK.read_bytes() == before


def test_a_deleted_file_is_fetched_again_without_a_second_job() -> None:
    """The link still lives, so no new job is made."""
    run()
    before = AGENTS.read_bytes()
    AGENTS.unlink()
    assert run() == Exit.DONE
    assert AGENTS.read_bytes() == before
    assert creates() == 2


def test_another_file_name_costs_no_request() -> None:
    """Only the name changed: the file that is there is copied under the new name."""
    run()
    before = len(requests())
    Path("small.yaml").write_text(MANIFEST.replace('"{{ export }}', '"x-{{ export }}'))
    assert run() == Exit.DONE
    assert Path("exports/x-agents.csv").read_bytes() == AGENTS.read_bytes()
    assert len(requests()) == before


def test_a_foreign_file_is_not_overwritten_unasked(capsys: pytest.CaptureFixture[str]) -> None:
    """73, with the path and the way out, before anything is sent; --overwrite replaces it."""
    AGENTS.parent.mkdir()
    AGENTS.write_text("mine")
    assert run() == Exit.CANNOT_CREATE
    assert "exports/agents.csv: a file is there that care-export did not make" in capsys.readouterr().err
    assert AGENTS.read_text() == "mine"
    assert creates() == 0
    assert run("--overwrite") == Exit.DONE
    assert AGENTS.read_text() != "mine"


def test_an_edited_file_is_made_again_only_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """Verify says 3; run refuses with 73; --overwrite makes it again without a second job."""
    run()
    whole = AGENTS.read_bytes()
    AGENTS.write_bytes(whole + b"more\r\n")
    assert outcome(["verify", "small.yaml"]) == Exit.DIFFERS
    assert "exports/agents.csv has been changed" in capsys.readouterr().err
    assert run() == Exit.CANNOT_CREATE
    assert run("--overwrite") == Exit.DONE
    assert AGENTS.read_bytes() == whole
    assert creates() == 2


def test_verify_names_what_is_missing_or_in_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    """Files that are gone, or folders in their place, are differences; without a lock it is 66."""
    assert outcome(["verify", "small.yaml"]) == Exit.NO_INPUT
    run()
    assert outcome(["verify", "small.yaml"]) == Exit.DONE
    AGENTS.unlink()
    POSTS.unlink()
    POSTS.mkdir()
    assert outcome(["verify", "small.yaml"]) == Exit.DIFFERS
    err = capsys.readouterr().err
    assert "exports/agents.csv is not there" in err
    assert "2 of 2 files differ" in err


@pytest.mark.parametrize("text", ["{", '{"version": 2}', "[" * 100_000])
def test_a_damaged_lock_is_refused(text: str) -> None:
    """A lock that cannot be read is 65, and is not written over."""
    LOCK.write_text(text)
    assert run() == Exit.DATA
    assert LOCK.read_text() == text


def test_a_lock_that_is_a_folder_is_refused() -> None:
    """What cannot be read as a file is 66."""
    LOCK.mkdir()
    assert run() == Exit.NO_INPUT


@pytest.mark.parametrize("what", ["folder", "parent is a file"])
def test_an_output_that_cannot_be_made_is_known_before_the_first_request(what: str) -> None:
    """A folder at the file's place, or a file at the folder's: 73, and nothing was sent."""
    if what == "folder":
        AGENTS.mkdir(parents=True)
    else:
        AGENTS.parent.write_text("mine")
    assert run() == Exit.CANNOT_CREATE
    assert creates() == 0


def test_files_and_lock_are_enough_for_a_fresh_journal() -> None:
    """Where the journal is gone but files and lock agree, nothing is asked for."""
    run()
    Path(".care-export").rename("old")
    assert run() == Exit.DONE
    assert creates() == 0


def test_another_file_name_costs_no_request_without_the_journal_either() -> None:
    """The lock has the request, the former name and the bytes: the file is copied."""
    run()
    before = json.loads(LOCK.read_text())["partitions"]
    Path(".care-export").rename("old")
    Path("small.yaml").write_text(MANIFEST.replace('"{{ export }}', '"x-{{ export }}'))
    POSTS.write_text("mine")
    assert run("--only", "agents") == Exit.DONE
    assert Path("exports/x-agents.csv").read_bytes() == AGENTS.read_bytes()
    assert requests() == []
    assert run() == Exit.DONE
    assert creates() == 1
    after = json.loads(LOCK.read_text())["partitions"]
    outputs = ["exports/x-agents.csv", "exports/x-posts.csv"]
    assert [one["output"] for one in after.values()] == outputs
    assert [one["sha256"] for one in after.values()] == [one["sha256"] for one in before.values()]


def test_a_manifest_that_was_changed_replaces_our_own_file() -> None:
    """The file of the older request is ours, so the new request's file takes its name."""
    run()
    before = AGENTS.read_bytes()
    Path("small.yaml").write_text(
        MANIFEST.replace("raw_agent_states}", "raw_agent_states, metrics: [agent_id]}")
    )
    assert run() == Exit.DONE
    assert AGENTS.read_bytes() != before


def test_two_manifests_with_one_path_do_not_take_each_other_s_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """73 before anything is sent, with whose file it is; --overwrite replaces it."""
    for name, report in (("a", "raw_agent_states"), ("b", "incoming_post")):
        text = MANIFEST.partition("exports:")[0].replace("{{ export }}", "report")
        Path(f"{name}.yaml").write_text(f"{text}exports: [{{report: {report}}}]\n")
    assert outcome(["run", "a.yaml"]) == Exit.DONE
    before, sent = Path("exports/report.csv").read_bytes(), len(requests())
    assert outcome(["run", "b.yaml"]) == Exit.CANNOT_CREATE
    assert "exports/report.csv: the file of manifest 'a.yaml' is there" in capsys.readouterr().err
    assert (Path("exports/report.csv").read_bytes(), len(requests())) == (before, sent)
    assert outcome(["status", "b.yaml"]) == Exit.UNFINISHED
    assert "the file of manifest 'a.yaml' is there" in capsys.readouterr().out
    assert outcome(["run", "a.yaml"]) == outcome(["verify", "a.yaml"]) == Exit.DONE
    assert outcome(["run", "--overwrite", "b.yaml"]) == outcome(["verify", "b.yaml"]) == Exit.DONE
    assert outcome(["run", "a.yaml"]) == Exit.CANNOT_CREATE
    assert "the file of manifest 'b.yaml' is there" in capsys.readouterr().err
    assert outcome(["run", "b.yaml"]) == Exit.DONE


def test_a_period_that_moves_on_under_one_name_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The file of the former month gives way, as this manifest made it; plan and run say which it was."""
    run()
    Path("small.yaml").write_text(MANIFEST.replace("period: 2026-05-04", "period: 2026-05-05"))
    capsys.readouterr()
    line = "exports/agents.csv and exports/posts.csv: replace the files of 4 May 2026 (UTC)\n"
    assert outcome(["plan", "small.yaml"]) == Exit.DONE
    assert capsys.readouterr().err == line
    assert run() == Exit.DONE
    assert capsys.readouterr().err == line
    assert run() == outcome(["plan", "small.yaml"]) == Exit.DONE
    assert capsys.readouterr().err == ""
    Path("small.yaml").write_text(MANIFEST.replace("period: 2026-05-04", "period: 2026-05-06"))
    line = line.replace("4 May", "5 May")
    for verb in ("run --detach", "collect"):
        assert outcome([*verb.split(), "--progress", "none", "small.yaml"]) == Exit.DONE
        assert line in capsys.readouterr().err


def test_a_run_that_may_take_no_time_stops_and_goes_on() -> None:
    """--timeout stops calmly with 75; the same command finishes."""
    assert run("--timeout", "0.0001") == Exit.UNFINISHED
    assert run() == Exit.DONE
    assert creates() == 2


@pytest.mark.parametrize(
    ("number", "exit"), [(signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.TERMINATED)]
)
def test_a_signal_is_a_wish_to_stop_and_a_second_one_an_order(number: int, exit: Exit) -> None:
    """The first one lets what is under way end; the second one ends the program, where nothing can be cut."""
    with Stop(None) as stop:
        os.kill(os.getpid(), number)
        assert stop.event.is_set()
        assert stop.exit == exit
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)


MANY = (
    MANIFEST.replace("period: 2026-05-04", "period: 2026-Q1")
    .replace("id: ", "split: day, id: ")
    .replace("{{ export }}", "{{ export }}_{{ index }}")
)
"""180 files of a day each: long enough to be stopped in the middle."""


def when_files_come(act: Callable[[], None]) -> threading.Thread:
    """Start a thread that acts once the first file is there, and return it; it gives up after a minute."""

    def watch() -> None:
        for _ in range(6_000):
            if any(folder.glob("exports/*.csv")):
                act()
                return
            time.sleep(0.01)

    folder = Path.cwd()
    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def test_an_interrupted_run_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C in the middle: 130 and a sentence; the same command finishes, with no job made twice."""
    Path("small.yaml").write_text(MANY)
    thread = when_files_come(lambda: os.kill(os.getpid(), signal.SIGINT))
    assert run() == Exit.INTERRUPTED
    thread.join()
    assert "Run the same command again" in capsys.readouterr().err
    assert 0 < creates() < 180
    assert run() == Exit.DONE
    assert creates() == 180


def test_a_killed_run_goes_on_where_it_was() -> None:
    """Kill -9 in the middle: every file there is whole, and the rerun makes at most the one job again."""
    Path("small.yaml").write_text(MANY)
    arguments = [sys.executable, "-m", "runner", "run", "--progress", "none", "small.yaml"]
    with subprocess.Popen(arguments, env=environment(), stderr=subprocess.DEVNULL) as killed:
        when_files_come(killed.kill).join()
    assert killed.returncode == -signal.SIGKILL
    early = {path.name: path.read_bytes() for path in Path("exports").glob("*.csv")}
    assert 0 < len(early) < 180
    assert run() == Exit.DONE
    assert 180 <= creates() <= 181
    assert len(list(Path("exports").iterdir())) == 180
    assert {name: Path("exports", name).read_bytes() for name in early} == early


def write_profiles(origin: str) -> None:
    """Write two profiles of a served sandbox, with their secrets, which are canaries, in files."""
    account = canary.ACCOUNT
    secrets = {"key": account.company_key, "user": account.username, "word": account.password}
    for name, text in secrets.items():
        Path(name).write_text(f"{text}\n")
        Path(name).chmod(0o600)
    here = Path.cwd()
    profile = (
        f"{{base_url: '{origin}', company_key: 'file:{here}/key', "
        f"username: 'file:{here}/user', password: 'file:{here}/word'}}"
    )
    Path("profiles.yaml").write_text(f"version: 1\nprofiles:\n  acme: {profile}\n  zeta: {profile}\n")


def test_a_server_that_hangs_does_not_hold_a_stop_up() -> None:
    """A create whose answer does not come is waited for a little, then cut off: 75 within seconds."""
    let_go = threading.Event()

    def hang(request: Request) -> None:
        let_go.wait(30)

    with serve(faults=hang, accounts=(canary.ACCOUNT,)) as served:
        write_profiles(served.api_origin)
        began = time.monotonic()
        assert run("--profile", "acme", "--timeout", "0.3") == Exit.UNFINISHED
        assert time.monotonic() - began < 10
        let_go.set()


@contextmanager
def a_port_that_nobody_answers() -> Iterator[int]:
    """Yield a port whose queue of connections is full: the next one gets no answer, as behind a firewall."""
    with socket.socket() as server, ExitStack() as waiting:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        yield server.getsockname()[1]


def connecting(port: int) -> bool:
    """Say whether more than the four above wait for that port to answer them (SYN_SENT)."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[2].endswith(f":{port:04X}") and row[3] == "02" for row in rows) > 3


@pytest.mark.parametrize(
    ("number", "exit", "words"),
    [
        (signal.SIGINT, Exit.INTERRUPTED, "interrupted"),
        (signal.SIGTERM, Exit.TERMINATED, "ended by SIGTERM"),
    ],
)
def test_a_connection_that_nobody_answers_does_not_hold_a_stop_up(
    number: signal.Signals, exit: Exit, words: str
) -> None:
    """It cannot be cut off, so it is left: out within seconds, with one line; the next run goes on."""
    arguments = [sys.executable, "-m", "runner", "run", "--progress", "none", "--profile", "acme"]
    arguments += ["--only", "agents", "small.yaml"]
    with a_port_that_nobody_answers() as port:
        write_profiles(f"http://127.0.0.1:{port}")
        with subprocess.Popen(arguments, env=environment(), stderr=subprocess.PIPE, text=True) as stopped:
            while not connecting(port):
                time.sleep(0.05)
            began = time.monotonic()
            stopped.send_signal(number)
            assert stopped.wait(20) == exit
            assert time.monotonic() - began < 8
            assert stopped.stderr is not None
            assert stopped.stderr.read() == f"care-export: {words}\n"
    with serve(accounts=(canary.ACCOUNT,), clock=ScaledClock(1000, START_MS, time.monotonic)) as served:
        write_profiles(served.api_origin)
        assert run("--profile", "acme", "--only", "agents") == Exit.DONE


def test_an_answer_that_comes_after_the_deadline_is_still_written_down() -> None:
    """What is under way may end: the job is known, nothing is sent after that, and the run ends with 75."""
    asked: list[str] = []

    def slowly(request: Request) -> None:
        asked.append(request.target)
        time.sleep(2)

    with serve(faults=slowly, accounts=(canary.ACCOUNT,)) as served:
        write_profiles(served.api_origin)
        began = time.monotonic()
        assert run("--profile", "acme", "--only", "agents", "--deadline", "1s") == Exit.UNFINISHED
        assert time.monotonic() - began < 6
    with Journal.open(Path(".care-export/journal.db")) as journal:
        assert [event.kind for event in journal.replay("acme")] == ["intent", "created"]
    assert len(asked) == 1


def test_two_companies_behind_ports_in_one_run() -> None:
    """Two profiles of a served sandbox, secrets in files, real time: each has its lane and its file."""
    clock = ScaledClock(1000, START_MS, time.monotonic)
    with serve(clock=clock, accounts=(canary.ACCOUNT,)) as served:
        write_profiles(served.api_origin)
        Path("two.yaml").write_text(
            "version: 1\ntimezone: UTC\nperiod: 2026-05-04\nprofiles: [acme, zeta]\n"
            'output: {filename: "{{ profile }}.{{ format }}"}\n'
            "exports: [{report: raw_agent_states, format: csv}]\n"
        )
        assert outcome(["run", "--progress", "plain", "two.yaml"]) == Exit.DONE
    assert Path("exports/acme.csv").read_bytes() == Path("exports/zeta.csv").read_bytes()
    data = json.loads(Path("two.lock.json").read_text())
    assert {one["source"] for one in data["partitions"].values()} == {"live"}


def test_all_companies_without_credentials_are_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing was sent for any of them, so each is named before the next run; a single one stands alone."""
    secrets = "company_key: '${{{0}1}}', username: '${{{0}2}}', password: '${{{0}3}}'"
    acme, zeta = (f"{{base_url: 'https://a.example', {secrets.format(one)}}}" for one in "AZ")
    Path("profiles.yaml").write_text(f"version: 1\nprofiles:\n  acme: {acme}\n  zeta: {zeta}\n")
    text = MANIFEST.replace("{{ export }}", "{{ profile }}/{{ export }}")
    Path("small.yaml").write_text(f"profiles: [acme, sandbox, zeta]\n{text}")
    assert run() == Exit.PROFILES
    said = capsys.readouterr().err
    assert "E-SECRET: 2 profiles cannot be used; nothing was sent\n  profile acme: the company key" in said
    assert "\n  profile zeta: the company key cannot be used: the variable Z1 is not set; the user" in said
    Path("small.yaml").write_text(f"profiles: [acme, sandbox]\n{text}")
    assert run() == Exit.PROFILES
    assert "E-SECRET: profile acme: the company key" in capsys.readouterr().err


def test_one_row_is_no_rows(capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers and their nouns agree in the last lines too."""
    Path("small.yaml").write_text(
        "version: 1\nname: small\ntimezone: Europe/Berlin\nperiod: 2026-01-01\n"
        "exports: [{report: raw_brand_posts, format: csv}]\n"
    )
    assert run() == Exit.DONE
    assert "small: 1 of 1 file, 1 row, " in capsys.readouterr().out


def test_a_sandbox_beside_a_company_does_not_speak_for_both(capsys: pytest.CaptureFixture[str]) -> None:
    """Where one of two profiles is the sandbox, only its files are made up, and requests may have left."""
    write_profiles("http://127.0.0.1:9")
    text = MANIFEST.replace("{{ export }}", "{{ profile }}/{{ export }}")
    for names, said in (
        ("acme, sandbox", "source: sandbox for 2 of 4 files, whose rows are made up."),
        ("sandbox", "source: sandbox. These rows are made up; no request left this machine."),
        ("acme", ""),
    ):
        Path("small.yaml").write_text(f"profiles: [{names}]\n{text}")
        assert run("--deadline", "0.001", "--report", "r.html") == Exit.UNFINISHED
        rest = capsys.readouterr().out.partition(" files, 0 rows, 0 B\n")[2]
        assert rest.strip() == said
        page = Path("r.html").read_text()
        assert ("Source: sandbox for 2 of 4 files, whose rows are made up" in page) == (" of " in said)
        assert ("Source: sandbox. These rows are made up" in page) == ("no request" in said)


def test_what_the_vendor_refuses_is_69_and_the_other_file_is_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Failures of one export do not stop the others; which one, and why, is told on a line."""
    asked = MANIFEST.replace("report: incoming_post", "report: incoming_post, metrics: [NO_SUCH]")
    Path("small.yaml").write_text(asked)
    assert run() == Exit.VENDOR
    assert "posts/sandbox/2026-05-04_2026-05-05: E-REFUSED: HTTP 400" in capsys.readouterr().err
    assert AGENTS.exists()
    assert not POSTS.exists()
    assert len(json.loads(LOCK.read_text())["partitions"]) == 1


def test_a_window_past_the_history_needs_its_proven_file(capsys: pytest.CaptureFixture[str]) -> None:
    """Older than 18 months: refused, unless file and committed lock agree; then nothing is asked for."""
    Path("small.yaml").write_text(MANIFEST.replace("2026-05-04", "2019-05-04"))
    assert run() == Exit.DATA
    assert "18 months" in capsys.readouterr().err
    manifest = parse(document.read(Path("small.yaml").read_bytes(), "small.yaml"), catalog.load())
    chosen = {one.id: (profiles.sandbox(),) for one in manifest.exports}
    made = plan(manifest, catalog.load(), chosen, None, lambda one: True)
    AGENTS.parent.mkdir()
    stored = {}
    for one in made.partitions:
        Path(one.output).write_bytes(b"A,B\r\n")
        digest = hashlib.sha256(b"A,B\r\n").hexdigest()
        stored[one.key] = builders.stored(one.key, output=one.output, sha256=digest)
    lock.write(LOCK, lock.made(made, stored, None))
    assert run() == Exit.DONE
    assert creates() == 0


def test_a_second_run_at_once_touches_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """75, naming the holder: while a lane is held, its journal and its part files are nobody else's."""
    AGENTS.parent.mkdir()
    part = AGENTS.parent / f".{'a' * 32}.part"
    part.write_text("x")
    with hold(Path(".care-export"), "sandbox"):
        assert run() == Exit.UNFINISHED
    assert str(os.getpid()) in capsys.readouterr().err
    assert part.exists()
    assert creates() == 0
    assert run() == Exit.DONE


def test_what_a_killed_run_left_behind_is_swept_away() -> None:
    """A stale part file goes; files of other names stay."""
    AGENTS.parent.mkdir()
    stale, other = AGENTS.parent / f".{'a' * 32}.part", AGENTS.parent / "notes.part"
    for path in (stale, other):
        path.write_text("x")
    assert run() == Exit.DONE
    assert not stale.exists()
    assert other.exists()


def test_reports_that_take_get_are_asked_by_get() -> None:
    """`method: GET` sends everything in the query, and the file is the one that POST brings."""
    template = MANIFEST.partition("exports:")[0] + "exports:\n"
    for report in ("user", "conversation_actions"):
        for method in ("GET", "POST"):
            template += f"  - {{id: {report}-{method}, report: {report}, method: {method}}}\n"
    Path("small.yaml").write_text(template)
    assert run() == Exit.DONE
    for report in ("user", "conversation_actions"):
        files = [Path(f"exports/{report}-{method}.csv").read_bytes() for method in ("GET", "POST")]
        assert files[0] == files[1]
