"""What a request asks for, and what looks wrong with it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runner.foreign.taken import Taken, period
from runner.foreign.words import Page, length, lines, rotate, shortened, to_json
from runner.window import Window
from tests import foreign
from tests.foreign import HOST, MAY, NOW_MS, REPORT, asked, noted, said, took

PAGE = Page(80, str)
GOOD = f"{REPORT}/conversation?companyKey=K-12345&{MAY}&conversationReportType=CLOSED"
FORM = f"curl -d '{MAY}' '{REPORT}/user?companyKey=K-12345'"


def told(text: str, now_ms: int = NOW_MS) -> str:
    """Return all that is said about a request, wrong or notable."""
    one = asked(text, now_ms)
    return "\n".join([*said(one), "--", *noted(one)])


def wrong(text: str) -> str:
    """Return all that is wrong with a request."""
    return "\n".join(said(asked(text)))


BEARER = {"type": "bearer", "bearer": [{"key": "token", "value": "tok-9-9"}]}
KEY = {"type": "apikey", "apikey": [{"key": "key", "value": "X"}, {"key": "value", "value": "tok-9-9"}]}
COOKIE = [{"key": "Cookie", "name": "Cookie", "value": "tok-9-9"}]
BARE = f"{REPORT}/author?{MAY}"


def a_collection(request: Any) -> str:
    """Return a collection of Postman with one request."""
    return json.dumps({"info": {}, "item": [{"name": "r", "request": {"url": BARE, **request}}]})


@pytest.mark.parametrize(
    "text",
    [
        f"curl -H 'X-Api-Key: tok-9-9' '{BARE}'",
        f"{BARE}&access_token=tok-9-9",
        f"GET {BARE}\nAuthorization: Bearer tok-9-9",
        f"GET {BARE}\nCookie: tok-9-9",
        a_collection({"auth": BEARER}),
        a_collection({"auth": KEY}),
        a_collection({"auth": {"type": "bearer", "bearer": {"token": "tok-9-9"}}}),
        a_collection({"header": COOKIE}),
        json.dumps({"log": {"entries": [{"request": {"url": BARE, "headers": COOKIE}}]}}),
        f"get {{\n  url: {BARE}\n  auth: bearer\n}}\n\nauth:bearer {{\n  token: tok-9-9\n}}\n",
        f"get {{\n  url: {BARE}\n}}\n\nheaders {{\n  Cookie: tok-9-9\n}}\n",
        f"info: {{}}\nhttp:\n  url: {BARE}\n  auth: {{type: bearer, token: tok-9-9}}\n",
        f"info: {{}}\nhttp:\n  url: {BARE}\n  auth: {{type: apikey, apikey: {{key: X, value: tok-9-9}}}}\n",
    ],
)
def test_every_form_names_its_tokens(text: str) -> None:
    """Whatever lets its holder in is named, and known as a secret, wherever a form keeps it."""
    one = asked(text)
    assert rotate([one]) == ["token or cookie"]
    assert "tok-9-9" in one.call.secrets()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (f"curl -u me:pw-9-9 -b sid=9-9 '{BARE}'", ["user name", "password", "token or cookie"]),
        (f"curl -H 'Authorization: Basic bWU6cHctOS05' '{BARE}'", ["user name", "password"]),
        (f"{BARE}&password=pw-9-9&user=x", ["password"]),
        (
            f"GET {BARE}\nAuthorization: Basic bWU6cHctOS05\nX-Session-Token: t-9",
            [
                "user name",
                "password",
                "token or cookie",
            ],
        ),
        (f"{REPORT}/a/b-b/status?analyticsAccessToken=tok-9-9", []),
        (f"curl -H 'Authorization: tok-9-9' '{BARE}'", ["token or cookie"]),
        (f"{BARE}&tokenName=tok-9-9&refreshTokenUrl=x", []),
        (f"{BARE}&companykey=K-9-9", ["company key"]),
        (f"{BARE}&company_key=K-9-9&token=t-9-9", ["company key", "token or cookie"]),
    ],
)
def test_each_kind_of_credential_is_named(text: str, kinds: list[str]) -> None:
    """A cookie beside a password too; the header of Basic is no other one; a job's token is told there."""
    assert rotate([asked(text)]) == kinds


