"""A lock holds no secret: it is refused before it is written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runner.cli.locks import sealed
from runner.cli.streams import begin, know
from runner.errors import Exit, Refusal
from runner.report.lock import made
from tests.unit.builders import partition, plan_of, stored

PLAN = plan_of(partition("k", profile="acme-inc", id="conversations/acme-inc/k"))


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    """Let the exits know credentials of which one is the profile's name too."""
    begin()
    know("acme-inc", "cccccc", "correct horse")
    yield
    begin()


def refused(lock: dict[str, object]) -> tuple[str, int, str]:
    """Return code, exit and message of the refusal of a lock."""
    with pytest.raises(Refusal) as caught:
        sealed(lock, PLAN, {})
    return caught.value.code, caught.value.exit, caught.value.message


def test_a_lock_without_a_secret_is_let_through() -> None:
    """Words of the plan are no leak where a company's key is its name; digests hold whatever they hold."""
    lock = made(PLAN, {"k": stored("k")}, None)
    assert sealed(lock, PLAN, {}) is lock


def test_what_is_committed_already_is_no_new_leak() -> None:
    """A block that is kept from the committed lock is not judged again."""
    lock = made(PLAN, {"k": stored("k", columns=("correct horse",))}, None)
    assert sealed(lock, PLAN, lock) is lock


def test_a_column_that_holds_a_secret_is_not_trusted() -> None:
    """76: the vendor sent it, in whatever writing; the message names the partition, not the secret."""
    code, exit, message = refused(made(PLAN, {"k": stored("k", columns=("A", "correct%20horse"))}, None))
    assert (code, exit) == ("E-LEAK", Exit.UNTRUSTED)
    assert message.startswith("conversations/acme-inc/k: a column")
    assert "horse" not in message


@pytest.mark.parametrize("where", ["key", "value"])
def test_a_secret_anywhere_else_is_our_fault(where: str) -> None:
    """70: whatever a later version puts into a lock, no secret gets in by it."""
    secret = "Y29ycmVjdCBob3JzZQ=="
    lock = made(PLAN, {"k": stored("k")}, None) | ({secret: 1} if where == "key" else {"url": [secret]})
    code, exit, message = refused(lock)
    assert (code, exit) == ("E-LEAK", Exit.BUG)
    assert secret not in message
