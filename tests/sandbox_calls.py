"""Short ways for tests to speak to a sandbox in memory, without a client of ours."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode, urlsplit

from runner.sandbox.accounts import COMPANY_KEY, DEFAULT_ACCOUNTS, PASSWORD, USERNAME, Account
from runner.sandbox.application import Application
from runner.sandbox.clock import VirtualClock
from runner.sandbox.quirks import Quirks
from runner.sandbox.wire import Fault, Request, Response

API, STORAGE = "https://sandbox.invalid", "https://storage.sandbox.invalid"
JANUARY = {"startTime": "1767225600000", "endTime": "1769903999999"}
"""January 2026, UTC."""
WEEK = {"startTime": "1767571200000", "endTime": "1768175999999"}
"""5 to 11 January 2026, UTC."""


def basic(username: str = USERNAME, password: str = PASSWORD) -> dict[str, str]:
    """Return the header of HTTP Basic."""
    return {"authorization": "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()}


class Caller:
    """A sandbox, its clock, and one account that calls it."""

    def __init__(
        self,
        quirks: Quirks | None = None,
        accounts: tuple[Account, ...] = DEFAULT_ACCOUNTS,
        faults: Fault | None = None,
        seed: int = 1,
    ) -> None:
        self.clock = VirtualClock()
        self.application = Application(
            seed=seed,
            clock=self.clock,
            accounts=accounts,
            quirks=quirks,
            api_origin=API,
            storage_origin=STORAGE,
            faults=faults,
        )
        self.headers = basic()

    def call(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        port: Any = "api",
    ) -> Response:
        """Send one request as it is given; the account's credentials unless `headers` says otherwise."""
        given = self.headers if headers is None else headers
        return self.application(Request(method, target, given, body, port))

    def create(
        self,
        report: str = "conversation",
        method: str = "POST",
        form: dict[str, Any] | None = None,
        **query: Any,
    ) -> Response:
        """Send a create request; the window is a week unless the query or a form names one."""
        asked = {"companyKey": COMPANY_KEY, **({} if form is not None else WEEK), **query}
        path = f"/api/public/reports/report/{report}?{urlencode(asked, doseq=True)}"
        if form is None:
            return self.call(method, path)
        headers = {**self.headers, "content-type": "application/x-www-form-urlencoded"}
        return self.call(method, path, urlencode(form, doseq=True).encode(), headers)

    def poll(self, created: Response) -> Response:
        """Ask for the state of a created job, by the statusUrl of its create answer."""
        return self.follow(data(created)["result"]["statusUrl"])

    def follow(self, url: str, headers: dict[str, str] | None = None) -> Response:
        """Call an address of the sandbox's own; the account's credentials go to the API only."""
        parts = urlsplit(url)
        storage = url.startswith(STORAGE)
        given = ({} if storage else self.headers) if headers is None else headers
        target = f"{parts.path}?{parts.query}"
        return self.application(Request("GET", target, given, b"", "storage" if storage else "api"))

    def finish(self, created: Response) -> dict[str, Any]:
        """Wait until the job has surely ended, and return the inner result of the status answer."""
        self.clock.advance(600_000)
        result = data(self.poll(created))["result"]
        return dict(result[0] if isinstance(result, list) else result)

    def file(self, report: str = "conversation", **asked: Any) -> bytes:
        """Create, wait, download: return the file."""
        link = self.finish(self.create(report, **asked))["jobInfo"]["downloadUrl"]
        return content(self.follow(header(self.follow(link), "location")))


def content(response: Response) -> bytes:
    """Return the whole body."""
    return b"".join(response.body)


def data(response: Response) -> Any:
    """Return the JSON body."""
    return json.loads(content(response))


def header(response: Response, name: str) -> str:
    """Return one header of an answer; empty where it is absent."""
    return dict(response.headers).get(name, "")
