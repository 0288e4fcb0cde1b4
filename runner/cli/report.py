"""`care-export report`: the HTML report of the last run, from journal, lock and files; offline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from runner.cli import options, pages
from runner.cli.locks import committed
from runner.cli.planning import planned
from runner.cli.source import found
from runner.cli.streams import say, shown
from runner.cli.whole import put
from runner.errors import Exit, Refusal
from runner.report.page import page


@click.command()
@options.manifest
@options.only
@options.profile
@options.profiles
@options.out
@options.state
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write it; without it, q1.report.html in the current folder for q1.yaml.",
)
def report(
    manifest: str,
    only: tuple[str, ...],
    profile: str | None,
    profiles_file: str | None,
    out: Path,
    state: Path,
    to: Path | None,
) -> int:
    """Write the HTML report of the last run: what was asked, how it went, what came back. Asks nobody."""
    path, _ = found(manifest)
    if not (state / pages.JOURNAL).exists():
        raise Refusal(
            Exit.NO_INPUT,
            f"there is no journal under {str(state)!r}, so no run to report on",
            advice="Run the manifest first, or name the folder of its runs with --state.",
        )
    made = planned(manifest, only=only, profile=profile, profiles_file=profiles_file, proven=lambda one: True)
    told = pages.with_days(pages.told(made, state, _before(state, path)), out)
    target = to or Path(f"{path.stem}.report.html")
    put(target, page(told, shown))
    say(f"{target}: the report of {made.plan.manifest}")
    return Exit.DONE


def _before(state: Path, manifest: Path) -> Mapping[str, Any]:
    """Return the lock that was there before the last run; where that is not known, the one that is there."""
    kept = pages.last_lock(state, manifest)
    try:
        lock: Mapping[str, Any] = json.loads(kept.read_bytes())
    except (OSError, ValueError, RecursionError):
        return committed(manifest, required=False)
    return lock
