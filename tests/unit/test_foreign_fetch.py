"""Calls of fetch, as browsers copy them."""

from __future__ import annotations

import json

import pytest

from runner.foreign.call import Unread
from runner.foreign.words import rotate
from tests.foreign import MAY, REPORT, asked, call, reading

URL = f"{REPORT}/user?companyKey=ACME-REAL-99"
HEADERS = {"accept": "*/*", "authorization": "Basic bWU6UzNjcmV0UFcx", "cookie": "sid=9-9-9"}
CHROMIUM = f"""fetch("{URL}", {{
  "headers": {{
    "accept": "*/*",
    "authorization": "Basic bWU6UzNjcmV0UFcx",
    "content-type": "application/x-www-form-urlencoded",
    "sec-ch-ua": "\\"Not;A=Brand\\";v=\\"8\\", \\"Chromium\\";v=\\"138\\""
  }},
  "referrer": "https://care.example/",
  "body": "{MAY}&teamId=1&teamId=2",
  "method": "POST",
  "mode": "cors",
  "credentials": "include"
}});"""


def test_what_chromium_copies_is_read() -> None:
    """Address, method, user and form; what the page is and how it asks is no part of a request."""
    one = call(CHROMIUM)
    assert (one.method, one.username, one.password, one.body) == ("POST", "me", "S3cretPW1", "form")
    assert one.url.query == (("companyKey", "ACME-REAL-99"),)
    assert one.form[2:] == (("teamId", "1"), ("teamId", "2"))
    assert reading(CHROMIUM).kind == "a fetch of JavaScript"
    assert rotate([asked(CHROMIUM)]) == ["company key", "user name", "password"]


@pytest.mark.parametrize(
    "text",
    [
        f'fetch("{URL}")',
        f' fetch("{URL}",\n);',
        f'fetch("{URL}", {{}}) ;',
        f'await fetch("{URL}", {{"headers": {{}}, "body": null, "method": "GET"}});',
        f'const answer = await fetch("{URL}", null);',
    ],
)
def test_other_writings_are_read(text: str) -> None:
    """With await, with a name for the answer, without settings; without a method it is a GET."""
    one = call(text)
    assert (one.method, one.form, one.body) == ("GET", (), "none")


def test_several_calls_are_several_requests() -> None:
    """A browser copies all that it has recorded; a cookie is known as a secret."""
    text = ";\n".join([f'fetch("{URL}", {json.dumps({"headers": HEADERS})})'] * 2)
    found = reading(text)
    assert len(found.calls) == 2
    assert "sid=9-9-9" in found.calls[0].secrets()


def test_a_body_of_json_is_told_as_one() -> None:
    """The report takes a form; what the body says is read all the same."""
    settings = {"method": "POST", "headers": {"Content-Type": "application/json"}, "body": '{"a": 1}'}
    one = call(f'fetch("{URL}", {json.dumps(settings)})')
    assert (one.form, one.body) == ((("a", "1"),), "json")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f'fetch("{URL}", {{headers: {{authorization: "Basic S3cretPW1"}}}})', 1),
        (f'fetch(`{URL}`, {{"method": "POST"}})', 1),
        (f'fetch("{URL}").then(answer => answer.text("S3cretPW1"))', 1),
        (f'fetch("{URL}")\nconst password = "S3cretPW1"', 2),
        (f'fetch("{URL}", {{}}, "S3cretPW1")', 1),
        (f'fetch({{"url": "{URL}"}})', 1),
        (f'fetch("{URL}", ' + "[" * 100_000, 1),
        ('fetch("S3cretPW1', 1),
        (f'fetch("{URL} S3cretPW1")', 1),
    ],
)
def test_other_javascript_is_refused(text: str, line: int) -> None:
    """What is no JSON would have to be carried out; nothing of it is repeated."""
    with pytest.raises(Unread, match="looks like JavaScript, which is not read; copy it as cURL") as error:
        reading(text)
    assert error.value.line == line
    assert "S3cret" not in str(error.value)
