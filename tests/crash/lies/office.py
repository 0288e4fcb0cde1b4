"""A company's own set-up for the real command: a manifest, a profile, its variables, and a served sandbox."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, PIPE, CompletedProcess, Popen, run

from runner.journal import Journal
from runner.sandbox.accounts import COMPANY_KEY, PASSWORD, USERNAME, Account
from runner.sandbox.application import Application
from runner.sandbox.clock import ScaledClock
from runner.sandbox.wire import Fault, Request
from tests.contract.rawserver import Seen
from tests.crash.lies.stand import head
from tests.crash.lies.wire import Port, port
from tests.e2e.launch import environment

DAY_S = 86_400
GONE = "\0"
"""As a variable's value: the variable is not set."""


def day() -> str:
    """Return a day that a live profile may ask for, whenever this runs."""
    return time.strftime("%Y-%m-%d", time.gmtime(time.time_ns() / 1e9 - 10 * DAY_S))


@dataclass
class Office:
    """A folder with all that the command needs to speak to `origin`."""

    folder: Path
    origin: str
    username: str = USERNAME
    password: str = PASSWORD
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Write manifest and profile."""
        self.folder.mkdir(exist_ok=True)
        self.profile(self.origin)
        (self.folder / "m.yaml").write_text(
            f"version: 1\ntimezone: UTC\nperiod: {day()}\nprofiles: [acme]\n"
            'output: {filename: "{{ export }}.{{ format }}"}\n'
            "exports: [{report: raw_agent_states, format: csv}]\n"
        )

    def profile(self, origin: str, reference: str = "${ACME_PASSWORD}") -> None:
        """Write the profile with this address, and this reference to the password."""
        keys = "company_key: '${ACME_KEY}', username: '${ACME_USER}'"
        text = f"version: 1\nprofiles:\n  acme: {{base_url: '{origin}', {keys}, password: '{reference}'}}\n"
        (self.folder / "profiles.yaml").write_text(text)

    def environ(self, changes: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of the command, with these changes."""
        own = {"ACME_KEY": COMPANY_KEY, "ACME_USER": self.username, "ACME_PASSWORD": self.password}
        changed = environment(**own) | self.variables | dict(changes)
        return {name: value for name, value in changed.items() if value != GONE}

    def run(self, *arguments: str, **changes: str) -> CompletedProcess[str]:
        """Carry the command out to its end."""
        return run(
            [sys.executable, "-m", "runner", *(arguments or ("run", "m.yaml"))],
            cwd=self.folder,
            env=self.environ(changes),
            stdin=DEVNULL,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=100,
        )

    def start(self, *arguments: str) -> Popen[str]:
        """Start the command, and return while it runs."""
        return Popen(
            [sys.executable, "-m", "runner", *(arguments or ("run", "m.yaml"))],
            cwd=self.folder,
            env=self.environ({}),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            text=True,
        )

    def kinds(self) -> list[str]:
        """Return the kinds of the events in the journal."""
        with Journal.open(self.folder / ".care-export" / "journal.db") as journal:
            return [one.kind for one in journal.replay("acme")]

    @property
    def file(self) -> Path:
        """Where the one file comes to lie."""
        return self.folder / "exports" / "raw_agent_states.csv"


@dataclass
class Vendor:
    """A sandbox behind two ports that runs a thousand times as fast as the day."""

    api: Port
    storage: Port


@contextmanager
def vendor(
    *,
    account: Account | None = None,
    faults: Fault | None = None,
    wrap: Callable[..., object] | None = None,
) -> Iterator[Vendor]:
    """Serve the vendor's part; `wrap` puts TLS around its connections."""
    held: list[Application] = []

    def answer(which: str) -> Callable[..., None]:
        def answering(seen: Seen, connection: object) -> None:
            response = held[0](Request(seen.method, seen.target, seen.headers, seen.body, which))  # type: ignore[arg-type]
            connection.sendall(head(response))  # type: ignore[attr-defined]
            for piece in response.body:
                connection.sendall(piece)  # type: ignore[attr-defined]

        return answering

    with port(answer("api")) as api, port(answer("storage")) as storage:
        api.wrap = storage.wrap = wrap  # type: ignore[assignment]
        held.append(
            Application(
                clock=ScaledClock(1000, time.time_ns() // 1_000_000, time.monotonic),
                accounts=(account or Account(USERNAME, PASSWORD, COMPANY_KEY),),
                faults=faults,
                api_origin=api.origin,
                storage_origin=storage.origin,
            )
        )
        yield Vendor(api, storage)
