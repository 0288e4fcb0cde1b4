"""`care-export adopt`: takes over a job that was started by hand. It asks nobody; `collect` and `run` do."""

from __future__ import annotations

import getpass
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click

from runner.cli import options, streams
from runner.cli.chosen import chosen, the_one
from runner.cli.ending import UNDER_WAY
from runner.cli.lanes import beginning
from runner.cli.locks import committed
from runner.cli.passing import proven
from runner.cli.planning import planned
from runner.cli.source import FOLDER, load
from runner.cli.streams import say
from runner.client import address
from runner.errors import Exit, Refusal
from runner.events import Adopted
from runner.history import History, history
from runner.holding import hold
from runner.journal import Journal
from runner.origin import PREFIX, Address, refuse
from runner.plan import Partition
from runner.sink import Sink

_STATUS = re.compile(rf"{PREFIX}reports/report/([^/]+)/.+/status")
"""The path of a status address, as every document but one prints it [G, O]."""
LONGEST = 8192


@click.command()
@click.argument("arguments", metavar="[MANIFEST] STATUS_URL", nargs=-1)
@click.option("--export", required=True, metavar="ID", help="The export whose file the job makes.")
@click.option("--partition", metavar="ID", help="The partition, where the export has several.")
@options.profile
@options.profiles
@options.out
@options.state
def adopt(
    arguments: tuple[str, ...],
    export: str,
    partition: str | None,
    profile: str | None,
    profiles_file: str | None,
    out: Path,
    state: Path,
) -> int:
    """Take over a job that was started by hand, in Postman for example: its file becomes the export's.

    STATUS_URL is the `statusUrl` of the answer to its create request. It lets its holder in, so keep it out
    of the shell's history: write - in its place, and it is read from standard input. MANIFEST may be left out
    where one manifest here has such an export. What the job was asked, nobody can prove: the lock says so.
    """
    if not 1 <= len(arguments) <= 2:
        message = "give STATUS_URL, or - to have it read, and before it the MANIFEST"
        raise click.UsageError(message, click.get_current_context())
    url = _given(arguments[-1])
    name = arguments[0] if len(arguments) > 1 else _searched(export)
    made = planned(name, profile=profile, profiles_file=profiles_file, proven=lambda one: True)
    one = the_one(chosen(made, [export], [partition] if partition else []))
    (owner,) = (each for each in made.profiles if each.name == one.profile)
    workflow_id = _workflow_id(url, owner.base_url)
    before = committed(made.path, required=False)
    with ExitStack() as stack:
        stack.enter_context(hold(state, owner.name))
        journal = stack.enter_context(Journal.open(state / "journal.db"))
        past = history(journal.replay(owner.name))
        _refuse_taken(past, one, there=proven(Sink(out), before)(one))
        _refuse_shared(past, url, owner.base_url)
        at = beginning(owner, past.last)
        journal.append(owner.name, Adopted(key=one.key, at=at, status_url=url, workflow_id=workflow_id))
    say(f"adopted for {one.id}: its file will be {one.output}")
    say(f"It is taken for {one.report}, {one.window.in_words()}, as {one.format}; the lock will label it so.")
    say("`care-export collect` fetches it.")
    return Exit.DONE


def _given(text: str) -> str:
    """Return the address, from standard input where it is `-`; from here on it is kept out of messages."""
    if text == "-" and sys.stdin.isatty():
        text = getpass.getpass("statusUrl (it is not shown): ")
    elif text == "-":
        text = sys.stdin.read(LONGEST + 1)
    url = text.strip().strip("\"'")
    streams.learn(Adopted(key="", at=0, status_url=url, workflow_id=""))
    if not url or len(url) > LONGEST or re.search(r"[^!-~]", url):
        raise _misused("it is empty, too long, or holds a space or a line break")
    return url


def _workflow_id(url: str, base_url: str) -> str:
    """Return the id of the workflow whose status the address tells. Refusal 76 for a foreign address."""
    try:
        there = _read(url, base_url)
    except ValueError:
        raise _misused("it cannot be read") from None
    if why := refuse(replace(there, path=PREFIX), address(base_url)):
        raise Refusal(
            Exit.UNTRUSTED,
            f"the address is not trusted: {why}; nothing was sent there",
            advice="Take the job over with the profile whose company it belongs to: --profile.",
            code="E-ORIGIN",
        )
    if not (found := _STATUS.fullmatch(there.path)) or ".." in there.path.split("/"):
        raise _misused(f"its path is not {PREFIX}reports/report/.../.../status")
    return found[1]


def _read(url: str, base_url: str) -> Address:
    """Take a status address apart, which may be one without a host; ValueError where it cannot be."""
    return address(base_url + url if url.startswith("/") else url)


def _meant(url: str, base_url: str) -> str:
    """Return the decoded path of a status address, which names the job; one that cannot be read, as it is."""
    try:
        return _read(url, base_url).path
    except ValueError:
        return url


def _misused(why: str) -> click.UsageError:
    message = f"STATUS_URL is no address of a job's status: {why}"
    return click.UsageError(message, click.get_current_context())


def _searched(export: str) -> str:
    """Return the one manifest of this folder, or of manifests/, that has such an export."""
    having = sorted(_having(export))
    if len(having) != 1:
        found = f"{', '.join(having)} have" if having else "no manifest here has"
        message = f"{found} an export {export!r}: name the manifest before STATUS_URL"
        raise click.UsageError(message, click.get_current_context())
    return having[0]


def _having(export: str) -> Iterator[str]:
    for folder in (Path(), FOLDER):
        for path in (one for suffix in ("yaml", "yml", "json") for one in folder.glob(f"*.{suffix}")):
            try:
                _, manifest = load(str(path))
            except Refusal:
                continue  # Not a manifest: a lock, profiles, or something else.
            if any(one.id == export for one in manifest.exports):
                yield str(path)


def _refuse_taken(past: History, one: Partition, *, there: bool) -> None:
    """Refuse a partition that is done or has a job under way."""
    track = past.track(one.key).resumed()
    if there or track.state in ("done", *UNDER_WAY):
        stands = "its file is there" if there or track.state == "done" else "a job is under way for it"
        raise Refusal(
            Exit.USAGE,
            f"{one.id}: {stands} already",
            advice=f"To take this job in its place, forget --partition {one.id} first.",
        )


def _refuse_shared(past: History, url: str, base_url: str) -> None:
    """Refuse a job that is another partition's already, however its address is written: `%2B` is `%2b`."""
    urls = [track.status_url for track in past.tracks.values() if track.status_url]
    if _meant(url, base_url) in {_meant(one, base_url) for one in urls}:
        raise Refusal(
            Exit.USAGE,
            "this very job belongs to another partition already",
            advice="One job makes one file. `care-export status` shows which are under way.",
        )
