"""Compile specs/ into generated/: `python specs/generate.py`, or with `--check` only look for drift."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # `python specs/generate.py` puts specs/ there instead
    sys.path.insert(0, str(ROOT))

from runner.errors import Refusal  # noqa: E402
from specs import compiled, models, offered, reading  # noqa: E402

OWN = ("manifest.v1", "profiles.v1", "lock.v1", "spec.v1", "answer.create", "answer.status")
"""Schemas that go into generated/schemas/, by the start of their name."""


def text(data: object) -> str:
    """Return JSON as it is written to files: sorted keys, two spaces, one line break at the end."""
    return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def compile_all(specs: reading.Specs, schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return everything that belongs into generated/, as text by path; specs are known to be good."""
    catalog = compiled.catalog(specs.api.data, specs.parameters.data, [one.data for one in specs.reports])
    requests = {one["id"]: offered.request_schema(one, specs.parameters.data) for one in catalog["reports"]}
    offering = offered.manifest_schema(schemas["manifest.v1"], catalog["reports"], specs.parameters.data)
    files = {"catalog.json": text(catalog), "base.py": models.BASE}
    files |= {f"schemas/{name}.schema.json": text(schemas[name]) for name in OWN}
    files["schemas/manifest.v1.schema.json"] = text(offering)
    files |= {f"schemas/requests/{name}.schema.json": text(one) for name, one in requests.items()}
    files |= {f"requests/{name}": code for name, code in models.models(requests).items()}
    ours = {name.replace(".", "_"): schemas[name] for name in ("manifest.v1", "profiles.v1", "lock.v1")}
    files |= _without_init(models.models(ours))
    files |= _without_init(models.models({"answers": _answers(schemas)}, skip_root=True))
    files["__init__.py"] = '"""Compiled from specs/ by `make generate`; never edited by hand."""\n'
    files["requests/__init__.py"] = models.HEADER + '"""One model per report: what a request may hold."""\n'
    return files


def _without_init(files: Mapping[str, str]) -> dict[str, str]:
    return {name: code for name, code in files.items() if name != "__init__.py"}


def _answers(schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return one schema that holds both answers, so that they become one module."""
    create, status = schemas["answer.create"], schemas["answer.status"]
    definitions = {**create["$defs"], **status["$defs"]}
    for one in (create, status):
        definitions[one["title"]] = {
            key: value for key, value in one.items() if key not in ("$schema", "$defs")
        }
    return {"$defs": definitions}


def write(files: Mapping[str, str], folder: Path) -> None:
    """Write the files, and remove whatever else lies in the folder."""
    for stray in found(folder).keys() - files.keys():
        (folder / stray).unlink()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")


def found(folder: Path) -> dict[str, str]:
    """Return the files that lie in a generated folder, as text by path; compiled Python is not one of them."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8", "replace") for path in paths}


def drift(files: Mapping[str, str], folder: Path, sources: Mapping[str, str]) -> list[str]:
    """Return one line per file that is changed, missing or extra, naming the spec to edit."""
    there = found(folder)
    lines = []
    for name in sorted(files.keys() | there.keys()):
        if files.get(name) == there.get(name):
            continue
        kind = "missing" if name not in there else "extra" if name not in files else "changed"
        lines.append(f"{folder.name}/{name}: {kind}; edit {_source(name, sources)}, then run make generate")
    return lines


def _source(name: str, sources: Mapping[str, str]) -> str:
    """Return the file under specs/ that a generated file is made from."""
    report = Path(name).name.removesuffix(".py").removesuffix(".schema.json")
    if report in sources:
        return sources[report]
    schema = report.replace("_v1", ".v1")
    if schema in OWN:
        return f"specs/schemas/{schema}.schema.json"
    return "specs/schemas/answer.*.schema.json" if report == "answers" else "a file under specs/"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="specs/generate.py", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 65 on any difference")
    parser.add_argument("--specs", type=Path, default=ROOT / "specs", help="folder of the specs")
    parser.add_argument("--generated", type=Path, default=ROOT / "generated", help="folder to write to")
    given = parser.parse_args(arguments)
    try:
        specs = reading.read(given.specs)
        files = compile_all(specs, reading.schemas())
    except Refusal as refusal:
        print(refusal.message, *refusal.problems, sep="\n", file=sys.stderr)
        return int(refusal.exit)
    if not given.check:
        write(files, given.generated)
        return 0
    lines = drift(files, given.generated, {one.data["id"]: one.file for one in specs.reports})
    print(*lines, sep="\n", end="\n" if lines else "", file=sys.stderr)
    return 65 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
