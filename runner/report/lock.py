"""The lock: what was asked and what came back, for the commit beside the manifest.

Sorted, one block per partition, no instant, no URL, no job id, no machine name, no secret; so the same
manifest against the same data gives the same bytes anywhere.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import tzdata

from runner import __version__, folders
from runner.events import Stored
from runner.partition import Partition, Plan, asked_for

Lock = Mapping[str, Any]
NAMES = {
    "sha256": "the bytes",
    "bytes": "the size",
    "rows": "the number of rows",
    "rows_digest": "the rows",
    "columns": "the columns",
    "request_digest": "the request",
    "output": "the file name",
    "window": "the window",
    "source": "the source",
    "proof": "the proof of completeness",
    "labels": "the labels",
}
"""What a difference in a block is called, gravest first."""


CHANGED = {
    "manifest_digest": "the manifest has changed since the lock was written",
    "catalog_digest": "the catalogue of reports has changed since the lock was written",
}
"""What is said where one of the two digests differs: nobody can read them."""


def beside(manifest: Path) -> Path:
    """Return where the lock of a manifest lies: `q1.yaml` -> `q1.lock.json`."""
    return manifest.with_name(f"{manifest.stem}.lock.json")


ADOPTED = "adopted"
"""The label of a file whose job was started by hand: nobody can prove what that was asked."""


def block(partition: Partition, stored: Stored, *, adopted: bool = False) -> dict[str, Any]:
    """Return what the lock says about one partition."""
    asked = asked_for(partition)
    del asked["id"]
    return asked | {
        "source": partition.source,
        "output": stored.output,
        "bytes": stored.bytes,
        "sha256": stored.sha256,
        "rows": stored.rows,
        "rows_digest": stored.rows_digest,
        "columns": list(stored.columns),
        "proof": stored.proof,
        "labels": [*partition.labels, *([ADOPTED] if adopted else [])],
    }


def made(
    plan: Plan, stored: Mapping[str, Stored], previous: Lock | None, adopted: Collection[str] = ()
) -> dict[str, Any]:
    """Return the lock of a plan: a block for each partition that is done.

    `stored` is by journal key, `adopted` holds the keys of jobs that were started by hand. A partition that
    is not done keeps its block of the `previous` lock as long as it still asks for the same, so that a run of
    a part, or one that failed, takes nothing away.
    """
    before = previous["partitions"] if previous else {}
    blocks: dict[str, Any] = {}
    for partition in plan.partitions:
        former = before.get(partition.id, {})
        if one := stored.get(partition.key):
            by_hand = partition.key in adopted or _was_adopted(former, one)
            blocks[partition.id] = block(partition, one, adopted=by_hand)
        elif former.get("request_digest") == partition.request.digest:
            blocks[partition.id] = former
    return {
        "version": 1,
        "manifest": plan.manifest,
        "manifest_digest": plan.manifest_digest,
        "catalog_digest": plan.catalog_digest,
        "timezone_data": tzdata.IANA_VERSION,
        "program": __version__,
        "partitions": blocks,
    }


def _was_adopted(former: Mapping[str, Any], stored: Stored) -> bool:
    """Say whether a file that the journal knows from the lock alone is labelled there."""
    return not stored.part and former.get("sha256") == stored.sha256 and ADOPTED in former["labels"]


def text(lock: Lock) -> str:
    """Return the lock's bytes as text: sorted keys, short lists on one line each where JSON allows it."""
    return json.dumps(lock, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def write(path: Path, lock: Lock, judged: Callable[[Lock], object] = lambda lock: None) -> bool:
    """Write the lock whole or not at all; False where the file already says the same.

    `judged` is called before anything is written, and refuses what must not be. The part file always has the
    same name, so that what a killed run left is taken over.
    """
    content, part = text(lock).encode(), path.with_name(f".{path.name}.part")
    if _says(path, content) and not part.exists():
        return False
    judged(lock)
    with _held(part) as file:
        if _says(path, content):
            part.unlink()
            return False
        try:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
            os.replace(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    with folders.opened(path.parent) as folder:
        os.fsync(folder)
    return True


def _says(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


@contextmanager
def _held(part: Path) -> Iterator[BinaryIO]:
    """Open the part file, empty and ours until it has its final name; a run beside us waits for that."""
    while True:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _has_name(descriptor, part):
                file.truncate()
                yield file
                return


def _has_name(descriptor: int, path: Path) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), path.stat())
    return False


def differences(committed: Lock, found: Lock) -> list[str]:
    """Say in words what differs, partition by partition; empty where nothing does."""
    rows = [
        f"{name.replace('_', ' ')}: {committed[name]} in the lock, {found[name]} now"
        for name in ("manifest", "timezone_data")
        if committed[name] != found[name]
    ]
    rows += [words for name, words in CHANGED.items() if committed[name] != found[name]]
    old, new = committed["partitions"], found["partitions"]
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            rows.append(f"{name}: is in the lock, but was not made now")
        elif name not in old:
            rows.append(f"{name}: was made now, but is not in the lock")
        elif changed := [words for key, words in NAMES.items() if old[name][key] != new[name][key]]:
            rows.append(f"{name}: {', '.join(changed)} differ{_counted(old[name], new[name])}")
    return rows


def _counted(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    if old["rows"] == new["rows"]:
        return ""
    return f" ({old['rows']:,} rows in the lock, {new['rows']:,} now)"
