"""Events: what is written to the journal is what is read from it."""

from __future__ import annotations

import json

import pytest

from runner.events import KINDS, Created, Event, Failed, Polling, Stored, from_plain, to_plain

STORED = Stored(
    key="k",
    at=5,
    part=".p.part",
    output="a/b.csv",
    bytes=3,
    sha256="ab",
    rows=1,
    rows_digest="cd",
    columns=("A", "B"),
    proof="length",
)


@pytest.mark.parametrize(
    "event",
    [
        STORED,
        Polling(key="k", at=1),
        Created(key="k", at=2, status=200, body="{}"),
        Failed(key="k", at=3, step="create", code="E-X", message="m", exit=69),
    ],
    ids=lambda event: event.kind,
)
def test_an_event_survives_json(event: Event) -> None:
    """An event becomes plain data and JSON, and comes back the same."""
    plain = json.loads(json.dumps(to_plain(event)))
    assert from_plain(event.kind, event.key, event.at, plain) == event


def test_key_instant_and_kind_are_not_repeated() -> None:
    """The plain data holds an event's own fields only."""
    assert to_plain(Created(key="k", at=2, status=200, body="b")) == {
        "status": 200,
        "body": "b",
        "retry_after": "",
    }


def test_an_unknown_kind_is_refused() -> None:
    """A kind of a later version is an error, never skipped."""
    with pytest.raises(ValueError, match="not known to this version"):
        from_plain("teleported", "k", 1, {})


def test_an_unknown_field_is_refused() -> None:
    """A field of a later version is an error, never dropped."""
    with pytest.raises(ValueError, match=r"unknown fields \['colour'\]"):
        from_plain("polling", "k", 1, {"colour": "red"})


def test_every_kind_goes_by_its_own_word() -> None:
    """The words of the journal are unique and lead to their class."""
    assert all(KINDS[kind].kind == kind for kind in KINDS)
