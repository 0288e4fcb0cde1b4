"""The generator: same bytes everywhere, only good patterns, nothing written over what is not ours."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runner.errors import Refusal
from specs import compiled, generate, reading
from specs.patterns import pattern_problem

ROOT = Path(__file__).resolve().parents[2]
SPECS = reading.read(ROOT / "specs")
MADE = generate.compile_all(SPECS, reading.schemas())


def test_what_is_committed_is_what_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    """`--check` on the repository itself finds no drift."""
    assert generate.main(["--check"]) == 0
    assert capsys.readouterr().err == ""


def test_the_same_bytes_in_any_folder_and_surroundings(tmp_path: Path) -> None:
    """Neither the folder, nor hash seed, zone, language or file order leave a trace; run as a script."""
    shutil.copytree(ROOT / "specs" / "reports", tmp_path / "elsewhere" / "reports")
    for name in ("api.yaml", "parameters.yaml"):
        shutil.copy(ROOT / "specs" / name, tmp_path / "elsewhere" / name)
    surroundings = {"PYTHONHASHSEED": "7", "TZ": "Asia/Kathmandu", "LANG": "tr_TR.UTF-8"}
    options = ["--specs", str(tmp_path / "elsewhere"), "--generated", str(tmp_path / "out")]
    program = str(ROOT / "specs" / "generate.py")
    subprocess.run([sys.executable, program, *options], check=True, env=surroundings, cwd=tmp_path)
    assert generate.found(tmp_path / "out") == MADE


def test_it_holds_no_time_and_no_place() -> None:
    """Generated files name neither this machine nor a day."""
    assert not [name for name, content in MADE.items() if str(ROOT) in content or "timestamp" in content]


def test_the_digest_is_that_of_the_rest() -> None:
    """One digest stands for the catalogue; any change of a fact changes it."""
    data = json.loads(MADE["catalog.json"])
    digest = data.pop("digest")
    assert hashlib.sha256(compiled.canonical(data)).hexdigest() == digest
    other: dict[str, Any] = {**SPECS.reports[0], "title": "Other"}
    assert compiled.catalog(SPECS.api, SPECS.parameters, [other, *SPECS.reports[1:]])["digest"] != digest


def test_the_order_of_files_does_not_matter() -> None:
    """Reports are sorted by id."""
    forwards = compiled.catalog(SPECS.api, SPECS.parameters, SPECS.reports)
    assert compiled.catalog(SPECS.api, SPECS.parameters, SPECS.reports[::-1]) == forwards


def test_a_strange_folder_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that holds other files is not written to, and loses nothing."""
    (tmp_path / "mine.txt").write_text("mine")
    assert generate.main(["--generated", str(tmp_path)]) == 65
    assert "empty it first" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_what_is_no_longer_made_is_removed(tmp_path: Path) -> None:
    """A file of a report that is gone goes too; compiled Python is nobody's business."""
    generate.write({**MADE, "requests/old.py": "# old\n"}, tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "x.pyc").write_bytes(b"x")
    generate.write(MADE, tmp_path)
    assert generate.found(tmp_path) == MADE
    assert (tmp_path / "__pycache__" / "x.pyc").exists()


def test_drift_names_where_to_edit(tmp_path: Path) -> None:
    """Each kind of generated file leads to its spec, also where the catalogue cannot be read."""
    generate.write(MADE, tmp_path)
    for name in (
        "catalog.json",
        "answers.py",
        "manifest_v1.py",
        "base.py",
        "schemas/manifest.v1.schema.json",
    ):
        (tmp_path / name).write_text("<<<<<<< HEAD", "utf-8")
    lines = generate.drift(MADE, tmp_path, SPECS.files)
    named = [line.split(" differs from ")[1].split(";")[0] for line in lines]
    assert named == [
        "specs/schemas/answer.*.schema.json",
        "specs/generate.py",
        "specs/*.yaml and specs/reports/",
        "specs/schemas/manifest.v1.schema.json",
        "specs/schemas/manifest.v1.schema.json and specs/reports/",
    ]


