"""What the columns of real files say of a spec: new, gone, or written otherwise; and new ones put into it.

Nothing is guessed: what looks like a name of the UI has an API name that nobody knows, until a document says
so. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runner import document
from runner.catalog import Catalog, Report
from runner.columns import by_convention, is_label
from runner.document import Json
from runner.errors import Refusal
from runner.foreign.writing import flow
from runner.scalars import shown

OBSERVED = "observed"
"""The source of a column that was seen in a file."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of files beside the spec, as they were seen; `gone` are the spec's own.

    `labels` look like names of the UI. `otherwise` are a seen and a known name, equal but for case and signs.
    """

    known: tuple[str, ...]
    new: tuple[str, ...]
    labels: tuple[str, ...]
    otherwise: tuple[tuple[str, str], ...]
    gone: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the spec does not say what was seen."""
        return bool(self.new or self.labels or self.otherwise or self.gone)


def columns(seen: Sequence[str], report: Report, catalog: Catalog, format: str, *, every: bool) -> Columns:
    """Compare the columns of a file with what the spec knows; `every` says that no column was left out."""
    metrics = (*report.metrics, *catalog.api.generic_metrics)
    by_name = {text: one.name for one in metrics for text in (one.label, one.name) if text}
    near = {by_convention(text): name for text, name in by_name.items()}
    known = [one for one in seen if one in by_name]
    rest = [one for one in seen if one not in by_name]
    otherwise = [(one, near[by_convention(one)]) for one in rest if by_convention(one) in near]
    unknown = [one for one in rest if by_convention(one) not in near]
    there = {by_name[one] for one in known} | {name for _, name in otherwise}
    expected = [one.name for one in report.metrics if one.formats is None or format in one.formats]
    return Columns(
        tuple(known),
        tuple(one for one in unknown if not is_label(one)),
        tuple(one for one in unknown if is_label(one)),
        tuple(otherwise),
        tuple(one for one in expected if every and one not in there),
    )


def lines(found: Columns) -> Iterator[str]:
    """Say what differs, a line each."""
    yield from (f"+ {shown(one)}: new" for one in found.new)
    yield from (f"+ {shown(one)}: a name of the UI; its API name is not known" for one in found.labels)
    yield from (f"~ {shown(one)}: {name} in the spec" for one, name in found.otherwise)
    yield from (f"- {one}: not in the file" for one in found.gone)


def learned(spec: str, file: str, found: Columns, format: str) -> str:
    """Return the text of a spec with the new columns in it; all else stays as it is, comments too.

    ValueError where the spec is not written so that lines can be put in.
    """
    note = f"Seen as a column of a {format.upper()} file."
    metrics = [
        (f"{{name: {flow(one)}, source: {OBSERVED}, note: {note}}}", _metric(one, note)) for one in found.new
    ]
    gaps = [_gap(f"the API name of the column {one}") for one in found.labels]
    return appended(appended(spec, file, "metrics", metrics), file, "undocumented", gaps)


def _gap(text: str) -> tuple[str, Json]:
    return (text if re.fullmatch(r"[\w ()/%-]+", text) else flow(text)), text


def _metric(name: str, note: str) -> Json:
    return {"name": name, "source": OBSERVED, "note": note}


def appended(text: str, file: str, key: str, items: Sequence[tuple[str, Json]]) -> str:
    """Return YAML with items after those of a list at its top; what stands there already is left out.

    Each item is given as it is to be written, and as it is to be read. ValueError where that fails.
    """
    read = document.read(text.encode(), file)
    data = read.data if isinstance(read.data, dict) else {}
    former = data.get(key)
    if not isinstance(former, list):
        raise ValueError(f"{file}: {key} is no list")
    added = [(written, one) for written, one in items if one not in former]
    if not added:
        return text
    lines = text.splitlines(keepends=True)
    at = read.place((key,), key=True)[0]
    if former:
        last = max(line for path, (line, _) in read.places.items() if path[:1] == (key,))
        at = next((line for line in range(last, len(lines)) if not lines[line].startswith(" ")), len(lines))
    else:
        lines[at - 1] = f"{key}:\n"
    new = [f"  - {written}\n" for written, _ in added]
    made = "".join([*lines[:at], *new, *lines[at:]])
    if _data(made, file) != {**data, key: [*former, *(one for _, one in added)]}:
        raise ValueError(f"{file}: no line can be put into the list {key}; write an item a line there")
    return made


def _data(text: str, file: str) -> Json:
    """Return what a text says; nothing where it cannot be read."""
    try:
        return document.read(text.encode(), file).data
    except Refusal:
        return None
