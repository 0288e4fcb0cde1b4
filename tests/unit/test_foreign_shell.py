"""Shell lines and curl commands, as people copy them."""

from __future__ import annotations

import base64
import re
import subprocess

import pytest

from runner.foreign import shell
from runner.foreign.call import Unread, real
from tests import foreign
from tests.foreign import MAY, REPORT, call, reading

URL = f"{REPORT}/conversation?companyKey=KEY&{MAY}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("curl a b", ["curl", "a", "b"]),
        ("curl 'a b' \"c d\"", ["curl", "a b", "c d"]),
        ('curl "a\\"b\\$c\\d" \'e\\\'', ["curl", 'a"b$c\\d', "e\\"]),
        ("curl $'a\\'b\\n\\t\\x41\\u00e9\\U0001F600\\101\\q'", ["curl", "a'b\n\tAé😀Aq"]),
        ('curl $"a b" $X "${Y}" $(cat z) a$', ["curl", "a b", "$X", "${Y}", "$(cat z)", "a$"]),
        ("curl a\\ b \\\n  c", ["curl", "a b", "c"]),
        ('curl "a\\\nb"', ["curl", "ab"]),
        ("curl a # the rest\n", ["curl", "a"]),
        ("curl a # the rest", ["curl", "a"]),
        ("curl a#b ''", ["curl", "a#b", ""]),
        ("curl a > out.csv 2> err < in", ["curl", "a"]),
        ("curl a\r\n", ["curl", "a"]),
        ("curl $'\\uD800x\\U00110000'", ["curl", "x"]),
        ("curl k=<put your key>", ["curl", "k=<put your key>"]),
    ],
)
def test_bash_is_read_as_bash_reads_it(text: str, words: list[str]) -> None:
    """Quotes of each kind, escapes, remarks, redirections and line ends mean what they mean to bash."""
    assert shell.split(text).commands == [words]


def test_several_commands_are_parted() -> None:
    """A semicolon, a pipe, an & and a line end each end a command."""
    text = "curl a; curl b | jq . && curl c &\ncurl d"
    found = [one for one in shell.split(text).commands if one[0] == "curl"]
    assert found == [["curl", letter] for letter in "abcd"]


@pytest.mark.parametrize(
    ("text", "place"), [("curl 'a", (1, 6)), ('curl a \\\n "b', (2, 2)), ("curl $'a\\", (1, 6))]
)
def test_an_open_quote_is_refused_with_its_place(text: str, place: tuple[int, int]) -> None:
    """Whoever copied half a line is told where the quote begins."""
    with pytest.raises(Unread, match="never closed") as error:
        shell.split(text)
    assert (error.value.line, error.value.column) == place


def test_cmd_s_form_is_read() -> None:
    """Carets hide what follows, one at the end of a line goes on; both quotings of browsers are taken."""
    newer = f'curl ^"{URL.replace("&", "^&")}^" ^\r\n  -H ^"a: ^\\^"b^\\^"^" ^\r\n  --data-raw ^"x=1^%^20y^"'
    assert shell.split(newer).commands == [["curl", URL, "-H", 'a: "b"', "--data-raw", "x=1%20y"]]
    older = f'curl "{URL}" ^\n  -d "a=""b"""\n\n'
    assert shell.split(older).commands == [["curl", URL, "-d", 'a="b"']]
    assert call(older).url.query[0] == ("companyKey", "KEY")


def test_an_address_without_quotes_is_read_as_it_was_meant() -> None:
    """The shell would cut it at the first &; it is read whole, once for each line, and that is said once."""
    found = reading(f"curl -X POST {URL} -o f\ncurl -X POST {URL}")
    assert [dict(one.url.query)["endTime"] for one in found.calls] == ["1780271999999"] * 2
    assert [one.message.split(",")[0] for one in found.remarks] == ["the address is not in quotes"]


def test_a_space_behind_the_backslash_is_found() -> None:
    """The commonest fault of a line over several lines; it goes on all the same."""
    found = reading(f"curl -X POST \\ \n  '{URL}'")
    assert found.calls[0].method == "POST"
    assert "behind the \\" in found.remarks[0].message


@pytest.mark.parametrize(
    "text",
    [
        f"$ curl -X POST \\\n> -u me:secret-1 \\\n> '{URL}'",
        f"> curl -X POST \\\n>   -u 'me:secret-1' \\\n>   '{URL}'",
        f">> $ curl -X POST -u me:secret-1 \\\n>> {URL} > out.json",
        f'C:\\Users\\me>curl -X POST -u me:secret-1 "{URL}"',
        f'PS C:\\Users\\me> curl.exe -X POST `\r\n  -u "me:secret-1" `\r\n  "{URL}"\r\n',
        f"curl -X POST -u me:secret-1 '{URL}' \\\n  > /tmp/out.json",
        f"```\ncurl -X POST -u me:secret-1 '{URL}'\n```\n",
    ],
)
def test_what_a_terminal_or_a_mail_adds_is_no_part_of_a_line(text: str) -> None:
    """Prompts, marks of a quoted mail, and PowerShell's way to go on; a redirection stays one."""
    found = call(text)
    assert (found.method, found.username, found.password) == ("POST", "me", "secret-1")
    assert found.company_key() == "KEY"


