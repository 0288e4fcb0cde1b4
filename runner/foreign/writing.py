"""A manifest, written for people: comments say where each export came from and what was changed. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runner.document import Json
from runner.errors import visible
from runner.foreign.instants import TODAY
from runner.foreign.taken import Taken, period, slug
from runner.scalars import key_problem, plain_problem
from runner.zones import starts_day

_PLAIN = re.compile(r"(https?://)?[A-Za-z0-9][A-Za-z0-9_./+-]*(:[0-9]+)?")
_UNSEEN = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]")
_WIDTH = 100
_SHARED = ("timezone", "period")
_ORDER = (
    "id",
    "report",
    "method",
    "profiles",
    "timezone",
    "period",
    "format",
    "locale",
    "metrics",
    "parameters",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One export to write: what was taken, under which id, for which profile, if any is named."""

    taken: Taken
    id: str
    profile: str


def numbered(taken: Sequence[Taken], profiles: Sequence[str], mask: Callable[[str], str]) -> list[Entry]:
    """Return the exports with ids that no two share, made from the names that the requests had.

    `mask` keeps secrets out of names.
    """
    seen: set[str] = set()
    entries = []
    for one, profile in zip(taken, profiles, strict=True):
        last = one.asked.call.name.rpartition(" / ")[2]
        name = "" if _is_number(last) else slug(mask(last))
        base = name or slug(one.partition.report)
        unique = next(made for made in _tries(base) if made not in seen)
        seen.add(unique)
        entries.append(Entry(one, unique, profile))
    return entries


def _is_number(name: str) -> bool:
    """Say whether a name only says which request of an input it was."""
    return bool(re.fullmatch(r"(entry|request) \d+", name))


def _tries(base: str) -> Iterator[str]:
    yield base
    number = 1
    while True:
        number += 1
        yield f"{base}-{number}"


def manifest(entries: Sequence[Entry], origin: str, mask: Callable[[str], str]) -> str:
    """Return the manifest's text; `origin` says what it was made from, `mask` keeps secrets out of names."""
    shared = _shared(entries)
    lines = [
        f"# Made by care-export import from {_quiet(mask(origin))}.",
        "# `care-export validate` checks it, `care-export plan` shows what it asks for.",
        "version: 1",
    ]
    profiles = {one.profile for one in entries}
    common = profiles.pop() if len(profiles) == 1 else ""
    if common:
        lines.append(f"profiles: [{scalar(common)}]")
    lines += [f"{key}: {flow(value)}" for key, value in shared.items()]
    lines.append("exports:")
    for index, one in enumerate(entries):
        lines += [""] if index else []
        lines += [f"  # {line}" for line in _comments(one, mask)]
        own = "" if common else one.profile
        lines += _written(
            one, {key: value for key, value in one.taken.entry.items() if key not in shared}, own
        )
    return "\n".join(lines) + "\n"


def _shared(entries: Sequence[Entry]) -> dict[str, Json]:
    """Return zone and period where all exports have the same: they stand at the top then."""
    first = {key: entries[0].taken.entry[key] for key in _SHARED if key in entries[0].taken.entry}
    for one in entries:
        if {key: one.taken.entry[key] for key in _SHARED if key in one.taken.entry} != first:
            return {}
    return first


def _comments(entry: Entry, mask: Callable[[str], str]) -> Iterator[str]:
    """Yield what is said above an export: where it came from, its window, what was changed and is notable."""
    one = entry.taken
    asked = one.partition.request
    name = f"{one.asked.call.name}: " if one.asked.call.name else ""
    yield _quiet(mask(f"{name}{asked.method} {asked.path}"))
    yield one.words
    if one.changes:
        yield f"Not as it was: {', '.join(_quiet(mask(change)) for change in one.changes)}."
    for remark in (*one.asked.problems, *_kept(one)):
        about = f"{remark.about}: " if remark.about else ""
        yield from _folded(_quiet(mask(f"{about}{remark.message}")))
    if instead := _rounder(one):
        yield f"To leave that instant out: period: {instead}"


def _rounder(one: Taken) -> str:
    """Return the period without the first instant of the next day, where the request asked for that too."""
    window = one.partition.window
    if not one.asked.span or not starts_day(one.asked.span.end_ms, window.timezone):
        return ""
    shorter = replace(window, end_ms=one.asked.span.end_ms)
    return flow(period(shorter, named="timezone" in one.entry))


def _kept(one: Taken) -> Iterator[Any]:
    """Yield the notes that still matter once the request is a manifest."""
    return (note for note in one.asked.notes if note.about not in ("address", "method", TODAY))


def _folded(text: str) -> Iterator[str]:
    """Yield a comment in lines of a bearable length."""
    line = ""
    for word in text.split():
        if line and len(line) + len(word) >= _WIDTH:
            yield line
            line = " "
        line = f"{line} {word}" if line else word
    yield line


def _quiet(text: str) -> str:
    """Return text that can stand in a comment: in one line, nothing unseen."""
    return visible(" ".join(text.split()))[:400]


def _written(entry: Entry, data: Mapping[str, Json], profile: str) -> Iterator[str]:
    """Yield the lines of one export."""
    rest: dict[str, Json] = {"id": entry.id, **data}
    if profile:
        rest["profiles"] = [profile]
    for index, key in enumerate(one for one in _ORDER if one in rest):
        yield from _pair(key, rest[key], "  - " if index == 0 else "    ")


def _pair(key: str, value: Json, indent: str) -> Iterator[str]:
    """Yield one key with its value: in one line where that is short, else an item a line."""
    line = f"{indent}{key}: {flow(value)}"
    if len(line) <= _WIDTH or not isinstance(value, list | dict):
        yield line
        return
    yield f"{indent}{key}:"
    items = [f"- {flow(one)}" for one in value] if isinstance(value, list) else _items(value)
    yield from (f"      {one}" for one in items)


def _items(value: Mapping[str, Json]) -> list[str]:
    return [f"{scalar(name)}: {flow(one)}" for name, one in value.items()]


def flow(value: Json) -> str:
    """Return a value in one line of YAML."""
    match value:
        case dict():
            return "{" + ", ".join(f"{scalar(name)}: {flow(one)}" for name, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(flow, value)) + "]"
        case str():
            return scalar(value)
        case _:
            return json.dumps(value)


def scalar(text: str) -> str:
    """Return text as YAML: as it is where every reader takes it for this text, else in double quotes."""
    quiet = _PLAIN.fullmatch(text) and not plain_problem(text) and not key_problem(text)
    if quiet:
        return text
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def profiles(urls: Mapping[str, str], us_host: str) -> str:
    """Return a profiles.yaml for these profiles, each with its address; secrets are references only."""
    lines = ["version: 1", "profiles:"]
    for name, url in urls.items():
        word = "CARE" if name == "default" else re.sub(r"\W+", "_", name, flags=re.ASCII).upper()
        address = scalar(url or us_host) + ("" if url else "   # the US host; the admin screen shows yours")
        lines += [
            f"  {scalar(name)}:",
            f"    base_url: {address}",
            f"    company_key: ${{{_variable(word)}_COMPANY_KEY}}",
            f"    username: ${{{_variable(word)}_USERNAME}}",
            f"    password: ${{{_variable(word)}_PASSWORD}}",
        ]
    return "\n".join(lines) + "\n"


def _variable(word: str) -> str:
    """Return a word that a variable's name can begin with."""
    return word if re.match(r"[A-Z_]", word) else f"P_{word}"
