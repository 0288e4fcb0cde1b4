"""What a manifest asks for, decided and not yet done: every request to make and every file to write.

Pure: the clock, the profiles and what is already proven are arguments. Whatever depends on today, on a
profile or on a file's name is judged here; all problems are reported at once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from runner.errors import Exit, Problem, Refusal
from runner.filename import Fields, Moment, Template, TemplateProblem, check_path, collisions, compile
from runner.partition import Partition, Plan, to_json
from runner.request import Request, digest, request
from runner.timeframe import Window, months_before, split

if TYPE_CHECKING:
    from runner.catalog import Catalog
    from runner.document import Path
    from runner.manifest import Export, Manifest
    from runner.profiles import Profile


__all__ = ["Partition", "Plan", "plan", "to_json"]


@dataclass(frozen=True, slots=True)
class _Made:
    """A partition with what it was made from, so that a problem finds its place."""

    partition: Partition
    export: Export
    profile: Profile


def plan(
    manifest: Manifest,
    catalog: Catalog,
    profiles: Mapping[str, Sequence[Profile]],
    now_ms: int | None,
    proven: Callable[[Partition], bool],
) -> Plan:
    """Return the plan of a manifest; Refusal (65) with every problem at once.

    `profiles` are those of each export, by its id. `now_ms` is today for the profiles that have no calendar
    of their own; None leaves out whatever depends on today, as `validate` does. `proven` says whether a
    partition's file is already there and proven: then its window may lie before the vendor's history.
    """
    problems: list[Problem] = []
    made: list[_Made] = []
    for export in manifest.exports:
        try:
            made.extend(_partitions(manifest, export, catalog, profiles[export.id], now_ms))
        except TemplateProblem as wrong:
            message = f"{wrong} (at character {wrong.column} of the template)"
            problems.append(_problem(manifest, export, "filename", message))
    made, repeated = _numbered(manifest, made)
    problems.extend(repeated)
    problems.extend(_path_problems(manifest, made))
    problems.extend(_collision_problems(manifest, made))
    if now_ms is not None:
        problems.extend(_calendar_problems(manifest, made, now_ms, catalog.api.limits.history_months, proven))
    if refused := sorted({one for one in problems if not one.warning}):
        raise Refusal(Exit.DATA, f"{manifest.document.file} cannot be planned", refused)
    partitions = tuple(one.partition for one in made)
    warnings = sorted({*manifest.warnings, *problems})
    return Plan(manifest.name, manifest.digest, catalog.digest, partitions, tuple(warnings))


def _partitions(
    manifest: Manifest, export: Export, catalog: Catalog, profiles: Sequence[Profile], now_ms: int | None
) -> Iterator[_Made]:
    """Yield an export's partitions, as far as they can be made without regard to others."""
    template = compile(export.filename)
    windows = split(export.window, export.split)
    # The digest, not the wording, says what is asked, so each window's request is made once for all profiles.
    requests = [_request(export, window, catalog.api.end_offset_ms) for window in windows]
    for profile in profiles:
        for index, (window, asked) in enumerate(zip(windows, requests, strict=True), 1):
            still_open = now_ms is not None and window.end_ms > _today(profile, now_ms)
            partition = Partition(
                id=f"{export.id}/{profile.name}/{window.label()}",
                key=digest([profile.base_url, profile.name, asked.digest]),
                export=export.id,
                report=export.report.id,
                profile=profile.name,
                source=profile.source,
                window=window,
                request=asked,
                output=_output(manifest, export, profile, template, window, index),
                format=export.format,
                metrics=export.metrics,
                labels=(*export.labels, *(("open",) if still_open else ())),
            )
            yield _Made(partition, export, profile)


def _request(export: Export, window: Window, end_offset_ms: int) -> Request:
    """Return the request of a window; on the wire its last instant is `end + end_offset_ms`."""
    times = {"startTime": window.start_ms, "endTime": window.end_ms + end_offset_ms}
    return request(export.report, export.report.operation(export.method), {**export.parameters, **times})


def _output(
    manifest: Manifest, export: Export, profile: Profile, template: Template, window: Window, index: int
) -> str:
    """Return the relative path that the template gives for a partition, below the output directory."""
    start, end = (Moment(one, window.timezone) for one in (window.start_ms, window.end_ms))
    report, name = export.report.id, profile.name
    rendered = template.render(
        Fields(manifest.name, export.id, report, name, start, end, export.format, index)
    )
    directory = manifest.directory.removeprefix("./")
    # An absolute path is left as it is, to be refused as what it is.
    alone = directory in ("", ".") or rendered.startswith("/")
    return rendered if alone else f"{directory.rstrip('/')}/{rendered}"


def _today(profile: Profile, now_ms: int) -> int:
    """Return today on the profile's calendar: its own where it has one, as the sandbox does."""
    return now_ms if profile.today_ms is None else profile.today_ms


