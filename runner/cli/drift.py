"""`care-export drift`: do the specs still say what files and the vendor's document say? Nothing is asked."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import click

from runner import catalog, openapi
from runner.catalog import Catalog, Report
from runner.cli import completions, options
from runner.cli.interview import unknown
from runner.cli.locks import committed
from runner.cli.pages import opened
from runner.cli.source import contents, found, unreadable
from runner.cli.streams import say, say_json
from runner.drift import Columns, columns, lines
from runner.errors import Exit, Refusal
from runner.openapi import Change, NoOpenApi
from runner.proof import Unproven, prove

MOST_BYTES = 16 << 20
"""The longest OpenAPI document."""
_SIGNS = {"new": "+", "gone": "-", "changed": "~"}
Format = Literal["csv", "json"]


@dataclass(frozen=True, slots=True)
class Sight:
    """The columns of one file; `every` says that it was asked for all, `made_up` that the sandbox made it."""

    report: Report
    format: Format
    columns: tuple[str, ...]
    every: bool
    made_up: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """The columns of all files of a report in one format, beside its spec."""

    report: str
    format: Format
    files: int
    columns: Columns


@click.command()
@click.argument("files", metavar="[FILE...]", nargs=-1, shell_complete=completions.files)
@click.option(
    "--report", metavar="REPORT", shell_complete=completions.reports, help="The report that FILEs are of."
)
@click.option("--complete", is_flag=True, help="FILEs have every column, so what they lack is gone.")
@click.option(
    "--manifest",
    metavar="MANIFEST",
    shell_complete=completions.manifests,
    help="Compare what its lock says of its files.",
)
@click.option(
    "--openapi",
    "api",
    metavar="FILE",
    shell_complete=completions.files,
    help="Compare the vendor's OpenAPI document, as JSON or YAML.",
)
@options.shape("table")
def drift(
    files: tuple[str, ...],
    report: str | None,
    complete: bool,
    manifest: str | None,
    api: str | None,
    shape: str,
) -> int:
    """Compare the specs with real files and with the vendor's OpenAPI document.

    Shows what is new, gone or changed, and ends with 3 where anything is. Nothing is asked or written.
    """
    known = catalog.load()
    sights = [
        *_of_files(files, report, known, every=complete),
        *(_of_lock(manifest, known) if manifest else ()),
    ]
    if not (files or manifest or api):
        raise _misused("name files with --report, a --manifest, or an --openapi document")
    compared = list(_compared([one for one in sights if not one.made_up], known))
    changed = _of_document(api, known) if api else []
    if shape == "json":
        say_json(_data(compared, changed))
    else:
        made_up = sum(one.made_up for one in sights)
        say("\n".join(_lines(compared, api, changed, made_up, shutil.get_terminal_size().columns)))
    differs = changed or any(one.columns.differs for one in compared)
    return Exit.DIFFERS if differs else Exit.DONE


def _misused(message: str) -> click.UsageError:
    return click.UsageError(message, click.get_current_context())


def _of_files(files: Sequence[str], name: str | None, known: Catalog, *, every: bool) -> Iterator[Sight]:
    """Yield the columns of files, which must be whole."""
    if bool(files) != bool(name):
        raise _misused("FILEs and --report go together: the report says which spec they are compared with")
    if not name:
        return
    report = known.report(name)
    if report is None:
        raise _misused(f"--report: {unknown(name, known)}")
    for one in map(Path, files):
        form: Format = "json" if one.suffix.lower() == ".json" else "csv"
        try:
            with opened(one) as content:
                seen = prove(content, form, ()).columns
        except OSError as error:
            raise unreadable(one, error) from error
        except Unproven as error:
            message = f"{one} is no whole file of an export in {form.upper()}: {error}"
            raise Refusal(Exit.NO_INPUT, message) from error
        yield Sight(report, form, seen, every)


def _of_lock(manifest: str, known: Catalog) -> Iterator[Sight]:
    """Yield the columns of a manifest's files, as the lock has them: they were read when it was written."""
    lock = committed(found(manifest)[0], required=True)
    for block in lock["partitions"].values():
        asked = [*map(tuple, block["request"]["query"]), *map(tuple, block["request"]["form"])]
        form: Format = "csv" if ("reportFormat", "csv") in asked else "json"
        report = known.report(block["report"])
        every = all(name != "reportMetrics" for name, _ in asked)
        if report is not None:
            yield Sight(report, form, tuple(block["columns"]), every, block["source"] == "sandbox")


def _compared(sights: Iterable[Sight], known: Catalog) -> Iterator[Compared]:
    """Yield the files of each report and format beside its spec, all columns of them together."""
    groups: dict[tuple[str, Format], list[Sight]] = {}
    for one in sights:
        # A JSON file without rows has no columns, and says nothing.
        if one.columns:
            groups.setdefault((one.report.id, one.format), []).append(one)
    for (name, form), several in groups.items():
        seen = list(dict.fromkeys(column for one in several for column in one.columns))
        every = any(one.every for one in several)
        yield Compared(name, form, len(several), columns(seen, several[0].report, known, form, every=every))


def _of_document(file: str, known: Catalog) -> list[Change]:
    """Return what differs between the vendor's document and the specs."""
    path = Path(file)
    try:
        content = contents(path, MOST_BYTES)
        if len(content) > MOST_BYTES:
            raise NoOpenApi(f"it has over {MOST_BYTES >> 20} MiB")
        return list(openapi.changes(openapi.operations(openapi.read(content)), known))
    except OSError as error:
        raise unreadable(path, error) from error
    except NoOpenApi as error:
        raise Refusal(Exit.NO_INPUT, f"{path} is no OpenAPI document: {error}") from error


def _lines(
    compared: Sequence[Compared], api: str | None, changed: Sequence[Change], made_up: int, width: int
) -> Iterator[str]:
    """Yield the differences for people, each source with its own."""
    for one in compared:
        files = f"{one.files} file{'' if one.files == 1 else 's'}"
        yield from _block(f"{one.report} ({one.format}, {files})", list(lines(one.columns)), width)
    if api:
        rows = [f"{_SIGNS[one.kind]} {one.where}: {one.what}" for one in changed]
        yield from _block(api, rows, width)
    if made_up:
        files = f"{made_up} file{'' if made_up == 1 else 's'}"
        yield f"{files} of the sandbox left out: those columns are made up."


def _block(title: str, rows: Sequence[str], width: int) -> Iterator[str]:
    """Yield what is said of one source."""
    count = f"{len(rows)} difference{'' if len(rows) == 1 else 's'}" if rows else "as the specs say"
    yield f"{title}: {count}"
    for row in rows:
        yield from textwrap.wrap(
            row,
            max(width, 40),
            initial_indent="  ",
            subsequent_indent="      ",
            break_long_words=False,
            break_on_hyphens=False,
        )


def _data(compared: Sequence[Compared], changed: Sequence[Change]) -> dict[str, Any]:
    """Return the differences for programs."""
    return {
        "columns": [
            {
                "report": one.report,
                "format": one.format,
                "files": one.files,
                "new": list(one.columns.new),
                "labels": list(one.columns.labels),
                "otherwise": [{"seen": seen, "spec": name} for seen, name in one.columns.otherwise],
                "gone": list(one.columns.gone),
            }
            for one in compared
        ],
        "openapi": [asdict(one) for one in changed],
    }
