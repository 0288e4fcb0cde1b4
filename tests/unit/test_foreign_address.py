"""Addresses as people paste them, and lines of text with requests."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from runner.foreign import address, httptext
from runner.foreign.call import Unread
from tests import foreign
from tests.foreign import HOST, MAY, REPORT, call, reading

URL = f"{REPORT}/conversation?companyKey=KEY&{MAY}"


def odd(text: str) -> dict[str, str]:
    """Return what is odd about an address, by what it is about."""
    return {one.about: one.message for one in address.read(text)[3]}


def test_an_address_comes_apart() -> None:
    """Scheme, host with its port, path and pairs; the pairs decoded once, in their order."""
    url, username, password, remarks = address.read("HTTPS://Ex.Com:8443/a%20b?x=1%2C2&y=%2f&x=3&z=")
    assert (url.scheme, url.host, url.path) == ("https", "ex.com:8443", "/a b")
    assert url.query == (("x", "1,2"), ("y", "/"), ("x", "3"), ("z", ""))
    assert (username, password, remarks) == ("", "", [])


def test_what_is_around_it_is_no_part_of_it() -> None:
    """Quotes, angle brackets, spaces; a path alone; a variable as the host, which keeps its case."""
    for text in (f" '{HOST}/a' ", f"<{HOST}/a>", f'"{HOST}/a"\n'):
        assert address.read(text)[0].path == "/a"
    assert address.read("/api/public/teams?companyKey=K")[0].path == "/api/public/teams"
    assert address.read("{{baseUrl}}/a")[0].host == "{{baseUrl}}"
    assert address.read("me:pw@ex.com/a")[1:3] == ("me", "pw")


@pytest.mark.parametrize("password", ["pw/1", "pw?1", "pw#1", "2pw/%2F", "pw//a?b#c"])
def test_a_password_that_would_end_the_host_is_read_as_one(password: str) -> None:
    """Nothing of it is taken for the host, which is shown; how it has to be written is said."""
    url, user, secret, remarks = address.read(f"https://me:{password}@ex.com/a?b=c#d")
    assert (user, secret, url.host, url.path) == ("me", password.replace("%2F", "/"), "ex.com", "/a")
    assert "%2F, %3F or %23" in remarks[0].message


def test_an_ampersand_in_the_place_of_the_question_mark_is_noted() -> None:
    """The query is read as it was meant, and nothing of it is taken for the path, which is shown."""
    url, _, _, remarks = address.read(f"{HOST}/a/user&companyKey=K&b=1")
    assert (url.path, url.query) == ("/a/user", (("companyKey", "K"), ("b", "1")))
    assert [one.message for one in remarks] == ["an & stands before the first parameter; write ? there"]
    assert address.read(f"{HOST}/a&b")[0].path == "/a&b"


@pytest.mark.parametrize("name", ["a/b", "me:pw@host", "x?y", "'z"])
def test_a_name_that_can_be_none_is_not_repeated(name: str) -> None:
    """It is a part of something else, of a password or of another address, and is left out."""
    url, _, _, remarks = address.read(f"{HOST}/a?b=1&{name}=2")
    assert url.query == (("b", "1"),)
    assert [one.message for one in remarks] == [
        "a part of the address is no parameter with a name and an =; it is left out"
    ]


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://ex.com:8443/a?mail=me@ex.com", "ex.com:8443"),
        ("https://ex.com:/a@b", "ex.com:"),
        ("{{host}}:{{port}}/a?mail=me@ex.com", "{{host}}:{{port}}"),
        ("https://[::1]:80/a@b", "[::1]:80"),
        ("ex.com:$PORT/a?mail=me@ex.com", "ex.com:$PORT"),
    ],
)
def test_a_port_is_no_password(text: str, host: str) -> None:
    """Whatever follows in the address, a number or a variable behind the host is its port."""
    assert address.read(text)[0].host == host


@pytest.mark.parametrize(
    ("query", "about", "words", "value"),
    [
        ("a=%2541", "a", "encoded twice", "A"),
        ("a=x+y", "a", "a space to many servers", "x y"),
        ("timezone=Etc/GMT+5", "timezone", "a space to many servers", "Etc/GMT+5"),
        ("a=5%", "a", "a % stands alone", "5%"),
        ("a=%zz", "a", "a % stands alone", "%zz"),
        ("a", "a", "no = in the address", ""),
        ("reportMetrics=A%2541", "reportMetrics", "encoded twice", "A%41"),
    ],
)
def test_odd_encodings_are_noted_and_read(query: str, about: str, words: str, value: str) -> None:
    """Twice encoded, a plus, a stray percent sign, a name without a value."""
    url, _, _, remarks = address.read(f"{HOST}/r?{query}")
    assert words in {one.about: one.message for one in remarks}[about]
    assert url.query == ((about, value),)


def test_odd_characters_are_noted() -> None:
    """A fragment, a space or a line end within, an &amp;, quotes and dashes of a word processor."""
    assert "behind #" in odd(f"{HOST}/r?a=1#b")["address"]
    assert "a space stands in the address before b" in odd(f"{HOST}/r?a=1& b=2")["address"]
    assert "a line end" in odd(f"{HOST}/r?a=1\n  &b=2")["address"]
    assert "one is enough" in odd(f"{HOST}/r?a=1&&b=2")["address"]
    assert odd(f"{HOST}/r?companyKey=[COMPANY KEY]&b=<my key>") == {}
    text, remarks = address.plain("curl –u a —request X\xa0“b” \u200b&amp;c")
    assert text == 'curl -u a --request X "b" &c'
    assert [one.about for one in remarks] == ["quotes", "quotes", "address"]


def test_addresses_in_lines_are_each_read() -> None:
    """One a line, each may be broken over lines; remarks are passed over."""
    found = reading(f"# two of them\n{REPORT}/author?a=1\n  &b=2\n{REPORT}/user?c=3")
    assert found.kind == "a URL"
    assert [one.url.query for one in found.calls] == [(("a", "1"), ("b", "2")), (("c", "3"),)]
    assert {one.method for one in found.calls} == {""}
    assert [one.message for one in call("https://me:pw-1@ex.com/a").remarks] == [
        "the address holds a user name"
    ]


def test_a_method_before_the_address_and_a_form_below() -> None:
    """As `show --as url` writes it."""
    one = call(f"POST {REPORT}/user?companyKey=K HTTP/1.1\nAuthorization: Basic bWU6cHctMTI=\n\na=b&c=d+e")
    assert (one.method, one.username, one.password) == ("POST", "me", "pw-12")
    assert one.form == (("a", "b"), ("c", "d e"))
    plain = call("GET https://me:pw-1@ex.com/a\nX-Other: 1\nHost: x")
    assert plain.username == "me"
    assert list(httptext.calls("no request")) == []


HURL = f"""# a file
POST {REPORT}/user
[QueryStringParams]
companyKey: {{{{key}}}}
[FormParams]
a: x\\u{{20}}\\#y
b\\:c: d
[BasicAuth]
me: pw-1
[Options]
retry: 3
HTTP 200
[Captures]
x: jsonpath "$.y"

