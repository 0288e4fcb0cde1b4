"""Broken specs, one test per case: 65, the place, and nothing written. Two of the cases must pass."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import shutil
import socket
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from specs.generate import main
from tests.contract.spec_cases.edits import AUTHOR, PARAMETERS, REFUSED, VARIANTS, Edit

ROOT = Path(__file__).resolve().parents[2]
ROWS = Path(__file__).parent / "spec_cases" / "cases.jsonl"
CASES = [json.loads(line) for line in ROWS.read_text("utf-8").splitlines()]
ELSEWHERE = {"S07", "S20", "S24", "S28", "S29"}
PLACED = re.compile(r"^specs/[\w./]+:[0-9]+:[0-9]+: .+$")


@pytest.fixture(name="specs")
def specs_folder(tmp_path: Path) -> Path:
    """Return a good folder of specs, to be broken."""
    folder = tmp_path / "specs"
    shutil.copytree(ROOT / "specs" / "reports", folder / "reports")
    for name in ("api.yaml", "parameters.yaml"):
        shutil.copy(ROOT / "specs" / name, folder / name)
    return folder


def edit(specs: Path, file: str, old: str, new: str) -> int:
    """Replace a text that stands once; return the line where it began."""
    path = specs / file
    content = path.read_text("utf-8")
    assert content.count(old) == 1 or file != AUTHOR, old
    path.write_text(content.replace(old, new, 1), "utf-8")
    return content[: content.index(old)].count("\n") + 1


def generated(specs: Path, *options: str) -> int:
    """Run the generator on the folder, into the folder beside it."""
    return main(["--specs", str(specs), "--generated", str(specs.parent / "generated"), *options])


def refuse(specs: Path, one: Edit, capsys: pytest.CaptureFixture[str]) -> None:
    """Apply an edit; ask for 65, the place and the words, in bounded time, with nothing written."""
    edit(specs, one.file, one.old, one.new)
    began = time.monotonic()
    assert generated(specs) == 65
    assert time.monotonic() - began < 5
    assert not (specs.parent / "generated").exists()
    lines = capsys.readouterr().err.splitlines()[1:]
    assert all(PLACED.match(line) for line in lines), lines
    assert any(line.startswith(f"specs/{one.file}:") and one.words in line for line in lines), lines


def test_every_case_is_tried() -> None:
    """No case of the list is dropped: each is an edit here, or has a test of its own below."""
    assert {one["id"] for one in CASES} == REFUSED.keys() | ELSEWHERE
    assert len(CASES) == 32


@pytest.mark.parametrize(
    "case", [one for one in CASES if one["id"] in REFUSED], ids=lambda one: str(one["id"])
)
def test_a_broken_spec_is_refused(
    case: dict[str, Any], specs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A spec that is broken in this way is refused with its place, and no request leaves."""
    assert case["outcome"] == "SPEC"
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        one = REFUSED[case["id"]]
        port = str(server.getsockname()[1])
        refuse(specs, Edit(one.file, one.old, one.new.replace("{port}", port), one.words), capsys)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize(
    "one",
    [pytest.param(one, id=f"{name}-{one.words[:9]}") for name, more in VARIANTS.items() for one in more],
)
def test_a_further_form_of_a_case_is_refused(
    one: Edit, specs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a case lists several forms, each is refused."""
    refuse(specs, one, capsys)


def test_s07_no_spec_at_all(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """S07: an empty spec directory is refused, not compiled to an empty catalogue."""
    shutil.rmtree(specs / "reports")
    (specs / "reports").mkdir()
    assert generated(specs) == 65
    assert "holds no spec" in capsys.readouterr().err
    assert not (specs.parent / "generated").exists()


def imported(path: Path) -> ModuleType:
    """Import a generated file from where it lies."""
    spec = importlib.util.spec_from_file_location(f"made_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # pydantic looks there
    try:
        spec.loader.exec_module(module)
        return module
    finally:
        del sys.modules[module.__name__]


def test_s20_words_of_python_as_names(specs: Path) -> None:
    """S20: parameters called class and import are aliased, and go on the wire under their own names."""
    one = "{title: T, type: string, style: single, note: N, sources: [O]}"
    edit(specs, PARAMETERS, "  companyKey:\n", f"  class: {one}\n  import: {one}\n  companyKey:\n")
    edit(specs, AUTHOR, "groups: [common]", "groups: [common]\nparameters: [class, import]")
    assert generated(specs) == 0
    model = imported(specs.parent / "generated" / "requests" / "author.py").AuthorRequest
    data = {"startTime": 1_500_000_000_000, "endTime": 1_500_000_000_001, "class": "a", "import": "b"}
    made = model.model_validate_json(json.dumps(data), strict=True)
    assert made.model_dump(mode="json", by_alias=True, exclude_unset=True) == data


def test_s24_text_that_looks_like_code(specs: Path) -> None:
    """S24: notes and titles with quotes, backslashes and statements stay text in the generated file."""
    note = 'x""" + __import__("os").getcwd() + """ \\'
    title = 'T"); import os; ("""\\'
    one = json.dumps({"title": title, "type": "string", "style": "single", "note": note, "sources": ["O"]})
    edit(specs, PARAMETERS, "  companyKey:\n", f"  extra: {one}\n  companyKey:\n")
    edit(specs, AUTHOR, "groups: [common]", "groups: [common]\nparameters: [extra]")
    edit(specs, AUTHOR, "title: Raw Author", f"title: {json.dumps(title)}")
    assert generated(specs) == 0
    path = specs.parent / "generated" / "requests" / "author.py"
    statements = ast.parse(path.read_text("utf-8")).body
    assert {type(one) for one in statements} == {ast.ImportFrom, ast.ClassDef}
    assert not [node for one in statements for node in ast.walk(one) if isinstance(node, ast.Import)]
    assert "extra" in imported(path).AuthorRequest.model_fields


def test_s28_a_spec_edited_and_not_compiled(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """S28: `--check` ends with 65 and names the spec that was edited."""
    assert generated(specs) == 0
    edit(specs, AUTHOR, "title: Raw Author", "title: Raw Authors")
    before = (specs.parent / "generated" / "catalog.json").read_bytes()
    assert generated(specs, "--check") == 65
    assert "generated/catalog.json differs from specs/reports/author.yaml" in capsys.readouterr().err
    assert (specs.parent / "generated" / "catalog.json").read_bytes() == before


def test_s29_a_generated_file_edited_by_hand(specs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """S29: `--check` ends with 65 on changed, missing and extra files, each with where to edit."""
    assert generated(specs) == 0
    assert generated(specs, "--check") == 0
    made = specs.parent / "generated"
    with (made / "requests" / "user.py").open("a") as file:
        file.write("# mine\n")
    (made / "schemas" / "lock.v1.schema.json").unlink()
    (made / "mine.py").write_text("")
    assert generated(specs, "--check") == 65
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "generated/mine.py: nothing generates it; delete it, or run make generate",
        "generated/requests/user.py differs from specs/reports/user.yaml and specs/parameters.yaml; "
        "edit only there, then run make generate",
        "generated/schemas/lock.v1.schema.json is missing; it is made from "
        "specs/schemas/lock.v1.schema.json; edit only there, then run make generate",
    ]
