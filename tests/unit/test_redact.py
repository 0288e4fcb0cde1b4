"""No secret is left in a text, whatever it was written as."""

from __future__ import annotations

import base64
import json
import string
import time
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.redact import LONGEST_TOKEN, MASK, MOST_TOKENS, Redactor, bare, pair, tokens, writings
from tests.writings import WRITERS

SECRETS = (
    'p@ss w/ord+"é<&%',
    "c0mp/any+Key==",
    "api.user@acme.example",
    "it's \\ a\u200b~\U0001f600",
    "a:b:c:d",
)


OTHERS: Mapping[str, Callable[[str], str]] = {
    "a query": lambda one: urlencode({"companyKey": one}),
    "httpx": lambda one: str(httpx.URL("https://host/x", params={"companyKey": one})),
    "a repr": repr,
}
"""What others make of a secret, besides the writings that every artefact is searched for."""


@pytest.mark.parametrize("writer", [*WRITERS, *OTHERS])
@pytest.mark.parametrize("secret", SECRETS)
def test_each_writing_is_masked(secret: str, writer: str) -> None:
    """Whatever wrote the secret, a mask takes its place, and what stands around it stays."""
    written = {**WRITERS, **OTHERS}[writer](secret)
    masked = Redactor([secret])(f"before {written} after")
    assert written not in masked
    assert MASK in masked
    assert masked.startswith("before ")
    assert masked.endswith(" after")


def test_there_are_twelve_writings_at_least() -> None:
    """A secret with signs that formats escape has many more writings than one."""
    assert len(writings(SECRETS[0])) >= 12


@given(st.text(string.printable, min_size=6), st.binary(max_size=4), st.binary(max_size=4))
def test_base64_of_more_than_the_secret_shows_nothing_of_it(secret: str, before: bytes, after: bytes) -> None:
    """Wherever the secret begins in what is encoded, at most the half characters at its edges are left."""
    content = secret.encode()
    written = base64.b64encode(before + content + after).decode()
    left = Redactor([secret])(written).split(MASK)
    assert len(left) > 1
    assert len("".join(left)) <= (len(before) + len(after)) * 8 // 6 + 8


@given(st.lists(st.text("abc/+%é", min_size=6, max_size=9), min_size=1, max_size=6), st.data())
def test_of_overlapping_secrets_nothing_is_left(secrets: list[str], data: st.DataObject) -> None:
    """One that begins with another, or begins where another ends: no secret stands in what comes out."""
    text = "".join(data.draw(st.lists(st.sampled_from([*secrets, "a", "/", " "]), max_size=8)))
    redactor = Redactor(secrets)
    masked = redactor(text)
    assert not [one for one in secrets if one in masked]
    assert redactor(masked) == masked


def test_the_longer_one_wins() -> None:
    """Nothing of a longer secret is left behind a shorter one that it begins with."""
    assert Redactor(["secret", "secret-and-more"])("secret-and-more, secret") == f"{MASK}, {MASK}"


def test_basic_is_masked_as_a_pair_and_as_a_token() -> None:
    """What HTTP Basic sends is a secret of its own, however it is wrapped."""
    both, token = pair("anna", "correct horse")
    redactor = Redactor([both, token])
    header = f"Basic {base64.b64encode(b'anna:correct horse').decode()}"
    assert redactor(header) == f"Basic {MASK}"
    assert redactor(quote(token, safe="")) == MASK
    assert redactor("anna:correct horse") == MASK


def test_what_is_too_short_is_left() -> None:
    """A mask for a word of five letters would spoil the text; profiles refuses such secrets."""
    assert Redactor(["short"])("a short text") == "a short text"


def test_a_secret_that_was_cut_off_is_masked_too() -> None:
    """What is left of a secret before the mark of a cut is not shown; the mark alone hides nothing."""
    redactor = Redactor(["correct horse battery"])
    assert redactor("said: correct horse b…") == f"said: {MASK}…"
    assert redactor("correct horses…") == "correct horses…"
    assert redactor("nothing here…") == "nothing here…"


