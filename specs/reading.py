"""Read and judge a folder of specs; everything that is wrong comes out at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.document import Document
from runner.document import read as read_document
from runner.errors import Exit, Refusal
from runner.judge import judge
from specs.checks import problems

_SCHEMAS = Path(__file__).resolve().parent / "schemas"


@dataclass(frozen=True)
class Specs:
    """All spec files of a folder, known to be good."""

    api: Document
    parameters: Document
    reports: tuple[Document, ...]


def schemas() -> dict[str, Mapping[str, Any]]:
    """Return the hand-written JSON Schemas by the start of their name, e.g. `manifest.v1`."""
    paths = sorted(_SCHEMAS.glob("*.schema.json"))
    return {path.name.removesuffix(".schema.json"): json.loads(path.read_bytes()) for path in paths}


def read(folder: Path) -> Specs:
    """Return the specs of a folder. Refusal(DATA) with every problem of every file, and nothing written."""
    api, parameters = _document(folder, folder / "api.yaml"), _document(folder, folder / "parameters.yaml")
    paths = sorted((folder / "reports").glob("*.yaml"))
    if not paths:
        raise Refusal(Exit.DATA, f"{folder.name}/reports holds no spec: nothing to compile")
    specs = Specs(api, parameters, tuple(_document(folder, path) for path in paths))
    judged = schemas()
    found = [
        *judge(api.data, judged["api.v1"], api),
        *judge(parameters.data, judged["parameters.v1"], parameters),
    ]
    for report in specs.reports:
        found += judge(report.data, judged["spec.v1"], report)
    if not found:  # the further checks take the shape for granted
        found = problems(api, parameters, specs.reports)
    if found:
        raise Refusal(Exit.DATA, f"{folder.name}: the specs cannot be used", found)
    return specs


def _document(folder: Path, path: Path) -> Document:
    name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
    try:
        return read_document(path.read_bytes(), name)
    except OSError as error:
        raise Refusal(Exit.DATA, f"{name}: cannot be read ({error.strerror})") from None