@pytest.mark.parametrize("text", [GOOD, f"curl -X POST '{GOOD}'", FORM, f"POST {GOOD}"])
def test_a_good_request_has_nothing_wrong(text: str) -> None:
    """Nothing is found where nothing is wrong."""
    one = asked(text)
    assert said(one) == []
    assert one.report is not None
    assert one.operation is not None
    assert one.span is not None


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ("startTime=1551441600000&endTime=1556712000000", "noon (UTC) of 1 March"),
        ("startTime=1470614400000&endTime=1461104100000", "startTime: it lies after endTime"),
        ("startTime=1470614400000&endTime=1461104100000", "the vendor's development kit"),
        ("startTime=1780271999999&endTime=1780271999999", "is the same as endTime"),
        ("startTime=1777593600&endTime=1780271999999", "startTime: 1777593600 is not in epoch milliseconds"),
        ("startTime=1777593600&endTime=1780271999999", "in milliseconds 1777593600000"),
        ("startTime=1777593600000&endTime=16823555400000", "14 digits, so the year 2503"),
        ("startTime=1777593600000000&endTime=1780271999999", "looks like microseconds"),
        ("startTime=1777593600000000000&endTime=1780271999999", "looks like nanoseconds"),
        ("startTime=-5&endTime=1780271999999", "it is negative"),
        (
            "startTime=2026-05-01&endTime=1780271999999",
            "is a date; the API takes milliseconds: 1777593600000",
        ),
        ("startTime=2026-15-41&endTime=1780271999999", "'2026-15-41' is no instant"),
        ("startTime=May&endTime=1780271999999", "'May' is no instant"),
        ("startTime=1_777_593_600_000&endTime=1780271999999", "digits only: write 1777593600000"),
        ("startTime={{from}}&endTime=1780271999999", "the variable {{from}} has no value here"),
        ("startTime=1777593600000&startTime=1777593600000&endTime=1780271999999", "stands there 2 times"),
        ("startTime=1777593600000", "endTime: it is missing"),
        ("endTime=1780271999999", "startTime: it is missing"),
        ("startTime=1769904000000&endTime=1780271999999", "longer than 3 months"),
    ],
)
def test_a_window_that_is_wrong_is_found(window: str, words: str) -> None:
    """Each mistake that people make with instants, with the fix."""
    assert words in wrong(f"{REPORT}/conversation?companyKey=K-12345&{window}")


def test_a_window_worth_a_word_gets_one() -> None:
    """What may surprise: old, open, long, ending on the first instant of a day, the guide's August."""
    base = f"{REPORT}/author?companyKey=K-12345"
    assert "begins more than 18 months back" in told(f"{base}&startTime=1548979200000&endTime=1549979200000")
    assert "is not over" in told(f"{base}&startTime=1782863999000&endTime=1782864000000")
    ends = told(f"{base}&startTime=1777593600000&endTime=1780272000000")
    assert "1780271999999 ends with the day" in ends
    assert "longer than 90 days" in told(f"{base}&startTime=1772323200000&endTime=1780271999999")
    assert "at UTC-7 only" in told(f"{base}&startTime=1565769600000&endTime=1566769600000")
    assert "endTime: the vendor's guide" in told(f"{base}&startTime=1565569600000&endTime=1565769600000")
    last = asked(f"{base}&startTime=9999999999998&endTime=9999999999999")
    assert last.span is not None