def test_all_files_are_read_before_any_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing file, one that is no YAML, and one of another kind come out together, each with its place."""
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "b.yml").write_text("a: 1")
    (tmp_path / "reports" / ".hidden").write_text("an editor's own")
    (tmp_path / "reports" / "a.yaml").write_text("a: [")
    shutil.copy(ROOT / "specs" / "api.yaml", tmp_path)
    assert generate.main(["--specs", str(tmp_path), "--generated", str(tmp_path / "out")]) == 65
    err = capsys.readouterr().err
    assert f"{tmp_path.name}/parameters.yaml:1:1: cannot be read" in err
    assert f"{tmp_path.name}/reports/a.yaml:2:1: not YAML" in err
    assert f"{tmp_path.name}/reports/b.yml:1:1: a spec is a file that ends in .yaml" in err
    assert ".hidden" not in err


@pytest.mark.parametrize(
    "pattern", ["^[a-z]{1,64}$", "^a$", r"^\$\{[A-Z]+\}$", "^(?:GET|POST)$", "^[]()+*]{1,3}x?$", r"^(a\)b)+$"]
)
def test_patterns_that_may_stand(pattern: str) -> None:
    """Anchored patterns with little repetition are fine, whatever stands in classes and escapes."""
    assert pattern_problem(pattern) == ""


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(", "cannot be read"),
        ("a{1,99999999999}", "cannot be read"),
        ("abc", "begin it with ^"),
        (r"^abc\$", "begin it with ^"),
        ("^(a+)+$", "repeated group"),
        ("^(a|a)*$", "repeated group"),
        ("^((ab?)c){2,}$", "repeated group"),
        (r"^(a)\1$", "back references"),
        ("^(?=a)a$", "look-around"),
        ("^(?P<x>a)$", "named groups"),
        ("^a*a*a*$", "at most 2 times"),
    ],
)
def test_patterns_that_run_away(pattern: str, words: str) -> None:
    """What can take longer than its text, or cannot be read, is refused with the reason."""
    assert words in pattern_problem(pattern)


def parameters_with(extra: str, tmp_path: Path) -> list[str]:
    """Return the problems of the specs with this text added to parameters.yaml at the top of `parameters`."""
    shutil.copytree(ROOT / "specs" / "reports", tmp_path / "reports")
    shutil.copy(ROOT / "specs" / "api.yaml", tmp_path)
    content = (ROOT / "specs" / "parameters.yaml").read_text("utf-8")
    (tmp_path / "parameters.yaml").write_text(
        content.replace("  companyKey:\n", f"{extra}\n  companyKey:\n", 1)
    )
    with pytest.raises(Refusal) as caught:
        reading.read(tmp_path)
    return [one.message for one in caught.value.problems]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ("type: integers, style: single", "a list is repeated or comma"),
        ("type: string, style: comma", "anything else is single"),
        ("type: string, style: single, minimum: 1", "minimum is for integer parameters"),
        ("type: integer, style: single, maxLength: 1", "maxLength is for string parameters"),
        ("type: integer, style: single, minimum: 2, maximum: 1", "minimum is above maximum"),
        ("type: integer, style: single, above: 1", "there are none"),
        ("type: integer, style: single, allowed: [a]", "'a' is not of type integer"),
        ("type: integer, style: single, allowed: [true]", "True is not of type integer"),
        ("type: integers, style: comma, default: 1", "a list has no default"),
        ("type: boolean, style: single, default: no", "'no' is not of type boolean"),
    ],
)
def test_facts_of_a_parameter_must_fit_each_other(facts: str, words: str, tmp_path: Path) -> None:
    """Type, style, bounds and values that contradict each other are refused."""
    messages = parameters_with(f"  extra: {{title: T, {facts}, note: N, sources: [O]}}", tmp_path)
    assert any(words in one for one in messages), messages


REPORT_EDITS = [
    ("groups: [common]", "groups: [comon]", "parameters.yaml does not have 'comon'; did you mean 'common'?"),
    ("groups: [common]", "groups: [common]\nparameters: [x]", "parameters.yaml does not have 'x'"),
    ("sources: [O, G, A, R]", "sources: [O, Z]", "source tag 'Z' is not explained"),
    ("{method: GET, ", "{method: POST, ", "POST stands here twice"),
    ("{method: GET, ", "{method: GET, query: [companyKey], ", "a GET has no body"),
    ("query: [companyKey]", "query: [raiselimit]", "companyKey is always in the query"),
    (
        "query: [companyKey]",
        "query: [companyKey, raiselimit]",
        "'raiselimit' is not a parameter of this report",
    ),
    ("required: [companyKey, ", "required: [", "companyKey must be required"),
    ("  - {name: timeInterval, ", "  - {name: locale, ", "locale is declared above"),
    ("  - {name: timeInterval, ", "  - {name: interval, ", "parameters.yaml does not have 'interval'"),
    (
        "  kind: additive\n",
        "  kind: additive\n  by: {teamIds: {a: additive}}\n",
        "'teamIds' is not a parameter",
    ),
    ("  kind: additive\n", "  kind: additive\n  by: {locale: {en: additive}}\n", "name every allowed value"),
    ("id: conversation_actions", "id: other", "must be called other.yaml"),
    ("report/conversation_actions", "report/author", "/api/public/reports/report/author is the path of"),
    ("metrics: []", "metrics: [{name: A, source: Z}]", "source tag 'Z' is not explained"),
]


@pytest.mark.parametrize(("old", "new", "words"), REPORT_EDITS)
def test_facts_of_a_report_must_fit_each_other(old: str, new: str, words: str, tmp_path: Path) -> None:
    """Whatever a report names must be there, once, and where it can be sent."""
    shutil.copytree(ROOT / "specs" / "reports", tmp_path / "reports")
    for name in ("api.yaml", "parameters.yaml"):
        shutil.copy(ROOT / "specs" / name, tmp_path)
    path = tmp_path / "reports" / "conversation_actions.yaml"
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), "utf-8")
    with pytest.raises(Refusal) as caught:
        reading.read(tmp_path)
    assert any(words in one.message for one in caught.value.problems), caught.value.problems


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("parameters: [agentId, teamId]", "parameters: [agentID, teamId]", "there is no parameter 'agentID'"),
        ("common: [companyKey, ", "locale: [companyKey, ", "locale is the name of a parameter already"),
        (
            "common: [companyKey, ",
            "common: [companykey, ",
            "there is no parameter 'companykey'; did you mean",
        ),
        ("    with: enableBusinessHour\n", "", "missing key 'with'"),
        ("    severity: warning\n", "", "missing key 'severity'"),
        ("    monthly_above: 604800000\n", "", "missing key 'monthly_above'"),
    ],
)
def test_groups_and_rules_name_parameters(old: str, new: str, words: str, tmp_path: Path) -> None:
    """A group or rule that names nothing, or says too little, is refused."""
    shutil.copytree(ROOT / "specs" / "reports", tmp_path / "reports")
    shutil.copy(ROOT / "specs" / "api.yaml", tmp_path)
    content = (ROOT / "specs" / "parameters.yaml").read_text("utf-8")
    assert old in content
    (tmp_path / "parameters.yaml").write_text(content.replace(old, new, 1), "utf-8")
    with pytest.raises(Refusal) as caught:
        reading.read(tmp_path)
    assert any(words in one.message for one in caught.value.problems), caught.value.problems
