"""Collections of other tools, with what their formats allow and people do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runner.foreign import opencollection, source
from runner.foreign.call import Call, Reading, Unread
from runner.foreign.data import text as plain_text
from tests.foreign import REPORT, reading

URL = f"{REPORT}/user"


def postman(*items: Any, **more: Any) -> Reading:
    """Return what is read in a Postman collection of these items."""
    data = {"info": {"name": "C"}, "item": list(items), **more}
    return reading(json.dumps(data))


def one(request: Any, **more: Any) -> Call:
    """Return the one request of a Postman collection."""
    return postman({"name": "r", "request": request}, **more).calls[0]


def basic(user: str, password: str) -> dict[str, Any]:
    """Return how Postman keeps a user."""
    pairs = {"username": user, "password": password}
    return {"type": "basic", "basic": [{"key": key, "value": value} for key, value in pairs.items()]}


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        (f"{URL}?a=1", (("a", "1"),)),
        ({"raw": f"{URL}?a=1"}, (("a", "1"),)),
        (
            {
                "raw": f"{URL}?a=1&b=2",
                "query": [{"key": "a", "value": "1"}, {"key": "b", "value": "2", "disabled": True}],
            },
            (("a", "1"),),
        ),
        ({"raw": f"{URL}?a=1", "query": [{"key": "a", "value": "1", "disabled": True}]}, ()),
        (
            {
                "protocol": "https",
                "host": ["a", "b"],
                "port": "8443",
                "path": ["c", "d"],
                "query": [{"key": "a", "value": "%2F"}],
            },
            (("a", "/"),),
        ),
        ({"host": "a.b", "path": "/c", "query": []}, ()),
    ],
)
def test_an_address_of_postman_is_read(url: Any, wanted: object) -> None:
    """Text, or parts; the list of parameters says what is switched off. Its values are encoded as sent."""
    assert one({"method": "POST", "url": url}).url.query == wanted


def test_parts_of_an_address_make_it_whole() -> None:
    """Where there is no raw address, its parts are put together."""
    found = one(
        {"url": {"protocol": "https", "host": ["a", "b"], "port": "8443", "path": ["c"], "query": []}}
    )
    assert (found.url.scheme, found.url.host, found.url.path) == ("https", "a.b:8443", "/c")
    assert found.method == "GET"


@pytest.mark.parametrize(
    ("body", "kind", "form"),
    [
        (
            {"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "x&y+%20"}]},
            "form",
            (("a", "x&y+%20"),),
        ),
        ({"mode": "formdata", "formdata": [{"key": "a", "value": "b"}]}, "multipart", (("a", "b"),)),
        ({"mode": "raw", "raw": '{"a": "b"}'}, "json", (("a", "b"),)),
        ({"mode": "raw", "raw": "a=b&c=d"}, "form", (("a", "b"), ("c", "d"))),
        ({"mode": "raw", "raw": " "}, "none", ()),
        ({"mode": "urlencoded", "urlencoded": []}, "none", ()),
        ({"mode": "urlencoded", "urlencoded": [{"key": "a", "value": 3}], "disabled": True}, "none", ()),
        ({"mode": "file"}, "other", ()),
        ({"mode": "none"}, "none", ()),
        (None, "none", ()),
    ],
)
def test_a_body_of_postman_is_read(body: Any, kind: str, form: object) -> None:
    """A form's values are kept unencoded by Postman; others as they are sent."""
    found = one({"method": "POST", "url": URL, "body": body})
    assert (found.body, found.form) == (kind, form)


def test_who_asks_is_inherited() -> None:
    """A request's own user wins over its folder's, and that over the collection's; `noauth` is nobody."""
    asks = {"method": "GET", "url": URL}
    own = {**asks, "auth": basic("own", "p")}
    old = {**asks, "auth": {"type": "basic", "basic": {"username": "old", "password": "p"}}}
    none = {**asks, "auth": {"type": "noauth"}}
    header = {**asks, "header": [{"key": "Authorization", "value": "Basic aGVhZGVyOnA="}]}
    folder = {"name": "F", "auth": basic("{{u}}", "p"), "variable": [{"key": "u", "value": "folder"}]}
    items = [
        {"name": name, "request": request}
        for name, request in (("a", asks), ("b", own), ("c", old), ("d", none))
    ]
    found = postman({**folder, "item": items}, {"name": "e", "request": asks}, auth=basic("top", "p"))
    assert [call.username for call in found.calls] == ["folder", "own", "old", "", "top"]
    assert [call.name for call in found.calls] == ["F / a", "F / b", "F / c", "F / d", "e"]
    assert one(header).username == "header"
    assert one({"url": "https://in.url:secret@a.b/c"}).username == "in.url"


