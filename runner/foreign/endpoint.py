"""Where a request goes: which of the API's endpoints, at which host, and what is odd about that. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from runner.catalog import Catalog, Report
from runner.foreign.call import Call, Remark, Url
from runner.judge import did_you_mean, distance
from runner.origin import is_loopback
from runner.scalars import shown

Kind = Literal["create", "status", "download", "teams", "time zones", "jobs", "preflight", "other"]

_CREATE = re.compile(r"/report/(?:marketing/)?([^/]+)$")
_JOB = re.compile(r"/(?:reports/report|report/reports)/([^/]+)/(.+)/(status|download)$")
_AUXILIARY: dict[str, Kind] = {"/teams": "teams", "/config/timezones": "time zones", "/reports/jobs": "jobs"}
_OPEN = re.compile(r"^:|\{\{|^[$<\[]")
"""A path's variable, in the way of a collection or of a shell, or what a document writes in its place."""
_PREFIX = "/api/public"
_VARIABLE = re.compile(r"\{\{|\$|^$")
_RELATED = (
    (re.compile(r"\.response\.lithium\.com$"), "is the host of Care itself (smart views, work queues)"),
    (re.compile(r"^api(-\w+)?\.app\.lithium\.com$"), "is the gateway for bots"),
    (re.compile(r"\.qa\."), "is a test host of the vendor, which stands in one of its samples by mistake"),
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What an address leads to: the report of a create; of a status or a download, the ids of the job."""

    kind: Kind
    report: Report | None = None
    workflow_id: str = ""
    run_id: str = ""
    remarks: tuple[Remark, ...] = ()


def endpoint(call: Call, catalog: Catalog) -> Endpoint:
    """Return where a request goes."""
    if call.method == "OPTIONS":
        # A browser asks so before it sends what a page from elsewhere wants; the address is that of a create.
        return Endpoint("preflight")
    path = re.sub("//+", "/", call.url.path).rstrip("/")
    if job := _JOB.search(path):
        return _job(job)
    known = next((one for one in catalog.reports.values() if one.path == path), None)
    if known:
        return Endpoint("create", known)
    for end, kind in _AUXILIARY.items():
        if path in (_PREFIX + end, end):
            return Endpoint(kind)
    return _create(path, catalog) or Endpoint("other")


def _job(job: re.Match[str]) -> Endpoint:
    """Return the endpoint of a job's state or file."""
    remarks = []
    if "/report/reports/" in job[0]:
        message = "the vendor's document swaps two words here: it is /reports/report/…"
        remarks.append(Remark(message, "path"))
    kind: Kind = "status" if job[3] == "status" else "download"
    return Endpoint(kind, None, unquote(job[1]), unquote(job[2]), tuple(remarks))


def _create(path: str, catalog: Catalog) -> Endpoint | None:
    """Return the endpoint of a report whose path is a little off; None where it is no report at all."""
    found = _CREATE.search(path) or re.search(r"/reports?/([^/]+)$", path)
    if not found or (path.startswith(_PREFIX) is False and "/api/" in path):
        return None
    name = found[1]
    report = catalog.report(name)
    if _OPEN.search(name):
        remark = Remark(f"{name} has no value here, so nobody knows which report is asked for", "path")
        return Endpoint("create", remarks=(remark,))
    if report:
        return Endpoint("create", report, remarks=(Remark(f"the path of {name} is {report.path}", "path"),))
    # Whoever writes a title, or a plural, means the report.
    words = {word: one.id for one in catalog.reports.values() for word in (one.id, one.title)}
    near = did_you_mean(name, words).removeprefix("; did you mean '").removesuffix("'?")
    hint = f"; did you mean {words[near]}?" if near else f"; known are {', '.join(catalog.reports)}"
    # What follows a name may be a query, whose question mark is missing.
    remark = Remark(f"there is no report {shown(re.split('[&=]', name)[0])}{hint}", "path")
    return Endpoint("create", catalog.report(words[near]) if near else None, remarks=(remark,))


def host_remarks(url: Url, catalog: Catalog) -> Iterator[Remark]:
    """Yield what is odd about scheme and host."""
    host = url.host.rpartition(":")[0] if re.search(r":\d+$", url.host) else url.host
    if _VARIABLE.search(host):
        return
    near = is_loopback(host.strip("[]"))
    if url.scheme == "http" and not near:
        yield Remark("http:// sends the password in the clear; write https://", "address")
    elif url.scheme not in ("http", "https", ""):
        yield Remark(f"{url.scheme}:// is not how this API is reached; write https://", "address")
    hosts = [one.base_url.partition("://")[2] for one in catalog.api.hosts]
    if not near and host not in hosts:
        yield _unknown(host, hosts)


def _unknown(host: str, hosts: list[str]) -> Remark:
    """Say what is known of a host that is not in the catalogue."""
    if close := next((one for one in hosts if abs(len(one) - len(host)) <= 3 >= distance(host, one)), ""):
        return Remark(f"{shown(host)} looks like a slip of the pen; did you mean {close}?", "address")
    for pattern, what in _RELATED:
        if pattern.search(host):
            return Remark(f"{shown(host)} {what}, not the one of the Analytics API, {hosts[0]}", "address")
    ours = re.search(r"\.(lithium|khoros|spredfast)\.com$", host)
    message = (
        f"the host {shown(host)} stands in no public document (the one for the US is {hosts[0]}); "
        "compare it with the company's admin screen"
    )
    return Remark(message, "address", grave=not ours)
