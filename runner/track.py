"""PURE: where one partition stands, and the bounds on how often anything is tried."""

from __future__ import annotations

from dataclasses import dataclass, replace

from runner.errors import Exit
from runner.events import (
    Failed,
    Stored,
)

MINUTE_MS = 60_000
NO_LINK_WAIT_MS = 15_000
"""A job that is COMPLETED may still have no link [G]; so soon it is asked again."""
GONE_WAIT_MS = 15_000
COOL_DOWN_MS = 120_000
"""How long a job that the vendor ended badly is left alone before it is made once more."""
LONGEST_WAIT_MS = 300_000
"""However long a Retry-After asks for, we look again after this."""
SHORTEST_WAIT_MS = 1_000
"""However short a wait a server asks for, it gets this, and twice as long each time after that."""
OVERFLOW_WAIT_MS = 60_000
MAX_WAITS = 20
"""How often in a row a partition may be sent away (429), or a lane find the queue full, before it is left for
the next run."""
MAX_ERRORS = 5
UNKNOWN = "E-UNKNOWN"
"""The code of a create whose answer never came, and which is not sent again by itself."""
MENDS_ITSELF = ("E-TIMEOUT", "E-CONNECT", "E-SLOW", "E-STOPPED")
"""What ends a download without saying anything against the file: the next run goes on."""
MAX_DOWNLOADS = 3
LINK_LIFE_MS = 24 * 60 * MINUTE_MS
"""How long a downloadUrl is good [G, S]; from when is not said, so we count from the creation."""
TERMINAL = ("done", "failed")


@dataclass(frozen=True, slots=True)
class Track:
    """Where one partition stands.

    `state` is one of planned, intent, unknown, running, ready, downloading, stored, done, failed; `busy` says
    that an effect is under way. Instants are epoch ms. `looked_at` is when the job was last found running (0:
    never). `downloads` counts bodies that came to nothing, `refused` links that were. `recreated` is the
    reason of a second job, if any. `adopted`: the job was started by hand. `completed`: it has ended
    well, and only a link is to come, or to come again.
    """

    key: str
    state: str = "planned"
    busy: bool = False
    attempt: int = 0
    created_at: int = 0
    not_before: int = 0
    looked_at: int = 0
    pause_until: int = 0
    workflow_id: str = ""
    status_url: str = ""
    download_url: str = ""
    waits: int = 0
    errors: int = 0
    gone: int = 0
    downloads: int = 0
    refused: int = 0
    recreated: str = ""
    possible_duplicate: bool = False
    adopted: bool = False
    completed: bool = False
    stored: Stored | None = None
    failure: Failed | None = None

    @property
    def given_up(self) -> bool:
        """Say whether only a person can want the failed partition asked again: it would cost another job."""
        return self.failure is not None and (
            self.possible_duplicate if self.in_doubt else self.failure.exit == Exit.VENDOR
        )

    def resumed(self, *, retry_failed: bool = False) -> Track:
        """Return the track as a new run finds it: nothing is under way, old failures get a new chance.

        What is given up stays so, unless `retry_failed`.
        """
        if self.given_up and not retry_failed:
            return self
        fresh = replace(
            self,
            busy=False,
            not_before=0,
            pause_until=0,
            waits=0,
            errors=0,
            gone=0,
            downloads=0,
            refused=0,
            failure=None,
        )
        match self.state:
            case "intent":
                return replace(fresh, state="unknown")
            case "downloading":
                return replace(fresh, state="ready")
            case "failed":
                return replace(fresh, state=self._again(), recreated="")
            case _:
                return fresh

    def seen(self, *, at_work: bool) -> Track:
        """Return the track as who looks sees it: without a run at work, what one was about is cut off."""
        return self if at_work or self.state not in ("intent", "downloading") else self.resumed()

    def resumes(self, *, retry_failed: bool = False) -> bool:
        """Say whether a new run finds it otherwise than the last one left it, but for what only waits."""
        found = self.resumed(retry_failed=retry_failed)
        was = replace(self, busy=found.busy, not_before=found.not_before, pause_until=found.pause_until)
        return found != was

    def _again(self) -> str:
        """Return where a failed partition goes on: at its job where there may be one, else at the start."""
        if self.in_doubt:
            return "unknown"
        return "running" if self._goes_on() else "planned"

    def _goes_on(self) -> bool:
        """Say whether there may be a job of the failed track: a later run looks at it again."""
        return bool(self.status_url) and self.failure is not None and self.failure.exit != Exit.VENDOR

    @property
    def out_of_sight(self) -> bool:
        """Say whether the track failed where its job may run on: no look told how it stands."""
        failure = self.failure
        return failure is not None and (self._goes_on() and failure.step == "poll" and not self.completed)

    @property
    def stands(self) -> bool:
        """Say whether the job stands in the vendor's queue, as far as is known."""
        return self.state == "running" and not self.completed

    @property
    def in_doubt(self) -> bool:
        """Say whether the vendor may hold a job of a create that had no answer, or none that can be read."""
        failure = self.failure
        return self.state == "unknown" or (
            failure is not None
            and (failure.code == UNKNOWN or (failure.step, failure.code) == ("create", "E-ANSWER"))
        )

    def left_in_doubt(self, at: int) -> Track:
        """Return the track at its end where a create without an answer must not be sent again by itself."""
        said = "the answer to the create request never came, so the vendor may hold the job"
        return self.failed(fail(self, at, "create", UNKNOWN, said, Exit.UNFINISHED))

    def sent_away(
        self,
        at: int,
        wait_ms: int,
        state: str,
        *,
        pause: bool = False,
        code: str = "E-BUSY",
        exit: Exit = Exit.UNFINISHED,
    ) -> Track:
        """Come back to `state` after `wait_ms`; too often in a row is left for the next run."""
        if self.waits + 1 >= MAX_WAITS:
            message = f"the vendor said {self.waits + 1} times in a row to come back later"
            if code == "E-NO-LINK":
                message = f"the job is COMPLETED, but {self.waits + 1} answers held no download link"
            return self.failed(fail(self, at, "poll", code, message, exit))
        until = at + wait_ms
        pause_until = until if pause else self.pause_until
        return replace(self, state=state, waits=self.waits + 1, not_before=until, pause_until=pause_until)

    def erred(self, at: int, step: str, code: str, message: str) -> Track:
        """Try the same step again a little later; too often in a row is left for the next run."""
        if self.errors + 1 >= MAX_ERRORS:
            said = f"{message}; tried {self.errors + 1} times"
            return self.failed(fail(self, at, step, code, said, Exit.UNFINISHED))
        return replace(self, errors=self.errors + 1, not_before=at + 2_000 * 2**self.errors)

    def failed(self, event: Failed) -> Track:
        """Return the track at its bad end."""
        return replace(self, state="failed", busy=False, failure=event)


def fail(track: Track, at: int, step: str, code: str, message: str, exit: Exit) -> Failed:
    """Return the event that ends a track badly, at `at` (epoch ms)."""
    return Failed(key=track.key, at=at, step=step, code=code, message=message, exit=exit)
