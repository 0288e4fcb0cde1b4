"""Jobs between two commands: detach, collect, status, adopt, forget; and two runs at once."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from runner import catalog, document
from runner.cli.command import outcome
from runner.cli.planning import planned
from runner.errors import Exit
from runner.events import Adopted, Intent, Unanswered
from runner.glance import glance
from runner.history import History, history
from runner.journal import Journal
from runner.judge import judge
from runner.sandbox.accounts import Account
from runner.sandbox.clock import START_MS, VirtualClock
from runner.sandbox.server import serve
from runner.sandbox.wire import Request, Response
from tests import canary
from tests.e2e.launch import environment

MANIFEST = """\
version: 1
name: small
timezone: UTC
period: 2026-05-04
defaults: {format: csv}
output: {filename: "{{ export }}_{{ index }}.{{ format }}"}
exports:
  - {id: agents, report: raw_agent_states}
  - {id: posts, report: incoming_post}
"""
WEEKS = MANIFEST.replace("period: 2026-05-04", "period: 2026-05").replace("id: ", "split: week, id: ")
"""Ten files: more than the vendor's queue takes at once."""
AGENTS, POSTS = "agents/sandbox/2026-05-04_2026-05-05", "posts/sandbox/2026-05-04_2026-05-05"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    """Work in an empty folder that holds one small manifest."""
    with chdir(tmp_path):
        Path("small.yaml").write_text(MANIFEST)
        yield tmp_path


def care(verb: str, *arguments: str) -> int:
    """Carry out a verb on the small manifest, without a view where it has one."""
    quiet = ["--progress", "none"] if verb in ("run", "collect") else []
    return outcome([verb, *quiet, "small.yaml", *arguments])


def past(lane: str = "sandbox", state: str = ".care-export") -> History:
    """Return what the journal has of a lane."""
    return history(glance(Path(state, "journal.db"), [lane])[lane])


def kinds(lane: str = "sandbox") -> Counter[str]:
    """Count the events of a lane by their kind."""
    return Counter(event.kind for event in glance(Path(".care-export/journal.db"), [lane])[lane])


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """Return what `status --format json` says, which must be what its schema describes."""
    capsys.readouterr()
    code = care("status", "--format", "json", *arguments)
    data: dict[str, Any] = json.loads(capsys.readouterr().out)
    read = document.Document("status", data, {(): (1, 1)}, {})
    assert judge(data, catalog.schema("status.v1"), read) == []
    assert data["exit"] == code
    assert data["sums"]["partitions"] == len(data["partitions"])
    assert Counter(one["state"] for one in data["partitions"]) == Counter(
        {name: count for name, count in data["sums"].items() if count and name != "partitions"}
    )
    return data


# Detach and collect


def test_detach_makes_jobs_and_collect_fetches_their_files(capsys: pytest.CaptureFixture[str]) -> None:
    """No look and no download while detaching; one look each when collecting; the lock is written."""
    assert care("run", "--detach") == Exit.DONE
    assert kinds() == {"intent": 2, "created": 2}
    assert "2 of 2 files are still to come: 2 under way at the vendor" in capsys.readouterr().err
    assert not Path("small.lock.json").exists()
    assert care("collect") == Exit.DONE
    assert (kinds()["intent"], kinds()["polled"], kinds()["done"]) == (2, 2, 2)
    assert len(json.loads(Path("small.lock.json").read_text())["partitions"]) == 2
    assert care("collect") == care("run") == Exit.DONE
    assert kinds()["intent"] == 2


def test_detach_fills_the_queue_and_says_what_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    """Ten files, of which the queue takes a few: 75, and which command goes on; nothing is pushed out."""
    Path("small.yaml").write_text(WEEKS)
    assert care("run", "--detach") == Exit.UNFINISHED
    made = kinds()["intent"]
    assert 2 <= made <= 5
    assert f"{made} under way at the vendor, {10 - made} to be asked for" in capsys.readouterr().err
    assert care("collect", "--wait") == Exit.UNFINISHED
    assert kinds()["done"] == made
    assert "`care-export run small.yaml` asks for the rest" in capsys.readouterr().err
    assert care("run") == Exit.DONE
    assert kinds()["intent"] == 10