def test_variables_are_put_in() -> None:
    """Also in each other, and the environment's win; what is unknown stays, what multiplies is cut off."""
    variables = [{"key": "base", "value": "https://{{host}}"}, {"key": "host", "value": "a.b"}]
    assert one({"url": "{{base}}/c?d={{e}}"}, variable=variables).url.host == "a.b"
    text = json.dumps({"info": {}, "item": [{"request": "{{base}}/c?d={{e}}"}], "variable": variables})
    found = reading(text, host="env.example", e="f").calls[0]
    assert (found.url.host, found.url.query, found.name) == ("env.example", (("d", "f"),), "unnamed")
    folder = {
        "name": "F",
        "variable": [{"key": "e", "value": "x"}],
        "item": [{"request": "https://a.b/{{e}}"}],
    }
    text = json.dumps({"info": {}, "item": [folder]})
    assert [reading(text).calls[0].url.path, reading(text, e="y").calls[0].url.path] == ["/x", "/y"]
    assert one({"url": "{{a}}/c"}, variable=[{"key": "a", "value": "{{a}}{{a}}"}]).url.path.endswith("/c")
    long = [{"key": "a", "value": "{{a}}" * 5000}]
    with pytest.raises(Unread, match="an address of over"):
        one({"url": "{{a}}{{a}}{{a}}/c"}, variable=long)


PATH = f"{REPORT.removesuffix('/report')}/:kind/:report"
OF_POSTMAN = [{"key": "kind", "value": "report"}, {"key": "report", "value": "{{what}}"}]
OF_BRUNO = "params:path {\n  kind: report\n  report: {{what}}\n}\n"
LISTED = (
    '[{name: a, value: ":b"}, {name: kind, value: report, type: path}, '
    "{name: report, value: user, type: path}]"
)
SORTED = "{path: [{name: kind, value: report}, {name: report, value: user}]}"


@pytest.mark.parametrize(
    ("text", "file"),
    [
        (
            json.dumps(
                {"info": {}, "item": [{"request": {"url": {"raw": f"{PATH}?a=:b", "variable": OF_POSTMAN}}}]}
            ),
            "c.json",
        ),
        (f"get {{\n  url: {PATH}?a=:b\n}}\n{OF_BRUNO}", "r.bru"),
        (f"info: {{name: r}}\nhttp:\n  url: {PATH}\n  params: {LISTED}\n", "r.yml"),
        (f"info: {{name: r}}\nhttp:\n  url: {PATH}?a=:b\n  params: {SORTED}\n", "r.yml"),
    ],
)
def test_the_variables_of_a_path_are_put_in(text: str, file: str) -> None:
    """Each tool keeps them beside the address, and in the query a colon is a colon."""
    (found,) = reading(text, file, what="user").calls
    assert (found.url.path, found.url.query) == ("/api/public/reports/report/user", (("a", ":b"),))


def test_a_name_that_is_an_address_shows_no_value() -> None:
    """Postman calls a request by its address; a key stays in that name when the address has a variable."""
    address = f"{URL}?companyKey=OLD-KEY-1"
    item = {"name": address, "request": f"{URL}?companyKey={{{{key}}}}"}
    found = postman({"name": "https://me:secret-1@host", "item": [item]}, info={"name": address})
    assert found.title == f"{URL}?companyKey=…"
    assert found.calls[0].name == f"https://…@host / {URL}?companyKey=…"
    assert postman({"name": "", "request": URL}, {"name": "b", "request": URL}).calls[0].name == "unnamed"


@pytest.mark.parametrize("method", ["POST?token=t-9", "POST\nToken: t-9", "t-9"])
def test_what_is_no_method_is_not_repeated(method: str) -> None:
    """Where a quote or a space is missing, anything stands there."""
    texts = (json.dumps({"info": {}, "item": [{"request": {"method": method, "url": URL}}]}),)
    for text in (*texts, f"curl -X '{method}' {URL}"):
        (found,) = reading(text).calls
        assert found.method == ""
        assert [one.message for one in found.remarks] == [
            "what stands there is no method, and is not repeated; write POST or GET"
        ]
    assert reading(f"curl -X $METHOD {URL}").calls[0].method == "$METHOD"


