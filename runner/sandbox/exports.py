"""Create, status and download: the three steps of an export, as the vendor's documents print them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from runner.sandbox import jobs, rules
from runner.sandbox.accounts import Account
from runner.sandbox.ask import Ask
from runner.sandbox.endpoints import ENDPOINTS
from runner.sandbox.jobs import Job
from runner.sandbox.memory import Memory
from runner.sandbox.quirks import Quirks
from runner.sandbox.storage import Storage
from runner.sandbox.wire import Request, Response, answer, passed, refused


@dataclass(frozen=True, slots=True)
class Exports:
    """The exports of one sandbox. It keeps nothing itself: jobs live in their run ids, quotas in `memory`."""

    seed: int
    origin: str
    quirks: Quirks
    memory: Memory
    storage: Storage

    def create(self, report: str, request: Request, account: Account, now_ms: int) -> Response:
        """Judge the request, make a job of it, and return the create answer [O]."""
        media = ENDPOINTS[report].media
        if request.method not in media:
            return refused(405, f"{report} takes {', '.join(media)}", ("allow", ", ".join(media)))
        pairs = rules.seen(report, request.method, request.query, request.form)
        try:
            ask = rules.read(report, pairs, now_ms, self.quirks.history_months)
        except rules.Refused as error:
            return refused(400, str(error))
        except rules.TooManyBuckets as error:
            return self._buckets(str(error))
        job = self._admitted(ask, pairs, account, now_ms)
        return passed(self._created(job, account), self._media(media[request.method]))

    def _media(self, declared: str) -> str:
        return "text/plain" if self.quirks.text_content_type else declared

    def _buckets(self, text: str) -> Response:
        """Return the one printed error: a fragment whose result is a text [O]."""
        whole = {"status": "FAIL", "request": None, "message": None, "result": text}
        data = whole if self.quirks.bucket_envelope else {"result": text}
        return answer(self.quirks.bucket_status, data, self._media("text/plain"))

    def _admitted(self, ask: Ask, pairs: rules.Pairs, account: Account, now_ms: int) -> Job:
        held = tuple(pairs)
        build = jobs.build_ms(self.seed, ask.report, held, ask.end_ms - ask.start_ms)
        fate: Literal["", "failed"] = "failed" if ask.report in self.quirks.fail_reports else ""

        def make(sequence: int, known: list[Job]) -> Job:
            user, company = marks(account)
            new = Job(ask.report, held, user, company, now_ms, now_ms, now_ms, sequence, fate)
            return jobs.pushed_out(new) if self.quirks.overflow else jobs.queued(new, build, known)

        return self.memory.admit(now_ms, make)

    def _secret(self, job: Job, company_key: str, created: bool) -> tuple[str, str]:
        kind = self.quirks.url_secret
        if company_key and (kind == "company_key" or (kind == "documented" and created)):
            return "companyKey", company_key
        return "analyticsAccessToken", jobs.token(jobs.run_id(job, self.seed), self.seed)

    def _created(self, job: Job, account: Account) -> dict[str, Any]:
        ids = {"workflowId": jobs.workflow_id(job, self.seed), "runId": jobs.run_id(job, self.seed)}
        if self.quirks.create_without_urls:
            return ids
        secret = self._secret(job, account.company_key, created=True)
        early = job.report in self.quirks.early_download_url
        return {
            **ids,
            "downloadUrl": jobs.url(self.origin, job, self.seed, "download", secret) if early else "",
            "statusUrl": jobs.url(self.origin, job, self.seed, "status", secret),
        }

    def status(self, job: Job, company_key: str, now_ms: int) -> Response:
        """Return the status answer [O]: an object when ready, a list of one otherwise."""
        run, ready = jobs.run_id(job, self.seed), job.ended(now_ms) and not job.fate
        secret = self._secret(job, company_key, created=False)
        linked = ready and self.memory.polls(run) >= self.quirks.empty_polls
        info = {
            "workflowId": jobs.workflow_id(job, self.seed),
            "runId": run,
            "downloadUrl": jobs.url(self.origin, job, self.seed, "download", secret) if linked else "",
            "statusUrl": jobs.url(self.origin, job, self.seed, "status", secret),
        }
        result = {"jobInfo": info, "result": self._state(job, now_ms)}
        shape = self.quirks.status_result
        listed = shape == "list" or (shape == "documented" and not ready)
        return passed([result] if listed else result, self._media("application/json"))

    def _state(self, job: Job, now_ms: int) -> dict[str, Any]:
        state, detail = (
            ("CLOSED", "FAILED" if job.fate else "COMPLETED") if job.ended(now_ms) else ("RUNNING", "")
        )
        return {
            "runnerState": state,
            # The text is documented; that it stands here, beside FAILED, is inference.
            "reason": jobs.OVERFLOW if job.fate == "overflow" else None,
            "details" if self.quirks.details_not_detail else "detail": detail,
            "currentCount": None,
            "totalCount": None,
            "lastAcknowledgeTime": None,
        }

    def download(self, job: Job, now_ms: int) -> Response:
        """Return the 307 to a pre-signed address [D]. 409 without a file, 410 past 24 hours: own choices."""
        if not job.ended(now_ms) or job.fate:
            return refused(409, "there is no file to download")
        if job.link_dead(now_ms):
            return refused(410, "the download address has expired; create the export again")
        address = self.storage.address(jobs.run_id(job, self.seed), now_ms)
        return Response(307, (("location", address), ("content-length", "0")))


def marks(account: Account) -> tuple[str, str]:
    """Return the marks of the account's user and company."""
    return jobs.mark("user", account.username, account.company_key), jobs.mark("company", account.company_key)