def test_it_learns() -> None:
    """What is learnt is masked from then on; what was known stays known; twice is once."""
    redactor = Redactor()
    assert redactor("token-one token-two") == "token-one token-two"
    redactor.learn("token-one")
    redactor.learn("token-two", "token-one", "tiny")
    assert redactor("token-one token-two tiny") == f"{MASK} {MASK} tiny"
    assert redactor.found("x token-one") == {"token-one"}
    assert redactor.found("x") == frozenset()


def test_thousands_of_tokens_cost_no_more_than_one() -> None:
    """Learning does not compile anything anew, and a line is looked at once, however much is known."""
    redactor, line = Redactor(), "conversations/acme/2026-01-01_2026-02-01: done, exports/x.csv (1 of 2,000)"
    began = time.perf_counter()
    for number in range(2_000):
        redactor.learn(f"token+{number:08}/==")
        assert redactor(line) == line
    assert time.perf_counter() - began < 5


CREATED = (
    '{"status":"PASS","result":{"workflowId":"cc645bd3-9def","runId":"23IS1+Anp9/mm9=","downloadUrl":"",'
    '"statusUrl":"https://host/api/public/reports/report/cc645bd3-9def/23IS1%2BAnp9%2Fmm9%3D/status'
    '?analyticsAccessToken=oMqgB5%2FT7%3D%3D&x=word"}}'
)


def test_an_answer_s_tokens_are_found() -> None:
    """Run id and access token, as they were before encoding; not the workflow's id, not a plain word."""
    assert set(tokens(CREATED)) == {"23IS1+Anp9/mm9=", "oMqgB5/T7=="}
    masked = Redactor(tokens(CREATED))(CREATED)
    assert not [one for one in ("23IS1", "oMqgB5") if one in masked]
    assert "cc645bd3-9def" in masked


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("", set()),
        ("<html>", set()),
        ('{"runId":"conversation"}', set()),
        ('{"runId":"1767225600000"}', set()),
        ('{"runId":"short"}', set()),
        ('{"runId":"\\ud800aaaaaaa"}', set()),
        ('{"runId":"\\x"}', set()),
        ('{"statusUrl":"https://[::1"}', set()),
        ('{"statusUrl":"https://h/p?%zzTOKEN1%2b"}', {"%zzTOKEN1+", "%zzTOKEN1%2b"}),
        ('{"downloadUrl": "https://h/a/RUN%2F1234/download?[KEY-1234]"}', {"RUN/1234", "[KEY-1234]"}),
        ('["truncated", {"runId":"ABCDEF123', set()),
        ('{"downloadUrl":"/x/y/RUN12345/download"}', {"RUN12345"}),
    ],
)
def test_tokens_are_found_in_what_nobody_understands(body: str, found: set[str]) -> None:
    """Whatever the answer is, what can be a token is found and nothing is raised."""
    assert set(tokens(body)) == found


def test_a_server_cannot_fill_our_memory() -> None:
    """Of one answer only so many tokens of such a length are learnt."""
    many = json.dumps([{"runId": f"A{number}B{'x' * 9_000}"} for number in range(99)])
    assert len(tokens(many)) == MOST_TOKENS
    assert {len(one) for one in tokens(many)} == {LONGEST_TOKEN}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://host/a?companyKey=K1&x=a%20b#c", "https://host/a?companyKey=…&x=…#c"),
        ("{{base}}/reports/author?companyKey=K1", "{{base}}/reports/author?companyKey=…"),
        ("'https:/host/a?k=K1': No such file", "'https:/host/a?k=…': No such file"),
        ("https://me:p@ss/w?x@host/a", "https://…@host/a"),
        ("https://token@host:8443/a", "https://…@host:8443/a"),
        ("https://host:8443/a/b", "https://host:8443/a/b"),
        ("June & July, is it x=1?", "June & July, is it x=1?"),
        ("post @ https://host/@me", "post @ https://host/@me"),
    ],
)
def test_an_address_shows_no_value(text: str, shown: str) -> None:
    """Values of a query, user and password are never shown, whoever they are; all else stays."""
    assert bare(text) == shown
