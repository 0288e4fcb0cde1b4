"""The sandbox as a callable: who may call, what is answered, and each quirk."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from runner.sandbox import jobs
from runner.sandbox.accounts import COMPANY_KEY, PASSWORD, USERNAME, Account
from runner.sandbox.endpoints import ENDPOINTS
from runner.sandbox.quirks import Quirks
from runner.sandbox.wire import Request, Response, refused
from tests.sandbox_calls import API, STORAGE, WEEK, Caller, basic, content, data, header

CONVERSATION = "/api/public/reports/report/conversation"
DAY_MS = 86_400_000


@pytest.mark.parametrize("headers", [{}, basic(password="wrong"), {"authorization": "Basic !"}])
def test_without_credentials_there_is_nothing(headers: dict[str, str]) -> None:
    """401 for every path of the API, a create or not, and a wrong caller uses up no quota."""
    caller = Caller()
    for path in (CONVERSATION, "/api/public/teams", "/nothing"):
        answer = caller.call("POST", path, headers=headers)
        assert answer.status == 401
        assert header(answer, "www-authenticate").startswith("Basic")
    assert caller.create().status == 200


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("POST", f"{CONVERSATION}?startTime=1", 400),
        ("POST", f"{CONVERSATION}?companyKey=", 400),
        ("POST", f"{CONVERSATION}?companyKey=sandbox-company-key", 403),
        ("POST", f"{CONVERSATION}?companyKey={COMPANY_KEY}", 400),
        ("POST", "/api/public/reports/report/conversations?companyKey=x", 404),
        ("POST", "/api/public/reports/report/?companyKey=x", 404),
        ("POST", "/api/public/reports/report?companyKey=x", 404),
        ("POST", "/api/public/reports/reports/a/b/status", 404),
        ("GET", "/api/public/reports/report/a/b/status", 404),
        ("POST", "/api/public/reports/report/a/b/status", 405),
        ("POST", f"/api/public/teams?companyKey={COMPANY_KEY}", 405),
        ("GET", "/api/public/teams", 400),
        ("GET", "/api/public/config/timezones?companyKey=other", 403),
        ("PUT", f"{CONVERSATION}?companyKey={COMPANY_KEY}", 405),
        ("GET", f"/api/public/reports/report/author?companyKey={COMPANY_KEY}", 405),
        ("GET", "/", 404),
        ("GET", "", 404),
        ("POST", f"{CONVERSATION}?{'a=1&' * 1001}", 400),
    ],
)
def test_what_is_wrong_has_a_status(method: str, target: str, status: int) -> None:
    """Unknown paths 404, methods 405, missing and broken parameters 400, another's key 403: own choices."""
    caller = Caller()
    answer = caller.call(method, target)
    assert answer.status == status
    assert data(answer)["status"] == "FAIL"


@pytest.mark.parametrize("report", ENDPOINTS)
def test_every_report_from_create_to_file(report: str) -> None:
    """All 14 go the three steps; the form POSTs by form, with GET too where it is declared."""
    endpoint = ENDPOINTS[report]
    extra = {"timeInterval": 86_400_000} if "timeInterval" in endpoint.parameters else {}
    for method in endpoint.media:
        caller = Caller()
        form = {**WEEK, **extra} if endpoint.form and method == "POST" else None
        answer = caller.create(endpoint.path + report, method, form=form, **extra)
        assert answer.status == 200
        assert header(answer, "content-type") == endpoint.media[method]
        link = caller.finish(answer)["jobInfo"]["downloadUrl"]
        file = caller.follow(header(caller.follow(link), "location"))
        assert file.status == 200
        assert isinstance(data(file), list)


def test_a_form_post_does_not_see_the_query() -> None:
    """Its parameters are missed when they come in the query (quirk query-vs-body)."""
    answer = Caller().create("user", form={}, **WEEK)
    assert (answer.status, data(answer)["message"]) == (400, "endTime is required")


def test_a_job_runs_then_is_ready() -> None:
    """A list of one, with an empty downloadUrl, while RUNNING; an object with the URL when COMPLETED."""
    caller = Caller()
    created = caller.create()
    running = data(caller.poll(created))["result"]
    assert [
        (one["result"]["runnerState"], one["result"]["detail"], one["jobInfo"]["downloadUrl"])
        for one in running
    ] == [("RUNNING", "", "")]
    ready = caller.finish(created)
    assert (ready["result"]["runnerState"], ready["result"]["detail"]) == ("CLOSED", "COMPLETED")
    assert ready["jobInfo"]["downloadUrl"].startswith(f"{API}/api/public/reports/report/")


