"""From the text of a manifest to frozen data: every problem at once, each with its place and the fix. Pure.

`version` is read first; then a schema judges the form, and this module and `runner.exports` the meaning.
What depends on today, on profiles or on the names of files is judged by `runner.plan`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from runner.catalog import Catalog, schema
from runner.document import Document, Json, Path
from runner.entry import Entry
from runner.errors import Exit, Problem
from runner.exports import Export, export_id, read_export
from runner.findings import Findings
from runner.judge import found
from runner.parameters import CREDENTIALS
from runner.request import digest
from runner.scalars import shown
from runner.wording import got, kind

__all__ = ["Export", "Manifest", "judge_version", "parse"]

VERSION = 1
"""The version of the format that is read here."""

_OTHERS = frozenset({"item", "log", "opencollection"})
"""Keys at the top of what other tools write: a collection of Postman, a HAR, an OpenCollection."""
_IMPORTED = "`care-export import` makes a manifest of requests that other tools wrote"

DIRECTORY = "exports"
"""The output directory where a manifest names none."""


@dataclass(frozen=True)
class Manifest:
    """A manifest, judged. `digest` is the sha256 of what it says, whatever its line ends and comments are."""

    version: int
    name: str
    digest: str
    directory: str
    exports: tuple[Export, ...]
    warnings: tuple[Problem, ...]
    document: Document


def parse(document: Document, catalog: Catalog) -> Manifest:
    """Return the manifest. Refusal(DATA) with every problem, sorted by place, where it has any."""
    top = _versioned(document)
    form, findings = schema("manifest.v1"), Findings(document)
    _judge_count(top, form, findings)
    judged = found(top, form)
    unsound = frozenset(path[:length] for path, _, _ in judged for length in range(len(path) + 1))
    _judge_texts(document.data, (), findings)
    name = _name(document, top, form, findings)
    written = top.get("exports")
    entries = [
        Entry(top, ("exports", index), data, unsound)
        for index, data in enumerate(written if isinstance(written, list) else ())
        if isinstance(data, dict)
    ]
    _judge_ids(entries, findings)
    exports = tuple(one for entry in entries if (one := read_export(entry, catalog, findings)))
    findings.add_judged(judged)
    findings.raise_if_refused(Exit.DATA)
    output = top.get("output")
    directory = output.get("directory", DIRECTORY) if isinstance(output, dict) else DIRECTORY
    return Manifest(
        VERSION, name, digest(_canonical(top)), str(directory), exports, findings.warnings(), document
    )


def _versioned(document: Document) -> dict[str, Json]:
    """Return the top of the manifest, of the version that is known here; otherwise nothing more is judged."""
    findings, top = Findings(document), document.data
    if not isinstance(top, dict):
        hint = f"; {_IMPORTED}" if isinstance(top, str) and "://" in top else ""
        findings.refuse((), f"expected a mapping with the keys version and exports, got {kind(top)}{hint}")
    elif "version" not in top:
        fix = "write version: 1 first" if _OTHERS.isdisjoint(top) else _IMPORTED
        findings.refuse((), f"missing key 'version'; {fix}")
    else:
        judge_version(top["version"], findings)
    findings.raise_if_refused(Exit.DATA)
    return top if isinstance(top, dict) else {}


def judge_version(version: Json, findings: Findings) -> None:
    """Refuse every version of a file but ours."""
    if isinstance(version, bool) or not isinstance(version, int):
        findings.refuse(("version",), f"the version is a whole number: write 1, not {got(version)}")
    elif version > VERSION:
        findings.refuse(("version",), f"version {version} needs a newer care-export: upgrade")
    elif version < VERSION:
        findings.refuse(("version",), f"there is no version {version}; write version: {VERSION}")


def _judge_count(top: Mapping[str, Json], form: Mapping[str, Any], findings: Findings) -> None:
    """Refuse too many exports before each of them is judged."""
    exports, most = top.get("exports"), form["properties"]["exports"]["maxItems"]
    if isinstance(exports, list) and len(exports) > most:
        findings.refuse(("exports",), f"{len(exports)} exports; at most {most}: make several manifests")
        findings.raise_if_refused(Exit.DATA)


def _judge_texts(data: Json, path: Path, findings: Findings) -> None:
    """Refuse credentials, and text that hopes for the environment, wherever they stand."""
    if isinstance(data, str) and "${" in data:
        findings.refuse(
            path, "variables are not put in here: write the value itself (${ is for profiles.yaml)"
        )
    for key, value in _children(data):
        if key in CREDENTIALS:
            message = f"{key} never stands in a manifest; write it in profiles.yaml, as a reference"
            findings.refuse((*path, key), message, key=True)
        else:
            _judge_texts(value, (*path, key), findings)


def _children(data: Json) -> Iterator[tuple[str | int, Json]]:
    """Yield what a list or a mapping holds."""
    if isinstance(data, dict):
        yield from data.items()
    elif isinstance(data, list):
        yield from enumerate(data)


def _name(document: Document, top: Mapping[str, Json], form: Mapping[str, Any], findings: Findings) -> str:
    """Return the manifest's name: by default its file's, without the ending."""
    name = top.get("name", PurePath(document.file).stem)
    rule = form["properties"]["name"]
    if "name" not in top and not re.search(rule["pattern"], str(name)):
        findings.refuse(
            (),
            f"the file's name {shown(str(name))} cannot name the manifest; write name: {rule['x-message']}",
        )
    return str(name)


def _judge_ids(entries: list[Entry], findings: Findings) -> None:
    """Refuse an id that two exports have."""
    first: dict[str, Path] = {}
    for entry in entries:
        name = export_id(entry)
        if name in first:
            line, _ = findings.document.place(first[name])
            path = (*entry.path, "id" if "id" in entry.data else "report")
            findings.refuse(
                path,
                f"two exports are called {shown(name)} (first at line {line}); give this one another id",
            )
        elif name:
            first[name] = entry.path


def _canonical(top: Mapping[str, Json]) -> Json:
    """Return the data with instants as numbers, however they were quoted."""
    data = deepcopy(dict(top))
    exports = data.get("exports")
    for one in (data, *(exports if isinstance(exports, list) else ())):
        period = one.get("period") if isinstance(one, dict) else None
        if isinstance(period, dict):
            for part, value in period.items():
                period[part] = (
                    int(value) if isinstance(value, str) and re.fullmatch("[0-9]+", value) else value
                )
    return data
