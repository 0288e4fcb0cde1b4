"""Write the pages of docs/ that the code and the schemas tell; with `--check`, only look for drift."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if not __package__:  # `python docs/generate.py` puts docs/ first, where no package is
    sys.path[0] = str(ROOT)

from docs import catalogue, commands, formats  # noqa: E402
from runner.codes import CODES, Code  # noqa: E402
from runner.errors import Exit  # noqa: E402

_HEAD = """\
# Errors

Made from `runner/codes/` by `make generate`; never edited by hand.

Each error is told as its code, the place, and what was seen:

    care-export: E-HELD: another run (process 4711) is at work on 'acme'
    posts/acme/2026-05-04_2026-05-05: E-REFUSED: HTTP 400: no such column

and a run ends with what to do about each code that occurred. A code never changes its meaning, so scripts may
rely on it; with `--progress json` it is the field `code` of an event. Where several outcomes meet in one run,
the gravest decides the exit code: 70, 74, 73, 77, 76, 69, 75.
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join(
        [_HEAD, *_table(), "", *(line for name, one in CODES.items() for line in _section(name, one))]
    )


def _table() -> Iterator[str]:
    yield from ("| code | exit code | the same command again |", "|---|---|---|")
    for name, one in CODES.items():
        yield f"| [{name}](#{name.lower()}) | {_exits(one)} | {one.rerun} |"


def _section(name: str, one: Code) -> Iterator[str]:
    yield from (f"## {name}", "", one.means, "", f"**What to do.** {one.advice}", "")
    again = {
        "goes on": "The same command goes on where it stopped.",
        "goes on once that is done": "Once that is done, the same command goes on.",
        "ends the same": "The same command ends the same way.",
    }[one.rerun]
    yield from (f"**Again.** {again} Exit code {_exits(one)}.", "")


def _exits(one: Code) -> str:
    return " or ".join(str(int(exit)) for exit in one.exits)


PAGES = {
    "commands.md": (commands.page, "runner/cli/"),
    "errors.md": (page, "runner/codes/"),
    "manifest.md": (formats.manifest, "specs/schemas/manifest.v1.schema.json"),
    "profiles.md": (formats.profiles, "specs/schemas/profiles.v1.schema.json"),
    **{name: (make, "specs/") for name, make in catalogue.pages().items()},
}
"""Each page with what makes it, and where its facts stand."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="docs/generate.py", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 65 on any difference")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs", help="folder to write to")
    given = parser.parse_args(arguments)
    drifted = [name for name in PAGES if not _settled(name, given.docs / name, check=given.check)]
    for name in drifted:
        sys.stderr.write(f"docs/{name} is not what {PAGES[name][1]} says; run make generate\n")
    strays = [one for one in sorted(given.docs.glob("reports/*")) if f"reports/{one.name}" not in PAGES]
    for stray in strays:
        if given.check:
            sys.stderr.write(f"docs/reports/{stray.name} is of no report; run make generate\n")
        else:
            stray.unlink()
    return int(Exit.DATA if drifted or (strays and given.check) else Exit.DONE)


def _settled(name: str, path: Path, *, check: bool) -> bool:
    """Write one page, or say whether it is as it would be written."""
    made = PAGES[name][0]().rstrip("\n") + "\n"
    if not check:
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8", newline="\n")
    return path.is_file() and path.read_text(encoding="utf-8") == made


if __name__ == "__main__":
    sys.exit(main())
