"""The sandbox as one callable: a request comes in, an answer goes out. No socket, no clock of its own.

Status codes other than 200 and 307 are the sandbox's own choice throughout: the documents name none but a
bare 400.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict

from runner.sandbox import accounts, directory, endpoints, jobs
from runner.sandbox.accounts import Account
from runner.sandbox.clock import Clock
from runner.sandbox.exports import Exports, marks
from runner.sandbox.memory import Memory, Seen
from runner.sandbox.quirks import Quirks
from runner.sandbox.storage import Storage
from runner.sandbox.wire import Fault, Request, Response, passed, refused

DEFAULT_SEED = 1
_REQUESTS = "/__sandbox/requests"
_REPORT = ("api", "public", "reports", "report")


class Application:
    """One sandbox. Safe to call from many threads.

    `api_origin` and `storage_origin` (scheme, host and port) are what its own URLs begin with. `faults` sees
    each request first, and may answer in the sandbox's place.
    """

    def __init__(
        self,
        *,
        seed: int = DEFAULT_SEED,
        clock: Clock,
        accounts: Sequence[Account] = accounts.DEFAULT_ACCOUNTS,
        quirks: Quirks | None = None,
        api_origin: str,
        storage_origin: str,
        faults: Fault | None = None,
    ) -> None:
        self.clock = clock
        self._accounts = tuple(accounts)
        self._seed = seed
        self._quirks = quirks or Quirks()
        self._faults = faults
        self._memory = Memory()
        self._storage = Storage(seed, storage_origin, self._quirks)
        self._exports = Exports(seed, api_origin, self._quirks, self._memory, self._storage)

    def __call__(self, request: Request) -> Response:
        """Answer one request, and remember that it was made."""
        response = self._faults(request) if self._faults else None
        if response is None:
            response = self._answer(request)
        self._note(request, response.status)
        return response

    def _answer(self, request: Request) -> Response:
        try:
            if request.port == "storage":
                return self._storage.answer(request, self.clock.now_ms())
            if request.path == _REQUESTS:
                return self._told(request)
            return self._api(request)
        except ValueError:
            # parse_qsl: more fields than wire.MOST_FIELDS.
            return refused(400, "too many fields")

    def _note(self, request: Request, status: int) -> None:
        if request.port == "api" and request.path == _REQUESTS:
            return
        try:
            query, form = request.query, request.form
        except ValueError:
            query = form = ()
        self._memory.note(Seen(request.method, request.path, query, form, status, self.clock.now_ms()))

    def _told(self, request: Request) -> Response:
        """Return what was asked so far, newest last. It needs no credentials and counts for no quota."""
        if request.method != "GET":
            return refused(405, "only GET", ("allow", "GET"))
        content = json.dumps([asdict(one) for one in self._memory.asked()], ensure_ascii=False).encode()
        length = ("content-length", str(len(content)))
        return Response(200, (("content-type", "application/json"), length), (content,))

    def _api(self, request: Request) -> Response:
        found = accounts.proven(request.headers.get("authorization", ""), self._accounts)
        if not found:
            return refused(
                401, "user name or password is wrong", ("www-authenticate", 'Basic realm="sandbox"')
            )
        if self._quirks.over_rate == "429" and (
            wait := self._memory.wait_ms(found[0].username, self.clock.now_ms())
        ):
            return refused(429, "more than 20 requests a minute", ("retry-after", str(-(-wait // 1000))))
        parts = request.segments
        if parts[:4] == _REPORT and len(parts) == 7 and parts[6] in ("status", "download"):
            return self._of_job(request, found)
        return self._of_company(request, found)

    def _of_job(self, request: Request, found: tuple[Account, ...]) -> Response:
        """Answer for one run. Status needs companyKey or token; download declares neither, it only checks."""
        if request.method != "GET":
            return refused(405, "only GET", ("allow", "GET"))
        workflow, run, last = request.segments[4:]
        job = jobs.job_of(run, self._seed)
        account = next((one for one in found if job and marks(one) == (job.user, job.company)), None)
        if job is None or account is None or jobs.workflow_id(job, self._seed) != workflow:
            return refused(404, "there is no such run")
        query = dict(reversed(request.query))
        given = [(name, query[name]) for name in ("companyKey", "analyticsAccessToken") if name in query]
        good = {"companyKey": account.company_key, "analyticsAccessToken": jobs.token(run, self._seed)}
        if not given and last == "status":
            return refused(400, "companyKey or analyticsAccessToken is required")
        if not all(hmac.compare_digest(value.encode(), good[name].encode()) for name, value in given):
            return refused(403, "companyKey or analyticsAccessToken is wrong")
        if last == "status":
            return self._exports.status(job, account.company_key, self.clock.now_ms())
        return self._exports.download(job, self.clock.now_ms())

    def _of_company(self, request: Request, found: tuple[Account, ...]) -> Response:
        """Answer what needs a companyKey in the query: creates, time zones, teams."""
        parts = request.segments
        known = parts in (("api", "public", "config", "timezones"), ("api", "public", "teams"))
        report = endpoints.find(parts[4:]) if parts[:4] == _REPORT and len(parts) > 4 else None
        if not known and report is None:
            return refused(404, "there is no such report or path")
        key = dict(reversed(request.query)).get("companyKey", "")
        if not key:
            return refused(400, "companyKey is required in the query")
        account = next(
            (one for one in found if hmac.compare_digest(one.company_key.encode(), key.encode())), None
        )
        if account is None:
            return refused(403, "companyKey is wrong")
        if report is not None:
            return self._exports.create(report, request, account, self.clock.now_ms())
        if request.method != "GET":
            return refused(405, "only GET", ("allow", "GET"))
        listed = directory.teams if parts[-1] == "teams" else directory.timezones
        return passed(listed(self.clock.now_ms()))
