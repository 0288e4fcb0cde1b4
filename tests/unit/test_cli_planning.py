"""How plan and validate choose profiles, judge manifests, and show what would be done."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from runner.cli.command import outcome
from runner.cli.plan import table
from runner.cli.planning import planned
from runner.errors import Exit

MANIFEST = """\
version: 1
timezone: Europe/Berlin
period: 2026-Q1
output: {filename: "{{ export }}/{{ profile }}_{{ start | date }}.{{ format }}"}
exports:
  - id: created
    report: conversation
    format: csv
    split: month
    parameters: {conversationReportType: CREATED}
  - {id: team, report: team_performance, format: json, split: month, split_anyway: true}
"""

PROFILES = """\
version: 1
profiles:
  acme:
    base_url: https://analytics.example.com
    company_key: ${ACME_KEY}
    username: ${ACME_NAME}
    password: ${ACME_SECRET}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Go into a folder that has one manifest."""
    (tmp_path / "q1.yaml").write_text(MANIFEST)
    with contextlib.chdir(tmp_path):
        yield tmp_path


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a verb; return its exit code and what it wrote to both streams."""
    code = outcome(arguments)
    ended = capsys.readouterr()
    return code, ended.out, ended.err


def test_a_valid_manifest_is_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line for each manifest; one export is one export."""
    (folder / "one.yaml").write_text(
        "version: 1\nexports:\n- {report: user, period: 2026-05, timezone: UTC}\n"
    )
    code, out, _ = shown(capsys, "validate", "q1.yaml", "one.yaml")
    assert code == Exit.DONE
    assert out == "q1.yaml: valid (2 exports, 6 partitions)\none.yaml: valid (1 export, 1 partition)\n"


def test_all_problems_of_all_manifests_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each with its place, on standard error; what is valid is said all the same."""
    (folder / "bad.yaml").write_text("version: 1\nexprots: []\n")
    (folder / "worse.yaml").write_text("version: 1\nexports: [{report: conversations}]\n")
    code, out, err = shown(capsys, "validate", "bad.yaml", "worse.yaml", "q1.yaml")
    assert code == Exit.DATA
    assert out == "q1.yaml: valid (2 exports, 6 partitions)\n"
    assert "bad.yaml:2:1: " in err
    assert "worse.yaml:2:" in err
    assert err.count("care-export: ") == 2


