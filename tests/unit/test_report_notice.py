"""What is told of a run: counts and names, no address, no secret."""

from __future__ import annotations

import json

from runner.events import Done, Failed
from runner.report.notice import notice, refused
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


def test_a_notice_of_a_refused_run_has_a_code_and_no_counts() -> None:
    """What the code means, for chats; how many files were asked for and of whom, for programs."""
    several = [partition("a"), partition("b", profile="acme")]
    body = json.loads(refused("q1-secret", 78, "E-SECRET", several, lambda text: text.replace("q1", "***")))
    assert body.pop("text").startswith(
        "care-export: ***-secret ended with 78: E-SECRET: A credential cannot be had"
    )
    assert body == {
        "version": 1,
        "manifest": "***-secret",
        "exit": 78,
        "code": "E-SECRET",
        "files": 2,
        "profiles": ["acme", "sandbox"],
    }
