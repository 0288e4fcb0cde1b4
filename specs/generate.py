"""Compile specs/ into generated/: `python specs/generate.py`, or with `--check` only look for drift."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if not __package__:  # `python specs/generate.py` puts specs/ first, where no package is
    sys.path[0] = str(ROOT)

from runner.errors import Exit, Refusal  # noqa: E402
from specs import compiled, models, offered, reading  # noqa: E402

SCHEMAS = ("manifest.v1", "profiles.v1", "lock.v1", "spec.v1", "status.v1", "answer.create", "answer.status")
"""Hand-written schemas that go into generated/schemas/."""
_INIT = '"""Compiled from specs/ by `make generate`; never edited by hand."""\n'
_REQUESTS = models.HEADER + '"""One model per report: what a request may hold."""\n'


def text(data: object) -> str:
    """Return JSON as it is written to files: sorted keys, two spaces, one line break at the end."""
    return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def compile_all(specs: reading.Specs, schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return everything that belongs into generated/, as text by path; specs are known to be good."""
    catalog = compiled.catalog(specs.api, specs.parameters, specs.reports)
    requests = {one["id"]: offered.request_schema(one, specs.parameters) for one in catalog["reports"]}
    offering = offered.manifest_schema(schemas["manifest.v1"], catalog["reports"], specs.parameters)
    ours = {name.replace(".", "_"): schemas[name] for name in ("manifest.v1", "profiles.v1", "lock.v1")}
    return {
        **models.models(ours),
        **models.models({"answers": _answers(schemas)}, skip_root=True),
        **{f"requests/{name}": code for name, code in models.models(requests).items()},
        **{f"schemas/{name}.schema.json": text(schemas[name]) for name in SCHEMAS},
        **{f"schemas/requests/{name}.schema.json": text(one) for name, one in requests.items()},
        "schemas/manifest.v1.schema.json": text(offering),
        "__init__.py": _INIT,
        "requests/__init__.py": _REQUESTS,
        "base.py": models.BASE,
        "catalog.json": text(catalog),
    }


def _answers(schemas: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return one schema that holds both answers, so that they become one module."""
    both = schemas["answer.create"], schemas["answer.status"]
    definitions = {name: one for schema in both for name, one in schema["$defs"].items()}
    for schema in both:
        whole = {key: value for key, value in schema.items() if key not in ("$schema", "$defs")}
        definitions[schema["title"]] = whole
    return {"$defs": definitions}


def write(files: Mapping[str, str], folder: Path) -> None:
    """Write the files and remove all others. Refusal(DATA) where the folder is not one of ours."""
    there = found(folder)
    if there and there.get("__init__.py") != _INIT:
        raise Refusal(Exit.DATA, f"{folder} holds files that were not generated; empty it first")
    for stray in there.keys() - files.keys():
        (folder / stray).unlink()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")


def found(folder: Path) -> dict[str, str]:
    """Return the files that lie in a generated folder, as text by path; no compiled Python."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8", "replace") for path in paths
    }


def drift(files: Mapping[str, str], folder: Path, sources: Mapping[str, str]) -> list[str]:
    """Return one line per file that is changed, missing or extra, naming the spec to edit."""
    there = found(folder)
    lines = []
    for name in sorted(files.keys() | there.keys()):
        if name not in files:
            lines.append(f"{folder.name}/{name}: nothing generates it; delete it, or run make generate")
        elif files[name] != there.get(name):
            kind = "differs from" if name in there else "is missing; it is made from"
            source = _source(name, sources)
            if name == "catalog.json":
                source = _changed(files[name], there.get(name, ""), sources)
            lines.append(f"{folder.name}/{name} {kind} {source}; edit only there, then run make generate")
    return lines


def _source(name: str, sources: Mapping[str, str]) -> str:
    """Return the files under specs/ that a generated file is made from."""
    stem = Path(name).name.removesuffix(".py").removesuffix(".schema.json")
    if stem in sources:
        return f"{sources[stem]} and specs/parameters.yaml"
    if stem == "answers":
        return "specs/schemas/answer.*.schema.json"
    written = [one for one in SCHEMAS if one.replace(".", "_") == stem.replace(".", "_")]
    source = f"specs/schemas/{written[0]}.schema.json" if written else "specs/generate.py"
    return f"{source} and specs/reports/" if name.startswith("schemas/manifest") else source


def _changed(made: str, there: str, sources: Mapping[str, str]) -> str:
    """Return the spec files of the reports that two catalogs tell differently."""
    try:
        old = {one["id"]: one for one in json.loads(there)["reports"]}
    except (ValueError, KeyError, TypeError):
        old = {}
    differ = [sources[one["id"]] for one in json.loads(made)["reports"] if old.get(one["id"]) != one]
    return ", ".join(differ) if 0 < len(differ) < len(sources) else "specs/*.yaml and specs/reports/"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code. Whatever is wrong, nothing is written."""
    parser = argparse.ArgumentParser(prog="specs/generate.py", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 65 on any difference")
    parser.add_argument("--specs", type=Path, default=ROOT / "specs", help="folder of the specs")
    parser.add_argument("--generated", type=Path, default=ROOT / "generated", help="folder to write to")
    given = parser.parse_args(arguments)
    try:
        specs = reading.read(given.specs)
        files = compile_all(specs, reading.schemas())
        lines = drift(files, given.generated, specs.files) if given.check else []
        if not given.check:
            write(files, given.generated)
    except Refusal as refusal:
        lines = [refusal.message, *map(str, refusal.problems)]
    for line in lines:
        print(line, file=sys.stderr)
    return int(Exit.DATA if lines else Exit.DONE)


if __name__ == "__main__":
    sys.exit(main())