def test_jobs_of_another_manifest_give_their_places_up_once_they_are_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """They fill the queue, which is told; one is looked at for each place wanted, and none is fetched."""
    Path("small.yaml").write_text(WEEKS)
    care("run", "--detach")
    made = kinds()["intent"]
    Path("small.yaml").write_text(MANIFEST.replace("2026-05-04", "2026-05-11"))
    capsys.readouterr()
    assert care("run", "--detach") == Exit.DONE
    said = f"sandbox: {made} jobs that are not asked for now may be under way; they take places of the queue"
    assert said in capsys.readouterr().err
    assert kinds() == {"intent": made + 2, "created": made + 2, "polled": 2}
    assert care("run") == Exit.DONE
    assert (kinds()["intent"], kinds()["done"]) == (made + 2, 2)


def test_a_report_that_is_forbidden_does_not_hold_up_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    """A 403 of the first export: the others are made in the same run, and the next one asks for it last."""
    asked: list[str] = []

    def fault(request: Request) -> Response | None:
        if request.method == "POST":
            asked.append(request.segments[-1])
        return Response(403, (), [b"{}"]) if request.segments[-1] == "raw_agent_states" else None

    with serve(clock=VirtualClock(START_MS), accounts=(canary.ACCOUNT,), faults=fault) as served:
        profile = canary.profile(served.api_origin)
        Path("profiles.yaml").write_text(f"version: 1\nprofiles:\n  acme: {profile}\n", encoding="utf-8")
        others = "  - {id: help, report: raw_expert_help}\n"
        Path("small.yaml").write_text(f"{MANIFEST}{others}")
        with pytest.MonkeyPatch.context() as environ:
            for name, value in canary.VARIABLES.items():
                environ.setenv(name, value)
            codes = [care("run", "--detach", "--profile", "acme") for _ in range(2)]
    assert codes == [Exit.CREDENTIALS, Exit.CREDENTIALS]
    assert sorted(asked[:3]) == ["incoming_post", "raw_agent_states", "raw_expert_help"]
    assert asked[3:] == ["raw_agent_states"]
    assert "E-FORBIDDEN: HTTP 403: this user may not ask for this" in capsys.readouterr().err


def test_collect_alone_makes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a job under way there is nothing to fetch: 75, no request, and the way on."""
    assert care("collect") == Exit.UNFINISHED
    assert kinds() == {}
    assert "2 to be asked for" in capsys.readouterr().err


def test_collect_tells_what_the_plan_warns_of(capsys: pytest.CaptureFixture[str]) -> None:
    """An export that asks the same as another is worth a word here too."""
    Path("small.yaml").write_text(f"{MANIFEST}  - {{id: twice, report: raw_agent_states}}\n")
    assert care("collect") == Exit.UNFINISHED
    assert "asks the same as the export 'agents'" in capsys.readouterr().err


def test_exports_take_turns() -> None:
    """The first jobs are not all of the first export."""
    Path("small.yaml").write_text(WEEKS)
    care("run", "--detach")
    assert set(past().tracks) >= {*keys("agents")[:2], *keys("posts")[:2]}


def keys(export: str) -> list[str]:
    """Return the journal keys of an export's partitions, in order."""
    return [one.key for one in planned("small.yaml").plan.partitions if one.export == export]


# Status


