"""Takes the pictures of the report that the documentation shows: `python -m tests.browser.pictures`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.browser.chromium import Chromium
from tests.browser.test_report import quarter
from tests.e2e.launch import ROOT

FOLDER = ROOT / "docs/images"
PICTURES = {
    "report-desk-light.png": (1400, False, "html", 1080),
    "report-tablet-dark.png": (800, True, "#days", 1060),
    "report-phone-light.png": (360, False, "#timeline", 900),
}
"""File name -> width, dark, the element at which it begins, height."""


def main() -> None:
    """Run the example of a quarter on the sandbox, and take each picture of its report."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Chromium() as browser:
        report = quarter(Path(folder))
        for name, (width, dark, start, height) in PICTURES.items():
            with browser.page(report, width=width, dark=dark) as page:
                place = f"document.querySelector('{start}').getBoundingClientRect().top + scrollY"
                (FOLDER / name).write_bytes(page.shot(top=int(page.evaluate(place)), height=height))


if __name__ == "__main__":
    main()
