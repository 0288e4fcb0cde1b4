"""What a person writes: a manifest that changes, and what the vendor's undisturbed answer to it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from runner import catalog, document, profiles
from runner.manifest import parse
from runner.plan import Partition, Plan, plan
from runner.request import body, target
from runner.sandbox.accounts import COMPANY_KEY
from runner.sandbox.wire import Request
from tests.sandbox_calls import Caller, content, data, header

EXPORTS = {
    "agents": "report: raw_agent_states",
    "posts": "report: incoming_post",
    "made": "report: conversation, format: json, parameters: {conversationReportType: CREATED}",
    "twin": "report: raw_agent_states",
}
"""`twin` asks the same as `agents`, as long as both are in the same hour: two jobs, one digest."""
HOURS = (17, 14, 20)
"""The parameter that is changed: which hour of one day is asked for."""
NAMES = ("{{ export }}", "{{ report }}/{{ export }}", "{{ export }}-{{ report }}")
"""Templates of a file's name, but for its ending."""


@dataclass
class Wishes:
    """A manifest: which exports, each with its hour, and how the files are named."""

    hours: dict[str, int] = field(default_factory=lambda: {"agents": 0, "posts": 0})
    name: int = 0

    def text(self) -> str:
        """Return the manifest as it is written."""
        rows = [f"  - {{id: {one}, {EXPORTS[one]}, {_period(self.hours[one])}}}" for one in self.hours]
        return "\n".join([
            "version: 1",
            "name: m",
            "timezone: UTC",
            "defaults: {format: csv}",
            f'output: {{filename: "{NAMES[self.name]}.{{{{ format }}}}"}}',
            "exports:",
            *rows,
            "",
        ])  # fmt: skip

    def planned(self) -> Plan:
        """Return the plan of the manifest."""
        manifest = parse(document.read(self.text().encode(), "m.yaml"), catalog.load())
        chosen = {one.id: (profiles.sandbox(),) for one in manifest.exports}
        return plan(manifest, catalog.load(), chosen, None, lambda partition: False)


def _period(hour: int) -> str:
    start = HOURS[hour]
    return f'period: {{start: "2026-06-01T{start:02}:00:00Z", end: "2026-06-01T{start + 1:02}:00:00Z"}}'


def outputs() -> list[str]:
    """Return every path that any manifest can name."""
    every = [Wishes(dict.fromkeys(EXPORTS, 0), name).planned() for name in range(len(NAMES))]
    return sorted({one.output for made in every for one in made.partitions})


@cache
def answers() -> dict[str, bytes]:
    """Return the undisturbed answer to every request that can be made, by its digest."""
    every = [Wishes(dict.fromkeys(EXPORTS, hour)).planned() for hour in range(len(HOURS))]
    return {one.request.digest: _answer(one) for made in every for one in made.partitions}


def _answer(partition: Partition) -> bytes:
    """Ask a sandbox of its own, step by step, without any of our client."""
    caller, asked = Caller(), partition.request
    headers = caller.headers | {"content-type": "application/x-www-form-urlencoded"} if asked.form else None
    created = caller.call(asked.method, target(asked, COMPANY_KEY), body(asked), headers)
    assert created.status == 200, data(created)
    link: Any = caller.finish(created)["jobInfo"]["downloadUrl"]
    return content(caller.follow(header(caller.follow(link), "location")))


def asks(partition: Partition, request: Request) -> bool:
    """Say whether a create request is the one of a partition, byte for byte."""
    asked = partition.request
    return (request.method, request.target, request.body) == (
        asked.method,
        target(asked, COMPANY_KEY),
        body(asked),
    )