def test_scripts_are_not_run_and_said_to_be_there() -> None:
    """On the collection, a folder or a request; an empty one is none."""
    script = [{"listen": "test", "script": {"exec": ["x"]}}]
    assert postman({"name": "r", "request": URL, "event": script}).remarks
    assert postman({"name": "f", "event": script, "item": [{"request": URL}]}).remarks
    assert not postman({"name": "r", "request": URL, "event": [{"listen": "test", "script": {}}]}).remarks


def test_a_collection_of_postman_s_api_is_taken_out_of_its_wrapping() -> None:
    """Postman's own API answers {"collection": …}."""
    inner = {"info": {"name": "C"}, "item": [{"name": "r", "request": URL}]}
    assert reading(json.dumps({"collection": inner})).calls


def test_a_collection_is_bounded() -> None:
    """In the number of its requests and in its depth."""
    with pytest.raises(Unread, match="over 2000 requests"):
        postman(*[{"name": "r", "request": URL}] * 2001)
    nested: Any = {"name": "r", "request": URL}
    for _ in range(202):
        nested = {"name": "f", "item": [nested]}
    with pytest.raises(Unread, match="more than 200 deep"):
        postman(nested)


@pytest.mark.parametrize(
    "data",
    [
        {"info": 3, "item": 4},
        {
            "info": {},
            "item": [None, 3, "x", [], {"request": None}, {"item": {"a": 1}}, {"request": {"url": 3}}],
        },
        {
            "info": {},
            "item": [
                {"request": {"url": {"query": [None, {"key": 1}]}, "header": {}, "auth": [], "body": 3}}
            ],
        },
        {
            "info": {"name": "\ud800"},
            "item": [{"name": "\udfff", "request": {"method": None, "url": "\ud800"}}],
        },
        {"log": {"entries": [None, {"request": 3}, {"request": {"headers": 3, "postData": {"text": 3}}}]}},
        {
            "opencollection": "1",
            "items": [None, {"http": 3}, {"items": 3}, {"http": {"params": 3, "auth": 3, "body": 3}}],
        },
    ],
)
def test_a_shape_that_nobody_promised_is_no_fault(data: Any) -> None:
    """Files of other tools hold what they like; what is not understood is nothing."""
    try:
        found = reading(json.dumps(data))
    except Unread:
        return
    assert all(isinstance(call, Call) for call in found.calls)


def har(*requests: Any, **log: Any) -> Reading:
    """Return what is read in a HAR of these requests."""
    return reading(
        json.dumps({"log": {"version": "1.2", "entries": [{"request": one} for one in requests], **log}})
    )


def test_a_har_is_read_once_for_each_request() -> None:
    """A page that polls asks the same again; the address is read, not the decoded copy of its query."""
    asks = {
        "method": "post",
        "url": f"{URL}?a=%2541",
        "queryString": [{"name": "a", "value": "wrong"}],
        "headers": [],
    }
    found = har(asks, asks, {**asks, "method": "GET"}, creator={"name": "Some Browser"})
    assert [call.method for call in found.calls] == ["POST", "GET"]
    assert found.calls[0].name == "entry 1"
    assert found.title == "recorded by Some Browser"
    with pytest.raises(Unread, match="over 40,000 entries"):
        har(*[{}] * 40_001)


