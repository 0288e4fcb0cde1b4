"""What goes on the wire: pairs, places, encoding and digests."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from runner.catalog import Report, load
from runner.request import Request, body, digest, request, target

WINDOW = {"startTime": 1548979200000, "endTime": 1556668799999}


def report(name: str) -> Report:
    """Return a report of the catalogue."""
    found = load().report(name)
    assert found is not None
    return found


def asked(name: str, method: str | None = None, **parameters: object) -> Request:
    """Return the request of a report for the window above."""
    return request(report(name), report(name).operation(method), {**WINDOW, **parameters})  # type: ignore[dict-item]


def test_pairs_are_sorted_by_name() -> None:
    """The order of a manifest's keys does not reach the wire."""
    one = asked("conversation", timezone="America/Chicago", enableBusinessHour=True)
    assert one.query == (
        ("enableBusinessHour", "true"),
        ("endTime", "1556668799999"),
        ("startTime", "1548979200000"),
        ("timezone", "America/Chicago"),
    )
    assert one.form == ()


def test_repeated_lists_keep_their_order() -> None:
    """Columns come back in the order asked for, one pair each [O]."""
    one = asked("conversation", reportMetrics=["STATUS", "CONVERSATION_ID"])
    assert [pair for pair in one.query if pair[0] == "reportMetrics"] == [
        ("reportMetrics", "STATUS"),
        ("reportMetrics", "CONVERSATION_ID"),
    ]


def test_comma_lists_are_one_pair() -> None:
    """Priorities, work queues and team ids are one pair with an encoded comma [O]."""
    one = asked("team_performance", priorities=[0, 1], teamIds=[175, 154])
    assert ("priorities", "0,1") in one.query
    assert "priorities=0%2C1" in target(one, "key")
    assert "teamIds=175%2C154" in target(one, "key")


def test_booleans_are_lower_case() -> None:
    """True and false are written as the samples write them [O]."""
    one = asked("conversation", enableBusinessHour=True, businessHourType=False)
    assert dict(one.query)["enableBusinessHour"] == "true"
    assert dict(one.query)["businessHourType"] == "false"


def test_the_form_reports_send_a_form() -> None:
    """The three form POSTs carry all but companyKey and raiselimit in the body, in order [O]."""
    one = asked("conversation_history_action", raiselimit=True, timezone="America/Chicago")
    assert one.query == (("raiselimit", "true"),)
    assert body(one) == b"endTime=1556668799999&startTime=1548979200000&timezone=America%2FChicago"
    assert target(one, "k") == f"{one.path}?companyKey=k&raiselimit=true"


def test_the_method_decides_where_parameters_travel() -> None:
    """The same report sent by GET has everything in the query, and no body."""
    post, get = asked("user"), asked("user", "GET")
    assert (post.method, bool(post.query), bool(post.form)) == ("POST", False, True)
    assert (get.method, bool(get.query), bool(get.form)) == ("GET", True, False)
    assert body(get) == b""
    assert post.digest != get.digest


def test_the_target_encodes_everything_but_unreserved() -> None:
    """The key comes first; spaces, plus, slash, comma, ampersand and other letters are percent-encoded."""
    one = asked("conversation", reportMetrics=["a b+c/d,e&f=é~._-"])
    assert target(one, "k e/y+&=") == (
        "/api/public/reports/report/conversation?companyKey=k%20e%2Fy%2B%26%3D&endTime=1556668799999"
        "&reportMetrics=a%20b%2Bc%2Fd%2Ce%26f%3D%C3%A9~._-&startTime=1548979200000"
    )


def test_what_was_not_written_is_not_sent() -> None:
    """Defaults of the vendor are left to the vendor."""
    assert {name for name, _ in asked("conversation").query} == {"startTime", "endTime"}


def test_the_key_is_no_parameter() -> None:
    """A companyKey among the parameters does not pass the model, so that no digest or plan can hold one."""
    with pytest.raises(ValidationError, match="companyKey"):
        asked("conversation", companyKey="secret")


def test_a_value_that_no_schema_let_through_is_stopped() -> None:
    """The model is strict: text is no number, and unknown names are refused."""
    with pytest.raises(ValidationError):
        asked("conversation", smartViewId="7")
    with pytest.raises(ValidationError):
        asked("conversation", start_time=1)


def test_the_digest_says_what_is_asked() -> None:
    """The digest is the sha256 of canonical JSON, and another window has another one."""
    one = asked("conversation")
    assert one.digest == digest([one.method, one.path, one.query, one.form])
    assert len(one.digest) == 64
    assert asked("conversation", endTime=1556668800000).digest != one.digest
    assert asked("author").digest != one.digest


def test_every_report_has_a_model() -> None:
    """Each report of the catalogue can be asked for by each of its methods."""
    for one in load().reports.values():
        for operation in one.operations:
            assert request(one, operation, _required(one)).path == one.path


def _required(one: Report) -> dict[str, int]:
    return WINDOW | ({"timeInterval": 86400000} if one.id == "team_performance_interval" else {})
