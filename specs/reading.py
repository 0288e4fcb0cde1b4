"""Read and judge a folder of specs; everything that is wrong comes out at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner import document
from runner.document import Document
from runner.errors import Exit, Problem, Refusal
from runner.judge import judge
from specs.checks import problems

_SCHEMAS = Path(__file__).resolve().parent / "schemas"


@dataclass(frozen=True)
class Specs:
    """The data of all spec files of a folder, known to be good; `files` names the file of each report."""

    api: Mapping[str, Any]
    parameters: Mapping[str, Any]
    reports: tuple[Mapping[str, Any], ...]
    files: Mapping[str, str]


def schemas() -> dict[str, Mapping[str, Any]]:
    """Return the hand-written JSON Schemas by the start of their name, e.g. `manifest.v1`."""
    paths = sorted(_SCHEMAS.glob("*.schema.json"))
    return {path.name.removesuffix(".schema.json"): json.loads(path.read_bytes()) for path in paths}


def read(folder: Path) -> Specs:
    """Return the specs of a folder. Refusal(DATA) with every problem of every file; nothing is written."""
    paths = [folder / "api.yaml", folder / "parameters.yaml", *sorted((folder / "reports").glob("[!.]*"))]
    if len(paths) == 2:
        raise Refusal(Exit.DATA, f"{folder.name}/reports holds no spec: there is nothing to compile")
    api, parameters, *reports = _documents(folder, paths)
    known = schemas()
    judged = [(api, "api.v1"), (parameters, "parameters.v1"), *((one, "spec.v1") for one in reports)]
    found = [problem for one, name in judged for problem in judge(one.data, known[name], one)]
    # The further checks take the shape for granted.
    _refuse(folder, found or problems(api, parameters, reports))
    data: list[Any] = [one.data for one in (api, parameters, *reports)]
    files = {one["id"]: document.file for one, document in zip(data[2:], reports, strict=True)}
    return Specs(data[0], data[1], tuple(data[2:]), files)


def _documents(folder: Path, paths: list[Path]) -> list[Document]:
    """Read all files; what is wrong in several of them is reported together."""
    read_ones, found = [], []
    for path in paths:
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        if path.suffix != ".yaml":
            found.append(Problem(name, 1, 1, "", "a spec is a file that ends in .yaml"))
            continue
        try:
            read_ones.append(document.read(path.read_bytes(), name))
        except OSError as error:
            found.append(Problem(name, 1, 1, "", f"cannot be read: {error.strerror}"))
        except Refusal as refusal:
            found += refusal.problems
    _refuse(folder, found)
    return read_ones


def _refuse(folder: Path, found: list[Problem]) -> None:
    if found:
        raise Refusal(Exit.DATA, f"{folder.name}: the specs cannot be used; nothing was written", found)
