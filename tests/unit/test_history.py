"""What a journal's events come to."""

from __future__ import annotations

from runner.events import Done, Forgotten, Intent
from runner.history import Maker, history
from tests.unit.builders import stored

INTENT = Intent(key="k", at=3, attempt=1, request_digest="d")


def test_nothing_is_known_of_what_did_not_happen() -> None:
    """An empty journal: all is planned."""
    none = history([])
    assert (none.track("k").state, none.last, dict(none.made)) == ("planned", 0, {})


def test_since_is_when_the_state_was_come_into() -> None:
    """A repeated event that changes no state does not make it younger; every file we made is known."""
    seen = history([INTENT, stored(at=5), stored(at=7, sha256="f" * 64), Done(key="k", at=9, output="a")])
    assert seen.track("k").state == "done"
    assert seen.since == {"k": 9}
    maker = Maker("k", "")
    assert seen.made == {"exports/k.csv": {"c" * 64: maker, "f" * 64: maker}}
    assert history([INTENT, stored(at=5), stored(at=7)]).since == {"k": 5}
    assert history([INTENT, Forgotten(key="k", at=11)]).last == 11
