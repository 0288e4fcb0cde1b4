"""How what was looked at is judged, and what all of it comes to."""

from __future__ import annotations

import pytest

from runner import health
from runner.errors import Exit

GIB = 1 << 30


@pytest.mark.parametrize(
    ("free", "level", "words"),
    [(500 * GIB, "ok", "500.0 GiB"), (GIB - 1, "warning", "1023 MiB"), (1 << 20, "wrong", "1 MiB free")],
)
def test_a_full_disk_is_wrong_and_a_narrow_one_a_warning(free: int, level: str, words: str) -> None:
    """Room is judged by what is left, and shown in the unit that fits."""
    found = health.room("output folder", "exports", free)
    assert (found.level, words in found.seen) == (level, True)
    assert bool(found.fix) == (level != "ok")


@pytest.mark.parametrize(
    ("off", "level", "words"),
    [
        (0.4, "ok", "agrees"),
        (-30, "ok", "30 seconds ahead of"),
        (100, "warning", "100 seconds behind"),
        (-400, "wrong", "7 minutes ahead of"),
        (3 * 3600, "wrong", "3 hours behind"),
        (-86_400 * 9, "wrong", "9 days ahead of"),
    ],
)
def test_a_clock_is_judged_by_how_far_it_is_off(off: float, level: str, words: str) -> None:
    """Ahead is ahead of the server: a window would be taken for over that is not."""
    found = health.clock(off)
    assert (found.level, words in found.seen) == (level, True)


def test_a_certificate_that_ends_soon_is_a_warning() -> None:
    """Two weeks before its end it is worth a word."""
    assert health.certificate("2026-01-01", 13 * 86_400).level == "warning"
    assert health.certificate("2026-01-01", 15 * 86_400).level == "ok"


def test_old_time_zone_data_is_a_warning() -> None:
    """Two years on, governments have changed clocks; a version of another kind is left alone."""
    assert health.zone_data("2024b", 2026).level == "warning"
    assert health.zone_data("2025b", 2026).level == "ok"
    assert health.zone_data("new", 2026).level == "ok"


@pytest.mark.parametrize(
    ("bits", "ours", "level"), [(0o40700, True, "ok"), (0o40755, True, "warning"), (0o40700, False, "wrong")]
)
def test_the_journal_s_folder_is_for_its_owner_alone(bits: int, ours: bool, level: str) -> None:
    """It holds addresses that let anybody in."""
    assert health.mode(".care-export", bits, ours).level == level


@pytest.mark.parametrize(
    ("path", "files", "expected"),
    [
        (".care-export", [], False),
        (".care-export", [(".", "# .care-export\n\n*.pyc\n")], False),
        (".care-export", [(".", ".care-export/\n")], True),
        (".care-export", [(".", "/.care-export\n")], True),
        (".care-export", [(".", ".care-*\n")], True),
        ("team/.care-export", [(".", ".care-export\n")], True),
        ("team/.care-export", [(".", "/.care-export\n")], False),
        ("team/.care-export", [(".", "team/.care-export/\n")], True),
        ("team/.care-export", [(".", "**/.care-export\n")], True),
        ("team/.care-export", [(".", "/team/\n")], True),
        ("team/.care-export", [("team", "/.care-export\n")], True),
        ("team/.care-export", [("elsewhere", ".care-export\n")], False),
        (".care-export", [(".", ".care-export\n!.care-export\n")], False),
        ("team/.care-export", [(".", ".care-export\n"), ("team", "!.care-export\n")], False),
    ],
)
def test_gitignore_is_read_as_git_reads_it(path: str, files: list[tuple[str, str]], expected: bool) -> None:
    """Anchors, folders above, patterns and exceptions; the last line that matches decides."""
    assert health.ignored(path, files) is expected


def test_the_gravest_wrong_decides_the_exit_code() -> None:
    """Warnings and what is fine do not count."""
    fine, narrow = health.ok("a", "x"), health.warning("b", "x", "y")
    assert health.ending([fine, narrow]) == Exit.DONE
    bad = [health.wrong("c", "x", "y", one) for one in (Exit.UNFINISHED, Exit.CREDENTIALS, Exit.DATA)]
    assert health.ending([fine, *bad]) == Exit.CREDENTIALS


def test_it_is_said_what_it_comes_to() -> None:
    """Nothing, warnings, or how much is wrong."""
    fine, narrow = health.ok("a", "x"), health.warning("b", "x", "y")
    bad = health.wrong("c", "x", "y", Exit.IO)
    assert health.summary([fine]) == "All is well."
    assert health.summary([fine, narrow]) == "Nothing is wrong, 1 warning."
    assert health.summary([bad, narrow, narrow]) == "1 thing wrong, 2 warnings."
    assert health.summary([bad, bad]) == "2 things wrong, 0 warnings."
    assert list(health.told([narrow])) == [("warning", "b", "x"), ("", "", "Fix: y")]