def test_three_months_in_one_zone_are_enough() -> None:
    """A window that is three months in UTC, but an hour more where the clock changed, is not refused."""
    window = "startTime=1548979200000&endTime=1556668800000"
    assert "longer than 3" not in wrong(f"{REPORT}/author?companyKey=K&{window}&timezone=America/Chicago")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("prioritys=1", "prioritys: there is no parameter 'prioritys'; did you mean 'priorities'?"),
        ("timeZone=UTC", "did you mean 'timezone'?"),
        (
            "raiselimit=true",
            "raiselimit: conversation does not take it; conversation_history_action takes it",
        ),
        ("agentId=1", "user takes it"),
        ("foo=1", "`care-export reports conversation` shows what it takes"),
        ("reportFormat=CSV", "reportFormat: case counts: write csv, not CSV"),
        ("enableBusinessHour=True", "case counts: write true, not True"),
        ("enableBusinessHour=maybe", "enableBusinessHour: expected true or false"),
        ("reportFormat=xlsx", "reportFormat: 'xlsx' is not one of json, csv"),
        ("locale=en-US", "did you mean 'en_US'?"),
        ("locale=", "locale: it is empty; leave it out"),
        ("locale=en&locale=en", "stands there 2 times, with the same value"),
        ("locale=en&locale=de", "stands there 2 times, with different values"),
        ("locale=%20en", "a space stands before or behind the value"),
        ("priorities=1&priorities=2", "one list with commas, as 1%2C2, not priorities 2 times"),
        ("priorities=1,1", "an item stands there twice"),
        ("priorities=9", "priorities: 9 is not between 0 and 5"),
        ("priorities=high", "priorities: expected"),
        ("reportMetrics=STATUS,CONVERSATION_ID", "reportMetrics=A&reportMetrics=B"),
        ("reportMetrics=CONVERSATON_ID", "did you mean CONVERSATION_ID?"),
        ("reportMetrics=Assignee%20ID", "to the API it is ASSIGNEE_ID"),
        ("reportMetrics=agent_name", "is a column of raw_agent_states"),
        ("smartViewId={{view}}", "the variable {{view}} has no value here"),
        ("timezone=America/Chicgo", "unknown timezone"),
        ("businessHourType=true", "businessHourType needs enableBusinessHour: true"),
        ("=1", "place: a value stands there without a parameter's name; it is left out"),
    ],
)
def test_a_parameter_that_is_wrong_is_found(query: str, words: str) -> None:
    """Names, values, styles, and what goes together, in the words of the request."""
    assert words in wrong(f"{GOOD}&{query}")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("locale=en_US", "'en_US' is in vendor samples"),
        ("timeInterval=86400000", "timeInterval is not declared for conversation"),
        ("timezone=UTC&timezoneOffset=0", "together are not documented"),
        ("reportMetrics=SOMETHING", "is not a known column"),
    ],
)
def test_a_parameter_worth_a_word_gets_one(query: str, words: str) -> None:
    """What the vendor's samples do without its documents is no mistake."""
    assert words in "\n".join(noted(asked(f"{GOOD}&{query}")))
    assert said(asked(f"{GOOD}&{query}")) == []


def test_rules_of_the_report_are_kept() -> None:
    """A report's own needs, and the length of its buckets for this window."""
    base = f"{REPORT}/team_performance_interval?companyKey=K&{MAY}"
    assert "needs the parameter timeInterval" in wrong(base)
    assert "for one month, write" in wrong(f"{base}&timeInterval=300000")
    assert wrong(f"{base}&timeInterval=86400000") == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"curl '{GOOD}&x' -X DELETE", "method: conversation is asked by POST or GET, not by DELETE"),
        (f"curl -X GET '{REPORT}/author?companyKey=K&{MAY}'", "author is asked by POST, not by GET"),
        (
            f"curl -X POST '{REPORT}/user?companyKey=K&{MAY}'",
            "place: POST user takes startTime, endTime in the form",
        ),
        (f"curl -X POST -d locale=en '{GOOD}'", "place: POST conversation takes locale in the address"),
        (
            f"curl --json '{{\"startTime\": 1}}' '{REPORT}/user?companyKey=K'",
            "body: the body is JSON; user takes an url",
        ),
        (f"curl -F a=b '{GOOD}'", "a multipart form; conversation takes everything in the address"),
        (f"curl -X POST '{REPORT}/author?{MAY}'", "companyKey: it is missing"),
        (f"curl -X POST {REPORT}/author?companyKey=K", "did a shell cut it at an &"),
    ],
)
def test_method_and_place_are_judged(text: str, words: str) -> None:
    """By the report's own operations; a bare address has no method, and takes the one that fits."""
    assert words in wrong(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{REPORT}/author?companyKey=&{MAY}", "companyKey: it is empty, and the API needs it"),
        (f"{REPORT}/author?{MAY}", "companyKey: it is missing, and the API needs it"),
        (f"curl -X POST {REPORT}/author?companyKey=K", "quotes: little is left of the address"),
    ],
)
def test_what_every_request_needs_is_missed(text: str, words: str) -> None:
    """The key, with a value; and where next to nothing is there, a shell has cut the rest."""
    assert words in wrong(text)


