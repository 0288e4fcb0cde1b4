"""Paths of outputs: plain on every system, inside the folder, apart from each other."""

from __future__ import annotations

import pytest

from runner.paths import PATH_MAX, Collision, check_path, collisions, folded


@pytest.mark.parametrize(
    "path",
    ["x.csv", "a/b/c.csv", "Größe/é.csv", "a" * 253, ".hidden/x", "a…b.csv", "con-1.csv", "a b.csv",
     "com10.csv", "exports/specs/x.csv", "gitignore", "日本：語.csv"],
)  # fmt: skip
def test_plain_paths_pass(path: str) -> None:
    """Names of any script, spaces within a name and hidden folders are fine."""
    assert check_path(path, ("profiles.yaml",)) is None


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "empty"),
        (" \t ", "empty"),
        ("a//b", "is no name"),
        ("a/", "is no name"),
        ("./a", "is no name"),
        ("a/.../b", "is no name"),
        ("a/ b", "begins or ends with a space"),
        ("a/b.", "ends with a dot"),
        ("a/b…", "ends with a dot"),
        ("/a", "absolute"),
        ("c:a", "names a drive"),
        ("a\\b", "backslash"),
        ("a\u200bb", "invisible"),
        ("a\ud800b", "invisible"),
        ("a\u2028b", "invisible"),
        ("℀.csv", "is read as 'a/c.csv'"),
        ("a/com¹.x", "device"),
        ("conin$", "device"),
        ("a/.GIT/x", ".git"),
        ("Specs/x", "belongs to the program"),
        (".care-export/x", "belongs to the program"),
        ("é" * 128, "256 bytes"),
        ("a/" * 2000 + "b", "4001 bytes"),
        ("PROFILES.yaml", "lie over a file"),
        ("profiles.yaml/x.csv", "lie over a file"),
        ("manifests", "lie over a file"),
    ],
)
def test_other_paths_are_refused_with_the_reason(path: str, message: str) -> None:
    """A path that is unsafe, or another file on some system, is refused in words."""
    found = check_path(path, ("profiles.yaml", "manifests/q1.yaml"))
    assert found is not None
    assert message in found


def test_the_whole_path_leaves_room_for_its_folder() -> None:
    """A relative path is shorter than what a system takes, by a margin for the folder it lies in."""
    longest = "a/" * ((PATH_MAX - 1) // 2) + "bb"
    assert check_path(longest[:PATH_MAX]) is None
    assert check_path("a" + longest) is not None


def test_folding_is_stable() -> None:
    """Folding twice gives what folding once gives, so that keys can be compared."""
    for path in ("Straße", "ſ", "İ", "ǰ", "\u0345", "é", "e\u0301", "ﬃ"):
        assert folded(folded(path)) == folded(path)


def test_collisions_name_both_paths() -> None:
    """Equal paths, case, normal forms, and a file where a folder is needed: each is found with its reason."""
    paths = ["a", "A", "a/b.csv", "x", "x", "é", "e\u0301", "free"]
    found = list(collisions(paths))
    assert [(one.first, one.second) for one in found] == [(0, 1), (3, 4), (5, 6), (0, 2)]
    assert "are one file where case" in found[0].message
    assert "written twice" in found[1].message
    assert found[3] == Collision(0, 2, "'a/b.csv' needs a folder where 'a' is a file")


def test_a_file_after_its_folder_collides_too() -> None:
    """The order of the two does not matter."""
    assert [(one.first, one.second) for one in collisions(["a/b/c", "a/b"])] == [(0, 1)]


def test_neighbours_do_not_collide() -> None:
    """Paths in one folder, and folders that only begin alike, are apart."""
    assert not list(collisions(["a/b", "a/c", "ab", "a/bc/d"]))