GET {{{{x}}}}
HTTP *
"""


def test_a_hurl_file_is_read() -> None:
    """Its sections, its escapes; what is expected of the answer is no part of the request."""
    found = reading(HURL)
    assert found.kind == "a Hurl file"
    first, second = found.calls
    assert first.url.query == (("companyKey", "{{key}}"),)
    assert first.form == (("a", "x #y"), ("b:c", "d"))
    assert (first.username, first.password) == ("me", "pw-1")
    assert (second.method, second.url.host) == ("GET", "{{x}}")
    assert reading(f"GET {URL}\n[Query]\nno pair here").calls[0].url.query[-1] == ("no pair here", "")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "there is nothing in it"),
        (b"hello", "this is no request"),
        (b"Invoke-WebRequest -Uri x", "copy it as cURL"),
        (b"\xff\x00\xfe", "not text in UTF-8; save it as UTF-8"),
        (f"curl '{HOST}'".encode("utf-16-le"), "not text in UTF-8; save it as UTF-8"),
        (f"curl '{HOST}'".encode("utf-32"), "not text in UTF-8; save it as UTF-8"),
        (b"PK\x03\x04\x00", r"a compressed file \(a workbook\?\), and no text; save it as plain text"),
        (b"{\\rtf1 curl}", "what a word processor writes, and no text; save it as plain text"),
        (b"curl --version", "this is no request|no request in"),
        (b"{", "not JSON"),
        (b'{"a": 1}', "no known kind"),
        (b'{"openapi": "3.1.0"}', "a description of an API"),
        (b'{"values": []}', "a Postman environment"),
        (b'{"id": "a", "name": "C", "order": ["b"], "requests": [{"id": "b"}]}', "export it as v2.1"),
        (b'{"collection": {"requests": []}}', "export it as v2.1"),
        (b'{"log": {"entries": []}}', "no request in a HAR"),
        (b"[" * 100_000, "nested too deeply"),
        (b"info:\n  a: 1\n", "no OpenCollection"),
        (b"info: &x\n  a: 1\n", "anchors are not allowed"),
        (b"meta {\n}\n", "no request in a Bruno file"),
        (b"a" * (64 * 2**20 + 1), "over 64 MiB"),
        (b"a " * 500_001, "over 1,000,000 characters"),
        (f"{HOST}/{'a' * 65_536}".encode(), "an address of over 65,536 characters"),
        (f"{HOST}/?{'a=1&' * 1_001}".encode(), "over 1,000 parameters"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(content: bytes, words: str) -> None:
    """Each with what to give instead."""
    with pytest.raises(Unread, match=words):
        foreign.source.of_bytes(content, "")


def test_the_place_of_bad_json_is_told() -> None:
    """Line and column, where the file was cut."""
    with pytest.raises(Unread) as error:
        foreign.source.of_bytes(b'{"a":\n 1,', "")
    assert error.value.line == 2


def test_utf_16_is_read() -> None:
    """PowerShell's > writes it."""
    assert foreign.source.of_bytes(f"curl '{URL}'".encode("utf-16"), "").calls


PIECES = [
    " ",
    "a ",
    "'",
    '"',
    "&",
    "a&",
    "https://a/?&",
    "\\",
    "{{",
    "{{a",
    "[",
    "<",
    "%",
    "+",
    "^",
    "x:",
    "GET  ",
]
BEGINS = [
    "curl ",
    "curl https://a/b?",
    "https://a/b?",
    "POST https://a/b ",
    "meta {\n  ",
    'curl ^"',
    "curl $'",
]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("begin", BEGINS)
def test_no_text_takes_long(begin: str, piece: str) -> None:
    """Reading takes a time that grows with the text and no faster; here, half a second at most."""
    text = begin + piece * (200_000 // len(piece))
    before = time.perf_counter()
    with suppress(Unread):
        foreign.source.of_text(text, "")
    assert time.perf_counter() - before < 10


def test_too_many_requests_are_refused() -> None:
    """Two thousand are enough for one input."""
    with pytest.raises(Unread, match="over 2000 requests"):
        reading("https://a.b/c\n" * 2001)
