"""Text around an address: none of it becomes a value, and none of it is repeated."""

from __future__ import annotations

import pytest

from runner.foreign import address, broken
from runner.foreign.call import Unread
from tests import foreign
from tests.foreign import HOST, MAY, REPORT, call, reading

BASE = f"{REPORT}/conversation"
URL = f"{BASE}?companyKey=ACME-REAL-99&{MAY}&reportFormat=json&reportMetrics=FOO"
SECRET = "S3cretPW1"

PROGRAMS = {
    "HTTPie": [
        f"http POST '{URL}' -a me:{SECRET}",
        f"https {URL} -a me:{SECRET}",
        f"$ http --auth me:{SECRET} POST {BASE} companyKey==K",
    ],
    "wget": [
        f"wget {URL} --user=me --password={SECRET}",
        f'wget --user=me \\\n  --password={SECRET} \\\n  "{URL}"',
    ],
    "JavaScript": [
        f'axios.post("{URL}", null, {{auth: {{username: "me", password: "{SECRET}"}}}})',
        f'const x = new XMLHttpRequest ();\nx.open("POST", "{URL}", true, "me", "{SECRET}");',
    ],
    "Python": [
        f'requests.post("{URL}", auth=("me","{SECRET}"))',
        f'import httpx\nhttpx.post("{URL}",auth=("me","{SECRET}"))',
        f'from urllib.request import Request\nRequest("{URL}")  # {SECRET}',
    ],
    "PowerShell": [
        f'Invoke-RestMethod -Uri "{URL}" -Credential me:{SECRET}',
        f"irm '{URL}' -Headers @{{a='{SECRET}'}}",
    ],
}


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in PROGRAMS.items() for text in texts]
)
def test_a_program_s_text_is_refused_by_its_name(name: str, text: str) -> None:
    """It says what it looks like and what to copy instead, and repeats nothing."""
    with pytest.raises(Unread, match=f"this looks like {name}, which is not read; copy it as cURL") as error:
        reading(text)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        f"{URL} and password is {SECRET}",
        f"The address is {URL}, user me, password {SECRET}",
        f"{URL}\n{SECRET}",
        f"{URL}\nme@acme.example\n{SECRET}\n",
        f"{URL}&\n{SECRET}",
        f"{URL}& {SECRET}",
        f"{BASE}\n{SECRET}",
        f"{BASE} {SECRET}",
        f"{BASE}\n/{SECRET}",
        f"{URL}\n123456",
        f"{URL}\nme:{SECRET}",
        f"{URL},me,{SECRET}",
        f"{BASE},me,{SECRET}",
        f"{URL}\tme\t{SECRET}",
        f"{URL};me;{SECRET}",
        f"{URL}|{SECRET}",
        f"| {URL} | {SECRET} |",
        f"user,password,url\nme,{SECRET},{URL}",
        f"password={SECRET} {URL}",
        f"url={URL}",
        f'"{URL}","{SECRET}"',
        f'"{URL}"{SECRET}',
        f"<{URL}> {SECRET}",
        f"'{URL}' -u me:{SECRET}",
        f'<a href="{URL}">{SECRET}</a>',
        f"[a link]({URL}) {SECRET}",
        f"POST {URL} -a me:{SECRET}",
        f"POST {URL} {SECRET} HTTP/1.1",
        f"POST {URL}\\\n-a me:{SECRET}",
        f"GET the report at {URL} with {SECRET}",
        f"{URL}\n\n{BASE}?companyKey=K&{MAY}\n{SECRET}",
    ],
)
def test_other_text_around_an_address_is_refused(text: str) -> None:
    """Prose, tables, quotes that do not match, the next line: nobody can tell what is secret."""
    with pytest.raises(Unread, match="other text stands around the address, and nobody can tell") as error:
        reading(text)
    assert SECRET not in str(error.value)


def test_the_line_of_other_text_is_named() -> None:
    """With many addresses one has to find it."""
    for text, line in ((f"{BASE}\n{BASE}\n# so\nhello", 4), (f"GET {BASE}\nGET {BASE} x", 2)):
        with pytest.raises(Unread) as error:
            reading(text)
        assert error.value.line == line


@pytest.mark.parametrize(
    "text",
    ["hello", "one two", "S3cret/PW1", "$S3cretPW1", "GET ready", "./a b", "()", "# remark", "GET # x", "/"],
)
def test_words_without_an_address_are_no_request(text: str) -> None:
    """What begins as no address does is none, though a slash or a dollar stands in it."""
    with pytest.raises(Unread, match="this is no request; give a URL"):
        reading(text)


@pytest.mark.parametrize(
    "text",
    [
        URL,
        f"  {URL}\n",
        f"<{URL}>",
        f'"{URL}"',
        f"'{URL}',",
        f"`{URL}`;",
        f'("{URL}")',
        f"[the report]({URL})",
        f"[{URL}]({URL})",
        f"[the report](<{URL}>)",
        f"> {URL}",
        f"> > {URL}",
        f"- {URL}",
        f"1. {URL}",
        f"# remark with {SECRET}\n{URL}",
        URL.replace("&", "&\n"),
        URL.replace("&", "\n  &"),
        URL.replace("&", "& "),
        URL.replace("?", "?\n"),
        URL.replace("?", "\n?"),
        URL.replace("/conversation", "/conver\nsation"),
        URL.replace("startTime", "startTi\nme"),
        URL.replace("ACME", "AC\nME"),
        URL.replace("companyKey=", "companyKey=\n"),
        f"<{URL.replace('&', chr(10) + '&')}>",
        f"> {URL.replace('&', chr(10) + '> &')}",
        "\n".join(URL[at : at + 76] for at in range(0, len(URL), 76)),
    ],
)
def test_an_address_alone_is_read(text: str) -> None:
    """In brackets and quotes, as a link, in a mail, in a list, and broken as mail programs break it."""
    assert call(text).url == call(URL).url


