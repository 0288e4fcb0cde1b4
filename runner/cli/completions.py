"""What a shell may complete a word to: manifests, exports, reports, columns, profiles and zones.

A shell asks at each press of a key, so what takes time is loaded only where it is needed, and whatever is
wrong with a file is passed over: there is nobody to tell.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import CompletionItem

_NOT_MANIFESTS = ("profiles.yaml", ".lock.json", ".schema.json")


def manifests(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Name the manifests here and under manifests/; where none fits, any file."""
    found = _fitting(_manifests(), incomplete)
    return found or [CompletionItem(incomplete, type="file")]


def _manifests() -> Iterator[str]:
    for folder in (Path(), Path("manifests")):
        names = sorted(os.listdir(folder)) if folder.is_dir() else []
        yield from (
            one
            for one in names
            if one.endswith((".yaml", ".yml", ".json")) and not one.endswith(_NOT_MANIFESTS)
        )


def files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Leave it to the shell, which knows files."""
    return [CompletionItem(incomplete, type="file")]


def exports(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Name the exports of the manifest that was typed before."""
    from runner import document
    from runner.cli.source import found
    from runner.errors import Refusal

    # Where the option's own value is still to come, click has not got round to the arguments.
    name = ctx.params.get("manifest") or next(iter(ctx.args), "")
    ids: list[str] = []
    with suppress(Refusal):
        path, content = found(name)
        data = document.read(content, str(path)).data
        written = data.get("exports") if isinstance(data, dict) else None
        for one in written if isinstance(written, list) else ():
            ids += [str(one.get("id", one.get("report")))] if isinstance(one, dict) else []
    return _fitting(ids, incomplete)


def profiles(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Name the profiles that are defined, and the sandbox."""
    from runner.cli.planning import defined
    from runner.errors import Refusal

    names = ["sandbox"]
    with suppress(Refusal):
        names += defined(ctx.params.get("profiles_file"))
    return _fitting(sorted(names), incomplete)


def reports(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Name the reports, with their titles."""
    from runner import catalog

    known = catalog.load().reports.values()
    return [CompletionItem(one.id, help=one.title) for one in known if one.id.startswith(incomplete)]


def columns(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Name the known columns of the report that was typed before; of several, joined by commas, the last."""
    from runner import catalog

    known = catalog.load()
    report = known.report(str(ctx.params.get("report")))
    names = [one.name for one in (*(report.metrics if report else ()), *known.api.generic_metrics)]
    before, comma, last = incomplete.rpartition(",")
    return _fitting((before + comma + one for one in names if one.startswith(last)), incomplete)


def parameters(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Name the parameters of the report that was typed before, and of one its values."""
    from runner import catalog

    report = catalog.load().report(str(ctx.params.get("report")))
    pairs = [
        f"{one.name}={value}"
        for one in (report.parameters if report else ())
        for value in ("", *(one.allowed or ()))
    ]
    return _fitting([one for one in pairs if "=" in incomplete or one.endswith("=")], incomplete)


def zones(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Name the time zones."""
    from runner.zones import names

    return _fitting(sorted(names()), incomplete)


def _fitting(words: Iterable[str], incomplete: str) -> list[CompletionItem[str]]:
    """Return each word once that begins so."""
    found: Sequence[str] = list(dict.fromkeys(one for one in words if one.startswith(incomplete)))
    return [CompletionItem(one) for one in found]