@pytest.mark.parametrize("body", ["-d @body.txt", "--json '{'", "-F a=@file"])
def test_what_a_body_may_hold_no_shell_has_cut(body: str) -> None:
    """Where the body is not read, or is of the wrong kind, that alone is what is wrong with the address."""
    found = wrong(f"curl -X POST '{REPORT}/user?companyKey=K' {body}")
    assert "body: " in found
    assert "little is left" not in found


def test_a_value_without_a_name_is_no_change() -> None:
    """It has no name to be told by, and one that is empty as well is nothing at all."""
    assert wrong(f"{GOOD}&=") == ""
    made = took(f"{GOOD}&=1")
    assert isinstance(made, Taken)
    assert made.changes == ()


def test_a_get_that_is_not_declared_is_worth_a_word() -> None:
    """The development kit asks for conversations by GET."""
    assert "GET is not declared for conversation" in told(f"GET {GOOD}")
    assert asked(f"{REPORT}/user?companyKey=K&{MAY}").operation == foreign.KNOWN.reports["user"].operation(
        "GET"
    )
    nothing_fits = asked(f"{REPORT}/conversation_history_action?companyKey=K&{MAY}")
    assert "takes startTime, endTime in the form" in "\n".join(said(nothing_fits))


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("http://analytics-api.app.lithium.com", "http:// sends the password in the clear"),
        ("ftp://analytics-api.app.lithium.com", "ftp:// is not how"),
        ("https://aanalytics-api.app.lithium.com", "did you mean analytics-api.app.lithium.com?"),
        ("https://acme.response.lithium.com", "is the host of Care itself"),
        ("https://api-eu.app.lithium.com", "the gateway for bots"),
        ("https://analytics-api.qa.aws.lcloud.com", "a test host of the vendor"),
        ("https://evil.example", "stands in no public document"),
    ],
)
def test_the_host_is_judged(host: str, words: str) -> None:
    """Clear text, a slip of the pen, the vendor's other hosts, and strangers."""
    assert words in wrong(GOOD.replace(HOST, host))


@pytest.mark.parametrize(
    "host",
    ["http://127.0.0.1:8080", "http://localhost:80", "http://[::1]:80", "{{base}}", "https://$HOST", ""],
)
def test_this_machine_and_variables_are_no_strangers(host: str) -> None:
    """The sandbox is asked over http, and a variable may be anything."""
    assert wrong(GOOD.replace(HOST, host)) == ""


def test_another_host_of_the_vendor_is_only_worth_a_word() -> None:
    """The one for EMEA stands in no document, so nobody knows it to be wrong."""
    text = GOOD.replace(HOST, "https://analytics-api.emea.khoros.com")
    assert wrong(text) == ""
    assert "compare it with the company's admin screen" in told(text)


