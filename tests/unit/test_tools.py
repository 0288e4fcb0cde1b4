"""Programs of others that tests ask: found, named, or missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tools import NODE, tool


def test_a_program_is_found_or_named(tmp_path: Path) -> None:
    """On the PATH; one of npm's also where its variable says. ZSH and the like mean something else."""
    program = tmp_path / "frobnicate"
    program.write_text("")
    program.chmod(0o755)
    assert tool("frobnicate", {"PATH": str(tmp_path), "FROBNICATE": "/elsewhere"}) == str(program)
    assert tool("newman", {"PATH": "/nowhere", "NEWMAN": "/elsewhere/newman"}) == "/elsewhere/newman"


@pytest.mark.parametrize("environ", [{"PATH": "/nowhere"}, {"PATH": "/nowhere", "CI": ""}])
def test_at_home_a_missing_program_skips_its_tests(environ: dict[str, str]) -> None:
    """And the reason says what brings it."""
    with pytest.raises(pytest.skip.Exception, match="apt-get install frobnicate"):
        tool("frobnicate", environ)


def test_in_a_ci_a_missing_program_fails_its_tests() -> None:
    """What a CI cannot try is told, never passed over."""
    with pytest.raises(pytest.fail.Exception, match="frobnicate itself, which is not here"):
        tool("frobnicate", {"PATH": "/nowhere", "CI": "true"})


def test_the_lock_of_npm_is_whole_and_names_no_registry() -> None:
    """Each package has its digest; where it is fetched from is the machine's own affair."""
    folder = NODE.parents[1]
    lock = json.loads((folder / "package-lock.json").read_bytes())
    wanted = json.loads((folder / "package.json").read_bytes())["dependencies"]
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert lock["packages"][""]["dependencies"] == wanted
    assert wanted == {"newman": packages["node_modules/newman"]["version"]}
    assert all("integrity" in one and "resolved" not in one for one in packages.values())