def _path_problems(manifest: Manifest, made: Sequence[_Made]) -> Iterator[Problem]:
    """Yield the first path of each export that breaks a rule."""
    file = PurePosixPath(manifest.document.file)
    taken = (str(file), str(file.with_suffix(".lock.json")), "profiles.yaml")
    found: dict[str, tuple[_Made, list[str]]] = {}
    for one in made:
        if message := check_path(one.partition.output, taken):
            found.setdefault(one.export.id, (one, []))[1].append(message)
    for one, messages in found.values():
        yield _problem(manifest, one.export, "filename", messages[0] + _more(len(messages)))


def _collision_problems(manifest: Manifest, made: Sequence[_Made]) -> Iterator[Problem]:
    """Yield the first collision of each two exports."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    exports = {one.export.id: one.export for one in made}
    for one in collisions([each.partition.output for each in made]):
        found[made[one.first].export.id, made[one.second].export.id].append(one.message)
    for (first, second), messages in found.items():
        other = f" (the other one is of the export {first!r})" if first != second else ""
        yield _problem(manifest, exports[second], "filename", messages[0] + other + _more(len(messages)))


def _more(count: int) -> str:
    return f" (and {count - 1} more)" if count > 1 else ""


def _calendar_problems(
    manifest: Manifest,
    made: Sequence[_Made],
    now_ms: int,
    months: int,
    proven: Callable[[Partition], bool],
) -> Iterator[Problem]:
    """Yield what today forbids: a window before the vendor's history [J, S], or one that is not over yet."""
    early: dict[tuple[str, str], _Made] = {}
    late: dict[tuple[str, str], _Made] = {}
    for one in made:
        window, today = one.partition.window, _today(one.profile, now_ms)
        where = (one.export.id, one.profile.name)
        old = window.start_ms < months_before(today, months, window.timezone)
        if old and where not in early and not proven(one.partition):
            early[where] = one
        if window.end_ms > today:
            late.setdefault(where, one)
    for one in early.values():
        yield _too_early(manifest, one, _today(one.profile, now_ms), months)
    for one in late.values():
        yield _too_late(manifest, one, _today(one.profile, now_ms))


OR_OPEN = ", or write open: true"
"""What a manifest can say, where a window is not over."""


def _too_early(manifest: Manifest, one: _Made, today: int, months: int) -> Problem:
    window = one.partition.window
    earliest = Moment(months_before(today, months, window.timezone), window.timezone)
    message = (
        f"{window.in_words()} begins more than {months} months before {_calendar(one, today)}; "
        f"the API holds nothing before {earliest.day()}"
    )
    return _problem(manifest, one.export, "period", message)


def _too_late(manifest: Manifest, one: _Made, today: int) -> Problem:
    window = one.partition.window
    if one.export.open:
        message = (
            f"{window.in_words()} is not over on {_calendar(one, today)}: asked again, it can give other rows"
        )
        return replace(_problem(manifest, one.export, "period", message), warning=True)
    message = (
        f"{window.in_words()} ends in the future ({_calendar(one, today)}), so that it cannot be reproduced; "
        f"end it by then{OR_OPEN}"
    )
    return _problem(manifest, one.export, "period", message)


def _calendar(one: _Made, today: int) -> str:
    """Return today in words, and whose calendar it is where that is not the machine's."""
    day = Moment(today, one.partition.window.timezone).day()
    fixed = one.profile.today_ms is not None
    return f"{day}, today in the profile {one.profile.name}" if fixed else f"{day}, today"


def _numbered(manifest: Manifest, made: Sequence[_Made]) -> tuple[list[_Made], list[Problem]]:
    """Return all with unique keys, and a warning for each export that asks what another does."""
    seen: Counter[str] = Counter()
    first: dict[str, str] = {}
    numbered, warnings = [], []
    for one in made:
        key = one.partition.key
        seen[key] += 1
        unique = key if seen[key] == 1 else f"{key}#{seen[key]}"
        numbered.append(replace(one, partition=replace(one.partition, key=unique)))
        if (other := first.setdefault(key, one.export.id)) != one.export.id:
            message = f"asks the same as the export {other!r}; each makes a job of its own"
            warnings.append(replace(_problem(manifest, one.export, "report", message), warning=True))
    return numbered, warnings


def _problem(manifest: Manifest, export: Export, key: str, message: str) -> Problem:
    """Return a problem at the place where the export, or what it inherits from, writes the key."""
    for path in _inherited(export, key):
        if path in manifest.document.places:
            return manifest.document.problem(path, message)
    return manifest.document.problem(export.path, message)


def _inherited(export: Export, key: str) -> tuple[Path, ...]:
    return (*export.path, key), ("defaults", key), ("output", key), (key,)
