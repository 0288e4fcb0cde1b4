"""`care-export explain`: what a URL or a curl line asks for, and what looks wrong. Nothing is sent."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from runner import catalog
from runner.cli import foreign, options
from runner.cli.streams import masked, say, say_json
from runner.cli.world import environment, now_ms
from runner.errors import Exit
from runner.foreign import har, words
from runner.foreign.call import Reading, Remark
from runner.foreign.curl import NAMES
from runner.foreign.meaning import Asked, Judge
from runner.zones import TimeProblem, names, zone

_NOWHERE = Remark(
    "it leads to no endpoint that is known; `care-export reports NAME` shows where one is asked",
    "path",
)


class Line(click.Command):
    """A verb whose argument may be a whole curl line, with options that are curl's and not ours."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Leave everything from `curl` on to curl."""
        at = next((index for index, one in enumerate(args) if one in NAMES), None)
        if at is not None and "--" not in args[:at]:
            args = [*args[:at], "--", *args[at:]]
        return super().parse_args(ctx, args)


@click.command(cls=Line)
@click.argument("text", metavar="[TEXT...]", nargs=-1)
@click.option("--timezone", metavar="ZONE", help="Show the window in this zone too, as Europe/Berlin.")
@options.variables
@options.shape("text")
def explain(text: tuple[str, ...], timezone: str | None, environment_file: str | None, shape: str) -> int:
    """Say what a URL or a curl line asks for, and what looks wrong with it.

    TEXT is a URL, a curl line as a browser copies it, a statusUrl, or a file of requests. Without TEXT, or
    with -, it is read from standard input: no list of processes shows it there, and no shell cuts it. Ends
    with 65 where something is wrong.
    """
    known_zone(timezone)
    name, reading = foreign.typed(text, environment_file)
    known = catalog.load()
    local = foreign.local_zone(environment())
    judge = Judge(known, now_ms(), timezone or "UTC")
    every = [_known(judge.asked(call), reading) for call in reading.calls]
    asked = [one for one in every if not _elsewhere(one, reading)]
    overall = (*_overall(reading, every), *_left_out(len(asked), len(every)))
    if shape == "json":
        offset = known.api.end_offset_ms
        each = [words.to_json(one, zones(one, timezone, local), offset) for one in asked]
        shown: dict[str, Any] = {"source": reading.kind, "remarks": [_shown(one) for one in overall]}
        say_json({**shown, "requests": [*each]})
    else:
        page = words.Page(shutil.get_terminal_size().columns, masked)
        if len(asked) == 1:
            # One list reads better than two.
            asked = [replace(asked[0], remarks=(*asked[0].remarks, *overall))]
        for one in asked:
            say("\n".join([*words.lines(one, zones(one, timezone, local), page), ""]))
        rest = overall if len(asked) != 1 else ()
        say("\n".join([*words.told(rest, page), *([""] if rest else []), _closing(name, asked)]))
    wrong = any(one.problems for one in asked) or any(one.grave for one in overall)
    return Exit.DATA if wrong else Exit.DONE


def _known(asked: Asked, reading: Reading) -> Asked:
    """Return a request with a word of its own where it leads nowhere that is known.

    What a variable stands for nobody knows.
    """
    if asked.endpoint.kind != "other" or re.search(r"[{$]", asked.call.url.host):
        return asked
    return replace(asked, remarks=(*asked.remarks, _NOWHERE))


def _elsewhere(asked: Asked, reading: Reading) -> bool:
    """Say whether a request is none of ours: a recording holds all that a browser asks meanwhile."""
    return reading.kind == har.KIND and asked.endpoint.kind == "other"


def _left_out(count: int, every: int) -> Iterator[Remark]:
    """Yield what is said of the requests of a recording that are not explained."""
    if count == 0:
        yield Remark("no request in it is one of this API", "recording")
    elif count < every:
        more = "1 more request leads" if every - count == 1 else f"{every - count} more requests lead"
        yield Remark(f"{more} elsewhere, and nothing is said of that", "recording", grave=False)


def known_zone(timezone: str | None) -> None:
    """Refuse a zone that is not known, as a usage error."""
    try:
        zone(timezone or "UTC")
    except TimeProblem as problem:
        raise click.UsageError(f"--timezone: {problem}", click.get_current_context()) from None


def zones(asked: Asked, timezone: str | None, local: str) -> list[str]:
    """Return the zones to show a window in: UTC, the one that is asked for, and the machine's own."""
    sent = asked.values.get("timezone")
    given = [sent] if isinstance(sent, str) and sent in names() else []
    return ["UTC", *given, *([timezone] if timezone else []), local]


def _overall(reading: Reading, asked: Sequence[Asked]) -> list[Remark]:
    """Return what is said of the input as a whole."""
    remarks = list(reading.remarks)
    if found := words.rotate(asked):
        alone = found == ["company key"]
        listed = " and ".join(filter(None, [", ".join(found[:-1]), found[-1]]))
        verb, them = ("stands", "it") if len(found) == 1 else ("stand", "them")
        message = (
            f"the {listed} {verb} in it, and whoever sees it can use {them}: "
            f"have {them} changed if it was pasted, mailed or committed"
        )
        remarks.append(Remark(message, "credentials", grave=not alone))
    return remarks


def _shown(one: Remark) -> dict[str, object]:
    return {"about": one.about, "message": one.message, "wrong": one.grave}


def _closing(name: str, asked: Sequence[Asked]) -> str:
    """Say that nothing has happened, and what makes a manifest of it."""
    calm = "Nothing was sent, and nothing is kept."
    if not any(one.report for one in asked):
        return calm
    return f"{calm} `care-export import {name if Path(name).exists() else '-'}` makes a manifest of it."