@pytest.mark.parametrize(
    ("path", "report", "words"),
    [
        ("/api/public/reports/report/conversations", "conversation", "did you mean conversation?"),
        ("/api/public/reports/report/Raw Author", "author", "did you mean author?"),
        ("/reports/report/author", "author", "the path of author is /api/public/reports/report/author"),
        ("/api/public/reports/report/raw_brand_posts", "raw_brand_posts", "report/marketing/raw_brand_posts"),
        ("/api/public/report/author", "author", "the path of author is"),
        ("/api/public/reports/report/nonsense", None, "known are"),
        ("/api/public/reports/report/usercompanyKey=K-9", None, "there is no report 'usercompanyKey';"),
        ("/api/public/reports/report/:report", None, ":report has no value here"),
        ("/api/public/reports/report/{{report}}", None, "{{report}} has no value here"),
        ("/api/public/reports/report/[report]", None, "[report] has no value here"),
    ],
)
def test_a_path_that_is_a_little_off_is_understood(path: str, report: str | None, words: str) -> None:
    """A plural, a title, a missing or a doubled part; what is no report at all gets the list."""
    one = asked(f"{HOST}{path}?companyKey=K&{MAY}")
    assert one.endpoint.kind == "create"
    assert (one.report.id if one.report else None) == report
    assert words in "\n".join(said(one))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/public/teams", "teams"),
        ("/api/public/config/timezones", "time zones"),
        ("/api/public/reports/jobs/", "jobs"),
        ("//api//public//reports/report/author", "create"),
        ("/api/v2/report/author", "other"),
        ("/anything", "other"),
        ("", "other"),
    ],
)
def test_other_endpoints_are_told_apart(path: str, kind: str) -> None:
    """What is no export is known by its name, or not at all."""
    assert asked(f"{HOST}{path}?companyKey=K").endpoint.kind == kind


def test_what_a_browser_asks_beforehand_is_no_create() -> None:
    """The address is that of a create, but by this method nothing is asked for yet; nothing is wrong."""
    one = asked(f"curl -X OPTIONS '{REPORT}/author?companyKey=K&{MAY}'")
    assert (one.endpoint.kind, one.report, one.problems) == ("preflight", None, ())
    assert "what a browser asks before it sends a request" in "\n".join(lines(one, ["UTC"], PAGE))


STATUS = f"{REPORT}/cc645bd3-9def/23IS1%2BAnp9mm9Bl%2BC2VZV3UY2T6g4H6eoODJUFQPVpvlI%3D/status"


def test_the_address_of_a_job_is_a_secret() -> None:
    """Its ids are told, the run id only by its beginning, and that it is nobody's to see."""
    one = asked(f"{STATUS}?analyticsAccessToken=token-12345")
    assert (one.endpoint.kind, one.endpoint.workflow_id) == ("status", "cc645bd3-9def")
    assert one.endpoint.run_id == "23IS1+Anp9mm9Bl+C2VZV3UY2T6g4H6eoODJUFQPVpvlI="
    assert said(one) == []
    assert "it is a secret" in "\n".join(noted(one))
    shown = "\n".join(lines(one, ["UTC"], PAGE))
    assert "cc645bd3-9def" in shown
    assert "23IS1+An… (46 characters)" in shown
    assert "9mm9Bl" not in shown
    assert "token-12345" in one.call.secrets()


def test_what_is_odd_about_the_address_of_a_job() -> None:
    """Cut off, asked by the wrong method, with the swapped words of the vendor's document."""
    assert "was it cut off" in wrong(STATUS)
    assert "asked by GET, not by POST" in wrong(f"POST {STATUS}?companyKey=K")
    swapped = STATUS.replace("reports/report", "report/reports")
    assert "the vendor's document swaps two words" in wrong(f"{swapped}?companyKey=K")
    assert "its downloadUrl" in "\n".join(lines(asked(STATUS.replace("/status", "/download")), ["UTC"], PAGE))
    assert asked("https://a.b/reports/report/x/short/status").endpoint.run_id == "short"
    assert shortened("short") == "…"