@pytest.mark.parametrize(
    ("options", "method"),
    [
        ("", "GET"),
        ("-X POST", "POST"),
        ("-XPOST", "POST"),
        ("--request post", "POST"),
        ("-d a=b", "POST"),
        ("--data-raw a=b", "POST"),
        ("-G -d a=b", "GET"),
        ("-G -X POST -d a=b", "POST"),
        ("-I", "HEAD"),
        ("-T file", "PUT"),
        ("-X GET -I", "GET"),
        ("-sSLkv -o out --compressed --max-time 5 -A 'Agent -X PUT'", "GET"),
        ("--json '{}'", "POST"),
        ("-F a=b", "POST"),
    ],
)
def test_the_method_is_curl_s(options: str, method: str) -> None:
    """What -X says; else POST with data, GET without and with -G."""
    assert call(f"curl {options} '{URL}'").method == method


@pytest.mark.parametrize(
    ("options", "form"),
    [
        ("-d a=b -d 'c=d&e=f'", (("a", "b"), ("c", "d"), ("e", "f"))),
        ("--data 'a=x+y%2B'", (("a", "x y+"),)),
        (
            "--data-urlencode 'a=x y&z' --data-urlencode =q --data-urlencode 'b=1'",
            (("a", "x y&z"), ("q", ""), ("b", "1")),
        ),
        ("--data-binary a=b", (("a", "b"),)),
        ("--data-urlencode a=@b -d c=@d", (("a", "@b"), ("c", "@d"))),
        ("-F a=b", (("a", "b"),)),
        (
            '-H \'Content-Type: application/json\' -d \'{"a": "b", "n": 3, "l": ["x", true]}\'',
            (("a", "b"), ("n", "3"), ("l", "x"), ("l", "true")),
        ),
        ("--json '[1]'", ()),
        ("--json '{'", ()),
    ],
)
def test_the_form_is_what_curl_sends(options: str, form: object) -> None:
    """Pieces are joined by &, decoded once; --data-urlencode encodes the content; JSON is taken apart."""
    assert call(f"curl {options} {REPORT}/user?companyKey=KEY").form == form


def test_what_goes_into_the_address_is_there() -> None:
    """-G and --url-query add to the query, with ? or & as it needs."""
    bare = call(
        f"curl -G --data-urlencode 'a=b c' -d d=e --url-query 'f=g&h' --url-query +i=j {REPORT}/author"
    )
    assert bare.url.query == (("a", "b c"), ("d", "e"), ("f", "g&h"), ("i", "j"))
    assert bare.form == ()
    more = call(f"curl -G -d a=b '{REPORT}/author?c=d'")
    assert more.url.query == (("c", "d"), ("a", "b"))


@pytest.mark.parametrize(
    "options",
    [
        "-u me:secret-1",
        "-ume:secret-1",
        "--user me:secret-1",
        f"-H 'Authorization: Basic {base64.b64encode(b'me:secret-1').decode()}'",
    ],
)
def test_user_and_password_are_found_wherever_they_are(options: str) -> None:
    """-u in each writing, and the header that browsers copy."""
    found = call(f"curl {options} '{URL}'")
    assert (found.username, found.password) == ("me", "secret-1")
    assert "secret-1" in found.secrets()
    assert "secret-1" not in repr(found)


def test_other_secrets_are_known_too() -> None:
    """Cookies, bearers and proxies; a header that is no Basic is a token."""
    found = call(
        f"curl -b 'sid=cookie-1' -H 'Cookie: cookie-2' --oauth2-bearer bearer-1 -U proxy:pass-1 "
        f"--proxy-header 'Proxy-Authorization: Basic cHJveHk=' -H 'X-Api-Key: key-1' --proxy-pass pass-2 "
        f"-E cert.pem:pass-3 --key key.pem --pass pass-4 -x http://us:pass-5@proxy:80 --socks5 plain:80 "
        f"-H 'Authorization: Bearer token-1' '{URL}'"
    )
    assert set(found.others) == {
        *("sid=cookie-1", "cookie-2", "bearer-1", "proxy:pass-1", "token-1", "cHJveHk=", "key-1"),
        *("pass-2", "pass-3", "pass-4", "us:pass-5"),
    }
    assert call(f"curl -H 'Authorization: Basic %%%' '{URL}'").username == ""
    within = call(f"curl '{URL.replace('https://', 'https://me:secret-1@')}'")
    assert (within.username, [one.about for one in within.remarks]) == ("me", ["address"])


