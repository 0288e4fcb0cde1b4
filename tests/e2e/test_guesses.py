"""Who guesses a name is told the one that was meant, whatever kind of name it is."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path

import pytest

from runner.cli.command import outcome
from runner.cli.verbs import ALSO, MEANT, VERBS
from runner.errors import Exit
from tests import canary

MANIFEST = """\
version: 1
timezone: UTC
period: 2026-05
exports:
  - {id: talks, report: conversation, parameters: {conversationReportType: CREATED}}
"""


def changed(old: str, new: str) -> str:
    """Return the manifest with something written otherwise."""
    assert old in MANIFEST
    return MANIFEST.replace(old, new)


@pytest.mark.parametrize(
    ("arguments", "manifest", "words"),
    [
        (["explian", "x"], MANIFEST, "did you mean 'explain'?"),
        (["export", "q1.yaml"], MANIFEST, "did you mean 'run'?"),
        (["Fetch"], MANIFEST, "did you mean 'run'?"),
        (["lint"], MANIFEST, "did you mean 'validate'?"),
        (["ls"], MANIFEST, "did you mean 'reports'?"),
        (["mock"], MANIFEST, "did you mean 'sandbox'?"),
        (["curl"], MANIFEST, "did you mean 'show'?"),
        (["new"], MANIFEST, "did you mean 'init'?"),
        (["run", "q1.yaml", "--retry"], MANIFEST, "--retry-failed"),
        (["plan", "q11.json"], MANIFEST, "did you mean 'q1.yaml'?"),
        (["init", "--reprot", "author"], MANIFEST, "--report"),
        (["run", "q1.yaml", "--frozn"], MANIFEST, "--frozen"),
        (["reports", "converstion"], MANIFEST, "did you mean 'conversation'?"),
        (["discover", "converstion"], MANIFEST, "did you mean 'conversation'?"),
        (["init", "--report", "converstion"], MANIFEST, "did you mean 'conversation'?"),
        (["drift", "q1.yaml", "--report", "converstion"], MANIFEST, "did you mean 'conversation'?"),
        (["plan", "q1.yml"], MANIFEST, "did you mean 'q1.yaml'?"),
        (["plan", "q1.yaml", "--only", "talk"], MANIFEST, "did you mean 'talks'?"),
        (["plan", "q1.yaml", "--profile", "acmee"], MANIFEST, "did you mean 'acme'?"),
        (["doctor", "--profile", "sandbx"], MANIFEST, "did you mean 'sandbox'?"),
        (["plan", "q1.yaml"], changed("version: 1", "version: 1\nprofiles: [acem]"), "did you mean 'acme'?"),
        (
            ["validate", "q1.yaml"],
            changed("report: conversation", "report: conversatin"),
            "did you mean conversation?",
        ),
        (["validate", "q1.yaml"], changed("parameters:", "paramters:"), "did you mean 'parameters'?"),
        (["validate", "q1.yaml"], changed("ReportType: CRE", "ReportType: CRA"), "did you mean 'CREATED'?"),
        (["validate", "q1.yaml"], changed("{conv", "{priority: [1], conv"), "did you mean 'priorities'?"),
        (["validate", "q1.yaml"], changed("{id", "{metrics: [STATSU], id"), "did you mean STATUS?"),
        (["validate", "q1.yaml"], changed("UTC", "Europe/Berlyn"), "did you mean 'Europe/Berlin'?"),
    ],
)
def test_the_name_that_was_meant_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], manifest: str, words: str
) -> None:
    """Verbs, options, reports, manifests, exports, profiles, keys, values, parameters, columns and zones."""
    (tmp_path / "q1.yaml").write_text(manifest)
    profile = canary.profile("https://api.example.com")
    (tmp_path / "profiles.yaml").write_text(f"version: 1\nprofiles: {{acme: {profile}}}\n")
    with chdir(tmp_path):
        assert outcome(arguments) != Exit.DONE
    told = capsys.readouterr()
    assert words in " ".join((told.out + told.err).split())


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["run", "q1.yaml", "--verbose"], Exit.USAGE),
        (["run", "q1.yaml", "-v"], Exit.USAGE),
        (["verify", "nope.yaml"], Exit.NO_INPUT),
        (["banana"], Exit.USAGE),
    ],
)
def test_what_shares_little_is_no_guess(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: Exit
) -> None:
    """Least of all an option that replaces files, or a manifest that only ends alike."""
    for name in ("q1.yaml", "p.yaml"):
        (tmp_path / name).write_text(MANIFEST)
    with chdir(tmp_path):
        assert outcome(arguments) == code
    told = capsys.readouterr()
    assert "did you mean" not in (told.out + told.err).lower()
    assert "overwrite" not in told.err


def test_every_word_that_people_use_leads_to_a_verb() -> None:
    """And none of them is a verb itself."""
    assert set(ALSO) <= set(VERBS)
    assert not set(MEANT) & set(VERBS)


@pytest.mark.parametrize(
    ("arguments", "choices"),
    [
        (["plan", "q1.yaml", "--format", "xml"], "'table', 'json'"),
        (["run", "q1.yaml", "--progress", "plane"], "'auto', 'plain', 'json', 'none'"),
        (["init", "--report", "author", "--split", "weekly"], "'none', 'day', 'week', 'month', 'quarter'"),
        (["complete", "zhs"], "'bash', 'zsh', 'fish'"),
    ],
)
def test_of_few_choices_all_are_named(
    capsys: pytest.CaptureFixture[str], arguments: list[str], choices: str
) -> None:
    """There is nothing to guess then."""
    assert outcome(arguments) == Exit.USAGE
    assert choices in capsys.readouterr().err