def test_it_is_told_within_the_width_of_a_terminal() -> None:
    """Report, columns, window in each zone once, its length, values, defaults; no line is over 80."""
    text = f"curl -X POST '{GOOD}&timezone=America/Chicago&reportMetrics=STATUS&priorities=1%2C2&fooBar=1'"
    shown = list(lines(asked(text), ["UTC", "America/Chicago", "Etc/UTC"], PAGE))
    assert shown[0] == "conversation (Raw Conversation), asked by POST"
    assert "  columns    STATUS" in shown
    assert "  window     May 2026 (UTC)" in shown
    assert any("30 April 2026 19:00 -05:00" in line for line in shown)
    assert not any("Etc/UTC" in line for line in shown)
    assert "priorities 1,2" in " ".join(" ".join(shown).split())
    assert "One thing is wrong:" in shown
    assert max(map(len, shown)) <= 80
    many = list(lines(asked(f"{GOOD}&a=1&b=2"), ["UTC"], PAGE))
    assert "2 things are wrong:" in many
    assert any("reportFormat json" in line for line in many)
    assert any("dates in the file are in UTC" in line for line in many)


def test_what_is_left_to_the_api_and_matters_is_explained() -> None:
    """Which conversations there are is decided by a default that surprises."""
    shown = " ".join(
        "\n".join(lines(asked(f"{REPORT}/conversation?companyKey=K&{MAY}"), ["UTC"], PAGE)).split()
    )
    assert "conversationReportType OPEN_AT_END: Still open at the end of the window" in shown


def test_a_window_that_is_not_known_is_not_shown() -> None:
    """Neither one without an end nor one that ends before it starts; the rest is told all the same."""
    for window in ("startTime=1777593600000", "startTime=1780271999999&endTime=1777593600000"):
        one = asked(f"{REPORT}/author?companyKey=K&{window}")
        assert "  window     cannot be known" in list(lines(one, ["UTC"], PAGE))
        assert "words" not in str(to_json(one, ["UTC"], -1)["window"])


def test_others_are_named() -> None:
    """A call that is no export is told by what it is."""
    for path, words in (("/api/public/teams", "the list of teams"), ("/x", "no endpoint")):
        assert words in "\n".join(lines(asked(f"{HOST}{path}?companyKey=K"), ["UTC"], PAGE))
    unknown = lines(asked(f"{REPORT}/nonsense?companyKey=K"), ["UTC"], PAGE)
    assert next(iter(unknown)) == "a report that is not known"


@pytest.mark.parametrize(
    ("start", "end", "zone", "words"),
    [
        (1777593600000, 1780272000000, "UTC", "31 days"),
        (1777593600000, 1777680000000, "UTC", "1 day"),
        (1777593600000, 1777683660000, "UTC", "1 day 1 hour 1 minute"),
        (1777593600000, 1777593601500, "UTC", "1.5 s"),
        (1774738800000, 1774821600000, "Europe/Berlin", "1 day"),
    ],
)
def test_how_long_it_is(start: int, end: int, zone: str, words: str) -> None:
    """Whole days of the zone are days, also that of 23 hours; else days, hours, minutes and seconds."""
    assert length(Window(start, end, zone)) == words


def test_programs_get_it_as_data() -> None:
    """Report, parameters, window as sent and half-open, zones, problems; secrets are only named."""
    text = f"curl -u me@x.example:secret-1 -X POST '{GOOD}&locale=en_US&x=1'"
    data: Any = to_json(asked(text), ["UTC", "Asia/Tokyo"], -1)
    assert data["report"] == "conversation"
    assert data["parameters"] == {"conversationReportType": "CLOSED", "locale": "en_US"}
    assert data["window"] == {
        "startTime": 1777593600000,
        "endTime": 1780271999999,
        "start": "2026-05-01T00:00:00Z",
        "end": "2026-06-01T00:00:00Z",
        "length": "31 days",
        "zones": [
            {"timezone": "UTC", "words": "May 2026 (UTC)"},
            {
                "timezone": "Asia/Tokyo",
                "words": "1 May 2026 09:00 +09:00 to 1 June 2026 09:00 +09:00 (Asia/Tokyo)",
            },
        ],
    }
    assert [one["about"] for one in data["problems"]] == ["x"]
    assert data["credentials"] == ["company key", "user name", "password"]
    assert "secret-1" not in str(data)
    assert to_json(asked(f"{REPORT}/author?companyKey=K"), ["UTC"], -1)["window"] is None
    job = to_json(asked(f"{STATUS}?companyKey=K"), ["UTC"], -1)
    assert job["workflow_id"] == "cc645bd3-9def"
    assert to_json(asked(f"{HOST}/api/public/teams"), ["UTC"], -1)["kind"] == "teams"


