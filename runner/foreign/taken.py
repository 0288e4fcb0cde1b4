"""A request as an entry of a manifest, proven by planning it; or the reasons why it cannot be one. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from runner import document
from runner.catalog import Catalog, Report
from runner.document import Json
from runner.errors import Refusal
from runner.foreign.call import Remark
from runner.foreign.meaning import Asked
from runner.manifest import parse
from runner.partition import Partition
from runner.plan import plan
from runner.profiles import sandbox
from runner.timeframe import TimeProblem, Window, window
from runner.window import iso
from runner.zones import local

OWN_KEYS = {"reportFormat": "format", "locale": "locale", "reportMetrics": "metrics"}
"""Parameters that a manifest has keys of its own for."""
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Taken:
    """An export: its entry of a manifest without id and profiles, and the partition that it plans."""

    asked: Asked
    entry: Mapping[str, Json]
    partition: Partition
    changes: tuple[str, ...]

    @property
    def words(self) -> str:
        """Return the window in words."""
        return self.partition.window.in_words()


def taken(asked: Asked, catalog: Catalog, timezone: str | None) -> Taken | tuple[Remark, ...]:
    """Return a create as an export, or all reasons why it cannot be one.

    `timezone` is where days begin for requests that name no zone; with it the API writes dates in it too.
    """
    report = asked.report
    if report is None or asked.span is None or asked.span.start_ms >= asked.span.end_ms:
        return asked.problems
    whole = asked.span.window(catalog.api.end_offset_ms, "UTC")
    try:
        return _made(asked, _entry(asked, report, whole, _zone(asked.values, report, timezone)), catalog)
    except Refusal:
        pass
    try:
        # What is three months in UTC can be an hour more in the zone.
        return _made(asked, _entry(asked, report, whole, None), catalog)
    except Refusal as refusal:
        # Our own verdict is in the words of the request; only where it is silent, the manifest's counts.
        return asked.problems or tuple(Remark(one.message, one.path) for one in refusal.problems)


def _made(asked: Asked, entry: Mapping[str, Json], catalog: Catalog) -> Taken:
    """Return the export of an entry; Refusal where it is none."""
    partition = _planned(entry, catalog)
    return Taken(asked, entry, partition, _changes(asked, partition))


def _entry(asked: Asked, report: Report, whole: Window, zone: str | None) -> dict[str, Json]:
    """Return the entry of a manifest that asks for the same; without a zone, one is only sent along."""
    values = dict(asked.values)
    entry: dict[str, Json] = {"report": report.id}
    if asked.operation and asked.operation != report.operation(None):
        entry["method"] = asked.operation.method
    if zone:
        entry["timezone"] = zone
        if "timezoneOffset" not in values:
            values.pop("timezone", None)
    entry["period"] = period(replace(whole, timezone=zone or "UTC"), named=bool(zone))
    for name, key in OWN_KEYS.items():
        if name in values:
            entry[key] = values.pop(name)
    if values:
        entry["parameters"] = values
    return entry


def _zone(values: Mapping[str, Json], report: Report, timezone: str | None) -> str | None:
    """Return the zone to name: the one that is sent; where none would be sent, the reader's or UTC."""
    sent = values.get("timezone")
    if isinstance(sent, str):
        return sent
    never_sent = report.parameter("timezone") is None or "timezoneOffset" in values
    return timezone or ("UTC" if never_sent else None)


def period(whole: Window, *, named: bool) -> Json:
    """Return a window as a person writes it: a quarter, a month, a day, days, or two instants."""
    try:
        first = local(whole.start_ms, whole.timezone).date()
        after = local(whole.end_ms, whole.timezone).date()
    except TimeProblem:
        return {"start": whole.start_ms, "end": whole.end_ms}
    texts = (f"{first:%Y}", f"{first:%Y}-Q{(first.month + 2) // 3}", f"{first:%Y-%m}", f"{first:%Y-%m-%d}")
    for text in (*texts, f"{first:%G-W%V}") if named else ():
        if _means(text, whole):
            return int(text) if text.isdigit() else text
    days: Json = {"start": str(first), "end": str(after)}
    if named and _means(days, whole):
        return days
    return {"start": iso(whole.start_ms, "UTC"), "end": iso(whole.end_ms, "UTC")}


def _means(written: Json, whole: Window) -> bool:
    """Say whether a written period is this window."""
    try:
        return window(written, whole.timezone) == whole
    except TimeProblem:
        return False


def _planned(entry: Mapping[str, Json], catalog: Catalog) -> Partition:
    """Return the partition that the entry alone plans, whatever day it is."""
    data: Json = {"version": 1, "name": "imported", "exports": [dict(entry)]}
    read = document.Document("the manifest", data, {(): (1, 1)}, {})
    manifest = parse(read, catalog)
    made = plan(manifest, catalog, {one.id: (sandbox(),) for one in manifest.exports}, None, lambda one: True)
    return made.partitions[0]


def _changes(asked: Asked, partition: Partition) -> tuple[str, ...]:
    """Return in which parameters, and in what else, the manifest asks otherwise than the request did."""
    now, call = partition.request, asked.call
    before = _sorted((*call.url.query, *call.form))
    after = _sorted((*now.query, *now.form))
    names = dict.fromkeys(name for name in (*before, *after) if before.get(name) != after.get(name))
    if call.method and call.method != now.method:
        names["method"] = None
    moved = {name for name, _ in call.form} - {name for name, _ in now.form} - {"companyKey"}
    lost = {name for name, _ in call.url.query} & {name for name, _ in now.form}
    names |= dict.fromkeys(sorted((moved | lost) & set(after)))
    return tuple(names)


def _sorted(pairs: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, text in pairs:
        if name not in ("", "companyKey"):
            found.setdefault(name, []).append(text)
    return found


def slug(text: str) -> str:
    """Return text as a short name of letters, digits and dashes; empty where nothing is left."""
    return _SLUG.sub("-", text.lower()).strip("-")[:60].strip("-")
