"""What README.md and docs/ show, carried out: commands in their order, files as they stand, and outputs.

A block of `console` holds commands after `$ ` and what they print, where `...` stands for anything. A remark
just before a block says more:

    <!-- file: q1.yaml -->         the block is that file, from here on
    <!-- ends with: 65 -->         its last command ends with that code, not with 0
    <!-- not run: the reason -->   nobody can carry that out here

Each page is one shell in a folder that looks like a fresh clone. The vendor's address leads to a served
sandbox there, and the months in `MONTHS` are the last two, since a real company is asked for 18 months only.

`python -m tests.pages PAGE...` writes into pages what their commands print now.
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from runner.sandbox.accounts import DEFAULT_ACCOUNTS, Account
from runner.sandbox.clock import ScaledClock
from runner.sandbox.server import serve
from tests.e2e.launch import ROOT, ran

VENDOR = "https://analytics-api.app.lithium.com"
MONTHS = ("2026-10", "2026-11")
"""The month that pages ask a real company for, and the one after it, in which its window ends."""
ACCOUNTS = (
    *DEFAULT_ACCOUNTS,
    Account("reports@acme.example", "correct-horse-battery", "ACME-KEY-1"),
    Account("reports@globex.example", "staple-lamp-orchard", "GLOBEX-KEY-2"),
)
"""Whom the served sandbox lets in: the companies of the pages."""
HOME = "/home/you"
"""What pages call the home of who reads them."""
NOT_IN_A_TEST = {"check", "docs", "test", "test-slow", "bench-schedule", "generate"}
"""Targets of make that a test only looks at (`make -n`): they run the tests, or change the repository."""
_BLOCK = re.compile(r"^((?:<!--[^\n]*-->\n)*)```([\w-]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_REMARK = re.compile(r"<!-- ([a-z ]+): (.*?) -->")
_MARK = "\x1e"


@dataclass(frozen=True)
class Command:
    """One command of a page, with what stands below it and the exit code that the page names."""

    text: str
    shown: str
    ends_with: int
    place: tuple[int, int]
    """Where in the page's text the output stands."""


@dataclass(frozen=True)
class File:
    """One file of a page."""

    path: str
    content: str