@pytest.mark.parametrize(
    ("data", "kind", "form"),
    [
        ({"mimeType": "application/x-www-form-urlencoded", "text": "a=x+y"}, "form", (("a", "x y"),)),
        (
            {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a", "value": "b"}]},
            "form",
            (("a", "b"),),
        ),
        (
            {"mimeType": "multipart/form-data; boundary=x", "params": [{"name": "a", "value": "b"}]},
            "multipart",
            (("a", "b"),),
        ),
        ({"mimeType": "application/json", "text": '{"a": 1}'}, "json", (("a", "1"),)),
        ({"mimeType": "text/plain", "text": "x"}, "other", ()),
        ({}, "none", ()),
    ],
)
def test_a_body_of_a_har_is_read(data: Any, kind: str, form: object) -> None:
    """The text as sent, or the parameters."""
    found = har({"method": "POST", "url": URL, "postData": data}).calls[0]
    assert (found.body, found.form) == (kind, form)


def test_secrets_of_a_har_are_known() -> None:
    """The header of Basic, which is taken apart, and cookies."""
    headers = [
        {"name": "Authorization", "value": "Basic bWU6c2VjcmV0LTE="},
        {"name": "Cookie", "value": "sid=9-9-9"},
    ]
    found = har({"method": "GET", "url": URL, "headers": headers}).calls[0]
    assert (found.username, found.password) == ("me", "secret-1")
    assert found.others == ("bWU6c2VjcmV0LTE=", "sid=9-9-9")


@pytest.mark.parametrize(
    "url", ["data:image/png;base64,iVBOR", "blob:https://a/b", "chrome-extension://x/y.js"]
)
def test_what_a_page_shows_by_itself_is_no_entry(url: str) -> None:
    """A picture in a page has an address too, longer than any request may have; numbers stay as they are."""
    found = har({"method": "GET", "url": f"{url}{'A' * 70_000}"}, {"method": "GET", "url": URL})
    assert [one.name for one in found.calls] == ["entry 2"]
    assert found.remarks == ()


def test_an_entry_that_cannot_be_read_does_not_hide_the_others() -> None:
    """A browser records other pages as well; the entry is named, with the reason."""
    long = {"method": "GET", "url": f"https://elsewhere.example/?{'a' * 70_000}"}
    form = {"mimeType": "application/x-www-form-urlencoded", "text": "a=1&" * 1_001}
    many = {"method": "POST", "url": "https://elsewhere.example/", "postData": form}
    found = har(long, many, {"method": "POST", "url": URL})
    assert [one.name for one in found.calls] == ["entry 3"]
    assert [(one.about, one.message) for one in found.remarks] == [
        ("entry 1", "an address of over 65,536 characters; it was not read"),
        ("entry 2", "over 1,000 parameters in one request; it was not read"),
    ]


def test_the_same_request_counts_with_its_password() -> None:
    """A browser sends it without one first, and again when the person has typed it in."""
    bare: Any = {"method": "POST", "url": URL, "headers": [{"name": ":authority", "value": "a"}]}
    proven = {**bare, "headers": [{"name": "authorization", "value": "Basic bWU6c2VjcmV0LTE="}]}
    for entries in ((bare, proven, bare), (proven, bare, proven)):
        (call,) = har(*entries).calls
        assert (call.username, call.password) == ("me", "secret-1")
    assert har(bare, proven).calls[0].name == "entry 2"


BRU = """meta {
  name: A request
  type: http
  seq: 1
}

post {
  url: {{base}}/user?companyKey={{key}}
  body: formUrlEncoded
  auth: inherit
}

body:form-urlencoded {
  a: b: c
  ~off: 1
  "quoted \\"key\\"": v
  long: '''
    one
    two
  '''
  not a pair
}

headers {
  Authorization: Basic bWU6c2VjcmV0LTE=
}

vars:pre-request {
  key: {{outer}}-1
}

script:pre-request {
  if (x) {
    y();
  }
}

tags [
  one
]
"""


def test_a_bruno_file_is_read() -> None:
    """Its blocks, what is switched off, quoted keys, values over lines; a block ends at its own bracket."""
    found = reading(BRU, "somewhere/a.bru", base="https://a.b", outer="K")
    call = found.calls[0]
    assert (call.name, call.method, call.url.host) == ("A request", "POST", "a.b")
    assert call.url.query == (("companyKey", "K-1"),)
    assert call.form == (("a", "b: c"), ('quoted "key"', "v"), ("long", "one\ntwo"))
    assert (call.username, call.password) == ("me", "secret-1")
    assert found.remarks
    assert reading(BRU).calls[0].name == "A request"


@pytest.mark.parametrize(
    ("mode", "block", "kind", "form"),
    [
        ("multipartForm", "body:multipart-form {\n  a: b\n}", "multipart", (("a", "b"),)),
        ("json", 'body:json {\n  {"a": "b"}\n}', "json", (("a", "b"),)),
        ("text", "body:text {\n  a=b\n}", "form", (("a", "b"),)),
        ("xml", "body:xml {\n  <a/>\n}", "other", ()),
        ("none", "", "none", ()),
    ],
)
def test_a_body_of_bruno_is_read(mode: str, block: str, kind: str, form: object) -> None:
    """The block that the request names, and no other."""
    text = f"post {{\n  url: https://a.b/c\n  body: {mode}\n  auth: none\n}}\n{block}\n"
    found = reading(text, "a.bru").calls[0]
    assert (found.body, found.form) == (kind, form)


def test_a_bruno_folder_inherits() -> None:
    """The nearest folder says who asks; environments and settings are no requests; order is Bruno's own."""
    get = "get {\n  url: https://a.b/c\n  auth: inherit\n}\n"
    auth = "auth {\n  mode: basic\n}\n\nauth:basic {\n  username: %s\n  password: p\n}\n"
    files = {
        "collection.bru": "meta {\n  name: Top\n}\n" + auth % "top",
        "environments/e.bru": "vars {\n  a: b\n}\n",
        "x/folder.bru": auth % "inner",
        "x/2.bru": "meta {\n  seq: 1\n}\n" + get,
        "x/1.bru": "meta {\n  seq: 2\n}\n" + get,
        "y/folder.bru": "auth {\n  mode: bearer\n}\n",
        "y/1.bru": get,
        "z.bru": get,
        "custom.bru": "http {\n  method: purge\n  url: https://me:pw-1@a.b/c\n}\nparams:query {\n  a: 1\n}\n",
    }
    found = source.of_folder({path: text.encode() for path, text in files.items()})
    assert found.title == "Top"
    assert [(call.name, call.username) for call in found.calls] == [
        ("custom", "me"), ("z", "top"), ("x / 2", "inner"), ("x / 1", "inner"), ("y / 1", ""),
    ]  # fmt: skip
    assert found.calls[0].method == "PURGE"
    assert found.calls[0].url.query == (("a", "1"),)
    nobody = source.of_folder({"a.bru": get.encode()})
    assert (nobody.calls[0].username, nobody.kind) == ("", "a Bruno file")


def test_a_value_over_lines_that_never_ends_is_read_to_the_end() -> None:
    """The file was cut off; nothing waits."""
    body = "body:form-urlencoded {\n  a: '''\n  one\n}\n"
    text = "post {\n  url: https://a.b/c\n  body: formUrlEncoded\n}\n" + body
    assert reading(text, "a.bru").calls[0].form == (("a", "one"),)


OPEN = """
opencollection: 1.0.0
info: {name: C}
request:
  auth: {type: basic, basic: {username: top, password: p}}
  variables:
    - {name: host, value: {type: string, data: a.b}}
    - {name: off, value: x, disabled: true}
items:
  - info: {name: F, type: folder}
    request: {auth: {type: basic, username: inner, password: p}}
    items:
      - info: {name: r, type: http}
        runtime: {variables: [{name: v, value: w}]}
        http:
          method: get
          url: "https://{{host}}/c?gone=1"
          params: {query: [{name: a, value: "{{v}}"}, {name: b, value: "1", disabled: true}]}
          auth: inherit
  - type: http
    name: older
    url: https://a.b/c
    method: POST
    params: [{name: p, value: "1", type: path}, {name: q, value: "2", type: query, enabled: true}]
    body: [{name: a, value: b}, {name: c, value: d, enabled: false}]
    auth: {type: bearer, token: x}
"""


def test_an_opencollection_is_read() -> None:
    """Folders, variables, users inherited, params in both shapes, and the older shape of a request."""
    first, second = reading(OPEN).calls
    assert (first.name, first.username, first.url.host, first.url.query) == (
        "F / r",
        "inner",
        "a.b",
        (("a", "w"),),
    )
    assert (second.name, second.username, second.form) == ("older", "", (("a", "b"),))
    assert second.url.query == (("q", "2"),)
    assert not reading(OPEN).remarks
    as_json = {
        "opencollection": "1.0.0",
        "items": [{"http": {"method": "GET", "url": URL}, "info": {"name": "j"}}],
    }
    assert reading(json.dumps(as_json)).calls[0].name == "j"


@pytest.mark.parametrize(
    ("body", "kind", "form"),
    [
        ("{type: multipart-form, data: [{name: a, value: b}]}", "multipart", (("a", "b"),)),
        ('{type: json, data: \'{"a": "b"}\'}', "json", (("a", "b"),)),
        ("{type: text, data: 'a=b'}", "form", (("a", "b"),)),
        ("{type: xml, data: '<a/>'}", "other", ()),
        ("{type: none}", "none", ()),
    ],
)
def test_a_body_of_an_opencollection_is_read(body: str, kind: str, form: object) -> None:
    """Each kind of body; a request alone is read as well."""
    text = f"info: {{name: r}}\nhttp:\n  method: POST\n  url: {URL}\n  body: {body}\n"
    text += "  headers: [{name: Authorization, value: Bearer t-9}]\n"
    found = reading(text)
    assert found.kind == "an OpenCollection request"
    assert (found.calls[0].body, found.calls[0].form) == (kind, form)
    assert found.calls[0].others == ("t-9",)


def test_an_opencollection_folder_inherits() -> None:
    """The root file and folder.yml hold for what is below; others are no requests."""
    who = "request: {auth: {type: basic, username: %s, password: p}}\n"
    files = {
        "opencollection.yml": "opencollection: 1.0.0\ninfo: {name: C}\n" + who % "top",
        "f/folder.yml": "info: {name: F}\n" + who % "inner",
        "f/r.yml": f"info: {{name: r, seq: 2}}\nhttp: {{url: '{URL}'}}\nruntime: {{scripts: [x]}}\n",
        "s.yml": f"info: {{name: s, seq: 1}}\nhttp: {{method: GET, url: '{URL}'}}\n",
        "g/t.yml": f"info: {{name: t}}\nhttp: {{method: GET, url: '{URL}'}}\n",
        "environments/e.yml": "name: E\nvariables: [{name: a, value: b}]\n",
    }
    found = source.of_folder({path: text.encode() for path, text in files.items()})
    assert [(call.name, call.username) for call in found.calls] == [
        ("s", "top"), ("f / r", "inner"), ("g / t", "top"),
    ]  # fmt: skip
    assert (found.title, len(found.remarks)) == ("C", 1)
    with pytest.raises(Unread, match="no request in an OpenCollection folder"):
        source.of_folder({"a.yml": b"a: 1"})


def test_an_opencollection_is_bounded() -> None:
    """In the number of its requests and in its depth."""
    many = {"opencollection": "1", "items": [{"http": {"url": URL}}] * 2001}
    with pytest.raises(Unread, match="over 2000 requests"):
        reading(json.dumps(many))
    nested: Any = {"http": {"url": URL}}
    for _ in range(202):
        nested = {"items": [nested]}
    with pytest.raises(Unread, match="more than 200 deep"):
        opencollection.read({"opencollection": "1", "items": [nested]}, {})


@pytest.mark.parametrize(
    ("content", "file"),
    [
        (
            b'{"values": [{"key": "a", "value": "b"}, {"key": "off", "value": "c", "enabled": false}]}',
            "e.json",
        ),
        (b"vars {\n  a: b\n  ~off: c\n}\nvars:secret [\n  s\n]\n", "e.bru"),
        (
            b"name: E\nvariables:\n  - {name: a, value: b}\n  - {name: off, value: c, disabled: true}\n",
            "e.yml",
        ),
    ],
)
def test_an_environment_of_each_tool_is_read(content: bytes, file: str) -> None:
    """Postman's, Bruno's, an OpenCollection's."""
    assert source.environment(content, file) == {"a": "b"}


@pytest.mark.parametrize(
    ("content", "file"),
    [
        (json.dumps({"info": {}, "item": [], "variable": []}).encode(), "c.json"),
        (b'{"a": 1}', "c.json"),
        (BRU.encode(), "r.bru"),
        (OPEN.encode(), "c.yml"),
        (b"opencollection: 1.0.0\nvariables: []\n", "c.yml"),
        (b"HOST=a.b\n", "host.env"),
    ],
)
def test_a_collection_is_no_environment(content: bytes, file: str) -> None:
    """It would be taken for one that has no variables, and nobody would be told."""
    with pytest.raises(Unread, match="this is no environment; give a collection as FILE"):
        source.environment(content, file)


def test_text_of_data() -> None:
    """Numbers and words of JSON are taken as they are written; a list is no text."""
    assert [plain_text(one) for one in ("a", 1, True, 1.5, None, [])] == ["a", "1", "true", "1.5", "", ""]
