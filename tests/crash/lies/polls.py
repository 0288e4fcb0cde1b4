"""R47 to R63: what the status of a job may say."""

from __future__ import annotations

import threading
from typing import Any

from runner.sandbox.quirks import Quirks
from runner.sandbox.wire import Response
from tests.crash.lies.cases import Case, at, saying
from tests.crash.lies.faults import always, text
from tests.crash.lies.stand import CANARY, Ended, Lie, Stand, Turn


def state(runner_state: str, detail: Any, reason: Any = None, url: str | None = None) -> Any:
    """Answer a status with this state; the link is the honest one unless `url` is given."""

    def change(data: Any) -> Any:
        result = data["result"][0] if isinstance(data["result"], list) else data["result"]
        info = result["jobInfo"] | ({} if url is None else {"downloadUrl": url})
        inner = result["result"] | {"runnerState": runner_state, "detail": detail, "reason": reason}
        return data | {"result": [{"jobInfo": info, "result": inner}]}

    return saying(change)


def polled(answer: Any, **fields: Any) -> tuple[Case, ...]:
    """Return a case in which every status is answered so."""
    return (Case(at("poll", answer), **fields),)


def ended(detail: str, words: str, creates: int = 2) -> tuple[Case, ...]:
    """Return a case in which every job ends so; `words` are told, and at most `creates` jobs are made."""

    def check(stand: Stand, ended: Ended, told: str) -> None:
        assert words in told
        assert 1 <= ended.creates <= creates

    return polled(state("CLOSED", detail, "quota of the tenant"), also=check)


def job_kept(stand: Stand, ended: Ended, told: str) -> None:
    """Check that the job is known still, so that a later run can go on with it."""
    (track,) = ended.lane.tracks.values()
    assert track.status_url
    assert ended.creates == 1


def job_asked_again(stand: Stand, ended: Ended, told: str) -> None:
    """Check that the next run asks for the same job, and finishes where the server is well."""
    job_kept(stand, ended, told)
    stand.lie = None
    again = stand.run()
    assert again.exit == 0
    assert again.creates == 0


def recreated(stand: Stand, ended: Ended, told: str) -> None:
    """Check that the job was made twice and the record says why."""
    (track,) = ended.lane.tracks.values()
    assert track.recreated
    assert ended.creates == 2


def led_nowhere(stand: Stand, ended: Ended, told: str) -> None:
    """Check that no file was asked for, here or elsewhere."""
    assert stand.elsewhere.seen == stand.storage.seen == []
    assert not any("/download" in one.target for one in stand.api.seen)


def one_job(stand: Stand, ended: Ended, told: str) -> None:
    """Check that one job was made."""
    assert ended.creates == 1


def harmless(stand: Stand, ended: Ended, told: str) -> None:
    """Check that the vendor's words are shown, and are neither a terminal's nor a CI's command."""
    assert "cancelled by" in told
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert not any(line.lstrip().startswith(("::", "##[")) for line in told.splitlines())


def for_ever() -> tuple[Case, ...]:
    """Let the job run for ever, and let the run's own deadline come after some looks."""
    stop = threading.Event()

    def running(turn: Turn) -> Response | None:
        if turn.number >= 12:
            stop.set()
        answer: Response | None = state("RUNNING", "")(turn)
        return answer

    def check(stand: Stand, ended: Ended, told: str) -> None:
        assert sum(one.kind == "polled" for one in ended.events) >= 12
        stop.clear()
        job_asked_again(stand, ended, told)

    return (Case(at("poll", running), check, stop=stop),)


def first_job_gone() -> Lie:
    """Know the first job no more, and every later one."""
    first: list[str] = []

    def lie(turn: Turn) -> Response | None:
        first.append(turn.request.path)
        return text(404, b"{}") if turn.request.path == first[0] else None

    return lie


UGLY = "\x1b[2Jcancelled by\n::error::<script>alert(1)</script>\u202e"

CASES: dict[str, tuple[Case, ...]] = {
    # An unknown state is an error at once, not after a few looks: it may be a new word for an end.
    "R47": polled(state("PAUSED", ""), also=job_kept),
    "R48": ended("FAILED", "quota of the tenant"),
    "R49": ended("CANCELED", "CANCELED", creates=1),
    "R50": ended("TERMINATED", "TERMINATED", creates=1),
    "R51": ended("TIMED_OUT", "TIMED_OUT"),
    "R52": ended("CONTINUED_AS_NEW", "CONTINUED_AS_NEW"),
    "R53": (Case(None, one_job, stand={"quirks": Quirks(empty_polls=2)}),),
    "R54": (Case(None, one_job, stand={"quirks": Quirks(empty_polls=10_000)}),),
    "R55": polled(state("CLOSED", None), also=job_kept),
    "R56": (Case(None, one_job, stand={"quirks": Quirks(details_not_detail=True)}),),
    "R57": for_ever(),
    "R58": (Case(at("poll", first_job_gone()), recreated),),
    "R59": polled(always(text(401, b"{}")), also=job_asked_again),
    "R60": (Case(at("poll", always(text(500, b"")), times=3), one_job),),
    "R61": polled(
        saying(lambda data: {"status": "PASS", "result": _of_another(data["result"])}), also=job_kept
    ),
    "R62": polled(state("CLOSED", "CANCELED", UGLY), also=harmless),
    "R63": polled(
        state("CLOSED", "COMPLETED", url=f"https://evil.example/api/public/x?{CANARY}"),
        also=led_nowhere,
    ),
}


def _of_another(result: Any) -> Any:
    one = result[0] if isinstance(result, list) else result
    return one | {"jobInfo": one["jobInfo"] | {"workflowId": "another"}}
