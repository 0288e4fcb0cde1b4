"""Tells what went wrong: its code, its places, what was seen, and what to do."""

from __future__ import annotations

from runner.cli.streams import tell
from runner.cli.world import environment
from runner.codes import CODES, code_of
from runner.errors import Refusal


def refused(refusal: Refusal) -> int:
    """Tell the places, what was refused, and what to do about it; return the exit code."""
    for problem in refusal.problems:
        tell(str(problem))
    if environment().get("GITHUB_ACTIONS") == "true":
        # Loaded only there: what can draw a report is not needed to say that a name is misspelt.
        from runner.cli.annotations import annotate_problems

        annotate_problems(refusal.problems)
    code = code_of(refusal)
    tell(f"care-export: {code}: {refusal.message}")
    tell(refusal.advice or CODES[code].advice)
    return refusal.exit
