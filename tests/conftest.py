"""Every test is searched for secrets: what was printed and logged, and the folder that it wrote to.

What a test takes from `capsys` and `capfd` is heard on the way. Children are heard where they are started, in
`tests/e2e/launch.py`. A secret fails the test, at the end of its teardown.
"""

from __future__ import annotations

import signal
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests import canary

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Who is begun in the background ignores Ctrl-C, and so would every child that a test interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)

HEARD = pytest.StashKey[list[str]]()
FOUND = pytest.StashKey[list[str]]()


class Hearing:
    """A capture fixture that remembers what was taken from it."""

    def __init__(self, fixture: Any, heard: list[str]) -> None:
        self._fixture = fixture
        self._heard = heard

    def readouterr(self) -> Any:
        """Return what was written since the last call."""
        taken = self._fixture.readouterr()
        self._heard.extend(map(str, taken))
        return taken

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fixture, name)


@pytest.fixture
def capsys(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Hearing:
    """Return pytest's own, heard."""
    return Hearing(capsys, request.node.stash.setdefault(HEARD, []))


@pytest.fixture
def capfd(capfd: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Hearing:
    """Return pytest's own, heard."""
    return Hearing(capfd, request.node.stash.setdefault(HEARD, []))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Search the test's folder, after what its fixtures closed has been written."""
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    yield
    item.stash[FOUND] = canary.in_folder(folder) if isinstance(folder, Path) and folder.is_dir() else []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Fail the teardown of a test that let a secret out."""
    report = yield
    if report.when == "teardown" and report.passed:
        texts = [*item.stash.get(HEARD, []), *(text for _, text in report.sections)]
        found = item.stash.get(FOUND, []) + [f"told: {name}" for text in texts for name in canary.leaks(text)]
        if found:
            report.outcome = "failed"
            report.longrepr = "\n".join(["this test let secrets out:", *sorted(set(found))])
    return report
