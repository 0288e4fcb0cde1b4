"""The matrix: 23 faults of a server x 4 steps x {first, second, every}: 276 cases of two exports, run twice.

What is broken: the answers to create, poll, redirect and download, over real sockets. Checked in every case:
the exit code against a table made from the design, only whole files, no secret in what is told or written,
credentials at the API's own origin only, creates accounted for, few requests, bounded waits and memory; and a
second run, once the server is well, that brings what the first one could not.

The last tests show that the harness can fail: each runs it on a client, or a view, that is broken on purpose.
Measured: 280 tests in 40 s on two cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from runner import request
from runner.client import Body, Broken, Client, Got
from runner.errors import Exit
from runner.profiles import Credentials
from tests.crash.lies.faults import FAULTS, WHEN, expected
from tests.crash.lies.rules import kept
from tests.crash.lies.stand import CANARY, STEPS, Ended, Turn, standing


def lying(name: str, step: str, when: str) -> dict[str, Any]:
    """Return the fields of a stand that tells one lie."""
    fault, meant = FAULTS[name], WHEN[when]

    def lie(turn: Turn) -> Any:
        return fault.lie(turn) if fault.lie and turn.step == step and meant(turn.number) else None

    def early(asked: str, number: int) -> str:
        return fault.early if asked == step and meant(number) else ""

    return {"lie": lie, "early": early, "timeouts": fault.timeouts}


def needs_a_person(ended: Ended) -> bool:
    """Say whether the next run must not mend it by itself.

    It would cost another job: the vendor ended or refused it, or nobody can tell and it was tried twice. Or
    the journal's own link leads elsewhere, which is refused as often as it is tried.
    """
    tracks = ended.lane.tracks
    return any(
        one.exit == Exit.VENDOR
        or one.code == "E-UNKNOWN"
        or (one.code == "E-ORIGIN" and CANARY in tracks[one.partition.key].status_url)
        for one in ended.outcomes
    )


def with_a_job(ended: Ended) -> set[str]:
    """Return the keys of the partitions whose job is known: nothing is to be asked anew for them."""
    return {key for key, track in ended.lane.tracks.items() if track.status_url}


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", FAULTS)
def test_a_lie_changes_nothing_but_the_exit_code(
    name: str, step: str, when: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever one step answers: the right exit code, all rules kept, and the next run goes on."""
    with standing(tmp_path, **lying(name, step, when)) as stand:
        ended = stand.run()
        assert ended.exit in expected(name, step, when), ended.outcomes
        kept(stand, ended, "".join(capsys.readouterr()))
        followed = name == "redirect-away" and step in ("redirect", "download")
        assert bool(stand.elsewhere.seen) == followed
        stand.lie, stand.early = None, lambda step, number: ""
        again = stand.run()
        assert again.exit == (ended.exit if needs_a_person(ended) else Exit.DONE), again.outcomes
        kept(stand, again, "".join(capsys.readouterr()))
        assert not {one.key for one in again.events if one.kind == "intent"} & with_a_job(ended)


class Careless:
    """A client as anybody would write it at first: httpx with `auth=` and `follow_redirects=`."""

    def __init__(self, base_url: str, credentials: Credentials, **options: Any) -> None:
        self._base_url = base_url
        self._key = credentials.company_key
        auth = (credentials.username, credentials.password)
        self._http = httpx.Client(auth=auth, follow_redirects=True, trust_env=False)

    def create(self, asked: request.Request) -> Got:
        """Send a create request."""
        return self._got(self._http.request(asked.method, self._base_url + request.target(asked, self._key)))

    def poll(self, url: str) -> Got:
        """Ask whatever address the server gave, with the password."""
        return self._got(self._http.get(url))

    @contextmanager
    def download(self, url: str) -> Iterator[Body | Got]:
        """Take for a file whatever comes with 200."""
        answer = self._http.get(url)
        yield Body([answer.content], {}, 1 << 30) if answer.status_code == 200 else self._got(answer)

    def close(self) -> None:
        """Close."""
        self._http.close()

    def _got(self, answer: httpx.Response) -> Got:
        return Got(answer.status_code, answer.text, answer.headers.get("retry-after", ""))


class Credulous(Client):
    """Our own client, but for what the server says of a file: it takes what comes for the whole."""

    @contextmanager
    def download(self, download_url: str) -> Iterator[Any]:
        """Read a file without looking at its length."""
        with super().download(download_url) as body:
            yield Body(self._all(body), {}, 1 << 30) if isinstance(body, Body) else body

    def _all(self, body: Body) -> Iterator[bytes]:
        with suppress(Broken):
            yield from body.chunks


@pytest.mark.parametrize(
    ("name", "step", "opens", "broken"),
    [
        ("foreign-links", "create", Careless, "authorization"),
        ("foreign-links", "poll", Careless, "authorization"),
        ("cut", "download", Credulous, "is not the undisturbed file"),
    ],
)
def test_the_harness_fails_on_a_broken_client(
    name: str, step: str, opens: Any, broken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Credentials that follow a link, and a file that is cut, are found out."""
    with standing(tmp_path, **lying(name, step, "every"), opens=opens) as stand:
        ended = stand.run()
        with pytest.raises(AssertionError, match=broken):
            kept(stand, ended, "".join(capsys.readouterr()))


def test_the_harness_fails_on_a_word_too_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A view that tells the address of a job is found out."""
    with standing(tmp_path) as stand:
        ended = stand.run()
        (first, *_) = ended.lane.tracks.values()
        with pytest.raises(AssertionError, match="a secret was told"):
            kept(stand, ended, f"polling {first.status_url}")