def test_a_token_without_a_password_is_a_credential() -> None:
    """A bearer or a cookie lets its holder in as well."""
    one = asked(f"curl -b sid=cookie-9 -X POST '{GOOD}'")
    assert rotate([one]) == ["company key", "token or cookie"]
    assert rotate([asked(f"curl -u username:password '{REPORT}/author?companyKey=[COMPANY_KEY]'")]) == []


@pytest.mark.parametrize(
    ("start", "end", "zone", "written"),
    [
        ("2026-01-01", "2027-01-01", "UTC", 2026),
        ("2026-04-01", "2026-07-01", "Europe/Berlin", "2026-Q2"),
        ("2026-04-01", "2026-05-01", "Europe/Berlin", "2026-04"),
        ("2026-04-01", "2026-04-02", "Europe/Berlin", "2026-04-01"),
        ("2026-04-06", "2026-04-13", "UTC", "2026-W15"),
        ("2026-04-01", "2026-04-04", "UTC", {"start": "2026-04-01", "end": "2026-04-04"}),
    ],
)
def test_a_window_is_written_as_a_person_would(start: str, end: str, zone: str, written: object) -> None:
    """The longest calendar piece that it is; without a zone, two instants."""
    from runner.timeframe import window

    whole = window({"start": start, "end": end}, zone)
    assert period(whole, named=True) == written
    unnamed: Any = period(whole, named=False)
    assert unnamed["start"].endswith("Z")
    odd = Window(whole.start_ms, whole.end_ms + 1, zone)
    assert isinstance(period(odd, named=True), dict)
    nowhere = Window(whole.start_ms, whole.end_ms, "Mars/Olympus")
    assert period(nowhere, named=True) == {"start": whole.start_ms, "end": whole.end_ms}


def test_what_is_mended_is_a_change() -> None:
    """Left out, in another case, moved to the form, by another method: each is named."""
    made = took(f"curl -X POST '{GOOD}&reportFormat=CSV&foo=1'")
    assert isinstance(made, Taken)
    assert made.changes == ("reportFormat", "foo")
    moved = took(f"curl -X POST '{REPORT}/user?companyKey=K&{MAY}'")
    assert isinstance(moved, Taken)
    assert moved.changes == ("endTime", "startTime")
    by = took(f"GET {REPORT}/author?companyKey=K&{MAY}")
    assert isinstance(by, Taken)
    assert by.changes == ("method",)
    assert by.words == "May 2026 (UTC)"


def test_a_zone_of_the_reader_is_sent_too() -> None:
    """With it the period is one of days, and the API writes dates in it; that is a change, and is named."""
    made = took(GOOD, "UTC")
    assert isinstance(made, Taken)
    assert made.entry["period"] == "2026-05"
    assert made.changes == ("timezone",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{GOOD}&reportMetrics=CONVERSATON_ID", "did you mean CONVERSATION_ID?"),
        (f"{GOOD}&timezone=Mars/Olympus", "unknown timezone"),
        (f"{REPORT}/nonsense?companyKey=K&{MAY}", "there is no report"),
        (f"{REPORT}/conversation?companyKey=K&{MAY}&reportMetrics=${{X}}", "variables are not put in here"),
    ],
)
def test_what_no_manifest_can_ask_for_has_its_reason(text: str, words: str) -> None:
    """In the words of the request where they say it, else in the manifest's."""
    reasons = took(text)
    assert not isinstance(reasons, Taken)
    assert words in " ".join(one.message for one in reasons)