def test_warnings_do_not_make_a_manifest_invalid(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are told with their place, apart from what was asked for."""
    (folder / "w.yaml").write_text(
        MANIFEST.replace("split: month, split_anyway", "split: month, metrics: [A_B], split_anyway")
    )
    for verb in ("validate", "plan"):
        code, out, err = shown(capsys, verb, "w.yaml")
        assert code == Exit.DONE
        assert "warning: " not in out
        assert "w.yaml:11:" in err
        assert "warning: " in err


def test_validity_does_not_depend_on_today(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A window of long ago, or of the future, is valid; only plan and run look at the calendar."""
    for year in ("2011", "2111"):
        (folder / "q1.yaml").write_text(MANIFEST.replace("2026", year))
        assert shown(capsys, "validate", "q1.yaml")[0] == Exit.DONE
        assert shown(capsys, "plan", "q1.yaml")[0] == Exit.DATA


def test_validity_does_not_depend_on_profiles_that_are_elsewhere(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where no profiles are defined, names are trusted; where some are, an unknown one is refused."""
    (folder / "q1.yaml").write_text("profiles: [acmee]\n" + MANIFEST)
    assert shown(capsys, "validate", "q1.yaml")[0] == Exit.DONE
    (folder / "profiles.yaml").write_text(PROFILES)
    code, _, err = shown(capsys, "validate", "q1.yaml")
    assert code == Exit.PROFILES
    assert "q1.yaml:1:12: profiles[0]: there is no profile 'acmee'; did you mean 'acme'?" in err


def test_all_profiles_that_nobody_has_defined_are_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each at its place, at the top and in an export; one that --profile names takes their place."""
    (folder / "profiles.yaml").write_text(PROFILES)
    written = MANIFEST.replace("exports:\n", "exports:\n  - {id: other, report: author, profiles: [emca]}\n")
    (folder / "q1.yaml").write_text(f"profiles: [acme, acmee]\n{written}")
    code, _, err = shown(capsys, "plan", "q1.yaml")
    assert code == Exit.PROFILES
    assert [line.split(": ")[1] for line in err.splitlines() if "there is no profile" in line] == [
        "profiles[1]",
        "exports[0].profiles[0]",
    ]
    assert shown(capsys, "plan", "q1.yaml", "--profile", "acme")[0] == Exit.DONE


def test_the_same_manifest_twice_is_a_usage_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Under another name too."""
    code, _, err = shown(capsys, "validate", "q1.yaml", "./q1.yaml")
    assert code == Exit.USAGE
    assert "q1.yaml is given 2 times" in err


def test_a_missing_manifest_among_others_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All names are looked for before any is judged."""
    assert shown(capsys, "validate", "q1.yaml", "q2.yaml")[0] == Exit.NO_INPUT


def test_only_some_exports_may_be_planned(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--only keeps the rest out of the plan, in the manifest's order."""
    _, out, _ = shown(capsys, "plan", "q1.yaml", "--only", "team", "--format", "json")
    assert {one["export"] for one in json.loads(out)["partitions"]} == {"team"}
    both = ("--only", "team", "--only", "created")
    _, out, _ = shown(capsys, "plan", "q1.yaml", *both, "--format", "json")
    assert [one["export"] for one in json.loads(out)["partitions"]] == ["created"] * 3 + ["team"] * 3


def test_an_unknown_export_is_a_usage_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The message lists what there is, and the closest."""
    code, _, err = shown(capsys, "plan", "q1.yaml", "--only", "creatd")
    assert code == Exit.USAGE
    assert "did you mean 'created'?; the exports are created, team" in err


def test_a_profile_of_the_file_is_used_without_its_secrets(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A plan needs the address and the limits, never a credential."""
    (folder / "profiles.yaml").write_text(PROFILES)
    code, out, _ = shown(capsys, "plan", "q1.yaml", "--profile", "acme", "--only", "created")
    assert code in (Exit.DONE, Exit.DATA)
    (folder / "profiles.yaml").rename(folder / "others.yaml")
    other = shown(
        capsys, "plan", "q1.yaml", "--profile", "acme", "--only", "created", "--profiles", "others.yaml"
    )
    assert (code, out) == other[:2]


@pytest.mark.parametrize(
    ("make", "file", "code"),
    [
        (None, "missing.yaml", Exit.NO_INPUT),
        ("folder", "profiles.yaml", Exit.NO_INPUT),
        ("bad", "profiles.yaml", Exit.PROFILES),
    ],
)
def test_profiles_that_cannot_be_read_are_refused(
    folder: Path, make: str | None, file: str, code: Exit, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that was asked for must be there; whatever is at its place must be right."""
    if make == "folder":
        (folder / file).mkdir()
    if make == "bad":
        (folder / file).write_text(PROFILES.replace("https", "ftp"))
    given = ("--profiles", file) if make is None else ()
    assert shown(capsys, "plan", "q1.yaml", *given)[0] == code


def test_an_undefined_profile_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is that of profiles."""
    assert shown(capsys, "plan", "q1.yaml", "--profile", "acme")[0] == Exit.PROFILES


def test_the_plan_for_people_has_what_window_and_file(folder: Path) -> None:
    """On a wide terminal one line each; on a narrow one nothing is cut, and lines are stacked."""
    made = planned("q1.yaml", only=("created",))
    wide, middle, narrow = ("\n".join(table(made, (), width)) for width in (122, 90, 70))
    words, instants, file = (
        "January 2026 (Europe/Berlin)",
        "2025-12-31T23:00:00Z to 2026-01-31T23:00:00Z",
        "exports/created/sandbox_2026-01-01.csv",
    )
    assert f"  {words}   {instants}  {file}\n" in wide
    assert f"  {words}   {instants}\n    {file}\n" in middle
    assert f"  {words}\n    {instants}\n    {file}\n" in narrow
    assert "created: conversation as csv from sandbox\n" in wide


def test_labels_stand_below_their_windows(folder: Path) -> None:
    """What a reader of the files must know is shown before they are made, once, within the width."""
    made = planned("q1.yaml", only=("team",))
    whole = "\n".join(table(made, (), 400))
    assert whole.count("\n  note: split although the parts do not add up (aggregate)") == 1
    assert " of 3 files)" not in whole
    assert max(map(len, table(made, (), 80))) <= 80
    first, *rest = made.plan.partitions
    some = replace(made, plan=replace(made.plan, partitions=(replace(first, labels=()), *rest)))
    assert "(2 of 3 files)" in "\n".join(table(some, (), 400))
    later = replace(made, plan=replace(made.plan, partitions=(replace(first, labels=("open",)), *rest)))
    said = "asked for; asked again, it can give other rows (1 of 3 files)"
    assert f"  note: the period is not over when it is {said}" in "\n".join(table(later, (), 400))


TWO = """\
version: 1
profiles: [sandbox, acme, gone]
timezone: UTC
period: 2026-05-04
output: {filename: "{{ profile }}/{{ export }}.csv"}
exports: [{report: user}, {report: author, profiles: [acme]}]
"""
PROFILES = """\
version: 1
profiles:
  acme: {base_url: "https://acme.example", company_key: "${K}", username: "${U}", password: "${P}"}
"""


def test_a_profile_of_the_manifest_is_a_part_of_the_whole(folder: Path) -> None:
    """A run of one company takes nothing of the others out of the lock, as a run of one export does not."""
    (folder / "two.yaml").write_text(TWO)
    (folder / "profiles.yaml").write_text(PROFILES)
    made = planned("two.yaml", profile="acme", proven=lambda one: True)
    assert [one.id.split("/")[:2] for one in made.plan.partitions] == [["user", "acme"], ["author", "acme"]]
    assert [one.name for one in made.profiles] == ["acme"]
    assert {one.profile for one in made.whole.partitions} == {"sandbox", "acme"}


def test_another_profile_takes_the_place_of_the_manifests_own(folder: Path) -> None:
    """Who practises with the sandbox asks nothing of the company that the manifest names."""
    (folder / "two.yaml").write_text(TWO.replace("[sandbox, acme, gone]", "[acme]"))
    (folder / "profiles.yaml").write_text(PROFILES)
    made = planned("two.yaml", profile="sandbox", proven=lambda one: True)
    assert {one.profile for one in made.whole.partitions} == {"sandbox"}
    assert made.plan.partitions == made.whole.partitions