@dataclass(frozen=True)
class Block:
    """One fenced block, with the remarks before it."""

    language: str
    content: str
    begins: int
    remarks: Mapping[str, str]


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a page."""
    return [
        Block(found[2], found[3], found.start(3), dict(_REMARK.findall(found[1])))
        for found in _BLOCK.finditer(text)
    ]


def steps(text: str) -> Iterator[Command | File]:
    """Return what a page asks for, in its order."""
    for block in blocks(text):
        if "file" in block.remarks:
            yield File(block.remarks["file"], block.content)
        elif block.language == "console" and "not run" not in block.remarks:
            yield from _commands(block)


def _commands(block: Block) -> Iterator[Command]:
    """Return the commands of a block; a line that ends with a backslash goes on in the next."""
    found = list(re.finditer(r"^\$ ((?:.*\\\n)*.*)\n", block.content, re.MULTILINE))
    for one, after in zip(found, [*found[1:], None], strict=True):
        end = after.start() if after else len(block.content)
        ends_with = 0 if after else int(block.remarks.get("ends with", 0))
        place = block.begins + one.end(), block.begins + end
        yield Command(one[1], block.content[one.end() : end], ends_with, place)


@dataclass(frozen=True)
class Ended:
    """How one command of a page ended."""

    command: Command
    code: int
    printed: str

    def wrong(self) -> str:
        """Say how it differs from the page; nothing where it is as shown, or where nothing is shown."""
        if self.code != self.command.ends_with:
            return f"$ {self.command.text}\nended with {self.code}:\n{self.printed}"
        if self.command.shown.strip() and not _alike(self.command.shown, self.printed):
            return f"$ {self.command.text}\nprints:\n{self.printed}but the page shows:\n{self.command.shown}"
        return ""


def _alike(shown: str, printed: str) -> bool:
    """Say whether an output is what is shown, where `...` stands for anything."""
    pieces = (re.escape(piece) for piece in shown.rstrip().split("..."))
    return re.fullmatch("(?s:.*)".join(pieces), printed.rstrip()) is not None


def carried_out(text: str, folder: Path) -> list[Ended]:
    """Carry a page out in an empty folder."""
    clone, tools = folder / "care-export", folder / "bin"
    _furnish(clone, tools)
    asked = list(steps(text))
    commands = [one for one in asked if isinstance(one, Command)]
    # Its clock begins today, since what may be asked of a company depends on today.
    clock = ScaledClock(60, time.time_ns() // 1_000_000, time.monotonic)
    with serve(accounts=ACCOUNTS, clock=clock) as served:
        there = {
            VENDOR: served.api_origin,
            HOME: str(folder),
            **dict(zip(MONTHS, _last_months(), strict=True)),
        }
        script = "\n".join(map(_line, asked))
        script = f"exec 2>&1\nexport PATH={shlex.quote(str(tools))}:$PATH\n{_replaced(script, there)}"
        environ = {"HOME": str(folder), "TZ": "UTC", "LC_ALL": "C.UTF-8", "COLUMNS": "80", "CI": ""}
        said = ran(["bash", "-c", script], clone, environ=environ, timeout=110).stdout
    said = _replaced(said, {mine: page for page, mine in there.items()})
    pieces = said.split(_MARK)
    codes = map(int, pieces[1::2])
    return [Ended(*one) for one in zip(commands, codes, pieces[::2], strict=False)]


def _line(step: Command | File) -> str:
    """Return one step as a piece of shell: a mark, the exit code and another mark end each output."""
    if isinstance(step, File):
        path = shlex.quote(step.path)
        return f"mkdir -p $(dirname {path}); printf %s {shlex.quote(step.content)} >{path}"
    text = step.text
    words = text.split()
    if words[0] == "make" and NOT_IN_A_TEST.intersection(words):
        text = f"make -n {' '.join(words[1:])} >/dev/null"
    return f"{text}\nprintf '{_MARK}%s{_MARK}' $?"


def _furnish(clone: Path, tools: Path) -> None:
    """Make a folder that is as a clone after the first make, and the command on the PATH."""
    for name in ("manifests", "examples", "requirements"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Makefile", clone)
    python = f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} "$@"\n'
    command = python.replace('"$@"', '-m runner "$@"')
    for path, content in ((clone / ".venv/bin/python", python), (tools / "care-export", command)):
        path.parent.mkdir(parents=True)
        path.write_text(content)
        path.chmod(0o755)
    for stamp in (".run", ".dev", ".docs"):
        (clone / ".venv" / stamp).touch()


def _last_months() -> tuple[str, str]:
    """Return the last whole month, and the present one."""
    present = datetime.now(UTC).date().replace(day=1)  # noqa: TID251 - as the command will see it
    return f"{present - timedelta(days=1):%Y-%m}", f"{present:%Y-%m}"


def _replaced(text: str, by: Mapping[str, str]) -> str:
    """Return a text with all of them replaced at once."""
    return re.sub("|".join(map(re.escape, by)), lambda found: by[found[0]], text)


def renewed(text: str, ended: list[Ended]) -> str:
    """Return a page with the outputs that are not as shown replaced by what is printed now."""
    for one in reversed(ended):
        if one.command.shown.strip() and one.wrong():
            begin, end = one.command.place
            text = text[:begin] + _merged(one.command.shown, one.printed) + text[end:]
    return text


def _merged(shown: str, printed: str) -> str:
    """Return what is printed, with the lines of the page that still hold: they may leave out what changes."""
    old, new = shown.rstrip().splitlines(), printed.rstrip().splitlines()
    if len(old) == len(new):
        new = [ours if _alike(ours, line) else line for ours, line in zip(old, new, strict=True)]
    return "\n".join(new) + "\n"


def schedule() -> dict[tuple[str, str, str], tuple[float, float]]:
    """Return what bench/SCHEDULE.md says under the vendor's limits: ratio and requests per export.

    By build time, number of jobs and policy, as they are called there.
    """
    rows = re.findall(r"^\| vendor \|.*$", (ROOT / "bench" / "SCHEDULE.md").read_text("utf-8"), re.MULTILINE)
    cells = [row.strip("| ").split(" | ") for row in rows]
    return {(one[1], one[2], one[3]): (float(one[6]), float(one[7])) for one in cells}


def main() -> None:
    """Renew the outputs in the pages that are named on the command line."""
    for path in map(Path, sys.argv[1:]):
        with TemporaryDirectory() as folder:
            ended = carried_out(path.read_text(), Path(folder))
        for one in ended:
            if one.code != one.command.ends_with:
                sys.stderr.write(f"{path}: {one.wrong()}\n")
        path.write_text(renewed(path.read_text(), ended))


if __name__ == "__main__":
    main()
