"""PURE: the way of one partition, from planned to done, one event at a time.

`after(track, event)` returns the track as it is once the event has happened. What the vendor's answers mean
is read here and only here, after they are in the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any

from runner import answers
from runner.errors import Exit
from runner.events import (
    Adopted,
    Created,
    Done,
    Downloading,
    Event,
    Failed,
    Forgotten,
    Intent,
    Lost,
    NotDownloaded,
    Polled,
    Polling,
    Resumed,
    Stored,
    Unanswered,
)
from runner.track import (
    COOL_DOWN_MS,
    GONE_WAIT_MS,
    LINK_LIFE_MS,
    LONGEST_WAIT_MS,
    MAX_DOWNLOADS,
    MENDS_ITSELF,
    MINUTE_MS,
    NO_LINK_WAIT_MS,
    OVERFLOW_WAIT_MS,
    SHORTEST_WAIT_MS,
    UNKNOWN,
    Track,
    fail,
)


def after(track: Track, event: Event) -> Track:
    """Return the track once `event` has happened."""
    return _STEPS[type(event)](track, event)


def _intent(track: Track, event: Intent) -> Track:
    # Where the run that took it up says nothing of it, the first one is still an intent in a replay.
    duplicate = track.possible_duplicate or track.state in ("intent", "unknown")
    return replace(
        track, state="intent", busy=True, attempt=event.attempt, possible_duplicate=duplicate,
        stored=None, failure=None, download_url="", status_url="", looked_at=0, adopted=False, downloads=0,
        refused=0, completed=False,
    )  # fmt: skip


def _created(track: Track, event: Created) -> Track:
    track = replace(track, busy=False)
    match answers.read_create(event.status, event.body, event.retry_after):
        case answers.Job() as job:
            return replace(
                track,
                state="running",
                workflow_id=job.workflow_id,
                status_url=job.status_url,
                waits=0,
                errors=0,
                created_at=event.at,
                not_before=event.at,
            )
        case answers.Busy():
            return track.sent_away(event.at, _away_ms(track, event), "planned", pause=True)
        case answers.Ill(message):
            return _unknown(track, event.at, "E-SERVER", message)
        case trouble:
            return track.failed(fail(track, event.at, "create", trouble.code, trouble.message, trouble.exit))


def _unknown(track: Track, at: int, code: str, message: str) -> Track:
    """Note a create whose answer never came: at most one repeat, counted and flagged; then it is left."""
    if track.possible_duplicate:
        said = f"{code}: {message}; nobody can tell whether the vendor made the job, and it was tried twice"
        return track.failed(fail(track, at, "create", UNKNOWN, said, Exit.UNFINISHED))
    return replace(track, state="unknown", busy=False, not_before=at + 10_000)


def given_up(track: Track, at: int) -> Track:
    """End a create whose answer never came, where it must not be sent again; any other track stays."""
    return track.left_in_doubt(at) if track.state == "unknown" else track


def as_it_is(track: Track, at: int) -> Track:
    """Return the track: a create whose answer never came may be sent once more."""
    return track


def _polling(track: Track, event: Polling) -> Track:
    return replace(track, busy=True)


def _polled(track: Track, event: Polled) -> Track:
    track = replace(track, busy=False)
    match answers.read_status(event.status, event.body, track.workflow_id, event.retry_after):
        case answers.Running():
            return replace(track, looked_at=event.at, not_before=event.at, waits=0, errors=0, completed=False)
        case answers.Ready(""):
            return replace(track, completed=True).sent_away(
                event.at, NO_LINK_WAIT_MS, "running", code="E-NO-LINK", exit=Exit.UNTRUSTED
            )
        case answers.Ready(url):
            return replace(track, state="ready", download_url=url, not_before=event.at, waits=0, errors=0)
        case answers.Ended(_, overflow=True):
            return track.sent_away(event.at, OVERFLOW_WAIT_MS, "planned")
        case answers.Ended(reason, again=again):
            return _ended(track, event.at, reason, again=again)
        case answers.Gone():
            return _gone(track, event.at)
        case answers.Busy():
            return track.sent_away(event.at, _away_ms(track, event), "running", pause=True)
        case answers.Ill(message):
            return track.erred(event.at, "poll", "E-SERVER", message)
        case trouble:
            return track.failed(fail(track, event.at, "poll", trouble.code, trouble.message, trouble.exit))


def _ended(track: Track, at: int, reason: str, *, again: bool) -> Track:
    """Make a job once more, after a pause, where its bad end may be an accident; else, or then, it failed."""
    if track.recreated or not again:
        return track.failed(fail(track, at, "poll", "E-JOB", reason, Exit.VENDOR))
    return replace(
        track, state="planned", not_before=at + COOL_DOWN_MS, recreated=reason, download_url="", status_url=""
    )


def _gone(track: Track, at: int) -> Track:
    """Ask again a few times for a job that the server does not know; then make it anew, once."""
    if track.gone < 2:
        return replace(track, not_before=at + GONE_WAIT_MS, gone=track.gone + 1)
    return _recreate(track, at, "the server no longer knows the job")


def _recreate(track: Track, at: int, reason: str) -> Track:
    """Go back to the start once, with the reason in the record; a second time is a failure."""
    if track.recreated:
        return track.failed(
            fail(track, at, "poll", "E-EXPIRED", f"{reason}, for the second time", Exit.VENDOR)
        )
    return replace(
        track, state="planned", not_before=at, recreated=reason, gone=0, download_url="", status_url=""
    )


def _downloading(track: Track, event: Downloading) -> Track:
    return replace(track, state="downloading", busy=True)


def _not_downloaded(track: Track, event: NotDownloaded) -> Track:
    """Ask the status for a new link where one is refused; refused again, make the job again, once.

    While a link should be good, by its 24 hours, it is asked for more often: our own clock may be wrong.
    """
    track = replace(track, busy=False, state="ready")
    if event.status in (401, 403, 404, 410):
        expired = event.at - track.created_at >= LINK_LIFE_MS
        if track.refused >= (1 if expired else MAX_DOWNLOADS):
            return _recreate(track, event.at, f"the download link has expired (HTTP {event.status})")
        refused = track.refused + 1
        return replace(track, state="running", completed=True, not_before=event.at, refused=refused)
    if event.status == 429 or 500 <= event.status <= 599:
        return track.sent_away(event.at, _away_ms(track, event), "ready", pause=event.status == 429)
    message = f"the download answered HTTP {event.status}"
    return track.failed(fail(track, event.at, "download", "E-DOWNLOAD", message, Exit.UNTRUSTED))


def _stored(track: Track, event: Stored) -> Track:
    return replace(track, state="stored", busy=False, stored=event)


def _done(track: Track, event: Done) -> Track:
    return replace(track, state="done", busy=False, failure=None)


def _unanswered(track: Track, event: Unanswered) -> Track:
    track = replace(track, busy=False)
    if event.step == "create" and event.sent:
        return _unknown(track, event.at, event.code, event.message)
    if event.step == "download":
        return _cut(track, event)
    state = "planned" if event.step == "create" else "running"
    return replace(track, state=state).erred(event.at, event.step, event.code, event.message)


def _cut(track: Track, event: Unanswered) -> Track:
    """Fetch a cut or refused body again, whole, a bounded number of times.

    What says nothing against the file is waited for as at the other steps.
    """
    if event.code in MENDS_ITSELF:
        return replace(track, state="ready").erred(event.at, "download", event.code, event.message)
    if track.downloads + 1 >= MAX_DOWNLOADS:
        return track.failed(fail(track, event.at, "download", event.code, event.message, Exit.UNTRUSTED))
    return replace(track, state="ready", downloads=track.downloads + 1, not_before=event.at + 2_000)


def _failed(track: Track, event: Failed) -> Track:
    return track.failed(event)


def _lost(track: Track, event: Lost) -> Track:
    """Fetch a file again that is not there any more, by its job; without one, from the start.

    If the job's link still lives, the vendor says: our own clock may be wrong. A file that was delivered has
    used up none of the new one's chances; one that never got its name is a body that came to nothing.
    """
    state = "running" if track.status_url else "planned"
    found = replace(track, state=state, completed=True, busy=False, stored=None, not_before=event.at)
    if track.state == "done":
        return replace(found, recreated="", downloads=0, refused=0)
    if track.downloads + 1 >= MAX_DOWNLOADS:
        said = f"the file was gone, or another one, before it had its name; fetched {MAX_DOWNLOADS} times"
        return found.failed(fail(found, event.at, "place", "E-IO", said, Exit.IO))
    return replace(found, downloads=track.downloads + 1)


def _resumed(track: Track, event: Resumed) -> Track:
    return track.resumed(retry_failed=event.retry_failed)


def _adopted(track: Track, event: Adopted) -> Track:
    fresh = Track(track.key, attempt=track.attempt, possible_duplicate=track.possible_duplicate)
    return replace(
        fresh,
        state="running",
        status_url=event.status_url,
        workflow_id=event.workflow_id,
        created_at=event.at,
        adopted=True,
    )


def _forgotten(track: Track, event: Forgotten) -> Track:
    return Track(track.key)


def _away_ms(track: Track, event: Created | Polled | NotDownloaded) -> int:
    """Return how long to stay away: as the server asks, and longer each time that it was too short.

    A server may ask for no wait at all, or name a date that our clock is past.
    """
    least = min(SHORTEST_WAIT_MS << track.waits, LONGEST_WAIT_MS)
    return max(retry_after_ms(event.retry_after, event.at), least)


def retry_after_ms(text: str, now: int) -> int:
    """Return how long a Retry-After header asks to wait, in ms: seconds or a date, within 0 and 300 seconds.

    Anything that is neither counts as 60 seconds. `now` is epoch ms, for the form with a date.
    """
    try:
        wait = float(text) * 1000 if text.strip() else float(MINUTE_MS)
    except ValueError:
        wait = _until_date(text, now)
    if wait != wait:
        wait = MINUTE_MS
    return int(min(max(wait, 0), LONGEST_WAIT_MS))


def _until_date(text: str, now: int) -> float:
    try:
        return parsedate_to_datetime(text).timestamp() * 1000 - now
    except (ValueError, OverflowError):
        return MINUTE_MS


_STEPS: Mapping[type[Event], Callable[[Track, Any], Track]] = {
    Intent: _intent, Created: _created, Polling: _polling, Polled: _polled, Downloading: _downloading,
    NotDownloaded: _not_downloaded, Stored: _stored, Done: _done, Unanswered: _unanswered, Failed: _failed,
    Lost: _lost, Resumed: _resumed, Adopted: _adopted, Forgotten: _forgotten,
}  # fmt: skip