def test_another_sandbox_of_the_same_seed_knows_the_job() -> None:
    """Jobs live in their run ids, so a restart loses none."""
    created = Caller().create()
    assert Caller().finish(created)["result"]["detail"] == "COMPLETED"
    assert Caller(seed=2).poll(created).status == 404


def test_only_the_job_s_own_user_sees_it() -> None:
    """Another user, a wrong workflow, a missing or wrong key or token: nothing is told."""
    accounts = (Account(USERNAME, PASSWORD, COMPANY_KEY), Account("other", "p", COMPANY_KEY))
    caller = Caller(accounts=accounts)
    url = data(caller.create())["result"]["statusUrl"]
    path, _, _ = url.removeprefix(API).partition("?")
    assert caller.follow(url, basic("other", "p")).status == 404
    parts = path.split("/")
    elsewhere = "/".join([*parts[:5], "cc645bd3-9def-3d5c-bf05-20efeb11f453", *parts[6:]])
    assert caller.call("GET", f"{elsewhere}?companyKey={COMPANY_KEY}").status == 404
    assert caller.call("GET", path).status == 400
    assert caller.call("GET", f"{path}?companyKey=x").status == 403
    assert caller.call("GET", f"{path}?analyticsAccessToken=x").status == 403
    assert caller.call("GET", f"{path}?companyKey={COMPANY_KEY}").status == 200


def test_one_user_with_two_companies() -> None:
    """The companyKey decides for which company the job is made."""
    caller = Caller(accounts=(Account("u", "p", "ONE"), Account("u", "p", "TWO")))
    caller.headers = basic("u", "p")
    created = caller.create(companyKey="TWO")
    assert data(created)["result"]["statusUrl"].endswith("?companyKey=TWO")
    assert caller.poll(created).status == 200


def test_the_download_redirects_without_credentials() -> None:
    """307 to another origin, whose address refuses credentials, and serves length and ETag."""
    caller = Caller()
    link = caller.finish(caller.create(reportFormat="csv"))["jobInfo"]["downloadUrl"]
    hop = caller.follow(link)
    assert (hop.status, content(hop)) == (307, b"")
    where = header(hop, "location")
    assert where.startswith(STORAGE)
    assert caller.follow(where, basic()).status == 400
    file = caller.follow(where)
    body = content(file)
    assert header(file, "content-length") == str(len(body))
    assert header(file, "etag") == header(caller.follow(where), "etag") != ""
    assert header(file, "content-type") == "text/csv; charset=utf-8"
    assert header(file, "content-disposition") == 'attachment; filename="conversation.csv"'


def test_a_download_needs_no_query() -> None:
    """The OpenAPI document declares no query parameter for it [O]."""
    caller = Caller()
    link = caller.finish(caller.create())["jobInfo"]["downloadUrl"]
    assert caller.follow(link.partition("?")[0]).status == 307


def test_links_die() -> None:
    """The pre-signed one after five minutes, the downloadUrl after 24 hours; till then it gives new ones."""
    caller = Caller()
    link = caller.finish(caller.create())["jobInfo"]["downloadUrl"]
    where = header(caller.follow(link), "location")
    caller.clock.advance(300_000)
    assert caller.follow(where).status == 403
    assert caller.follow(header(caller.follow(link), "location")).status == 200
    caller.clock.advance(DAY_MS)
    assert caller.follow(link).status == 410


def test_the_storage_serves_nothing_else() -> None:
    """Other paths 404, other methods 405, a changed signature or time 403."""
    caller = Caller()
    link = caller.finish(caller.create())["jobInfo"]["downloadUrl"]
    where = header(caller.follow(link), "location").removeprefix(STORAGE)
    for target, status in (
        ("/", 404),
        ("/sandbox-exports/nothing", 404),
        (where.partition("&")[0], 403),
        (where[:-1] + "é", 403),
        (where.replace("Expires=1", "Expires=2"), 403),
        (CONVERSATION, 404),
    ):
        assert caller.call("GET", target, headers={}, port="storage").status == status
    assert caller.call("POST", where, headers={}, port="storage").status == 405


def test_there_is_no_file_before_the_end() -> None:
    """A job that runs has nothing to download: 409, the sandbox's own choice."""
    caller = Caller(Quirks(early_download_url=frozenset({"conversation"})))
    assert caller.follow(data(caller.create())["result"]["downloadUrl"]).status == 409


