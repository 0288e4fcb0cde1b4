"""The rules that hold in every case, whatever a server says: files, secrets, credentials, creates, bounds."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, quote_plus

from runner.errors import Exit
from runner.plan import Partition
from runner.sandbox.accounts import COMPANY_KEY, PASSWORD, USERNAME
from runner.sandbox.clock import START_MS
from tests.contract.rawserver import Seen
from tests.crash.lies import footprint
from tests.crash.lies.stand import Ended, Stand, standing

MOST_REQUESTS, LONGEST_MS, MOST_KIB = 150, 12 * 3_600_000, 200 << 10
LOCK = "line.lock.json"


def kept(stand: Stand, ended: Ended, told: str, whole: Mapping[str, bytes] | None = None) -> None:
    """Check every rule; `told` is all that was written to standard output and error.

    `whole` are the files as they may be there, by path, where the server's own truth is another one.
    """
    assert "Traceback" not in told
    only_whole_files(stand, ended, undisturbed(stand.exports) if whole is None else whole)
    no_secret(stand, told)
    credentials_at_home(stand)
    creates_accounted_for(stand, ended)
    requests = len(stand.api.seen) + len(stand.storage.seen) + len(stand.elsewhere.seen)
    assert requests <= MOST_REQUESTS, f"{requests} requests"
    assert all(one.at - START_MS <= LONGEST_MS for one in ended.events), "it waited too long"
    assert footprint.grown(stand.resident) <= MOST_KIB, "it took too much memory"


def only_whole_files(stand: Stand, ended: Ended, whole: Mapping[str, bytes]) -> None:
    """Check that a file is the undisturbed one or is not there; a part waits only where it is proven."""
    files = stand.files()
    tracks = ended.lane.tracks.values()
    waiting = {f"exports/{one.stored.part}" for one in tracks if one.stored and one.state == "stored"}
    for name in files.keys() - waiting - {LOCK}:
        assert name in whole, f"{name} is no file of this run"
        assert files[name] == whole[name], f"{name} is not the undisturbed file"
    for one in ended.outcomes:
        assert (one.partition.output in files) == (one.exit == Exit.DONE), one


def no_secret(stand: Stand, told: str) -> None:
    """Check that no secret, in any shape, is in the two outputs, in the lock, or in a file's name."""
    written = told + (stand.root / LOCK).read_text() + " ".join(stand.files())
    for secret in stand.secrets:
        for shape in shapes(secret):
            assert shape not in written, f"a secret was told: {shape[:60]}"


def credentials_at_home(stand: Stand) -> None:
    """Check that credentials went to the API's own origin and path only, and no cookie anywhere."""
    for one in stand.api.seen:
        assert "cookie" not in one.headers
        assert "authorization" not in one.headers or one.target.startswith("/api/public/"), one.target
    secret = shapes(COMPANY_KEY) | shapes(PASSWORD)
    for one in (*stand.storage.seen, *stand.elsewhere.seen):
        assert not {"authorization", "cookie", "referer", "proxy-authorization"} & one.headers.keys(), one
        assert not any(shape in str(one) for shape in secret), one


def creates_accounted_for(stand: Stand, ended: Ended) -> None:
    """Check that a create was sent once, and again only where that is flagged or the record says why."""
    for one in ended.outcomes:
        track = ended.lane.tracks[one.partition.key]
        allowed = 1 + track.possible_duplicate + bool(track.recreated)
        made = len(may_be_jobs(stand, one.partition))
        assert made <= allowed, f"{made} creates of {one.partition.id}, {allowed} are accounted for"


def may_be_jobs(stand: Stand, partition: Partition) -> list[Seen]:
    """Return a partition's creates that the vendor read and may have made a job of."""
    path = f"{partition.request.path}?"
    sent = [one for one in stand.api.seen if one.method == "POST" and one.target.startswith(path)]
    return [one for one in sent if not any(one is other for other in stand.turned_away)]


@lru_cache
def shapes(secret: str) -> frozenset[str]:
    """Return the ways in which a secret may be written down."""
    plain = secret.encode()
    pair = base64.b64encode(f"{USERNAME}:{secret}".encode()).decode()
    return frozenset(
        {
            secret, quote(secret), quote(secret, safe=""), quote(secret, safe="").lower(), quote_plus(secret),
            json.dumps(secret)[1:-1], html.escape(secret), repr(secret)[1:-1], pair,
            base64.b64encode(plain).decode(), base64.urlsafe_b64encode(plain).decode(), plain.hex(),
        }
    )  # fmt: skip


@lru_cache
def undisturbed(exports: str) -> dict[str, bytes]:
    """Return the files of a run that nobody disturbs, by their path."""
    with TemporaryDirectory() as folder, standing(Path(folder), exports=exports) as stand:
        ended = stand.run()
        files = stand.files()
        assert ended.exit == Exit.DONE
        assert len(files) == len(ended.outcomes) + 1
    return {name: content for name, content in files.items() if name != LOCK}
