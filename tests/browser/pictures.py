"""Takes the pictures that the documentation shows: `python -m tests.browser.pictures`.

Names of pictures behind it take only those.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

from tests.browser import screen
from tests.browser.chromium import Chromium
from tests.browser.test_report import quarter
from tests.e2e.launch import ROOT

FOLDER = ROOT / "docs/images"
TERMINAL = "terminal.png"
REPORTS = {
    "report-desk-light.png": (1400, False, "html", 1080),
    "report-tablet-dark.png": (800, True, "#days", 1060),
    "report-phone-light.png": (360, False, "#timeline", 900),
}
"""File name -> width, dark, the element at which it begins, height."""


def main(names: Collection[str]) -> None:
    """Take each picture that is wanted: of a run at a terminal, and of the report of a quarter."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Chromium() as browser:
        if TERMINAL in names:
            (FOLDER / TERMINAL).write_bytes(terminal(browser, Path(folder)))
        wanted = {name: how for name, how in REPORTS.items() if name in names}
        report = quarter(Path(folder)) if wanted else Path()
        for name, (width, dark, start, height) in wanted.items():
            with browser.page(report, width=width, dark=dark) as page:
                place = f"document.querySelector('{start}').getBoundingClientRect().top + scrollY"
                (FOLDER / name).write_bytes(page.shot(top=int(page.evaluate(place)), height=height))


def terminal(browser: Chromium, folder: Path) -> bytes:
    """Return the picture of a run at a terminal."""
    file = folder / "terminal.html"
    file.write_text(screen.page(screen.screen(folder)))
    with browser.page(file, width=990, height=100) as page:
        return page.shot()


if __name__ == "__main__":
    main(sys.argv[1:] or (TERMINAL, *REPORTS))