def test_the_sixth_job_is_pushed_out() -> None:
    """A full queue closes the job with the documented reason, under PASS; later there is room again."""
    caller = Caller()
    made = [caller.create() for _ in range(6)]
    assert [one.status for one in made] == [200] * 6
    last = data(caller.poll(made[5]))
    assert last["status"] == "PASS"
    assert last["result"][0]["result"] == {
        "runnerState": "CLOSED", "reason": "User is attempting to run too many exports.", "detail": "FAILED",
        "currentCount": None, "totalCount": None, "lastAcknowledgeTime": None,
    }  # fmt: skip
    assert last["result"][0]["jobInfo"]["downloadUrl"] == ""
    assert caller.finish(made[4])["result"]["detail"] == "COMPLETED"
    assert caller.finish(caller.create())["result"]["detail"] == "COMPLETED"


def test_the_twenty_first_request_of_a_minute_waits() -> None:
    """429 with Retry-After, the sandbox's own choice, which can be switched off."""
    caller = Caller()
    teams = f"/api/public/teams?companyKey={COMPANY_KEY}"
    assert [caller.call("GET", teams).status for _ in range(20)] == [200] * 20
    caller.clock.advance(500)
    late = caller.call("GET", teams)
    assert (late.status, header(late, "retry-after")) == (429, "60")
    caller.clock.advance(60_000)
    assert caller.call("GET", teams).status == 200
    patient = Caller(Quirks(over_rate="ignore"))
    assert {patient.call("GET", teams).status for _ in range(30)} == {200}


def test_the_two_auxiliary_answers() -> None:
    """Time zones with the sign of the real offset, teams with numbers that filters take."""
    caller = Caller()
    zones = data(caller.call("GET", f"/api/public/config/timezones?companyKey={COMPANY_KEY}"))["result"]
    by_id = {one["id"]: one for one in zones}
    assert by_id["Etc/GMT+12"] == {
        "id": "Etc/GMT+12", "name": "GMT-12:00", "shortName": "-12", "offsetString": "-12:00",
        "offsetMillis": -43_200_000,
    }  # fmt: skip
    assert by_id["Europe/Berlin"]["offsetString"] == "+02:00"
    assert by_id["UTC"]["offsetString"] == "+00:00"
    assert zones[0]["id"] == "Etc/GMT+12"
    teams = data(caller.call("GET", f"/api/public/teams?companyKey={COMPANY_KEY}"))["result"]
    assert (teams[0]["teamId"], teams[0]["name"], teams[0]["description"]) == (6222, "North West", None)
    assert [one["numberOfMembers"] for one in teams] == [5, 4, 3, 5, 2]


def inner(caller: Caller, report: str = "conversation") -> dict[str, Any]:
    """Create, wait, and return the inner result."""
    return dict(caller.finish(caller.create(report))["result"])


def test_quirk_status_result() -> None:
    """The status result is an object or a list in every state when switched so."""
    for shape, kind in (("object", dict), ("list", list)):
        caller = Caller(Quirks(status_result=shape))  # type: ignore[arg-type]
        created = caller.create()
        assert type(data(caller.poll(created))["result"]) is kind
        caller.clock.advance(600_000)
        assert type(data(caller.poll(created))["result"]) is kind


def test_quirk_early_download_url() -> None:
    """By default `user` alone has a downloadUrl at creation; which dies not before its time."""
    created = data(Caller().create("user", form=dict(WEEK)))["result"]
    assert urlsplit(created["downloadUrl"]).path.endswith("/download")
    assert data(Caller().create())["result"]["downloadUrl"] == ""


def test_quirk_create_without_urls() -> None:
    """Only the two ids come, and the documented path built from them works."""
    caller = Caller(Quirks(create_without_urls=True))
    created = data(caller.create())["result"]
    assert set(created) == {"workflowId", "runId"}
    path = f"/api/public/reports/report/{created['workflowId']}/{quote(created['runId'], safe='')}/status"
    assert caller.call("GET", f"{path}?companyKey={COMPANY_KEY}").status == 200


def test_quirk_details() -> None:
    """The field is called details."""
    assert inner(Caller(Quirks(details_not_detail=True)))["details"] == "COMPLETED"


def test_quirk_url_secret() -> None:
    """Documented: companyKey at creation, the token afterwards; or one of them always."""
    for kind, names in (
        ("documented", ["companyKey", "analyticsAccessToken"]),
        ("token", ["analyticsAccessToken"] * 2),
        ("company_key", ["companyKey"] * 2),
    ):
        caller = Caller(Quirks(url_secret=kind))  # type: ignore[arg-type]
        created = caller.create()
        urls = [data(created)["result"]["statusUrl"], caller.finish(created)["jobInfo"]["statusUrl"]]
        assert [urlsplit(url).query.partition("=")[0] for url in urls] == names
        assert {caller.follow(url).status for url in urls} == {200}