def test_a_break_within_the_last_instant_is_closed() -> None:
    """Digits that make it an instant of 13 are the rest of it; other digits are not."""
    whole = f"{BASE}?companyKey=K&{MAY}"
    assert call(f"{whole[:-4]}\n{whole[-4:]}").url == call(whole).url
    with pytest.raises(Unread):
        reading(f"{whole[:-4]}\n12345")


def test_lines_of_one_width_are_one_address() -> None:
    """A program broke them, wherever that was; two lines are too few to tell, and a wider one is another."""
    whole = URL.replace("FOO", "FOOLISH")
    width = next(one for one in range(60, 120) if len(whole) % one in range(1, 7) and len(whole) > 2 * one)
    lines = [whole[at : at + width] for at in range(0, len(whole), width)]
    assert call("\n".join(lines)).url == call(whole).url
    for text in (f"{whole[:-3]}\n{whole[-3:]}", "\n".join([*lines[:-1], "x" * (width + 1)])):
        with pytest.raises(Unread):
            reading(text)


@pytest.mark.parametrize("line", ["POST {}", "curl -X POST '{}'"])
def test_a_gap_at_a_joint_is_closed_in_a_line_too(line: str) -> None:
    """Behind an & only more pairs follow."""
    assert call(line.format(URL.replace("&", "& "))).url == call(URL).url


def test_lists_with_commas_are_no_table() -> None:
    """Numbers, and columns, stand in one value."""
    for value in ("1,2,3", "A,B_C"):
        assert call(f"{URL}&teamIds={value}").url.query[-1] == ("teamIds", value)


def test_several_addresses_are_parted() -> None:
    """One a line, in quotes with commas, or behind each other; an address within an address is a value."""
    for text in (f"{URL}\n{URL}", f'"{URL}",\n"{URL}"', f"{URL} {URL}", f"- {URL}\n- <{URL}>"):
        assert len(reading(text).calls) == 2
    assert len(reading(f"{HOST}/a?b=https://c.example/d").calls) == 1


@pytest.mark.parametrize(
    "host", ["{{base}}", "$BASE", "${BASE}", "localhost:80", "me:pw@ex.com", "ex.com:1", ""]
)
def test_an_address_may_lack_its_scheme(host: str) -> None:
    """A host, a variable, or nothing before the path."""
    assert call(f"{host}/api/public/teams?companyKey=K").url.path == "/api/public/teams"


def test_an_address_behind_a_method_may_be_broken() -> None:
    """As clients of requests in lines write it, one parameter a line; the form below is no part of it."""
    one = call(f"POST {BASE}\n    ?companyKey=K\n    &a=b\n\n&c=d")
    assert one.url.query == (("companyKey", "K"), ("a", "b"))
    assert one.body == "other"
    shown = call(f"POST {BASE}?companyKey=K&a=b\nc=d&e=f")
    assert (shown.url.query[-1], shown.form) == (("a", "b"), (("c", "d"), ("e", "f")))


@pytest.mark.parametrize(
    "text", [f"{URL}&{SECRET}", f"curl -d '{SECRET}' '{URL}'", f"curl -d 'a=b&p:{SECRET}' '{URL}'"]
)
def test_what_has_no_name_is_not_repeated(text: str) -> None:
    """A part without = that is no parameter's name may be anything, a password too."""
    one = call(text)
    assert SECRET not in str((one.url.query, one.form, one.remarks))
    assert [each.about for each in one.remarks] == ["place"]


def test_prose_below_a_request_is_no_form() -> None:
    """Nothing of it is kept, so nothing of it can be shown."""
    one = call(f"POST {BASE}?companyKey=K\n\nthe password is {SECRET}")
    assert (one.form, one.body) == ((), "other")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"curl '{URL} {SECRET}'", "is a quote missing behind it"),
        (f"curl '{URL}\n{SECRET}'", "is a quote missing behind it"),
        (f"curl '{URL} -u me:{SECRET}'", "is a quote missing before them"),
        (f"curl -d 'a=b -u me:{SECRET}' '{URL}'", "is a quote missing before them"),
        (f"curl -d 'a=b --user me:{SECRET}' '{URL}'", "is a quote missing before them"),
    ],
)
def test_a_quote_that_closes_too_late_is_refused(line: str, words: str) -> None:
    """What follows would be read as a part of the value."""
    with pytest.raises(Unread, match=words) as error:
        reading(line)
    assert SECRET not in str(error.value)


def test_a_word_of_a_curl_line_is_no_address() -> None:
    """A slash alone makes none: it may be a password behind an option that we do not know."""
    assert [one.url.host for one in reading(f"curl --new-one {SECRET}/x '{URL}'").calls] == [
        HOST.partition("://")[2]
    ]


def test_a_gap_names_the_parameter_behind_it_and_no_value() -> None:
    """A company's key may be broken as well, and half of it would not be masked."""
    said = [one.message for one in call(URL.replace("ACME-REAL", "ACME-\nREAL")).remarks]
    assert said == ["a line end stands in the address; an address has none"]
    assert foreign.said(foreign.asked(URL.replace("&startTime", "& startTime")))[0] == (
        "address: a space stands in the address before startTime; an address has none"
    )


def test_an_address_that_grows_too_long_ends() -> None:
    """Whatever follows then is other text."""
    long = broken.Pieces(f"{HOST}/a?{'b=1&' * (address.LONGEST // 4)}", 1)
    assert not long.goes_on("c=1", new_line=True)