def test_status_needs_no_journal_and_makes_none(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """All is planned: 75; not a file more than before."""
    data = told(capsys)
    assert data["exit"] == Exit.UNFINISHED
    assert data["sums"]["planned"] == 2
    assert [one.name for one in folder.iterdir()] == ["small.yaml"]
    assert care("status") == Exit.UNFINISHED
    out = capsys.readouterr().out
    assert "small: 0 of 2 files are there (2 planned)" in out


def test_status_tells_jobs_with_their_age_and_link(capsys: pytest.CaptureFixture[str]) -> None:
    """Running since a minute on the sandbox's clock, with 24 hours of link; then done: 0."""
    care("run", "--detach")
    one = told(capsys)["partitions"][0]
    assert (one["id"], one["state"], one["attempts"]) == (AGENTS, "running", 1)
    assert one["link_left_s"] == 24 * 3600 - 60
    assert (one["since"], one["link_until"]) == ("2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z")
    care("status")
    assert "running  1 min 00 s  23 h 59 min" in capsys.readouterr().out
    care("collect")
    data = told(capsys)
    assert (data["exit"], data["sums"]["done"], data["links"]) == (Exit.DONE, 2, [])
    assert data["partitions"][0]["link_until"] is None


def test_status_sees_what_a_run_would_see(capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is gone is fetched again by its link; one in the way is told; lock and file are enough."""
    care("run")
    Path("exports/agents_1.csv").unlink()
    Path("exports/posts_1.csv").write_text("mine")
    states = [(one["state"], one["problem"]) for one in told(capsys)["partitions"]]
    assert states[0] == ("running", None)
    assert "it was changed after it was made" in states[1][1]
    care("status")
    assert "its file cannot be made: it was changed" in capsys.readouterr().out
    Path("exports/posts_1.csv").unlink()
    Path("exports/posts_1.csv").mkdir()
    assert told(capsys)["partitions"][1]["problem"]
    Path("exports/posts_1.csv").rmdir()
    care("run")
    Path(".care-export").rename("elsewhere")
    assert told(capsys)["exit"] == Exit.DONE


def test_status_ends_as_the_gravest_failure_once_nothing_is_to_come(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Refused by the vendor: 75 while the other is to come, then 69, which only a person can want again."""
    Path("small.yaml").write_text(
        MANIFEST.replace("report: incoming_post", "report: incoming_post, metrics: [NO_SUCH]")
    )
    care("run", "--only", "posts")
    assert told(capsys)["exit"] == Exit.UNFINISHED
    care("run")
    data = told(capsys)
    assert data["exit"] == Exit.VENDOR
    assert data["partitions"][1]["failure"]["code"] == "E-REFUSED"
    assert data["partitions"][1]["failure"]["needs_retry_failed"] is True
    assert care("status") == Exit.VENDOR
    captured = capsys.readouterr()
    assert "    E-REFUSED: HTTP 400" in captured.out
    assert "What to do about E-REFUSED" in captured.err


def test_status_on_a_narrow_terminal_stacks_its_rows(capsys: pytest.CaptureFixture[str]) -> None:
    """Where one line would be too long, each row is two."""
    Path("small.yaml").write_text(MANIFEST.replace("id: agents", f"id: {'agents' * 10}"))
    care("run", "--detach")
    capsys.readouterr()
    care("status")
    lines = capsys.readouterr().out.splitlines()
    assert lines[3:5] == ["  partition", "    state    for         link for"]
    assert lines[6] == "    running  1 min 00 s  23 h 59 min"


def profiles(origin: str, *names: str) -> None:
    """Define profiles of a served sandbox; their secrets, which are canaries, lie in files."""
    account, here = canary.ACCOUNT, Path.cwd()
    for name, text in (("key", account.company_key), ("user", account.username), ("word", account.password)):
        Path(name).write_text(text)
        Path(name).chmod(0o600)
    one = (
        f"{{base_url: '{origin}', company_key: 'file:{here}/key', username: 'file:{here}/user', "
        f"password: 'file:{here}/word'}}"
    )
    rows = "".join(f"  {name}: {one}\n" for name in names)
    Path("profiles.yaml").write_text(f"version: 1\nprofiles:\n{rows}")


def several(*names: str) -> None:
    """Let the small manifest ask these profiles."""
    text = Path("small.yaml").read_text()
    text = text.replace("name: small", f"name: small\nprofiles: [{', '.join(names)}]")
    Path("small.yaml").write_text(text.replace("{{ export }}", "{{ export }}_{{ profile }}"))


def child(*arguments: str) -> subprocess.Popen[str]:
    """Start the command in a process of its own, with the canaries as its secrets."""
    return subprocess.Popen(
        [sys.executable, "-m", "runner", *arguments],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_beside_a_run_only_status_works_and_a_killed_run_is_no_hindrance(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """While a run holds the lane, each verb that would change it is 75 and names it, having sent nothing."""
    let_go, asked = threading.Event(), list[str]()

    def hang(request: Request) -> None:
        asked.append(request.target)
        let_go.wait(20)

    arguments = ("--profile", "acme")
    with serve(faults=hang, accounts=(canary.ACCOUNT,)) as served:
        profiles(served.api_origin, "acme")
        running = child("run", "--progress", "none", "small.yaml", *arguments)
        while not asked and running.poll() is None:
            time.sleep(0.05)
        address = f"{served.api_origin}/api/public/reports/report/w/r/status"
        assert told(capsys, *arguments)["sums"]["asking"] >= 1
        time.sleep(0.5)
        sent = len(asked)
        for verb in ("run", "run --detach", "collect", "collect --wait", "forget --yes"):
            assert care(*verb.split(), *arguments) == Exit.UNFINISHED
            assert f"process {running.pid}" in capsys.readouterr().err
        adopt = ["adopt", "small.yaml", address, "--export", "agents", *arguments]
        assert outcome(adopt) == Exit.UNFINISHED
        assert f"process {running.pid}" in capsys.readouterr().err
        assert len(asked) == sent
        os.kill(running.pid, signal.SIGKILL)
        running.communicate(timeout=10)
        sums = told(capsys, *arguments)["sums"]
        assert (sums["asking"], sums["unknown"] >= 1) == (0, True)
        assert outcome(["report", "small.yaml", *arguments, "--to", "r.html"]) == Exit.DONE
        assert "so the vendor may hold the job" in Path("r.html").read_text()
        capsys.readouterr()
        assert outcome(["forget", "small.yaml", *arguments, "--yes"]) == Exit.DONE
        assert "may still run at the vendor" in capsys.readouterr().err
        let_go.set()


def test_status_needs_no_credentials(capsys: pytest.CaptureFixture[str]) -> None:
    """What a run is refused for with 78 does not hinder a look."""
    profiles("https://vendor.example", "acme")
    Path("word").unlink()
    assert care("run", "--profile", "acme") == Exit.PROFILES
    assert told(capsys, "--profile", "acme")["exit"] == Exit.UNFINISHED


# Adopt


def by_hand(manifest: str = MANIFEST) -> dict[str, str]:
    """Start the jobs of a manifest elsewhere, and return each status address by its partition."""
    Path("hand.yaml").write_text(manifest.replace("name: small", "name: hand"))
    assert outcome(["run", "--detach", "--progress", "none", "--state", "hand", "hand.yaml"]) in (0, 75)
    Path("hand.yaml").unlink()
    tracks = past(state="hand").tracks
    made = [one for one in planned("small.yaml").plan.partitions if one.key in tracks]
    return {one.id: tracks[one.key].status_url for one in made}


def adopt(url: str, *arguments: str, export: str = "agents") -> int:
    """Adopt a job for an export of the small manifest."""
    return outcome(["adopt", "small.yaml", url, "--export", export, *arguments])


def labels() -> dict[str, list[str]]:
    """Return the labels in the lock, by partition."""
    blocks = json.loads(Path("small.lock.json").read_text())["partitions"]
    return {name: block["labels"] for name, block in blocks.items()}


def test_a_job_made_by_hand_is_adopted_and_labelled(capsys: pytest.CaptureFixture[str]) -> None:
    """Its file becomes the export's without a second job; lock and summary say that nobody can prove it."""
    urls = by_hand()
    assert adopt(urls[AGENTS]) == Exit.DONE
    captured = capsys.readouterr()
    assert f"adopted for {AGENTS}: its file will be exports/agents_1.csv" in captured.out
    assert urls[AGENTS] not in captured.out + captured.err
    assert told(capsys)["partitions"][0]["adopted"] is True
    assert care("run") == Exit.DONE
    assert f"{AGENTS}: warning: the job was started by hand" in capsys.readouterr().err
    assert kinds()["intent"] == 1
    assert labels() == {AGENTS: ["adopted"], POSTS: []}
    assert care("run", "--frozen") == Exit.DONE
    Path(".care-export").rename("elsewhere")
    assert care("run") == Exit.DONE
    assert labels() == {AGENTS: ["adopted"], POSTS: []}
    assert care("forget", "--yes") == Exit.DONE
    Path("exports/agents_1.csv").unlink()
    assert care("run") == Exit.DONE
    assert labels()[AGENTS] == []


@pytest.mark.parametrize(
    ("url", "exit", "said"),
    [
        ("https://evil.example/api/public/reports/report/w/r/status", 76, "not at the profile's own host"),
        ("http://sandbox.invalid/api/public/reports/report/w/r/status", 76, "it is http"),
        ("https://me@sandbox.invalid/api/public/reports/report/w/r/status", 76, "user name"),
        ("https://sandbox.invalid/api/public/reports/report/w/r/download", 2, "its path is not"),
        ("https://sandbox.invalid/api/public/reports/report/w/../../status", 2, "its path is not"),
        ("https://sandbox.invalid/elsewhere/w/r/status", 2, "its path is not"),
        ("small.yaml", 76, "not trusted"),
        ("https://[::1", 2, "it cannot be read"),
        ("https://sandbox.invalid/ api", 2, "a space"),
        ("", 2, "it is empty"),
        (f"https://sandbox.invalid/{'x' * 9000}", 2, "too long"),
    ],
)
def test_an_address_that_is_none_of_ours_is_refused(
    url: str, exit: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """76 for a foreign origin, 2 for what is no status address; nothing is recorded, nothing sent."""
    assert adopt(url) == exit
    assert said in capsys.readouterr().err
    assert kinds() == {}


def test_a_job_is_the_same_however_its_address_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    """`%2b` is `%2B`, with its host or without: one job makes one file. What is unreadable is no such job."""
    url = by_hand()[AGENTS]
    assert adopt(url) == Exit.DONE
    small = re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), url)
    spelt = re.sub("report/([^/])", lambda found: f"report/%{ord(found[1]):02x}", url)
    for other in (small, spelt, small.removeprefix("https://sandbox.invalid"), url.partition("?")[0]):
        assert other != url
        assert adopt(other, export="posts") == Exit.USAGE
        assert "belongs to another partition already" in capsys.readouterr().err
    assert care("forget", "--yes") == Exit.DONE
    with Journal.open(Path(".care-export/journal.db")) as journal:
        key = keys("agents")[0]
        journal.append("sandbox", Adopted(key=key, at=1, status_url="https://[::1", workflow_id="w"))
    assert adopt(url, export="posts") == Exit.DONE


def test_only_a_free_partition_takes_a_job(capsys: pytest.CaptureFixture[str]) -> None:
    """One that is under way or done does not, nor one that only the lock proves; nor a job that is taken."""
    urls = by_hand()
    assert adopt(urls[AGENTS]) == Exit.DONE
    assert adopt(urls[POSTS]) == Exit.USAGE
    assert f"{AGENTS}: a job is under way for it already" in capsys.readouterr().err
    assert adopt(urls[AGENTS], export="posts") == Exit.USAGE
    assert "belongs to another partition already" in capsys.readouterr().err
    assert adopt(urls[POSTS].removeprefix("https://sandbox.invalid"), export="posts") == Exit.DONE
    assert care("collect") == Exit.DONE
    assert adopt(urls[POSTS]) == Exit.USAGE
    assert "its file is there already" in capsys.readouterr().err
    Path(".care-export").rename("elsewhere")
    assert adopt(urls[POSTS]) == Exit.USAGE
    assert f"forget --partition {AGENTS}" in capsys.readouterr().err


def test_of_several_partitions_one_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    """They are listed, to be copied; a name that is none has its closest one told."""
    Path("small.yaml").write_text(WEEKS)
    urls = by_hand(WEEKS)
    (name, url), *_ = urls.items()
    assert adopt(url) == Exit.USAGE
    err = capsys.readouterr().err
    assert f"this export has 5 partitions; say which one is meant:\n  --partition {name}" in err
    assert adopt(url, "--partition", "agents/sandbox/2026-05-01_2026-05-05") == Exit.USAGE
    assert "did you mean" in capsys.readouterr().err
    assert adopt(url, export="posters") == Exit.USAGE
    assert "--export 'posters': there is no such export; did you mean 'posts'?" in capsys.readouterr().err
    assert adopt(url, "--partition", name) == Exit.DONE


def test_the_manifest_may_be_left_out_where_only_one_can_be_meant(capsys: pytest.CaptureFixture[str]) -> None:
    """Looked for here and under manifests/; none and several are a usage error with their names."""
    url = by_hand()[AGENTS]
    Path("manifests").mkdir()
    Path("manifests/broken.yaml").write_text("version: [")
    Path("small.yaml").rename("manifests/small.yaml")
    assert outcome(["adopt", url, "--export", "nothing"]) == Exit.USAGE
    assert "no manifest here has an export 'nothing'" in capsys.readouterr().err
    Path("other.yml").write_text(MANIFEST)
    assert outcome(["adopt", url, "--export", "agents"]) == Exit.USAGE
    assert "manifests/small.yaml, other.yml have an export 'agents'" in capsys.readouterr().err
    Path("other.yml").unlink()
    assert outcome(["adopt", url, "--export", "agents"]) == Exit.DONE
    assert outcome(["adopt", "--export", "agents"]) == outcome(["adopt", "a", "b", "c", "--export", "x"]) == 2


def ask(arguments: list[str], given: str, *, terminal: bool) -> tuple[int, str]:
    """Run the command with something to read from standard input, which is a terminal or a pipe."""
    command = [sys.executable, "-m", "runner", *arguments]
    if not terminal:
        ended = subprocess.run(
            command, env=environment(), input=given, capture_output=True, text=True, timeout=30
        )
        return ended.returncode, ended.stdout + ended.stderr
    number, terminal_of = pty.fork()
    if not number:
        os.execve(command[0], command, environment())  # noqa: S606
    said = b""
    try:
        while b": " not in said and b"forget them:" not in said:
            said += os.read(terminal_of, 4096)
        time.sleep(0.3)
        os.write(terminal_of, given.encode())
        while piece := os.read(terminal_of, 4096):
            said += piece
    except OSError:
        pass  # The other end is gone.
    finally:
        os.close(terminal_of)
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]), said.decode()


@pytest.mark.parametrize("terminal", [True, False])
def test_an_address_may_be_read_instead_of_typed_into_the_shell(terminal: bool) -> None:
    """With - it comes from standard input, and a terminal does not show it."""
    url = by_hand()[AGENTS]
    code, said = ask(["adopt", "small.yaml", "-", "--export", "agents"], f"{url}\n", terminal=terminal)
    assert (code, url in said, "adopted for" in said) == (Exit.DONE, False, True)
    canary.hear(said)


# Forget


def test_what_is_forgotten_is_begun_anew(capsys: pytest.CaptureFixture[str]) -> None:
    """The jobs are named, and that they may still run; the next run makes them again; files and lock stay."""
    care("run", "--detach")
    assert care("forget", "--export", "posts", "--yes") == Exit.DONE
    err = capsys.readouterr().err
    assert f"{POSTS}: running; a job, made 2026-07-01 00:00 UTC may still run at the vendor" in err
    assert AGENTS not in err
    assert care("run") == Exit.DONE
    assert kinds()["intent"] == 3
    before = Path("small.lock.json").read_bytes()
    assert care("forget", "--partition", AGENTS, "--yes") == Exit.DONE
    assert f"{AGENTS}: done\n" in capsys.readouterr().err
    assert care("run") == Exit.DONE
    assert kinds()["intent"] == 3
    assert Path("small.lock.json").read_bytes() == before


def test_nobody_is_made_to_forget(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal --yes is needed; where nothing is known, nothing is asked."""
    assert care("forget") == Exit.DONE
    assert "nothing to forget" in capsys.readouterr().out
    care("run", "--detach")
    code, said = ask(["forget", "small.yaml"], "yes\n", terminal=False)
    assert code == Exit.USAGE
    assert "with --yes" in said
    assert past().track(keys("agents")[0]).state == "running"


@pytest.mark.parametrize(("answer", "state"), [("yes", "planned"), ("no", "running")])
def test_a_person_at_a_terminal_is_asked(answer: str, state: str) -> None:
    """Only a yes is a yes."""
    care("run", "--detach")
    code, said = ask(["forget", "small.yaml"], f"{answer}\n", terminal=True)
    assert code == Exit.DONE
    assert ("nothing was forgotten" in said) == (answer == "no")
    assert past().track(keys("agents")[0]).state == state


# What only a person can want again


def test_what_the_vendor_refused_is_only_asked_again_when_that_is_wanted() -> None:
    """A rerun makes no request for it and ends with 69 again; --retry-failed asks once more."""
    Path("small.yaml").write_text(
        MANIFEST.replace("report: incoming_post", "report: incoming_post, metrics: [NO_SUCH]")
    )
    assert care("run") == care("run") == Exit.VENDOR
    assert kinds()["intent"] == 2
    assert care("run", "--retry-failed") == Exit.VENDOR
    assert kinds()["intent"] == 3


def lost_answer(times: int = 1) -> Any:
    """Return a fault that takes a create request and cuts the connection instead of answering."""
    left = [times]

    def fault(request: Request) -> Response | None:
        if "raw_agent_states" in request.target and left[0]:
            left[0] -= 1
            raise ConnectionError
        return None

    return fault


@pytest.mark.parametrize("where", ["option", "profile"])
def test_a_create_without_an_answer_is_repeated_only_where_that_is_allowed(
    where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`stop`: 75 after one request, also on a rerun, and three ways out; `repeat` asks again and flags it."""
    stop = ["--on-unknown", "stop"] if where == "option" else []
    with serve(faults=lost_answer(), accounts=(canary.ACCOUNT,), clock=quick()) as served:
        profiles(served.api_origin, "acme")
        if where == "profile":
            file = Path("profiles.yaml")
            file.write_text(file.read_text().rstrip().removesuffix("}") + ", on_unknown: stop}\n")
        only = ["--profile", "acme", "--only", "agents"]
        assert care("run", *only, *stop) == care("run", *only, *stop) == Exit.UNFINISHED
        err = capsys.readouterr().err
        assert "E-UNKNOWN" in err
        assert "adopt" in err
        assert "Run the same command again" not in err
        assert kinds("acme")["intent"] == 1
        one = told(capsys, *only)["partitions"][0]
        assert one["state"] == "unknown"
        assert (one["failure"] or {}).get("code") == ("E-UNKNOWN" if where == "profile" else None)
        assert care("status", *only) == Exit.UNFINISHED
        assert ("What to do about E-UNKNOWN" in capsys.readouterr().err) == (where == "profile")
        assert care("run", *only, "--on-unknown", "repeat", "--detach") == Exit.DONE
        assert told(capsys, *only)["partitions"][0]["possible_duplicate"] is True


def test_after_two_creates_without_an_answer_a_person_decides(capsys: pytest.CaptureFixture[str]) -> None:
    """75, in a rerun too, which sends nothing, and in status; each says what a person can do."""
    key = keys("agents")[0]
    with Journal.open(Path(".care-export/journal.db")) as journal:
        for attempt in (1, 2):
            journal.append("sandbox", Intent(key=key, at=attempt, attempt=attempt, request_digest="d"))
            cut = Unanswered(key=key, at=attempt, step="create", sent=True, code="E-CUT", message="cut")
            journal.append("sandbox", cut)
    for verb in ("run", "run", "status"):
        assert care(verb, "--only", "agents") == Exit.UNFINISHED
        assert "What to do about E-UNKNOWN: Look for the job at the vendor" in capsys.readouterr().err
    assert kinds()["intent"] == 2
    assert told(capsys, "--only", "agents")["partitions"][0]["failure"]["needs_retry_failed"] is True
    assert care("run", "--retry-failed") == Exit.DONE
    assert kinds()["intent"] == 4


def quick() -> VirtualClock:
    """Return a sandbox's clock that stands still."""
    return VirtualClock(START_MS)


# What several lanes share


def test_two_users_of_two_companies_share_nothing() -> None:
    """Each fills its own queue, as if it were alone."""
    other = Account("bert@example.com", "another-password", "ANOTHER-COMPANY-KEY")
    Path("small.yaml").write_text(WEEKS)
    with serve(accounts=(canary.ACCOUNT, other), clock=quick()) as served:
        profiles(served.api_origin, "acme", "zeta")
        for name, text in (("k", other.company_key), ("u", other.username), ("w", other.password)):
            Path(name).write_text(text)
            Path(name).chmod(0o600)
        first, second = Path("profiles.yaml").read_text().split("  zeta:")
        for name in ("key", "user", "word"):
            second = second.replace(f"/{name}'", f"/{name[0]}'")
        Path("profiles.yaml").write_text(f"{first}  zeta:{second}")
        several("acme", "zeta")
        assert care("run", "--detach") == Exit.UNFINISHED
        assert kinds("acme")["created"] == kinds("zeta")["created"] == 4


def test_two_profiles_of_one_user_do_not_overfill_its_queue() -> None:
    """Each would fill the queue alone; together they make no more jobs than one user may."""
    Path("small.yaml").write_text(WEEKS)
    with serve(accounts=(canary.ACCOUNT,), clock=quick()) as served:
        profiles(served.api_origin, "acme", "zeta")
        several("acme", "zeta")
        assert care("run", "--detach") == Exit.UNFINISHED
        assert kinds("acme")["created"] + kinds("zeta")["created"] == 5
        assert care("run", "--detach") == Exit.UNFINISHED


def test_more_profiles_of_one_user_than_it_has_places_are_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """78, with their names, and nothing is sent."""
    names, asked = [f"p{number}" for number in range(6)], list[Request]()
    with serve(accounts=(canary.ACCOUNT,), faults=asked.append) as served:
        profiles(served.api_origin, *names)
        several(*names)
        assert care("run") == Exit.PROFILES
        assert "p0, p1, p2, p3, p4, p5 are the same user" in capsys.readouterr().err
        assert asked == []