def test_quirk_empty_polls() -> None:
    """COMPLETED comes so many times before its downloadUrl."""
    caller = Caller(Quirks(empty_polls=2))
    created = caller.create()
    assert [bool(caller.finish(created)["jobInfo"]["downloadUrl"]) for _ in range(3)] == [False, False, True]


def test_quirk_fail_reports() -> None:
    """The jobs of these reports end FAILED under PASS, without a reason and without a file."""
    caller = Caller(Quirks(fail_reports=frozenset({"conversation"})))
    created = caller.create()
    ended = caller.finish(created)
    assert (ended["result"]["detail"], ended["result"]["reason"]) == ("FAILED", None)
    assert ended["jobInfo"]["downloadUrl"] == ""
    assert inner(caller, "author")["detail"] == "COMPLETED"


def test_quirk_overflow() -> None:
    """Every job is pushed out at once."""
    caller = Caller(Quirks(overflow=True))
    assert data(caller.poll(caller.create()))["result"][0]["result"]["reason"] == jobs.OVERFLOW


def test_quirk_buckets() -> None:
    """The text comes as the printed fragment, or in an envelope, with the HTTP status that is set."""
    asked = {"timeInterval": 300_000}
    answer = Caller().create("team_performance_interval", **asked)
    assert (answer.status, list(data(answer))) == (400, ["result"])
    assert "Too many buckets (2016) requested. Select a larger interval?" in data(answer)["result"]
    whole = Caller(Quirks(bucket_envelope=True, bucket_status=200)).create(
        "team_performance_interval", **asked
    )
    assert (whole.status, list(data(whole))) == (200, ["status", "request", "message", "result"])


def test_quirk_history() -> None:
    """Windows of years ago are refused unless history is endless."""
    old = {"startTime": "1551441600000", "endTime": "1556712000000"}
    assert Caller().create(**old).status == 400
    assert Caller(Quirks(history_months=None)).file(**old) != b"[]"


def test_quirk_content_types_and_lengths() -> None:
    """All JSON can be called text/plain; files can come without length and ETag, and with a mark."""
    caller = Caller(Quirks(text_content_type=True, no_content_length=True, bom=True))
    created = caller.create("author", reportFormat="csv")
    assert header(created, "content-type") == header(caller.poll(created), "content-type") == "text/plain"
    link = caller.finish(created)["jobInfo"]["downloadUrl"]
    file = caller.follow(header(caller.follow(link), "location"))
    assert (header(file, "content-length"), header(file, "etag")) == ("", "")
    assert content(file).startswith(b"\xef\xbb\xbfTIME_ZONE,AUTHOR_ID")


def test_a_long_file_is_not_held() -> None:
    """Past 4 MiB it is made twice instead: the same bytes, with their length."""
    caller = Caller()
    asked = {"startTime": "1767225600000", "endTime": "1775001599999", "reportFormat": "json"}
    created = caller.create("conversation_history_action", form={**asked})
    link = caller.finish(created)["jobInfo"]["downloadUrl"]
    file = caller.follow(header(caller.follow(link), "location"))
    size = sum(map(len, file.body))
    assert size == int(header(file, "content-length")) > 4 * 1024 * 1024


def test_faults_come_before_everything() -> None:
    """A test may answer in the sandbox's place; what it lets through is answered as ever."""

    def ill(request: Request) -> Response | None:
        return refused(503, "ill", ("retry-after", "5")) if request.method == "POST" else None

    caller = Caller(faults=ill)
    assert caller.create().status == 503
    assert caller.call("GET", f"/api/public/teams?companyKey={COMPANY_KEY}").status == 200
    assert [one["status"] for one in data(caller.call("GET", "/__sandbox/requests"))] == [503, 200]


def test_what_was_asked_is_told() -> None:
    """Method, path, query, form, status and instant, newest last; no credentials; it does not count."""
    caller = Caller()
    caller.create("user", form={**WEEK, "teamId": [1, 2]})
    caller.call("POST", f"{CONVERSATION}?{'a=1&' * 1001}")
    for _ in range(30):
        told = caller.call("GET", "/__sandbox/requests", headers={})
    found = data(told)
    assert [one["path"] for one in found] == ["/api/public/reports/report/user", CONVERSATION]
    assert found[0] == {
        "method": "POST",
        "path": "/api/public/reports/report/user",
        "query": [["companyKey", COMPANY_KEY]],
        "form": [*map(list, WEEK.items()), ["teamId", "1"], ["teamId", "2"]],
        "status": 200,
        "at": caller.clock.now_ms(),
    }
    assert (found[1]["query"], found[1]["status"]) == ([], 400)
    assert b"Basic" not in content(told)
    assert caller.call("POST", "/__sandbox/requests").status == 405
