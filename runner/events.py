"""The vocabulary of what happened: one frozen event per thing that happened to a partition.

The journal is the ordered list of these; the lane, the progress view, the lock and the summary are made from
them alone. Instants are epoch milliseconds on the clock of the partition's profile. An answer of the vendor
is kept as it came (`body`), so that a crash, or a fault in our reading of it, loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all events share: the partition's key (`Partition.key`) and the instant in epoch milliseconds."""

    kind: ClassVar[str] = ""
    key: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent(Event):
    """A create request is about to leave; durable before it does. `attempt` counts creates from 1.

    `report` and `span_ms`, the length of the window, say what kind of job it is: how long that kind takes is
    learned from the journal.
    """

    kind: ClassVar[str] = "intent"
    attempt: int
    request_digest: str
    report: str = ""
    span_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Created(Event):
    """An answer to a create came; durable before it is interpreted (it may well be an error)."""

    kind: ClassVar[str] = "created"
    status: int
    body: str
    retry_after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polling(Event):
    """A status request is under way. Not journalled: it changes nothing at the vendor."""

    kind: ClassVar[str] = "polling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled(Event):
    """An answer to a status request came."""

    kind: ClassVar[str] = "polled"
    status: int
    body: str
    retry_after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloading(Event):
    """A download is under way, into a part file beside `output`."""

    kind: ClassVar[str] = "downloading"
    output: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDownloaded(Event):
    """The download address, or the storage behind it, answered with something else than the file."""

    kind: ClassVar[str] = "not_downloaded"
    status: int
    retry_after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored(Event):
    """A whole, proven file lies beside its final name; durable before the rename.

    `proof` is the strongest that held: `checksum`, `length`, `framing` or `structure`. `rows_digest` does not
    depend on the order of the rows. `part` is the part file's name, `output` the final path, both relative.
    `manifest` says whose file it is: the manifest's path, as seen from beside the state folder.
    """

    kind: ClassVar[str] = "stored"
    part: str
    output: str
    bytes: int
    sha256: str
    rows: int
    rows_digest: str
    columns: tuple[str, ...]
    proof: str
    warnings: tuple[str, ...] = ()
    manifest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done(Event):
    """The file lies under its final name, and the directory is synced."""

    kind: ClassVar[str] = "done"
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered(Event):
    """A request of `step` (create, poll, download) brought no answer.

    `sent` is False only where it surely did not reach the server (no connection was made), so that a create
    may be sent again without making a second job.
    """

    kind: ClassVar[str] = "unanswered"
    step: str
    sent: bool
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Event):
    """The partition ended badly, by something that a repeat of the same step would not mend.

    `code` is the stable code (E-ORIGIN, ...), `exit` the exit code it stands for.
    """

    kind: ClassVar[str] = "failed"
    step: str
    code: str
    message: str
    exit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost(Event):
    """A file that was stored or done is not there any more, or is another one and may be replaced."""

    kind: ClassVar[str] = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Event):
    """A later run took up a partition that an earlier one had left unfinished, or given up: it tries anew.

    Without this, a replay would add up the tries of all runs, and come to another end than they did.
    """

    kind: ClassVar[str] = "resumed"
    retry_failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted(Event):
    """A job that was started by hand takes the place of one of ours; what it was asked, nobody can prove."""

    kind: ClassVar[str] = "adopted"
    status_url: str
    workflow_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten(Event):
    """A person said to forget what the journal knows of the partition: it begins anew."""

    kind: ClassVar[str] = "forgotten"


KINDS: Mapping[str, type[Event]] = {
    one.kind: one
    for one in (
        Intent, Created, Polling, Polled, Downloading, NotDownloaded, Stored, Done, Unanswered, Failed,
        Lost, Resumed, Adopted, Forgotten,
    )
}  # fmt: skip
"""Every kind of event by the word it has in the journal."""


def to_plain(event: Event) -> dict[str, Any]:
    """Return the event's own fields (without key, at and kind) as JSON-ready data."""
    plain = asdict(event)
    del plain["key"], plain["at"]
    return plain


def from_plain(kind: str, key: str, at: int, plain: Mapping[str, Any]) -> Event:
    """Return the event that `to_plain` was given; ValueError where the kind or a field is not known here."""
    if kind not in KINDS:
        raise ValueError(f"event kind {kind!r} is not known to this version")
    known = {one.name for one in fields(KINDS[kind])}
    if unknown := set(plain) - known:
        raise ValueError(f"event {kind!r} has unknown fields {sorted(unknown)}")
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
    return KINDS[kind](key=key, at=at, **values)
