"""A run as a person sees it: the command at a terminal, against the served sandbox, at one moment."""

from __future__ import annotations

import time
from datetime import timedelta
from html import escape
from pathlib import Path

from runner.sandbox.accounts import Account
from runner.sandbox.clock import ScaledClock
from runner.sandbox.server import serve
from tests.crash.stage import TODAY
from tests.e2e.launch import care_export
from tests.e2e.terminal import Terminal

MONTH = TODAY.replace(day=1) - timedelta(days=1)
"""In the last month that is over: whoever renews the picture, it is no longer to come."""
BEFORE = MONTH.replace(day=1) - timedelta(days=1)
FILE, EARLIER = (f"{month:%B}.yaml".lower() for month in (MONTH, BEFORE))
MANIFEST = """\
version: 1
profiles: [acme, globex]
timezone: UTC
period: PERIOD
exports:
  - {id: posts, report: incoming_post}
  - {id: responses, report: response}
  - {id: raw_agent_states, report: raw_agent_states}
  - {id: closed, report: conversation, parameters: {conversationReportType: CLOSED}}
"""
COMPANIES = {
    name: Account(f"reports@{name}.example", f"password of {name}", f"{name.upper()}-COMPANY-KEY")
    for name in ("acme", "globex")
}
SPEED = 30
"""So many times as fast as the vendor that a run takes ten seconds, and half of its files come first."""
MOMENT, LEFT = "4 of 8, 4 running, ", "about 5 s left"
"""How the line of sums begins and ends: what the pages say of the picture."""
STYLE = """
body { margin: 0; padding: 32px 40px; background: #14181d; color: #e6e8ea }
pre { margin: 0; font: 22.4px/33.8px "DejaVu Sans Mono", monospace }
b { color: #7ee2a8; font-weight: normal }
"""


def screen(folder: Path) -> str:
    """Return what is on the screen while four of eight files are there, as lines; which four is not fixed."""
    clock = ScaledClock(SPEED, int(TODAY.timestamp()) * 1000, time.monotonic)
    with serve(accounts=tuple(COMPANIES.values()), clock=clock) as served:
        _furnish(folder, served.api_origin)
        # Of jobs that were never done before nobody can tell how long they take: so a month goes before.
        assert care_export(folder, "run", "--progress", "none", EARLIER).returncode == 0
        with Terminal(folder, "run", FILE) as terminal:
            shown = ""
            while MOMENT not in shown:
                # Each picture of the live view begins at the left end of its first line.
                shown = terminal.expect(LEFT).rpartition("\r")[2]
    return "\n".join(line.rstrip() for line in shown.splitlines())


def _furnish(folder: Path, origin: str) -> None:
    """Write the manifest, the profiles, and the secrets that they name."""
    for file, month in ((FILE, MONTH), (EARLIER, BEFORE)):
        (folder / file).write_text(MANIFEST.replace("PERIOD", f"{month:%Y-%m}"))
    profiles = ["version: 1", "profiles:"]
    for name, account in COMPANIES.items():
        secrets = {
            "company_key": account.company_key, "username": account.username, "password": account.password,
        }  # fmt: skip
        profiles += [f"  {name}:", f"    base_url: {origin}"]
        for what, secret in secrets.items():
            file = folder / f"{name}.{what}"
            file.write_text(secret)
            file.chmod(0o600)
            profiles.append(f"    {what}: file:{file}")
    (folder / "profiles.yaml").write_text("\n".join(profiles))


def page(lines: str) -> str:
    """Return a page that looks like the terminal, with the command above what it shows."""
    typed = f"<b>$</b> care-export run {FILE}"
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style><pre>{typed}\n{escape(lines)}</pre>'
