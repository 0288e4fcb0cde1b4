"""PURE: a run as continuous integration shows it: notes at the manifest's lines, a summary, code quality."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from runner.codes import CODES
from runner.errors import Exit, Problem
from runner.events import Stored
from runner.report.junit import SKIPPED
from runner.report.outcome import Outcome
from runner.report.page import verdict
from runner.report.words import listed, many, size

Level = Literal["error", "warning"]
Clean = Callable[[str], str]

MOST_NOTES = 10
"""GitHub shows so many of one step, and drops the rest without a word."""
MOST_ROWS = 200
"""A summary of more than 1 MiB is refused whole."""


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to be shown at a line of a file."""

    level: Level
    file: str
    line: int
    title: str
    message: str


def notes(
    file: str, ended: Sequence[Outcome], lines: Mapping[str, int], differences: Sequence[str]
) -> list[Note]:
    """Return a note for each export and code that went wrong; `lines` are those of the exports, by id."""
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for one in ended:
        if one.exit != Exit.DONE:
            groups.setdefault((one.partition.export, one.code), []).append(one)
    made = [
        _note(file, lines.get(export, 1), export, code, several) for (export, code), several in groups.items()
    ]
    if differences:
        said = f"Differs in {many(len(differences), 'place')}: {listed(differences, 5)}"
        made.append(Note("error", file, 1, "the lock: E-DIFFERS", said))
    return made


def _note(file: str, line: int, export: str, code: str, several: Sequence[Outcome]) -> Note:
    level: Level = "warning" if code == SKIPPED else "error"
    which = listed([one.partition.window.label() for one in several], 5)
    todo = f" What to do: {CODES[code].advice}" if code in CODES else ""
    message = f"{several[0].partition.profile}, {which}: {several[0].message}.{todo}"
    return Note(level, file, line, f"{export}: {code}", message)


def of_problem(one: Problem) -> Note:
    """Return the note of a problem of a file."""
    path = f"{one.path}: " if one.path else ""
    return Note("warning" if one.warning else "error", one.file, one.line, "care-export", path + one.message)


def command(note: Note, clean: Clean) -> str:
    """Write a note as a GitHub workflow command: one line, in which nothing can begin another one."""
    properties = {"file": note.file, "line": str(note.line), "title": note.title}
    written = ",".join(f"{name}={_escaped(clean(value), ':,')}" for name, value in properties.items())
    return f"::{note.level} {written}::{_escaped(clean(note.message))}"


def _escaped(text: str, signs: str = "") -> str:
    return re.sub(f"[%\r\n{signs}]", lambda found: f"%{ord(found[0]):02X}", text)


def limited(several: Sequence[Note]) -> list[Note]:
    """Return as many notes as are shown; the last one says how many more there are."""
    if len(several) <= MOST_NOTES:
        return list(several)
    left = many(len(several) - MOST_NOTES + 1, "more note")
    first = several[0]
    return [*several[: MOST_NOTES - 1], Note("warning", first.file, 1, left, "The log has all of them.")]


def summary(
    manifest: str,
    ended: Sequence[Outcome],
    stored: Mapping[str, Stored],
    differences: Sequence[str] | None,
    clean: Clean,
) -> str:
    """Return Markdown for a step's summary: how it ended, what to do, the files, what differs."""

    def plain(text: str) -> str:
        return _plain(text, clean)

    rows, count = sum(one.rows for one in stored.values()), sum(one.bytes for one in stored.values())
    said = [f"## {plain(manifest)}: {plain(verdict(ended))}", "", f"{rows:,} rows, {size(count)}.", ""]
    if bad := [one for one in ended if one.exit != Exit.DONE]:
        said += ["| not there | why |", "|---|---|"]
        said += [
            f"| {plain(one.partition.id)} | {one.code}: {plain(one.message)} |" for one in bad[:MOST_ROWS]
        ]
        said += [*_more(len(bad)), ""]
        codes = [one for one in dict.fromkeys(one.code for one in bad) if one in CODES]
        said += [f"- **{one}**: {plain(CODES[one].advice)}" for one in codes]
        said += [""] if codes else []
    if there := [one for one in ended if one.partition.key in stored]:
        said += ["<details><summary>Files</summary>", "", "| file | rows | size | SHA-256 |"]
        said += ["|---|--:|--:|---|"]
        for one in there[:MOST_ROWS]:
            file = stored[one.partition.key]
            said.append(f"| {plain(file.output)} | {file.rows:,} | {size(file.bytes)} | {file.sha256} |")
        said += [*_more(len(there)), "", "</details>", ""]
    if differences is not None:
        said += ["Differences from the last lock:" if differences else "The lock is the same as before.", ""]
        said += [f"- {plain(one)}" for one in differences[:MOST_ROWS]]
        said += [*_more(len(differences)), ""]
    return "\n".join(said)


def refusal(code: str, message: str, todo: str, problems: Sequence[Note], clean: Clean) -> str:
    """Return Markdown for the summary of a step that was refused: why, what to do, and every place."""
    first, *others = f"{code}: {message}".split("\n")
    said = [f"## {_plain(first, clean)}", "", *(f"- {_plain(one, clean)}" for one in others[:MOST_ROWS])]
    said += [*_more(len(others)), ""] if others else []
    said += [_plain(todo, clean), ""]
    if problems:
        said += ["| place | problem |", "|---|---|"]
        said += [
            f"| {_plain(one.file, clean)}:{one.line} | {_plain(f'{one.level}: {one.message}', clean)} |"
            for one in problems[:MOST_ROWS]
        ]
        said += [*_more(len(problems)), ""]
    return "\n".join(said)


def _plain(text: str, clean: Clean) -> str:
    """Return a text in which nothing means anything to Markdown; its lines become one."""
    one_line = " ".join(clean(text).split("\n"))
    return re.sub(r"[\\`*_{}\[\]()<>#|~@:&$]", lambda found: f"&#{ord(found[0])};", one_line)


def _more(count: int) -> list[str]:
    return ["", f"And {count - MOST_ROWS:,} more."] if count > MOST_ROWS else []


def quality(several: Sequence[Note], clean: Clean) -> str:
    """Return the notes as a GitLab code quality report. A finding keeps its fingerprint from run to run."""
    rows = []
    for note in several:
        check = note.title.rpartition(": ")[2]
        fingerprint = hashlib.sha256(f"{note.file}\0{note.title}\0{note.line}".encode()).hexdigest()
        rows.append(
            {
                "description": clean(f"{note.title}: {note.message}"),
                "check_name": clean(check),
                "fingerprint": fingerprint,
                "severity": "major" if note.level == "error" else "minor",
                "location": {"path": clean(note.file), "lines": {"begin": note.line}},
            }
        )
    return json.dumps(rows, indent=1) + "\n"