@pytest.mark.parametrize(
    ("options", "about"),
    [
        ("-k", "curl"),
        ("--insecure", "curl"),
        ("--location-trusted", "curl"),
        ("-X post", "method"),
        ("-d @body.txt", "body"),
        ("--data-urlencode name@file", "body"),
        ("--json @file", "body"),
        ("-F name=@file", "body"),
        ("-H @headers.txt", "curl"),
        ("-K curlrc", "curl"),
    ],
)
def test_dangerous_options_are_noted(options: str, about: str) -> None:
    """What lets others read the password, and what is not read."""
    assert about in {one.about for one in call(f"curl {options} '{URL}'").remarks}


def test_a_sign_behind_an_option_is_read_and_said() -> None:
    """Other programs take --request=POST; curl refuses it, so that its user is told, once for each."""
    found = call(f"curl --request=POST --user=me:se=cret-1 --silent=x --url='{URL}'")
    assert (found.method, found.username, found.password) == ("POST", "me", "se=cret-1")
    assert [one.message for one in found.remarks] == [
        f"curl takes no = behind --{name}; put a space there" for name in ("request", "user", "url")
    ]


def test_an_option_that_is_expanded_is_read() -> None:
    """--expand-url and its like put variables in, and are else the options themselves."""
    found = call(
        f"curl --variable %KEY --expand-url '{REPORT}/user?companyKey={{{{KEY}}}}' --expand-data a=b"
    )
    assert (found.url.query, found.form) == ((("companyKey", "{{KEY}}"),), (("a", "b"),))


def test_a_variable_of_cmd_is_a_placeholder() -> None:
    """%CARE_KEY% is no percent-encoding, although %CA could be one, and no secret."""
    found = call(
        f'curl -X POST "{URL.replace("KEY", "%CARE_KEY%").replace("https://", "https://%CAFE_U%:%CAFE_P%@")}"'
    )
    assert (found.company_key(), found.username, found.password) == ("%CARE_KEY%", "%CAFE_U%", "%CAFE_P%")
    assert found.secrets() == ()
    assert [one.message for one in found.remarks] == ["the address holds a user name; give it with -u"]


def test_several_requests_of_one_line() -> None:
    """--next and several addresses are several requests; what has no address is none."""
    line = (
        f"curl -u a:b '{URL}' --url {REPORT}/user --next -X POST -K file {REPORT}/author -- {REPORT}/combined"
    )
    found = reading(line)
    names = ["conversation", "user", "author", "combined"]
    assert [one.url.path.rpartition("/")[2] for one in found.calls] == names
    assert [one.method for one in found.calls] == ["GET", "GET", "POST", "POST"]
    assert [one.name for one in found.calls] == [f"request {number}" for number in (1, 2, 3, 4)]
    assert len(reading(f"curl nothing '{URL}'").calls) == 1


def test_words_that_a_shell_has_parted_are_read() -> None:
    """The arguments of a command line, whose quotes are gone already."""
    found = foreign.source.of_words(["curl", "-u", "me:secret-1", URL])
    assert found.calls[0].url.query[0] == ("companyKey", "KEY")
    smart = foreign.source.of_words(["curl", "–u", "me:secret-1", URL])
    assert smart.calls[0].username == "me"
    assert [one.about for one in smart.remarks] == ["quotes"]
    assert foreign.source.of_words([URL, "&x=1"]).calls[0].url.query[-1] == ("x", "1")
    with pytest.raises(Unread, match="there is no request in a curl line"):
        foreign.source.of_words(["curl", "--version"])


@pytest.mark.parametrize(
    "text",
    [
        *("", "[COMPANY_KEY]", "[COMPANY KEY]", "<put_your_company_key_here>", "{{key}}", "$KEY", "${KEY}"),
        *(
            "$(cat f)",
            "%KEY%",
            "***",
            "xxxx",
            "your-key",
            "companyKey",
            "sitekey",
            "KEY",
            "username",
            "password",
            "my company key",
            "user.name".replace(".", "_"),
        ),
        "SANDBOX-COMPANY-KEY",
    ],
)
def test_a_placeholder_is_no_secret(text: str) -> None:
    """What documents write in the place of one, and the sandbox's own."""
    assert real([text]) == ()
    assert real([f"Q{text}9-Z"]) == (f"Q{text}9-Z",)


@pytest.mark.parametrize("text", ["myDogRex99", "your5ecret", "the-best-1", "put-in", "passw0rd"])
def test_a_secret_that_begins_as_a_placeholder_is_one(text: str) -> None:
    """Only whole words that documents use make a placeholder."""
    assert real([text]) == (text,)


def test_every_option_of_curl_with_a_value_is_known() -> None:
    """Of one that is not known, the value would be taken for an address, or for nothing."""
    shown = subprocess.run(["curl", "--help", "all"], capture_output=True, text=True, check=True, timeout=30)
    options = re.findall(r"--([a-z0-9][a-z0-9.-]*)(?:, -\w)? <", shown.stdout)
    for option in set(options) - {"help"}:
        (found,) = reading(f"curl --{option} value/of-it '{URL}'").calls[-1:]
        assert found.url.path.endswith("/conversation")
        assert len(reading(f"curl --{option} value.of/it '{URL}'").calls) == (2 if option == "url" else 1)
