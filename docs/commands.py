"""docs/commands.md: every verb with its options, from what click knows of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from runner.cli.command import command
from runner.cli.verbs import NAME, VERBS
from runner.errors import Exit

_HEAD = f"""\
# The command

Made from the command's own help by `make generate`; never edited by hand.

`{NAME} VERB --help` prints the same at a terminal. `MANIFEST` is a path, or a name under `manifests/`.
"""
EXITS = {
    Exit.DONE: "done",
    Exit.USAGE: "the command line is wrong",
    Exit.DIFFERS: "something differs from the lock",
    Exit.DATA: "a manifest, a spec, a file-name template or a path is wrong",
    Exit.NO_INPUT: "there is no such file",
    Exit.VENDOR: "the vendor ended or refused a job",
    Exit.BUG: "a fault of care-export; please report it",
    Exit.CANNOT_CREATE: "an output cannot be made",
    Exit.IO: "input or output failed: a full disk, a broken one",
    Exit.UNFINISHED: "not finished; the same command goes on",
    Exit.UNTRUSTED: "an answer that must not be trusted",
    Exit.CREDENTIALS: "credentials were refused",
    Exit.PROFILES: "profiles are wrong or incomplete",
    Exit.INTERRUPTED: "interrupted by Ctrl-C; the same command goes on",
    Exit.TERMINATED: "ended by SIGTERM; the same command goes on",
}
"""What each exit code means, for people."""


def page() -> str:
    """Return the whole page."""
    return "\n".join([_HEAD, *_overview(), "", *(line for verb in VERBS for line in _verb(verb)), *_exits()])


def _overview() -> Iterator[str]:
    yield from ("| verb | does |", "|---|---|")
    for verb, line in VERBS.items():
        yield f"| [`{verb}`](#{verb}) | {_cell(line)} |"


def _verb(name: str) -> Iterator[str]:
    """Return the section of one verb."""
    verb = command.get_command(click.Context(command, info_name=NAME), name)
    assert verb is not None, name  # noqa: S101 - the table of verbs holds its keys
    context = click.Context(verb, info_name=f"{NAME} {name}")
    pieces = " ".join(verb.collect_usage_pieces(context))
    yield from (f"## {name}", "", "```text", f"{NAME} {name} {pieces}", "```", "")
    for paragraph in (verb.help or "").replace("\b", "").split("\n\n"):
        yield from (_cell(" ".join(paragraph.split())), "")
    if rows := [row for one in verb.params if isinstance(one, click.Option) for row in _option(one, context)]:
        yield from ("| option | what it does |", "|---|---|", *rows, "")


def _option(option: click.Option, context: click.Context) -> Iterator[str]:
    """Return the row of an option; none where help does not show it either."""
    if record := option.get_help_record(context):
        names, words = record
        yield f"| {coded(names)} | {_cell(' '.join(words.split()))} |"


def coded(words: str) -> str:
    """Return words as code. Readers of Markdown differ in how a column's end is written in code, so: HTML."""
    plain = words.replace("&", "&amp;").replace("<", "&lt;").replace("|", "&#124;")
    return f"<code>{plain}</code>" if "|" in words else f"`{words}`"


def _cell(words: str) -> str:
    """Return words for a cell or a paragraph: neither HTML nor a column's end is in them."""
    pieces = re.split(r"`([^`]*)`", words)
    return "".join(coded(piece) if place % 2 else _plain(piece) for place, piece in enumerate(pieces))


def _plain(words: str) -> str:
    return words.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")


def _exits() -> Iterator[str]:
    yield from ("## Exit codes", "", "1 is never ours: it is what Python ends with by itself.", "")
    yield from ("| exit code | means |", "|---|---|")
    yield from (f"| {int(code)} | {EXITS[code]} |" for code in Exit)
    yield from ("", "[Errors](errors.md) has each error by its code, with what to do.")
