"""What is told of a run: counts and names, no address, no secret."""

from __future__ import annotations

import json

from runner.events import Done, Failed
from runner.report.notice import notice
from runner.report.outcome import outcomes
from runner.report.story import story
from tests.unit.builders import partition, stored


def test_a_notice_counts_and_names() -> None:
    """For chats a sentence, for programs the numbers, export by export; every text passes the one door."""
    several = [partition("a"), partition("b", export="posts"), partition("c", export="posts", profile="acme")]
    events = [
        stored("a"),
        Done(key="a", at=1, output="x"),
        Failed(key="b", at=1, step="poll", code="E-JOB", message="https://x/secret", exit=69),
    ]
    told = story(events, [one.key for one in several])
    ended = outcomes(several, {key: life.track for key, life in told.lives.items()})
    body = json.loads(
        notice("q1-secret", 69, ended, {"a": stored("a")}, lambda text: text.replace("secret", "***"))
    )
    assert body == {
        "version": 1,
        "text": "care-export: q1-*** ended with 69: 1 of 3 files is there; 1 failed and 1 is still to come.",
        "manifest": "q1-***",
        "exit": 69,
        "files": 3,
        "done": 1,
        "failed": 1,
        "left": 1,
        "rows": 2,
        "bytes": 10,
        "profiles": ["acme", "sandbox"],
        "exports": [
            {"name": "conversations", "done": 1, "failed": 0, "left": 0},
            {"name": "posts", "done": 0, "failed": 1, "left": 1},
        ],
    }
